/* SPDX-License-Identifier: ISC */
/* Text as vis(3) of the BSDs makes it, back to bytes. */
#include <errno.h>
#include <string.h>

#include "text.h"

/* "^C" behind a backslash: a control byte, or DEL. */
static size_t
control(const char *s, size_t n, char *out)
{
	if (n < 2 || (s[1] != '?' && (s[1] < '@' || s[1] > '_')))
		return 0;
	*out = s[1] == '?' ? '\177' : (char)(s[1] - '@');
	return 2;
}

/* "M-C" and "M^C": the byte has its eighth bit. */
static size_t
meta(const char *s, size_t n, char *out)
{
	size_t len = 0;

	if (n >= 3 && s[1] == '-' && s[2] > ' ' && s[2] < '\177') {
		*out = s[2];
		len = 3;
	} else if (n >= 3 && s[1] == '^') {
		len = control(s + 1, n - 1, out);
		len += len > 0;
	}
	if (len > 0)
		*out = (char)((unsigned char)*out | 0200);
	return len;
}

static size_t
octal(const char *s, size_t n, char *out)
{
	size_t i;
	int v = 0;

	for (i = 0; i < n && i < 3 && s[i] >= '0' && s[i] <= '7'; i++)
		v = v * 8 + (s[i] - '0');
	/* vis prints \0, or all three digits. */
	if (i != 3 && (i == 0 || v != 0))
		return 0;
	*out = (char)v;
	return v < 256 ? i : 0;
}

/*
 * Decode the escape whose backslash stands before s[0].  Returns how many
 * bytes it takes after the backslash, or 0 when it is none.
 */
static size_t
escape(const char *s, size_t n, char *out)
{
	static const char from[] = "\\\"nrbavtfs", to[] = "\\\"\n\r\b\a\v\t\f ";
	const char *p;

	if (n == 0)
		return 0;
	if (s[0] == '^')
		return control(s, n, out);
	if (s[0] == 'M')
		return meta(s, n, out);
	if (s[0] >= '0' && s[0] <= '7')
		return octal(s, n, out);
	p = s[0] != '\0' ? strchr(from, s[0]) : NULL;
	if (p == NULL)
		return 0;
	*out = to[p - from];
	return 1;
}

struct dt_str
dt_unvis(struct dt_arena *mem, struct dt_str in)
{
	size_t i, n = 0, len;
	char *out;

	if (in.n == 0 || memchr(in.s, '\\', in.n) == NULL)
		return in;
	out = dt_arena_alloc(mem, in.n);
	if (out == NULL)
		return (struct dt_str){0};
	for (i = 0; i < in.n; i += len) {
		len = 1;
		if (in.s[i] != '\\') {
			out[n++] = in.s[i];
			continue;
		}
		len = 1 + escape(in.s + i + 1, in.n - i - 1, &out[n++]);
		if (len == 1) {
			errno = 0;
			return (struct dt_str){0};
		}
	}
	return (struct dt_str){out, n};
}
