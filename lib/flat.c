/* SPDX-License-Identifier: ISC */
/* Somebody else's JSON line as flat pairs, for parsers that see no JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "flat.h"
#include "pool.h"

/* SLOTS is a power of two, and half of them at least stay empty. */
enum { DEPTH_MAX = 16, SLOTS = 2 * DT_FLAT_KEYS, MEM_MAX = 16 << 20 };

struct entry {
	struct dt_str key;
	struct dt_flat_val val;
	uint64_t hash;
	size_t slot;
};

struct dt_flat {
	yajl_handle h;
	struct dt_arena *mem;
	struct dt_kvv *out;
	unsigned depth;
	struct {
		struct dt_str path;	/* of what is open, without the key */
		struct dt_str key;	/* of the value that comes next */
		size_t entry;		/* of what is open */
		bool array;
		unsigned index;
	} at[DEPTH_MAX + 1];
	bool oom, deep;
	const char *why;	/* it is refused, if not for its syntax */
	struct entry *entries;
	size_t n, cap;		/* of entries */
	uint16_t slots[SLOTS];	/* an entry's number from 1, or 0 */
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

/* The slot that a key has, or would have. */
static size_t
find(const struct dt_flat *fl, struct dt_str key, uint64_t hash)
{
	size_t i = hash & (SLOTS - 1);
	const struct entry *e;

	for (; fl->slots[i] != 0; i = (i + 1) & (SLOTS - 1)) {
		e = &fl->entries[fl->slots[i] - 1];
		if (e->hash == hash && dt_str_eq(e->key, key))
			break;
	}
	return i;
}

static bool
grow(struct dt_flat *fl)
{
	size_t cap = fl->cap == 0 ? 128 : fl->cap * 2;
	void *p;

	if (fl->n < fl->cap)
		return true;
	p = realloc(fl->entries, cap * sizeof(*fl->entries));
	if (p == NULL) {
		fl->oom = true;
		return false;
	}
	fl->entries = p;
	fl->cap = cap;
	return true;
}

/* The value that comes next is in another. */
static void
enter(const struct dt_flat *fl, struct dt_flat_val *in)
{
	if (in->members++ == 0)
		in->member = in->type == DT_FLAT_ARRAY ? DT_STR("0") :
		    fl->at[fl->depth].key;
}

/* Keep the key of the value that comes next; NULL if that can not be. */
static struct entry *
note(struct dt_flat *fl, enum dt_flat_type type)
{
	struct entry e = {.val = {.type = type, .first = fl->out->n}};

	if (fl->n == DT_FLAT_KEYS || fl->mem->total > MEM_MAX) {
		fl->why = "too much in one line";
		return NULL;
	}
	e.key = next_key(fl);
	if (fl->oom || !grow(fl))
		return NULL;
	e.hash = dt_hash(0, e.key);
	e.slot = find(fl, e.key, e.hash);
	if (fl->slots[e.slot] != 0) {
		fl->why = "a key that is there twice";
		return NULL;
	}
	if (fl->depth > 1)
		enter(fl, &fl->entries[fl->at[fl->depth].entry].val);
	fl->entries[fl->n] = e;
	fl->slots[e.slot] = (uint16_t)(fl->n + 1);
	return &fl->entries[fl->n++];
}

static void
forget(struct dt_flat *fl)
{
	while (fl->n > 0)
		fl->slots[fl->entries[--fl->n].slot] = 0;
}

static int
add(struct dt_flat *fl, enum dt_flat_type type, const char *s, size_t n)
{
	struct entry *e;
	struct dt_str val;
	void *p;

	if (fl->depth == 0)
		return 0;
	e = note(fl, type);
	if (e == NULL)
		return 0;
	val = dt_arena_dup(fl->mem, (struct dt_str){s, n});
	p = dt_arena_grow(fl->mem, fl->out->v, fl->out->n,
	    sizeof(*fl->out->v));
	if (val.s == NULL || p == NULL) {
		fl->oom = true;
		return 0;
	}
	e->val.str = val;
	e->val.n = 1;
	fl->out->v = p;
	fl->out->v[fl->out->n++] = (struct dt_kv){e->key, val};
	return 1;
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	return add(ctx, DT_FLAT_STRING, (const char *)s, n);
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	return add(ctx, DT_FLAT_NUMBER, s, n);
}

static int
on_bool(void *ctx, int value)
{
	return value ? add(ctx, DT_FLAT_BOOL, "true", 4) :
	    add(ctx, DT_FLAT_BOOL, "false", 5);
}

static int
on_null(void *ctx)
{
	struct dt_flat *fl = ctx;

	return fl->depth > 0 && note(fl, DT_FLAT_NULL) != NULL;
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
	struct entry *e = NULL;

	if (fl->depth == DEPTH_MAX || (fl->depth == 0 && array)) {
		fl->deep = fl->depth != 0;
		return 0;
	}
	if (fl->depth > 0) {
		e = note(fl, array ? DT_FLAT_ARRAY : DT_FLAT_OBJECT);
		if (e == NULL)
			return 0;
	}
	fl->depth++;
	fl->at[fl->depth].path = e != NULL ? e->key : DT_STR("");
	fl->at[fl->depth].entry = e != NULL ? (size_t)(e - fl->entries) : 0;
	fl->at[fl->depth].array = array;
	fl->at[fl->depth].index = 0;
	return 1;
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
	struct dt_flat_val *val;

	if (fl->depth > 1) {
		val = &fl->entries[fl->at[fl->depth].entry].val;
		val->n = fl->out->n - val->first;
	}
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

/* The number of a \u escape at the start of a slice, or -1. */
static int
escape(struct dt_str s)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	int i, k, v = 0;

	if (s.n < 6 || s.s[0] != '\\' || s.s[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		if (s.s[i] == '\0' || strchr(hex, s.s[i]) == NULL)
			return -1;
		k = (int)(strchr(hex, s.s[i]) - hex);
		v = v * 16 + (k < 16 ? k : k - 6);
	}
	return v;
}

/*
 * Is there half a surrogate pair in a line of JSON?  Nobody knows what it
 * stands for, and yajl puts other bytes in its place.
 */
static bool
has_half(struct dt_str s)
{
	const char *p;
	int first, second;

	while (s.n > 0 && (p = memchr(s.s, '\\', s.n)) != NULL) {
		s = dt_str_after(s, (size_t)(p - s.s));
		first = escape(s);
		if (first >= 0xd800 && first <= 0xdfff) {
			second = first < 0xdc00 ?
			    escape(dt_str_after(s, 6)) : -1;
			if (second < 0xdc00 || second > 0xdfff)
				return true;
			s = dt_str_after(s, 6);
		}
		s = dt_str_after(s, s.n < 2 ? s.n : 2);
	}
	return false;
}

/* Why an object was refused, or NULL. */
static const char *
refused(const struct dt_flat *fl, yajl_status status)
{
	if (status == yajl_status_ok)
		return NULL;
	if (fl->why != NULL)
		return fl->why;
	return fl->deep ? "nested too deep" : "not a JSON object";
}

int
dt_flat_read(struct dt_flat *fl, struct dt_str line, struct dt_arena *mem,
    struct dt_kvv *out, const char **errstr)
{
	yajl_status status;

	*out = (struct dt_kvv){0};
	*errstr = NULL;
	forget(fl);
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
	if (status == yajl_status_ok && has_half(line)) {
		fl->why = "half a surrogate pair";
		status = yajl_status_error;
	}
	*errstr = refused(fl, status);
	if (status == yajl_status_ok && !fl->oom)
		return 0;
	forget(fl);
	if (fl->oom) {
		*errstr = NULL;
		errno = ENOMEM;
	}
	return -1;
}

struct dt_flat_val
dt_flat_get(const struct dt_flat *fl, struct dt_str key)
{
	size_t no = fl->slots[find(fl, key, dt_hash(0, key))];

	return no != 0 ? fl->entries[no - 1].val :
	    (struct dt_flat_val){.type = DT_FLAT_NONE};
}

struct dt_flat *
dt_flat_new(void)
{
	return calloc(1, sizeof(struct dt_flat));
}

void
dt_flat_free(struct dt_flat *fl)
{
	if (fl == NULL)
		return;
	free(fl->entries);
	free(fl);
}
