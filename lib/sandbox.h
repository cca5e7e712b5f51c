/* SPDX-License-Identifier: ISC */
/* What the sandbox of macOS says in a log. */
#ifndef DT_SANDBOX_H
#define DT_SANDBOX_H

#include "logline.h"
#include "parse.h"

enum dt_sandbox_is {
	DT_SANDBOX_OTHER,	/* somebody else's message */
	DT_SANDBOX_VIOLATION,
	DT_SANDBOX_LOSS,	/* messages were left out */
	DT_SANDBOX_BAD,		/* a violation that cannot be read */
	DT_SANDBOX_INSIDE,	/* something that holds a violation */
	DT_SANDBOX_UNKNOWN,	/* the sandbox's, but of an unknown form */
};

/* A message taken apart; strings are slices of it, NULL where it has none. */
struct dt_sandbox {
	struct dt_str name;	/* of the process */
	struct dt_int pid;
	bool system;		/* by the System Policy */
	struct dt_str verdict;	/* "deny" or "allow" */
	struct dt_str code;	/* in parentheses behind it */
	struct dt_str op, target;
	struct dt_int more;	/* so many reports that were the same; lost
				   messages, of a LOSS that says how many */
	const char *why;	/* it is BAD, INSIDE or UNKNOWN */
	/* What dt_sandbox_read does not set: */
	struct dt_str rest;	/* further lines of the message */
	struct dt_str build;	/* what Xcode adds to it */
	bool split;		/* another message stands on its line */
};

/* What may be without "Sandbox: " before it. */
enum dt_sandbox_form {
	DT_SANDBOX_WHOLE,	/* nothing */
	DT_SANDBOX_DAEMON,	/* what sandboxd says: from NAME(PID) on */
	DT_SANDBOX_CUT,		/* "deny OP TARGET", without a process */
};

/* Read one message, a line of it. */
enum dt_sandbox_is dt_sandbox_read(struct dt_sandbox *, struct dt_str message,
    enum dt_sandbox_form);
/* Does a text begin as a message of the sandbox does? */
bool dt_sandbox_begins(struct dt_str);
/*
 * "--- last message repeated N times ---"; false if it is none.  The number is
 * unset if it cannot be.
 */
bool dt_sandbox_repeated(struct dt_str message, struct dt_int *times);
/*
 * Make a record of a message that is no OTHER; what it says besides goes to
 * the fields.  -1 with errno.
 */
int dt_sandbox_fill(struct dt_record *, const struct dt_sandbox *);

/*
 * Why one should not believe that the sandbox wrote a line that looks like
 * its; NULL if it did, or if nobody can tell.
 */
const char *dt_sandbox_forged(const struct dt_logline *);
bool dt_sandbox_is_daemon(const struct dt_logline *);

/*
 * Give what was read as a record, which is made in `rec`: of kind sandbox_log,
 * drop, output or unparsed, the last also where `forged` is a reason.  -1 with
 * errno.
 */
int dt_sandbox_give(struct dt_record *rec, enum dt_sandbox_is,
    const struct dt_sandbox *, const struct dt_logline *, const char *forged,
    const struct dt_line *, const struct dt_sink *);
#endif
