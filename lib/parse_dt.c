/* SPDX-License-Identifier: ISC */
/* The format of our own tracers: dt text, with the stacks after its lines. */
#include <errno.h>

#include "parse.h"
#include "text.h"

struct state {
	bool ready;
	struct dt_keys keys;
	struct dt_record rec;
	bool stack;		/* rec waits for its frames */
};

/* A stack without its end: the record is given with the frames there are. */
static int
cut_stack(struct state *st, const struct dt_sink *sink)
{
	st->stack = false;
	if (dt_record_put(&st->rec, &st->rec.fields, DT_STR("stack_cut"),
	    DT_STR("1")) == -1)
		return -1;
	return dt_emit(sink, &st->rec);
}

/* A frame of the record that waits, or its end. */
static int
frame(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_str text = line->text, copy;

	if (st->rec.mem.total + text.n > 2 * DT_LINE_MAX) {
		if (cut_stack(st, sink) == -1)
			return -1;
		return dt_unparsed(line, "a stack without an end", sink);
	}
	if (dt_str_is(text, "ENDSTACK")) {
		st->stack = false;
		return dt_emit(sink, &st->rec);
	}
	while (text.n > 0 && (text.s[0] == ' ' || text.s[0] == '\t'))
		text = dt_str_after(text, 1);
	if (text.n == 0)
		return 1;
	copy = dt_arena_dup(&st->rec.mem, text);
	if (copy.s == NULL)
		return -1;
	return dt_record_push(&st->rec, &st->rec.stack, copy) == -1 ? -1 : 1;
}

static int
record(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_str text = line->text;
	const char *errstr;

	dt_record_reset(&st->rec);
	if (dt_text_read(&st->keys, text, &st->rec, &st->stack,
	    &errstr) == -1) {
		st->stack = false;
		return errstr == NULL ? -1 : dt_unparsed(line, errstr, sink);
	}
	if (!st->stack)
		return dt_emit(sink, &st->rec);
	/* The record outlives its line: read it again from a copy. */
	dt_record_reset(&st->rec);
	text = dt_arena_dup(&st->rec.mem, text);
	if (text.s == NULL)
		return -1;
	return dt_text_read(&st->keys, text, &st->rec, &st->stack,
	    &errstr) == -1 ? -1 : 1;
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;

	if (!st->ready) {
		dt_keys_init(&st->keys, NULL);
		st->ready = true;
	}
	if (st->stack && !dt_text_is(line->text))
		return frame(st, line, sink);
	if (st->stack && cut_stack(st, sink) == -1)
		return -1;
	if (line->text.n == 0)
		return 1;
	return record(st, line, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	return st->stack ? cut_stack(st, sink) : 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_record_free(&st->rec);
}

static enum dt_is
is(struct dt_str line)
{
	return dt_text_is(line) ? DT_IS_SURE : DT_IS_NOT;
}

const struct dt_format dt_format_dt = {
	.name = "dt",
	.what = "dt text, from dt-spawn, dt-attach and our D scripts",
	.size = sizeof(struct state),
	.own = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
