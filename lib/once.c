/* SPDX-License-Identifier: ISC */
/* Which documents have to be merged so that none counts twice. */
#include <errno.h>
#include <sha256.h>
#include <stdlib.h>

#include "once.h"
#include "sigs_doc.h"

/* A digest and a document that has it. */
struct has {
	struct dt_str digest;
	size_t doc;
};

static int
by_digest(const void *pa, const void *pb)
{
	const struct has *a = pa, *b = pb;
	int r = dt_str_cmp(a->digest, b->digest);

	return r != 0 ? r : (a->doc > b->doc) - (a->doc < b->doc);
}

static int
digest(const struct dt_sigs *ss, char hex[DT_DIGEST_LEN + 1])
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int r;

	if (f == NULL)
		return -1;
	r = dt_sigs_write_json(ss, f, false);
	/* A stream into memory may lose its end without a word. */
	if (fclose(f) == EOF || len == 0 || text[len - 1] != '\n')
		r = -1;
	if (r == -1)
		errno = ENOMEM;
	else
		SHA256Data((const uint8_t *)text, len, hex);
	free(text);
	return r;
}

int
dt_once_add(struct dt_once *o, const struct dt_sigs *ss)
{
	const struct dt_strv *merged = dt_sigs_merged(ss);
	char hex[DT_DIGEST_LEN + 1];
	struct dt_str own = {hex, DT_DIGEST_LEN};
	struct dt_strv list = *merged;
	struct dt_once_doc *p;
	size_t i;

	if (merged->n == 0) {
		if (digest(ss, hex) == -1)
			return -1;
		list = (struct dt_strv){&own, 1};
	}
	p = dt_arena_grow(&o->mem, o->docs, o->n, sizeof(*p));
	if (p == NULL)
		return -1;
	o->docs = p;
	p += o->n;
	*p = (struct dt_once_doc){0};
	p->digests.v = dt_arena_alloc(&o->mem, list.n * sizeof(*list.v));
	if (p->digests.v == NULL)
		return -1;
	for (i = 0; i < list.n; i++) {
		p->digests.v[i] = dt_arena_dup(&o->mem, list.v[i]);
		if (p->digests.v[i].s == NULL)
			return -1;
	}
	p->digests.n = list.n;
	qsort(p->digests.v, list.n, sizeof(*list.v), dt_str_by_bytes);
	o->n++;
	return 0;
}

static bool
is_part(const struct dt_strv *a, const struct dt_strv *b)
{
	size_t i, k = 0;

	for (i = 0; i < a->n; i++) {
		while (k < b->n && dt_str_cmp(b->v[k], a->v[i]) < 0)
			k++;
		if (k == b->n || !dt_str_eq(b->v[k], a->v[i]))
			return false;
	}
	return true;
}

/* Is a document part of another; of equal ones, of the first? */
static bool
is_dropped(const struct dt_once *o, size_t doc, const struct has *has,
    size_t n)
{
	const struct dt_strv *own = &o->docs[doc].digests, *its;
	struct has key = {own->v[0], 0};
	size_t i, lo = 0, hi = n;

	while (lo < hi) {
		i = lo + (hi - lo) / 2;
		if (by_digest(&has[i], &key) < 0)
			lo = i + 1;
		else
			hi = i;
	}
	for (i = lo; i < n && dt_str_eq(has[i].digest, own->v[0]); i++) {
		its = &o->docs[has[i].doc].digests;
		if (has[i].doc != doc && (its->n > own->n ||
		    (its->n == own->n && has[i].doc < doc)) &&
		    is_part(own, its))
			return true;
	}
	return false;
}

/* All pairs of digest and document, sorted.  NULL with errno. */
static struct has *
pairs(const struct dt_once *o, size_t *n)
{
	struct has *has;
	size_t i, k;

	for (i = *n = 0; i < o->n; i++)
		*n += o->docs[i].digests.n;
	has = malloc((*n + 1) * sizeof(*has));
	if (has == NULL)
		return NULL;
	for (i = *n = 0; i < o->n; i++)
		for (k = 0; k < o->docs[i].digests.n; k++)
			has[(*n)++] = (struct has){o->docs[i].digests.v[k], i};
	if (*n > 0)
		qsort(has, *n, sizeof(*has), by_digest);
	return has;
}

int
dt_once_decide(struct dt_once *o, size_t pair[2])
{
	struct has *has;
	size_t i, n, last = 0;
	bool any = false;
	int r = 0;

	pair[0] = pair[1] = 0;
	has = pairs(o, &n);
	if (has == NULL)
		return -1;
	for (i = 0; i < o->n; i++)
		o->docs[i].drop = is_dropped(o, i, has, n);
	for (i = 0; i < n && r == 0; i++) {
		if (o->docs[has[i].doc].drop)
			continue;
		if (any && dt_str_eq(has[last].digest, has[i].digest)) {
			pair[0] = has[last].doc;
			pair[1] = has[i].doc;
			r = -1;
		}
		last = i;
		any = true;
	}
	free(has);
	return r;
}

void
dt_once_free(struct dt_once *o)
{
	dt_arena_free(&o->mem);
}
