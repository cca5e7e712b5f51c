/* SPDX-License-Identifier: ISC */
/* Reading dt text: one record a line, key=value. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static const char several[] = "put together of several events";

/* More keys that are no members than this no line has. */
enum { FIELDS_MAX = 256 };

/* Where the reading of a line stands. */
struct cursor {
	const struct dt_keys *keys;
	struct dt_record *rec;
	struct dt_str rest;
	bool stack;
	bool event;		/* an EVENT */
	bool kind;		/* which the line itself names */
	uint64_t seen;		/* the members it has, by their row */
	struct dt_str parts;	/* the number it began with, and */
	bool whole;		/* it ended with the same */
	const char *errstr;
};

static int
refuse(struct cursor *c, const char *why)
{
	c->errstr = why;
	return -1;
}

/* Take a value off the front: a bare word or a quoted string. */
static int
value(struct cursor *c, struct dt_str *val)
{
	const char *end;
	size_t n;

	if (c->rest.n > 0 && c->rest.s[0] == '"') {
		n = dt_quoted_len(c->rest);
		if (n == 0)
			return refuse(c, "string without an end");
		*val = dt_unescape(&c->rec->mem,
		    (struct dt_str){c->rest.s + 1, n - 2}, true);
		if (val->s == NULL)
			return refuse(c, errno == ENOMEM ? NULL :
			    "bad escape in a string");
	} else {
		end = memchr(c->rest.s, ' ', c->rest.n);
		n = end != NULL ? (size_t)(end - c->rest.s) : c->rest.n;
		*val = (struct dt_str){c->rest.s, n};
		if (memchr(val->s, '"', n) != NULL)
			return refuse(c, "quote in a bare word");
	}
	c->rest = dt_str_after(c->rest, n);
	if (c->rest.n == 0)
		return 0;
	if (c->rest.s[0] != ' ')
		return refuse(c, "no space after a value");
	c->rest = dt_str_after(c->rest, 1);
	return 0;
}

/* Store a value in a member's field.  1 if the type does not take it. */
static int
store(struct cursor *c, const struct dt_member *m, struct dt_str val)
{
	void *field = dt_field(c->rec, m);
	int64_t num;

	switch (m->type) {
	case DT_T_STR:
		*(struct dt_str *)field = val;
		return 0;
	case DT_T_INT:
	case DT_T_HEX:
		if (dt_num_parse(val, &num) == -1)
			return 1;
		*(struct dt_int *)field = DT_INT(num);
		return 0;
	case DT_T_BOOL:
		if (!dt_str_is(val, "0") && !dt_str_is(val, "1"))
			return 1;
		*(struct dt_bool *)field = DT_BOOL(val.s[0] == '1');
		return 0;
	default:
		return 1;
	}
}

/* Where arguments go: those of a call, or those of the command traced. */
static struct dt_strv *
args(struct dt_record *rec)
{
	return rec->kind == DT_KIND_TRACE ? &rec->argv : &rec->args;
}

/* Is this the key of the argument that comes next? */
static bool
is_next_arg(const struct cursor *c, struct dt_str key)
{
	int64_t i;

	return key.n > 3 && memcmp(key.s, "arg", 3) == 0 &&
	    dt_num_parse(dt_str_after(key, 3), &i) == 0 &&
	    i >= 0 && (uint64_t)i == args(c->rec)->n;
}

/* Put a pair in an object that does not have its key yet. */
static int
put_new(struct cursor *c, struct dt_kvv *vec, struct dt_str key,
    struct dt_str val)
{
	if (dt_kvv_find(vec, key).s != NULL)
		return refuse(c, "a key that is there twice");
	if (vec->n == FIELDS_MAX)
		return refuse(c, "too many keys");
	return dt_record_put(c->rec, vec, key, val);
}

/*
 * A line that several clauses of a D script print tells its number first and
 * last: where some are lost, what is left may be the beginning of one event and
 * the end of another.
 */
static int
part(struct cursor *c, struct dt_str key, struct dt_str val)
{
	if (dt_str_is(key, "parts")) {
		if (c->parts.s != NULL || c->whole)
			return refuse(c, "a key that is there twice");
		c->parts = val;
		return 0;
	}
	c->whole = c->parts.s != NULL && c->rest.n == 0 &&
	    dt_str_eq(c->parts, val);
	return c->whole ? 0 : refuse(c, several);
}

