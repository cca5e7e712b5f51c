/* SPDX-License-Identifier: ISC */
/* Events of EndpointSecurity as proctracer prints them: esevents.def. */
#ifndef DT_ESEVENTS_H
#define DT_ESEVENTS_H

#include "str.h"

/* What a value has to look like. */
enum dt_es_type {
	DT_ES_TEXT,		/* anything, which nobody escaped */
	DT_ES_NUM,		/* decimal */
	DT_ES_BOOL,		/* true or false */
	DT_ES_MASK,		/* A|B [unnamed?] (decimal) */
	DT_ES_ENUM,		/* NAME (decimal), with [?] for no name */
	DT_ES_DATE,		/* year-month-day and time of day, no zone */
	DT_ES_EXTRA,		/* words in parentheses */
	DT_ES_ARGS,		/* strings in quotes, which may hold newlines */
};

enum dt_es_need { DT_ES_MAY, DT_ES_MUST, DT_ES_ALIVE };

struct dt_es_key {
	const char *event;	/* NULL in the block of the process */
	const char *key;
	enum dt_es_type type;
	enum dt_es_need need;
};

struct dt_es_event {
	const char *name;
	const char *path, *path2;	/* as esevents.def says */
};

/* Find an event; NULL if proctracer has none of that name. */
const struct dt_es_event *dt_es_byname(struct dt_str);
/* The keys of an event, *n of them. */
const struct dt_es_key *dt_es_keys(const struct dt_es_event *, size_t *n);
/* Find a key of an event; NULL if it has none of that name. */
const struct dt_es_key *dt_es_key(const struct dt_es_event *, struct dt_str);
/* The keys of the block of the process, *n of them. */
const struct dt_es_key *dt_es_block(size_t *n);

#endif
