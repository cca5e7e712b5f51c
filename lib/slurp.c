/* SPDX-License-Identifier: ISC */
/* A whole file at once, for documents that are no streams. */
#include <errno.h>
#include <stdlib.h>

#include "slurp.h"

/* Room for one byte more than was read, to see if there is more. */
static char *
more_room(char *buf, size_t *cap, size_t max)
{
	size_t more = *cap == 0 ? 64 << 10 : *cap * 2;
	char *p;

	if (more > max + 1)
		more = max + 1;
	p = realloc(buf, more + 1);
	if (p != NULL)
		*cap = more;
	return p;
}

struct dt_str
dt_slurp(FILE *f, size_t max)
{
	char *buf = NULL, *p;
	size_t n = 0, cap = 0, got;

	do {
		p = more_room(buf, &cap, max);
		if (p == NULL)
			goto lost;
		buf = p;
		got = fread(buf + n, 1, cap - n, f);
		n += got;
	} while (got > 0 && n <= max);
	if (ferror(f))
		goto lost;
	if (n > max) {
		errno = EFBIG;
		goto lost;
	}
	buf[n] = '\0';
	return (struct dt_str){buf, n};
lost:
	free(buf);
	return (struct dt_str){0};
}
