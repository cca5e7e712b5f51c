/* SPDX-License-Identifier: ISC */
/* Path shapes: the set of rules, ours and those of the user. */
#include <stdlib.h>

#include "shape_rule.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *pattern, *replacement;
} builtin[] = {
#define SHAPE(pattern, replacement, path, shape) {pattern, replacement},
#include "shapes.def"
#undef SHAPE
};

static void
freerule(struct rule *r)
{
	if (r != NULL) {
		free(r->line);
		free(r->bytes);
	}
	free(r);
}

/* A rule with its two strings in it, and nothing compiled yet. */
static struct rule *
newrule(const char *pat, const char *rep)
{
	static const char arrow[] = " -> ";
	size_t npat = strlen(pat), nrep = strlen(rep);
	struct rule *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->line = malloc(npat + sizeof(arrow) + nrep);
	r->bytes = malloc(npat + nrep + 1);
	if (r->line == NULL || r->bytes == NULL) {
		freerule(r);
		return NULL;
	}
	memcpy(r->line, pat, npat);
	memcpy(r->line + npat, arrow, sizeof(arrow) - 1);
	memcpy(r->line + npat + sizeof(arrow) - 1, rep, nrep + 1);
	return r;
}

/* Can a match have this byte at its start, or as its second one? */
static bool
may(const struct rule *r, size_t at, char c)
{
	const struct elem *e = &r->elem[0];
	struct dt_str w;
	size_t i;

	if (!isliteral(e))
		return accepts(e->class, c) || at >= dt_shape_minimum(r, e);
	for (i = 0; i < e->nwords; i++) {
		w = r->word[e->word + i];
		if (at >= w.n || w.s[at] == c)
			return true;
	}
	return false;
}

/* Note that an anchored rule starts with this word. */
static void
lead(struct dt_shapes *sh, struct dt_str w, uint64_t bit)
{
	const struct lead **chain;
	struct lead *l;

	for (l = sh->lead; l < sh->lead + sh->nleads; l++) {
		if (dt_str_eq(l->word, w)) {
			l->rules |= bit;
			return;
		}
	}
	chain = &sh->anchored[w.n == 1 ? 256 : (unsigned char)w.s[1]];
	*l = (struct lead){w, bit, *chain};
	*chain = l;
	sh->nleads++;
}

static const char *
enter(struct dt_shapes *sh, struct rule *r)
{
	uint64_t bit = UINT64_C(1) << sh->n;
	const struct elem *e = &r->elem[0];
	size_t i;

	if (sh->nleads + e->nwords > MAX_LEADS)
		return "too many rules";
	for (i = 0; r->anchored && i < e->nwords; i++)
		lead(sh, r->word[e->word + i], bit);
	for (i = 0; !r->anchored && i < 256; i++) {
		sh->first[i] |= may(r, 0, (char)(unsigned char)i) ? bit : 0;
		sh->second[i] |= may(r, 1, (char)(unsigned char)i) ? bit : 0;
	}
	sh->rule[sh->n++] = r;
	return NULL;
}

/* Returns NULL, or why there is no new rule. */
static const char *
add(struct dt_shapes *sh, const char *pat, const char *rep)
{
	struct rule *r;
	const char *why;

	if (sh->n == DT_SHAPES_MAX)
		return "too many rules";
	r = newrule(pat, rep);
	if (r == NULL)
		return "out of memory";
	why = dt_shape_compile(r, pat, rep);
	if (why == NULL)
		why = enter(sh, r);
	if (why != NULL)
		freerule(r);
	return why;
}

/* Cut a line into words in place; a backslash keeps a blank in a word. */
static size_t
split(char *line, char *part[], size_t max)
{
	static const char blank[] = " \t\r\n";
	size_t n = 0;
	char *p = line + strspn(line, blank);

	while (*p != '\0' && n < max) {
		part[n++] = p;
		while (*p != '\0' && strchr(blank, *p) == NULL)
			p += *p == '\\' && p[1] != '\0' ? 2 : 1;
		if (*p != '\0')
			*p++ = '\0';
		p += strspn(p, blank);
	}
	return n;
}

int
dt_shapes_add(struct dt_shapes *sh, const char *line, const char **errstr)
{
	size_t n = strlen(line) + 1;
	char *copy = malloc(n), *w[3];

	*errstr = copy == NULL ? "out of memory" : NULL;
	if (copy == NULL)
		return -1;
	memcpy(copy, line, n);
	n = split(copy, w, NELEM(w));
	if (n > 0 && w[0][0] != '#')
		*errstr = n == 1 ? "pattern without a replacement" :
		    n == 2 ? add(sh, w[0], w[1]) : "more than two words";
	free(copy);
	return *errstr == NULL ? 0 : -1;
}

struct dt_shapes *
dt_shapes_new(void)
{
	struct dt_shapes *sh = calloc(1, sizeof(*sh));
	size_t i;

	for (i = 0; sh != NULL && i < NELEM(sh->inword); i++)
		sh->inword[i] = sort((char)(unsigned char)i) != 0;
	for (i = 0; sh != NULL && i < NELEM(builtin); i++) {
		if (add(sh, builtin[i].pattern, builtin[i].replacement)) {
			dt_shapes_free(sh);
			return NULL;
		}
	}
	return sh;
}

void
dt_shapes_free(struct dt_shapes *sh)
{
	size_t i;

	for (i = 0; sh != NULL && i < sh->n; i++)
		freerule(sh->rule[i]);
	free(sh);
}

size_t
dt_shapes_count(const struct dt_shapes *sh)
{
	return sh->n;
}

const char *
dt_shapes_rule(const struct dt_shapes *sh, size_t i)
{
	return i < sh->n ? sh->rule[i]->line : NULL;
}
