/* SPDX-License-Identifier: ISC */
/* The rows of kdump's text, and the calls that they are parts of. */
#ifndef DT_KDUMP_H
#define DT_KDUMP_H

#include "record.h"
#include "tables.h"

enum { DT_KDUMP_TIMES = 3 };

enum dt_kdump_what {
	DT_KDUMP_TEXT,		/* nothing of kdump's */
	DT_KDUMP_DATA,		/* what the program read or wrote */
	DT_KDUMP_BROKEN,	/* a row, not understood */
	DT_KDUMP_DROPPED,	/* rows that the kernel lost */
	DT_KDUMP_ROW,
};

/* Of what is a row?  The types that mean more than that they are there. */
enum dt_kdump_type {
	DT_KDUMP_OTHER,
	DT_KDUMP_CALL,
	DT_KDUMP_RET,
	DT_KDUMP_NAMI,
	DT_KDUMP_CAP,
	DT_KDUMP_PLDG,
	DT_KDUMP_PSIG,
	DT_KDUMP_SCTL,
	DT_KDUMP_STRU,
};

enum dt_kdump_threads {
	DT_KDUMP_NOTHREADS,
	DT_KDUMP_THREADS,	/* FreeBSD's with -H, NetBSD's */
	DT_KDUMP_SLASH,		/* OpenBSD's with -H */
};

/* The columns, which all rows of a text have as the first one had them. */
struct dt_kdump_layout {
	bool known;
	enum dt_kdump_threads threads;
	size_t ntimes;
	bool cpu;
};

/* Slices of the line. */
struct dt_kdump_line {
	enum dt_kdump_what what;
	const char *reason;	/* of BROKEN */
	struct dt_kdump_layout lay;
	enum dt_kdump_type type;
	enum dt_os os;		/* that alone has such rows */
	bool open;		/* it ends on another line */
	struct dt_int pid, tid;
	struct dt_str comm;
	struct dt_str times[DT_KDUMP_TIMES];
	struct dt_str word;	/* the type as it is printed */
	struct dt_str abi;
	struct dt_str text;	/* what stands behind it */
	struct dt_str name;	/* of a call; without the number behind it */
	struct dt_str args;	/* without the parentheses */
	struct dt_int ret, errnum;
	struct dt_str ret_text;	/* what the errno means; or another result */
};

/*
 * Cut a line.  Where the columns are not known yet, there are as many as there
 * can be.
 */
void dt_kdump_line(struct dt_str line, const struct dt_kdump_layout *,
    struct dt_kdump_line *);
/* Cut what stands behind RET.  False if it is no whole result. */
bool dt_kdump_result(struct dt_str, struct dt_kdump_line *);

/*
 * Fill an empty record from a CALL and its RET, NULL if there is none, or from
 * a RET alone.  The record shares their slices.  -1 with errno.
 */
int dt_kdump_fill(struct dt_record *, const struct dt_kdump_line *row,
    const struct dt_kdump_line *ret, enum dt_os);
/*
 * Add a row that was between them.  Of paths, `nth` is the number from 0, and
 * -1 where nobody knows which call of the process it is of.
 */
int dt_kdump_add(struct dt_record *, const struct dt_kdump_line *, int nth,
    enum dt_os);
/* When all are added: say who refused it, if they tell. */
void dt_kdump_judge(struct dt_record *, enum dt_os);
/* Fill an empty record from a row that is of no call.  -1 with errno. */
int dt_kdump_single(struct dt_record *, const struct dt_kdump_line *,
    enum dt_os);

#endif
