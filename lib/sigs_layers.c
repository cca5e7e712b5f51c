/* SPDX-License-Identifier: ISC */
/* Signatures of which one does not know who refused. */
#include "sigs_layers.h"

static bool
has(const struct dt_layers *l, struct dt_str name)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (dt_str_eq(l->v[i], name))
			return true;
	return false;
}

void
dt_layers_of(struct dt_layers *l, const struct dt_sigs *ss)
{
	struct dt_str name;
	size_t i;

	*l = (struct dt_layers){.sigs = ss};
	for (i = 0; i < dt_sigs_count(ss) && l->n < DT_LAYERS_MAX; i++) {
		name = dt_sigs_at(ss, i).denied_by;
		if (name.s != NULL && !has(l, name))
			l->v[l->n++] = name;
	}
}

static int64_t
count_by(const struct dt_layers *l, const struct dt_sig *key, struct dt_str by)
{
	struct dt_sig other = *key, found;

	other.denied_by = by;
	return dt_sigs_find(l->sigs, &other, &found) ? found.count : 0;
}

int64_t
dt_layers_known(const struct dt_layers *l, const struct dt_sig *key)
{
	int64_t n, sum = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		n = count_by(l, key, l->v[i]);
		sum = n > INT64_MAX - sum ? INT64_MAX : sum + n;
	}
	return sum;
}

int64_t
dt_layers_count(const struct dt_layers *l, const struct dt_sig *key)
{
	return key->denied_by.s == NULL ? dt_layers_known(l, key) :
	    count_by(l, key, (struct dt_str){0});
}
