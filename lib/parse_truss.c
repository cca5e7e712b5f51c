/* SPDX-License-Identifier: ISC */
/*
 * The format of truss: FreeBSD's, that of SVR4's heirs, and HP-UX's tusc.
 * docs/real-input.md says what its text does not tell.
 */
#include <errno.h>

#include "calltext.h"
#include "hold.h"
#include "parse.h"
#include "scan.h"
#include "strace.h"
#include "truss.h"

/* As many lines about one record are kept with it. */
enum { DETAILS_MAX = 64 };

struct state {
	struct dt_hold hold;		/* lines about it may follow */
	size_t details;
	struct dt_truss_told told;
	struct dt_strace_calls asleep;	/* calls that were not done yet */
	bool counts;			/* the table of -c has begun */
	/* For the time of one line: */
	const struct dt_line *line;
	const struct dt_sink *sink;
};

static bool
is_known(struct dt_str name)
{
	return dt_calltext_path(name, DT_OS_UNKNOWN, 0) !=
	    DT_CALLTEXT_UNKNOWN || dt_calltext_os(name) != DT_OS_UNKNOWN;
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_truss_line ln;

	if (dt_truss_table(line))
		return DT_IS_SURE;
	dt_truss_line(line, &ln);
	switch (ln.what) {
	case DT_TRUSS_CALL:
	case DT_TRUSS_ASLEEP:
		if (!ln.sure)
			return is_known(ln.name) ? DT_IS_MAYBE : DT_IS_NOT;
		/* A tab before the result is all that tells this one. */
		return ln.whose != DT_TRUSS_UNTOLD || is_known(ln.name) ?
		    DT_IS_SURE : DT_IS_NOT;
	case DT_TRUSS_BASE:
	case DT_TRUSS_SIGNAL:
	case DT_TRUSS_EXITED:
	case DT_TRUSS_KILLED:
		return DT_IS_MAYBE;
	default:
		return DT_IS_NOT;
	}
}

static int
unparsed(struct state *st, const char *reason)
{
	return dt_hold_flush(&st->hold, st->sink) == -1 ? -1 :
	    dt_unparsed(st->line, reason, st->sink);
}

static int
output(struct state *st)
{
	struct dt_record rec = {.kind = DT_KIND_OUTPUT,
	    .text = st->line->text};

	return dt_hold_flush(&st->hold, st->sink) == -1 ? -1 :
	    dt_emit(st->sink, &rec);
}

/* A thread's key: processes of SVR4 number theirs each from 1. */
static int64_t
key_of(const struct dt_truss_line *ln)
{
	uint64_t pid = ln->pid.set ? (uint64_t)ln->pid.v : 0;
	uint64_t tid = ln->tid.set ? (uint64_t)ln->tid.v : 0;

	return (int64_t)((pid << 32) ^ tid);
}

/* Fill the record that is held from a line; 1 if the line is not understood. */
static int
fill(struct state *st, const struct dt_truss_line *ln, const char **errstr)
{
	if (dt_hold_fresh(&st->hold, st->sink) == -1)
		return -1;
	st->details = 0;
	if (dt_truss_fill(&st->hold.rec, ln, &st->told, errstr) == 0)
		return 0;
	return *errstr != NULL ? 1 : -1;
}

/* Give a call that is not known to have ended, and forget it. */
static int
give_asleep(struct state *st, struct dt_strace_slot *slot)
{
	struct dt_truss_line ln;
	const char *errstr;
	int r;

	dt_truss_line((struct dt_str){slot->text, slot->n}, &ln);
	r = fill(st, &ln, &errstr);
	if (r == 0)
		r = dt_emit(st->sink, &st->hold.rec);
	dt_record_reset(&st->hold.rec);
	dt_strace_calls_drop(&st->asleep, slot);
	return r == -1 ? -1 : 0;
}

