/* SPDX-License-Identifier: ISC */
/* What one has to know of a D script to run it. */
#ifndef DT_DSCRIPT_H
#define DT_DSCRIPT_H

#include <stdbool.h>

/*
 * Does a D script have probes of the pid provider or its kin (pid$target,
 * objc$target, pid123)?  Those are found in the program's own image, so
 * dtrace has to start the program itself.  Comments and strings do not
 * count.  1 if so, 0 if not, -1 with errno if the file cannot be read.
 */
int dt_dscript_has_pid(const char *path);
/*
 * Does it speak of one process, by the macro $target?  1 if so, and so on.
 */
int dt_dscript_has_target(const char *path);
/* Does it have a probe with this beginning, "provider:module:function:"? */
int dt_dscript_has_probe(const char *path, const char *begin);
/*
 * Does it ask, by a pragma, for the right to change the system it watches?
 * Returns as above.
 */
int dt_dscript_is_destructive(const char *path);

#endif
