/* SPDX-License-Identifier: ISC */
/*
 * Not every tracer can tell who refused.  What one saw without knowing it and
 * another saw and knew is no different refusal for that.
 */
#ifndef DT_SIGS_LAYERS_H
#define DT_SIGS_LAYERS_H

#include "sigs.h"

/* A `denied_by` has a short list of values; docs/records.md. */
enum { DT_LAYERS_MAX = 32 };

/* Those that the signatures of a fold name. */
struct dt_layers {
	const struct dt_sigs *sigs;
	struct dt_str v[DT_LAYERS_MAX];
	size_t n;
};

void dt_layers_of(struct dt_layers *, const struct dt_sigs *);
/*
 * How often the fold has a signature that differs from the key in nothing but
 * who refused, which either it or the key does not know; 0 if never.
 */
int64_t dt_layers_count(const struct dt_layers *, const struct dt_sig *key);
/* How often it has the key, whoever refused as long as it is known. */
int64_t dt_layers_known(const struct dt_layers *, const struct dt_sig *key);

#endif
