/* SPDX-License-Identifier: ISC */
/* What a record means: its world, operation, outcome and path shapes. */
#ifndef DT_NORMALIZE_H
#define DT_NORMALIZE_H

#include "record.h"
#include "shape.h"
#include "world.h"

struct dt_normalizer;

/* The keys of the members it looks at, ended by NULL. */
extern const char *const dt_normalize_keys[];

/* What is given by hand; everything belongs to the caller. */
struct dt_norm_opts {
	const struct dt_worlds *worlds;	/* the known ones, or NULL */
	struct dt_str world;		/* id of every capture, or NULL */
	struct dt_str phase;		/* of records that name none, or NULL */
	const struct dt_shapes *shapes;
};

/* NULL with errno.  The options must outlive it. */
struct dt_normalizer *dt_normalizer_new(const struct dt_norm_opts *);
void dt_normalizer_free(struct dt_normalizer *);
/* A new stream begins: what has no run is of no capture seen before. */
void dt_normalizer_begin(struct dt_normalizer *);

/*
 * Why a record can be neither normalized nor taken as normalized, having some
 * of the NORM members and not the others; NULL when it can.
 */
const char *dt_normalize_refuses(const struct dt_record *);

/*
 * Fill in a record's NORM members, from the captures seen before it in the
 * stream.  `extra` gets what has to be added besides: a phase, an operation.
 * A record that has been through here is left alone.  Strings are constants
 * or in the record's memory.  Returns 0, 1 for a record left alone, or -1 with
 * *errstr (until the next call) when the world given contradicts the capture,
 * NULL without memory.
 */
int dt_normalize(struct dt_normalizer *, struct dt_record *,
    struct dt_kvv *extra, const char **errstr);

#endif
