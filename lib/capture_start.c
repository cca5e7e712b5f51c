/* SPDX-License-Identifier: ISC */
/* How a capture begins: what is known of it, and of what is traced. */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha256.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "dscript.h"
#include "host.h"
#include "proc.h"

enum { RUN_BYTES = 8, ARGV_ROOM = 800 * 1024 };

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

void
dt_capture_describe(struct dt_capture *c)
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
	dt_capture_describe(c);
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
	dt_capture_audit_free(c);
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

static void
set_job(struct dt_capture *c)
{
	c->job = (struct dt_job){
		.options = c->options,
		.defines = c->defines,
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

/* Nothing that is traced is ever changed.  Status if it would be, or 0. */
static int
harmless(struct dt_capture *c)
{
	char text[PATH_MAX + 64];

	if (c->script == NULL || dt_dscript_is_destructive(c->script) != 1)
		return 0;
	snprintf(text, sizeof(text), "%s: a script with destructive actions",
	    c->script);
	return refuse(c, "dtrace.destructive-off", text);
}

int
dt_capture_attach(struct dt_capture *c, pid_t pid, const char **errstr)
{
	int r;

	set_job(c);
	c->job.pid = pid;
	if (init(c, errstr) == -1)
		return -1;
	*errstr = "process";
	if (dt_proc_describe(pid, &c->trace) == -1)
		return -1;
	r = harmless(c);
	if (r == 0)
		r = traceable(c, pid);
	if (r != 0)
		return r;
	dt_capture_trace(c, NULL);
	return dt_capture_verdict(c);
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

/* Have a child of ours wait until it is traced, then let it go. */
static int
spawn_held(struct dt_capture *c, const struct dt_command *cmd,
    const char **errstr)
{
	struct dt_held held = {0};
	int r;

	if (dt_held_new(cmd, &held, errstr) == -1)
		return -1;
	c->job.pid = held.pid;
	c->job.held = true;
	c->trace.pid = DT_INT(held.pid);
	dt_capture_trace(c, &held);
	settle(c, cmd, &held);
	r = dt_capture_verdict(c);
	dt_held_end(&held);
	return r;
}

int
dt_capture_spawn(struct dt_capture *c, const struct dt_command *cmd,
    const char **errstr)
{
	char why[256];
	int r = 0;

	if (init(c, errstr) == -1)
		return -1;
	*errstr = cmd->argv[0];
	if (describe_command(c, cmd) == -1)
		return -1;
	set_job(c);
	r = harmless(c);
	if (r != 0)
		return r;
	if (c->tracer->runs != NULL)
		r = c->tracer->runs(c->script, cmd, why, sizeof(why));
	if (r == -1)
		return refuse(c, "dtrace.quoting", why);
	if (r == 0)
		return spawn_held(c, cmd, errstr);
	if (access(cmd->path, X_OK) == -1) {
		snprintf(why, sizeof(why), "%.200s: %s", cmd->path,
		    strerror(errno));
		return refuse(c, "exec-failed", why);
	}
	c->job.command = cmd;
	dt_capture_trace(c, NULL);
	return dt_capture_verdict(c);
}

int
dt_capture_wait(struct dt_capture *c, const char *name, const char **errstr)
{
	int r;

	set_job(c);
	c->job.wait = name;
	if (init(c, errstr) == -1)
		return -1;
	c->trace.target = dt_str_c(name);
	r = harmless(c);
	if (r != 0)
		return r;
	dt_capture_trace(c, NULL);
	return dt_capture_verdict(c);
}
