/* SPDX-License-Identifier: ISC */
/* Events of EndpointSecurity as proctracer prints them. */
#include <stdlib.h>

#include "esevents.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct dt_es_event events[] = {
#define EVENT(name, path, path2) {#name, path, path2},
#include "esevents.def"
};

static const struct dt_es_key keys[] = {
#define KEY(event, key, type, need) \
	{#event, key, DT_ES_##type, DT_ES_##need},
#include "esevents.def"
};

static const struct dt_es_key block[] = {
#define BLOCK(key, type, need) {NULL, key, DT_ES_##type, DT_ES_##need},
#include "esevents.def"
};

const struct dt_es_event *
dt_es_byname(struct dt_str name)
{
	return bsearch(&name, events, NELEM(events), sizeof(events[0]),
	    dt_rowcmp);
}

const struct dt_es_key *
dt_es_keys(const struct dt_es_event *ev, size_t *n)
{
	size_t i = 0, end;

	while (i < NELEM(keys) && strcmp(keys[i].event, ev->name) < 0)
		i++;
	for (end = i; end < NELEM(keys) &&
	    strcmp(keys[end].event, ev->name) == 0; end++)
		continue;
	*n = end - i;
	return &keys[i];
}

const struct dt_es_key *
dt_es_key(const struct dt_es_event *ev, struct dt_str key)
{
	size_t i, n;
	const struct dt_es_key *row = dt_es_keys(ev, &n);

	for (i = 0; i < n; i++)
		if (dt_str_is(key, row[i].key))
			return &row[i];
	return NULL;
}

const struct dt_es_key *
dt_es_block(size_t *n)
{
	*n = NELEM(block);
	return block;
}
