/* SPDX-License-Identifier: ISC */
/* A copy of an executable without its code signature. */
#ifndef DT_UNSIGNED_H
#define DT_UNSIGNED_H

#include <limits.h>
#include <stdbool.h>

/* Zero-initialised is none. */
struct dt_unsigned {
	char dir[PATH_MAX];	/* of its own; nobody else may write to it */
	char path[PATH_MAX];	/* of the copy */
	char original_sha256[65], sha256[65];
	const char *code;	/* diag.h: what stood in the way; or NULL */
	char why[PATH_MAX + 128];	/* the same in words */
};

/*
 * Copy an executable, without set-id bits, into a new directory, and have
 * codesign(1) remove the signature of the copy.  macOS denies tracers what is
 * signed by Apple or hardened; the copy is neither.  If it is for others too,
 * they may execute it, but not see what else there is in the directory.  -1
 * with code and why set.  dt_unsigned_end removes the copy in any case, and
 * what codesign or the program have put beside it: -1 with errno if that fails.
 */
int dt_unsigned_make(struct dt_unsigned *, const char *path, bool others);
int dt_unsigned_end(struct dt_unsigned *);

#endif
