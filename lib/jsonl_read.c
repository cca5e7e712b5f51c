/* SPDX-License-Identifier: ISC */
/* JSON lines to records: parser events in, members out, no tree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "jsonl.h"
#include "keys.h"
#include "utf8.h"

/* Deeper than this no record goes; it bounds the parser's memory too. */
enum { DEPTH_MAX = 64 };

struct dt_jsonl_reader {
	yajl_handle h;
	struct dt_keys keys;
	struct dt_record *rec;
	struct dt_str line;
	unsigned depth;
	unsigned objects;		/* complete values on this line */
	const struct dt_member *member;	/* at depth 1: whose value is next */
	const struct dt_member *in;	/* whose object or array is open */
	unsigned in_depth;
	uint64_t seen;			/* the members at depth 1, by row */
	bool trace_target;		/* inside `target` */
	struct dt_str key;		/* in the object `in` */
	bool kind;			/* the key is "kind" */
	bool v;				/* the key is "v" */
	bool seen_kind;
	enum dt_kind last_kind;
	int err;			/* errno of a failure to allocate */
	const char *errstr;
	char why[128];
};

static int
refuse(struct dt_jsonl_reader *rd, const char *why)
{
	rd->errstr = why;
	return 0;
}

/* The parser's strings last as long as the callback unless in the line. */
static struct dt_str
keep(struct dt_jsonl_reader *rd, const unsigned char *s, size_t n)
{
	const char *c = (const char *)s;
	struct dt_str str = {c, n};

	if (c >= rd->line.s && c < rd->line.s + rd->line.n)
		return str;
	/* Half a surrogate pair is let through as bytes that are no UTF-8. */
	str = dt_utf8_dup(&rd->rec->mem, str);
	if (str.s == NULL)
		rd->err = ENOMEM;
	return str;
}

/* Which member a value is for; NULL when it is for none we know. */
static const struct dt_member *
member(const struct dt_jsonl_reader *rd)
{
	if (rd->depth == 1 || (rd->depth == 2 && rd->trace_target))
		return rd->member;
	return NULL;
}

/* A member with a value that is none of its types. */
static int
mistyped(struct dt_jsonl_reader *rd, const char *key)
{
	snprintf(rd->why, sizeof(rd->why), "'%s' is of another type", key);
	return refuse(rd, rd->why);
}

static void
set_kind(struct dt_jsonl_reader *rd, struct dt_str name)
{
	/* Most records are of the kind of the one before. */
	if (!dt_str_is(name, dt_kind_name(rd->last_kind)))
		rd->last_kind = dt_kind_byname(name);
	rd->rec->kind = rd->last_kind;
	if (rd->rec->kind == DT_KIND_UNKNOWN)
		rd->rec->kind_name = name;
	rd->seen_kind = true;
}

