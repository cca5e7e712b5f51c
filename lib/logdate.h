/* SPDX-License-Identifier: ISC */
/* The forms that system logs write dates in. */
#ifndef DT_LOGDATE_H
#define DT_LOGDATE_H

#include "record.h"

/*
 * Take a date and time off the front, in any form that syslog or journalctl(1)
 * has: *ts is set, in nanoseconds since the epoch, if it has a zone and a year.
 * False, with nothing taken, if there is none.
 */
bool dt_logdate_take(struct dt_str *, struct dt_int *ts);
/*
 * Take what has the form of a pattern: 0 a digit, _ a digit or a blank, x any
 * byte, all others themselves.
 */
bool dt_logdate_form(struct dt_str *, const char *form);
/* Does it begin with the name of a day of the week, as Mon? */
bool dt_logdate_weekday(struct dt_str);

#endif
