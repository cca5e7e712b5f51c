/* SPDX-License-Identifier: ISC */
/* Choosing a tracer, and its life. */
#include <stdlib.h>
#include <string.h>

#include "tracer.h"

const struct dt_tracer *
dt_tracer_byname(const char *name)
{
	const struct dt_tracer *const *t;

	for (t = dt_tracers; *t != NULL; t++)
		if (strcmp((*t)->name, name) == 0)
			return *t;
	return NULL;
}

const struct dt_tracer *
dt_tracer_auto(bool scripted, struct dt_usable *usable)
{
	const struct dt_tracer *const *t, *first = NULL;

	for (t = dt_tracers; *t != NULL; t++) {
		if (scripted && !(*t)->scripted)
			continue;
		*usable = (struct dt_usable){0};
		(*t)->usable(usable);
		if (usable->code == NULL)
			return *t;
		if (first == NULL)
			first = *t;
	}
	if (first != NULL) {
		*usable = (struct dt_usable){0};
		first->usable(usable);
	}
	return first;
}

int
dt_tracing_start(struct dt_tracing *t)
{
	t->fd = t->msgfd = -1;
	t->state = calloc(1, t->tracer->size);
	return t->state == NULL ? -1 : t->tracer->start(t);
}

void
dt_tracing_end(struct dt_tracing *t)
{
	if (t->state != NULL)
		t->tracer->free(t);
	free(t->state);
	t->state = NULL;
}
