/* SPDX-License-Identifier: ISC */
/* UTF-8: what JSON strings may hold. */
#include <stdint.h>
#include <string.h>

#include "utf8.h"

size_t
dt_utf8_len(struct dt_str str, size_t *bad)
{
	const unsigned char *s = (const unsigned char *)str.s;
	unsigned lo = 0x80, hi = 0xbf;
	size_t want, i;

	*bad = 1;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	want = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	/* The second byte rules out overlong forms and surrogates. */
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	for (i = 1; i < want; i++) {
		if (i == str.n || s[i] < lo || s[i] > hi) {
			*bad = i;
			return 0;
		}
		lo = 0x80;
		hi = 0xbf;
	}
	return want;
}

/* Is any of these eight bytes a control, a quote, a backslash or above 7f? */
static bool
is_odd8(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101, high = ones * 0x80;
	uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';

	return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) &
	    high) != 0;
}

enum dt_text_class
dt_utf8_class(struct dt_str str)
{
	enum dt_text_class class = DT_CLEAN;
	uint64_t w;
	size_t i = 0, n, bad;
	unsigned char c;

	for (; i + 8 <= str.n; i += 8) {
		memcpy(&w, str.s + i, 8);
		if (is_odd8(w))
			break;
	}
	while (i < str.n) {
		c = (unsigned char)str.s[i];
		if (c < 0x80) {
			if (c < ' ' || c == '"' || c == '\\')
				class = DT_ESCAPED;
			i++;
			continue;
		}
		n = dt_utf8_len(dt_str_after(str, i), &bad);
		if (n == 0)
			return DT_BROKEN;
		i += n;
	}
	return class;
}

size_t
dt_utf8_mend(struct dt_str str, char *buf)
{
	size_t i, n, bad, out = 0;

	for (i = 0; i < str.n; i += n != 0 ? n : bad) {
		n = dt_utf8_len(dt_str_after(str, i), &bad);
		if (buf != NULL)
			memcpy(buf + out, n != 0 ? str.s + i : "\357\277\275",
			    n != 0 ? n : 3);
		out += n != 0 ? n : 3;
	}
	return out;
}

struct dt_str
dt_utf8_dup(struct dt_arena *mem, struct dt_str str)
{
	char *p;

	if (dt_utf8_class(str) != DT_BROKEN)
		return dt_arena_dup(mem, str);
	p = dt_arena_alloc(mem, dt_utf8_mend(str, NULL));
	if (p == NULL)
		return (struct dt_str){0};
	return (struct dt_str){p, dt_utf8_mend(str, p)};
}
