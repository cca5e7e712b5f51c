/* SPDX-License-Identifier: ISC */
/*
 * The format of proctracer (gyunaev/macprocmon): events of EndpointSecurity,
 * a block of lines each.
 *
 * Nothing in a value is escaped, so a path with a newline in it prints lines of
 * its own.  The order in which the program prints is what tells most of them:
 * `event`, `time`, the keys sorted, `process:`, and its keys in their order.
 * What does not fit there is unparsed.
 */
#include "message.h"
#include "parse.h"
#include "proctracer.h"
#include "scan.h"

enum { MEM_MAX = 1 << 16 };	/* kept from one record to the next */

struct state {
	struct dt_pt_event ev;
	struct dt_record rec;
	uint64_t no;		/* of the line before */
	bool after;		/* an empty line has ended the event */
	bool inner;		/* the event stands in another: not believed */
	bool crlf;		/* its lines end so */
	bool help;		/* the program's help is printed */
};

/* The name of the event that a line begins; NULL if it begins none. */
static struct dt_str
begun(struct dt_str s)
{
	if (!dt_scan_take(&s, "event : "))
		return (struct dt_str){0};
	if (dt_scan_ends(s, "\r"))
		s.n--;
	return dt_kind_is_word(s) ? s : (struct dt_str){0};
}

/* Give the event that was read, if there is one that is believed. */
static int
flush(struct state *st, const struct dt_sink *sink)
{
	int r = 0;

	if (st->ev.at == DT_PT_ARGS && dt_pt_doubt(&st->ev) == -1)
		return -1;
	if (st->ev.at != DT_PT_NOTHING && !st->inner) {
		dt_record_reset(&st->rec);
		if (st->rec.mem.total > MEM_MAX)
			dt_record_free(&st->rec);
		r = dt_pt_fill(&st->ev, &st->rec);
		if (r == 0)
			r = dt_emit(sink, &st->rec);
	}
	dt_pt_reset(&st->ev);
	st->after = st->inner = false;
	return r;
}

/* An event begins.  It is not believed where another one has not ended. */
static int
start(struct state *st, const struct dt_line *line, struct dt_str name,
    const struct dt_sink *sink)
{
	bool inner = st->ev.at != DT_PT_NOTHING && st->ev.at != DT_PT_WHOLE;

	if (inner && dt_pt_doubt(&st->ev) == -1)
		return -1;
	if (flush(st, sink) == -1 || dt_pt_begin(&st->ev, name) == -1)
		return -1;
	st->inner = inner;
	st->help = false;
	st->crlf = dt_scan_ends(line->text, "\r");
	return inner ? dt_unparsed(line, "an event inside of another", sink) :
	    1;
}

static int
empty(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	st->after = st->ev.at == DT_PT_WHOLE;
	if (st->after || st->ev.at == DT_PT_NOTHING || st->inner)
		return 1;
	if (dt_pt_doubt(&st->ev) == -1)
		return -1;
	return dt_unparsed(line, "an empty line inside of an event", sink);
}

/* A line of the help behind its first. */
static bool
is_help(struct dt_str s)
{
	static const char *const starts[] = {"  -e <event> ",
	    "              ", " -p <path>", "  --test-max-clients",
	    "Events you can listen to:"};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (dt_str_starts(s, starts[i]))
			return true;
	return (dt_scan_take(&s, "    [+]") || dt_scan_take(&s, "      ")) &&
	    dt_es_byname(s) != NULL;
}

/* What stands between events: the program's own messages. */
static int
message(struct state *st, const struct dt_line *line, struct dt_str s,
    const struct dt_sink *sink)
{
	struct dt_record rec = {0};

	if (st->help && is_help(dt_scan_rtrim(s)))
		return 1;
	st->help = dt_str_starts(s, "Usage: ");
	if (!dt_message(s, "warning", "unrecognised", &rec))
		return dt_unparsed(line, "belongs to no event", sink);
	return dt_emit(sink, &rec);
}

/* A line that is not empty and begins no event. */
static int
other(struct state *st, const struct dt_line *line, struct dt_str s,
    const struct dt_sink *sink)
{
	int r;

	/* Nothing can follow but a message: the event need not wait. */
	if (st->after && flush(st, sink) == -1)
		return -1;
	if (st->ev.at == DT_PT_NOTHING)
		return message(st, line, s, sink);
	r = dt_pt_line(&st->ev, s);
	if (r == -1)
		return -1;
	if (r == 1 && !st->inner)
		return 1;
	if (r == 0 && dt_pt_doubt(&st->ev) == -1)
		return -1;
	/* Of what is not believed the last line is enough to end it. */
	if (st->inner && dt_str_starts(s, "      extra :"))
		st->ev.at = DT_PT_WHOLE;
	return dt_unparsed(line, st->inner ? "of an event inside of another" :
	    "does not fit into the event", sink);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str s = line->text, name = begun(s);
	bool in_args;

	/* One that was too long is not shown to a parser. */
	if (line->no != st->no + 1 && dt_pt_doubt(&st->ev) == -1)
		return -1;
	st->no = line->no;
	in_args = st->ev.at == DT_PT_ARGS && !st->inner;
	if (name.s != NULL && !in_args)
		return start(st, line, name, sink);
	if (s.n > 0 && st->crlf && s.s[s.n - 1] == '\r')
		s.n--;
	if (dt_scan_trim(s).n == 0 && !in_args)
		return empty(st, line, sink);
	return other(st, line, s, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;
	bool cut = st->ev.at != DT_PT_NOTHING && st->ev.at != DT_PT_WHOLE;

	if (flush(st, sink) == -1)
		return -1;
	return cut ? dt_document_cut(sink) : 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_arena_free(&st->ev.mem);
	dt_record_free(&st->rec);
}

/* Is it something that no other program says? */
static bool
is_own_message(struct dt_str s)
{
	return dt_str_starts(s, "Exception caught in code: Failed to ") ||
	    dt_str_starts(s, "Starting the interceptor using ") ||
	    (dt_str_starts(s, "Usage: ") &&
	    dt_scan_ends(dt_scan_rtrim(s), "proctracer[options]"));
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_str name = begun(line), s = dt_scan_rtrim(line);
	struct dt_pt_value val;

	if (name.s != NULL)
		return dt_es_byname(name) != NULL ? DT_IS_SURE : DT_IS_MAYBE;
	if (is_own_message(s))
		return DT_IS_SURE;
	return dt_scan_take(&s, "    csflags : ") && s.n > 0 &&
	    s.s[0] == 'C' && dt_pt_value(DT_ES_MASK, s, &val) ?
	    DT_IS_SURE : DT_IS_NOT;
}

const struct dt_format dt_format_proctracer = {
	.name = "proctracer",
	.tracer = "endpointsecurity",
	.what = "proctracer of macprocmon: events of EndpointSecurity",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
