/* SPDX-License-Identifier: ISC */
/* Somebody else's JSON line as flat pairs, for parsers that see no JSON. */
#ifndef DT_FLAT_H
#define DT_FLAT_H

#include "record.h"

/* Keys of one line: those of objects, arrays and nulls count, too. */
enum { DT_FLAT_KEYS = 16384 };

struct dt_flat;

enum dt_flat_type {
	DT_FLAT_NONE,		/* there is no such key */
	DT_FLAT_NULL,
	DT_FLAT_BOOL,
	DT_FLAT_NUMBER,
	DT_FLAT_STRING,
	DT_FLAT_ARRAY,
	DT_FLAT_OBJECT,
};

/* What stands at a key: pairs first to first + n, of a scalar its own. */
struct dt_flat_val {
	enum dt_flat_type type;
	struct dt_str str;	/* of a scalar; NULL of any other */
	size_t first, n;
	size_t members;		/* right in an object or array, nulls too */
	struct dt_str member;	/* key of the first one, by itself */
};

/* NULL with errno. */
struct dt_flat *dt_flat_new(void);
/*
 * Read an object of one line into pairs: keys joined with dots (`a.b`, `a.0`),
 * strings decoded, numbers and true and false as printed, null left out.  The
 * pairs are in the order of the text, and no key is there twice, also none of
 * an object or array.  Keys and values last as long as the arena's memory.
 * Takes time in proportion to the line.  Returns 0, or -1 with *errstr, NULL
 * when memory ran out.
 */
int dt_flat_read(struct dt_flat *, struct dt_str line, struct dt_arena *,
    struct dt_kvv *, const char **errstr);
/*
 * What stands at a whole key of the object that was read last; at none, of
 * type NONE, when it was refused.  Takes the same time for any number of keys.
 */
struct dt_flat_val dt_flat_get(const struct dt_flat *, struct dt_str key);
void dt_flat_free(struct dt_flat *);

#endif
