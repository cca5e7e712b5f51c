/* SPDX-License-Identifier: ISC */
/* The records of a capture, on their way to its output. */
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "diag.h"
#include "text.h"

static void
lost(struct dt_capture *c)
{
	if (c->out_errno == 0)
		c->out_errno = errno != 0 ? errno : EIO;
}

static void
put(struct dt_capture *c, const struct dt_record *rec)
{
	if (c->out_errno == 0 && dt_text_write(c->out, rec) == -1)
		lost(c);
}

void
dt_capture_flush(struct dt_capture *c)
{
	if (c->out_errno == 0 && fflush(c->out) == EOF)
		lost(c);
}

static void
put_note(struct dt_capture *c, const struct dt_note *note)
{
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = note->level,
		.diag_code = note->code,
		.text = note->text,
	};

	put(c, &rec);
}

void
dt_capture_begin_trace(struct dt_capture *c)
{
	size_t i;

	if (c->traced)
		return;
	c->traced = true;
	put(c, &c->trace);
	for (i = 0; i < c->nnotes; i++)
		put_note(c, &c->notes[i]);
	dt_capture_flush(c);
}

/* What a tracer said may hold anything; a terminal gets only text. */
static void
say(struct dt_capture *c, struct dt_str text)
{
	char *line = malloc(text.n + 1);
	size_t i;

	if (line == NULL)
		return;
	for (i = 0; i < text.n; i++)
		line[i] = text.s[i] >= ' ' && text.s[i] <= '~' ? text.s[i] :
		    '?';
	line[text.n] = '\0';
	c->say(c->ctx, line);
	free(line);
}

static void
note(struct dt_capture *c, const struct dt_note *given)
{
	struct dt_note copy = *given;
	const struct dt_diag *diag;

	if (dt_str_is(copy.level, "error"))
		c->failed = true;
	copy.level = dt_arena_dup(&c->mem, copy.level);
	copy.text = dt_arena_dup(&c->mem, copy.text);
	if (copy.code.s != NULL)
		copy.code = dt_arena_dup(&c->mem, copy.code);
	if (copy.text.s != NULL && c->nnotes < DT_NOTES_MAX)
		c->notes[c->nnotes++] = copy;
	say(c, given->text);
	diag = copy.code.s != NULL ? dt_diag_bycode(copy.code.s) : NULL;
	if (diag != NULL)
		say(c, dt_str_c(diag->remedy));
	if (c->traced)
		put_note(c, given);
}

void
dt_capture_note(struct dt_capture *c, const char *level, const char *code,
    const char *text)
{
	struct dt_note n = {dt_str_c(level), dt_str_c(code), dt_str_c(text)};

	note(c, &n);
}

void
dt_capture_forgive(struct dt_capture *c)
{
	size_t i;

	c->failed = false;
	for (i = 0; i < c->nnotes; i++)
		c->notes[i].level = DT_STR("warning");
}

static struct dt_str
own(struct dt_capture *c, struct dt_str str)
{
	return str.s != NULL ? dt_arena_dup(&c->trace.mem, str) : str;
}

/* What a script says of itself, where we know no better. */
static void
merge(struct dt_capture *c, const struct dt_record *rec)
{
	size_t i;

	if (c->trace.errnos.s == NULL)
		c->trace.errnos = own(c, rec->errnos);
	/* What the tracer ran or waited for, only the tracer knows. */
	if (!c->trace.pid.set && rec->pid.set) {
		c->trace.pid = rec->pid;
		c->job.pid = (pid_t)rec->pid.v;
	}
	for (i = 0; i < rec->fields.n; i++)
		dt_record_put(&c->trace, &c->trace.fields,
		    own(c, rec->fields.v[i].key),
		    own(c, rec->fields.v[i].val));
}

