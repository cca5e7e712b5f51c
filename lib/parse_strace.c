/* SPDX-License-Identifier: ISC */
/* The format of strace's text. */
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "strace.h"
#include "truss.h"

/* How often the end of a call is looked for on the lines behind it. */
enum { OPEN_TRIES = 16 };

static int
take(struct dt_strace *st, const struct dt_strace_line *ln)
{
	if (dt_strace_settle(st, ln) == -1)
		return -1;
	switch (ln->what) {
	case DT_STRACE_CALL:
	case DT_STRACE_UNFINISHED:
	case DT_STRACE_DETACHED:
		return dt_strace_take_call(st, ln);
	case DT_STRACE_RESUMED:
		return dt_strace_take_resumed(st, ln);
	case DT_STRACE_SIGNAL:
	case DT_STRACE_STOPPED:
		return dt_strace_take_signal(st, ln);
	default:
		return dt_strace_take_end(st, ln);
	}
}

/* Cut a message that strace put behind the open call, and give it. */
static int
cut_message(struct dt_strace *st)
{
	struct dt_str text = {st->open, st->nopen};
	size_t at = dt_strace_message_behind(text);

	st->cut = at < text.n;
	if (!st->cut)
		return 0;
	st->nopen = at;
	text = dt_str_after(text, at);
	return dt_strace_message(st, text, text);
}

static int
append(struct dt_strace *st, struct dt_str text, bool newline)
{
	char *p = realloc(st->open, st->nopen + text.n + 1);

	if (p == NULL)
		return -1;
	st->open = p;
	if (newline)
		p[st->nopen++] = '\n';
	if (text.n > 0)
		memcpy(p + st->nopen, text.s, text.n);
	st->nopen += text.n;
	return cut_message(st);
}

/* The beginning of a call, whose end may follow program text. */
static int
begin_open(struct dt_strace *st, struct dt_str text)
{
	if (text.n > DT_STRACE_CALL_MAX)
		return dt_strace_unparsed(st, "a call that is not whole");
	st->nopen = 0;
	st->tries = 0;
	st->open_no = st->line->no;
	return append(st, text, false);
}

/* A line that was taken for a part of a call, and is none. */
static int
stray(struct dt_strace *st, const struct dt_line *line, bool first)
{
	struct dt_strace_line ln;

	dt_strace_line(&st->mem, line->text, &ln);
	if (first || ln.what != DT_STRACE_TEXT)
		return dt_unparsed(line, "a call without an end", st->sink);
	return dt_strace_output(st, line->text);
}

/* Give up the open call. */
static int
close_open(struct dt_strace *st)
{
	struct dt_str rest = {st->open, st->nopen};
	struct dt_line line = {.no = st->open_no};
	bool first = true;
	const char *nl;

	st->nopen = 0;
	if (dt_strace_flush(st) == -1)
		return -1;
	for (;;) {
		nl = memchr(rest.s, '\n', rest.n);
		line.text.s = rest.s;
		line.text.n = nl != NULL ? (size_t)(nl - rest.s) : rest.n;
		line.size = line.text.n;
		if (stray(st, &line, first) == -1)
			return -1;
		if (nl == NULL)
			return 0;
		rest = dt_str_after(rest, line.text.n + 1);
		line.no++;
		first = false;
	}
}

/* Can a line hold the end of a call?  A cheap test before the dear one. */
static bool
may_end(struct dt_str s)
{
	size_t i;

	for (i = 1; i < s.n; i++)
		if ((s.s[i] == ' ' && s.s[i - 1] == '=') ||
		    (s.s[i] == '>' && s.s[i - 1] == '.'))
			return true;
	return false;
}

/* Try a line as part of the open call.  1 if it is none. */
static int
take_open(struct dt_strace *st)
{
	struct dt_str text = st->line->text;
	struct dt_strace_line ln;

	dt_strace_line(&st->mem, text, &ln);
	if ((ln.what != DT_STRACE_TEXT && ln.what != DT_STRACE_BROKEN) ||
	    st->tries == OPEN_TRIES ||
	    st->nopen + text.n >= DT_STRACE_CALL_MAX)
		return close_open(st) == -1 ? -1 : 1;
	if (append(st, text, !st->cut) == -1)
		return -1;
	if (!may_end(text))
		return 0;
	st->tries++;
	dt_strace_cut(st, (struct dt_str){st->open, st->nopen}, &ln);
	if (ln.what != DT_STRACE_CALL && ln.what != DT_STRACE_UNFINISHED &&
	    ln.what != DT_STRACE_DETACHED)
		return 0;
	st->nopen = 0;
	return take(st, &ln);
}

