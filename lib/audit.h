/* SPDX-License-Identifier: ISC */
/*
 * Audit records of Linux: what each says, and which make up an event.  It
 * knows records as the kernel gives them, and nothing of the logs around them.
 */
#ifndef DT_AUDIT_H
#define DT_AUDIT_H

#include "record.h"

enum {
	DT_AUDIT_HELD = 64,		/* events at most */
	DT_AUDIT_RECS = 64,		/* records of an event at most, */
	DT_AUDIT_BYTES = 256 * 1024,	/* and bytes, when a record is added */
	DT_AUDIT_PAIRS = 256,		/* of one record */
	DT_AUDIT_ARGS = 2048,		/* of one that tells of arguments */
	DT_AUDIT_AGE_MS = 2000,		/* how old an event grows */
};

/* What a type of record is to an event; auditypes.def. */
enum dt_audit_role {
	DT_AUDIT_OTHER,
	DT_AUDIT_CONTEXT,
	DT_AUDIT_DECISION,
	DT_AUDIT_END,
	DT_AUDIT_LOSS,
	DT_AUDIT_OBJECT_MANAGER,
	DT_AUDIT_SYSCALL,
	DT_AUDIT_USER,
};

/* What stands in front of a record's own text.  Zero is unknown. */
struct dt_audit_head {
	int type;		/* its number; 0 if only its name is known */
	struct dt_str name;	/* the type as it was printed */
	struct dt_str stamp;	/* SEC.MS:SERIAL, the same for one event */
	struct dt_str node;	/* the host, if told */
	struct dt_str time;	/* the time, if it is text without a zone */
	struct dt_int ts;	/* nanoseconds since the epoch */
	bool interpreted;	/* its values were made readable */
	bool copied;		/* systemd's copy of what printk has, too */
	bool hearsay;		/* anybody could have written it */
	struct dt_int pid;	/* who it is of, if the record itself does */
	struct dt_str comm;	/* not say so */
};

struct dt_audit_event;

/*
 * Records whose event is not over.  Zero-initialised holds none.  At most
 * DT_AUDIT_HELD events are held.
 */
struct dt_audit {
	struct dt_audit_event *held[DT_AUDIT_HELD];	/* the oldest first */
	size_t n;
	struct dt_audit_event *spare;
	struct dt_record rec;
};

/*
 * Take one record: the number of its type, and its text as the kernel gives
 * it, `audit(SEC.MS:SERIAL): key=value ...`.  Gives the events that are over by
 * it: what a module or a filter decided as kind AUDIT, a call that stands for
 * itself as SYSCALL, what was lost as DROP.  Returns as line() of struct
 * dt_format does: 0 if it gave a record, 1 if not yet, -1 with errno.  *reason
 * is NULL, or says why nothing can be made of the record, which is then not
 * held.
 */
int dt_audit_add(struct dt_audit *, int type, struct dt_str text,
    const struct dt_sink *, const char **reason);
/* The same for a record whose head is known from elsewhere. */
int dt_audit_put(struct dt_audit *, const struct dt_audit_head *,
    struct dt_str body, const struct dt_sink *, const char **reason);
/* Give all that is held.  Returns 0 or 1 as above, -1 with errno. */
int dt_audit_end(struct dt_audit *, const struct dt_sink *);
void dt_audit_free(struct dt_audit *);

/*
 * Take `audit(SEC.MS:SERIAL):` off the front, with the blanks behind it.
 * Returns why it can not be, or NULL.
 */
const char *dt_audit_stamp(struct dt_str *text, struct dt_audit_head *);

/* The number of a type: "AVC", "UNKNOWN[1423]", "1400"; -1 if it has none. */
int dt_audit_type_byname(struct dt_str);
/* The name of a number; NULL if it has none. */
const char *dt_audit_type_name(int type);
enum dt_audit_role dt_audit_type_role(int type);

#endif
