/* SPDX-License-Identifier: ISC */
/*
 * The format of dtruss: Apple's and the DTraceToolkit's.  docs/real-input.md
 * says what its text does not tell.
 */
#include "dtrace_said.h"
#include "dtruss.h"
#include "hold.h"
#include "message.h"
#include "parse.h"
#include "scan.h"

struct state {
	struct dt_hold hold;		/* -s puts a stack behind its record */
	struct dt_dtrace_said said;
	struct dt_dtruss_layout lay;
	bool mixed;			/* there was a header unlike it */
	bool counts;			/* the table of -c has begun */
	bool usage;			/* usage is being told */
};

static enum dt_is
is(struct dt_str line)
{
	struct dt_dtruss_layout lay;
	struct dt_dtruss_line ln;
	struct dt_str before;

	line = dt_dtrace_unglue(line);
	if (dt_dtruss_header(line, &lay, &before))
		return before.n == 0 ? DT_IS_SURE : DT_IS_NOT;
	if (dt_str_starts(line, "USAGE: dtruss ["))
		return DT_IS_SURE;
	/* The script itself, which dtrace echoes if it cannot compile it. */
	if (dt_str_starts(dt_scan_ltrim(line), "printf(\"SYSCALL(args)"))
		return DT_IS_SURE;
	return dt_dtruss_cut(line, &ln) == DT_DTRUSS_WHOLE &&
	    dt_dtruss_iscall(ln.name) ? DT_IS_SURE : DT_IS_NOT;
}

static int
output(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record rec = {.kind = DT_KIND_OUTPUT, .text = text};

	return dt_hold_flush(&st->hold, sink) == -1 ? -1 :
	    dt_emit(sink, &rec);
}

static int
unparsed(struct state *st, const struct dt_line *line, const char *reason,
    const struct dt_sink *sink)
{
	return dt_hold_flush(&st->hold, sink) == -1 ? -1 :
	    dt_unparsed(line, reason, sink);
}

/* 2 if the line is no header. */
static int
header(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_dtruss_layout lay;
	struct dt_str before;

	if (!dt_dtruss_header(line->text, &lay, &before))
		return 2;
	before = dt_dtrace_unglue(before);
	if (before.n > 0 && st->said.echo)
		return 2;
	st->said.echo = st->counts = st->usage = false;
	if (before.n > 0 && output(st, before, sink) == -1)
		return -1;
	if (st->lay.header && !dt_dtruss_alike(&st->lay, &lay)) {
		st->mixed = true;
		return unparsed(st, line,
		    "a header with other columns than the one before", sink);
	}
	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	st->lay = lay;
	return before.n > 0 ? 0 : 1;
}

/* Learn from a record what no header told. */
static void
learn(struct dt_dtruss_layout *lay, const struct dt_dtruss_line *ln)
{
	if (!lay->known) {
		lay->id = ln->pid.set;
		lay->ntimes = ln->ntimes;
	}
	if (lay->whose == DT_DTRUSS_UNTOLD && ln->pid.set)
		lay->whose = ln->lwp ? DT_DTRUSS_TOOLKIT : DT_DTRUSS_APPLE;
	if (lay->whose == DT_DTRUSS_UNTOLD &&
	    dt_dtruss_toolkit_path(ln->name) != -2)
		lay->whose = DT_DTRUSS_TOOLKIT;
	lay->known = true;
}

static int
record(struct state *st, const struct dt_line *line,
    const struct dt_dtruss_line *ln, const struct dt_sink *sink)
{
	const char *errstr;

	if (ln->before.n > 0 && output(st, ln->before, sink) == -1)
		return -1;
	if (dt_hold_fresh(&st->hold, sink) == -1)
		return -1;
	learn(&st->lay, ln);
	if (dt_dtruss_fill(&st->hold.rec, ln, &st->lay, &errstr) == -1)
		return errstr == NULL ? -1 : dt_unparsed(line, errstr, sink);
	return dt_hold_keep(&st->hold) == -1 ? -1 : 1;
}

/* A frame of a stack; 2 if the line is none. */
static int
frame(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_str f;
	int r;

	if (!dt_dtrace_frame(line->text, &f))
		return 2;
	r = dt_hold_frame(&st->hold, f);
	if (r == 1)
		return unparsed(st, line, "a frame of no record", sink);
	return r == -1 ? -1 : 1;
}

/* The table of -c; 2 if the line is not of it. */
static int
count(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record rec = {.kind = DT_KIND_COUNT, .count = DT_INT(0)};
	struct dt_str s = text;

	if (dt_str_is(dt_scan_word(&s), "CALL") &&
	    dt_str_is(dt_scan_word(&s), "COUNT") && dt_scan_trim(s).n == 0) {
		st->counts = true;
		return dt_hold_flush(&st->hold, sink) == -1 ? -1 : 1;
	}
	if (!st->counts || !dt_dtruss_count(text, &rec.name, &rec.count.v))
		return 2;
	return dt_hold_flush(&st->hold, sink) == -1 ? -1 : dt_emit(sink, &rec);
}

