/* SPDX-License-Identifier: ISC */
/* From a key to its row of members.def, in constant time. */
#ifndef DT_KEYS_H
#define DT_KEYS_H

#include <stdint.h>

#include "record.h"

/* An index over dt_members, made once by each reader. */
struct dt_keys {
	uint8_t slot[256];	/* row number + 1; 0 is empty */
};

/* Index the rows of these keys, ended by NULL; all rows if it is NULL. */
void dt_keys_init(struct dt_keys *, const char *const *only);
/*
 * The first row with this key, or NULL.  Rows that share a key follow one
 * another through dt_keys_next.
 */
const struct dt_member *dt_keys_find(const struct dt_keys *, struct dt_str);
/*
 * Tick a row off in a set that starts as 0, in which each row is a bit.  True
 * if it was not there yet.
 */
static inline bool
dt_keys_first(uint64_t *seen, const struct dt_member *m)
{
	uint64_t bit = UINT64_C(1) << (m - dt_members);
	bool first = (*seen & bit) == 0;

	*seen |= bit;
	return first;
}
/* The next row after this one with the same key, or NULL. */
const struct dt_member *dt_keys_next(const struct dt_member *);

#endif
