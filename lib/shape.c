/* SPDX-License-Identifier: ISC */
/* Path shapes: rules applied to a path. */
#include "shape_rule.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* A search for one rule in one path, and what it found. */
struct match {
	struct dt_str s;
	size_t fuel;		/* steps left */
	size_t at[MAX_ELEMS + 1];	/* where each element starts */
};

/* How many bytes from at on belong to a class, up to max of them. */
static size_t
run(struct match *m, enum class class, size_t at, size_t max)
{
	size_t n = 0;

	while (n < max && at + n < m->s.n && accepts(class, m->s.s[at + n]))
		n++;
	m->fuel -= n < m->fuel ? n : m->fuel;
	return n;
}

/* The length of the first of an element's words that stands at a place. */
static size_t
word(const struct rule *r, const struct elem *e, struct dt_str s)
{
	const struct dt_str *w = &r->word[e->word], *end = w + e->nwords;

	for (; w < end; w++)
		/* Directories begin alike: their last byte tells them apart. */
		if (w->n <= s.n && s.s[w->n - 1] == w->s[w->n - 1] &&
		    memcmp(s.s, w->s, w->n) == 0)
			return w->n;
	return 0;
}

static bool
excepted(const struct rule *r, const struct elem *e, struct dt_str s)
{
	size_t i;

	if (e->class == NAME && (dt_str_is(s, ".") || dt_str_is(s, "..")))
		return true;
	for (i = 0; i < e->nwords; i++)
		if (dt_str_eq(r->word[e->word + i], s))
			return true;
	return false;
}

/* Is there as much variety in s as its class asks for? */
static bool
mixed(enum class class, struct dt_str s)
{
	unsigned sorts = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		sorts |= sort(s.s[i]);
	if (class == RAND)
		return (sorts & (sorts - 1)) != 0;
	if (class == HEXMIN)	/* a long number is not a hash */
		return (sorts & DIGIT) && sorts != DIGIT;
	return true;
}

static size_t
uuid(struct match *m, size_t at)
{
	static const size_t group[] = {8, 4, 4, 4, 12};
	size_t i, n = 0;

	for (i = 0; i < NELEM(group); i++) {
		if (i > 0 && (at + n >= m->s.n || m->s.s[at + n++] != '-'))
			return 0;
		if (run(m, UUID, at + n, group[i]) != group[i])
			return 0;
		n += group[i];
	}
	return n;
}

/* How long an element is at a place; 0 if it does not match there. */
static size_t
step(const struct rule *r, const struct elem *e, struct match *m, size_t at)
{
	struct dt_str s = {m->s.s + at, m->s.n - at};

	switch (e->class) {
	case LIT:
	case ALT:
		return word(r, e, s);
	case UUID:
		return uuid(m, at);
	case ANY:
		return run(m, ANY, at, 1);
	case NAME:
	case NUM:
		s.n = run(m, e->class, at, s.n);
		return excepted(r, e, s) ? 0 : s.n;
	default:
		s.n = run(m, e->class, at, e->class == HEXMIN ? s.n : e->n);
		return s.n >= e->n && mixed(e->class, s) ? s.n : 0;
	}
}

/* Is a place not within a word of letters and digits? */
static bool
isedge(struct dt_str s, size_t at)
{
	return at == 0 || at == s.n || sort(s.s[at - 1]) == 0 ||
	    sort(s.s[at]) == 0;
}

static bool
ends(const struct rule *r, struct dt_str s, size_t at)
{
	return r->anchored ? at == s.n || s.s[at] == '/' : isedge(s, at);
}

/*
 * Match a rule at a place.  Every {any} takes as little as it can, and only
 * the last one reached is ever given more: what follows an earlier one was
 * found as early as it can be, so moving it on would not help the rest.
 */
static bool
match(const struct rule *r, struct match *m, size_t start)
{
	size_t i = 0, n, last = MAX_ELEMS;

	m->at[0] = start;
	while (m->fuel > 0) {
		m->fuel--;
		if (i == r->nelems && ends(r, m->s, m->at[i]))
			return true;
		n = i < r->nelems ? step(r, &r->elem[i], m, m->at[i]) : 0;
		if (n > 0) {
			if (r->elem[i].class == ANY)
				last = i;
			m->at[i + 1] = m->at[i] + n;
			i++;
		} else if (last < MAX_ELEMS &&
		    run(m, ANY, m->at[last + 1], 1) == 1) {
			m->at[last + 1]++;
			i = last + 1;
		} else {
			return false;
		}
	}
	return false;
}

/* The places of the elements are left unset: there are many, and few used. */
static void
search(struct match *m, struct dt_str s)
{
	m->s = s;
	m->fuel = 16 * s.n + 1024;
}

/* The next match of a rule at or after a place. */
static bool
find(const struct rule *r, struct match *m, size_t from)
{
	if (r->anchored)
		return from == 0 && match(r, m, 0);
	for (; from + r->min <= m->s.n && m->fuel > 0; from++)
		if (isedge(m->s, from) && match(r, m, from))
			return true;
	return false;
}

/* Append bytes to out, or only count them if that is NULL. */
static size_t
put(char *out, size_t n, const char *s, size_t len)
{
	if (out != NULL && len > 0)
		memcpy(out + n, s, len);
	return n + len;
}

