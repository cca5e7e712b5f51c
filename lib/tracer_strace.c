/* SPDX-License-Identifier: ISC */
/* The tracer strace(1): Linux, and nobody needs to be root for it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "extern.h"

/* PTRACE_SEIZE without bugs; what -Y and nanoseconds need. */
enum { OLDEST = 415, HAS_NAMES = 517 };

struct state {
	struct dt_extern ex;	/* first, as dt_extern_* expect it */
	bool begun;		/* the command is past its first execve */
};

/* "5.17" as 517; 0 if that is no version. */
static long
version_number(const char *s)
{
	char *end;
	long major = strtol(s, &end, 10), minor;

	if (end == s || *end != '.')
		return 0;
	minor = strtol(end + 1, NULL, 10);
	return major * 100 + (minor > 99 ? 99 : minor);
}

/* Returns the version's number, 0 if there is none. */
static long
ask_version(char *buf, size_t size)
{
	static const char word[] = "version ";
	char line[128], *p;

	if (dt_ask_first("strace", "-V", line, sizeof(line)) == -1)
		return 0;
	p = strstr(line, word);
	if (p == NULL)
		return 0;
	p += sizeof(word) - 1;
	snprintf(buf, size, "%.*s", (int)strcspn(p, " \t"), p);
	return version_number(p);
}

static void
usable(struct dt_usable *u)
{
	long version = ask_version(u->version, sizeof(u->version));

	if (version == 0) {
		u->code = "tracer-missing";
		snprintf(u->why, sizeof(u->why), "strace: not found in PATH");
	} else if (version < OLDEST) {
		u->code = "tracer-too-old";
		snprintf(u->why, sizeof(u->why), "strace: version %s is too "
		    "old: 4.15 or later is needed", u->version);
	}
}

/* "strace: Process 12 attached", also "... attached with 3 threads". */
static int
message(struct dt_tracing *t, const struct dt_line *line)
{
	char said[64];

	snprintf(said, sizeof(said), "strace: Process %ld attached",
	    (long)t->job->pid);
	if (!dt_str_starts(line->text, said))
		return 0;
	t->attached = true;
	return 1;
}

static bool
is_execve(const struct dt_record *rec)
{
	return rec->kind == DT_KIND_EXEC || dt_str_is(rec->name, "execve") ||
	    dt_str_is(rec->name, "execveat");
}

/* What a child of ours calls before it becomes the command is not its own. */
static bool
is_ours(struct dt_tracing *t, const struct dt_record *rec)
{
	struct state *st = t->state;

	if (!t->job->held || st->begun || !rec->pid.set ||
	    rec->pid.v != t->job->pid)
		return false;
	st->begun = is_execve(rec);
	return !st->begun;
}

static void
note_fate(struct dt_tracing *t, const struct dt_record *rec)
{
	struct dt_fate *fate = &t->fate;

	if (!rec->pid.set || rec->pid.v != t->job->pid)
		return;
	if (rec->signal.s != NULL) {
		fate->status = "signaled";
		snprintf(fate->signal, sizeof(fate->signal), "%.*s",
		    (int)rec->signal.n, rec->signal.s);
	} else {
		fate->status = "exited";
		fate->code = rec->exit_code.v;
	}
}

static bool
has_word(const struct dt_strv *args, const char *word)
{
	size_t i, k, n = strlen(word);

	for (i = 0; i < args->n; i++)
		for (k = 0; k + n <= args->v[i].n; k++)
			if (memcmp(args->v[i].s + k, word, n) == 0)
				return true;
	return false;
}

/* What a call that succeeded takes out of strace's sight, or NULL. */
static const char *
blind_spot(const struct dt_record *rec)
{
	if (!rec->ret.set || rec->ret.v < 0)
		return NULL;
	if (dt_str_is(rec->name, "io_uring_setup"))
		return "io_uring: what is asked through a ring is no call, "
		    "and is not seen";
	if ((dt_str_is(rec->name, "clone") ||
	    dt_str_is(rec->name, "clone3")) &&
	    has_word(&rec->args, "CLONE_UNTRACED"))
		return "a child with CLONE_UNTRACED is not seen";
	return NULL;
}

static int
warn_blind(struct dt_tracing *t, const char *text)
{
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = DT_STR("blind-spot"),
		.text = dt_str_c(text),
	};

	return dt_emit(&t->sink, &rec);
}

/*
 * strace -Z would leave out what did not fail.  But a call that a seccomp
 * filter kills for looks as if it had succeeded, and -Z is no faster: the
 * time goes into stopping at each call, not into printing it.
 */
static int
keep(void *ctx, struct dt_record *rec)
{
	struct dt_tracing *t = ctx;
	const char *blind = NULL;

	if (rec->kind == DT_KIND_SYSCALL)
		blind = blind_spot(rec);
	if (blind != NULL && warn_blind(t, blind) == -1)
		return -1;
	switch (rec->kind) {
	case DT_KIND_EXIT:
		note_fate(t, rec);
		return 0;
	case DT_KIND_EXEC:
	case DT_KIND_SIGNAL:
	case DT_KIND_SYSCALL:
		if (is_ours(t, rec))
			return 0;
		if ((!rec->errnum.set || rec->errnum.v == 0) &&
		    rec->denied_by.s == NULL)
			return 0;
		break;
	default:
		break;
	}
	return dt_emit(&t->sink, rec);
}

static int
start(struct dt_tracing *t)
{
	struct state *st = t->state;
	struct dt_extern *ex = &st->ex;
	char version[64];

	ex->fmt = &dt_format_strace;
	ex->parsed = (struct dt_sink){keep, t};
	ex->message = message;
	dt_extern_arg(ex, "strace");
	dt_extern_arg(ex, "-f");
	if (ask_version(version, sizeof(version)) >= HAS_NAMES) {
		dt_extern_arg(ex, "-Y");
		dt_extern_arg(ex, "--absolute-timestamps="
		    "format:unix,precision:ns");
	} else
		dt_extern_arg(ex, "-ttt");
	dt_extern_arg(ex, "-s");
	dt_extern_arg(ex, "256");
	/* SIGTERM lets go between two calls, never in the middle of one. */
	dt_extern_arg(ex, "-I");
	dt_extern_arg(ex, "2");
	dt_extern_arg(ex, "-o");
	dt_extern_arg(ex, DT_EXTERN_OUT);
	dt_extern_arg(ex, "-p");
	dt_extern_arg_pid(ex, t->job->pid);
	return dt_extern_start(t);
}

const struct dt_tracer dt_tracer_strace = {
	.name = "strace",
	.what = "the program strace, on Linux, for any user",
	.errnos = "failures",
	.ptrace = true,
	.lossless = true,
	.size = sizeof(struct state),
	.usable = usable,
	.start = start,
	.read = dt_extern_read,
	.stop = dt_extern_stop,
	.kill = dt_extern_kill,
	.free = dt_extern_free,
};
