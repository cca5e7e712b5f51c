/* SPDX-License-Identifier: ISC */
/* Where temporary files go. */
#include <stdio.h>
#include <stdlib.h>

#include "temp.h"

void
dt_temp_path(char *buf, size_t size, const char *name)
{
	const char *dir = getenv("TMPDIR");

	snprintf(buf, size, "%s/%s", dir != NULL && *dir == '/' ? dir : "/tmp",
	    name);
}
