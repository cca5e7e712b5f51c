/* SPDX-License-Identifier: ISC */
/* A record's own text, taken apart into pairs. */
#include <stdio.h>
#include <string.h>

#include "audit_own.h"
#include "buf.h"
#include "pool.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* Between what the kernel wrote and what auditd(8) added to it. */
enum { ENRICHED = 0x1d };

enum where { ANY, SYSCALL, USER };

enum { SEEN = 4096, REPEATS_MAX = 16 };

static const struct {
	const char *key;
	enum where where;
} hexkeys[] = {
#define H(key, where) {key, where},
#include "audithex.def"
};

static const char *const glued[] = {
#define G(key) key,
#include "auditglue.def"
};

struct split {
	struct dt_arena *mem;
	struct dt_audit_rec *rec;
	struct dt_str rest;
	struct dt_str prefix;	/* of keys inside of msg='...' */
	const char *reason;
	bool nested;
	uint64_t *seen;		/* a bit for each hash of a key */
};

static bool
is_gap(char c)
{
	return dt_scan_blank(c) || c == ENRICHED;
}

static bool
is_keychar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("_-[]", c) != NULL);
}

/* The length of a key with a = behind it; 0 if there is none here. */
static size_t
key_len(struct dt_str s)
{
	size_t n = 0;

	while (n < s.n && is_keychar(s.s[n]))
		n++;
	return n < s.n && s.s[n] == '=' ? n : 0;
}

static struct dt_str
take(struct dt_str *s, size_t n)
{
	struct dt_str word = {s->s, n};

	*s = dt_str_after(*s, n);
	return word;
}

/*
 * Where a key that auditd added begins in a value whose end it sticks to; n of
 * the value if none does.  Of several that could be the longest is meant.
 */
static size_t
glue(struct dt_str val)
{
	size_t eq = dt_scan_find(val, "="), best = val.n, i, n;

	for (i = 0; eq < val.n && i < NELEM(glued); i++) {
		n = strlen(glued[i]);
		if (eq >= n && eq - n < best &&
		    memcmp(val.s + eq - n, glued[i], n) == 0)
			best = eq - n;
	}
	return best;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_hex(struct dt_str val)
{
	size_t i;

	for (i = 0; i < val.n; i++)
		if (nibble(val.s[i]) == -1)
			return false;
	return val.n > 0;
}

static bool
is_hexkey(const struct split *sp, struct dt_str key)
{
	enum dt_audit_role role = sp->rec->role;
	size_t i;

	/* a0, a1 and so on, and a0[0], of an EXECVE. */
	if (key.s[0] == 'a' && key.n > 1 && key.s[1] >= '0' &&
	    key.s[1] <= '9')
		return role == DT_AUDIT_CONTEXT && !dt_scan_ends(key, "_len");
	for (i = 0; i < NELEM(hexkeys); i++)
		if (dt_str_is(key, hexkeys[i].key))
			return hexkeys[i].where == ANY ||
			    (hexkeys[i].where == SYSCALL &&
			    role != DT_AUDIT_DECISION) ||
			    (hexkeys[i].where == USER &&
			    role == DT_AUDIT_USER);
	return false;
}

/* -1 with errno, or 0 with the bytes, or the reason why there are none. */
static int
decode(struct split *sp, struct dt_str *val)
{
	char *p;
	size_t i;

	if (val->n % 2 != 0) {
		sp->reason = "a hexadecimal value is cut off";
		return 0;
	}
	p = dt_arena_alloc(sp->mem, val->n / 2);
	if (p == NULL)
		return -1;
	for (i = 0; i < val->n / 2; i++)
		p[i] = (char)(nibble(val->s[2 * i]) * 16 +
		    nibble(val->s[2 * i + 1]));
	*val = (struct dt_str){p, val->n / 2};
	return 0;
}

/* Was there no key of this hash before? */
static bool
is_new(struct split *sp, struct dt_str key)
{
	uint64_t h = dt_hash(0, key) % SEEN, bit = UINT64_C(1) << h % 64;
	bool new = (sp->seen[h / 64] & bit) == 0;

	sp->seen[h / 64] |= bit;
	return new;
}

/* How many pairs have this key, or one that was made of it. */
static unsigned
count(const struct dt_kvv *all, struct dt_str key)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].key.n >= key.n &&
		    memcmp(all->v[i].key.s, key.s, key.n) == 0 &&
		    (all->v[i].key.n == key.n || all->v[i].key.s[key.n] == '.'))
			n++;
	return n;
}

