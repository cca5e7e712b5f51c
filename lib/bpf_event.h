/* SPDX-License-Identifier: ISC */
/*
 * What the program inside the kernel and its reader have in common: the
 * layout of an event, and what the one is told by the other.
 */
#ifndef DT_BPF_EVENT_H
#define DT_BPF_EVENT_H

#include <linux/types.h>

enum {
	DT_BPF_ARGS = 6,
	DT_BPF_COMM = 16,	/* TASK_COMM_LEN */
	DT_BPF_PATH = 4096,	/* PATH_MAX, with the NUL */
	DT_BPF_NAME = 256,	/* NAME_MAX, with the NUL */
	DT_BPF_DEPTH = 64,	/* directories of which a path is put together */
	DT_BPF_ADDR = 128,	/* sizeof(struct sockaddr_storage) */
	DT_BPF_FRAMES = 48,
	DT_BPF_MODULES = 16,	/* files that the frames of a stack are in */
	DT_BPF_ID = 20,		/* bytes of a build id, at most */
	DT_BPF_CALLS = 512,	/* system calls of an ABI, by their number */
};

/* How the kernel was called. */
enum dt_bpf_abi { DT_BPF_NATIVE, DT_BPF_COMPAT, DT_BPF_ABIS };

enum dt_bpf_type {
	DT_BPF_REFUSED,		/* a call failed with an errno of ours */
	DT_BPF_KILLED,		/* a seccomp filter sent or did SIGSYS */
	DT_BPF_RING,		/* an io_uring was made that is not seen into */
	DT_BPF_RING_REFUSED,	/* an operation of one failed; nr: which, or -1 */
	DT_BPF_WAKE,		/* something changed that is no event */
};

/* Who refused. */
enum dt_bpf_by {
	DT_BPF_BY_UNKNOWN,	/* the kernel gives no way to tell */
	DT_BPF_BY_SECCOMP,
	DT_BPF_BY_CAPABILITY,	/* the last of `caps` that was asked for: cap */
	DT_BPF_BY_LSM,
	DT_BPF_BY_LSM_OR_FS,
};

/* A part of an event's data; `len` bytes follow it, without padding. */
struct dt_bpf_part {
	__u8 what;		/* enum dt_bpf_what */
	__u8 cut;		/* there was more of it */
	__s16 len;		/* or -errno: could not be read */
};

enum dt_bpf_what {
	DT_BPF_PART_PATH,	/* bytes, with the NUL */
	DT_BPF_PART_PATH2,
	/*
	 * A directory or file by the names on its way to the root, the last
	 * one first, each ended by a NUL; those next to the root may be cut.
	 */
	DT_BPF_PART_DIR,	/* where `path` starts, when it is relative */
	DT_BPF_PART_DIR2,
	DT_BPF_PART_FILE,	/* behind the descriptor of a call without path */
	DT_BPF_PART_ADDR,	/* struct sockaddr */
	DT_BPF_PART_FLAGS,	/* __u64, out of the struct a call points to */
	DT_BPF_PART_FRAMES,	/* struct dt_bpf_frame, innermost first */
	DT_BPF_PART_MODULE,	/* like DIR; they count from 0 */
	DT_BPF_PART_ID,		/* build id of the module before it */
};

struct dt_bpf_frame {
	__u64 offset;		/* in the module's file; the address without */
	__s64 module;		/* or -1 */
};

/* An event, as long as its parts. */
struct dt_bpf_event {
	__u64 lost;		/* events that had no room so far */
	__u64 ts;		/* CLOCK_MONOTONIC */
	__s64 ret;
	__u64 args[8];		/* DT_BPF_ARGS of them */
	__u64 caps;		/* capabilities missed in the call, bit by bit */
	__u64 cgroup;
	__u32 pid, tid, uid;
	__s32 nr;		/* of the call */
	__u8 type, abi, by, cap;
	char comm[DT_BPF_COMM];
	__u8 userns;		/* in another user namespace than the first */
	__u8 unused[3];
	/* The parts follow. */
};

enum {
	/* No part is begun behind this, and none is longer than a path. */
	DT_BPF_LAST = 4 * (DT_BPF_PATH + sizeof(struct dt_bpf_part)) + 4096,
	DT_BPF_ROOM = DT_BPF_LAST + sizeof(struct dt_bpf_part) + DT_BPF_PATH,
	DT_BPF_LARGEST = sizeof(struct dt_bpf_event) + DT_BPF_ROOM,
};

/* An event that is kept for want of room in the ring. */
struct dt_bpf_kept {
	__u32 len;		/* 0 for none; or DT_BPF_BEING_KEPT */
	__u32 unused;
	unsigned char data[DT_BPF_LARGEST + 8];	/* given in words */
} __attribute__((aligned(8)));

#define DT_BPF_BEING_KEPT (~0U)	/* another CPU is at work on it */

/* What the program knows of a task that is followed, while it is in a call. */
struct dt_bpf_task {
	__u64 caps;		/* asked for and missing */
	__u8 cap;		/* the last of them */
	__u8 lsm;		/* an LSM said that it refused */
	__u8 marked;		/* any of these is set */
	__u8 entered;		/* the call went past seccomp */
	__u8 armed;		/* if it had not, `entered` would tell */
	__u8 killed;		/* a filter sent SIGSYS in place of the call */
	__u8 returning;		/* from a signal handler */
	__u8 unused;
	__u32 counted;		/* as alive */
	__u32 unused2;
};

/* What to read of a call: indexes of arguments, -1 for none. */
struct dt_bpf_call {
	__s8 path, path2;
	__s8 fd;		/* directory of the path, or what it acts on */
	__s8 addr;		/* its length is the next argument */
	__s8 flags;		/* points to them */
};

#endif
