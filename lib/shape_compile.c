/* SPDX-License-Identifier: ISC */
/* Path shapes: a rule's two strings compiled into its elements. */
#include <stdlib.h>

#include "shape_rule.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	enum class class;
	bool counted;		/* has an N */
} classes[] = {
	{"any",		ANY,	false},
	{"hex",		HEX,	true},
	{"low",		LOW,	true},
	{"name",	NAME,	false},
	{"num",		NUM,	false},
	{"rand",	RAND,	true},
	{"uuid",	UUID,	false},
	{"word",	WORD,	true},
};

/* A pattern or a replacement on its way into a rule. */
struct parse {
	struct rule *r;
	const char *p;		/* what is still to read */
	char *out;		/* where the next byte goes in r->bytes */
};

/* Read up to one of the stops, or to the end. */
static struct dt_str
literal(struct parse *ps, const char *stops)
{
	struct dt_str s = {ps->out, 0};

	while (*ps->p != '\0' && strchr(stops, *ps->p) == NULL) {
		if (*ps->p == '\\' && ps->p[1] != '\0')
			ps->p++;
		*ps->out++ = *ps->p++;
		s.n++;
	}
	return s;
}

/* An earlier word that a later one starts with would always be taken first. */
static bool
hides(struct dt_str w, struct dt_str later)
{
	return w.n <= later.n && memcmp(w.s, later.s, w.n) == 0;
}

/* Read words up to the '}'. */
static const char *
words(struct parse *ps, struct elem *e)
{
	struct rule *r = ps->r;
	struct dt_str w;
	size_t i;

	e->word = r->nwords;
	do {
		w = literal(ps, "|}");
		if (*ps->p == '\0')
			return "'{' without '}'";
		if (w.n == 0)
			return "empty word in '{}'";
		if (r->nwords == MAX_WORDS)
			return "too many words";
		for (i = 0; i < e->nwords; i++)
			if (e->class == ALT && hides(r->word[e->word + i], w))
				return "a word in '{}' hides a later one";
		r->word[r->nwords++] = w;
		e->nwords++;
	} while (*ps->p++ == '|');
	return NULL;
}

/* Read the N of a class, with its '+'. */
static const char *
length(struct parse *ps, struct elem *e)
{
	if (*ps->p++ != ':')
		return "class without a length";
	for (; sort(*ps->p) == DIGIT && e->n <= MAX_LEN; ps->p++)
		e->n = e->n * 10 + (size_t)(*ps->p - '0');
	if (e->n == 0 || e->n > MAX_LEN)
		return "length not in 1 to 255";
	if (e->class == HEX && *ps->p == '+') {
		e->class = HEXMIN;
		ps->p++;
	}
	return NULL;
}

/* Read a class, whose name has n bytes, up to the '}'. */
static const char *
class(struct parse *ps, struct elem *e, size_t n)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; i < NELEM(classes); i++)
		if (dt_str_is((struct dt_str){ps->p, n}, classes[i].name))
			break;
	if (i == NELEM(classes))
		return "unknown class";
	e->class = classes[i].class;
	ps->p += n;
	if (classes[i].counted)
		why = length(ps, e);
	if (why != NULL)
		return why;
	if (*ps->p == '!' && (e->class == NAME || e->class == NUM)) {
		ps->p++;
		return words(ps, e);
	}
	return *ps->p++ == '}' ? NULL : "class not closed by '}'";
}

/* Read what stands between braces, the first one behind us. */
static const char *
braces(struct parse *ps, struct elem *e)
{
	size_t n = strspn(ps->p, "abcdefghijklmnopqrstuvwxyz");
	const char *why;

	if (ps->r->ncaps == MAX_CAPS)
		return "more than nine classes";
	ps->r->cap[++ps->r->ncaps] = ps->r->nelems;
	if (strchr("}:!", ps->p[n]) != NULL && ps->p[n] != '\0')
		return class(ps, e, n);
	e->class = ALT;
	why = words(ps, e);
	return why == NULL && e->nwords == 1 ? "unknown class" : why;
}

