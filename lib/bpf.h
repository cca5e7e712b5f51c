/* SPDX-License-Identifier: ISC */
/*
 * The tracer inside the kernel, as its files share it: bpf_load.c brings it
 * in and puts it on a process, bpf_calls.c tells it what to read of a call,
 * bpf_record.c makes records of its events, bpf_halt.c lets stopped processes
 * go on, tracer_bpf.c does it in order.
 */
#ifndef DT_BPF_H
#define DT_BPF_H

#include "bpf_event.h"
#include "tracer.h"

struct dt_symbols;
struct dt_tracer_bpf;		/* the skeleton that bpftool(8) made */

/* The state of a tracing. */
struct dt_bpf {
	struct dt_tracer_bpf *skel;
	char log[1 << 18];	/* what the kernel said of the program */
	struct dt_symbols *symbols;	/* names of functions; NULL unless asked */
	struct dt_record rec;	/* the one that is being given */
	struct bpf_link *collect;	/* gives what tasks keep; or NULL */
	pid_t guard;		/* lets go on who is stopped if we die; or 0 */
	/*
	 * A pipe whose end is our death.  Of what is open the kernel may close
	 * the oldest first or last: the writing end is both.
	 */
	int guard_end, guard_fds[2];
	int ring_fd;
	struct ring_buffer *ring;
	int64_t clock;		/* CLOCK_REALTIME less CLOCK_MONOTONIC */
	__u64 lost;		/* said in DROPs so far */
	__u64 halts;		/* up to which all were let go on */
	int taken;		/* events since the reader looked up */
	int err;		/* of the sink; or 0 */
	bool stopping;
	bool said_untracked;
};

/* What stands in the way of all this on this host, for this user. */
void dt_bpf_usable(struct dt_usable *);
/*
 * Load the program and follow the job's process, its threads and its
 * children.  -1 with errno, and a DIAGNOSTIC of what stood in the way.
 */
int dt_bpf_load(struct dt_tracing *);
/* Let the processes go; when it returns there will be no more events. */
void dt_bpf_detach(struct dt_bpf *);
/*
 * How often the kernel did not run a part of the program, as it ran on that CPU
 * already (bpf_prog_info of linux/bpf.h, 5.12).  It tells of all processes.
 */
__u64 dt_bpf_missed(const struct dt_bpf *);
/* Is this process followed? */
bool dt_bpf_follows(const struct dt_bpf *, pid_t);

/* Fill in what is to be read of each call. */
void dt_bpf_calls(struct dt_bpf_call calls[DT_BPF_ABIS * DT_BPF_CALLS]);
/* A call by its number; NULL if it has no row. */
const struct dt_call *dt_bpf_call(enum dt_bpf_abi, int nr);

/*
 * The call that an operation of io_uring(7) stands for; io_uring_enter for one
 * that stands for none.
 */
const struct dt_call *dt_bpf_ring_call(int op);

/* Give an event to the tracing's sink.  -1 with errno. */
int dt_bpf_event(struct dt_tracing *, const struct dt_bpf_event *,
    size_t size);
/*
 * The path out of a part of names; an empty one for what has no name.  Owned by
 * the record.
 */
struct dt_str dt_bpf_names(struct dt_record *, struct dt_str part);
/* Take a part and its bytes off the front.  False at the end. */
bool dt_bpf_next(struct dt_str *rest, struct dt_bpf_part *,
    struct dt_str *bytes);
/* Add the frames of a stack, out of its parts, to the record. */
int dt_bpf_stack(struct dt_bpf *, struct dt_str parts);

/*
 * Start a process that lets go on who is stopped, if this one dies without
 * doing so: begin before the program is loaded, and then do it.  -1 with errno.
 */
int dt_bpf_guard_begin(struct dt_bpf *);
int dt_bpf_guard(struct dt_bpf *);
/* What takes an event, as libbpf has it: negative to stop. */
typedef int dt_bpf_take(void *tracing, void *event, size_t size);
/*
 * Let all that are stopped go on, after taking the events that they keep unless
 * there is no tracing.  -1 with errno when some could not be taken.
 */
int dt_bpf_go_on(int halted_fd, struct dt_tracing *, dt_bpf_take *);
/* Take the events that tasks keep.  -1 with errno. */
int dt_bpf_collect(struct dt_tracing *, dt_bpf_take *);
/* The guard is not needed any more. */
void dt_bpf_unguard(struct dt_bpf *);

#endif
