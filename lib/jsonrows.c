/* SPDX-License-Identifier: ISC */
/* A JSON document that is a list of flat objects, row by row. */
#include <errno.h>

#include <yajl/yajl_parse.h>

#include "arena.h"
#include "jsonrows.h"
#include "record.h"

enum { KEY_OTHER = -1, KEY_LIST = -2 };
enum { DEPTH_MAX = 64 };	/* of what is passed over */

struct reader {
	const struct dt_jsonrows *want;
	struct dt_fault *why;
	yajl_handle h;
	struct dt_arena mem;	/* of the row */
	struct dt_str text;
	size_t counted;		/* bytes whose newlines are in `line` */
	uint64_t line;
	uint64_t row;		/* the line that it began on */
	enum { BEFORE, HEAD, LIST, ROW, AFTER } at;
	size_t skip;		/* depth inside of what is passed over */
	int key;		/* whose value comes */
	bool bare;		/* the document is the list */
	bool has_list;
	unsigned has_head;	/* a bit each */
	struct dt_jsonval vals[DT_JSONROWS_KEYS];
	bool failed;
};

static uint64_t
line_at(struct reader *rd, size_t end)
{
	for (; rd->counted < end && rd->counted < rd->text.n; rd->counted++)
		rd->line += rd->text.s[rd->counted] == '\n';
	return rd->line;
}

/* The line of what the parser has come to. */
static uint64_t
here(struct reader *rd)
{
	return line_at(rd, yajl_get_bytes_consumed(rd->h));
}

/* Callbacks return 0 to stop the parser. */
static int
stop(struct reader *rd)
{
	rd->failed = true;
	return 0;
}

#define REFUSE(rd, ...) \
	(dt_fault_set((rd)->why, here(rd), __VA_ARGS__), stop(rd))

static int
memory(struct reader *rd)
{
	dt_fault_memory(rd->why);
	return stop(rd);
}

static const char *
key_name(const struct reader *rd)
{
	return rd->at == ROW ? rd->want->keys[rd->key] :
	    rd->key == KEY_LIST ? rd->want->list : rd->want->head[rd->key];
}

static int
keep(struct reader *rd, struct dt_jsonval val)
{
	if (val.s.s != NULL) {
		val.s = dt_arena_dup(&rd->mem, val.s);
		if (val.s.s == NULL)
			return memory(rd);
	}
	if (rd->at == ROW)
		rd->vals[rd->key] = val;
	else if (rd->want->on_head(rd->want->ctx, (size_t)rd->key, &val,
	    here(rd)) == -1)
		return stop(rd);
	return 1;
}

/* A value that is neither an object nor an array. */
static int
scalar(struct reader *rd, struct dt_jsonval val)
{
	if (rd->skip > 0)
		return 1;
	if (rd->at == BEFORE)
		return REFUSE(rd, "neither an object nor an array");
	if (rd->at == LIST)
		return REFUSE(rd, "an element of '%s' is no object",
		    rd->want->list);
	if (rd->key == KEY_OTHER)
		return 1;
	if (rd->key == KEY_LIST)
		return REFUSE(rd, "'%s' is no array", rd->want->list);
	if (val.type == DT_JSON_ABSENT)
		return REFUSE(rd, "'%s' is neither a string nor a number",
		    key_name(rd));
	return keep(rd, val);
}

static int
on_null(void *ctx)
{
	return scalar(ctx, (struct dt_jsonval){DT_JSON_NULL, {0}});
}

static int
on_bool(void *ctx, int val)
{
	(void)val;
	return scalar(ctx, (struct dt_jsonval){DT_JSON_ABSENT, {0}});
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	return scalar(ctx, (struct dt_jsonval){DT_JSON_NUMBER, {s, n}});
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	return scalar(ctx, (struct dt_jsonval){DT_JSON_STRING,
	    {(const char *)s, n}});
}

static int
find(const char *const *keys, struct dt_str key)
{
	int i;

	for (i = 0; keys[i] != NULL; i++)
		if (dt_str_is(key, keys[i]))
			return i;
	return KEY_OTHER;
}

