/* SPDX-License-Identifier: ISC */
/* Memory that is given out piecemeal and taken back all at once. */
#ifndef DT_ARENA_H
#define DT_ARENA_H

#include "str.h"

struct dt_chunk;

/* Zero-initialised is empty. */
struct dt_arena {
	struct dt_chunk *head;	/* the chunk in use */
	size_t used;		/* bytes given out of it */
	size_t total;		/* bytes held from malloc in all chunks */
};

/* n bytes aligned for any object; NULL with errno when there are none. */
void *dt_arena_alloc(struct dt_arena *, size_t n);
/* A copy of a slice, ended by a NUL that is not counted; s is NULL on error. */
struct dt_str dt_arena_dup(struct dt_arena *, struct dt_str);
/*
 * Room for one more element of `size` bytes in a growing array: returns the
 * array, moved if it had to grow, or NULL.  `n` counts the elements it holds;
 * capacities are the powers of two from 4, so none need be remembered.
 */
void *dt_arena_grow(struct dt_arena *, void *array, size_t n, size_t size);
/* Take everything back and keep one chunk for the next round. */
void dt_arena_reset(struct dt_arena *);
/* Give everything back to malloc. */
void dt_arena_free(struct dt_arena *);

#endif
