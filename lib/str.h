/* SPDX-License-Identifier: ISC */
/* Slices of bytes: the only kind of string that crosses the library. */
#ifndef DT_STR_H
#define DT_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Bytes that somebody else owns, any value including NUL, with no terminator.
 * s == NULL means that there is no string, which is not the same as "".
 */
struct dt_str {
	const char *s;
	size_t n;
};

#define DT_STR(lit) ((struct dt_str){(lit), sizeof(lit) - 1})

static inline struct dt_str
dt_str_c(const char *c)
{
	return (struct dt_str){c, c != NULL ? strlen(c) : 0};
}

static inline bool
dt_str_eq(struct dt_str a, struct dt_str b)
{
	return a.n == b.n && (a.s == NULL) == (b.s == NULL) &&
	    (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static inline bool
dt_str_is(struct dt_str a, const char *lit)
{
	return dt_str_eq(a, dt_str_c(lit));
}

static inline bool
dt_str_starts(struct dt_str a, const char *lit)
{
	size_t n = strlen(lit);

	return a.s != NULL && a.n >= n && memcmp(a.s, lit, n) == 0;
}

/* What is left of a after its first n bytes; n must not pass its end. */
static inline struct dt_str
dt_str_after(struct dt_str a, size_t n)
{
	return (struct dt_str){a.s + n, a.n - n};
}

/* Order by bytes, none before any. */
static inline int
dt_str_cmp(struct dt_str a, struct dt_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = 0;

	if (a.s == NULL || b.s == NULL)
		return (a.s != NULL) - (b.s != NULL);
	if (n > 0)
		r = memcmp(a.s, b.s, n);
	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

/* The same for qsort(3) and bsearch(3) of slices. */
static inline int
dt_str_by_bytes(const void *a, const void *b)
{
	return dt_str_cmp(*(const struct dt_str *)a,
	    *(const struct dt_str *)b);
}

#endif