/* Read the next element of a pattern. */
static const char *
element(struct parse *ps)
{
	struct rule *r = ps->r;
	const char *why = NULL;
	struct elem *e;

	if (r->nelems == MAX_ELEMS || r->nwords == MAX_WORDS)
		return "pattern too long";
	e = &r->elem[r->nelems];
	if (*ps->p == '{') {
		ps->p++;
		why = braces(ps, e);
	} else {
		e->class = LIT;
		e->word = r->nwords;
		e->nwords = 1;
		r->word[r->nwords++] = literal(ps, "{");
	}
	r->nelems++;
	return why;
}

/* Does the i-th element have a '/' on both sides, or the pattern's end? */
static bool
iscomponent(const struct rule *r, size_t i)
{
	const struct elem *e = r->elem;
	struct dt_str w;

	if (i == 0 || e[i - 1].class != LIT)
		return false;
	w = r->word[e[i - 1].word];
	if (w.s[w.n - 1] != '/')
		return false;
	return i + 1 == r->nelems ||
	    (e[i + 1].class == LIT && r->word[e[i + 1].word].s[0] == '/');
}

/* Decide whether a pattern is anchored; all of its first words must agree. */
static const char *
anchor(struct rule *r)
{
	const struct elem *e = &r->elem[0];
	size_t i, n = 0;

	if (isliteral(e))
		for (i = 0; i < e->nwords; i++)
			n += strchr("/$", r->word[e->word + i].s[0]) != NULL;
	r->anchored = n > 0;
	return n > 0 && n < e->nwords ? "anchored only in part" : NULL;
}

/* The length of the shortest thing that an element matches. */
size_t
dt_shape_minimum(const struct rule *r, const struct elem *e)
{
	size_t i, n;

	if (e->class == UUID)
		return 36;
	if (!isliteral(e))
		return e->n > 0 ? e->n : 1;
	n = r->word[e->word].n;
	for (i = 1; i < e->nwords; i++)
		if (r->word[e->word + i].n < n)
			n = r->word[e->word + i].n;
	return n;
}

/* The checks that need the whole pattern. */
static const char *
checkall(struct rule *r)
{
	const struct elem *e;
	struct dt_str w;
	size_t i, j;

	for (i = 0; i < r->nelems; i++) {
		e = &r->elem[i];
		if (e->class == NAME && !iscomponent(r, i))
			return "'{name}' is not a whole component";
		for (j = 0; isliteral(e) && j < e->nwords; j++) {
			w = r->word[e->word + j];
			if (!r->anchored && memchr(w.s, '/', w.n) != NULL)
				return "'/' in a pattern that floats";
			if (i + 1 == r->nelems && w.s[w.n - 1] == '/')
				return "pattern ends with '/'";
		}
		r->min += dt_shape_minimum(r, e);
	}
	return NULL;
}

static const char *
pattern(struct parse *ps)
{
	const char *why;

	if (*ps->p == '\0')
		return "empty pattern";
	while (*ps->p != '\0') {
		why = element(ps);
		if (why != NULL)
			return why;
	}
	why = anchor(ps->r);
	return why != NULL ? why : checkall(ps->r);
}

static const char *
replacement(struct parse *ps)
{
	struct rule *r = ps->r;
	struct piece *p;

	while (*ps->p != '\0') {
		if (r->npieces == NELEM(r->piece))
			return "replacement too long";
		p = &r->piece[r->npieces++];
		if (*ps->p != '{') {
			p->text = literal(ps, "{");
			continue;
		}
		if (sort(ps->p[1]) != DIGIT || ps->p[2] != '}')
			return "replacement has '{' without a number and '}'";
		p->cap = (size_t)(ps->p[1] - '0');
		if (p->cap == 0 || p->cap > r->ncaps)
			return "no such capture";
		ps->p += 3;
	}
	return NULL;
}

const char *
dt_shape_compile(struct rule *r, const char *pat, const char *rep)
{
	struct parse ps = {.r = r, .p = pat, .out = r->bytes};
	const char *why = pattern(&ps);

	if (why != NULL)
		return why;
	ps.p = rep;
	return replacement(&ps);
}
