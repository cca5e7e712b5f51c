/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/* The parts of an event: what the arguments of a call point to. */
#ifndef DT_BPF_PARTS_H
#define DT_BPF_PARTS_H

#include "bpf_state.bpf.h"

static __always_inline void
put_head(struct scratch *s, __u32 off, enum dt_bpf_what what, long len)
{
	struct dt_bpf_part *part = (void *)&s->data[off];

	part->what = what;
	part->cut = 0;
	part->len = len;
}

static __always_inline void
put_cut(struct scratch *s, __u32 off)
{
	((struct dt_bpf_part *)&s->data[off])->cut = 1;
}

/* Each put_* adds a part at an offset and returns where the next may be. */
static __always_inline __u32
put_string(struct scratch *s, __u32 off, enum dt_bpf_what what, __u64 at)
{
	unsigned char c = 0;
	long n;

	if (off > LAST)
		return off;
	n = bpf_probe_read_user_str(&s->data[off + PART], DT_BPF_PATH,
	    (void *)at);
	put_head(s, off, what, n);
	if (n <= 0)
		return off + PART;
	/* The helper ends what it cuts with a NUL of its own. */
	if (n == DT_BPF_PATH && (bpf_probe_read_user(&c, 1, (void *)(at +
	    DT_BPF_PATH - 1)) != 0 || c != 0))
		put_cut(s, off);
	return off + PART + (n & (2 * DT_BPF_PATH - 1));
}

/* Is the string of the part at an offset a path from the root? */
static __always_inline bool
is_absolute(struct scratch *s, __u32 off)
{
	return off <= LAST && s->data[off + PART] == '/';
}

/*
 * The way from a directory to the root of the process, by the dentries.  On
 * its own, as the verifier need look at it only once then.
 */
__noinline int
put_dentries(__u32 off, __u32 what, __u64 dentry_, __u64 mnt_)
{
	struct dentry *dentry = (void *)dentry_, *up, *root;
	struct vfsmount *mnt = (void *)mnt_, *root_mnt;
	struct task_struct *task = (void *)bpf_get_current_task();
	struct scratch *s = scratch();
	struct mount *m, *above;
	__u32 begin = off, depth;
	long n;

	if (s == NULL || off > LAST)
		return off;
	off += PART;
	root = BPF_CORE_READ(task, fs, root.dentry);
	root_mnt = BPF_CORE_READ(task, fs, root.mnt);
	for (depth = 0; depth < DT_BPF_DEPTH; depth++) {
		if (dentry == root && mnt == root_mnt)
			break;
		if (dentry == BPF_CORE_READ(mnt, mnt_root)) {
			m = (void *)mnt - bpf_core_field_offset(struct mount,
			    mnt);
			above = BPF_CORE_READ(m, mnt_parent);
			if (above == m)
				break;
			dentry = BPF_CORE_READ(m, mnt_mountpoint);
			mnt = (void *)above + bpf_core_field_offset(
			    struct mount, mnt);
			continue;
		}
		up = BPF_CORE_READ(dentry, d_parent);
		if (up == dentry)
			break;
		/* So that the longest name still fits a part of this size. */
		if (off > LAST || off - begin > DT_BPF_PATH - DT_BPF_NAME)
			break;
		n = bpf_probe_read_kernel_str(&s->data[off], DT_BPF_NAME,
		    BPF_CORE_READ(dentry, d_name.name));
		if (n <= 0)
			break;
		off += n & (2 * DT_BPF_NAME - 1);
		dentry = up;
	}
	put_head(s, begin, what, off - begin - PART);
	if (depth == DT_BPF_DEPTH || off - begin > DT_BPF_PATH - DT_BPF_NAME)
		put_cut(s, begin);
	return off;
}

static __always_inline __u32
put_names(__u32 off, enum dt_bpf_what what, struct dentry *dentry,
    struct vfsmount *mnt)
{
	__u32 next = put_dentries(off, what, (__u64)dentry, (__u64)mnt);

	return next > ROOM ? ROOM : next;
}