static int
take_line(struct dt_strace *st)
{
	struct dt_strace_line ln;

	dt_strace_line(&st->mem, st->line->text, &ln);
	if (ln.before.n > 0 && dt_strace_output(st, ln.before) == -1)
		return -1;
	switch (ln.what) {
	case DT_STRACE_TEXT:
		return dt_strace_output(st, st->line->text);
	case DT_STRACE_BROKEN:
		return dt_strace_unparsed(st, ln.reason);
	case DT_STRACE_OPEN:
		return begin_open(st, st->line->text);
	case DT_STRACE_MESSAGE:
		return dt_strace_message(st, st->line->text, ln.rest);
	default:
		return take(st, &ln);
	}
}

static int
parse_line(struct dt_strace *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	int r = 1;

	st->line = line;
	st->sink = sink;
	dt_arena_reset(&st->mem);
	if (dt_strace_is_frame(line->text))
		return dt_strace_frame(st);
	st->frames = false;
	if (dt_strace_fresh(st) == -1)
		return -1;
	if (st->nopen > 0)
		r = take_open(st);
	if (r != 1)
		return r;
	r = dt_strace_count(&st->table, &st->rec, line->text);
	if (r != 0)
		return r == -1 ? -1 : dt_emit(sink, &st->rec);
	return take_line(st);
}

/* Calls are held until it is known what became of them, so all is taken. */
static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	return parse_line(state, line, sink) == -1 ? -1 : 1;
}

/* Who is traced may be silent for long now. */
static int
idle(void *state, const struct dt_sink *sink)
{
	struct dt_strace *st = state;

	st->sink = sink;
	return dt_strace_flush(st);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct dt_strace *st = state;
	struct dt_strace_slot *slot;

	st->line = NULL;
	st->sink = sink;
	dt_arena_reset(&st->mem);
	if (dt_strace_flush(st) == -1 ||
	    (st->nopen > 0 && close_open(st) == -1))
		return -1;
	while ((slot = dt_strace_calls_first(&st->calls)) != NULL)
		if (dt_strace_give_drop(st, slot) == -1)
			return -1;
	return 0;
}

static void
release(void *state)
{
	struct dt_strace *st = state;

	dt_record_free(&st->rec);
	dt_record_free(&st->call);
	dt_arena_free(&st->mem);
	dt_strace_calls_free(&st->calls);
	free(st->open);
}

/*
 * Can a call be strace's alone?  truss puts a tab before the result and gives
 * it in hexadecimal behind.
 */
static bool
is_call(const struct dt_strace_line *ln)
{
	const char *p = ln->args.s + ln->args.n;

	if (!dt_strace_knows(ln->name))
		return false;
	for (; p < ln->text.s + ln->text.n && *p != '='; p++)
		if (*p == '\t')
			return false;
	return !dt_str_starts(ln->result.text, "(0x");
}

static bool
is_table(struct dt_str line)
{
	struct dt_strace_count table = {0};

	dt_strace_count(&table, NULL, line);
	return table.where == DT_STRACE_HEADER && !dt_truss_table(line);
}

static bool
is_mine(struct dt_str line)
{
	struct dt_strace_line ln;
	struct dt_arena mem = {0};

	dt_strace_line(&mem, line, &ln);
	dt_arena_free(&mem);
	if (ln.before.n > 0)
		return false;
	switch (ln.what) {
	case DT_STRACE_CALL:
		return is_call(&ln);
	case DT_STRACE_UNFINISHED:
	case DT_STRACE_DETACHED:
		return dt_strace_knows(ln.name);
	case DT_STRACE_SIGNAL:
		return ln.args.s != NULL;
	case DT_STRACE_MESSAGE:
		return dt_str_starts(ln.rest, "strace: ") ||
		    dt_str_starts(ln.rest, "[ Process PID=");
	case DT_STRACE_TEXT:
		return is_table(line);
	default:
		return ln.what > DT_STRACE_DETACHED;
	}
}

static enum dt_is
is(struct dt_str line)
{
	return is_mine(line) ? DT_IS_SURE : DT_IS_NOT;
}

const struct dt_format dt_format_strace = {
	.name = "strace",
	.tracer = "strace",
	.what = "strace's output, with whatever the program printed in it",
	.size = sizeof(struct dt_strace),
	.is = is,
	.line = parse,
	.idle = idle,
	.end = end,
	.free = release,
};
