/* SPDX-License-Identifier: ISC */
/* The parts of a line of truss's text, and what is made of them. */
#ifndef DT_TRUSS_H
#define DT_TRUSS_H

#include "record.h"
#include "tables.h"

enum { DT_TRUSS_TIMES = 3 };

/* Whose truss it is, as far as a line tells. */
enum dt_truss_whose {
	DT_TRUSS_UNTOLD,
	DT_TRUSS_FREEBSD,
	DT_TRUSS_SVR4,		/* illumos and Solaris, if nothing else says */
	DT_TRUSS_AIX,
	DT_TRUSS_TUSC,		/* HP-UX */
};

enum dt_truss_what {
	DT_TRUSS_TEXT,		/* nothing of truss's */
	DT_TRUSS_BROKEN,	/* something of truss's, not understood */
	DT_TRUSS_CALL,
	DT_TRUSS_ENDLESS,	/* a call without a result, such as exit */
	DT_TRUSS_ASLEEP,	/* a call that is not done yet */
	DT_TRUSS_SIGNAL,
	DT_TRUSS_EXITED,
	DT_TRUSS_KILLED,
	DT_TRUSS_FACT,		/* a thread, a fault, a function, ... */
	DT_TRUSS_MESSAGE,	/* truss of itself */
	DT_TRUSS_LOST,		/* and that it cannot go on */
	DT_TRUSS_DETAIL,	/* about the record before */
	DT_TRUSS_BASE,		/* when the times begin */
};

/* Slices of the line. */
struct dt_truss_line {
	enum dt_truss_what what;
	const char *reason;	/* of BROKEN */
	enum dt_truss_whose whose;
	bool sure;		/* a call that can be of no other tracer */
	struct dt_int pid, tid;	/* the latter is an lwp of SVR4 */
	bool id;		/* a column told one of them */
	struct dt_str times[DT_TRUSS_TIMES];
	size_t ntimes;
	struct dt_str name;	/* of a call or signal, or what a FACT is */
	struct dt_str args;	/* without the parentheses */
	struct dt_int ret;
	struct dt_str ret_text;	/* a result that is no number */
	struct dt_str argc;	/* which an exec has in place of a result */
	struct dt_str ret2;	/* the second result of SVR4 */
	struct dt_int errnum;	/* of CALL: set but for ERESTART and its like */
	struct dt_str symbol;	/* of the errno */
	struct dt_str errtext;	/* what it means, in some language */
	struct dt_str privilege; /* that was missing */
	struct dt_str returning; /* "child" or "lwp": the second to return */
	struct dt_str text;	/* what else there is; the status; the date */
};

/* Cut a line. */
void dt_truss_line(struct dt_str text, struct dt_truss_line *);
/* Cut "= 3", "Err#2 ENOENT" and so on off a call; TEXT if there is no such. */
enum dt_truss_what dt_truss_result(struct dt_str call, struct dt_truss_line *);
/* Take a column of process ids and those of times off the front of a line. */
void dt_truss_prefix(struct dt_str *line, struct dt_truss_line *);
/* Is it a call of AIX, which has Err# too? */
bool dt_truss_isaix(struct dt_str name);

/* Is it the header of the table of -c?  strace's has other widths. */
bool dt_truss_table(struct dt_str line);

/* Nanoseconds since the epoch where the times begin; -1 if it does not say. */
int dt_truss_base(const struct dt_truss_line *, int64_t *ns);

/* What the lines before have told. */
struct dt_truss_told {
	enum dt_truss_whose whose;
	bool pids;		/* there is a column of process ids */
	struct dt_int base;	/* where the times begin, in ns */
};

/*
 * Fill an empty record from a line, whose slices it shares.  Returns -1 with
 * errno, or with errno 0 and *errstr.
 */
int dt_truss_fill(struct dt_record *, const struct dt_truss_line *,
    const struct dt_truss_told *, const char **errstr);
/* Set the arguments, the paths and the flags.  -1 with errno. */
int dt_truss_args(struct dt_record *, struct dt_str args, enum dt_os,
    enum dt_truss_whose);

#endif
