/* SPDX-License-Identifier: ISC */
/* An event of eslogger(1) on its way from pairs to a record. */
#ifndef DT_ESLOGGER_H
#define DT_ESLOGGER_H

#include "flat.h"

/* An object that has been read, and which of its pairs were taken. */
struct dt_es {
	const struct dt_flat *flat;
	struct dt_kvv pairs;
	bool *taken;		/* one for each of them */
	struct dt_str name;	/* of the event */
	struct dt_record *rec;
	bool oom;		/* set with errno, and never unset */
};

/*
 * What stands at a key.  One that begins with a dot is within the event
 * (`.target.path`), and a dot alone is the event itself.
 */
struct dt_flat_val dt_es_get(struct dt_es *, const char *key);
/* The same at two keys, one behind the other. */
struct dt_flat_val dt_es_get2(struct dt_es *, const char *key,
    const char *more);
/* The same as a number that is not negative; unset if it is none. */
struct dt_int dt_es_int(struct dt_es *, const char *key);
/* A scalar is not left for the fields. */
void dt_es_take(struct dt_es *, struct dt_flat_val);

/* Fill `path` and `path2` from where the event has them. */
void dt_es_paths(struct dt_es *);
/*
 * Fill the record, whose memory the pairs are in.  Returns why the object is
 * no event, or NULL; that there is no memory is in `oom`.
 */
const char *dt_es_fill(struct dt_es *);

/* The most kinds of event whose numbers are watched, and their names' size. */
enum { DT_ES_KINDS = 256, DT_ES_NAME = 48 };

/* Numbers of a client's events, of which none is left out. */
struct dt_es_count {
	int64_t last;
	struct dt_int ts;	/* of the event with that number */
	struct dt_int late;	/* number of the event before, if it was late */
	bool set;
};

/* Zero-initialised has seen none. */
struct dt_es_numbers {
	struct dt_es_count global;
	int64_t unread;		/* lines since that may have had a number */
	size_t n;
	struct {
		char name[DT_ES_NAME];
		size_t len;
		struct dt_es_count count;
	} kind[DT_ES_KINDS];
};

enum dt_es_step {
	DT_ES_NEXT,		/* as it should be, or nobody can tell */
	DT_ES_GAP,		/* some are missing */
	DT_ES_ANEW,		/* it begins again */
	DT_ES_LATE,		/* one comes behind a later one */
};

/* What a record's number says of those before it. */
struct dt_es_seq {
	enum dt_es_step step;
	int64_t from, to;	/* the numbers, if it is not NEXT */
	int64_t missing;	/* of a GAP */
	bool global;		/* by global_seq_num, else by seq_num */
};

/*
 * Take the numbers of an event, its global_seq_num and seq_num, which may be
 * unset, and the time of its record.
 */
struct dt_es_seq dt_es_number(struct dt_es_numbers *,
    const struct dt_record *, struct dt_int global, struct dt_int own);
/* A line that is an event could not be read, nor its number. */
void dt_es_unread(struct dt_es_numbers *);

#endif
