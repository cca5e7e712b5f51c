/* SPDX-License-Identifier: ISC */
/* Inside of lib/audit*.c: an event and its records. */
#ifndef DT_AUDIT_OWN_H
#define DT_AUDIT_OWN_H

#include "audit.h"

/* A record of an event; all of its strings are in the event's memory. */
struct dt_audit_rec {
	int type;
	enum dt_audit_role role;
	struct dt_str name;	/* of its type */
	struct dt_kvv pairs;	/* without those that say nothing: ? (null);
				   no key twice, the second one is KEY.2 */
	struct dt_str words;	/* what is no pair */
	struct dt_str body;	/* all of it */
	bool copied;		/* of the head */
	bool twice;		/* the other copy was there */
	bool interpreted;
	bool repeats;		/* it had a key twice */
	bool taken;		/* another record told what it says */
};

struct dt_audit_event {
	struct dt_arena mem;
	struct dt_audit_head head;
	struct dt_audit_rec *recs;
	size_t n;
	size_t bytes;		/* of all that it holds, about */
};

/*
 * Take a record's own text apart.  Set type, role and interpreted before.  The
 * text is in the arena's memory or outlives it.  Returns 0, -1 with errno, or 0
 * with *reason when it can not be.
 */
int dt_audit_split(struct dt_arena *, struct dt_audit_rec *, struct dt_str body,
    const char **reason);

/* Give the records that an event makes.  -1 with errno; *gave counts them. */
int dt_audit_give(struct dt_audit_event *, struct dt_record *,
    const struct dt_sink *, size_t *gave);

/* Why a record is not to be believed, or is cut off; NULL if it is fit. */
const char *dt_audit_refuses(const struct dt_audit_rec *, struct dt_str body);
/*
 * Make a record of one that tells of a decision: its pairs are in the fields.
 * 1 if it is one, 0 if not, -1 with errno.
 */
int dt_audit_decide(struct dt_record *, const struct dt_audit_rec *);
/* The same of one whose type is SECCOMP. */
int dt_audit_seccomp(struct dt_record *);
/*
 * Name a call by number and architecture, as printed; syscall_N if they have no
 * name here.  -1 with errno.
 */
int dt_audit_callname(struct dt_record *, struct dt_str *name);
/* Put what a SYSCALL record says into a record.  -1 with errno. */
int dt_audit_call(struct dt_record *, const struct dt_audit_rec *);
/* The same with the PATH records of an event.  -1 with errno. */
int dt_audit_paths(struct dt_record *, const struct dt_audit_event *);
/* The same with a SOCKADDR record.  -1 with errno. */
int dt_audit_sockaddr(struct dt_record *, struct dt_str saddr);
/* Set the target of a decision that has no path.  -1 with errno. */
int dt_audit_target(struct dt_record *);

/*
 * Put a key of ours into the fields; what the record itself has under it gets
 * another name.  -1 with errno.
 */
int dt_audit_claim(struct dt_record *, const char *key, struct dt_str val);
/* Take a key out of an object; a NULL string if it is not there. */
struct dt_str dt_audit_pull(struct dt_kvv *, const char *key);
/* The same if its value is a number, else it stays. */
struct dt_int dt_audit_pull_num(struct dt_kvv *, const char *key);

#endif
