/* SPDX-License-Identifier: ISC */
/* Strings kept once each, so that equal ones have the same address. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"

enum { FIRST = 64 };

struct dt_pooled {
	struct dt_str str;	/* first, so that its address is this one's */
	size_t no;
	char bytes[];
};

uint64_t
dt_hash(uint64_t h, struct dt_str str)
{
	const char *s = str.s;
	size_t n = str.n;
	uint64_t w;

	for (; n >= 8; s += 8, n -= 8) {
		memcpy(&w, s, 8);
		h = (h ^ w) * 0x100000001b3;
		h ^= h >> 29;
	}
	w = n;
	while (n > 0)
		w = w << 8 | (unsigned char)s[--n];
	h = (h ^ w) * 0x100000001b3;
	return h ^ h >> 32;
}

static struct dt_pooled **
slot(const struct dt_pool *pool, struct dt_str str)
{
	size_t i = dt_hash(0, str) & (pool->cap - 1);

	while (pool->slot[i] != NULL && !dt_str_eq(pool->slot[i]->str, str))
		i = (i + 1) & (pool->cap - 1);
	return &pool->slot[i];
}

static int
grow(struct dt_pool *pool)
{
	struct dt_pool bigger = *pool;
	size_t i;

	bigger.cap = pool->cap == 0 ? FIRST : pool->cap * 2;
	bigger.slot = calloc(bigger.cap, sizeof(*bigger.slot));
	if (bigger.slot == NULL)
		return -1;
	for (i = 0; i < pool->cap; i++)
		if (pool->slot[i] != NULL)
			*slot(&bigger, pool->slot[i]->str) = pool->slot[i];
	free(pool->slot);
	*pool = bigger;
	return 0;
}

const struct dt_str *
dt_pool_put(struct dt_pool *pool, struct dt_str str)
{
	static const struct dt_str none;
	struct dt_pooled **at, *p;

	if (str.s == NULL)
		return &none;
	if (pool->n * 4 >= pool->cap * 3 && grow(pool) == -1)
		return NULL;
	at = slot(pool, str);
	if (*at != NULL)
		return &(*at)->str;
	p = dt_arena_alloc(&pool->mem, sizeof(*p) + str.n + 1);
	if (p == NULL)
		return NULL;
	if (str.n > 0)
		memcpy(p->bytes, str.s, str.n);
	p->bytes[str.n] = '\0';
	p->str = (struct dt_str){p->bytes, str.n};
	p->no = pool->n++;
	*at = p;
	return &p->str;
}

size_t
dt_pool_no(const struct dt_str *kept)
{
	return ((const struct dt_pooled *)(const void *)kept)->no;
}

void
dt_pool_free(struct dt_pool *pool)
{
	dt_arena_free(&pool->mem);
	free(pool->slot);
	*pool = (struct dt_pool){0};
}