/* The keys that are no members.  1 if this is none of them. */
static int
special(struct cursor *c, struct dt_str key, struct dt_str val)
{
	struct dt_record *rec = c->rec;

	if (is_next_arg(c, key))
		return dt_record_push(rec, args(rec), val);
	if (dt_str_is(key, "kind")) {
		if (c->kind)
			return refuse(c, "a key that is there twice");
		if (!dt_kind_is_word(val))
			return refuse(c, "a kind that is no word");
		rec->kind = dt_kind_byname(val);
		if (rec->kind == DT_KIND_UNKNOWN)
			rec->kind_name = val;
		c->kind = true;
		return 0;
	}
	if (dt_str_is(key, "stack") && dt_str_is(val, "1")) {
		c->stack = true;
		return 0;
	}
	if (c->event && (dt_str_is(key, "parts") ||
	    dt_str_is(key, "parts_end")))
		return part(c, key, val);
	if (rec->kind != DT_KIND_TRACE)
		return 1;
	if (dt_str_is(key, "v"))
		return dt_str_is(val, "1") ? 0 :
		    refuse(c, "a version of dt text that is not known");
	if (dt_hostfact_is(key))
		return put_new(c, &rec->host, key, val);
	return 1;
}

/* Whether it has a byte '=' only who makes keys needs to ask. */
static bool
is_word(struct dt_str key)
{
	size_t i;

	for (i = 0; i < key.n; i++)
		if (key.s[i] <= ' ' || key.s[i] > '~' || key.s[i] == '"')
			return false;
	return key.n > 0;
}

/* Keep a key that is no member, as long as it is a word and not there yet. */
static int
other(struct cursor *c, struct dt_str key, struct dt_str val)
{
	return is_word(key) ? put_new(c, &c->rec->fields, key, val) :
	    refuse(c, "a word that is no key=value");
}

/* Take one key=value off the front. */
static int
pair(struct cursor *c)
{
	const struct dt_member *m;
	const char *eq = memchr(c->rest.s, '=', c->rest.n);
	struct dt_str key, val;
	int r;

	if (eq == NULL || eq == c->rest.s)
		return refuse(c, "a word that is no key=value");
	key = (struct dt_str){c->rest.s, (size_t)(eq - c->rest.s)};
	if (memchr(key.s, ' ', key.n) != NULL)
		return refuse(c, "a word that is no key=value");
	c->rest = dt_str_after(c->rest, key.n + 1);
	if (value(c, &val) == -1)
		return -1;
	m = dt_keys_find(c->keys, key);
	if (m == NULL || m->type == DT_T_STRV || m->type == DT_T_KVV ||
	    m->group == DT_NORM) {
		r = special(c, key, val);
		return r != 1 ? r : other(c, key, val);
	}
	if (!dt_keys_first(&c->seen, m))
		return refuse(c, "a key that is there twice");
	for (; m != NULL; m = dt_keys_next(m)) {
		r = store(c, m, val);
		if (r == 0)
			return 0;
	}
	return refuse(c, "a number that is none, or out of range");
}

/* An EVENT that names no kind: the older form of the mac_policy probe. */
static void
guess_kind(struct dt_record *rec)
{
	if (dt_kvv_get(&rec->fields, "target_symbol").s != NULL ||
	    dt_kvv_get(&rec->fields, "mpc").s != NULL)
		rec->kind = DT_KIND_MAC_POLICY_REGISTER;
}

/* A path that could not be read: dt text has the reason, and no null. */
static void
mark_unread(struct dt_record *rec)
{
	if (dt_kvv_get(&rec->fields, "path_error").s != NULL &&
	    rec->path.s == NULL)
		rec->path = dt_null;
	if (dt_kvv_get(&rec->fields, "path2_error").s != NULL &&
	    rec->path2.s == NULL)
		rec->path2 = dt_null;
}

