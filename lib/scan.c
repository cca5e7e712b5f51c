/* SPDX-License-Identifier: ISC */
/* Taking a line of text apart from its front, as parsers do. */
#include "record.h"
#include "scan.h"

struct dt_str
dt_scan_ltrim(struct dt_str s)
{
	while (s.n > 0 && dt_scan_blank(s.s[0]))
		s = dt_str_after(s, 1);
	return s;
}

struct dt_str
dt_scan_rtrim(struct dt_str s)
{
	while (s.n > 0 && dt_scan_blank(s.s[s.n - 1]))
		s.n--;
	return s;
}

struct dt_str
dt_scan_trim(struct dt_str s)
{
	return dt_scan_ltrim(dt_scan_rtrim(s));
}

bool
dt_scan_take(struct dt_str *s, const char *lit)
{
	if (!dt_str_starts(*s, lit))
		return false;
	*s = dt_str_after(*s, strlen(lit));
	return true;
}

struct dt_str
dt_scan_until(struct dt_str *s, const char *stop)
{
	struct dt_str w = {s->s, 0};

	while (w.n < s->n && (s->s[w.n] == '\0' ||
	    strchr(stop, s->s[w.n]) == NULL))
		w.n++;
	*s = dt_str_after(*s, w.n);
	return w;
}

struct dt_str
dt_scan_word(struct dt_str *s)
{
	*s = dt_scan_ltrim(*s);
	return dt_scan_until(s, " \t\r\n");
}

bool
dt_scan_num(struct dt_str *s, int64_t *num)
{
	struct dt_str rest = *s;

	if (dt_num_parse(dt_scan_word(&rest), num) == -1)
		return false;
	*s = rest;
	return true;
}

bool
dt_scan_line(struct dt_str *text, struct dt_str *line, bool *torn)
{
	const char *nl;

	if (text->n == 0)
		return false;
	nl = memchr(text->s, '\n', text->n);
	*torn = nl == NULL;
	*line = (struct dt_str){text->s, nl != NULL ? (size_t)(nl - text->s) :
	    text->n};
	*text = dt_str_after(*text, line->n + (nl != NULL));
	if (nl != NULL && line->n > 0 && line->s[line->n - 1] == '\r')
		line->n--;
	return true;
}

size_t
dt_scan_find(struct dt_str s, const char *lit)
{
	size_t n = strlen(lit), i = 0;
	const char *p;

	while (i + n <= s.n &&
	    (p = memchr(s.s + i, lit[0], s.n - n - i + 1)) != NULL) {
		if (memcmp(p, lit, n) == 0)
			return (size_t)(p - s.s);
		i = (size_t)(p - s.s) + 1;
	}
	return s.n;
}

size_t
dt_scan_find_last(struct dt_str s, const char *lit)
{
	size_t n = strlen(lit), i;

	for (i = s.n >= n ? s.n - n + 1 : 0; i > 0; i--)
		if (s.s[i - 1] == lit[0] && memcmp(s.s + i - 1, lit, n) == 0)
			return i - 1;
	return s.n;
}

bool
dt_scan_ends(struct dt_str s, const char *lit)
{
	size_t n = strlen(lit);

	return s.n >= n && memcmp(s.s + s.n - n, lit, n) == 0;
}

bool
dt_scan_digits(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n && s.s[i] >= '0' && s.s[i] <= '9'; i++)
		continue;
	return s.n > 0 && i == s.n;
}
