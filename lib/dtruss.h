/* SPDX-License-Identifier: ISC */
/* The parts of a line of dtruss's text, and what is made of them. */
#ifndef DT_DTRUSS_H
#define DT_DTRUSS_H

#include "record.h"

/* RELATIVE, ELAPSD and CPU, in this order. */
enum { DT_DTRUSS_TIMES = 3 };

/* Whose script it is, where the text has told. */
enum dt_dtruss_whose {
	DT_DTRUSS_UNTOLD,
	DT_DTRUSS_APPLE,
	DT_DTRUSS_TOOLKIT,	/* Solaris and illumos */
};

/* The columns before the call, by the header or else by the first record. */
struct dt_dtruss_layout {
	bool known;
	bool header;		/* the header said so */
	bool id;		/* the column of pid and thread */
	bool time[DT_DTRUSS_TIMES];
	size_t ntimes;		/* how many, also where nobody knows which */
	enum dt_dtruss_whose whose;
};

/* How much of a record there is at the start of a line. */
enum dt_dtruss_got {
	DT_DTRUSS_NOTHING,
	DT_DTRUSS_CALL,		/* a call that there is, and "(" */
	DT_DTRUSS_WHOLE,
};

/* Slices of the line. */
struct dt_dtruss_line {
	struct dt_str before;	/* program text in front of the record */
	struct dt_int pid, tid;	/* set if there is such a column */
	bool lwp;		/* tid is decimal */
	bool colons;		/* behind the times: a child that is followed */
	struct dt_str times[DT_DTRUSS_TIMES];
	size_t ntimes;
	struct dt_str name;
	struct dt_str args;	/* without the parentheses */
	int64_t ret;
	int64_t errnum;
	struct dt_str code;	/* errnum as it is printed */
};

/*
 * Is it the header?  What the program wrote in front of it on the same line is
 * *before, of no bytes where there is none.
 */
bool dt_dtruss_header(struct dt_str line, struct dt_dtruss_layout *,
    struct dt_str *before);
/* Are the columns the same? */
bool dt_dtruss_alike(const struct dt_dtruss_layout *,
    const struct dt_dtruss_layout *);

/* Cut a text that begins with a record; parts that are not there are unset. */
enum dt_dtruss_got dt_dtruss_cut(struct dt_str text, struct dt_dtruss_line *);
/* Has a whole record the columns of a layout? */
bool dt_dtruss_fits(const struct dt_dtruss_line *,
    const struct dt_dtruss_layout *);
/*
 * Is a whole line's name a call's own for certain?  Of one that no table has,
 * and that no column is in front of, program text may be a part.
 */
bool dt_dtruss_named(const struct dt_dtruss_line *);
/*
 * Find the one place where a whole record of this layout begins for certain
 * behind program text that does not end in a newline; false if there is none.
 */
bool dt_dtruss_glued(struct dt_str text, const struct dt_dtruss_layout *,
    struct dt_dtruss_line *);
/* Does a text end like a record: "= -1 Err#2", or ") = 3 0"? */
bool dt_dtruss_ends(struct dt_str text);
/* A row of the table of -c: the name of a call and how often it was made. */
bool dt_dtruss_count(struct dt_str line, struct dt_str *name, int64_t *count);

/*
 * Split arguments, which are pushed onto vec.  0; 1 if they are none that
 * dtruss prints; -1 with errno.  rec owns the array and may be NULL, as vec,
 * to look only.
 */
int dt_dtruss_args(struct dt_str name, struct dt_str args,
    struct dt_record *rec, struct dt_strv *vec);
/* Is it the name of a system call, on Darwin or of the toolkit's systems? */
bool dt_dtruss_iscall(struct dt_str name);
/*
 * Index of the path among the arguments of a call that only the toolkit's
 * systems have, or -1; -2 if it is no such call.
 */
int dt_dtruss_toolkit_path(struct dt_str name);

/*
 * Fill a record that has been reset from a whole line; its strings are slices
 * of the line.  -1 with errno, or with errno 0 and *errstr.
 */
int dt_dtruss_fill(struct dt_record *, const struct dt_dtruss_line *,
    const struct dt_dtruss_layout *, const char **errstr);

#endif
