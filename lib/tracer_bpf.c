/* SPDX-License-Identifier: ISC */
/* The tracer inside the kernel, by eBPF: Linux, for those who may load it. */
#include <sys/wait.h>

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "bpf.h"
#include "capture.h"
#include "symbols.h"
#include "tracer.skel.h"

/* Events that are taken before the reader looks for anything else. */
enum { BATCH = 4096 };

static int
drop(struct dt_tracing *t, const char *code, __u64 n)
{
	struct dt_record rec = {
		.kind = DT_KIND_DROP,
		.diag_code = dt_str_c(code),
		.count = DT_INT((int64_t)n),
	};

	return n == 0 ? 0 : dt_emit(&t->sink, &rec);
}

/* Tell what had no room since the last time, where it would have stood. */
static int
tell_lost(struct dt_tracing *t, __u64 lost)
{
	struct dt_bpf *b = t->state;
	__u64 n = lost > b->lost ? lost - b->lost : 0;

	b->lost += n;
	return drop(t, "ring-full", n);
}

static int
take(void *ctx, void *data, size_t size)
{
	struct dt_tracing *t = ctx;
	struct dt_bpf *b = t->state;
	const struct dt_bpf_event *ev = data;

	if (tell_lost(t, ev->lost) == -1 || dt_bpf_event(t, ev, size) == -1) {
		b->err = errno;
		return -1;
	}
	return ++b->taken < BATCH ? 0 : -EAGAIN;
}

/*
 * Be woken by the next event, and not by those that follow it.  To be said
 * before the ring is looked at for the last time, which poll(2) does.
 */
static void
sleep_(struct dt_bpf *b)
{
	__atomic_store_n(&b->skel->bss->asleep, 1, __ATOMIC_SEQ_CST);
}

static int
start(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;

	if (t->job->stack) {
		b->symbols = dt_symbols_new();
		if (b->symbols == NULL)
			return -1;
	}
	if ((t->job->lossless && dt_bpf_guard_begin(b) == -1) ||
	    dt_bpf_load(t) == -1)
		return -1;
	b->ring = ring_buffer__new(bpf_map__fd(b->skel->maps.ring), take, t,
	    NULL);
	if (b->ring == NULL || (t->job->lossless && dt_bpf_guard(b) == -1))
		return -1;
	t->fd = bpf_map__fd(b->skel->maps.ring);
	t->attached = true;
	sleep_(b);
	return 0;
}

/* Is the first process, if it is a child of ours, ready to be waited for? */
static bool
is_dead(const struct dt_job *job)
{
	siginfo_t info = {0};

	return !job->held || waitid(P_PID, (id_t)job->pid, &info,
	    WEXITED | WNOHANG | WNOWAIT) == -1 || info.si_pid != 0;
}

static int
tell_untracked(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = DT_STR("bpf-untracked"),
		.text = DT_STR("bpf: no memory to follow a new process or "
		    "thread"),
	};

	if (b->skel->bss->untracked == 0 || b->said_untracked)
		return 0;
	b->said_untracked = true;
	return dt_emit(&t->sink, &rec);
}

static void
note_fate(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;
	int status = b->skel->bss->status;

	if (!b->skel->bss->ended)
		return;
	if (WIFSIGNALED(status)) {
		t->fate.status = "signaled";
		dt_signal_name(WTERMSIG(status), t->fate.signal,
		    sizeof(t->fate.signal));
	} else {
		t->fate.status = "exited";
		t->fate.code = WEXITSTATUS(status);
	}
}

/* Everything is read: the kernel wakes us at the next event. */
static int
caught_up(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;
	volatile __u64 *halts = &b->skel->bss->halts;
	__u64 lost;

	if (*halts != b->halts) {
		b->halts = *halts;
		if (dt_bpf_go_on(bpf_map__fd(b->skel->maps.halted), t, take) ==
		    -1)
			return -1;
	}
	/* Who has ended has left what it kept, and is not stopped. */
	if (b->collect != NULL && dt_bpf_collect(t, take) == -1)
		return -1;
	lost = b->skel->bss->lost;
	/* What is kept even now nobody will ask for any more. */
	if (b->stopping)
		lost += b->skel->bss->spilled;
	if (tell_lost(t, lost) == -1 || tell_untracked(t) == -1)
		return -1;
	if (b->err != 0) {
		errno = b->err;
		return -1;
	}
	if (b->stopping) {
		note_fate(t);
		t->ended = true;
		return drop(t, "bpf-missed", dt_bpf_missed(b));
	}
	sleep_(b);
	return 0;
}

static void
stop(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;

	if (b->stopping)
		return;
	b->stopping = true;
	dt_bpf_detach(b);
}

static int
read_events(struct dt_tracing *t, unsigned what)
{
	struct dt_bpf *b = t->state;
	int r;

	(void)what;
	b->clock = dt_now(CLOCK_REALTIME) - dt_now(CLOCK_MONOTONIC);
	b->taken = 0;
	r = ring_buffer__consume(b->ring);
	if (b->err != 0) {
		errno = b->err;
		return -1;
	}
	if (r == -EAGAIN)
		return 1;
	if (!b->stopping && b->skel->bss->live <= 0 && is_dead(t->job)) {
		stop(t);
		return 1;
	}
	return caught_up(t);
}

static void
kill_(struct dt_tracing *t)
{
	stop(t);
	t->died = t->ended = true;
}

static void
end(struct dt_tracing *t)
{
	struct dt_bpf *b = t->state;

	if (b->skel != NULL && !b->stopping)
		dt_bpf_detach(b);
	if (b->skel != NULL)
		dt_bpf_go_on(bpf_map__fd(b->skel->maps.halted), NULL, NULL);
	bpf_link__destroy(b->collect);
	dt_bpf_unguard(b);
	ring_buffer__free(b->ring);
	dt_tracer_bpf__destroy(b->skel);
	dt_symbols_free(b->symbols);
	dt_record_free(&b->rec);
}

static bool
follows(struct dt_tracing *t, pid_t pid)
{
	return dt_bpf_follows(t->state, pid);
}

const struct dt_tracer dt_tracer_bpf = {
	.name = "bpf",
	.what = "a program inside the kernel, on Linux, for root",
	.errnos = "EPERM,EACCES,EROFS",
	.lossless = true,
	.stack = true,
	.buffer = true,
	.size = sizeof(struct dt_bpf),
	.usable = dt_bpf_usable,
	.start = start,
	.read = read_events,
	.stop = stop,
	.kill = kill_,
	.follows = follows,
	.free = end,
};
