/* SPDX-License-Identifier: ISC */
/* Brings the tracer into the kernel, and puts it on a process. */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bpf.h"
#include "tracer.skel.h"

enum {
	CAP_KILL = 5, CAP_SYS_ADMIN = 21, CAP_PERFMON = 38, CAP_BPF = 39,
	/* bpf_task_pt_regs(); the youngest thing that is used. */
	OLDEST_MAJOR = 5, OLDEST_MINOR = 15,
	/* Ring and, when nothing may be lost, ring: each some power of two. */
	RING = 4 << 20, RING_LOSSLESS = 16 << 20,
	/* Looks for processes that are born faster than they are found. */
	MANY = 1000,
};

/* Inode of the first pid namespace: PROC_PID_INIT_INO. */
static const ino_t first_pidns = 0xeffffffc;

static const char btf_file[] = "/sys/kernel/btf/vmlinux";

/* Does a line of a file hold this?  One of /proc/PID/status may be long. */
static bool
file_has(const char *path, const char *what)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	if (f == NULL)
		return false;
	while (!found && getline(&line, &size, f) != -1)
		found = strstr(line, what) != NULL;
	free(line);
	fclose(f);
	return found;
}

/* The effective capabilities, as /proc/self/status has them. */
static uint64_t
capabilities(void)
{
	static const char key[] = "CapEff:";
	char line[256];
	uint64_t caps = 0;
	FILE *f = fopen("/proc/self/status", "re");

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, sizeof(key) - 1) == 0)
			caps = strtoull(line + sizeof(key) - 1, NULL, 16);
	fclose(f);
	return caps;
}

static bool
has_cap(uint64_t caps, int cap)
{
	return (caps >> cap & 1) != 0;
}

/* Which of the capabilities that are needed are not there; NULL for none. */
static const char *
missing_caps(void)
{
	uint64_t caps = capabilities();

	if (has_cap(caps, CAP_SYS_ADMIN))
		return NULL;
	if (has_cap(caps, CAP_BPF))
		return has_cap(caps, CAP_PERFMON) ? NULL : "CAP_PERFMON";
	return has_cap(caps, CAP_PERFMON) ? "CAP_BPF" :
	    "CAP_BPF and CAP_PERFMON";
}

static bool
is_old(const char *release)
{
	int major = 0, minor = 0;

	return sscanf(release, "%d.%d", &major, &minor) != 2 ||
	    major < OLDEST_MAJOR ||
	    (major == OLDEST_MAJOR && minor < OLDEST_MINOR);
}

static void
refuse(struct dt_usable *u, const char *code, const char *why,
    const char *what)
{
	u->code = code;
	snprintf(u->why, sizeof(u->why), "bpf: %s%s", why, what);
}

void
dt_bpf_usable(struct dt_usable *u)
{
	const char *missing = missing_caps();
	struct utsname uts;

	snprintf(u->version, sizeof(u->version), "%d.%d",
	    libbpf_major_version(), libbpf_minor_version());
	if (uname(&uts) == -1 || is_old(uts.release))
		refuse(u, "kernel-too-old", "Linux 5.15 or later is needed, "
		    "this is ", uts.release);
	else if (missing != NULL)
		refuse(u, "bpf-privileges", "this process has no ", missing);
	else if (file_has("/sys/kernel/security/lockdown", "[confidentiality]"))
		refuse(u, "bpf-lockdown", "the kernel is locked down", "");
	else if (access(btf_file, R_OK) == -1)
		refuse(u, "no-btf", "cannot read ", btf_file);
	else if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, NULL) !=
	    1)
		refuse(u, "bpf-refused", "the kernel refuses the bpf(2) call",
		    "");
}

static int
explain(struct dt_tracing *t, const char *code, const char *what)
{
	int err = errno;
	char text[256];
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = dt_str_c(code),
	};

	snprintf(text, sizeof(text), "bpf: %s: %s", what, strerror(err));
	rec.text = dt_str_c(text);
	dt_emit(&t->sink, &rec);
	errno = err;
	return -1;
}

/* What the kernel's verifier said goes where a tracer's messages go. */
static void
keep_log(struct dt_tracing *t)
{
	const struct dt_bpf *b = t->state;
	int err = errno;
	size_t n = strnlen(b->log, sizeof(b->log)), done = 0;
	ssize_t r = 1;

	for (; t->job->tee != -1 && done < n && r > 0; done += (size_t)r)
		r = write(t->job->tee, b->log + done, n - done);
	t->untold = t->job->tee != -1 && done < n;
	errno = err;
}

