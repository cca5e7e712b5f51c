/* SPDX-License-Identifier: ISC */
/* Where temporary files go. */
#ifndef DT_TEMP_H
#define DT_TEMP_H

#include <stddef.h>

/*
 * The path of a name in $TMPDIR, or in /tmp.  A path that does not fit is cut,
 * and then no template of mkstemp(3) any more.
 */
void dt_temp_path(char *buf, size_t size, const char *name);

#endif
