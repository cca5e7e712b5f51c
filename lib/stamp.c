/* SPDX-License-Identifier: ISC */
/* Times as text. */
#include "scan.h"
#include "stamp.h"

/* Take n digits off the front; -1 if they are not there. */
static int
digits(struct dt_str *s, size_t n)
{
	int v = 0;

	if (s->n < n || !dt_scan_digits((struct dt_str){s->s, n}))
		return -1;
	for (; n > 0; n--) {
		v = v * 10 + (s->s[0] - '0');
		*s = dt_str_after(*s, 1);
	}
	return v;
}

/* Take a number of two digits up to max, behind a literal. */
static bool
part(struct dt_str *s, const char *lit, int min, int max, int *v)
{
	if (!dt_scan_take(s, lit))
		return false;
	*v = digits(s, 2);
	return *v >= min && *v <= max;
}

static bool
leaps(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Take a date, as days since the epoch. */
static bool
date(struct dt_str *s, int64_t *days)
{
	static const int len[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31};
	int y, m, d, i, year = digits(s, 4);

	if (year < 1970 || !part(s, "-", 1, 12, &m) ||
	    !part(s, "-", 1, 31, &d) ||
	    d > len[m - 1] + (m == 2 && leaps(year)))
		return false;
	*days = d - 1;
	for (y = 1970; y < year; y++)
		*days += leaps(y) ? 366 : 365;
	for (i = 1; i < m; i++)
		*days += len[i - 1] + (i == 2 && leaps(year));
	return true;
}

/* Take a fraction of a second, if there is one. */
static bool
fraction(struct dt_str *s, int64_t *ns)
{
	int64_t unit = 100000000;
	int d;

	*ns = 0;
	if (!dt_scan_take(s, "."))
		return true;
	while ((d = digits(s, 1)) != -1) {
		if (unit == 0 && d != 0)
			return false;
		*ns += d * unit;
		unit /= 10;
	}
	return unit != 100000000;
}

/* Take a zone, as the seconds that it is ahead of UTC. */
static bool
zone(struct dt_str *s, int64_t *ahead)
{
	bool west = dt_str_starts(*s, "-");
	int h, m;

	*ahead = 0;
	if (dt_scan_take(s, "Z"))
		return true;
	if (!part(s, west ? "-" : "+", 0, 23, &h) || !part(s, ":", 0, 59, &m))
		return false;
	*ahead = (h * 60 + m) * (west ? -60 : 60);
	return true;
}

bool
dt_stamp_rfc3339(struct dt_str s, int64_t *ns)
{
	int64_t days, nsec, ahead, sec;
	int h, m, sc;

	if (!date(&s, &days) || !part(&s, "T", 0, 23, &h) ||
	    !part(&s, ":", 0, 59, &m) || !part(&s, ":", 0, 59, &sc) ||
	    !fraction(&s, &nsec) || !zone(&s, &ahead) || s.n > 0)
		return false;
	sec = days * 86400 + h * 3600 + m * 60 + sc - ahead;
	if (sec < 0 || sec >= INT64_MAX / 1000000000)
		return false;
	*ns = sec * 1000000000 + nsec;
	return true;
}
