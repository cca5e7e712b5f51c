/* SPDX-License-Identifier: ISC */
/* What the program says it was refused beside what a tracer saw. */
#ifndef DT_SIGS_AGREE_H
#define DT_SIGS_AGREE_H

#include <stdio.h>

#include "sigs.h"

enum dt_layer { DT_ONLY_PROGRAM, DT_ONLY_TRACER, DT_BOTH, DT_LAYERS };

struct dt_agree;

/*
 * Compare the layers of a sorted fold, phase by phase where there are both:
 * the records of kind `probe`, and all others.  A refusal is the same when
 * phase, call, errno and paths are.  The fold must outlive the result.  NULL
 * with errno.
 */
struct dt_agree *dt_agree_new(const struct dt_sigs *);
void dt_agree_free(struct dt_agree *);
/* How many phases have both layers. */
size_t dt_agree_phases(const struct dt_agree *);
/* How many refusals are of a layer, or of both. */
size_t dt_agree_count(const struct dt_agree *, enum dt_layer);

/* Write the comparison.  -1 with errno. */
int dt_agree_write_table(const struct dt_agree *, FILE *, bool colour);
int dt_agree_write_json(const struct dt_agree *, FILE *, bool pretty);

#endif
