/* SPDX-License-Identifier: ISC */
/* Somebody else's JSON line as flat pairs, for parsers that see no JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "flat.h"

enum { DEPTH_MAX = 16, PAIRS_MAX = 256, MEM_MAX = 4 << 20 };

struct dt_flat {
	yajl_handle h;
	struct dt_arena *mem;
	struct dt_kvv *out;
	unsigned depth;
	struct {
		struct dt_str path;	/* of what is open, without the key */
		struct dt_str key;	/* of the value that comes next */
		bool array;
		unsigned index;
	} at[DEPTH_MAX + 1];
	bool oom, deep;
	const char *why;	/* it is refused, if not for its syntax */
};

static struct dt_str
join(struct dt_flat *fl, struct dt_str a, struct dt_str b)
{
	struct dt_str key;
	char *p;

	if (a.n == 0)
		return dt_arena_dup(fl->mem, b);
	p = dt_arena_alloc(fl->mem, a.n + 1 + b.n);
	if (p == NULL)
		return (struct dt_str){0};
	key = (struct dt_str){p, a.n + 1 + b.n};
	memcpy(p, a.s, a.n);
	p[a.n] = '.';
	memcpy(p + a.n + 1, b.s, b.n);
	return key;
}

/* The whole key of the value that comes next. */
static struct dt_str
next_key(struct dt_flat *fl)
{
	char num[16];
	struct dt_str key = fl->at[fl->depth].key;

	if (fl->at[fl->depth].array) {
		snprintf(num, sizeof(num), "%u", fl->at[fl->depth].index++);
		key = dt_str_c(num);
	}
	key = join(fl, fl->at[fl->depth].path, key);
	if (key.s == NULL)
		fl->oom = true;
	return key;
}

static int
add(struct dt_flat *fl, const char *s, size_t n)
{
	struct dt_str key, val;
	void *p;

	if (fl->depth == 0)
		return 0;
	if (fl->out->n == PAIRS_MAX || fl->mem->total > MEM_MAX) {
		fl->why = "too much in one line";
		return 0;
	}
	key = next_key(fl);
	val = dt_arena_dup(fl->mem, (struct dt_str){s, n});
	p = dt_arena_grow(fl->mem, fl->out->v, fl->out->n,
	    sizeof(*fl->out->v));
	if (fl->oom || val.s == NULL || p == NULL) {
		fl->oom = true;
		return 0;
	}
	if (dt_kvv_find(fl->out, key).s != NULL) {
		fl->why = "a key that is there twice";
		return 0;
	}
	fl->out->v = p;
	fl->out->v[fl->out->n++] = (struct dt_kv){key, val};
	return 1;
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	return add(ctx, (const char *)s, n);
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	return add(ctx, s, n);
}

static int
on_bool(void *ctx, int value)
{
	return value ? add(ctx, "true", 4) : add(ctx, "false", 5);
}

static int
on_null(void *ctx)
{
	struct dt_flat *fl = ctx;

	fl->at[fl->depth].index++;
	return fl->depth > 0;
}

static int
on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct dt_flat *fl = ctx;

	fl->at[fl->depth].key = dt_arena_dup(fl->mem,
	    (struct dt_str){(const char *)s, n});
	fl->oom |= fl->at[fl->depth].key.s == NULL;
	return !fl->oom;
}

static int
open_value(struct dt_flat *fl, bool array)
{
	struct dt_str path = fl->depth > 0 ? next_key(fl) : DT_STR("");

	if (fl->depth == DEPTH_MAX || (fl->depth == 0 && array)) {
		fl->deep = fl->depth != 0;
		return 0;
	}
	fl->depth++;
	fl->at[fl->depth].path = path;
	fl->at[fl->depth].array = array;
	fl->at[fl->depth].index = 0;
	return !fl->oom;
}

static int
on_map_open(void *ctx)
{
	return open_value(ctx, false);
}

static int
on_array_open(void *ctx)
{
	return open_value(ctx, true);
}

static int
on_close(void *ctx)
{
	struct dt_flat *fl = ctx;

	fl->depth--;
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

int
dt_flat_read(struct dt_flat *fl, struct dt_str line, struct dt_arena *mem,
    struct dt_kvv *out, const char **errstr)
{
	yajl_status status;

	*out = (struct dt_kvv){0};
	*errstr = NULL;
	fl->mem = mem;
	fl->out = out;
	fl->depth = 0;
	fl->oom = fl->deep = false;
	fl->why = NULL;
	fl->h = yajl_alloc(&callbacks, NULL, fl);
	if (fl->h == NULL) {
		errno = ENOMEM;
		return -1;
	}
	status = yajl_parse(fl->h, (const unsigned char *)line.s, line.n);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(fl->h);
	yajl_free(fl->h);
	if (fl->oom) {
		errno = ENOMEM;
		return -1;
	}
	if (status != yajl_status_ok) {
		*errstr = fl->why != NULL ? fl->why : fl->deep ?
		    "nested too deep" : "not a JSON object";
		return -1;
	}
	return 0;
}

struct dt_flat *
dt_flat_new(void)
{
	return calloc(1, sizeof(struct dt_flat));
}

void
dt_flat_free(struct dt_flat *fl)
{
	free(fl);
}
