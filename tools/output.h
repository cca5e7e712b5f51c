/* SPDX-License-Identifier: ISC */
/* Files that appear whole or not at all. */
#ifndef DT_OUTPUT_H
#define DT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * A file under a name of its own until it is whole.  What is no regular file,
 * or is stdout under whatever name, is written to as it is; `-` is stdout.
 */
struct output {
	const char *path;	/* as it was given */
	char *final, *tmp;	/* NULL when written to as it is */
	FILE *f;
};

/* Open it; -1 with errno. */
int output_open(struct output *, const char *path);
/*
 * Close it and give it its name, or, if it is not good, or cannot be written,
 * remove it.  Returns 0, or -1 with errno; also when it was not good.
 */
int output_close(struct output *, bool good);

#endif
