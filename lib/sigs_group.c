/* SPDX-License-Identifier: ISC */
/* Totals of signatures by some of their members. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "sigs_group.h"
#include "sigs_table.h"

/* A member that can be grouped by; a number stands in as its text. */
struct member {
	const char *key;
	size_t offset;
	bool number;
};

static const struct member members[] = {
#define S(key, field, from, none) {key, offsetof(struct dt_sig, field), false},
#define I(key, field, from) {key, offsetof(struct dt_sig, field), true},
#include "sigmembers.def"
#undef S
#undef I
};

enum { NMEMBERS = sizeof(members) / sizeof(members[0]) };

struct total {
	const struct dt_groups *of;
	struct dt_str value[NMEMBERS];
	int64_t count;
	int64_t signatures;
};

struct dt_groups {
	const struct dt_sigs *sigs;
	struct dt_arena mem;
	const struct member *by[NMEMBERS];
	size_t nby;
	struct total *v;
	size_t n;
};

static int
by_value(const void *pa, const void *pb)
{
	const struct total *a = pa, *b = pb;
	size_t i;
	int r;

	for (i = 0; i < a->of->nby; i++)
		if ((r = dt_str_cmp(a->value[i], b->value[i])) != 0)
			return r;
	return 0;
}

static int
by_count(const void *pa, const void *pb)
{
	const struct total *a = pa, *b = pb;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return by_value(a, b);
}

/* Take the keys apart.  Returns why they are none, or NULL. */
static const char *
set_members(struct dt_groups *g, const char *keys)
{
	size_t i, k, n;

	for (;; keys += n + 1) {
		n = strcspn(keys, ",");
		for (i = 0; i < NMEMBERS; i++)
			if (strlen(members[i].key) == n &&
			    strncmp(members[i].key, keys, n) == 0)
				break;
		if (i == NMEMBERS)
			return "no member of a signature";
		for (k = 0; k < g->nby; k++)
			if (g->by[k] == &members[i])
				return "a member that stands twice";
		g->by[g->nby++] = &members[i];
		if (keys[n] == '\0')
			return NULL;
	}
}

/* *lost is set where there is no memory for it. */
static struct dt_str
value(struct dt_groups *g, const struct member *m, const struct dt_sig *sig,
    bool *lost)
{
	struct dt_str text;
	const char *p = (const char *)sig + m->offset;
	const struct dt_int *num = (const struct dt_int *)(const void *)p;
	char buf[24];

	if (!m->number)
		return *(const struct dt_str *)(const void *)p;
	if (!num->set)
		return (struct dt_str){0};
	snprintf(buf, sizeof(buf), "%" PRId64, num->v);
	text = dt_arena_dup(&g->mem, dt_str_c(buf));
	*lost |= text.s == NULL;
	return text;
}

/* Rows of the same values become one.  Returns why they cannot, or NULL. */
static const char *
add_up(struct dt_groups *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->n; i++) {
		if (n == 0 || by_value(&g->v[n - 1], &g->v[i]) != 0) {
			g->v[n++] = g->v[i];
			continue;
		}
		if (g->v[n - 1].count > INT64_MAX - g->v[i].count)
			return "a total that is out of range";
		g->v[n - 1].count += g->v[i].count;
		g->v[n - 1].signatures++;
	}
	g->n = n;
	return NULL;
}

static int
fill(struct dt_groups *g)
{
	size_t i, k, n = dt_sigs_count(g->sigs);
	struct dt_sig sig;
	bool lost = false;

	g->v = malloc((n + 1) * sizeof(*g->v));
	if (g->v == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		sig = dt_sigs_at(g->sigs, i);
		g->v[i] = (struct total){.of = g, .count = sig.count,
		    .signatures = 1};
		for (k = 0; k < g->nby; k++)
			g->v[i].value[k] = value(g, g->by[k], &sig,
			    &lost);
	}
	g->n = n;
	return lost ? -1 : 0;
}

