/* SPDX-License-Identifier: ISC */
/* A probe layer's document as pairs, and which of them have been taken. */
#include "layer.h"

/* A pair's key without the wrapper's; NULL for what is not inside of it. */
struct dt_str
dt_layer_key(const struct dt_layer *doc, size_t i)
{
	struct dt_str key = doc->pairs.v[i].key, start = {key.s, doc->prefix.n};

	if (key.n < doc->prefix.n || !dt_str_eq(start, doc->prefix))
		return (struct dt_str){0};
	return dt_str_after(key, doc->prefix.n);
}

/* A member's place in the document; pairs.n if it has none. */
static size_t
find(const struct dt_layer *doc, const char *const *at)
{
	size_t i;

	for (; *at != NULL; at++)
		for (i = 0; i < doc->pairs.n; i++)
			if (dt_str_is(dt_layer_key(doc, i), *at))
				return i;
	return doc->pairs.n;
}

struct dt_str
dt_layer_look(const struct dt_layer *doc, const char *const *at)
{
	size_t i = find(doc, at);

	return i < doc->pairs.n ? doc->pairs.v[i].val : (struct dt_str){0};
}

/* The same, of a member that is not left for the fields. */
struct dt_str
dt_layer_take(struct dt_layer *doc, const char *const *at)
{
	size_t i = find(doc, at);

	if (i == doc->pairs.n)
		return (struct dt_str){0};
	doc->taken[i] = true;
	return doc->pairs.v[i].val;
}

/* A member that is a number; false if it is there and is none. */
bool
dt_layer_number(struct dt_layer *doc, const char *const *at, struct dt_int *num)
{
	struct dt_str val = dt_layer_take(doc, at);

	num->set = val.s != NULL;
	return val.s == NULL || dt_num_parse(val, &num->v) == 0;
}