static size_t
expand(const struct rule *r, const struct match *m, char *out, size_t n)
{
	const struct piece *p;
	size_t e;

	for (p = r->piece; p < r->piece + r->npieces; p++) {
		e = r->cap[p->cap];
		if (p->cap == 0)
			n = put(out, n, p->text.s, p->text.n);
		else
			n = put(out, n, m->s.s + m->at[e],
			    m->at[e + 1] - m->at[e]);
	}
	return n;
}

/* Apply one rule, and return the length of what it makes. */
static size_t
rewrite(const struct rule *r, struct dt_str s, char *out)
{
	struct match m;
	size_t at = 0, n = 0;

	search(&m, s);
	while (find(r, &m, at)) {
		n = put(out, n, s.s + at, m.at[0] - at);
		n = expand(r, &m, out, n);
		at = m.at[r->nelems];
	}
	return put(out, n, s.s + at, s.n - at);
}

/* The number of the lowest bit: the top six of a de Bruijn product tell it. */
static unsigned
lowest(uint64_t bits)
{
	static const unsigned char number[64] = {
		0, 1, 48, 2, 57, 49, 28, 3, 61, 58, 50, 42, 38, 29, 17, 4,
		62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
		63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
		46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9, 13, 8, 7, 6,
	};

	bits &= ~bits + 1;
	return number[bits * UINT64_C(0x03f79d71b4cb0a89) >> 58];
}

/* Which of these rules match at a place.  Out of fuel, all are said to. */
static uint64_t
tryall(const struct dt_shapes *sh, struct match *m, size_t at, uint64_t todo)
{
	uint64_t hit = 0;
	const struct rule *r;

	for (; todo != 0; todo &= todo - 1) {
		r = sh->rule[lowest(todo)];
		if (r->min <= m->s.n - at && (match(r, m, at) || m->fuel == 0))
			hit |= todo & (~todo + 1);
	}
	return hit;
}

/* The anchored rules whose first word a path starts with. */
static uint64_t
led(const struct dt_shapes *sh, struct dt_str s)
{
	const struct lead *l = sh->anchored[256];
	uint64_t rules = 0;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (; l != NULL; l = l->next)
			if (s.n >= l->word.n &&
			    memcmp(s.s, l->word.s, l->word.n) == 0)
				rules |= l->rules;
		l = s.n > 1 ? sh->anchored[(unsigned char)s.s[1]] : NULL;
	}
	return rules;
}

/*
 * The rules that have something to do in a path, of those in a set.  Mostly
 * there is none, so all of them are sought in one pass.
 */
static uint64_t
candidates(const struct dt_shapes *sh, struct dt_str s, uint64_t among)
{
	uint64_t hit, todo;
	struct match m;
	unsigned char c;
	bool cuts, prev = false;
	size_t i;

	search(&m, s);
	hit = tryall(sh, &m, 0, led(sh, s) & among);
	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.s[i];
		cuts = prev & sh->inword[c];
		prev = sh->inword[c];
		todo = sh->first[c] & among & ~hit;
		if (cuts | (todo == 0))
			continue;
		if (i + 1 < s.n)
			todo &= sh->second[(unsigned char)s.s[i + 1]];
		hit |= tryall(sh, &m, i, todo);
	}
	return hit;
}

/* A path on its way through the rules; it is in buf once one has applied. */
struct work {
	struct dt_str cur;
	char *buf;
	size_t cap, limit;
};

/*
 * Apply one rule.  Returns 1 if that changed something, 0 if it did not, and
 * -1, with the room that it would take in *need, if there is less.
 */
static int
apply(const struct rule *r, struct work *w, size_t *need)
{
	struct dt_str old = w->cur;
	size_t n = rewrite(r, old, NULL);

	if (n > w->limit)
		return 0;
	*need = n + (old.s == w->buf ? old.n : 0);
	if (*need > w->cap)
		return -1;
	/* From the far end of buf to its start, if it is in there. */
	if (old.s == w->buf)
		old.s = memmove(w->buf + w->cap - old.n, w->buf, old.n);
	rewrite(r, old, w->buf);
	w->cur = (struct dt_str){w->buf, n};
	return !dt_str_eq(old, w->cur);
}

size_t
dt_shapes_apply(const struct dt_shapes *sh, struct dt_str path, char *buf,
    size_t cap, uint64_t *fired)
{
	struct work w = {path, buf, cap, 2 * path.n + 256};
	uint64_t bit, todo;
	size_t need = 0;
	int r;

	*fired = 0;
	if (path.n > cap)
		return path.n;
	todo = candidates(sh, path, UINT64_MAX);
	while (todo != 0) {
		bit = todo & (~todo + 1);
		r = apply(sh->rule[lowest(todo)], &w, &need);
		if (r == -1)
			return need;
		todo ^= bit;
		if (r == 0)
			continue;
		*fired |= bit;
		todo = candidates(sh, w.cur, ~(bit | (bit - 1)));
	}
	if (w.cur.s != buf && path.n > 0)
		memcpy(buf, path.s, path.n);
	return w.cur.n;
}
