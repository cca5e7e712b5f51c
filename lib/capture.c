/* SPDX-License-Identifier: ISC */
/* One capture: a tracer put on a process, from its start to its end. */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sha256.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "host.h"
#include "proc.h"

enum { RUN_BYTES = 8, ARGV_ROOM = 800 * 1024, NAP_MS = 1 };

static const int64_t second = 1000000000, patience = 5;

int64_t
dt_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * second + ts.tv_nsec;
}

/* A name for the run that no other has. */
static int
random_name(struct dt_record *rec)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[RUN_BYTES];
	char *name = dt_arena_alloc(&rec->mem, (size_t)RUN_BYTES * 2);
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC), i;
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (n != sizeof(bytes) || name == NULL)
		return -1;
	for (i = 0; i < RUN_BYTES; i++) {
		name[i * 2] = hex[bytes[i] >> 4];
		name[i * 2 + 1] = hex[bytes[i] & 15];
	}
	rec->run = (struct dt_str){name, (size_t)RUN_BYTES * 2};
	return 0;
}

static int
describe_script(struct dt_capture *c)
{
	struct dt_record *rec = &c->trace;
	char hash[SHA256_DIGEST_STRING_LENGTH];

	if (c->script == NULL)
		return 0;
	rec->script = dt_str_c(c->script);
	if (SHA256File(c->script, hash) == NULL)
		return -1;
	rec->script_sha256 = dt_arena_dup(&rec->mem, dt_str_c(hash));
	return rec->script_sha256.s == NULL ? -1 : 0;
}

static void
describe_tracer(struct dt_capture *c)
{
	struct dt_record *rec = &c->trace;

	rec->tracer = dt_str_c(c->tracer->name);
	rec->errnos = dt_str_c(c->tracer->errnos);
	rec->tracer_version = c->usable.version[0] != '\0' ?
	    dt_str_c(c->usable.version) : (struct dt_str){0};
}

/* Who we are, where and when. */
static int
init(struct dt_capture *c, const char **errstr)
{
	struct dt_record *rec = &c->trace;

	rec->kind = DT_KIND_TRACE;
	rec->ts = DT_INT(dt_now(CLOCK_REALTIME));
	rec->tool = dt_str_c(c->tool);
	rec->phase = dt_str_c(c->phase);
	describe_tracer(c);
	*errstr = "random name";
	if (random_name(rec) == -1)
		return -1;
	*errstr = "host facts";
	if (dt_host_facts(rec) == -1)
		return -1;
	*errstr = c->script;
	return describe_script(c);
}

void
dt_capture_free(struct dt_capture *c)
{
	dt_tracing_end(&c->t);
	dt_record_free(&c->trace);
	dt_record_free(&c->end);
	dt_arena_free(&c->mem);
}

static int
refuse(struct dt_capture *c, const char *code, const char *text)
{
	dt_capture_note(c, "error", code, text);
	dt_capture_end_trace(c, false);
	return c->out_errno == 0 ? DT_CAPTURE_REFUSED : DT_CAPTURE_LOST;
}

int
dt_capture_refuse(struct dt_capture *c, const char *code, const char *text,
    const char **errstr)
{
	return init(c, errstr) == -1 ? -1 : refuse(c, code, text);
}

/* Ask the tracer to let go, the first time; later it is only waited for. */
static void
stop(struct dt_capture *c)
{
	if (c->stop_at != 0)
		return;
	c->stop_at = dt_now(CLOCK_MONOTONIC) + patience * second;
	c->t.tracer->stop(&c->t);
}

/* Is this one of the processes that are traced? */
static bool
is_traced(struct dt_capture *c, pid_t pid)
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
	    (sender == c->job.pid || is_traced(c, sender));
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
		{.fd = c->out_errno == 0 ? fileno(c->out) : -1},
		{.fd = c->t.fd, .events = POLLIN},
	};
	const nfds_t all = sizeof(p) / sizeof(p[0]);
	unsigned what = 0;
	int n;

	n = poll(p, more ? all : all - 1, more ? 0 : NAP_MS);
	if (n == 0 && !more && poll(p, all, 0) == 0) {
		dt_capture_flush(c);
		n = poll(p, all, until(c->stop_at != 0 ? c->stop_at :
		    c->limit_at));
	}
	if (n == -1)
		return errno == EINTR ? DT_READ_CHILD : 0;
	if (p[0].revents != 0 && signals(c))
		what |= DT_READ_CHILD;
	if (p[1].revents != 0)
		what |= DT_READ_MESSAGES;
	if ((p[2].revents & POLLERR) != 0)
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
	if (c->limit != 0)
		c->limit_at = dt_now(CLOCK_MONOTONIC) + c->limit;
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
		if (t->attached && !begun) {
			begun = true;
			attached(c, held);
		}
		if (c->out_errno != 0 || until(c->limit_at) == 0)
			stop(c);
		/* What it let go of at once, it will not tell us of again. */
		more = more || (c->stop_at != 0 && !stopping);
		stopping = c->stop_at != 0;
		what = wait_input(c, more);
		r = t->tracer->read(t, more ? all : what);
		if (r == -1)
			return -1;
		more = r == 1;
		if (until(c->stop_at) == 0)
			t->tracer->kill(t);
	}
	return 0;
}

