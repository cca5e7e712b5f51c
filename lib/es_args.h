/* SPDX-License-Identifier: ISC */
/*
 * The arguments of an exec as proctracer prints them: each in double quotes,
 * with a blank between, and a backslash before a double quote inside.  Nothing
 * else is escaped: not a newline, so that they may go on over many lines, and
 * not a backslash, so that a quote behind one may end an argument or not.  Of
 * two ways to read such a quote only one can be at the end where the text is:
 * from there on they take turns in being inside of an argument, and a second
 * such quote ends the one that is not.
 */
#ifndef DT_ES_ARGS_H
#define DT_ES_ARGS_H

#include "record.h"

/* What may be where a text stops; both, if nobody can tell. */
enum {
	DT_ES_INSIDE = 1,	/* an argument goes on */
	DT_ES_ENDED = 2,	/* all arguments have ended */
};

/* How far a text was read.  Zero-initialised is at its beginning. */
struct dt_es_scan {
	bool begun;
	unsigned at;
	char last;
};

/* Read on.  Returns what may be at its end; 0 if these are no arguments. */
unsigned dt_es_args_scan(struct dt_es_scan *, struct dt_str more);
/*
 * Take a whole text apart into `args`, whose strings are the record's.  Returns
 * 1; 0 if these are no arguments; -1 with errno.
 */
int dt_es_args_split(struct dt_record *, struct dt_str text);

#endif
