/* SPDX-License-Identifier: ISC */
/* Is what a tracer saw of a call what an audit record is about? */
#ifndef DT_AUDIT_MATCH_H
#define DT_AUDIT_MATCH_H

#include "record.h"

/* What an audit record tells of its call; the strings are the record's. */
struct dt_audit_clues {
	const struct dt_record *rec;
	struct dt_str call;	/* by its name; NULL if that is not told */
	uint64_t args[4];	/* as registers */
	unsigned has;		/* which of them, bit by bit */
	int flagarg;		/* which of them is the flags, or -1 */
	struct dt_str host, port;
	bool parent;		/* the path is of a directory that was to be */
				/* changed, not of what is in it */
};

/* How much a record and an event have in common, the least first. */
enum dt_audit_fit {
	DT_AUDIT_FIT_NOT,
	DT_AUDIT_FIT_CALL,	/* call, result and arguments, as far as told */
	DT_AUDIT_FIT_NAME,	/* and the last name of a path */
	DT_AUDIT_FIT_NEAR,	/* and all of the path that the tracer knows, */
				/* or the directory of that */
	DT_AUDIT_FIT_SAME,	/* and the whole path, or address */
};

/* Look up what is asked for each event. */
void dt_audit_clues(struct dt_audit_clues *, const struct dt_record *audit);
/* The event's process is known to be the same. */
enum dt_audit_fit dt_audit_fits(const struct dt_record *event,
    const struct dt_audit_clues *);
/*
 * Has the tracer by its own means found another reason for the refusal?  It
 * may be wrong, but another event is rather meant.
 */
bool dt_audit_doubts(const struct dt_record *event,
    const struct dt_audit_clues *);
/* Have the event say what the record says of it.  -1 with errno. */
int dt_audit_explain(struct dt_record *event, const struct dt_record *audit);

#endif