/* Has the kernel this tracepoint, in its types? */
static bool
has_tracepoint(const struct btf *btf, const char *name)
{
	char type[64];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

/* Does io_uring_complete hand over the struct that holds the result? */
static bool
has_cqe(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "btf_trace_io_uring_complete",
	    BTF_KIND_TYPEDEF);
	const struct btf_type *t;

	if (id < 0)
		return false;
	t = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
	t = btf__type_by_id(btf, t->type);
	if (!btf_is_func_proto(t) || btf_vlen(t) != 4)
		return false;
	t = btf__type_by_id(btf, btf_params(t)[3].type);
	t = btf__type_by_id(btf, t->type);
	return strcmp(btf__name_by_offset(btf, t->name_off), "io_uring_cqe") ==
	    0;
}

/*
 * What not every kernel has.  An fexit program is for those that tell of
 * capabilities in no other way, and not always allowed.
 */
static void
choose(struct dt_tracer_bpf *skel, const struct btf *btf, bool fexit)
{
	bool caps = has_tracepoint(btf, "cap_capable");

	bpf_program__set_autoload(skel->progs.on_cap, caps);
	bpf_program__set_autoload(skel->progs.on_cap_exit, fexit && !caps &&
	    btf__find_by_name_kind(btf, "cap_capable", BTF_KIND_FUNC) > 0);
	bpf_program__set_autoload(skel->progs.on_selinux,
	    has_tracepoint(btf, "selinux_audited"));
	bpf_program__set_autoload(skel->progs.on_complete, has_cqe(btf));
	bpf_program__set_autoload(skel->progs.on_overflow, has_cqe(btf));
	bpf_program__set_autoload(skel->progs.on_ring, !has_cqe(btf) &&
	    has_tracepoint(btf, "io_uring_create"));
	bpf_program__set_autoattach(skel->progs.on_cap_exit, false);
	bpf_program__set_autoattach(skel->progs.collect, false);
}

/* The program reports pids of our own namespace. */
static void
set_pidns(struct dt_tracer_bpf *skel)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) == -1 || st.st_ino == first_pidns)
		return;
	skel->rodata->pidns = (__u32)st.st_ino;
}

static int
open_skel(struct dt_tracing *t, bool fexit)
{
	struct dt_bpf *b = t->state;
	const struct dt_job *job = t->job;
	struct btf *btf;
	size_t size = job->buffer;
	struct bpf_object_open_opts opts = {
		.sz = sizeof(opts),
		.kernel_log_buf = b->log,
		.kernel_log_size = sizeof(b->log),
	};

	libbpf_set_print(NULL);
	btf = btf__load_vmlinux_btf();
	if (btf == NULL)
		return explain(t, "no-btf", btf_file);
	if (size == 0)
		size = job->lossless ? RING_LOSSLESS : RING;
	b->skel = dt_tracer_bpf__open_opts(&opts);
	if (b->skel == NULL) {
		btf__free(btf);
		return explain(t, "bpf-refused", "open");
	}
	choose(b->skel, btf, fexit);
	btf__free(btf);
	set_pidns(b->skel);
	dt_bpf_calls((struct dt_bpf_call *)b->skel->rodata->calls);
	b->skel->rodata->stacks = job->stack;
	b->skel->rodata->page_shift = (__u32)ffsl(sysconf(_SC_PAGESIZE)) - 1;
	b->skel->rodata->cpus = libbpf_num_possible_cpus();
	b->skel->rodata->lossless = job->lossless ? size : 0;
	if (bpf_map__set_max_entries(b->skel->maps.ring,
	    (__u32)size) != 0)
		return explain(t, "bpf-refused", "size of the ring");
	return 0;
}

/* Is there more to follow than before? */
static bool
is_news(struct dt_bpf *b, __u64 *before)
{
	__u64 now = b->skel->bss->adopted + b->skel->bss->untracked;
	bool news = now != *before;

	*before = now;
	return news;
}

/*
 * Follow what is started by who is followed already, and their threads.  The
 * kernel has no state for a task that is started while this looks on the same
 * CPU; then the next look finds it.
 */
static int
adopt(struct dt_bpf *b)
{
	__u64 before = 0;
	int fd, tries = 0;
	char c;

	do {
		fd = bpf_iter_create(bpf_link__fd(b->skel->links.adopt));
		if (fd < 0)
			return -1;
		while (read(fd, &c, 1) > 0)
			;
		close(fd);
		if (!is_news(b, &before)) {
			b->skel->bss->untracked = 0;
			return 0;
		}
	} while (++tries < MANY);
	return 0;
}

