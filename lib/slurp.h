/* SPDX-License-Identifier: ISC */
/* A whole file at once, for documents that are no streams. */
#ifndef DT_SLURP_H
#define DT_SLURP_H

#include <stdio.h>

#include "str.h"

/*
 * All that is left of a file, in memory that is the caller's to free, with a
 * NUL behind it that is not counted.  A NULL string with errno: EFBIG when
 * there is more than `max` bytes.
 */
struct dt_str dt_slurp(FILE *, size_t max);

#endif