struct dt_groups *
dt_groups_new(const struct dt_sigs *ss, const char *keys, const char **errstr)
{
	struct dt_groups *g = calloc(1, sizeof(*g));

	*errstr = NULL;
	if (g == NULL)
		return NULL;
	g->sigs = ss;
	*errstr = set_members(g, keys);
	if (*errstr == NULL && fill(g) == 0) {
		if (g->n > 0)
			qsort(g->v, g->n, sizeof(*g->v), by_value);
		*errstr = add_up(g);
		if (g->n > 0)
			qsort(g->v, g->n, sizeof(*g->v), by_count);
		if (*errstr == NULL)
			return g;
	}
	dt_groups_free(g);
	return NULL;
}

void
dt_groups_free(struct dt_groups *g)
{
	if (g == NULL)
		return;
	dt_arena_free(&g->mem);
	free(g->v);
	free(g);
}

/* Heads in capitals, made in the arena of the caller. */
static struct dt_column *
heads(const struct dt_groups *g, struct dt_arena *mem)
{
	struct dt_column *cols = dt_arena_alloc(mem,
	    (g->nby + 3) * sizeof(*cols));
	struct dt_str head;
	size_t i, k;
	char buf[32];

	if (cols == NULL)
		return NULL;
	cols[0] = (struct dt_column){"COUNT", true};
	cols[1] = (struct dt_column){"SIGNATURES", true};
	for (i = 0; i < g->nby; i++) {
		for (k = 0; g->by[i]->key[k] != '\0'; k++)
			buf[k] = (char)toupper((unsigned char)
			    g->by[i]->key[k]);
		head = dt_arena_dup(mem, (struct dt_str){buf, k});
		if (head.s == NULL)
			return NULL;
		cols[i + 2] = (struct dt_column){head.s, false};
	}
	cols[i + 2] = (struct dt_column){NULL, false};
	return cols;
}

int
dt_groups_write_table(const struct dt_groups *g, FILE *f, bool colour)
{
	struct dt_arena mem = {0};
	struct dt_column *cols = heads(g, &mem);
	struct dt_columns *c = cols != NULL ? dt_columns_new(cols) : NULL;
	size_t i, k;
	int r = -1;

	for (i = 0; c != NULL && i < g->n; i++) {
		dt_columns_num(c, g->v[i].count);
		dt_columns_next(c);
		dt_columns_num(c, g->v[i].signatures);
		dt_columns_next(c);
		for (k = 0; k < g->nby; k++) {
			dt_columns_put(c, g->v[i].value[k]);
			dt_columns_next(c);
		}
		dt_columns_row(c, DT_COLOUR_NONE);
	}
	if (c != NULL)
		r = dt_columns_write(c, f, colour);
	dt_columns_free(c);
	dt_arena_free(&mem);
	if (r == 0 && g->n > 0)
		putc('\n', f);
	return r == 0 ? dt_sigs_write_inputs(g->sigs, f, colour) : -1;
}

static void
write_total(struct dt_json *j, const struct dt_groups *g,
    const struct total *total)
{
	int64_t num;
	size_t k;

	dt_json_open(j);
	for (k = 0; k < g->nby; k++) {
		dt_json_key(j, g->by[k]->key);
		if (g->by[k]->number && total->value[k].s != NULL &&
		    dt_num_parse(total->value[k], &num) == 0)
			dt_json_int(j, num);
		else
			dt_json_str(j, total->value[k]);
	}
	dt_json_member_int(j, "signatures", total->signatures);
	dt_json_member_int(j, "count", total->count);
	dt_json_close(j);
}

int
dt_groups_write_json(const struct dt_groups *g, FILE *f, bool pretty)
{
	struct dt_json *j = dt_json_new(f, pretty);
	size_t i;

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-signature-totals/1"));
	dt_json_member_bool(j, "complete", dt_sigs_complete(g->sigs));
	dt_json_key(j, "totals");
	dt_json_array(j);
	for (i = 0; i < g->n; i++)
		write_total(j, g, &g->v[i]);
	dt_json_array_close(j);
	dt_json_close(j);
	return dt_json_end(j);
}