/* A key with something in front of and behind it, in memory of its own. */
static struct dt_str
new_key(struct split *sp, struct dt_str before, struct dt_str key,
    const char *after)
{
	struct dt_buf buf = {.mem = sp->mem};

	dt_buf_put(&buf, before);
	dt_buf_put(&buf, key);
	dt_buf_c(&buf, after);
	return dt_buf_end(&buf);
}

/* A key that the record has not yet. */
static struct dt_str
own_key(struct split *sp, struct dt_str key)
{
	char number[16] = "";
	unsigned n = 0;

	if (sp->prefix.n > 0)
		key = new_key(sp, sp->prefix, key, "");
	if (key.s == NULL || is_new(sp, key))
		return key;
	n = count(&sp->rec->pairs, key);
	if (n == 0)
		return key;
	sp->rec->repeats = true;
	if (n >= REPEATS_MAX)
		sp->reason = "a key that stands too often";
	snprintf(number, sizeof(number), ".%u", n + 1);
	return new_key(sp, DT_STR(""), key, number);
}

static int
put(struct split *sp, struct dt_str key, struct dt_str val)
{
	struct dt_kvv *pairs = &sp->rec->pairs;
	void *p;

	if (dt_str_is(val, "?") || dt_str_is(val, "(null)"))
		return 0;
	if (pairs->n == (sp->rec->role == DT_AUDIT_CONTEXT ?
	    (size_t)DT_AUDIT_ARGS : (size_t)DT_AUDIT_PAIRS)) {
		sp->reason = "too many values in one record";
		return 0;
	}
	key = own_key(sp, key);
	p = dt_arena_grow(sp->mem, pairs->v, pairs->n, sizeof(*pairs->v));
	if (key.s == NULL || p == NULL)
		return -1;
	pairs->v = p;
	pairs->v[pairs->n++] = (struct dt_kv){key, val};
	return 0;
}

/* Words that are no pair, one behind the other. */
static int
put_word(struct split *sp, struct dt_str word)
{
	struct dt_str *all = &sp->rec->words;
	char *p;

	/* They stand one behind the other in the text too, mostly. */
	if (all->s == NULL || all->s + all->n + 1 == word.s) {
		if (all->s == NULL)
			all->s = word.s;
		all->n = (size_t)(word.s + word.n - all->s);
		return 0;
	}
	if (all->n + word.n > 1024) {
		sp->reason = "too many words that are no values";
		return 0;
	}
	p = dt_arena_alloc(sp->mem, all->n + 1 + word.n);
	if (p == NULL)
		return -1;
	memcpy(p, all->s, all->n);
	p[all->n] = ' ';
	memcpy(p + all->n + 1, word.s, word.n);
	*all = (struct dt_str){p, all->n + 1 + word.n};
	return 0;
}

static int pairs(struct split *);

/* Who sent it stands in front, and is not whom its text is about. */
static int
by_sender(struct split *sp)
{
	struct dt_kvv *all = &sp->rec->pairs;
	size_t i;

	for (i = 0; i < all->n; i++) {
		all->v[i].key = new_key(sp, DT_STR("by."), all->v[i].key, "");
		if (all->v[i].key.s == NULL)
			return -1;
	}
	memset(sp->seen, 0, SEEN / 8);
	return 0;
}

