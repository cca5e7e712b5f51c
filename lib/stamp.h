/* SPDX-License-Identifier: ISC */
/* Times as text. */
#ifndef DT_STAMP_H
#define DT_STAMP_H

#include <stdint.h>

#include "str.h"

/*
 * A whole string as a time of RFC 3339 with a zone, such as
 * 2026-02-03T04:05:06.789Z, in nanoseconds since the epoch.  False if it is
 * none, is before 1970, does not fit, or is finer than that.
 */
bool dt_stamp_rfc3339(struct dt_str, int64_t *ns);

#endif