/* How dtruss is used, which it says on several lines; 2 if it does not. */
static int
usage(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record rec = {0};

	if (st->usage && dt_scan_blank(text.s[0]))
		return 1;
	st->usage = dt_str_starts(text, "USAGE: dtruss [");
	if (!st->usage)
		return 2;
	dt_message(text, "error", "option-invalid", &rec);
	return dt_hold_flush(&st->hold, sink) == -1 ? -1 : dt_emit(sink, &rec);
}

/* Why a line that is no whole record is not the program's own; NULL if so. */
static const char *
suspect(const struct state *st, struct dt_str text, enum dt_dtruss_got got,
    bool id)
{
	struct dt_str s = dt_scan_trim(text);

	if (dt_str_is(s, "...") || dt_str_is(s, "[...]"))
		return "lines that somebody left out";
	if (id || (got == DT_DTRUSS_CALL && (!st->lay.id || st->mixed)))
		return "a record that is not whole";
	return dt_dtruss_ends(text) ? "the end of a record" : NULL;
}

/* What is neither a record nor dtrace's: the program's, if that is certain. */
static int
other(struct state *st, const struct dt_line *line, enum dt_dtruss_got got,
    bool id, const struct dt_sink *sink)
{
	const char *reason = suspect(st, line->text, got, id);
	size_t n = dt_scan_find(line->text, "dtrace: ");
	struct dt_line said = *line;
	int r;

	if (reason != NULL)
		return unparsed(st, line, reason, sink);
	said.text = dt_str_after(line->text, n);
	if (n == 0 || !dt_dtrace_is_said(said.text)) {
		r = usage(st, line->text, sink);
		return r != 2 ? r : output(st, line->text, sink);
	}
	if (output(st, (struct dt_str){line->text.s, n}, sink) == -1)
		return -1;
	return dt_dtrace_said(&st->said, &said, sink);
}

/* A whole record that is not what the text has led to expect. */
static int
misfit(struct state *st, const struct dt_line *line,
    const struct dt_dtruss_line *ln, const struct dt_sink *sink)
{
	if (st->lay.id && !ln->pid.set && !st->mixed)
		return output(st, line->text, sink);
	return unparsed(st, line, st->lay.header ?
	    "not the columns of the header" :
	    "not the columns of the records before", sink);
}

/* A line that has a record, or might have. */
static int
row(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_dtruss_line ln, behind;
	enum dt_dtruss_got got = dt_dtruss_cut(line->text, &ln);

	if (got == DT_DTRUSS_WHOLE) {
		if (st->lay.known && !dt_dtruss_fits(&ln, &st->lay))
			return misfit(st, line, &ln, sink);
		if (!dt_dtruss_named(&ln))
			return unparsed(st, line,
			    "a call, or text and the end of its name", sink);
		return record(st, line, &ln, sink);
	}
	if (dt_dtruss_glued(line->text, &st->lay, &behind))
		return record(st, line, &behind, sink);
	return other(st, line, got, ln.pid.set, sink);
}

/*
 * dtrace's own lines.  A script is echoed instead of being run: where there
 * was a record, the program pretends, and must not hide what follows.
 */
static int
said(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_dtruss_line ln;
	int r;

	if (st->said.echo && dt_dtruss_cut(line->text, &ln) ==
	    DT_DTRUSS_WHOLE && dt_dtruss_iscall(ln.name))
		st->said.echo = false;
	if ((st->said.echo || dt_dtrace_is_said(line->text)) &&
	    dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	r = dt_dtrace_said(&st->said, line, sink);
	if (st->lay.known)
		st->said.echo = false;
	return r;
}

static int
take(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	int r = header(st, line, sink);

	if (r != 2)
		return r;
	if (dt_scan_trim(line->text).n == 0)
		return 1;
	if ((r = frame(st, line, sink)) != 2)
		return r;
	if ((r = said(st, line, sink)) != 2)
		return r;
	if ((r = count(st, line->text, sink)) != 2)
		return r;
	return row(st, line, sink);
}

/* A sink before another that says whose dtruss it is. */
struct teller {
	const struct state *st;
	const struct dt_sink *sink;
};

static int
tell(void *ctx, struct dt_record *rec)
{
	struct teller *teller = ctx;

	if (teller->st->lay.whose == DT_DTRUSS_TOOLKIT)
		rec->tracer = DT_STR("dtruss-toolkit");
	return dt_emit(teller->sink, rec);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct teller teller = {state, sink};
	const struct dt_sink told = {tell, &teller};

	return take(state, line, &told);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;
	struct teller teller = {st, sink};
	const struct dt_sink told = {tell, &teller};

	return dt_hold_flush(&st->hold, &told);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_hold_free(&st->hold);
}

const struct dt_format dt_format_dtruss = {
	.name = "dtruss",
	.tracer = "dtruss",
	.what = "what dtruss prints, of macOS or of the DTraceToolkit",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
