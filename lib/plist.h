/* SPDX-License-Identifier: ISC */
/* The XML of a property list that holds entitlements, line by line. */
#ifndef DT_PLIST_H
#define DT_PLIST_H

#include "entitle.h"

/*
 * What is written by codesign and by property list tools, and no more of XML:
 * no entities but the five and numbers, no document type with rules of its
 * own, no CDATA.  Zero-initialised is before the text; set `to`.
 */
struct dt_plist {
	struct dt_entitle *to;
	const char *why;	/* of what was refused */
	const char *skip;	/* inside of what this ends */
	const char *text;	/* name of the element whose text comes */
	bool in;		/* inside the element plist */
	bool begun;
	char *buf;		/* the text so far */
	size_t n, cap;
};

/* Does a line begin one? */
bool dt_plist_is(struct dt_str);
/* Has a line the key of an entitlement in it, as an element? */
bool dt_plist_has_key(struct dt_str);
/*
 * Take what a line has of it off the front.  Returns 1 when more has to come,
 * 0 when it ended, with what stands behind it left, and -1 with errno, or with
 * `why` set when it is not XML as above.  After 0 and -1 it is as before.
 */
int dt_plist_line(struct dt_plist *, struct dt_str *line);
/* Forget the text that has begun. */
void dt_plist_reset(struct dt_plist *);
void dt_plist_free(struct dt_plist *);

#endif
