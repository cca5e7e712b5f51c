/* SPDX-License-Identifier: ISC */
/* Entitlements as they are read, piece by piece, one record a key. */
#include <stdio.h>
#include <string.h>

#include "entitle.h"
#include "scan.h"

enum { MEM_MAX = 4 << 20 };

static int
refuse(struct dt_entitle *e, const char *why)
{
	e->why = why;
	return -1;
}

/* Join what is before a dot and behind it, in the record's memory. */
static struct dt_str
join(struct dt_entitle *e, struct dt_str a, struct dt_str b)
{
	struct dt_str s = {NULL, a.n + 1 + b.n};
	char *p = dt_arena_alloc(&e->rec.mem, s.n);

	if (p == NULL)
		return (struct dt_str){0};
	memcpy(p, a.s, a.n);
	p[a.n] = '.';
	if (b.n > 0)
		memcpy(p + a.n + 1, b.s, b.n);
	s.s = p;
	return s;
}

/*
 * A value comes, or begins: the name of its field.  1 with the name, -1 as the
 * others.
 */
static int
place(struct dt_entitle *e, struct dt_str *field)
{
	struct dt_str key;
	char num[16];

	e->why = NULL;
	if (e->depth == 0)
		return refuse(e, "entitlements that are no dictionary");
	if (e->rec.fields.n >= DT_ENTITLE_FIELDS || e->rec.mem.total > MEM_MAX)
		return refuse(e, "too much in one entitlement");
	if (e->at[e->depth].array) {
		snprintf(num, sizeof(num), "%u", e->at[e->depth].index++);
		key = dt_str_c(num);
	} else if (e->at[e->depth].keyed) {
		key = e->at[e->depth].key;
	} else
		return refuse(e, "a value without a key");
	e->at[e->depth].keyed = false;
	*field = e->depth == 1 ? DT_STR("value") :
	    join(e, e->at[e->depth].path, key);
	return field->s != NULL ? 0 : -1;
}

static int
put(struct dt_entitle *e, const char *key, const char *val)
{
	return dt_record_put(&e->rec, &e->rec.fields, dt_str_c(key),
	    dt_str_c(val));
}

static int
begin_record(struct dt_entitle *e, struct dt_str key)
{
	dt_record_reset(&e->rec);
	e->rec.kind = DT_KIND_ENTITLEMENT;
	e->rec.name = dt_arena_dup(&e->rec.mem, key);
	if (e->rec.name.s == NULL)
		return -1;
	e->rec.path = e->path;
	e->open = true;
	return e->source == NULL ? 0 : put(e, "source", e->source);
}

static int
give(struct dt_entitle *e)
{
	e->open = false;
	return dt_emit(e->sink, &e->rec);
}

int
dt_entitle_key(struct dt_entitle *e, struct dt_str key)
{
	e->why = NULL;
	if (e->depth == 0 || e->at[e->depth].array)
		return refuse(e, "a key outside a dictionary");
	if (e->at[e->depth].keyed)
		return refuse(e, "a key without a value");
	if (e->depth == 1 && begin_record(e, key) == -1)
		return -1;
	if (e->rec.mem.total > MEM_MAX)
		return refuse(e, "too much in one entitlement");
	e->at[e->depth].key = dt_arena_dup(&e->rec.mem, key);
	e->at[e->depth].keyed = true;
	return e->at[e->depth].key.s != NULL ? 0 : -1;
}

int
dt_entitle_begin(struct dt_entitle *e, bool array)
{
	struct dt_str field = {0};

	e->why = NULL;
	if (e->depth == 0 && array)
		return refuse(e, "entitlements that are no dictionary");
	if (e->depth == DT_ENTITLE_DEPTH)
		return refuse(e, "nested too deep");
	if (e->depth > 0 && place(e, &field) == -1)
		return -1;
	if (e->depth == 1 && put(e, "type", array ? "array" : "dict") == -1)
		return -1;
	e->depth++;
	e->at[e->depth].array = array;
	e->at[e->depth].index = 0;
	e->at[e->depth].keyed = false;
	e->at[e->depth].path = field;
	return 0;
}

int
dt_entitle_end(struct dt_entitle *e, bool array)
{
	e->why = NULL;
	if (e->depth == 0 || e->at[e->depth].array != array)
		return refuse(e, "an end without its beginning");
	if (e->at[e->depth].keyed)
		return refuse(e, "a key without a value");
	e->depth--;
	return e->depth == 1 ? give(e) : 0;
}

int
dt_entitle_value(struct dt_entitle *e, const char *type, struct dt_str value)
{
	struct dt_str field, copy;

	if (place(e, &field) == -1)
		return -1;
	copy = dt_arena_dup(&e->rec.mem, value);
	if (copy.s == NULL || (e->depth == 1 && put(e, "type", type) == -1) ||
	    dt_record_put_more(&e->rec, &e->rec.fields, field, copy) == -1)
		return -1;
	return e->depth == 1 ? give(e) : 0;
}

int
dt_entitle_cut(struct dt_entitle *e)
{
	e->depth = 0;
	e->why = NULL;
	if (!e->open)
		return 0;
	return put(e, "cut", "1") == -1 ? -1 : give(e);
}

void
dt_entitle_free(struct dt_entitle *e)
{
	dt_record_free(&e->rec);
}

bool
dt_entitle_is_key(struct dt_str s)
{
	static const char *const begins[] = {"com.apple.application-identifier",
	    "com.apple.developer.", "com.apple.private.", "com.apple.rootless.",
	    "com.apple.security.", "com.apple.system-task-ports",
	    "com.apple.vm."};
	static const char *const whole[] = {"application-identifier",
	    "aps-environment", "dynamic-codesigning", "get-task-allow",
	    "keychain-access-groups", "platform-application",
	    "task_for_pid-allow"};
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.s[i] <= ' ' || s.s[i] > '~' || s.s[i] == '/' ||
		    s.s[i] == '<' || s.s[i] == '%')
			return false;
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (dt_str_is(s, whole[i]))
			return true;
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (dt_str_starts(s, begins[i]))
			return !dt_scan_ends(s, ".");
	return false;
}
