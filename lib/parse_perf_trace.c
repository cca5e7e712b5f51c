/* SPDX-License-Identifier: ISC */
/* The format of perf trace. */
#include "frame.h"
#include "hold.h"
#include "message.h"
#include "parse.h"
#include "perf.h"
#include "scan.h"
#include "strace.h"

enum {
	FRAME_INDENT = 24,	/* a frame's line begins with more blanks */
	HALF_MAX = 8 * 1024,	/* longest first half of a call that is kept */
};

struct state {
	struct dt_hold hold;
	struct dt_perf_count count;
	struct dt_strace_calls halves;	/* first halves of calls, whole lines */
};

static enum dt_is
is(struct dt_str line)
{
	struct dt_perf_line ln;

	line.n -= dt_scan_ends(line, "\r");
	if (dt_perf_begins(line) || dt_perf_count_is(line))
		return DT_IS_SURE;
	dt_perf_cut(line, &ln);
	return ln.what == DT_PERF_CALL || ln.what == DT_PERF_RESUMED ?
	    DT_IS_MAYBE : DT_IS_NOT;
}

/* Give the record of a line, which may get a stack yet. */
static int
give(struct state *st, const struct dt_perf_line *ln,
    const struct dt_sink *sink)
{
	if (dt_hold_fresh(&st->hold, sink) == -1 ||
	    dt_perf_fill(&st->hold.rec, ln) == -1)
		return -1;
	return dt_hold_keep(&st->hold) == -1 ? -1 : 1;
}

/* Give a first half as one, and forget it. */
static int
give_half(struct state *st, struct dt_strace_slot *slot,
    const struct dt_sink *sink)
{
	struct dt_perf_line ln;

	dt_perf_cut((struct dt_str){slot->text, slot->n}, &ln);
	if (give(st, &ln, sink) == -1)
		return -1;
	dt_strace_calls_drop(&st->halves, slot);
	return 0;
}

static int64_t
tid_of(const struct dt_perf_line *ln)
{
	return ln->tid.set ? ln->tid.v : -1;
}

/* A thread has begun a call: any that it was in will get no end. */
static int
settle(struct state *st, const struct dt_perf_line *ln,
    const struct dt_sink *sink)
{
	struct dt_strace_slot *slot;

	slot = dt_strace_calls_find(&st->halves, tid_of(ln));
	return slot == NULL ? 0 : give_half(st, slot, sink);
}

static int
take_half(struct state *st, const struct dt_perf_line *ln, struct dt_str text,
    const struct dt_sink *sink)
{
	struct dt_strace_slot *slot;

	if (settle(st, ln, sink) == -1)
		return -1;
	if (text.n > HALF_MAX)
		return give(st, ln, sink);
	while ((slot = dt_strace_calls_oldest(&st->halves, text.n)) != NULL)
		if (give_half(st, slot, sink) == -1)
			return -1;
	return dt_strace_calls_set(&st->halves, tid_of(ln),
	    DT_STRACE_PENDING, text) == NULL ? -1 : 1;
}

static int
take_resumed(struct state *st, struct dt_perf_line *ln,
    const struct dt_sink *sink)
{
	struct dt_strace_slot *slot;
	struct dt_perf_line half;

	slot = dt_strace_calls_find(&st->halves, tid_of(ln));
	if (slot == NULL)
		return give(st, ln, sink);
	dt_perf_cut((struct dt_str){slot->text, slot->n}, &half);
	if (!dt_str_eq(half.name, ln->name))
		return give_half(st, slot, sink) == -1 ? -1 :
		    give(st, ln, sink);
	ln->what = DT_PERF_CALL;
	ln->args = half.args;
	if (give(st, ln, sink) == -1)
		return -1;
	dt_strace_calls_drop(&st->halves, slot);
	return 1;
}

/* What perf says of itself, a table, or what the program printed. */
static int
take_other(struct state *st, const struct dt_line *line, struct dt_str text,
    const struct dt_sink *sink)
{
	struct dt_record rec = {0};
	int r;

	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	r = dt_perf_count(&st->count, text, &rec);
	if (r == 0)
		return 1;
	if (r == 1)
		r = dt_emit(sink, &rec);
	else if (r == 2 && dt_perf_inside(text))
		r = dt_unparsed(line, "a record with text around it", sink);
	else if (r == 2) {
		if (!dt_message(text, "error", "unrecognised", &rec) &&
		    !dt_str_starts(text, "Error:\t"))
			rec = (struct dt_record){.kind = DT_KIND_OUTPUT,
			    .text = line->text};
		r = dt_emit(sink, &rec);
	}
	dt_record_free(&rec);
	return r;
}

/* 1 if it went to the record before it, 2 if it is no frame, -1. */
static int
take_frame(struct state *st, struct dt_str text)
{
	struct dt_str frame = dt_scan_ltrim(text);

	if (!st->hold.held || frame.n == 0 ||
	    text.n - frame.n <= FRAME_INDENT || text.s[0] == '\t')
		return 2;
	frame = dt_frame(&st->hold.rec.mem, frame);
	return frame.s == NULL || dt_hold_frame(&st->hold, frame) == -1 ?
	    -1 : 1;
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str text = line->text;
	struct dt_perf_line ln;
	int r;

	text.n -= dt_scan_ends(text, "\r");
	dt_perf_cut(text, &ln);
	switch (ln.what) {
	case DT_PERF_UNFINISHED:
		return take_half(st, &ln, text, sink);
	case DT_PERF_RESUMED:
		return take_resumed(st, &ln, sink);
	case DT_PERF_CALL:
		return settle(st, &ln, sink) == -1 ? -1 : give(st, &ln, sink);
	case DT_PERF_EVENT:
		return give(st, &ln, sink);
	case DT_PERF_BROKEN:
		return dt_hold_flush(&st->hold, sink) == -1 ? -1 :
		    dt_unparsed(line, ln.errstr, sink);
	case DT_PERF_NOT:
		break;
	}
	r = take_frame(st, text);
	return r == 2 ? take_other(st, line, text, sink) : r;
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_strace_slot *slot;

	while ((slot = dt_strace_calls_first(&st->halves)) != NULL)
		if (give_half(st, slot, sink) == -1)
			return -1;
	return dt_hold_flush(&st->hold, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_hold_free(&st->hold);
	dt_strace_calls_free(&st->halves);
}

const struct dt_format dt_format_perf_trace = {
	.name = "perf-trace",
	.tracer = "perf-trace",
	.what = "what perf trace prints, with any of its options",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