/* What a record of its kind cannot do without, if it does not have it. */
static const char *
lacks(const struct dt_record *rec)
{
	switch (rec->kind) {
	case DT_KIND_SYSCALL:
	case DT_KIND_SIGNAL:
		return rec->name.n > 0 ? NULL : "an event without a name";
	case DT_KIND_END:
		return rec->events.set ? NULL :
		    "an END without its number of events";
	case DT_KIND_DIAGNOSTIC:
		return rec->level.n > 0 && rec->diag_code.n > 0 ? NULL :
		    "a DIAGNOSTIC without level and code";
	default:
		return NULL;
	}
}

static struct dt_str
first_word(struct dt_str line)
{
	const char *sp = memchr(line.s, ' ', line.n);

	return (struct dt_str){line.s,
	    sp != NULL ? (size_t)(sp - line.s) : line.n};
}

bool
dt_text_is(struct dt_str line)
{
	struct dt_str word;

	if (line.n == 0)
		return false;
	word = first_word(line);
	return dt_kind_byword(word) != DT_KIND_UNKNOWN &&
	    (word.n == line.n || memchr(line.s, '=', line.n) != NULL);
}

int
dt_text_read(const struct dt_keys *keys, struct dt_str line,
    struct dt_record *rec, bool *stack, const char **errstr)
{
	struct cursor c = {.keys = keys, .rec = rec, .rest = line};
	struct dt_str word = first_word(line);

	*errstr = NULL;
	*stack = false;
	rec->kind = dt_kind_byword(word);
	if (rec->kind == DT_KIND_UNKNOWN) {
		*errstr = "not a line of dt text";
		return -1;
	}
	c.event = dt_str_is(word, "EVENT");
	c.rest = dt_str_after(line, word.n < line.n ? word.n + 1 : word.n);
	while (c.rest.n > 0)
		if (pair(&c) == -1) {
			*errstr = c.errstr;
			return -1;
		}
	if (c.parts.s != NULL && !c.whole) {
		*errstr = several;
		return -1;
	}
	if (rec->kind == DT_KIND_SYSCALL && !c.kind)
		guess_kind(rec);
	mark_unread(rec);
	*stack = c.stack;
	*errstr = lacks(rec);
	return *errstr == NULL ? 0 : -1;
}

/* Would a reader take this key for something else than a field's? */
static bool
is_taken(const struct dt_keys *keys, struct dt_str key)
{
	return dt_keys_find(keys, key) != NULL || dt_str_is(key, "kind") ||
	    (key.n > 3 && dt_str_starts(key, "arg") && key.s[3] >= '0' &&
	    key.s[3] <= '9');
}

/* The key under which a field can stand; a NULL string with errno. */
static struct dt_str
fit_key(const struct dt_keys *keys, struct dt_record *rec, struct dt_str key,
    const char *prefix)
{
	size_t n = strlen(prefix);
	char *p;

	if (!is_word(key) || memchr(key.s, '=', key.n) != NULL)
		key = DT_STR("field");
	else if (!is_taken(keys, key))
		return key;
	p = dt_arena_alloc(&rec->mem, n + key.n);
	if (p == NULL)
		return (struct dt_str){0};
	memcpy(p, prefix, n);
	memcpy(p + n, key.s, key.n);
	return (struct dt_str){p, n + key.n};
}

static int
put_cut(struct dt_record *rec, size_t cut)
{
	char text[24];
	struct dt_str val;

	snprintf(text, sizeof(text), "%zu", cut);
	val = dt_arena_dup(&rec->mem, dt_str_c(text));
	return val.s == NULL ? -1 :
	    dt_record_put(rec, &rec->fields, DT_STR("fields_cut"), val);
}

int
dt_text_fit(const struct dt_keys *keys, struct dt_record *rec,
    const char *prefix)
{
	const struct dt_kvv all = rec->fields;
	struct dt_str key;
	size_t i;

	rec->fields = (struct dt_kvv){0};
	for (i = 0; i < all.n && i < FIELDS_MAX - 1; i++) {
		key = fit_key(keys, rec, all.v[i].key, prefix);
		if (key.s == NULL || (dt_kvv_find(&rec->fields, key).s !=
		    NULL ? dt_record_put_more(rec, &rec->fields, key,
		    all.v[i].val) : dt_record_put(rec, &rec->fields, key,
		    all.v[i].val)) == -1)
			return -1;
	}
	return i < all.n ? put_cut(rec, all.n - i) : 0;
}
