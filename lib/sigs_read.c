/* SPDX-License-Identifier: ISC */
/* Signature documents from a parser's events, by the rows of docmembers.def. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sigs_read.h"
#include "utf8.h"

struct row {
	enum place place;
	const char *key;
	enum { T_STR, T_NSTR, T_INT, T_NINT, T_BOOL, T_OBJ, T_ARR, T_COPY }
	    type;
	bool required;
	size_t offset;		/* of its value in struct dt_doc_reader */
	enum place opens;
};

#define REQ true
#define OPT false
#define DOC_AT(field) offsetof(struct dt_doc_reader, field)
#define INPUT_AT(field) DOC_AT(input.field)
#define SIG_AT(field) DOC_AT(sig.field)
#define SOURCE_AT(field) DOC_AT(source.field)

static const struct row rows[] = {
#define D(place, key, type, need, offset, opens) \
	{P_##place, key, T_##type, need, offset, P_##opens},
#include "docmembers.def"
#undef D
};

enum {
	NROWS = sizeof(rows) / sizeof(rows[0]),
	COPY_DEPTH_MAX = 64,
	QUIET_MAX = 8 << 20,	/* bytes without a value; a line has fewer */
};

_Static_assert(NROWS <= 64, "a bit for each row");

int
dt_doc_refuse(struct dt_doc_reader *rd, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rd->why, sizeof(rd->why), fmt, ap);
	va_end(ap);
	return 0;
}

int
dt_doc_failed(struct dt_doc_reader *rd)
{
	rd->err = errno;
	return 0;
}

static enum place
place(const struct dt_doc_reader *rd)
{
	return rd->depth > 0 ? rd->at[rd->depth - 1].place : P_NONE;
}

/* Take a row for the next value: it must be of a type and not seen before. */
static const struct row *
row_for(struct dt_doc_reader *rd, unsigned types)
{
	const struct row *row = rd->row;

	if (place(rd) == P_NONE) {
		dt_doc_refuse(rd, "not a JSON object");
		return NULL;
	}
	if ((types & 1u << row->type) == 0) {
		dt_doc_refuse(rd, "'%s' is of another type", row->key != NULL ?
		    row->key : "an element");
		return NULL;
	}
	return row;
}

#define ONE(type) (1u << T_##type)

/* Every callback begins here: the parser got somewhere. */
static struct dt_doc_reader *
reader(void *ctx)
{
	struct dt_doc_reader *rd = ctx;

	rd->quiet = 0;
	return rd;
}

static int
on_null(void *ctx)
{
	struct dt_doc_reader *rd = reader(ctx);
	const struct row *row;

	if (rd->copy != NULL)
		return dt_json_copy.yajl_null(rd->copy);
	row = row_for(rd, ONE(NSTR) | ONE(NINT));
	if (row == NULL)
		return 0;
	if (row->type == T_NINT)
		*(struct dt_int *)(void *)((char *)rd + row->offset) =
		    (struct dt_int){0};
	else if (row->key == NULL)
		return dt_doc_element(rd, row->place, (struct dt_str){0});
	else
		*(struct dt_str *)(void *)((char *)rd + row->offset) =
		    (struct dt_str){0};
	return 1;
}

static int
on_bool(void *ctx, int value)
{
	struct dt_doc_reader *rd = reader(ctx);
	const struct row *row;

	if (rd->copy != NULL)
		return dt_json_copy.yajl_boolean(rd->copy, value);
	row = row_for(rd, ONE(BOOL));
	if (row != NULL)
		*(bool *)(void *)((char *)rd + row->offset) = value != 0;
	return row != NULL;
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	struct dt_doc_reader *rd = reader(ctx);
	const struct row *row;
	int64_t num;

	if (rd->copy != NULL)
		return dt_json_copy.yajl_number(rd->copy, s, n);
	row = row_for(rd, ONE(INT) | ONE(NINT));
	if (row == NULL)
		return 0;
	if (dt_num_parse((struct dt_str){s, n}, &num) == -1)
		return dt_doc_refuse(rd, "'%s' is no whole number, or out of "
		    "range", row->key);
	if (row->type == T_INT && num < 0)
		return dt_doc_refuse(rd, "'%s' is below zero", row->key);
	if (row->type == T_INT)
		*(int64_t *)(void *)((char *)rd + row->offset) = num;
	else
		*(struct dt_int *)(void *)((char *)rd + row->offset) =
		    DT_INT(num);
	return 1;
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_doc_reader *rd = reader(ctx);
	const struct row *row;
	struct dt_str str;

	if (rd->copy != NULL)
		return dt_json_copy.yajl_string(rd->copy, s, n);
	row = row_for(rd, ONE(STR) | ONE(NSTR));
	if (row == NULL)
		return 0;
	str = dt_utf8_dup(row->place == P_DOC ? &rd->mem : &rd->obj,
	    (struct dt_str){(const char *)s, n});
	if (str.s == NULL)
		return dt_doc_failed(rd);
	if (row->key == NULL)
		return dt_doc_element(rd, row->place, str);
	*(struct dt_str *)(void *)((char *)rd + row->offset) = str;
	return row->place != P_DOC || dt_doc_head(rd);
}

