/* SPDX-License-Identifier: ISC */
/* Which format a text is of, found from its beginning. */
#ifndef DT_DETECT_H
#define DT_DETECT_H

#include "parse.h"

enum {
	DT_FORMATS = 0
#define F(name) + 1
#include "formats.def"
	,
	/* Only lines that begin before this are looked at. */
	DT_DETECT_BYTES = 64 << 10,
};

/*
 * The format that most whole lines are of for sure, and of those with own_end
 * a last one that is not whole, too; if no line is, that which most may be of.
 * It has to have several times the lines of any other.  The answer depends on
 * the text alone, not on the pieces it comes in.  Zero-initialised is before
 * the text.
 */
struct dt_detect {
	size_t hits[DT_IS_MAYBE + 1][DT_FORMATS];
	size_t seen;		/* bytes of the text that were looked at */
	size_t lines;
	/* The answer. */
	const struct dt_format *fmt;	/* NULL: none, or not certain */
	const struct dt_format *may[2];	/* those it may be, when not certain */
};

/*
 * Look at a text as far as it is there: all of it, of which each call has more.
 * True when the answer will not change any more; then it is set.
 */
bool dt_detect_more(struct dt_detect *, struct dt_str text);
/* There is no more than this. */
void dt_detect_end(struct dt_detect *, struct dt_str text);

#endif
