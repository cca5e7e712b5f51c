/* SPDX-License-Identifier: ISC */
/* Diagnostics: the tables of diagnostics.def, and looking things up in them. */
#include <stdlib.h>

#include "diag.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum tag {
#define D(tag, code, level, remedy) TAG_##tag,
#include "diagnostics.def"
};

static const struct dt_diag diags[] = {
#define D(tag, code, level, remedy) {code, DT_LEVEL_##level, remedy},
#include "diagnostics.def"
};

static const struct {
	enum tag tag;
	const char *pattern;
	uint64_t count;		/* if there is no %u in the pattern */
} texts[] = {
#define T(tag, pattern, count, example) {TAG_##tag, pattern, count},
#include "diagnostics.def"
};

static const char *const levels[] = {
	[DT_LEVEL_ERROR] = "error",
	[DT_LEVEL_LOST] = "lost",
	[DT_LEVEL_WARN] = "warning",
	[DT_LEVEL_INFO] = "info",
};

static bool
isdig(char c)
{
	return c >= '0' && c <= '9';
}

/* Read all the digits at a place.  Returns how many; a sum too big sticks. */
static size_t
number(struct dt_str s, size_t at, uint64_t *sum)
{
	size_t n = 0;
	unsigned digit;

	if (at > 0 && isdig(s.s[at - 1]))
		return 0;
	for (*sum = 0; at + n < s.n && isdig(s.s[at + n]); n++) {
		digit = (unsigned)(s.s[at + n] - '0');
		*sum = *sum > (UINT64_MAX - digit) / 10 ? UINT64_MAX :
		    *sum * 10 + digit;
	}
	return n;
}

/* Match one byte or number of a pattern.  Returns the bytes of s it took. */
static size_t
step(const char *pat, struct dt_str s, size_t at, uint64_t *count)
{
	uint64_t sum;
	size_t n;

	if (at == s.n)
		return 0;
	if (*pat != '%')
		return *pat == s.s[at];
	n = number(s, at, &sum);
	if (n > 0 && pat[1] == 'u')
		*count = sum;
	return n;
}

/*
 * Match a whole line.  A star takes as little as it can and only the last is
 * ever given more: its predecessors could not do better by taking more.
 */
static bool
glob(const char *pat, struct dt_str s, uint64_t *count)
{
	const char *star = NULL;
	size_t at = 0, from = 0, n;

	for (;;) {
		if (*pat == '*') {
			star = ++pat;
			from = at;
			continue;
		}
		if (*pat == '\0' && at == s.n)
			return true;
		n = *pat != '\0' ? step(pat, s, at, count) : 0;
		if (n > 0) {
			pat += *pat == '%' ? 2 : 1;
			at += n;
		} else if (star != NULL && from < s.n) {
			pat = star;
			at = ++from;
		} else {
			return false;
		}
	}
}

static bool
isblank_(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct dt_str
trim(struct dt_str s)
{
	while (s.n > 0 && isblank_(s.s[s.n - 1]))
		s.n--;
	while (s.n > 0 && isblank_(s.s[0]))
		s = dt_str_after(s, 1);
	return s;
}

const struct dt_diag *
dt_diag_bytext(struct dt_str line, uint64_t *count)
{
	struct dt_str s = trim(line);
	size_t i;

	for (i = 0; i < NELEM(texts); i++) {
		*count = texts[i].count;
		if (glob(texts[i].pattern, s, count))
			return &diags[texts[i].tag];
	}
	*count = 0;
	return NULL;
}

static int
codecmp(const void *key, const void *diag)
{
	return strcmp(key, ((const struct dt_diag *)diag)->code);
}

const struct dt_diag *
dt_diag_bycode(const char *code)
{
	return bsearch(code, diags, NELEM(diags), sizeof(diags[0]), codecmp);
}

const char *
dt_level_name(enum dt_level level)
{
	return (size_t)level < NELEM(levels) ? levels[level] : NULL;
}