/* The row of a key; most often it is the one after the last. */
static const struct row *
find(const struct dt_doc_reader *rd, enum place in, struct dt_str key)
{
	const struct row *row = rd->row;
	size_t i;

	if (row != NULL && row + 1 < rows + NROWS && row[1].place == in &&
	    row[1].key != NULL && dt_str_is(key, row[1].key))
		return row + 1;
	for (i = 0; i < NROWS; i++)
		if (rows[i].place == in && (dt_str_is(key, rows[i].key) ||
		    strcmp(rows[i].key, "*") == 0))
			return &rows[i];
	return NULL;
}

static int
on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_doc_reader *rd = reader(ctx);
	struct dt_str key = {(const char *)s, n};
	uint64_t bit;

	if (rd->copy != NULL)
		return dt_json_copy.yajl_map_key(rd->copy, s, n);
	rd->row = find(rd, place(rd), key);
	if (rd->row == NULL)
		return dt_doc_refuse(rd, "'%.*s' is no member of %s",
		    n < 40 ? (int)n : 40, key.s, dt_doc_places[place(rd)]);
	if (place(rd) == P_ERRORS)
		return dt_doc_error_phase(rd, key);
	bit = UINT64_C(1) << (rd->row - rows);
	if ((rd->at[rd->depth - 1].seen & bit) != 0)
		return dt_doc_refuse(rd, "'%s' stands twice", rd->row->key);
	rd->at[rd->depth - 1].seen |= bit;
	return 1;
}

/* The row of an array's elements. */
static const struct row *
elements(enum place in)
{
	size_t i;

	for (i = 0; i < NROWS; i++)
		if (rows[i].place == in && rows[i].key == NULL)
			return &rows[i];
	return NULL;
}

static int
enter(struct dt_doc_reader *rd, enum place to)
{
	rd->at[rd->depth++] = (struct dt_doc_level){.place = to};
	rd->row = elements(to);
	return dt_doc_open(rd, to);
}

static int
leave(struct dt_doc_reader *rd)
{
	enum place from = place(rd);
	size_t i;

	for (i = 0; i < NROWS; i++)
		if (rows[i].place == from && rows[i].required &&
		    (rd->at[rd->depth - 1].seen & UINT64_C(1) << i) == 0)
			return dt_doc_refuse(rd, "%s without '%s'",
			    dt_doc_places[from], rows[i].key);
	rd->depth--;
	if (rd->depth > 0)
		rd->row = elements(place(rd));
	return dt_doc_close(rd, from);
}

/* An object that is kept as text begins: its events go elsewhere. */
static int
begin_copy(struct dt_doc_reader *rd)
{
	rd->copy = yajl_gen_alloc(NULL);
	rd->copy_depth = 1;
	if (rd->copy != NULL)
		return dt_json_copy.yajl_start_map(rd->copy);
	errno = ENOMEM;
	return dt_doc_failed(rd);
}

static int
end_copy(struct dt_doc_reader *rd)
{
	const unsigned char *s;
	size_t n;
	int r = 0;

	errno = ENOMEM;
	if (yajl_gen_get_buf(rd->copy, &s, &n) == yajl_gen_status_ok)
		r = dt_doc_record(rd, (struct dt_str){(const char *)s, n});
	else
		dt_doc_failed(rd);
	yajl_gen_free(rd->copy);
	rd->copy = NULL;
	return r;
}