/* It sleeps: what came of it stands on a whole line yet to come. */
static int
asleep(struct state *st, const struct dt_truss_line *ln)
{
	struct dt_str text = st->line->text;
	struct dt_strace_slot *slot;
	const char *errstr;
	int r;

	if (text.n > DT_STRACE_CALL_MAX) {
		r = fill(st, ln, &errstr);
		return r != 0 ? -1 : dt_emit(st->sink, &st->hold.rec);
	}
	if (dt_hold_flush(&st->hold, st->sink) == -1)
		return -1;
	slot = dt_strace_calls_find(&st->asleep, key_of(ln));
	if (slot != NULL && give_asleep(st, slot) == -1)
		return -1;
	while ((slot = dt_strace_calls_oldest(&st->asleep, text.n)) != NULL)
		if (give_asleep(st, slot) == -1)
			return -1;
	slot = dt_strace_calls_set(&st->asleep, key_of(ln),
	    DT_STRACE_PENDING, text);
	return slot == NULL ? -1 : 1;
}

/* A line of a thread: has its call that slept come back with it? */
static int
woken(struct state *st, const struct dt_truss_line *ln)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&st->asleep,
	    key_of(ln));
	struct dt_truss_line was;

	if (slot == NULL || (ln->what != DT_TRUSS_CALL &&
	    ln->what != DT_TRUSS_ENDLESS))
		return 0;
	dt_truss_line((struct dt_str){slot->text, slot->n}, &was);
	if (!dt_str_eq(was.name, ln->name))
		return give_asleep(st, slot);
	dt_strace_calls_drop(&st->asleep, slot);
	return 0;
}

static void
learn(struct dt_truss_told *told, const struct dt_truss_line *ln)
{
	int64_t ns;

	/* AIX has some lines as SVR4 has them, and not the other way round. */
	if (ln->whose != DT_TRUSS_UNTOLD && told->whose != DT_TRUSS_AIX)
		told->whose = ln->whose;
	told->pids |= ln->pid.set;
	if (ln->what == DT_TRUSS_BASE && dt_truss_base(ln, &ns) == 0)
		told->base = DT_INT(ns);
}

/* Why a line is not believed although it is whole; NULL if it is. */
static const char *
doubt(const struct state *st, const struct dt_truss_line *ln)
{
	if (st->told.pids && !ln->pid.set && ln->what != DT_TRUSS_BASE)
		return "no process id, which the lines before have";
	if (ln->what == DT_TRUSS_CALL && !ln->sure && !ln->id &&
	    !is_known(ln->name))
		return "a call that no table has";
	return NULL;
}

static int
record(struct state *st, const struct dt_truss_line *ln)
{
	const char *errstr = doubt(st, ln);
	int r;

	if (errstr != NULL)
		return unparsed(st, errstr);
	learn(&st->told, ln);
	if (ln->what == DT_TRUSS_BASE)
		return dt_hold_flush(&st->hold, st->sink) == -1 ? -1 : 1;
	if (ln->what == DT_TRUSS_ASLEEP)
		return asleep(st, ln);
	if (woken(st, ln) == -1)
		return -1;
	r = fill(st, ln, &errstr);
	if (r != 0)
		return r == -1 ? -1 : dt_unparsed(st->line, errstr, st->sink);
	return dt_hold_keep(&st->hold) == -1 ? -1 : 1;
}

/*
 * A line about the record before, of the same thread.  Of another format it is
 * given as what it is, lest a second text vanish in the last call of the first.
 */
static int
detail(struct state *st, const struct dt_truss_line *ln)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_str copy;

	if (!st->hold.held || st->details == DETAILS_MAX ||
	    (st->told.pids && (!ln->pid.set || ln->pid.v != rec->pid.v)) ||
	    dt_format_other(&dt_format_truss, st->line->text) != NULL)
		return output(st);
	copy = dt_arena_dup(&rec->mem, dt_scan_trim(ln->text));
	st->details++;
	return copy.s == NULL || dt_record_put_more(rec, &rec->fields,
	    DT_STR("detail"), copy) == -1 ? -1 : 1;
}

