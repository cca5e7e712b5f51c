/* SPDX-License-Identifier: ISC */
/* Times as logs print them. */
#ifndef DT_LOGTIME_H
#define DT_LOGTIME_H

#include "record.h"

/*
 * Take a time off the front, YYYY-MM-DD, a blank or T, and HH:MM:SS with a
 * fraction.  It becomes nanoseconds since the epoch if a zone, +HHMM or Z,
 * stands behind it; the number is unset if not.  False if there is no time.
 */
bool dt_logtime_take(struct dt_str *, struct dt_int *ts);

#endif
