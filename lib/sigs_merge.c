/* SPDX-License-Identifier: ISC */
/* One fold into another: the addition of what each has. */
#include <stdlib.h>

#include "sigs_own.h"

static int
merge_set(struct dt_sig_set *to, const struct dt_sig_set *from)
{
	size_t i;

	for (i = 0; i < from->list.n; i++)
		if (dt_sig_set_put(to, from->list.v[i]) == -1)
			return -1;
	return 0;
}

static int
merge_input(struct dt_sigs *to, const struct dt_sig_input *from,
    const char **errstr)
{
	struct dt_sig_input *in = dt_sigs_phase(to, from->phase);
	size_t i;

	if (in == NULL)
		return -1;
#define SUM(name) \
	if (!dt_sigs_sum(&in->name, from->name)) \
		*errstr = dt_sigs_range;
	DT_SIG_SUMS(SUM)
#undef SUM
	in->run_balance += from->run_balance;
	if (merge_set(&in->tracers, &from->tracers) == -1)
		return -1;
	for (i = 0; i < from->nerrors; i++)
		if (dt_sig_error_keep(to, in, from->errors[i]) == -1)
			return -1;
	return *errstr == NULL ? 0 : -1;
}

static int
merge_row(struct dt_sigs *to, const struct dt_sigs *from,
    const struct dt_sig_row *row, const size_t *world, const char **errstr)
{
	struct dt_sig sig = dt_sig_row_view(row);
	const struct dt_sig_source *s;
	const struct dt_sig_record *r;
	struct dt_sig_row *at;
	bool first;
	size_t w;

	if (dt_sigs_count_in(to, &sig, &at, errstr) == -1)
		return -1;
	first = at->count == row->count;
	for (w = 0; w < from->nworlds; w++) {
		if (!dt_sig_row_has(row, w))
			continue;
		if (dt_sigs_see(to, at, world[w], first) == -1)
			return -1;
		first = false;
	}
	for (s = row->sources; s != NULL; s = s->next)
		if (dt_sigs_source(to, at, s) == -1)
			return -1;
	for (r = row->records; r != NULL; r = r->next)
		if (dt_sigs_record(to, at, r) == -1)
			return -1;
	return 0;
}

bool
dt_sigs_alike(const struct dt_sigs *a, const struct dt_sigs *b)
{
	const struct dt_strv *sa = &a->selection.list, *sb = &b->selection.list;
	size_t i, k;

	if (a->ninputs == 0 || b->ninputs == 0)
		return true;
	for (i = 0; i < sa->n; i++) {
		for (k = 0; k < sb->n; k++)
			if (dt_str_eq(sa->v[i], sb->v[k]))
				break;
		if (k == sb->n)
			return false;
	}
	return sa->n == sb->n;
}

static int
merge_rows(struct dt_sigs *to, const struct dt_sigs *from,
    const char **errstr)
{
	size_t *world = malloc((from->nworlds + 1) * sizeof(*world));
	const struct dt_sig_row *row;
	size_t i;
	int r = world == NULL ? -1 : 0;

	for (i = 0; i < from->nworlds && r == 0; i++)
		r = dt_sigs_world_no(to, from->worlds[i], &world[i]);
	for (row = from->first; row != NULL && r == 0; row = row->next)
		r = merge_row(to, from, row, world, errstr);
	free(world);
	return r;
}

int
dt_sigs_merge(struct dt_sigs *to, const struct dt_sigs *from,
    const char **errstr)
{
	size_t i;

	*errstr = NULL;
	dt_sigs_touch(to);
	if (!dt_sigs_alike(to, from)) {
		*errstr = "its signatures were selected in another way";
		return -1;
	}
	/* Nothing at all was selected in no way. */
	if (from->ninputs > 0 && to->ninputs == 0)
		dt_sig_set_free(&to->selection);
	for (i = 0; i < from->ninputs; i++)
		if (merge_input(to, from->inputs[i], errstr) == -1)
			return -1;
	if (merge_rows(to, from, errstr) == -1 ||
	    merge_set(&to->rules, &from->rules) == -1)
		return -1;
	if (from->ninputs == 0 && to->ninputs > 0)
		return 0;
	return merge_set(&to->selection, &from->selection);
}