static int
on_open(struct dt_doc_reader *rd, bool array)
{
	const struct row *row;

	if (rd->copy != NULL) {
		if (++rd->copy_depth > COPY_DEPTH_MAX)
			return dt_doc_refuse(rd, "nested too deep");
		return array ? dt_json_copy.yajl_start_array(rd->copy) :
		    dt_json_copy.yajl_start_map(rd->copy);
	}
	if (rd->depth == 0 && !array) {
		if (rd->ending) {
			rd->ended = true;
			return 0;
		}
		return enter(rd, P_DOC);
	}
	row = row_for(rd, array ? ONE(ARR) : ONE(OBJ) | ONE(COPY));
	if (row == NULL)
		return 0;
	return row->type == T_COPY ? begin_copy(rd) : enter(rd, row->opens);
}

static int
on_map_open(void *ctx)
{
	return on_open(reader(ctx), false);
}

static int
on_array_open(void *ctx)
{
	return on_open(reader(ctx), true);
}

static int
on_map_close(void *ctx)
{
	struct dt_doc_reader *rd = reader(ctx);

	if (rd->copy == NULL)
		return leave(rd);
	if (!dt_json_copy.yajl_end_map(rd->copy))
		return 0;
	return --rd->copy_depth > 0 || end_copy(rd);
}

static int
on_array_close(void *ctx)
{
	struct dt_doc_reader *rd = reader(ctx);

	if (rd->copy == NULL)
		return leave(rd);
	rd->copy_depth--;
	return dt_json_copy.yajl_end_array(rd->copy);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_map_open,
	.yajl_map_key = on_key,
	.yajl_end_map = on_map_close,
	.yajl_start_array = on_array_open,
	.yajl_end_array = on_array_close,
};

struct dt_doc_reader *
dt_doc_reader_new(enum dt_sigs_keep keep, const struct dt_doc_sink *sink)
{
	struct dt_doc_reader *rd = calloc(1, sizeof(*rd));

	if (rd == NULL)
		return NULL;
	rd->keep = keep;
	rd->sink = *sink;
	rd->lines = 1;
	rd->h = yajl_alloc(&callbacks, NULL, rd);
	if (rd->h == NULL) {
		free(rd);
		errno = ENOMEM;
		return NULL;
	}
	yajl_config(rd->h, yajl_allow_multiple_values, 1);
	return rd;
}

void
dt_doc_reader_free(struct dt_doc_reader *rd)
{
	if (rd == NULL)
		return;
	if (rd->copy != NULL)
		yajl_gen_free(rd->copy);
	yajl_free(rd->h);
	dt_sigs_free(rd->ss);
	dt_sig_set_free(&rd->input.tracers);
	dt_jsonl_reader_free(rd->record_reader);
	dt_arena_free(&rd->mem);
	dt_arena_free(&rd->obj);
	free(rd);
}

static uint64_t
newlines(const char *s, size_t n)
{
	const char *p;
	uint64_t lines = 0;

	for (; (p = memchr(s, '\n', n)) != NULL; lines++) {
		n -= (size_t)(p + 1 - s);
		s = p + 1;
	}
	return lines;
}

static int
verdict(struct dt_doc_reader *rd, const char **errstr)
{
	*errstr = NULL;
	if (rd->err != 0) {
		errno = rd->err;
		return -1;
	}
	*errstr = rd->why[0] != '\0' ? rd->why : "not JSON";
	return -1;
}

int
dt_doc_read(struct dt_doc_reader *rd, struct dt_str bytes,
    const char **errstr)
{
	/* The parser begins anew with a string whenever there is more of it. */
	if (rd->quiet > QUIET_MAX) {
		dt_doc_refuse(rd, "a string that is too long");
		return verdict(rd, errstr);
	}
	rd->quiet += bytes.n;
	if (yajl_parse(rd->h, (const unsigned char *)bytes.s, bytes.n) ==
	    yajl_status_ok) {
		rd->lines += newlines(bytes.s, bytes.n);
		return 0;
	}
	rd->lines += newlines(bytes.s, yajl_get_bytes_consumed(rd->h));
	return verdict(rd, errstr);
}

int
dt_doc_end(struct dt_doc_reader *rd, size_t *n, const char **errstr)
{
	static const unsigned char probe[] = "\n{";

	*n = rd->ndocs;
	/* Only between two documents does a brace begin another. */
	rd->ending = true;
	if (rd->depth == 0 &&
	    yajl_parse(rd->h, probe, sizeof(probe) - 1) !=
	    yajl_status_ok && rd->ended)
		return 0;
	if (rd->why[0] == '\0')
		dt_doc_refuse(rd, "JSON that is cut short");
	return verdict(rd, errstr);
}

uint64_t
dt_doc_line(const struct dt_doc_reader *rd)
{
	return rd->lines;
}
