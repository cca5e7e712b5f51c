/* SPDX-License-Identifier: ISC */
/*
 * The format of dtrace(1) itself: rows of probes that fired, stacks,
 * aggregations and their tables, and text of which nothing can be told.
 *
 * A line may belong to one that follows: a stack to the row before it or to
 * the number behind it, which makes it a key, and so may a line of keys.  So
 * one record is held until the next line tells.
 */
#include "dtrace_count.h"
#include "dtrace_said.h"
#include "hold.h"
#include "message.h"
#include "scan.h"

struct state {
	struct dt_dtrace_said said;
	struct dt_hold hold;
	struct dt_dtrace_table table;
	bool in_table;		/* hold.rec is what its rows have in common */
	bool bare;		/* no row of the table was given yet */
	bool rows;		/* the text has rows, it is not quiet */
	bool late;		/* a blank line is between text and stack */
	size_t split;		/* frames before a blank line; 0 if none */
	unsigned gap;		/* blank lines since the last that was none */
};

/* Give what is held up to the blank line in its stack, and keep the rest. */
static int
give_first(struct state *st, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_strv all = rec->stack;

	rec->stack.n = st->split;
	if (dt_emit(sink, rec) == -1)
		return -1;
	rec->stack.v = all.v + st->split;
	rec->stack.n = all.n - st->split;
	rec->name = (struct dt_str){0};
	rec->text = DT_STR("");
	rec->fields = (struct dt_kvv){0};
	st->split = 0;
	return 0;
}

/* Two stacks that no number followed are not one. */
static int
flush(struct state *st, const struct dt_sink *sink)
{
	if (st->hold.held && st->split > 0 && give_first(st, sink) == -1)
		return -1;
	st->split = 0;
	return dt_hold_flush(&st->hold, sink);
}