int
dt_capture_emit(void *ctx, struct dt_record *rec)
{
	struct dt_capture *c = ctx;
	struct dt_note said = {rec->level, rec->diag_code, rec->text};
	int64_t n;

	switch (rec->kind) {
	case DT_KIND_TRACE:
		if (!c->traced)
			merge(c, rec);
		return 0;
	case DT_KIND_END:
		return 0;	/* ours follows when all is known */
	case DT_KIND_DIAGNOSTIC:
		note(c, &said);
		return 0;
	case DT_KIND_DROP:
		c->dropped += rec->count.set ? rec->count.v : 1;
		if (c->loss == NULL && rec->diag_code.s != NULL)
			c->loss = dt_diag_bycode(rec->diag_code.s);
		break;
	default:
		n = dt_record_events(rec);
		c->events += n <= INT64_MAX - c->events ? n : 0;
		break;
	}
	dt_capture_begin_trace(c);
	put(c, rec);
	return 0;
}

/* How the command ended: our own child's status before what a trace says. */
static void
fate(struct dt_capture *c, struct dt_record *end, char *signame, size_t size)
{
	const struct dt_fate *f = &c->t.fate;

	if (end->errnum.set)
		end->status = DT_STR("exec-failed");
	else if (c->waited && WIFSIGNALED(c->wstatus)) {
		end->status = DT_STR("signaled");
		dt_signal_name(WTERMSIG(c->wstatus), signame, size);
		end->signal = dt_str_c(signame);
	} else if (c->waited) {
		end->status = DT_STR("exited");
		end->exit_code = DT_INT(WEXITSTATUS(c->wstatus));
	} else if (f->status != NULL) {
		end->status = dt_str_c(f->status);
		if (f->signal[0] != '\0')
			end->signal = dt_str_c(f->signal);
		else
			end->exit_code = DT_INT(f->code);
	} else
		end->status = c->gone ? DT_STR("ended") : DT_STR("detached");
}

/* The trace has each loss in its place; this is for who looks on. */
static void
say_lost(struct dt_capture *c)
{
	char text[96];

	if (c->dropped == 0)
		return;
	snprintf(text, sizeof(text), "%s: %" PRId64 " events %swere lost",
	    c->tracer->name, c->dropped, c->audit != NULL ?
	    "or audit records " : "");
	say(c, dt_str_c(text));
	if (c->loss != NULL)
		say(c, dt_str_c(c->loss->remedy));
}

/*
 * Was there anything?  That nothing was is known only of a capture that lost
 * nothing, and lasted as long as it was meant to.
 */
static struct dt_str
outcome(const struct dt_capture *c, const struct dt_record *end)
{
	if (c->events > 0)
		return DT_STR("events");
	return end->complete.v && (c->limit == 0 || c->timed_out) ?
	    DT_STR("no-event") : (struct dt_str){0};
}

/* How long nothing was missed; of a tracer that never began there is none. */
static struct dt_str
attached(const struct dt_capture *c, char *buf, size_t size)
{
	int64_t until = c->stopped_at != 0 ? c->stopped_at :
	    dt_now(CLOCK_MONOTONIC);

	if (c->attached_at == 0 || until < c->attached_at)
		return (struct dt_str){0};
	snprintf(buf, size, "%" PRId64, until - c->attached_at);
	return dt_str_c(buf);
}

static int
put_field(struct dt_record *end, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 :
	    dt_record_put(end, &end->fields, dt_str_c(key), val);
}

void
dt_capture_end_trace(struct dt_capture *c, bool complete)
{
	struct dt_record *end = &c->end;
	static const size_t room = 32;
	char *signame = dt_arena_alloc(&end->mem, room);
	char ns[24];

	dt_capture_begin_trace(c);
	end->kind = DT_KIND_END;
	end->events = DT_INT(c->events);
	end->dropped = DT_INT(c->dropped);
	if (c->begun && signame != NULL)
		fate(c, end, signame, room);
	end->complete = DT_BOOL(complete && c->dropped == 0);
	end->ts = DT_INT(dt_now(CLOCK_REALTIME));
	if (put_field(end, "attached_ns", attached(c, ns, sizeof(ns))) == -1 ||
	    put_field(end, "outcome", outcome(c, end)) == -1)
		lost(c);
	put(c, end);
	dt_capture_flush(c);
	say_lost(c);
}
