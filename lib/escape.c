/* SPDX-License-Identifier: ISC */
/* C strings as tracers print them. */
#include <errno.h>
#include <string.h>

#include "text.h"

static int
octal(char c)
{
	return c >= '0' && c <= '7' ? c - '0' : -1;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Decode the escape whose backslash stands before s[0].  Returns how many
 * bytes it takes after the backslash, or 0 when it is none.
 */
static size_t
escape(const char *s, size_t n, char *out)
{
	static const char from[] = "abfnrtv\"\\'?eE", to[] =
	    "\a\b\f\n\r\t\v\"\\'?\033\033";
	const char *p;
	size_t i;
	int v = 0;

	if (n == 0)
		return 0;
	if (s[0] == 'x') {
		for (i = 1; i < n && i < 3 && hex(s[i]) != -1; i++)
			v = v * 16 + hex(s[i]);
		*out = (char)v;
		return i > 1 ? i : 0;
	}
	if (octal(s[0]) != -1) {
		for (i = 0; i < n && i < 3 && octal(s[i]) != -1; i++)
			v = v * 8 + octal(s[i]);
		*out = (char)v;
		return v < 256 ? i : 0;
	}
	p = s[0] != '\0' ? strchr(from, s[0]) : NULL;
	if (p == NULL)
		return 0;
	*out = to[p - from];
	return 1;
}

struct dt_str
dt_unescape(struct dt_arena *mem, struct dt_str in, bool drop_nul)
{
	const char *bs = memchr(in.s, '\\', in.n);
	size_t i, n = 0, len;
	char *out;

	if (bs == NULL)
		return in;
	if (drop_nul && bs == in.s + in.n - 2 && bs[1] == '0')
		return (struct dt_str){in.s, in.n - 2};
	out = dt_arena_alloc(mem, in.n);
	if (out == NULL)
		return (struct dt_str){0};
	for (i = 0; i < in.n; i += len) {
		len = 1;
		if (in.s[i] != '\\') {
			out[n++] = in.s[i];
			continue;
		}
		if (drop_nul && i + 2 == in.n && in.s[i + 1] == '0')
			break;
		len = 1 + escape(in.s + i + 1, in.n - i - 1, &out[n++]);
		if (len == 1) {
			errno = 0;
			return (struct dt_str){0};
		}
	}
	return (struct dt_str){out, n};
}

size_t
dt_quoted_len(struct dt_str str)
{
	const char *p = str.s + 1, *end = str.s + str.n, *q;

	while (p < end && (q = memchr(p, '"', (size_t)(end - p))) != NULL) {
		const char *b = q;

		while (b > str.s + 1 && b[-1] == '\\')
			b--;
		if ((q - b) % 2 == 0)
			return (size_t)(q - str.s) + 1;
		p = q + 1;
	}
	return 0;
}