static int
fresh(struct state *st, const struct dt_sink *sink)
{
	if (flush(st, sink) == -1)
		return -1;
	st->late = false;
	return dt_hold_fresh(&st->hold, sink);
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	if (val.s == NULL)
		return 0;
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

static int
firing(struct state *st, const struct dt_dtrace_row *row,
    const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;

	if (fresh(st, sink) == -1)
		return -1;
	st->rows = true;
	rec->kind = DT_KIND_FIRING;
	rec->name = row->name;
	if (row->text.n > 0)
		rec->text = row->text;
	if (put(rec, "cpu", row->cpu) == -1 ||
	    put(rec, "id", row->id) == -1 ||
	    put(rec, "flow", dt_str_c(row->flow)) == -1)
		return -1;
	return dt_hold_keep(&st->hold);
}

static int
output(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	if (fresh(st, sink) == -1)
		return -1;
	st->hold.rec.kind = DT_KIND_OUTPUT;
	st->hold.rec.text = text;
	return dt_hold_keep(&st->hold);
}

/*
 * Does a frame belong to what is held?  One blank line may be between: a text
 * that ended its own line, or the second stack of a probe or of a key.
 */
static bool
joins(const struct state *st)
{
	const struct dt_record *rec = &st->hold.rec;

	if (!st->hold.held || rec->kind == DT_KIND_COUNT)
		return false;
	return st->gap == 0 || (st->gap == 1 && st->split == 0);
}

static int
frame(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	int r = 1;

	if (joins(st)) {
		if (st->gap > 0 && rec->stack.n == 0)
			st->late = true;
		else if (st->gap > 0 && rec->kind == DT_KIND_OUTPUT)
			st->split = rec->stack.n;
		r = dt_hold_frame(&st->hold, text);
	}
	if (r != 1)
		return r;
	if (fresh(st, sink) == -1)
		return -1;
	rec->kind = DT_KIND_OUTPUT;
	rec->text = DT_STR("");
	if (dt_hold_keep(&st->hold) == -1)
		return -1;
	return dt_hold_frame(&st->hold, text) == -1 ? -1 : 0;
}

/*
 * Begin a count, with the keys that stand on the lines before it: stacks, a
 * line of keys, or before a table what was taken for a count.  A number is on
 * a line of its own only behind a stack, which is then no other record's.
 */
static int
begin_count(struct state *st, bool table, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_dtrace_keys keys = {.n = 0};
	bool near = st->hold.held && st->gap == 0;
	int r = 0;

	if (near && rec->kind == DT_KIND_COUNT && table)
		r = dt_dtrace_count_key(rec);
	else if (near && rec->kind == DT_KIND_OUTPUT && rec->text.n == 0)
		r = 0;
	else if (near && rec->kind == DT_KIND_OUTPUT && !st->late &&
	    (table || rec->stack.n > 0) && dt_dtrace_keys(rec->text, &keys))
		r = dt_dtrace_add_keys(rec, &keys);
	else if (near && rec->stack.n > 0 && rec->kind != DT_KIND_COUNT) {
		if (st->late)
			st->split = 0;
		r = give_first(st, sink);
	} else
		r = fresh(st, sink);
	st->split = 0;
	st->late = false;
	rec->kind = DT_KIND_COUNT;
	rec->text = (struct dt_str){0};
	return r;
}

static int
total(struct state *st, const struct dt_dtrace_keys *keys, int64_t value,
    const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;

	if (begin_count(st, false, sink) == -1 ||
	    dt_dtrace_add_keys(rec, keys) == -1 || dt_dtrace_name(rec) == -1)
		return -1;
	rec->count = DT_INT(value);
	return dt_hold_keep(&st->hold);
}

/* The last field is that of a row's own. */
static int
begin_table(struct state *st, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;

	if (begin_count(st, true, sink) == -1 || dt_dtrace_name(rec) == -1)
		return -1;
	if (st->table.keyed ? dt_dtrace_add_key(rec, DT_STR("")) == -1 :
	    put(rec, "bucket", DT_STR("")) == -1)
		return -1;
	if (dt_hold_keep(&st->hold) == -1)
		return -1;
	st->hold.held = false;
	st->in_table = true;
	st->bare = true;
	return 0;
}

/* The key of a table that counted nothing is all there is of it. */
static int
end_table(struct state *st, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	bool lost = st->in_table && st->bare &&
	    (rec->name.n > 0 || rec->stack.n > 0);

	st->in_table = false;
	if (!lost)
		return 0;
	rec->kind = DT_KIND_OUTPUT;
	rec->text = rec->name;
	rec->name = (struct dt_str){0};
	rec->fields = (struct dt_kvv){0};
	return dt_emit(sink, rec);
}

/* A row of a table.  Less than nothing was not counted. */
static int
bucket(struct state *st, struct dt_str text, struct dt_str val, int64_t count,
    const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_record out = {
		.kind = DT_KIND_OUTPUT,
		.text = text,
	};

	if (count < 0)
		return dt_emit(sink, &out);
	rec->fields.v[rec->fields.n - 1].val = val;
	if (st->table.keyed)
		rec->name = val;
	rec->count = DT_INT(count);
	st->bare = false;
	return dt_emit(sink, rec);
}

/* A row of a dump of memory, which may look like a frame. */
static bool
is_dump(struct dt_str text)
{
	static const char hex[] = "0123456789abcdef";
	struct dt_str addr = dt_scan_word(&text), byte = dt_scan_word(&text);

	return dt_scan_ends(addr, ":") && byte.n == 2 &&
	    memchr(hex, byte.s[0], sizeof(hex) - 1) != NULL &&
	    memchr(hex, byte.s[1], sizeof(hex) - 1) != NULL;
}

static int
take(struct state *st, struct dt_str text, const struct dt_sink *sink)
{
	struct dt_dtrace_keys keys;
	struct dt_dtrace_row row;
	struct dt_str val;
	int64_t num;

	if (st->in_table &&
	    dt_dtrace_bucket(text, &st->table, &val, &num))
		return bucket(st, text, val, num, sink);
	if (end_table(st, sink) == -1)
		return -1;
	if (dt_dtrace_row(text, &row) || dt_dtrace_flow(text, &row))
		return firing(st, &row, sink);
	if (dt_dtrace_table(text, &st->table))
		return begin_table(st, sink);
	if (is_dump(text))
		return output(st, text, sink);
	if (dt_dtrace_frame(text, &val))
		return frame(st, val, sink);
	if (dt_dtrace_agg(text, &keys, &num) && num >= 0)
		return total(st, &keys, num, sink);
	return output(st, text, sink);
}

/* Is a line dtrace's own message, or of a script that it echoes? */
static bool
is_said(const struct state *st, struct dt_str line)
{
	return st->said.echo || dt_str_starts(line, "Password:") ||
	    dt_str_starts(dt_scan_ltrim(line), "dtrace: ");
}

/* dtrace tells how it is used when it was not used so. */
static bool
is_usage(struct dt_str line)
{
	return dt_str_starts(line, "Usage: dtrace ");
}

static int
said(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_record rec = {0};

	if (flush(st, sink) == -1)
		return -1;
	if (st->said.echo || !is_usage(line->text))
		return dt_dtrace_said(&st->said, line, sink);
	dt_message(line->text, "error", "option-invalid", &rec);
	return dt_emit(sink, &rec);
}

static int
header(struct state *st, const struct dt_sink *sink)
{
	st->said.echo = false;
	st->rows = true;
	return end_table(st, sink) == -1 ? -1 : flush(st, sink);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str text = line->text;
	int r;

	dt_scan_take(&text, "^C");
	if (dt_dtrace_header(dt_dtrace_unglue(text)))
		return header(st, sink) == -1 ? -1 : 1;
	if (is_said(st, text) || is_usage(text)) {
		r = said(st, line, sink);
		if (r != 2)
			return r;
	}
	if (dt_scan_trim(text).n == 0) {
		st->gap++;
		return end_table(st, sink) == -1 ? -1 : 1;
	}
	r = take(st, text, sink);
	st->gap = 0;
	return r == -1 ? -1 : 1;
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	return end_table(st, sink) == -1 ? -1 : flush(st, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_hold_free(&st->hold);
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_dtrace_table table;
	struct dt_dtrace_keys keys;
	struct dt_dtrace_row row;
	int64_t num;

	if (dt_dtrace_header(line) || dt_dtrace_row(line, &row) ||
	    dt_dtrace_table(line, &table))
		return DT_IS_SURE;
	return dt_dtrace_flow(line, &row) || dt_dtrace_is_said(line) ||
	    is_usage(line) || dt_dtrace_agg(line, &keys, &num) ?
	    DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_dtrace = {
	.name = "dtrace",
	.tracer = "dtrace",
	.what = "what dtrace itself prints: firings, stacks, aggregations",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
