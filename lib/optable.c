/* SPDX-License-Identifier: ISC */
/* A static table of mac_policy_ops: which function is in which slot. */
#include <inttypes.h>
#include <stdlib.h>

#include "arena.h"
#include "jsonrows.h"
#include "optable.h"
#include "record.h"
#include "scan.h"

struct dt_optable {
	struct dt_arena mem;
	struct dt_oprow *row[DT_OPTABLE_MAX];
	size_t n;
	struct dt_str head[2];
	struct dt_fault fault;
	struct dt_str from;	/* of the text that is being read */
};

enum { INDEX, SYMBOL, IMAGE, SEGMENT, OFFSET };
enum { XNU, SOURCE };

static const char *const keys[] = {
	[INDEX] = "index",
	[SYMBOL] = "symbol",
	[IMAGE] = "image",
	[SEGMENT] = "segment",
	[OFFSET] = "offset",
	NULL
};

static const char *const head[] = {
	[XNU] = "xnu",
	[SOURCE] = "source",
	NULL
};

struct dt_optable *
dt_optable_new(void)
{
	return calloc(1, sizeof(struct dt_optable));
}

void
dt_optable_free(struct dt_optable *t)
{
	if (t == NULL)
		return;
	dt_arena_free(&t->mem);
	free(t);
}

static bool
is_same(const struct dt_oprow *a, const struct dt_oprow *b)
{
	return dt_str_eq(a->symbol, b->symbol) &&
	    dt_str_eq(a->image, b->image) &&
	    dt_str_eq(a->segment, b->segment) && a->offset == b->offset;
}

static int
check(struct dt_optable *t, const struct dt_oprow *row)
{
	const struct dt_oprow *old;

	if (row->index >= DT_OPTABLE_MAX)
		return dt_fault_set(&t->fault, row->line, "index %" PRIu64
		    " is greater than %d", row->index, DT_OPTABLE_MAX - 1);
	if (row->symbol.s == NULL && row->image.s == NULL)
		return dt_fault_set(&t->fault, row->line, "index %" PRIu64
		    " without a symbol or a place", row->index);
	if ((row->symbol.s != NULL && row->symbol.n == 0) ||
	    (row->image.s != NULL &&
	    (row->image.n == 0 || row->segment.n == 0)))
		return dt_fault_set(&t->fault, row->line, "index %" PRIu64
		    " with an empty name", row->index);
	old = t->row[row->index];
	if (old != NULL && !is_same(old, row))
		return dt_fault_set(&t->fault, row->line, "index %" PRIu64
		    " is another one at %.*s:%" PRIu64, row->index,
		    DT_FAULT_STR(old->from), old->line);
	return 0;
}

static int
dup_str(struct dt_optable *t, struct dt_str *s)
{
	if (s->s == NULL)
		return 0;
	*s = dt_arena_dup(&t->mem, *s);
	return s->s != NULL ? 0 : dt_fault_memory(&t->fault);
}

static int
put(struct dt_optable *t, const struct dt_oprow *row)
{
	struct dt_oprow *copy;

	if (check(t, row) == -1)
		return -1;
	if (t->row[row->index] != NULL)
		return 0;
	copy = dt_arena_alloc(&t->mem, sizeof(*copy));
	if (copy == NULL)
		return dt_fault_memory(&t->fault);
	*copy = *row;
	copy->from = t->from;
	if (dup_str(t, &copy->symbol) == -1 || dup_str(t, &copy->image) == -1 ||
	    dup_str(t, &copy->segment) == -1)
		return -1;
	t->row[row->index] = copy;
	t->n++;
	return 0;
}

static int
number(struct dt_optable *t, uint64_t line, int key, struct dt_str s,
    uint64_t *num)
{
	if (dt_num_unsigned(s, num) == 0)
		return 0;
	return dt_fault_set(&t->fault, line, "'%s' is no number, or out of "
	    "range: '%.*s'", keys[key], DT_FAULT_STR(s));
}

