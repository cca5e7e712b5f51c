/* SPDX-License-Identifier: ISC */
/* One capture: a tracer put on a process, from its start to its end. */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "proc.h"

enum { NAP_MS = 1 };

/*
 * How long one waits for a tracer that was told to let go, unless it needs
 * longer; and, when one of the two has ended, the tracer or the process, for
 * the other one.
 */
static const int64_t second = 1000000000, patience = 5, grace = 1;

int64_t
dt_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * second + ts.tv_nsec;
}

/* Nanoseconds that the tracer has to let go in. */
static int64_t
time_to_stop(const struct dt_capture *c)
{
	if (c->patience != 0)
		return c->patience;
	return (c->tracer->patience != 0 ? c->tracer->patience : patience) *
	    second;
}

/* Ask the tracer to let go, the first time; later it is only waited for. */
static void
stop(struct dt_capture *c)
{
	if (c->stop_at != 0)
		return;
	c->stopped_at = dt_now(CLOCK_MONOTONIC);
	c->stop_at = c->stopped_at + time_to_stop(c);
	c->t.tracer->stop(&c->t);
}

bool
dt_capture_follows(struct dt_capture *c, pid_t pid)
{
	pid_t by;

	if (c->tracer->follows != NULL)
		return c->t.state != NULL && c->tracer->follows(&c->t, pid);
	by = dt_proc_tracer(pid);
	return by > 0 && by == dt_proc_tracer(c->job.pid);
}

/*
 * Did the traced program send it?  `kill 0` is common when one cleans up, and
 * would end the capture of what the program does then.
 */
static bool
is_from_target(struct dt_capture *c, pid_t sender)
{
	return sender != 0 && sender != getpid() &&
	    (sender == c->job.pid || dt_capture_follows(c, sender));
}

/* Look at the signals that came.  True if a child changed. */
static bool
signals(struct dt_capture *c)
{
	bool child = false;
	pid_t sender;
	int sig;

	while ((sig = dt_signals_next(c->signals, &sender)) != 0) {
		if (sig == SIGCHLD)
			child = true;
		else if (!is_from_target(c, sender))
			stop(c);
	}
	return child;
}

/*
 * Has the process ended?  A child of ours has when it can be waited for.  One
 * that is not known yet has not.
 */