/* Why it is not a capture from beginning to end; NULL if it is one. */
static const char *
fault(struct dt_capture *c, char *text, size_t size)
{
	const char *name = c->tracer->name;

	if (c->failed || c->out_errno != 0 || (c->begun && !c->t.died))
		return NULL;
	if (c->stop_at != 0 && c->t.died)
		snprintf(text, size, "%s: did not let go in %d seconds", name,
		    (int)patience);
	else if (c->stop_at != 0) {
		snprintf(text, size, "stopped before anything was traced");
		return "capture-aborted";
	} else
		snprintf(text, size, "%s: ended by itself%s", name, c->begun ?
		    ": the trace has nothing of what came then" :
		    " before it traced anything");
	return "tracer-died";
}

/* What the end of the tracer means for the capture. */
static int
verdict(struct dt_capture *c)
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
	    .sink = {dt_capture_emit, c}};
	return dt_tracing_start(&c->t);
}

struct dt_asked
dt_capture_asked(const struct dt_capture *c)
{
	return (struct dt_asked){
		.script = c->script != NULL,
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
	describe_tracer(c);
	return start(c);
}

static void
trace(struct dt_capture *c, struct dt_held *held)
{
	char text[128];
	int r = start(c);

	if (r == -1 && c->any && !c->traced)
		r = start_other(c);
	if ((r == 0 && follow(c, held) == 0) || c->failed)
		return;
	snprintf(text, sizeof(text), "%s: %s", c->tracer->name,
	    strerror(errno));
	dt_capture_note(c, "error", "tracer-died", text);
}

static void
set_job(struct dt_capture *c, pid_t pid, bool held)
{
	c->job = (struct dt_job){
		.pid = pid,
		.held = held,
		.script = c->script,
		.buffer = c->buffer,
		.lossless = c->lossless,
		.stack = c->stack,
		.tee = c->tee,
	};
}

/* Somebody else's ptrace(2) keeps ours away; a zombie has nothing to say. */
static int
traceable(struct dt_capture *c, pid_t pid)
{
	char text[128], name[64] = "?";
	pid_t by;

	if (!dt_proc_lives(pid)) {
		snprintf(text, sizeof(text), "process %ld: no such process",
		    (long)pid);
		return refuse(c, "target-gone", text);
	}
	by = dt_proc_tracer(pid);
	if (by == 0 || !c->tracer->ptrace)
		return 0;
	if (by > 0)
		dt_proc_name(by, name, sizeof(name));
	snprintf(text, sizeof(text), "process %ld: already traced by %s, "
	    "process %ld", (long)pid, name, (long)by);
	return refuse(c, "already-traced", text);
}

int
dt_capture_attach(struct dt_capture *c, pid_t pid, const char **errstr)
{
	int r;

	set_job(c, pid, false);
	if (init(c, errstr) == -1)
		return -1;
	*errstr = "process";
	if (dt_proc_describe(pid, &c->trace) == -1)
		return -1;
	r = traceable(c, pid);
	if (r != 0)
		return r;
	trace(c, NULL);
	return verdict(c);
}

/* Arguments so far as a line of the trace takes them. */
static int
describe_command(struct dt_capture *c, const struct dt_command *cmd)
{
	const char *slash = strrchr(cmd->argv[0], '/');
	struct dt_record *rec = &c->trace;
	size_t room = ARGV_ROOM, cost;
	struct dt_str arg;
	char **p;

	rec->target = dt_str_c(slash != NULL ? slash + 1 : cmd->argv[0]);
	rec->uid = DT_INT(cmd->user != NULL ? cmd->user->uid : getuid());
	for (p = cmd->argv; *p != NULL; p++) {
		arg = dt_str_c(*p);
		cost = arg.n * 4 + 16;	/* each byte in octal, and a key */
		if (cost > room)
			return dt_record_put(rec, &rec->fields,
			    DT_STR("argv_cut"), DT_STR("1"));
		room -= cost;
		if (dt_record_push(rec, &rec->argv, arg) == -1)
			return -1;
	}
	return 0;
}

/* What became of the command, and of us its parent. */
static void
settle(struct dt_capture *c, const struct dt_command *cmd,
    struct dt_held *held)
{
	int err = dt_held_failure(held);
	char text[PATH_MAX + 64];

	if (err != 0) {
		c->end.errnum = DT_INT(err);
		snprintf(text, sizeof(text), "%s: %s", cmd->path,
		    strerror(err));
		/* What never ran was refused nothing else: no clean bill. */
		dt_capture_note(c, "error", "exec-failed", text);
	}
	c->waited = held->released &&
	    waitpid(held->pid, &c->wstatus, WNOHANG) == held->pid;
}

int
dt_capture_spawn(struct dt_capture *c, const struct dt_command *cmd,
    const char **errstr)
{
	struct dt_held held = {0};
	int r;

	if (init(c, errstr) == -1)
		return -1;
	*errstr = cmd->argv[0];
	if (describe_command(c, cmd) == -1 ||
	    dt_held_new(cmd, &held, errstr) == -1)
		return -1;
	set_job(c, held.pid, true);
	c->trace.pid = DT_INT(held.pid);
	trace(c, &held);
	settle(c, cmd, &held);
	r = verdict(c);
	dt_held_end(&held);
	return r;
}