/* A value at depth 0 is a line that is no object. */
static int
is_inside(struct dt_jsonl_reader *rd)
{
	return rd->depth > 0 ? 1 : refuse(rd, "not a JSON object");
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_jsonl_reader *rd = ctx;
	struct dt_record *rec = rd->rec;
	const struct dt_member *m = member(rd);
	const struct dt_member *in = rd->depth == rd->in_depth ? rd->in : NULL;
	int r = 0;

	if (rd->depth == 1 && rd->kind) {
		rd->kind = false;
		if (rd->seen_kind)
			return refuse(rd, "a key that is there twice");
		if (!dt_kind_is_word((struct dt_str){(const char *)s, n}))
			return refuse(rd, "a 'kind' that is no word");
		set_kind(rd, keep(rd, s, n));
		return rd->err == 0;
	}
	if (rd->depth == 1 && rd->v)
		return mistyped(rd, "v");
	if (in != NULL && in->type == DT_T_STRV) {
		r = dt_record_push(rec, dt_field(rec, in), keep(rd, s, n));
	} else if (in != NULL) {
		r = dt_record_put(rec, dt_field(rec, in), rd->key,
		    keep(rd, s, n));
	} else {
		const char *key = m != NULL ? m->key : NULL;

		while (m != NULL && m->type != DT_T_STR)
			m = dt_keys_next(m);
		if (m == NULL && key != NULL)
			return mistyped(rd, key);
		if (m != NULL)
			*(struct dt_str *)dt_field(rec, m) = keep(rd, s, n);
	}
	if (r == -1)
		rd->err = ENOMEM;
	return rd->err == 0 && is_inside(rd);
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	struct dt_jsonl_reader *rd = ctx;
	const struct dt_member *m = member(rd);
	const char *key = m != NULL ? m->key : NULL;
	int64_t num;

	if (rd->depth == 1 && rd->v) {
		rd->v = false;
		return n == 1 && s[0] == '1' ? 1 :
		    refuse(rd, "a schema version that is not known");
	}
	while (m != NULL && m->type != DT_T_INT && m->type != DT_T_HEX)
		m = dt_keys_next(m);
	if (m == NULL)
		return key != NULL ? mistyped(rd, key) : is_inside(rd);
	if (dt_num_parse((struct dt_str){s, n}, &num) == -1) {
		snprintf(rd->why, sizeof(rd->why),
		    "'%s' is no whole number, or out of range", m->key);
		return refuse(rd, rd->why);
	}
	*(struct dt_int *)dt_field(rd->rec, m) = DT_INT(num);
	return 1;
}

static int
on_bool(void *ctx, int value)
{
	struct dt_jsonl_reader *rd = ctx;
	const struct dt_member *m = member(rd);
	const char *key = m != NULL ? m->key : NULL;

	while (m != NULL && m->type != DT_T_BOOL)
		m = dt_keys_next(m);
	if (m == NULL && key != NULL)
		return mistyped(rd, key);
	if (m != NULL)
		*(struct dt_bool *)dt_field(rd->rec, m) = DT_BOOL(value != 0);
	return is_inside(rd);
}

/* Which members of raw records may be null. */
static bool
takes_null(const struct dt_member *m)
{
	static const size_t some[] = {
		offsetof(struct dt_record, op),
		offsetof(struct dt_record, path),
		offsetof(struct dt_record, path2),
		offsetof(struct dt_record, phase),
	};
	size_t i;

	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (m->offset == some[i])
			return true;
	return m->group == DT_NORM;
}

static int
on_null(void *ctx)
{
	struct dt_jsonl_reader *rd = ctx;
	const struct dt_member *m = member(rd);

	while (m != NULL && m->type != DT_T_STR)
		m = dt_keys_next(m);
	if (m != NULL && takes_null(m))
		*(struct dt_str *)dt_field(rd->rec, m) = dt_null;
	return is_inside(rd);
}

static int
on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_jsonl_reader *rd = ctx;
	struct dt_str key = {(const char *)s, n};

	if (rd->depth == 1) {
		rd->member = dt_keys_find(&rd->keys, key);
		if (rd->member != NULL && !dt_keys_first(&rd->seen, rd->member))
			return refuse(rd, "a key that is there twice");
		rd->kind = rd->member == NULL && dt_str_is(key, "kind");
		rd->v = rd->member == NULL && dt_str_is(key, "v");
	} else if (rd->depth == 2 && rd->trace_target) {
		rd->member = dt_keys_find(&rd->keys,
		    dt_str_is(key, "name") ? DT_STR("target") : key);
		if (rd->member != NULL && rd->member->group != DT_TARGET)
			rd->member = NULL;
	} else if (rd->in != NULL && rd->depth == rd->in_depth) {
		rd->key = keep(rd, s, n);
	}
	return rd->err == 0;
}

/* What an array or object that opens at depth 1 is the value of. */
static int
open_value(struct dt_jsonl_reader *rd, enum dt_type type)
{
	if (rd->depth >= DEPTH_MAX)
		return refuse(rd, "nested too deep");
	if (rd->depth == 1 || (rd->depth == 2 && rd->trace_target)) {
		rd->in = rd->member != NULL && rd->member->type == type ?
		    rd->member : NULL;
		rd->in_depth = rd->depth + 1;
		if (rd->in == NULL && rd->member != NULL &&
		    !(rd->depth == 1 && type == DT_T_KVV &&
		    rd->member->group == DT_TARGET))
			return mistyped(rd, rd->member->key);
		if (rd->depth == 1 && type == DT_T_KVV && rd->member != NULL &&
		    rd->member->group == DT_TARGET)
			rd->trace_target = true;
	}
	rd->depth++;
	return 1;
}

