/* SPDX-License-Identifier: ISC */
/*
 * What perf trace prints, line by line:
 *
 *	17.262 ( 0.038 ms): cat/1234 openat(dfd: CWD, ...) = -1 EACCES (...)
 */
#ifndef DT_PERF_H
#define DT_PERF_H

#include "record.h"

enum dt_perf_what {
	DT_PERF_NOT,		/* nothing of perf's */
	DT_PERF_BROKEN,		/* it begins as a record, and is none */
	DT_PERF_CALL,		/* a call with its result */
	DT_PERF_UNFINISHED,	/* the first half of one */
	DT_PERF_RESUMED,	/* the second half */
	DT_PERF_EVENT,		/* of another event than a system call */
};

/* How a call ended. */
struct dt_perf_result {
	struct dt_int ret;
	struct dt_int errnum;
	struct dt_str symbol;	/* of an errno whose number is not known */
	struct dt_str text;	/* a result that is no number */
};

/* The parts of a line, which are slices of it. */
struct dt_perf_line {
	enum dt_perf_what what;
	const char *errstr;	/* why it is BROKEN */
	struct dt_str time;	/* in ms; NULL if not known */
	struct dt_str elapsed;	/* in ms; NULL if not printed */
	struct dt_str comm;	/* NULL if not printed */
	struct dt_int tid;
	struct dt_str name;
	struct dt_str args;	/* of a call; of an EVENT all its text */
	struct dt_perf_result result;
};

void dt_perf_cut(struct dt_str line, struct dt_perf_line *);
/*
 * Does a line begin with the time and the room for a duration that perf trace
 * puts before a record?
 */
bool dt_perf_begins(struct dt_str line);
/* Does such a duration stand anywhere in it?  Other text may be before it. */
bool dt_perf_inside(struct dt_str line);

/* Fill a record that was reset.  -1 with errno. */
int dt_perf_fill(struct dt_record *, const struct dt_perf_line *);

/* The tables of -s and -S.  Zero-initialised is outside of one. */
struct dt_perf_count {
	bool rows;		/* a header was seen */
	bool errors;		/* it has that column */
	char comm[64];		/* whose calls these are */
	size_t ncomm;
	struct dt_int tid;
	char name[64];		/* the call of the last row */
	size_t nname;
};

/* Does such a table begin with a line? */
bool dt_perf_count_is(struct dt_str line);
/*
 * Take a line: 1 if the record, which was reset, was filled, 0 if the line
 * needs none, 2 if it is no line of a table; -1 with errno.
 */
int dt_perf_count(struct dt_perf_count *, struct dt_str line,
    struct dt_record *);

#endif