static __always_inline __u32
put_path(__u32 off, enum dt_bpf_what what, struct path *path)
{
	return put_names(off, what, BPF_CORE_READ(path, dentry),
	    BPF_CORE_READ(path, mnt));
}

static __always_inline struct file *
open_file(struct task_struct *task, int fd)
{
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL, **fds;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	fds = BPF_CORE_READ(fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), fds + fd);
	return file;
}

/* The directory that a relative path starts from. */
static __always_inline __u32
put_dir(struct scratch *s, __u32 off, enum dt_bpf_what what, int fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct file *file;

	if (off > LAST)
		return off;
	if (fd == AT_FDCWD_)
		return put_path(off, what, &BPF_CORE_READ(task, fs)->pwd);
	file = open_file(task, fd);
	if (file != NULL)
		return put_path(off, what, &file->f_path);
	put_head(s, off, what, -EBADF);
	return off + PART;
}

/* The file behind a descriptor, if it is one that has a name. */
static __always_inline __u32
put_file(struct scratch *s, __u32 off, int fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct file *file = open_file(task, fd);
	__u16 mode;

	if (file == NULL)
		return off;
	mode = BPF_CORE_READ(file, f_inode, i_mode) & S_FMT;
	if (mode != S_DIR && mode != S_REG && mode != S_CHR && mode != S_BLK)
		return off;
	return put_path(off, DT_BPF_PART_FILE, &file->f_path);
}

static __always_inline __u32
put_bytes(struct scratch *s, __u32 off, enum dt_bpf_what what, __u64 at,
    __u32 len)
{
	long r;

	if (off > LAST)
		return off;
	if (len > DT_BPF_ADDR)
		len = DT_BPF_ADDR;
	/* For the verifier, which may have forgotten. */
	barrier_var(len);
	len &= 2 * DT_BPF_ADDR - 1;
	r = bpf_probe_read_user(&s->data[off + PART], len, (void *)at);
	put_head(s, off, what, r < 0 ? r : len);
	return off + PART + (r < 0 ? 0 : len);
}

static __always_inline __u64
arg(const struct scratch *s, int i)
{
	return s->ev.args[i & 7];
}

/* A path and, when it is relative, where it starts. */
static __always_inline __u32
put_lookup(struct scratch *s, __u32 off, bool second, int path, bool at)
{
	__u32 begin = off;

	/* Without a path some calls act on the file itself. */
	if (at && arg(s, path) == 0)
		off = put_file(s, off, (int)arg(s, path - 1));
	if (off != begin)
		return off;
	off = put_string(s, off, second ? DT_BPF_PART_PATH2 :
	    DT_BPF_PART_PATH, arg(s, path));
	if (off <= begin + PART || is_absolute(s, begin))
		return off;
	return put_dir(s, off, second ? DT_BPF_PART_DIR2 : DT_BPF_PART_DIR,
	    at ? (int)arg(s, path - 1) : AT_FDCWD_);
}

/* What the arguments of a call point to. */
static __always_inline __u32
put_call(struct scratch *s, int nr)
{
	__u32 i = s->ev.abi * DT_BPF_CALLS + nr, off = 0;
	const volatile struct dt_bpf_call *call;

	if (nr < 0 || nr >= DT_BPF_CALLS ||
	    i >= DT_BPF_ABIS * DT_BPF_CALLS)
		return 0;
	call = &calls[i];
	if (call->path >= 0)
		off = put_lookup(s, off, false, call->path, call->fd >= 0);
	else if (call->fd >= 0)
		off = put_file(s, off, (int)arg(s, call->fd));
	if (call->path2 >= 0)
		off = put_lookup(s, off, true, call->path2, call->fd >= 0);
	if (call->addr >= 0 && arg(s, call->addr) != 0)
		off = put_bytes(s, off, DT_BPF_PART_ADDR, arg(s, call->addr),
		    arg(s, call->addr + 1));
	if (call->flags >= 0)
		off = put_bytes(s, off, DT_BPF_PART_FLAGS, arg(s, call->flags),
		    sizeof(__u64));
	return off;
}

#endif