static void
close_value(struct dt_jsonl_reader *rd)
{
	rd->depth--;
	if (rd->depth < rd->in_depth)
		rd->in = NULL;
	if (rd->depth <= 1) {
		rd->trace_target = false;
		rd->member = NULL;
	}
	if (rd->depth == 0)
		rd->objects++;
}

static int
on_map_open(void *ctx)
{
	struct dt_jsonl_reader *rd = ctx;

	if (rd->depth == 0 && rd->objects > 0)
		return refuse(rd, "more than one JSON value");
	return open_value(rd, DT_T_KVV);
}

static int
on_array_open(void *ctx)
{
	return is_inside(ctx) && open_value(ctx, DT_T_STRV);
}

static int
on_close(void *ctx)
{
	close_value(ctx);
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_map_open,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_array_open,
	.yajl_end_array = on_close,
};

/* A parser that has failed, or stopped inside a value, is of no more use. */
static int
renew(struct dt_jsonl_reader *rd)
{
	if (rd->h != NULL)
		yajl_free(rd->h);
	rd->h = yajl_alloc(&callbacks, NULL, rd);
	if (rd->h == NULL) {
		errno = ENOMEM;
		return -1;
	}
	yajl_config(rd->h, yajl_allow_multiple_values, 1);
	return 0;
}

/* After a line was parsed: why it is no record, or NULL. */
static const char *
verdict(struct dt_jsonl_reader *rd, yajl_status status)
{
	if (rd->errstr != NULL)
		return rd->errstr;
	if (status != yajl_status_ok)
		return "not JSON";
	if (rd->objects == 0)
		return rd->depth > 0 ? "JSON that is cut short" :
		    "not a JSON object";
	return rd->seen_kind ? NULL : "no string 'kind'";
}

int
dt_jsonl_read(struct dt_jsonl_reader *rd, struct dt_str line,
    struct dt_record *rec, const char **errstr)
{
	static const unsigned char newline[] = "\n";
	yajl_status status;

	dt_record_reset(rec);
	rd->rec = rec;
	rd->line = line;
	rd->depth = rd->objects = 0;
	rd->in = rd->member = NULL;
	rd->trace_target = rd->kind = rd->v = rd->seen_kind = false;
	rd->seen = 0;
	rd->err = 0;
	rd->errstr = NULL;
	*errstr = NULL;
	if (rd->h == NULL && renew(rd) == -1)
		return -1;
	status = yajl_parse(rd->h, (const unsigned char *)line.s, line.n);
	/* A line that is a number or a word is not finished before this. */
	if (status == yajl_status_ok && rd->objects == 0 && rd->depth == 0)
		status = yajl_parse(rd->h, newline, 1);
	*errstr = rd->err == 0 ? verdict(rd, status) : NULL;
	if (status != yajl_status_ok || rd->depth > 0) {
		yajl_free(rd->h);
		rd->h = NULL;
	}
	if (rd->err != 0) {
		errno = rd->err;
		return -1;
	}
	return *errstr == NULL ? 0 : -1;
}

struct dt_jsonl_reader *
dt_jsonl_reader_new(const char *const *keys)
{
	struct dt_jsonl_reader *rd = calloc(1, sizeof(*rd));

	if (rd == NULL)
		return NULL;
	dt_keys_init(&rd->keys, keys);
	if (renew(rd) == -1) {
		free(rd);
		return NULL;
	}
	return rd;
}

void
dt_jsonl_reader_free(struct dt_jsonl_reader *rd)
{
	if (rd == NULL)
		return;
	if (rd->h != NULL)
		yajl_free(rd->h);
	free(rd);
}
