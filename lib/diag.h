/* SPDX-License-Identifier: ISC */
/* Diagnostics: what a tracer says about itself, as a code and what to do. */
#ifndef DT_DIAG_H
#define DT_DIAG_H

#include <stdint.h>

#include "str.h"

enum dt_level {
	DT_LEVEL_ERROR,		/* the capture is blocked or broken */
	DT_LEVEL_LOST,		/* records were lost: it is a lower bound */
	DT_LEVEL_WARN,
	DT_LEVEL_INFO,
	DT_LEVEL_MAX
};

struct dt_diag {
	const char *code;	/* stable, one for each meaning */
	enum dt_level level;
	const char *remedy;	/* one sentence: what to do */
};

/*
 * What a line of a tracer's standard error means, or NULL if no message is
 * known to read like that.  Blanks around the line do not count.  *count is
 * the number in the message, 1 for a message that stands for one lost record
 * and 0 for one that names no number; LOST with 0 lost nobody knows how many.
 */
const struct dt_diag *dt_diag_bytext(struct dt_str line, uint64_t *count);
/* The diagnostic with this code, or NULL. */
const struct dt_diag *dt_diag_bycode(const char *);
/* "error", "lost", "warning" or "info". */
const char *dt_level_name(enum dt_level);

#endif