static int
open_pid(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Has a process a seccomp filter now? */
static bool
is_filtered(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	return file_has(path, "Seccomp:\t2\n");
}

/* The first process; its life is counted before it can end. */
static int
take(struct dt_bpf *b, const struct dt_job *job)
{
	struct dt_bpf_task state = {.counted = 1};
	int fd = open_pid(job->pid), r;

	if (fd == -1)
		return -1;
	b->skel->bss->target = (__u32)job->pid;
	__atomic_fetch_add(&b->skel->bss->live, 1, __ATOMIC_SEQ_CST);
	r = bpf_map_update_elem(bpf_map__fd(b->skel->maps.tasks), &fd, &state,
	    BPF_NOEXIST);
	close(fd);
	if (r != 0) {
		__atomic_fetch_add(&b->skel->bss->live, -1, __ATOMIC_SEQ_CST);
		return -1;
	}
	/* Should it get one from now on, the program sees it. */
	if (is_filtered(job->pid))
		b->skel->bss->filters = 1;
	if (job->held)
		return 0;
	if (adopt(b) == -1)
		return -1;
	if (b->skel->bss->live > 0)
		return 0;
	/* It died while we were loading. */
	errno = ESRCH;
	return -1;
}

bool
dt_bpf_follows(const struct dt_bpf *b, pid_t pid)
{
	struct dt_bpf_task state;
	int fd = open_pid(pid), r;

	if (fd == -1)
		return false;
	r = bpf_map_lookup_elem(bpf_map__fd(b->skel->maps.tasks), &fd, &state);
	close(fd);
	return r == 0;
}

/* Are capabilities that are missed seen?  fexit programs may not be allowed. */
static bool
sees_caps(struct dt_tracer_bpf *skel)
{
	struct bpf_program *fexit = skel->progs.on_cap_exit;

	if (skel->links.on_cap == NULL && bpf_program__fd(fexit) >= 0)
		skel->links.on_cap_exit = bpf_program__attach(fexit);
	return skel->links.on_cap != NULL || skel->links.on_cap_exit != NULL;
}

/* With an fexit program where it helps, or without where it may not be. */
static int
load_skel(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;

	if (open_skel(t, true) == -1)
		return -1;
	if (dt_tracer_bpf__load(b->skel) == 0)
		return 0;
	if (bpf_program__autoload(b->skel->progs.on_cap_exit)) {
		dt_tracer_bpf__destroy(b->skel);
		if (open_skel(t, false) == -1)
			return -1;
		if (dt_tracer_bpf__load(b->skel) == 0)
			return 0;
	}
	keep_log(t);
	return explain(t, "bpf-refused", "load");
}

int
dt_bpf_load(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;

	if (t->job->lossless && !has_cap(capabilities(), CAP_KILL)) {
		errno = EPERM;
		return explain(t, "bpf-privileges", "no CAP_KILL, by which "
		    "--lossless lets processes go on");
	}
	if (load_skel(t) == -1)
		return -1;
	if (dt_tracer_bpf__attach(b->skel) != 0)
		return explain(t, "bpf-refused", "attach");
	b->skel->bss->ask_caps = sees_caps(b->skel);
	if (t->job->lossless) {
		b->collect = bpf_program__attach_iter(b->skel->progs.collect,
		    NULL);
		if (b->collect == NULL)
			return explain(t, "bpf-refused", "iterator");
	}
	if (take(b, t->job) == -1)
		return explain(t, errno == ESRCH ? "target-gone" :
		    "bpf-refused", "follow the process");
	return 0;
}

__u64
dt_bpf_missed(const struct dt_bpf *b)
{
	struct bpf_prog_info info;
	struct bpf_program *prog;
	__u32 size;
	__u64 n = 0;

	bpf_object__for_each_program(prog, b->skel->obj) {
		size = sizeof(info);
		memset(&info, 0, sizeof(info));
		if (bpf_program__fd(prog) >= 0 && bpf_obj_get_info_by_fd(
		    bpf_program__fd(prog), &info, &size) == 0)
			n += info.recursion_misses;
	}
	return n;
}

void
dt_bpf_detach(struct dt_bpf *b)
{
	dt_tracer_bpf__detach(b->skel);
	/* Waits until no CPU runs what has just been taken away. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}
