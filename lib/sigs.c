/* SPDX-License-Identifier: ISC */
/* Deny signatures: the rows of a fold, each kept once, and their order. */
#include <stdlib.h>
#include <string.h>

#include "sigs_own.h"

const char dt_sigs_range[] = "a sum that is out of range";

struct dt_sigs *
dt_sigs_new(enum dt_sigs_keep keep)
{
	struct dt_sigs *ss = calloc(1, sizeof(*ss));

	if (ss == NULL)
		return NULL;
	ss->keep = keep;
	ss->end = &ss->first;
	return ss;
}

void
dt_sigs_free(struct dt_sigs *ss)
{
	size_t i;

	if (ss == NULL)
		return;
	dt_sigs_touch(ss);
	for (i = 0; i < ss->ninputs; i++)
		dt_sig_set_free(&ss->inputs[i]->tracers);
	dt_sig_set_free(&ss->rules);
	dt_sig_set_free(&ss->selection);
	dt_sig_set_free(&ss->merged);
	dt_arena_free(&ss->mem);
	dt_pool_free(&ss->phases);
	dt_pool_free(&ss->pool);
	free(ss->table);
	free(ss);
}

void
dt_sigs_touch(struct dt_sigs *ss)
{
	free(ss->order);
	free(ss->world_order);
	ss->order = NULL;
	ss->world_order = NULL;
}

bool
dt_sigs_sum(int64_t *sum, int64_t n)
{
	if (*sum > INT64_MAX - n)
		return false;
	*sum += n;
	return true;
}

/* The string members of a signature, in order. */
static void
strings(const struct dt_sig *sig, struct dt_str str[DT_SIG_STRS])
{
#define S(key, field, from, none) str[DT_SIG_STR_##field] = sig->field;
#define I(key, field, from)
#include "sigmembers.def"
#undef S
#undef I
}

struct dt_sig
dt_sig_row_view(const struct dt_sig_row *row)
{
	return (struct dt_sig){
#define S(key, field, from, none) .field = *row->str[DT_SIG_STR_##field],
#define I(key, field, from) .field = row->field,
#include "sigmembers.def"
#undef S
#undef I
		.count = row->count,
		.sources = row->sources,
		.records = row->records,
	};
}

static uint64_t
hash(const struct dt_str str[DT_SIG_STRS], struct dt_int errnum)
{
	uint64_t h = 0xcbf29ce484222325 ^ (uint64_t)errnum.v;
	size_t i;

	for (i = 0; i < DT_SIG_STRS; i++)
		h = dt_hash(h, str[i]);
	return h;
}

static bool
is_same(const struct dt_sig_row *row, uint64_t h,
    const struct dt_str str[DT_SIG_STRS], struct dt_int errnum)
{
	size_t i;

	if (row->hash != h || row->errnum.set != errnum.set ||
	    row->errnum.v != errnum.v)
		return false;
	for (i = 0; i < DT_SIG_STRS; i++)
		if (!dt_str_eq(*row->str[i], str[i]))
			return false;
	return true;
}

/* Where a signature is in the table, or would be. */
static struct dt_sig_row **
slot(const struct dt_sigs *ss, const struct dt_str str[DT_SIG_STRS],
    struct dt_int errnum, uint64_t h)
{
	size_t i = h & (ss->cap - 1);

	while (ss->table[i] != NULL &&
	    !is_same(ss->table[i], h, str, errnum))
		i = (i + 1) & (ss->cap - 1);
	return &ss->table[i];
}

static int
grow(struct dt_sigs *ss)
{
	size_t i, k, cap = ss->cap == 0 ? 256 : ss->cap * 2;
	struct dt_sig_row **table = calloc(cap, sizeof(*table));

	if (table == NULL)
		return -1;
	for (i = 0; i < ss->cap; i++) {
		if (ss->table[i] == NULL)
			continue;
		k = ss->table[i]->hash & (cap - 1);
		while (table[k] != NULL)
			k = (k + 1) & (cap - 1);
		table[k] = ss->table[i];
	}
	free(ss->table);
	ss->table = table;
	ss->cap = cap;
	return 0;
}

static struct dt_sig_row *
new_row(struct dt_sigs *ss, const struct dt_str str[DT_SIG_STRS])
{
	struct dt_sig_row *row = dt_arena_alloc(&ss->mem, sizeof(*row));
	size_t i;

	if (row == NULL)
		return NULL;
	*row = (struct dt_sig_row){0};
	for (i = 0; i < DT_SIG_STRS; i++) {
		row->str[i] = dt_pool_put(&ss->pool, str[i]);
		if (row->str[i] == NULL)
			return NULL;
	}
	return row;
}

int
dt_sigs_count_in(struct dt_sigs *ss, const struct dt_sig *sig,
    struct dt_sig_row **row, const char **errstr)
{
	struct dt_str str[DT_SIG_STRS];
	struct dt_sig_row **at;
	uint64_t h;

	*errstr = NULL;
	strings(sig, str);
	h = hash(str, sig->errnum);
	if (ss->n * 4 >= ss->cap * 3 && grow(ss) == -1)
		return -1;
	at = slot(ss, str, sig->errnum, h);
	*row = *at;
	if (*at == NULL) {
		*row = new_row(ss, str);
		if (*row == NULL)
			return -1;
		(*row)->errnum = sig->errnum;
		(*row)->hash = h;
		*at = *row;
		*ss->end = *row;
		ss->end = &(*row)->next;
		ss->n++;
	}
	if (dt_sigs_sum(&(*row)->count, sig->count))
		return 0;
	*errstr = dt_sigs_range;
	return -1;
}

