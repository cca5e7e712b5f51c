/* SPDX-License-Identifier: ISC */
/*
 * The format of kdump, of the BSDs and of old macOS.  docs/real-input.md says
 * what its text does not tell.
 */
#include <stdlib.h>

#include "calltext.h"
#include "kdump_calls.h"
#include "parse.h"
#include "scan.h"

/* A path is printed as it is, and no longer than this, with what is before. */
enum { OPEN_MAX = 1024 + 128 };

struct state {
	struct dt_kdump_calls calls;
	/* A row that did not end on its line, for a path has a newline: */
	char open[OPEN_MAX];
	size_t nopen;
	uint64_t open_no;	/* number of its line */
	char closing;		/* what it ends with */
	bool rows;		/* lines like rows are in it */
};

static enum dt_is
is(struct dt_str line)
{
	static const struct dt_kdump_layout untold = {0};
	struct dt_kdump_line ln;

	dt_kdump_line(line, &untold, &ln);
	if (ln.what != DT_KDUMP_ROW)
		return DT_IS_NOT;
	return ln.type == DT_KDUMP_CALL || ln.type == DT_KDUMP_RET ||
	    ln.type == DT_KDUMP_NAMI ? DT_IS_SURE : DT_IS_MAYBE;
}

static int
output(struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record rec = {.kind = DT_KIND_OUTPUT, .text = text};

	return dt_emit(sink, &rec);
}

static void
learn(struct dt_kdump_calls *calls, const struct dt_kdump_line *ln)
{
	if (!calls->lay.known)
		calls->lay = ln->lay;
	if (calls->os != DT_OS_UNKNOWN)
		return;
	calls->os = ln->os;
	if (dt_calltext_iscapsicum(ln->ret_text))
		calls->os = DT_OS_FREEBSD;
}

static int
dropped(struct state *st, const struct dt_kdump_line *ln,
    const struct dt_sink *sink)
{
	struct dt_record rec = {.kind = DT_KIND_DROP};

	rec.pid = ln->pid;
	rec.tid = ln->tid;
	rec.execname = ln->comm;
	return dt_kdump_calls_break(&st->calls, ln, sink) == -1 ? -1 :
	    dt_emit(sink, &rec);
}

/* Begin to collect the lines of a row that does not end on its own. */
static int
begin_open(struct state *st, const struct dt_line *line,
    const struct dt_kdump_line *ln, const struct dt_sink *sink)
{
	if (line->text.n >= OPEN_MAX)
		return dt_unparsed(line, "a row that is not whole", sink);
	st->closing = ln->type == DT_KDUMP_STRU ? '}' : '"';
	st->rows = false;
	st->open_no = line->no;
	st->nopen = line->text.n;
	memcpy(st->open, line->text.s, line->text.n);
	return 1;
}

/* Give the lines that were collected, none of which is to be believed. */
static int
give_open(struct state *st, const struct dt_sink *sink)
{
	struct dt_str rest = {st->open, st->nopen};
	struct dt_line line = {.no = st->open_no};

	st->nopen = 0;
	while (rest.s != NULL) {
		line.text = dt_scan_until(&rest, "\n");
		line.size = line.text.n;
		if (dt_unparsed(&line, st->rows ?
		    "a line within a path, or a row" :
		    "a path that does not end", sink) == -1)
			return -1;
		if (!dt_scan_take(&rest, "\n"))
			return 0;
		line.no++;
	}
	return 0;
}

/* OpenBSD folds what is long: a backslash, and a tab on the next line. */
static void
unfold(struct state *st)
{
	struct dt_str s = {st->open, st->nopen};
	size_t i, n = 0;

	if (st->calls.os == DT_OS_FREEBSD || st->calls.os == DT_OS_NETBSD)
		return;
	for (i = 0; i < s.n; i++) {
		if (dt_str_starts(dt_str_after(s, i), "\\\n\t"))
			i += 2;
		else
			st->open[n++] = st->open[i];
	}
	st->nopen = n;
}

static int
row(struct state *st, struct dt_str text, const struct dt_kdump_line *ln,
    const struct dt_sink *sink)
{
	learn(&st->calls, ln);
	return dt_kdump_calls_row(&st->calls, ln, text, sink);
}

/* Take a line into the row that has not ended; 2 if it can not be of it. */
static int
take_open(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_str s = line->text;
	struct dt_kdump_line ln;

	if (st->nopen + 1 + s.n >= OPEN_MAX)
		return give_open(st, sink) == -1 ? -1 : 2;
	dt_kdump_line(s, &st->calls.lay, &ln);
	st->rows |= ln.what == DT_KDUMP_ROW || ln.what == DT_KDUMP_BROKEN;
	st->open[st->nopen++] = '\n';
	if (s.n > 0)
		memcpy(st->open + st->nopen, s.s, s.n);
	st->nopen += s.n;
	if (s.n == 0 || s.s[s.n - 1] != st->closing)
		return 1;
	if (!st->rows)
		unfold(st);
	s = (struct dt_str){st->open, st->nopen};
	dt_kdump_line(s, &st->calls.lay, &ln);
	if (st->rows || ln.what != DT_KDUMP_ROW || ln.open)
		return give_open(st, sink);
	st->nopen = 0;
	return row(st, s, &ln, sink);
}

/* Does it begin as rows do, with a number to the right of its column? */
static bool
is_cut(struct dt_str s)
{
	struct dt_str word;

	if (!dt_str_starts(s, " "))
		return false;
	word = dt_scan_word(&s);
	return dt_scan_digits(dt_scan_until(&word, "/")) &&
	    (s.n == 0 || s.s[0] == ' ');
}

/* What is no row: the program's, if that is certain. */
static int
other(const struct dt_line *line, const struct dt_sink *sink)
{
	static const char *const words[] = {" CALL  ", " RET   ", " NAMI  ",
	    " CAP   "};
	struct dt_str s = dt_scan_trim(line->text);
	size_t i;

	if (dt_str_is(s, "...") || dt_str_is(s, "[...]"))
		return dt_unparsed(line, "lines that somebody left out", sink);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (dt_scan_find(line->text, words[i]) < line->text.n)
			return dt_unparsed(line, "a row without its columns",
			    sink);
	return is_cut(line->text) ? dt_unparsed(line,
	    "a row that is not whole", sink) : output(line->text, sink);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_kdump_line ln;
	int r;

	if (st->nopen > 0 && (r = take_open(st, line, sink)) != 2)
		return r;
	if (dt_scan_trim(line->text).n == 0)
		return 1;
	dt_kdump_line(line->text, &st->calls.lay, &ln);
	switch (ln.what) {
	case DT_KDUMP_DATA:
		return output(line->text, sink);
	case DT_KDUMP_BROKEN:
		if (dt_kdump_calls_break(&st->calls, &ln, sink) == -1)
			return -1;
		return dt_unparsed(line, ln.reason, sink);
	case DT_KDUMP_DROPPED:
		return dropped(st, &ln, sink);
	case DT_KDUMP_ROW:
		return ln.open ? begin_open(st, line, &ln, sink) :
		    row(st, line->text, &ln, sink);
	default:
		return other(line, sink);
	}
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	if (st->nopen > 0 && give_open(st, sink) == -1)
		return -1;
	return dt_kdump_calls_end(&st->calls, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_kdump_calls_free(&st->calls);
}

const struct dt_format dt_format_kdump = {
	.name = "kdump",
	.tracer = "kdump",
	.what = "what kdump prints, of FreeBSD, NetBSD, OpenBSD or old macOS",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
