/* SPDX-License-Identifier: ISC */
/* Laying the kernel's audit records beside the calls that they explain. */
#ifndef DT_AUDIT_JOIN_H
#define DT_AUDIT_JOIN_H

#include <sys/types.h>

#include "record.h"

/*
 * Of all times the unit is ns.  The clock is one that never goes back; while
 * nobody looks whether records have come, it had better stand.
 */
enum {
	DT_AUDIT_SETTLE_MS = 50,	/* for both to be there */
	DT_AUDIT_WAIT_MS = 150,		/* of an event, for its record */
	DT_AUDIT_LATE_MS = 1000,	/* of a record, for its event */
	DT_AUDIT_SEEN = 1024,		/* power of two */
	DT_AUDIT_BYTES_MAX = 64 * 1024 * 1024,
};

struct dt_audit_item;

struct dt_audit_list {
	struct dt_audit_item *first, *last;
};

/* Set the first part, zero-initialise the second. */
struct dt_audit_join {
	struct dt_sink out;	/* takes everything, events in their order */
	/* Is it one of the processes that are traced?  Not if it is gone. */
	bool (*follows)(void *ctx, pid_t);
	void *ctx;

	struct dt_audit_list events, records;	/* that wait, in order */
	struct dt_audit_item *hint;	/* no event before it waits */
	struct dt_audit_item *spare;
	size_t nspare, bytes;
	uint64_t nevents;	/* so far */
	struct {
		int64_t pid, at;
	} seen[DT_AUDIT_SEEN];	/* processes that had an event */
	int64_t named[DT_AUDIT_SEEN];	/* processes that had a record */
};

/*
 * Take an event of the tracer's, or what else it has to say, with the process
 * (not the thread) that it is of, or the negative number of a thread that ended
 * before anybody could say of which process it was.  What was refused waits for its record, and
 * what comes behind it waits too.  All return -1 with errno when memory ran
 * out or the sink stopped.
 */
int dt_audit_join_event(struct dt_audit_join *, struct dt_record *,
    int64_t pid, int64_t now);
/* Take a record of kind AUDIT; one that names no process is not ours. */
int dt_audit_join_record(struct dt_audit_join *, const struct dt_record *,
    int64_t now);
/* Lay together what belongs together, and give what has waited enough. */
int dt_audit_join_work(struct dt_audit_join *, int64_t now);
/* When there is something to give, if not before; 0 for never. */
int64_t dt_audit_join_due(const struct dt_audit_join *);
/* Is an event waiting? */
bool dt_audit_join_waits(const struct dt_audit_join *);
/* The same as work, but give all: there will be nothing more. */
int dt_audit_join_end(struct dt_audit_join *, int64_t now);
void dt_audit_join_free(struct dt_audit_join *);

#endif