static bool
has_ended(const struct dt_capture *c, const struct dt_held *held)
{
	siginfo_t info = {0};

	if (held != NULL)
		return waitid(P_PID, (id_t)held->pid, &info,
		    WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == held->pid;
	return c->job.pid != 0 && !dt_proc_lives(c->job.pid);
}

/* Milliseconds until a time, rounded up; -1 for one that never comes. */
static int
until(int64_t at)
{
	int64_t ms;

	if (at == 0)
		return -1;
	ms = (at - dt_now(CLOCK_MONOTONIC) + 999999) / 1000000;
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Nobody reads our output any more: a write would fail, if there were one. */
static void
abandoned(struct dt_capture *c)
{
	if (c->out_errno == 0)
		c->out_errno = EPIPE;
}

static bool
is_past(int64_t at)
{
	return at != 0 && dt_now(CLOCK_MONOTONIC) >= at;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* What takes long, if anything does. */
static const char *
slow(const struct dt_capture *c)
{
	if (c->t.ended)
		return NULL;
	if (c->stop_at != 0)
		return "letting go";
	return c->t.attached || c->job.wait != NULL ? NULL : "beginning";
}

/* When there is something to be done though nothing comes; 0 for never. */
static int64_t
alarm_at(const struct dt_capture *c)
{
	int64_t at = sooner(c->limit_at, sooner(c->begin_by, c->gone_by));

	if (c->stop_at != 0)
		at = c->stop_at;
	if (c->waiting != NULL && slow(c) != NULL)
		at = sooner(at, dt_now(CLOCK_MONOTONIC) + second);
	if (c->stop_at != 0)
		return at;
	/* Nobody tells us of the end of what is no child of ours. */
	if (c->tracer->leaves && c->begun && c->gone_by == 0)
		at = sooner(at, dt_now(CLOCK_MONOTONIC) + second);
	return at;
}

/* Tell who looks on what takes so long, after two seconds of it. */
static void
tell(struct dt_capture *c)
{
	const char *what = slow(c);
	int64_t now = dt_now(CLOCK_MONOTONIC);

	if (c->waiting == NULL)
		return;
	if (what != c->slow) {
		if (c->slow_told != 0)
			c->waiting(c->ctx, NULL, 0);
		c->slow = what;
		c->slow_since = now;
		c->slow_told = 0;
	}
	if (what == NULL || now - c->slow_since < 2 * second ||
	    (c->slow_told != 0 && now - c->slow_told < second))
		return;
	c->slow_told = now;
	c->waiting(c->ctx, what, (int)((now - c->slow_since) / second));
}

/* A tracer that does not do what it has to. */
static void
give_up(struct dt_capture *c, const char *what)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: %s", c->tracer->name, what);
	dt_capture_note(c, "error", "tracer-died", text);
	stop(c);
}

/* What is due by the clock. */
static void
clock_work(struct dt_capture *c, const struct dt_held *held)
{
	if (c->stop_at == 0 && is_past(c->limit_at))
		c->timed_out = true;
	if (c->out_errno != 0 || is_past(c->limit_at))
		stop(c);
	if (c->stop_at != 0)
		return;
	if (c->t.attached)
		c->begin_by = 0;
	else if (is_past(c->begin_by))
		give_up(c, "did not put its probes on in time");
	if (!c->tracer->leaves || !c->begun)
		return;
	if (!c->gone && has_ended(c, held)) {
		c->gone = true;
		c->gone_by = dt_now(CLOCK_MONOTONIC) + grace * second;
	}
	/* The end of a short process may escape dtrace 2.0: no fault of ours. */
	if (is_past(c->gone_by))
		stop(c);
}

/*
 * The other end of our output.  Linux tells of its end unasked (POLLERR),
 * FreeBSD too (POLLHUP), macOS who asks only: and of a socket as soon as the
 * peer says no more, which may well go on to read.
 */
static struct pollfd
reader(const struct dt_capture *c)
{
	return (struct pollfd){
		.fd = c->out_errno == 0 ? fileno(c->out) : -1,
		.events = c->out_is_pipe ? POLLHUP : 0,
	};
}

/*
 * Wait for something to read.  Whoever follows our output sees all there is
 * before we wait for long.  Tracers write line by line: waking up for each
 * takes longer than they do, so a line waits a little for more to come.
 */
static unsigned
wait_input(struct dt_capture *c, bool more)
{
	struct pollfd p[] = {
		{.fd = c->signals->fd, .events = POLLIN},
		{.fd = c->t.msgfd, .events = POLLIN},
		reader(c),
		{.fd = c->t.fd, .events = POLLIN},
		{.fd = dt_capture_audit_fd(c), .events = POLLIN},
	};
	const nfds_t all = sizeof(p) / sizeof(p[0]), urgent = 3;
	unsigned what = 0;
	int n;

	n = poll(p, more ? all : urgent, more ? 0 : NAP_MS);
	if (n == 0 && !more && poll(p, all, 0) == 0) {
		dt_capture_flush(c);
		n = poll(p, all, until(sooner(alarm_at(c),
		    dt_capture_audit_due(c))));
	}
	if (n == -1)
		return errno == EINTR ? DT_READ_CHILD : 0;
	if (p[0].revents != 0 && signals(c))
		what |= DT_READ_CHILD;
	if (p[1].revents != 0)
		what |= DT_READ_MESSAGES;
	if ((p[2].revents & (POLLERR | p[2].events)) != 0)
		abandoned(c);
	if (p[3].revents != 0)
		what |= DT_READ_TRACE;
	return what;
}

/* The tracer sees everything from now on: the command may run. */
static void
attached(struct dt_capture *c, struct dt_held *held)
{
	dt_capture_begin_trace(c);
	c->attached_at = dt_now(CLOCK_MONOTONIC);
	if (c->limit != 0)
		c->limit_at = c->attached_at + c->limit;
	if (c->out_errno == 0 && c->stop_at == 0 &&
	    (held == NULL || dt_held_release(held) == 0))
		c->begun = true;
	else
		stop(c);
}

/* Read what the tracer gives until it has ended.  -1 with errno. */
static int
follow(struct dt_capture *c, struct dt_held *held)
{
	const unsigned all = DT_READ_TRACE | DT_READ_MESSAGES | DT_READ_CHILD;
	struct dt_tracing *t = &c->t;
	bool begun = false, stopping = false, more = false;
	unsigned what;
	int r;

	while (!t->ended) {
		tell(c);
		if (t->attached && !begun) {
			begun = true;
			attached(c, held);
		}
		clock_work(c, held);
		/* What it let go of at once, it will not tell us of again. */
		more = more || (c->stop_at != 0 && !stopping);
		stopping = c->stop_at != 0;
		what = wait_input(c, more);
		r = t->tracer->read(t, more ? all : what);
		if (r == -1)
			return -1;
		more = r == 1;
		if (dt_capture_audit_turn(c) == -1)
			return -1;
		if (until(c->stop_at) == 0)
			t->tracer->kill(t);
	}
	/* A script may have ended as soon as it was there: it was, though. */
	if (t->attached && !begun && held == NULL && c->stop_at == 0)
		attached(c, held);
	tell(c);
	return 0;
}

/* Did it see the process and what that started, to the end? */
static void
settle_kin(struct dt_capture *c)
{
	char text[128];

	if (c->t.unseen) {
		snprintf(text, sizeof(text), "%s: no probe fired for the "
		    "program, not even at its end", c->tracer->name);
		dt_capture_note(c, "error", "target-unseen", text);
	}
	if (c->t.left <= 0)
		return;
	snprintf(text, sizeof(text), "%s: lost sight of %" PRId64 " processes "
	    "that went on when their parents had ended", c->tracer->name,
	    c->t.left);
	dt_capture_note(c, "error", "left-behind", text);
}

/*
 * A tracer that ends with the process has ended, and nobody wanted it to: the
 * process has to have ended too, or else it goes on unseen.
 */
static void
settle_end(struct dt_capture *c, const struct dt_held *held)
{
	int64_t until_then = dt_now(CLOCK_MONOTONIC) + grace * second;

	if (!c->tracer->leaves || !c->begun || c->t.chose || c->t.died ||
	    (c->stop_at != 0 && !c->gone))
		return;
	while (!c->gone && !is_past(until_then)) {
		poll(NULL, 0, NAP_MS);
		c->gone = has_ended(c, held);
	}
	if (!c->gone)
		give_up(c, c->job.pid == 0 ? "ended by itself: the trace has "
		    "nothing of what came then" : "ended before the program "
		    "did: the trace has nothing of what came then");
	if (c->gone)
		settle_kin(c);
}

/* Why it is not a capture from beginning to end; NULL if it is one. */
static const char *
fault(struct dt_capture *c, char *text, size_t size)
{
	const char *name = c->tracer->name;

	if (c->failed || c->out_errno != 0 || (c->begun && !c->t.died))
		return NULL;
	if (c->stop_at != 0 && c->t.died)
		snprintf(text, size, "%s: did not let go in %.3g seconds",
		    name, (double)time_to_stop(c) / (double)second);
	else if (c->stop_at != 0) {
		snprintf(text, size, "stopped before anything was traced");
		return "capture-aborted";
	} else
		snprintf(text, size, "%s: ended by itself%s", name, c->begun ?
		    ": the trace has nothing of what came then" :
		    " before it traced anything");
	return "tracer-died";
}

int
dt_capture_verdict(struct dt_capture *c)
{
	char text[128];
	const char *code = fault(c, text, sizeof(text));
	bool complete;

	if (code != NULL)
		dt_capture_note(c, "error", code, text);
	complete = c->begun && !c->t.died && !c->failed;
	dt_capture_end_trace(c, complete);
	if (c->out_errno != 0)
		return DT_CAPTURE_LOST;
	if (!c->begun)
		return DT_CAPTURE_REFUSED;
	return complete && c->dropped == 0 ? DT_CAPTURED : DT_CAPTURE_LOST;
}

static int
start(struct dt_capture *c)
{
	c->t = (struct dt_tracing){.tracer = c->tracer, .job = &c->job,
	    .sink = dt_capture_sink(c)};
	return dt_tracing_start(&c->t);
}

struct dt_asked
dt_capture_asked(const struct dt_capture *c)
{
	return (struct dt_asked){
		.script = c->script != NULL,
		.options = c->options != NULL,
		.stack = c->stack,
		.buffer = c->buffer != 0,
		.lossless = c->lossless,
	};
}

/* In place of a tracer that could not start, take another. */
static int
start_other(struct dt_capture *c)
{
	struct dt_asked asked = dt_capture_asked(c);
	const struct dt_tracer *other = dt_tracer_next(c->tracer, &asked,
	    &c->usable);
	char text[128];

	if (other == NULL || (other->scripted && c->script == NULL))
		return -1;
	dt_capture_forgive(c);
	snprintf(text, sizeof(text), "tracing with %s %s", other->name,
	    c->usable.version);
	c->say(c->ctx, text);
	dt_tracing_end(&c->t);
	c->tracer = other;
	dt_capture_describe(c);
	return start(c);
}

void
dt_capture_trace(struct dt_capture *c, struct dt_held *held)
{
	struct stat st;
	char text[128];
	int r, err;

	c->out_is_pipe = fstat(fileno(c->out), &st) == 0 &&
	    S_ISFIFO(st.st_mode);
	/* A process that is waited for may take any time to come. */
	if (c->patience != 0 && c->job.wait == NULL)
		c->begin_by = dt_now(CLOCK_MONOTONIC) + c->patience;
	dt_capture_audit_begin(c);
	r = start(c);
	if (r == -1 && c->any && !c->traced)
		r = start_other(c);
	if (r == 0)
		r = follow(c, held);
	err = errno;
	if (dt_capture_audit_end(c) == -1) {
		err = errno;
		r = -1;
	}
	if (r == 0) {
		settle_end(c, held);
		return;
	}
	if (c->failed)
		return;
	snprintf(text, sizeof(text), "%s: %s", c->tracer->name,
	    strerror(err));
	dt_capture_note(c, "error", "tracer-died", text);
}