/* What a program wrote into msg='...', which ends at the last quote. */
static int
nested(struct split *sp)
{
	struct split in = {.mem = sp->mem, .rec = sp->rec, .rest = sp->rest,
	    .prefix = DT_STR("msg."), .nested = true, .seen = sp->seen};
	struct dt_str all = sp->rest;
	const char *gs = memchr(all.s, ENRICHED, all.n);
	size_t n;
	int r;

	if (gs != NULL)
		all.n = (size_t)(gs - all.s);
	n = dt_scan_find_last(all, "'");
	in.rest.n = n;
	/* dbus-daemon(1) has a newline in it, at which printk ends a line. */
	if (n == all.n) {
		if (sp->rec->role != DT_AUDIT_OBJECT_MANAGER)
			sp->reason = "the text in quotes does not end";
	} else {
		n++;
	}
	/* A service's own decision is all that its record is about. */
	if (sp->rec->role == DT_AUDIT_OBJECT_MANAGER) {
		in.prefix.n = 0;
		if (by_sender(sp) == -1)
			return -1;
	}
	r = pairs(&in);
	if (sp->reason == NULL)
		sp->reason = in.reason;
	sp->rest = dt_str_after(sp->rest, n);
	return r;
}

/* A value that ends at a blank. */
static struct dt_str
bare(struct dt_str *s)
{
	size_t n = 0;

	while (n < s->n && !is_gap(s->s[n]))
		n++;
	return take(s, glue((struct dt_str){s->s, n}));
}

/* A value that was made readable: it goes on up to the next key. */
static struct dt_str
readable(struct dt_str *s, bool all)
{
	struct dt_str rest = *s;
	size_t end = 0, n;

	if (all)
		return take(s, s->n);
	while (rest.n > 0) {
		n = 0;
		while (n < rest.n && !is_gap(rest.s[n]))
			n++;
		rest = dt_str_after(rest, n);
		end = (size_t)(rest.s - s->s);
		while (rest.n > 0 && dt_scan_blank(rest.s[0]))
			rest = dt_str_after(rest, 1);
		if (key_len(rest) > 0 || (rest.n > 0 && rest.s[0] == ENRICHED))
			break;
	}
	return take(s, end);
}

static int
value(struct split *sp, struct dt_str key)
{
	struct dt_str *s = &sp->rest, val;
	bool alone;
	size_t n;

	if (dt_scan_take(s, "\"")) {
		n = dt_scan_find(*s, "\"");
		if (n == s->n) {
			sp->reason = "a quoted value does not end";
			return 0;
		}
		val = take(s, n);
		*s = dt_str_after(*s, 1);
		return put(sp, key, val);
	}
	if (!sp->nested && dt_str_is(key, "msg") && dt_scan_take(s, "'"))
		return nested(sp);
	if (sp->rec->interpreted) {
		alone = dt_str_is(key, "proctitle") || dt_str_is(key, "cwd");
		return put(sp, key, readable(s, alone));
	}
	val = bare(s);
	if (is_hex(val) && is_hexkey(sp, key) && decode(sp, &val) == -1)
		return -1;
	return sp->reason != NULL ? 0 : put(sp, key, val);
}

/* Everything up to the end. */
static int
pairs(struct split *sp)
{
	struct dt_str *s = &sp->rest, key;
	size_t n;
	int r = 0;

	while (r == 0 && sp->reason == NULL) {
		while (s->n > 0 && is_gap(s->s[0]))
			*s = dt_str_after(*s, 1);
		if (s->n == 0)
			break;
		n = key_len(*s);
		if (n > 0) {
			key = take(s, n);
			*s = dt_str_after(*s, 1);
			r = value(sp, key);
			continue;
		}
		while (n < s->n && !is_gap(s->s[n]))
			n++;
		r = put_word(sp, take(s, n));
	}
	return r;
}

int
dt_audit_split(struct dt_arena *mem, struct dt_audit_rec *rec,
    struct dt_str body, const char **reason)
{
	uint64_t seen[SEEN / 64] = {0};
	struct split sp = {.mem = mem, .rec = rec, .rest = body, .seen = seen};

	*reason = NULL;
	if (pairs(&sp) == -1)
		return -1;
	/* One of them may be part of a name. */
	if (sp.reason == NULL && rec->interpreted && rec->repeats)
		sp.reason = "a key stands twice in readable text";
	*reason = sp.reason;
	return 0;
}
