/* SPDX-License-Identifier: ISC */
/* Picking signatures by patterns. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "match.h"
#include "sigs_own.h"

struct by {
	const char *key;
	size_t offset;		/* of the string in struct dt_sig */
};

static const struct by bys[] = {
#define B(ch, key, field, arg, help) {key, offsetof(struct dt_sig, field)},
#include "match.def"
#undef B
};

enum { NBYS = sizeof(bys) / sizeof(bys[0]) };

struct dt_match {
	struct dt_arena mem;
	struct dt_strv pattern[NBYS];	/* with a NUL after each */
};

struct dt_match *
dt_match_new(void)
{
	return calloc(1, sizeof(struct dt_match));
}

void
dt_match_free(struct dt_match *m)
{
	if (m == NULL)
		return;
	dt_arena_free(&m->mem);
	free(m);
}

int
dt_match_add(struct dt_match *m, const char *key, struct dt_str pattern,
    const char **errstr)
{
	struct dt_strv *to;
	struct dt_str *p;
	size_t i;

	for (i = 0; i < NBYS && strcmp(bys[i].key, key) != 0; i++)
		;
	*errstr = i == NBYS ? "no member to pick by" :
	    pattern.n == 0 ? "an empty pattern" :
	    memchr(pattern.s, '\0', pattern.n) != NULL ?
	    "a NUL in a pattern" : NULL;
	if (*errstr != NULL)
		return -1;
	to = &m->pattern[i];
	p = dt_arena_grow(&m->mem, to->v, to->n, sizeof(*p));
	if (p == NULL)
		return -1;
	to->v = p;
	p[to->n] = dt_arena_dup(&m->mem, pattern);
	return p[to->n++].s != NULL ? 0 : -1;
}

/* A string with a NUL inside is like none that anybody can write but `*`. */
static bool
fits(struct dt_str pattern, struct dt_str str)
{
	if (str.n == 0)
		return dt_str_is(pattern, "-");
	if (strlen(str.s) != str.n)
		return dt_str_is(pattern, "*");
	return fnmatch(pattern.s, str.s, 0) == 0;
}

/* What else a member may be matched by. */
static struct dt_str
other(const struct by *by, const struct dt_sig *sig, char buf[24])
{
	if (by->offset == offsetof(struct dt_sig, path_shape))
		return sig->path2_shape.n > 0 ? sig->path2_shape :
		    sig->target_shape;
	if (by->offset != offsetof(struct dt_sig, errno_name) ||
	    !sig->errnum.set)
		return (struct dt_str){0};
	snprintf(buf, 24, "%" PRId64, sig->errnum.v);
	return dt_str_c(buf);
}

static bool
fits_any(const struct dt_strv *patterns, struct dt_str str, struct dt_str alt)
{
	size_t i;

	for (i = 0; i < patterns->n; i++)
		if (fits(patterns->v[i], str) ||
		    (alt.n > 0 && fits(patterns->v[i], alt)))
			return true;
	return false;
}

bool
dt_match_is(const struct dt_match *m, const struct dt_sig *sig)
{
	char buf[24];
	size_t i;

	for (i = 0; i < NBYS; i++)
		if (m->pattern[i].n > 0 && !fits_any(&m->pattern[i],
		    *(const struct dt_str *)(const void *)((const char *)sig +
		    bys[i].offset), other(&bys[i], sig, buf)))
			return false;
	return true;
}

bool
dt_match_phase(const struct dt_match *m, struct dt_str phase)
{
	size_t i;

	for (i = 0; i < NBYS; i++)
		if (bys[i].offset == offsetof(struct dt_sig, phase) &&
		    m->pattern[i].n > 0)
			return fits_any(&m->pattern[i], phase,
			    (struct dt_str){0});
	return true;
}

/* Two selections may not read alike, so what stands between is quoted. */
static void
put_quoted(struct dt_buf *text, struct dt_str pattern)
{
	size_t i;

	for (i = 0; i < pattern.n; i++) {
		if (pattern.s[i] == ',' || pattern.s[i] == '|')
			dt_buf_c(text, "\\");
		dt_buf_put(text, (struct dt_str){pattern.s + i, 1});
	}
}

static void
put_patterns(struct dt_buf *text, const char *key,
    const struct dt_strv *patterns)
{
	const struct dt_str *v = patterns->v;
	size_t i;

	qsort(patterns->v, patterns->n, sizeof(*v), dt_str_by_bytes);
	for (i = 0; i < patterns->n; i++) {
		if (i > 0 && dt_str_eq(v[i], v[i - 1]))
			continue;
		dt_buf_c(text, i > 0 ? " | " : "");
		dt_buf_c(text, key);
		dt_buf_c(text, "=");
		put_quoted(text, v[i]);
	}
}

struct dt_str
dt_match_text(struct dt_match *m)
{
	struct dt_buf text = {.mem = &m->mem};
	size_t i;

	for (i = 0; i < NBYS; i++) {
		if (m->pattern[i].n == 0)
			continue;
		dt_buf_c(&text, text.n > 0 ? ", " : "");
		put_patterns(&text, bys[i].key, &m->pattern[i]);
	}
	return dt_buf_end(&text);
}

int
dt_sigs_select(struct dt_sigs *ss, struct dt_match *m)
{
	struct dt_str text = dt_match_text(m);
	struct dt_sig_row *row, *next, **table = NULL;
	struct dt_sig sig;
	size_t k;

	if (text.n == 0)
		return text.s != NULL ? 0 : -1;
	dt_sigs_touch(ss);
	if (dt_sig_set_put(&ss->selection, text) == -1)
		return -1;
	if (ss->cap > 0 && (table = calloc(ss->cap, sizeof(*table))) == NULL)
		return -1;
	row = ss->first;
	ss->n = 0;
	ss->end = &ss->first;
	for (; row != NULL; row = next) {
		next = row->next;
		sig = dt_sig_row_view(row);
		if (!dt_match_is(m, &sig))
			continue;
		for (k = row->hash & (ss->cap - 1); table[k] != NULL;)
			k = (k + 1) & (ss->cap - 1);
		table[k] = row;
		*ss->end = row;
		ss->end = &row->next;
		ss->n++;
	}
	*ss->end = NULL;
	free(ss->table);
	ss->table = table;
	return 0;
}