bool
dt_sigs_find(const struct dt_sigs *ss, const struct dt_sig *key,
    struct dt_sig *found)
{
	struct dt_str str[DT_SIG_STRS];
	struct dt_sig_row *row;

	if (ss->n == 0)
		return false;
	strings(key, str);
	row = *slot(ss, str, key->errnum, hash(str, key->errnum));
	if (row != NULL)
		*found = dt_sig_row_view(row);
	return row != NULL;
}

int
dt_sig_set_put(struct dt_sig_set *set, struct dt_str str)
{
	size_t n = set->pool.n;
	const struct dt_str *kept = dt_pool_put(&set->pool, str);
	struct dt_str *p;

	if (kept == NULL)
		return -1;
	if (set->pool.n == n)
		return 0;
	p = dt_arena_grow(&set->pool.mem, set->list.v, set->list.n,
	    sizeof(*p));
	if (p == NULL)
		return -1;
	set->list.v = p;
	set->list.v[set->list.n++] = *kept;
	return 1;
}

void
dt_sig_set_free(struct dt_sig_set *set)
{
	dt_pool_free(&set->pool);
	set->list = (struct dt_strv){0};
}

int
dt_sigs_add_merged(struct dt_sigs *ss, struct dt_str digest)
{
	return dt_sig_set_put(&ss->merged, digest) == -1 ? -1 : 0;
}

void
dt_sigs_clear_merged(struct dt_sigs *ss)
{
	dt_sig_set_free(&ss->merged);
}

static int
by_int(struct dt_int a, struct dt_int b)
{
	if (a.set != b.set)
		return a.set ? 1 : -1;
	return (a.v > b.v) - (a.v < b.v);
}

/* Strings of one pool are equal where their addresses are. */
static int
by_str(const struct dt_str *a, const struct dt_str *b)
{
	return a == b ? 0 : dt_str_cmp(*a, *b);
}

static int
by_document(const void *pa, const void *pb)
{
	const struct dt_sig_row *a = *(struct dt_sig_row *const *)pa;
	const struct dt_sig_row *b = *(struct dt_sig_row *const *)pb;
	int r = by_str(a->str[DT_SIG_STR_phase], b->str[DT_SIG_STR_phase]);

	if (r != 0)
		return r;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
#define S(key, field, from, none) \
	if ((r = by_str(a->str[DT_SIG_STR_##field], \
	    b->str[DT_SIG_STR_##field])) != 0) \
		return r;
#define I(key, field, from) \
	if ((r = by_int(a->field, b->field)) != 0) \
		return r;
#include "sigmembers.def"
#undef S
#undef I
	return 0;
}

static int
by_phase(const void *pa, const void *pb)
{
	const struct dt_sig_input *a = *(struct dt_sig_input *const *)pa;
	const struct dt_sig_input *b = *(struct dt_sig_input *const *)pb;

	return dt_str_cmp(a->phase, b->phase);
}

static void
sort_set(struct dt_sig_set *set)
{
	if (set->list.n > 0)
		qsort(set->list.v, set->list.n, sizeof(*set->list.v),
		    dt_str_by_bytes);
}

static int
sort_worlds(struct dt_sigs *ss)
{
	size_t i, k, w;

	ss->world_order = malloc((ss->nworlds + 1) * sizeof(size_t));
	if (ss->world_order == NULL)
		return -1;
	for (i = 0; i < ss->nworlds; i++) {
		w = i;
		for (k = i; k > 0 && dt_str_cmp(ss->worlds[
		    ss->world_order[k - 1]], ss->worlds[w]) > 0; k--)
			ss->world_order[k] = ss->world_order[k - 1];
		ss->world_order[k] = w;
	}
	return 0;
}

int
dt_sigs_sort(struct dt_sigs *ss)
{
	struct dt_sig_row *row;
	size_t i, n = 0;

	dt_sigs_touch(ss);
	ss->order = malloc((ss->n + 1) * sizeof(*ss->order));
	if (ss->order == NULL || sort_worlds(ss) == -1)
		return -1;
	for (row = ss->first; row != NULL; row = row->next)
		ss->order[n++] = row;
	for (i = 0; i < n && ss->keep == DT_KEEP_RECORDS; i++)
		dt_sig_row_sort(ss->order[i]);
	if (n > 0)
		qsort(ss->order, n, sizeof(*ss->order), by_document);
	if (ss->ninputs > 0)
		qsort(ss->inputs, ss->ninputs, sizeof(*ss->inputs), by_phase);
	for (i = 0; i < ss->ninputs; i++)
		sort_set(&ss->inputs[i]->tracers);
	sort_set(&ss->rules);
	sort_set(&ss->selection);
	sort_set(&ss->merged);
	return 0;
}

size_t
dt_sigs_count(const struct dt_sigs *ss)
{
	return ss->n;
}

struct dt_sig
dt_sigs_at(const struct dt_sigs *ss, size_t i)
{
	return dt_sig_row_view(ss->order[i]);
}

const struct dt_strv *
dt_sigs_rules(const struct dt_sigs *ss)
{
	return &ss->rules.list;
}

const struct dt_strv *
dt_sigs_selection(const struct dt_sigs *ss)
{
	return &ss->selection.list;
}

const struct dt_strv *
dt_sigs_merged(const struct dt_sigs *ss)
{
	return &ss->merged.list;
}
