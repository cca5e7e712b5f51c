/* SPDX-License-Identifier: ISC */
/* A JSON document that is a list of flat objects, row by row. */
#ifndef DT_JSONROWS_H
#define DT_JSONROWS_H

#include "fault.h"

enum { DT_JSONROWS_KEYS = 8 };

/* A member of a row. */
struct dt_jsonval {
	enum dt_jsontype {
		DT_JSON_ABSENT,
		DT_JSON_NULL,
		DT_JSON_STRING,
		DT_JSON_NUMBER,
	} type;
	struct dt_str s;	/* a string decoded, a number as it stands */
};

/*
 * What is wanted.  The document is the list, or an object that has the list as
 * a member.  Members that are not asked for are passed over.  A callback gets
 * values in the order of the keys, which last until it returns; it returns 0,
 * or -1 when it has said why not.
 */
struct dt_jsonrows {
	const char *list;		/* name of the list */
	const char *const *keys;	/* of a row, ended by NULL */
	const char *const *head;	/* beside the list, ended by NULL */
	int (*on_row)(void *ctx, const struct dt_jsonval *, uint64_t line);
	int (*on_head)(void *ctx, size_t key, const struct dt_jsonval *,
	    uint64_t line);
	void *ctx;
};

/* Read a whole document.  Returns 0, or -1 with why. */
int dt_jsonrows_read(struct dt_str text, const struct dt_jsonrows *,
    struct dt_fault *);

/* A value as a number: a JSON number, or a string of decimal or 0x digits. */
int dt_jsonval_unsigned(const struct dt_jsonval *, uint64_t *);

#endif
