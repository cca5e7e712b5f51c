/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/*
 * How an event gets to its reader: by the ring or, where nothing may be lost
 * and that is full, by the task itself, which is stopped until then.
 */
#ifndef DT_BPF_GIVE_H
#define DT_BPF_GIVE_H

#include "bpf_state.bpf.h"

/* Stop the process before it returns to its own code. */
static __always_inline void
halt(struct scratch *s)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, pid = s->ev.pid;

	if (bpf_map_update_elem(&halted, &tgid, &pid, BPF_ANY) != 0)
		return;
	bpf_send_signal(SIGSTOP_);
	/* Again, as the reader may have let it go on before it was stopped. */
	bpf_map_update_elem(&halted, &tgid, &pid, BPF_ANY);
	__sync_fetch_and_add(&halts, 1);
}

/* Could the tasks that run overrun the ring before the reader empties it? */
static __always_inline bool
is_full(void)
{
	__s64 n = live;

	/*
	 * Each gives one more event when it is stopped; and on each CPU one may
	 * have found that there was room for it just now.
	 */
	n += n < cpus ? n : cpus;
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) + n * EACH >
	    lossless;
}

/* Give an event with so many bytes of data to the reader, if there is room. */
static __always_inline bool
output(struct scratch *s, enum dt_bpf_type type, __u32 len)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (len > ROOM)
		len = ROOM;
	s->ev.type = type;
	s->ev.lost = lost;
	if (asleep || type == DT_BPF_WAKE) {
		asleep = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	/* Where there is no room the reader is awake. */
	return bpf_ringbuf_output(&ring, &s->ev, HEADER + len, flags) == 0;
}

static __always_inline void
give(struct scratch *s, enum dt_bpf_type type, __u32 len)
{
	if (!output(s, type, len))
		__sync_fetch_and_add(&lost, 1);
}

/* Keep an event where no task need be there for it. */
static __noinline bool
spare(const void *from, __u32 n)
{
	struct dt_bpf_kept *k;
	__u32 i;

	if (n > LARGEST)
		return false;
	for (i = 0; i < SPARES; i++) {
		k = &spares[i];
		if (__sync_val_compare_and_swap(&k->len, 0,
		    DT_BPF_BEING_KEPT) != 0)
			continue;
		if (bpf_probe_read_kernel(k->data, n, from) != 0)
			break;
		__sync_fetch_and_add(&spilled, 1);
		__sync_lock_test_and_set(&k->len, n);
		return true;
	}
	return false;
}

static __always_inline bool
keep(struct scratch *s, struct dt_bpf_kept *k, __u32 len)
{
	if (__sync_val_compare_and_swap(&k->len, 0, DT_BPF_BEING_KEPT) != 0)
		return false;
	if (bpf_probe_read_kernel(k->data, HEADER + len, &s->ev) != 0) {
		__sync_lock_test_and_set(&k->len, 0);
		return false;
	}
	__sync_fetch_and_add(&spilled, 1);
	__sync_lock_test_and_set(&k->len, HEADER + len);
	return true;
}

/* Have the task keep its event until the reader has room for it. */
static __always_inline bool
spill(struct scratch *s, struct task_struct *task, __u32 len)
{
	struct spill *sp = bpf_task_storage_get(&spills, task, NULL,
	    BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (len > ROOM)
		len = ROOM;
	return (sp != NULL && (keep(s, &sp->first, len) ||
	    keep(s, &sp->second, len))) ||
	    spare(&s->ev, HEADER + len);
}

/*
 * Give an event where nothing may be lost.  Whoever finds the process among
 * those that were stopped finds the event, too.
 */
static __always_inline void
give_safely(struct scratch *s, struct task_struct *task,
    enum dt_bpf_type type, __u32 len)
{
	bool full = is_full();

	if (!output(s, type, len)) {
		full = true;
		if (!spill(s, task, len))
			__sync_fetch_and_add(&lost, 1);
	}
	if (!full)
		return;
	halt(s);
	/* The reader may sleep again already; or else has enough to read. */
	output(s, DT_BPF_WAKE, 0);
}

static __always_inline void
unkeep(struct dt_bpf_kept *k)
{
	__u32 n = *(volatile __u32 *)&k->len;

	/* Or else the reader has it in its hands. */
	if (n == 0 || n > LARGEST ||
	    __sync_val_compare_and_swap(&k->len, n, 0) != n)
		return;
	__sync_fetch_and_add(&spilled, -1);
	if (bpf_ringbuf_output(&ring, k->data, n, BPF_RB_FORCE_WAKEUP) != 0 &&
	    !spare(k->data, n))
		__sync_fetch_and_add(&lost, 1);
}

/* What a task that was stopped had kept, and is killed now. */
static __always_inline void
unspill(struct task_struct *task)
{
	struct spill *sp = bpf_task_storage_get(&spills, task, NULL, 0);

	if (sp == NULL)
		return;
	unkeep(&sp->first);
	unkeep(&sp->second);
}

/* One of the events that a task keeps, with its length before it. */
static __always_inline bool
write_kept(struct seq_file *seq, struct dt_bpf_kept *k)
{
	__u32 len = *(volatile __u32 *)&k->len;
	__u64 n = len;

	if (len == 0 || len > LARGEST ||
	    __sync_val_compare_and_swap(&k->len, len, DT_BPF_BEING_KEPT) != len)
		return false;
	/* Without room this is done again, for the next read(2). */
	if (bpf_seq_write(seq, &n, sizeof(n)) != 0 ||
	    bpf_seq_write(seq, k->data, (n + 7) & ~7ULL) != 0) {
		__sync_lock_test_and_set(&k->len, len);
	} else {
		__sync_fetch_and_add(&spilled, -1);
		__sync_lock_test_and_set(&k->len, 0);
	}
	return true;
}

/* One of each, as there is not always room for two. */
SEC("iter/task")
int collect(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct spill *sp;

	if (task == NULL)
		return 0;
	sp = bpf_task_storage_get(&spills, task, NULL, 0);
	if (sp == NULL || write_kept(ctx->meta->seq, &sp->first) ||
	    write_kept(ctx->meta->seq, &sp->second))
		return 0;
	/* Its task may run: nothing may be put where nobody will look. */
	if (__sync_val_compare_and_swap(&sp->first.len, 0,
	    DT_BPF_BEING_KEPT) != 0)
		return 0;
	if (__sync_val_compare_and_swap(&sp->second.len, 0,
	    DT_BPF_BEING_KEPT) == 0)
		bpf_task_storage_delete(&spills, task);
	else
		__sync_lock_test_and_set(&sp->first.len, 0);
	return 0;
}

#endif
