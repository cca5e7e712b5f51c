/* SPDX-License-Identifier: ISC */
/* Text that may hold anything, made fit to be shown. */
#include <stdio.h>

#include "show.h"
#include "utf8.h"

/* The number of a character that is no text, else 0; NUL is a byte. */
static unsigned
unshown(const unsigned char *s, size_t n)
{
	if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return s[1];
	if (n == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe)
		return 0xff00u | (s[2] + 0x40u);
	return 0;
}

struct dt_str
dt_show_next(struct dt_str *rest, char buf[DT_SHOW_MAX])
{
	const unsigned char *s = (const unsigned char *)rest->s;
	size_t bad, n = dt_utf8_len(*rest, &bad);
	struct dt_str one = {rest->s, n};
	unsigned c;

	*rest = dt_str_after(*rest, n != 0 ? n : bad);
	if (n == 0)
		return DT_STR("\357\277\275");
	if (n == 1 && s[0] >= ' ' && s[0] != 0x7f)
		return one;
	c = unshown(s, n);
	if (n > 1 && c == 0)
		return one;
	if (n == 1)
		snprintf(buf, DT_SHOW_MAX, "\\x%02x", s[0]);
	else
		snprintf(buf, DT_SHOW_MAX, "\\u%04x", c);
	return dt_str_c(buf);
}
