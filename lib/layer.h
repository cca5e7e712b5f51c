/* SPDX-License-Identifier: ISC */
/* A probe layer's document as pairs, and which of them have been taken. */
#ifndef DT_LAYER_H
#define DT_LAYER_H

#include "record.h"

enum { DT_LAYER_PAIRS = 256 };

struct dt_layer {
	struct dt_kvv pairs;
	struct dt_str prefix;	/* of what a wrapper has inside of it */
	bool taken[DT_LAYER_PAIRS];
};

/* A pair's key, without the prefix; NULL for one that has not got it. */
struct dt_str dt_layer_key(const struct dt_layer *, size_t i);
/*
 * A member by the names it may have, ended by NULL: of the first name that is
 * there.  NULL if none is.
 */
struct dt_str dt_layer_look(const struct dt_layer *, const char *const *at);
/* The same, of a member that is not left for the fields. */
struct dt_str dt_layer_take(struct dt_layer *, const char *const *at);
/* The same as a number; false if it is there and is none. */
bool dt_layer_number(struct dt_layer *, const char *const *at,
    struct dt_int *);

/* Is a pair about something that the application may do, or may not? */
bool dt_layer_is_entitlement(const struct dt_layer *, size_t i);
/*
 * Give those, one record each, with process and time of another record; they
 * are made in `rec`.  -1 with errno.
 */
int dt_layer_entitlements(const struct dt_layer *,
    const struct dt_record *from, struct dt_record *rec,
    const struct dt_sink *);

#endif
