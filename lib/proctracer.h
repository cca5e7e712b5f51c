/* SPDX-License-Identifier: ISC */
/* An event as proctracer prints it, line by line, and as a record. */
#ifndef DT_PROCTRACER_H
#define DT_PROCTRACER_H

#include "buf.h"
#include "es_args.h"
#include "esevents.h"

/* A value taken apart: what is not there is NULL. */
struct dt_pt_value {
	struct dt_str names;	/* of a MASK or an ENUM; empty for none */
	struct dt_str number;
	struct dt_str unnamed;	/* bits without a name */
};

struct dt_pt_pair {
	struct dt_str key, val;
	enum dt_es_type type;
	bool block;		/* it is of the block of the process */
	bool doubt;		/* nobody can tell where it ends */
	bool used;		/* a member has it */
};

/* What of an event was read last. */
enum dt_pt_at {
	DT_PT_NOTHING,		/* there is no event */
	DT_PT_HEADER,
	DT_PT_KEYS,		/* its time or keys */
	DT_PT_ARGS,		/* a line of arguments that go on */
	DT_PT_BLOCK,		/* the block of the process */
	DT_PT_WHOLE,		/* and all that is always in it */
};

/* An event as far as it was read.  Zero-initialised is of none. */
struct dt_pt_event {
	struct dt_arena mem;	/* of all strings and of pairs */
	enum dt_pt_at at;
	struct dt_str name;
	struct dt_str time;	/* as printed; NULL if it was not */
	const struct dt_es_event *row;	/* NULL if it is of a later version */
	struct dt_pt_pair *v;
	size_t n;
	size_t size;		/* bytes of the pairs */
	struct dt_str key;	/* the last one before the block */
	size_t next;		/* row of the block that comes next */
	bool fresh;		/* the last line gave the last pair */
	struct dt_es_scan scan;	/* of arguments that go on */
	unsigned may;		/* what the scan found at the end of a line */
	struct dt_buf args;	/* the arguments so far */
};

/* Has the block of the process begun? */
static inline bool
dt_pt_has_keys(const struct dt_pt_event *ev)
{
	return ev->at == DT_PT_BLOCK || ev->at == DT_PT_WHOLE;
}

/* Begin an event in an empty one.  -1 with errno. */
int dt_pt_begin(struct dt_pt_event *, struct dt_str name);
/*
 * Take a line that is not the first of an event.  Returns 1; 0 if it does not
 * fit where it stands; -1 with errno.
 */
int dt_pt_line(struct dt_pt_event *, struct dt_str);
/*
 * A line did not fit, or one was not read: what the last pair says may have
 * gone on there.  -1 with errno.
 */
int dt_pt_doubt(struct dt_pt_event *);
/* Empty it, and keep some of its memory. */
void dt_pt_reset(struct dt_pt_event *);

/* Does a value look like one of a type?  Takes it apart if it does. */
bool dt_pt_value(enum dt_es_type, struct dt_str, struct dt_pt_value *);
/*
 * A time of day with the nanoseconds that stand behind its point, which are
 * not padded: .5 is five of them.  False if it is none.
 */
bool dt_pt_time(struct dt_str, struct dt_str *day, struct dt_str *nsec);
/*
 * Fill a record, which is empty, from an event; it shares the event's strings.
 * -1 with errno.
 */
int dt_pt_fill(struct dt_pt_event *, struct dt_record *);

#endif
