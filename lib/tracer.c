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

static bool
can(const struct dt_tracer *t, const struct dt_asked *asked)
{
	return (t->scripted || !asked->script) &&
	    (t->options || !asked->options) &&
	    (t->stack || !asked->stack) && (t->buffer || !asked->buffer) &&
	    (t->lossless || !asked->lossless);
}

/* The first of some that can and works here, or NULL. */
static const struct dt_tracer *
first(const struct dt_tracer *const *t, const struct dt_asked *asked,
    struct dt_usable *usable)
{
	for (; *t != NULL; t++) {
		if (!can(*t, asked))
			continue;
		*usable = (struct dt_usable){0};
		(*t)->usable(usable);
		if (usable->code == NULL)
			return *t;
	}
	return NULL;
}

const struct dt_tracer *
dt_tracer_auto(const struct dt_asked *asked, struct dt_usable *usable)
{
	const struct dt_tracer *const *t;
	const struct dt_tracer *best = first(dt_tracers, asked, usable);

	for (t = dt_tracers; best == NULL && *t != NULL; t++)
		if (can(*t, asked)) {
			best = *t;
			*usable = (struct dt_usable){0};
			best->usable(usable);
		}
	return best;
}

const struct dt_tracer *
dt_tracer_next(const struct dt_tracer *after, const struct dt_asked *asked,
    struct dt_usable *usable)
{
	const struct dt_tracer *const *t = dt_tracers;

	while (*t != after)
		t++;
	return first(t + 1, asked, usable);
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
