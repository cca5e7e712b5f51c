/* SPDX-License-Identifier: ISC */
/* A text that is being written, in an arena. */
#ifndef DT_BUF_H
#define DT_BUF_H

#include <stdint.h>

#include "arena.h"

/* Set mem in a zero-initialised one. */
struct dt_buf {
	struct dt_arena *mem;
	char *s;
	size_t n, cap;
	bool lost;		/* there was no memory */
};

void dt_buf_put(struct dt_buf *, struct dt_str);
void dt_buf_c(struct dt_buf *, const char *);
void dt_buf_num(struct dt_buf *, int64_t);
/* Text that may hold anything, made fit to be shown. */
void dt_buf_shown(struct dt_buf *, struct dt_str);
/* What was written, with a NUL after it; s is NULL, with errno, if not all. */
struct dt_str dt_buf_end(struct dt_buf *);

#endif
