/* SPDX-License-Identifier: ISC */
/* Strings kept once each, so that equal ones have the same address. */
#ifndef DT_POOL_H
#define DT_POOL_H

#include <stdint.h>

#include "arena.h"

struct dt_pooled;

/* Zero-initialised is empty. */
struct dt_pool {
	struct dt_arena mem;
	struct dt_pooled **slot;	/* open addressing, a power of two */
	size_t cap, n;
};

/*
 * The string as it is kept, which lasts as long as the pool and has a NUL
 * after it that is not counted; one address stands for all NULL strings.
 * NULL with errno when there is no memory.
 */
const struct dt_str *dt_pool_put(struct dt_pool *, struct dt_str);
/* Which string of its pool one is that was kept, from 0; none for NULL. */
size_t dt_pool_no(const struct dt_str *kept);
void dt_pool_free(struct dt_pool *);

/* Mix bytes into a hash, which is another one on other machines. */
uint64_t dt_hash(uint64_t hash, struct dt_str);

#endif