/* A row of the table of -c; 2 if the line is not of it. */
static int
count(struct state *st, struct dt_str s)
{
	struct dt_record rec = {.kind = DT_KIND_COUNT};
	struct dt_str seconds, errors;
	int r;

	rec.name = dt_scan_word(&s);
	seconds = dt_scan_word(&s);
	if (!st->counts || dt_calltext_name(rec.name).n != rec.name.n ||
	    dt_scan_find(seconds, ".") == seconds.n ||
	    !dt_scan_num(&s, &rec.count.v) || rec.count.v < 0)
		return 2;
	rec.count.set = true;
	errors = dt_scan_word(&s);
	if ((errors.n > 0 && !dt_scan_digits(errors)) ||
	    dt_scan_trim(s).n > 0)
		return 2;
	r = dt_record_put(&rec, &rec.fields, DT_STR("seconds"), seconds);
	if (r == 0 && errors.n > 0)
		r = dt_record_put(&rec, &rec.fields, DT_STR("errors"),
		    errors);
	if (r == 0)
		r = dt_emit(st->sink, &rec);
	dt_record_free(&rec);
	return r;
}

/* Lines of the table that are no row. */
static bool
is_rule(struct dt_str s)
{
	static const char *const words[] = {"sys", "usr", "elapsed:"};
	struct dt_str word = dt_scan_word(&s);
	size_t i;

	for (i = 0; i < 3; i++)
		if (dt_str_is(word, words[i]))
			return true;
	for (i = 0; i < word.n; i++)
		if (word.s[i] != '-' && word.s[i] != '.' &&
		    (word.s[i] < '0' || word.s[i] > '9'))
			return false;
	return word.n > 0;
}

static int
table(struct state *st)
{
	struct dt_str s = st->line->text;
	int r;

	if (dt_truss_table(s)) {
		st->counts = true;
		return dt_hold_flush(&st->hold, st->sink) == -1 ? -1 : 1;
	}
	r = count(st, s);
	return r == 2 && st->counts && is_rule(s) ? 1 : r;
}

/* Does a text end as a call does? */
static bool
ends(struct dt_str s)
{
	struct dt_truss_line ln = {0};

	return (dt_scan_find(s, "(") < s.n &&
	    dt_truss_result(s, &ln) != DT_TRUSS_TEXT && ln.sure) ||
	    dt_scan_find(s, "Err#") < s.n || dt_scan_find(s, "ERR#") < s.n;
}

/* Why a line that is no whole record is not the program's own; NULL if so. */
static const char *
suspect(struct dt_str text, const struct dt_truss_line *ln)
{
	struct dt_str s = dt_scan_trim(text), body = ln->text;
	struct dt_str name = dt_calltext_name(body);

	if (dt_str_is(s, "...") || dt_str_is(s, "[...]"))
		return "lines that somebody left out";
	if (name.n > 0 && name.n < body.n && body.s[name.n] == '(' &&
	    is_known(name))
		return "a call that is not whole";
	if (ends(s))
		return "a record with text around it";
	return ln->id ? "not understood" : NULL;
}

static int
text(struct state *st, const struct dt_truss_line *ln)
{
	const char *reason;
	int r = table(st);

	if (r != 2)
		return r;
	reason = suspect(st->line->text, ln);
	return reason != NULL ? unparsed(st, reason) : output(st);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_truss_line ln;

	st->line = line;
	st->sink = sink;
	if (dt_scan_trim(line->text).n == 0)
		return 1;
	dt_truss_line(line->text, &ln);
	switch (ln.what) {
	case DT_TRUSS_TEXT:
		return text(st, &ln);
	case DT_TRUSS_BROKEN:
		return unparsed(st, ln.reason);
	case DT_TRUSS_DETAIL:
		return detail(st, &ln);
	default:
		return record(st, &ln);
	}
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_strace_slot *slot;

	st->sink = sink;
	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	while ((slot = dt_strace_calls_first(&st->asleep)) != NULL)
		if (give_asleep(st, slot) == -1)
			return -1;
	return 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_hold_free(&st->hold);
	dt_strace_calls_free(&st->asleep);
}

const struct dt_format dt_format_truss = {
	.name = "truss",
	.tracer = "truss",
	.what = "what truss prints, of FreeBSD, illumos and others, or tusc",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