/* Has a member been there before?  Those that are passed over may. */
static bool
again(struct reader *rd)
{
	bool had;

	if (rd->key == KEY_OTHER)
		return false;
	if (rd->at == ROW)
		return rd->vals[rd->key].type != DT_JSON_ABSENT;
	if (rd->key == KEY_LIST) {
		had = rd->has_list;
		rd->has_list = true;
		return had;
	}
	had = (rd->has_head & 1u << rd->key) != 0;
	rd->has_head |= 1u << rd->key;
	return had;
}

static int
on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_str key = {(const char *)s, n};
	struct reader *rd = ctx;

	if (rd->skip > 0)
		return 1;
	rd->key = rd->at == HEAD && dt_str_is(key, rd->want->list) ? KEY_LIST :
	    find(rd->at == HEAD ? rd->want->head : rd->want->keys, key);
	return again(rd) ? REFUSE(rd, "'%s' stands twice", key_name(rd)) : 1;
}

/* An object or array that is a member, or the document itself. */
static int
enter(struct reader *rd, bool array)
{
	if (rd->at == BEFORE) {
		rd->at = array ? LIST : HEAD;
		rd->bare = rd->has_list = array;
		return 1;
	}
	if (rd->at == LIST) {
		if (array)
			return REFUSE(rd, "an element of '%s' is no object",
			    rd->want->list);
		memset(rd->vals, 0, sizeof(rd->vals));
		dt_arena_reset(&rd->mem);
		rd->row = here(rd);
		rd->at = ROW;
		return 1;
	}
	if (rd->key == KEY_OTHER) {
		rd->skip = 1;
		return 1;
	}
	if (rd->key != KEY_LIST)
		return REFUSE(rd, "'%s' is neither a string nor a number",
		    key_name(rd));
	if (!array)
		return REFUSE(rd, "'%s' is no array", rd->want->list);
	rd->at = LIST;
	return 1;
}

static int
on_open(struct reader *rd, bool array)
{
	if (rd->skip == 0)
		return enter(rd, array);
	return ++rd->skip <= DEPTH_MAX ? 1 : REFUSE(rd, "nested too deep");
}

static int
on_object(void *ctx)
{
	return on_open(ctx, false);
}

static int
on_array(void *ctx)
{
	return on_open(ctx, true);
}

static int
on_close(void *ctx)
{
	struct reader *rd = ctx;

	if (rd->skip > 0) {
		rd->skip--;
		return 1;
	}
	if (rd->at == ROW) {
		rd->at = LIST;
		return rd->want->on_row(rd->want->ctx, rd->vals,
		    rd->row) == 0 ? 1 : stop(rd);
	}
	if (rd->at == HEAD && !rd->has_list)
		return REFUSE(rd, "no array '%s'", rd->want->list);
	rd->at = rd->at == LIST && !rd->bare ? HEAD : AFTER;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_array,
	.yajl_end_array = on_close,
};

static int
parse(struct reader *rd)
{
	yajl_status r = yajl_parse(rd->h, (const unsigned char *)rd->text.s,
	    rd->text.n);

	if (rd->failed)
		return -1;
	if (r != yajl_status_ok)
		return dt_fault_set(rd->why, here(rd), "not JSON");
	if (yajl_complete_parse(rd->h) == yajl_status_ok && rd->at == AFTER)
		return 0;
	return rd->failed ? -1 : dt_fault_set(rd->why,
	    line_at(rd, rd->text.n), "JSON that is cut short");
}

int
dt_jsonrows_read(struct dt_str text, const struct dt_jsonrows *want,
    struct dt_fault *why)
{
	struct reader rd = {.want = want, .why = why, .text = text, .line = 1};
	int r;

	rd.h = yajl_alloc(&callbacks, NULL, &rd);
	if (rd.h == NULL) {
		errno = ENOMEM;
		return dt_fault_memory(why);
	}
	r = parse(&rd);
	yajl_free(rd.h);
	dt_arena_free(&rd.mem);
	return r;
}

int
dt_jsonval_unsigned(const struct dt_jsonval *val, uint64_t *num)
{
	if (val->type != DT_JSON_NUMBER && val->type != DT_JSON_STRING)
		return -1;
	return dt_num_unsigned(val->s, num);
}
