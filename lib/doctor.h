/* SPDX-License-Identifier: ISC */
/* What each tracer can do on this host, tried out. */
#ifndef DT_DOCTOR_H
#define DT_DOCTOR_H

#include "record.h"

struct dt_signals;

/*
 * Look at this host, and have each tracer that says it can work here trace
 * `self --refused`, which is refused one call.  Each finding is given as a
 * DIAGNOSTIC record: `tracer` is what it is about ("host" for the host), the
 * level is "info" where all is well, and the field `remedy` says what would
 * help where it is not.  `doing` is told what takes time; it may be NULL.
 * Returns how many tracers saw the refusal, or -1 with errno: EINTR if a signal
 * came.
 */
int dt_doctor(const char *self, struct dt_signals *,
    void (*doing)(const char *what), const struct dt_sink *);

#endif
