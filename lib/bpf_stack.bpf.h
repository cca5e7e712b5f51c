/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/* The part of an event that is the stack of the process. */
#ifndef DT_BPF_STACK_H
#define DT_BPF_STACK_H

#include "bpf_parts.bpf.h"

/* Where frames are looked up, one after the other. */
struct walk {
	struct scratch *s;
	struct task_struct *task;
	__u64 offset;		/* of this frame, in its file */
	struct file *file;	/* that it is in */
	__u32 frames, modules;	/* how many there are so far */
	__u32 off;
	bool ids;
};

static long
note_vma(struct task_struct *task, struct vm_area_struct *vma, struct walk *w)
{
	struct file *file = BPF_CORE_READ(vma, vm_file);

	w->file = file;
	w->offset += (BPF_CORE_READ(vma, vm_pgoff) << page_shift) -
	    BPF_CORE_READ(vma, vm_start);
	return 0;
}

/* Which of the modules the frame's file is, from now on; -1 for none. */
static __always_inline int
module_of(struct walk *w, __u32 frame)
{
	struct file *file = w->file;
	__u32 i;

	for (i = 0; file != NULL && i < DT_BPF_MODULES; i++) {
		if (i < w->modules && w->s->modules[i].file == file)
			return i;
		if (i < w->modules)
			continue;
		w->s->modules[i].file = file;
		w->s->modules[i].frame = frame;
		w->modules = i + 1;
		return i;
	}
	return -1;
}

static long
put_frame(__u32 i, struct walk *w)
{
	struct dt_bpf_frame *out;
	__u32 off = w->off + PART + i * sizeof(*out);

	if (i >= DT_BPF_FRAMES || i >= w->frames || off > LAST)
		return 1;
	w->file = NULL;
	w->offset = w->s->ips[i];
	bpf_find_vma(w->task, w->s->ips[i], note_vma, w, 0);
	out = (void *)&w->s->data[off];
	out->module = module_of(w, i);
	out->offset = out->module >= 0 ? w->offset : w->s->ips[i];
	return 0;
}

/* Build id of the file that a frame is in, if the kernel could read it. */
static __always_inline __u32
put_id(struct scratch *s, __u32 off, __u32 frame)
{
	const struct bpf_stack_build_id *id;

	if (off > LAST || frame >= DT_BPF_FRAMES)
		return off;
	id = &s->ids[frame];
	if (id->status != BPF_STACK_BUILD_ID_VALID)
		return off;
	__builtin_memcpy(&s->data[off + PART], id->build_id, DT_BPF_ID);
	put_head(s, off, DT_BPF_PART_ID, DT_BPF_ID);
	return off + PART + DT_BPF_ID;
}

static long
put_module(__u32 i, struct walk *w)
{
	struct file *file;

	if (i >= DT_BPF_MODULES || i >= w->modules)
		return 1;
	file = w->s->modules[i].file;
	w->off = put_path(w->off, DT_BPF_PART_MODULE, &file->f_path);
	if (w->ids)
		w->off = put_id(w->s, w->off, w->s->modules[i].frame);
	return 0;
}

/* The stack of the process: its frames, and the files that they are in. */
static __always_inline __u32
put_stack(void *ctx, struct scratch *s, __u32 off)
{
	struct walk w = {.s = s, .task = bpf_get_current_task_btf(),
	    .off = off};
	long size = bpf_get_stack(ctx, s->ips, sizeof(s->ips),
	    BPF_F_USER_STACK);

	if (size <= 0 || off > LAST)
		return off;
	w.frames = size / sizeof(__u64);
	w.ids = bpf_get_stack(ctx, s->ids, sizeof(s->ids), BPF_F_USER_STACK |
	    BPF_F_USER_BUILD_ID) > 0;
	bpf_loop(DT_BPF_FRAMES, put_frame, &w, 0);
	put_head(s, off, DT_BPF_PART_FRAMES,
	    w.frames * sizeof(struct dt_bpf_frame));
	w.off = off + PART + w.frames * sizeof(struct dt_bpf_frame);
	bpf_loop(DT_BPF_MODULES, put_module, &w, 0);
	return w.off;
}

#endif
