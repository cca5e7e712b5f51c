/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/* What the parts of the tracer inside the kernel share: settings and maps. */
#ifndef DT_BPF_STATE_H
#define DT_BPF_STATE_H

#include <linux/bpf.h>
#include <linux/errno.h>

#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf_event.h"
#include "bpf_kernel.h"

enum {
	AT_FDCWD_ = -100,
	SECCOMP_FILTER = 2,	/* SECCOMP_MODE_FILTER */
	COMPAT_X86 = 2,		/* TS_COMPAT */
	COMPAT_ARM64 = 1 << 22,	/* _TIF_32BIT */
#if defined(__TARGET_ARCH_x86)
	NR_SECCOMP = 317, NR_PRCTL = 157,
	NR_COMPAT_SECCOMP = 354, NR_COMPAT_PRCTL = 172,
	NR_SIGRETURN = 15,
#else
	NR_SECCOMP = 277, NR_PRCTL = 167,
	NR_COMPAT_SECCOMP = 383, NR_COMPAT_PRCTL = 172,
	NR_SIGRETURN = 139,
#endif
	NR_COMPAT_SIGRETURN = 119, NR_COMPAT_RT_SIGRETURN = 173,
	GROUP_EXIT = 4,		/* SIGNAL_GROUP_EXIT */
	EXITING = 4,		/* PF_EXITING */
	PIDNS_LEVELS = 33,	/* MAX_PID_NS_LEVEL and the first */
	SIGSYS_ = 31,
	SIGSTOP_ = 19,
	SYS_SECCOMP_ = 1,
	CAP_NOAUDIT = 2,	/* CAP_OPT_NOAUDIT: asked by the way */
	RESTART_FIRST = 512, RESTART_LAST = 516,	/* ERESTARTSYS ... */
	ERRNO_MAX = 4095,	/* MAX_ERRNO; what a filter may answer with */
	OP_NOP = 0,		/* IORING_OP_NOP */
	S_FMT = 0170000, S_DIR = 0040000, S_REG = 0100000, S_CHR = 0020000,
	S_BLK = 0060000,
	HEADER = sizeof(struct dt_bpf_event),
	PART = sizeof(struct dt_bpf_part),
	LAST = DT_BPF_LAST,
	ROOM = DT_BPF_ROOM,
	LARGEST = DT_BPF_LARGEST,
	EACH = LARGEST + 16,	/* what a task may add to the ring */
	HALTED = 16384,
	SPARES = 32,
};

/* Set before the program is loaded. */
const volatile struct dt_bpf_call calls[DT_BPF_ABIS * DT_BPF_CALLS];
const volatile bool stacks;
const volatile __u32 page_shift;	/* of the size of a page */
const volatile __u32 pidns;	/* inode of the reader's, unless the first */
const volatile __s64 cpus;	/* how many there are */
const volatile __u64 lossless;	/* high-water mark, bytes; 0: may lose */

/* Shared with the reader. */
__u64 lost;			/* events that had no room */
__u64 untracked;		/* children that could not be followed */
__u64 halts;			/* times that a process was stopped */
__u64 spilled;			/* events that tasks keep for want of room */
__u64 adopted;			/* tasks that `adopt` found */
__s64 live;			/* tasks that are followed */
__u32 ask_caps;			/* the kernel tells of capabilities missed */
__u32 asleep;			/* the reader wants to be woken */
__u32 target;			/* pid of the first process */
__u32 ended;			/* it has, with this status of wait(2) */
__s32 status;
__u32 filters;			/* a task that is followed has a filter */

static __s64 late;		/* tasks that are in `latecomers' */
static __s64 marked;		/* tasks whose state on_exit must clear */

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct dt_bpf_task);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* set before it is loaded */
} ring SEC(".maps");

/* Tasks that are to be followed and have no state yet. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} latecomers SEC(".maps");

struct scratch {
	struct dt_bpf_event ev;
	unsigned char data[ROOM];
	__u64 ips[DT_BPF_FRAMES];
	struct bpf_stack_build_id ids[DT_BPF_FRAMES];
	struct {
		struct file *file;
		__u32 frame;	/* the first that is in it */
	} modules[DT_BPF_MODULES];
};

/* One for each CPU: nothing here is preempted by something else here. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* Processes that were stopped so that the reader can catch up: tgid, pid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, HALTED);
	__type(key, __u32);
	__type(value, __u32);
} halted SEC(".maps");

/* For tasks that end, and for want of memory: shared with the reader. */
struct dt_bpf_kept spares[SPARES];

/*
 * Events that a task keeps, while it is stopped, until the reader comes: one,
 * and another if it was let go on for an earlier stop, by a reader that had
 * not seen the first.
 */
struct spill {
	struct dt_bpf_kept first, second;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct spill);
} spills SEC(".maps");

static __always_inline struct scratch *
scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratches, &zero);
}

#endif
