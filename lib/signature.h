/* SPDX-License-Identifier: ISC */
/* What codesign shows of one file's signature, line by line. */
#ifndef DT_SIGNATURE_H
#define DT_SIGNATURE_H

#include "record.h"

/* The file that is shown.  Zero-initialised is none. */
struct dt_signature {
	struct dt_record rec;
	bool held;		/* there is one */
	const char *block;	/* lines with blanks before them are of this */
};

/* Another one begins; its path may be NULL.  -1 with errno. */
int dt_signature_begin(struct dt_signature *, struct dt_str path);
/* It has no signature.  -1 with errno. */
int dt_signature_unsigned(struct dt_signature *);
/* A line about it, which is not empty; *taken if it is one.  -1 with errno. */
int dt_signature_line(struct dt_signature *, struct dt_str, bool *taken);
/* Has it as many lines as are kept? */
bool dt_signature_full(const struct dt_signature *);
/* Give the one that is held, if any is.  -1 as the sink. */
int dt_signature_flush(struct dt_signature *, const struct dt_sink *);

#endif