static int
on_row(void *ctx, const struct dt_jsonval *vals, uint64_t line)
{
	struct dt_optable *t = ctx;
	struct dt_oprow row = {
		.symbol = vals[SYMBOL].s,
		.image = vals[IMAGE].s,
		.segment = vals[SEGMENT].s,
		.line = line,
	};
	int key;

	for (key = SYMBOL; key <= SEGMENT; key++)
		if (vals[key].type == DT_JSON_NUMBER)
			return dt_fault_set(&t->fault, line,
			    "'%s' is no string", keys[key]);
	if (vals[INDEX].s.s == NULL)
		return dt_fault_set(&t->fault, line, "a row without '%s'",
		    keys[INDEX]);
	if ((row.image.s == NULL) != (row.segment.s == NULL) ||
	    (row.image.s == NULL) != (vals[OFFSET].s.s == NULL))
		return dt_fault_set(&t->fault, line, "a row with some of '%s', "
		    "'%s' and '%s'", keys[IMAGE], keys[SEGMENT], keys[OFFSET]);
	if (number(t, line, INDEX, vals[INDEX].s, &row.index) == -1 ||
	    (vals[OFFSET].s.s != NULL &&
	    number(t, line, OFFSET, vals[OFFSET].s, &row.offset) == -1))
		return -1;
	return put(t, &row);
}

static int
on_head(void *ctx, size_t key, const struct dt_jsonval *val, uint64_t line)
{
	struct dt_optable *t = ctx;
	struct dt_str *had = &t->head[key];

	if (val->s.s == NULL)
		return 0;
	if (had->s != NULL && !dt_str_eq(*had, val->s))
		return dt_fault_set(&t->fault, line, "'%s' is '%.*s', and of "
		    "another table '%.*s'", head[key], DT_FAULT_STR(val->s),
		    DT_FAULT_STR(*had));
	*had = val->s;
	return dup_str(t, had);
}

static int
read_json(struct dt_optable *t, struct dt_str text)
{
	const struct dt_jsonrows want = {
		.list = "ops",
		.keys = keys,
		.head = head,
		.on_row = on_row,
		.on_head = on_head,
		.ctx = t,
	};

	return dt_jsonrows_read(text, &want, &t->fault);
}

/* Cut a line at its tabs.  Returns how many fields it has, up to one more. */
static size_t
split(struct dt_str line, struct dt_str *field, size_t max)
{
	size_t n = 0;

	while (n < max) {
		field[n++] = dt_scan_until(&line, "\t");
		if (line.n == 0)
			return n;
		line = dt_str_after(line, 1);
	}
	return max + 1;
}

static int
read_line(struct dt_optable *t, struct dt_str line, uint64_t no)
{
	struct dt_oprow row = {.line = no};
	struct dt_str field[4];
	size_t i, n = split(line, field, 4);

	if (n != 2 && n != 4)
		return dt_fault_set(&t->fault, no, "neither an index and a "
		    "symbol, nor an index, image, segment and offset");
	for (i = 0; i < n; i++)
		field[i] = dt_scan_trim(field[i]);
	if (number(t, no, INDEX, field[0], &row.index) == -1)
		return -1;
	if (n == 2) {
		row.symbol = field[1];
		return put(t, &row);
	}
	row.image = field[1];
	row.segment = field[2];
	if (number(t, no, OFFSET, field[3], &row.offset) == -1)
		return -1;
	return put(t, &row);
}

static int
read_lines(struct dt_optable *t, struct dt_str text)
{
	struct dt_str line;
	bool torn = false;
	uint64_t no = 0;

	while (dt_scan_line(&text, &line, &torn)) {
		no++;
		if (dt_str_starts(line, "#") || dt_scan_trim(line).n == 0)
			continue;
		/* A name that is cut is another name. */
		if (torn)
			return dt_fault_set(&t->fault, no,
			    "a line that nothing ends");
		if (read_line(t, line, no) == -1)
			return -1;
	}
	return 0;
}

int
dt_optable_add(struct dt_optable *t, struct dt_str text, struct dt_str from,
    const char **errstr)
{
	struct dt_str begin = dt_scan_ltrim(text);
	int r;

	t->fault = (struct dt_fault){0};
	t->from = from;
	r = dup_str(t, &t->from);
	if (r == 0)
		r = begin.n > 0 && (begin.s[0] == '{' || begin.s[0] == '[') ?
		    read_json(t, text) : read_lines(t, text);
	*errstr = t->fault.text[0] != '\0' ? t->fault.text : NULL;
	return r;
}

uint64_t
dt_optable_line(const struct dt_optable *t)
{
	return t->fault.line;
}

struct dt_str
dt_optable_xnu(const struct dt_optable *t)
{
	return t->head[XNU];
}

struct dt_str
dt_optable_source(const struct dt_optable *t)
{
	return t->head[SOURCE];
}

size_t
dt_optable_count(const struct dt_optable *t)
{
	return t->n;
}

const struct dt_oprow *
dt_optable_find(const struct dt_optable *t, uint64_t index)
{
	return index < DT_OPTABLE_MAX ? t->row[index] : NULL;
}
