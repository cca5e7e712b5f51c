/* SPDX-License-Identifier: ISC */
/* Memory that is given out piecemeal and taken back all at once. */
#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { FIRST = 4096 };

struct dt_chunk {
	struct dt_chunk *next;
	size_t cap;
	alignas(max_align_t) char mem[];
};

static int
push(struct dt_arena *a, size_t n)
{
	struct dt_chunk *c;
	size_t cap = a->head != NULL ? a->head->cap * 2 : FIRST;

	if (cap > 1 << 20)
		cap = 1 << 20;
	if (cap < n)
		cap = n;
	if (cap > SIZE_MAX - sizeof(*c)) {
		errno = ENOMEM;
		return -1;
	}
	c = malloc(sizeof(*c) + cap);
	if (c == NULL)
		return -1;
	c->next = a->head;
	c->cap = cap;
	a->head = c;
	a->used = 0;
	a->total += cap;
	return 0;
}

void *
dt_arena_alloc(struct dt_arena *a, size_t n)
{
	const size_t al = alignof(max_align_t);
	char *p;

	if (n > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	n = (n + al - 1) / al * al;
	if ((a->head == NULL || a->head->cap - a->used < n) && push(a, n) == -1)
		return NULL;
	p = a->head->mem + a->used;
	a->used += n;
	return p;
}

struct dt_str
dt_arena_dup(struct dt_arena *a, struct dt_str str)
{
	char *p = dt_arena_alloc(a, str.n + 1);

	if (p == NULL)
		return (struct dt_str){0};
	if (str.n > 0)
		memcpy(p, str.s, str.n);
	p[str.n] = '\0';
	return (struct dt_str){p, str.n};
}

void *
dt_arena_grow(struct dt_arena *a, void *array, size_t n, size_t size)
{
	void *p;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return array;
	p = dt_arena_alloc(a, (n == 0 ? 4 : n * 2) * size);
	if (p != NULL && n > 0)
		memcpy(p, array, n * size);
	return p;
}

void
dt_arena_reset(struct dt_arena *a)
{
	struct dt_chunk *c;

	while (a->head != NULL && a->head->next != NULL) {
		c = a->head;
		a->head = c->next;
		a->total -= c->cap;
		free(c);
	}
	a->used = 0;
}

void
dt_arena_free(struct dt_arena *a)
{
	dt_arena_reset(a);
	free(a->head);
	*a = (struct dt_arena){0};
}
