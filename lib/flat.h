/* SPDX-License-Identifier: ISC */
/* Somebody else's JSON line as flat pairs, for parsers that see no JSON. */
#ifndef DT_FLAT_H
#define DT_FLAT_H

#include "record.h"

struct dt_flat;

/* NULL with errno. */
struct dt_flat *dt_flat_new(void);
/*
 * Read an object of one line into pairs: keys joined with dots (`a.b`, `a.0`),
 * strings decoded, numbers and true and false as printed, null left out.
 * Keys and values last as long as the arena's memory.  Returns 0, or -1 with
 * *errstr, NULL when memory ran out.
 */
int dt_flat_read(struct dt_flat *, struct dt_str line, struct dt_arena *,
    struct dt_kvv *, const char **errstr);
void dt_flat_free(struct dt_flat *);

#endif
