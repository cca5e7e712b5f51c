/* SPDX-License-Identifier: ISC */
/* Worlds: the hosts whose results may be compared. */
#ifndef DT_WORLD_H
#define DT_WORLD_H

#include <stdio.h>

#include "record.h"

struct dt_worlds;

/*
 * Read a world.json.  NULL with *errstr (until the next call or free of
 * static storage), or *errstr NULL and errno.
 */
struct dt_worlds *dt_worlds_read(FILE *, const char **errstr);
void dt_worlds_free(struct dt_worlds *);

/*
 * The id of the known world of which every fact is a fact of the host; a
 * NULL string when there is none.  Of several the one with most facts.
 */
struct dt_str dt_world_find(const struct dt_worlds *,
    const struct dt_kvv *host);
/*
 * The first key on which a known world and a host disagree, with both values;
 * NULL when they do not, or no world of that id is known.
 */
const char *dt_world_contradicts(const struct dt_worlds *, struct dt_str id,
    const struct dt_kvv *host, struct dt_str *world_val,
    struct dt_str *host_val);

/* A known world's fact, or a string beside its facts; a NULL string if none. */
struct dt_str dt_world_says(const struct dt_worlds *, struct dt_str id,
    struct dt_str key);

enum { DT_WORLD_ID_MAX = 256 };

/*
 * The id that follows from a host's facts: their system, product, version,
 * kernel and machine for people, and a digest of all for certainty.  Returns
 * its length, or 0 when the facts do not tell one host from another (system,
 * kernel release or machine is missing).
 */
size_t dt_world_derive(const struct dt_kvv *host, char id[DT_WORLD_ID_MAX]);

#endif
