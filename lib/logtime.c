/* SPDX-License-Identifier: ISC */
/* Times as logs print them. */
#include "logtime.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Take n digits, no more and no less, off the front. */
static bool
take(struct dt_str *s, size_t n, int64_t *num)
{
	size_t i;

	if (s->n < n)
		return false;
	*num = 0;
	for (i = 0; i < n && is_digit(s->s[i]); i++)
		*num = *num * 10 + (s->s[i] - '0');
	if (i < n || (s->n > n && is_digit(s->s[n])))
		return false;
	*s = dt_str_after(*s, n);
	return true;
}

static bool
take_char(struct dt_str *s, const char *any)
{
	if (s->n == 0 || s->s[0] == '\0' || strchr(any, s->s[0]) == NULL)
		return false;
	*s = dt_str_after(*s, 1);
	return true;
}

/* A fraction of a second in nanoseconds; what is finer is left out. */
static int64_t
take_fraction(struct dt_str *s)
{
	int64_t ns = 0, unit = 100000000;

	if (s->n < 2 || s->s[0] != '.' || !is_digit(s->s[1]))
		return 0;
	for (*s = dt_str_after(*s, 1); s->n > 0 && is_digit(s->s[0]);
	    *s = dt_str_after(*s, 1)) {
		ns += (s->s[0] - '0') * unit;
		unit /= 10;
	}
	return ns;
}

/* Days from the epoch to a day of the Gregorian calendar. */
static int64_t
days(int64_t year, int64_t month, int64_t day)
{
	/* The year begins with March, so that the odd day is its last. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    719469;
}

static bool
is_day(int64_t year, int64_t month, int64_t day)
{
	bool last = month == 12;

	return month >= 1 && month <= 12 && day >= 1 && days(year, month, day) <
	    days(last ? year + 1 : year, last ? 1 : month + 1, 1);
}

/* A zone as seconds east of Greenwich. */
static bool
take_zone(struct dt_str *s, int64_t *east)
{
	struct dt_str rest = *s;
	int64_t hour, min, num;
	bool west;

	*east = 0;
	if (take_char(s, "Z"))
		return true;
	west = rest.n > 0 && rest.s[0] == '-';
	if (!take_char(&rest, "+-") || !take(&rest, 4, &num))
		return false;
	hour = num / 100;
	min = num % 100;
	if (hour > 14 || min > 59)
		return false;
	*east = (hour * 60 + min) * (west ? -60 : 60);
	*s = rest;
	return true;
}

bool
dt_logtime_take(struct dt_str *str, struct dt_int *ts)
{
	int64_t year, month, day, hour, min, sec, ns, east;
	struct dt_str s = *str;

	*ts = (struct dt_int){0};
	if (!take(&s, 4, &year) || !take_char(&s, "-") ||
	    !take(&s, 2, &month) || !take_char(&s, "-") ||
	    !take(&s, 2, &day) || !take_char(&s, " T") ||
	    !take(&s, 2, &hour) || !take_char(&s, ":") ||
	    !take(&s, 2, &min) || !take_char(&s, ":") || !take(&s, 2, &sec) ||
	    !is_day(year, month, day) || hour > 23 || min > 59 || sec > 60)
		return false;
	ns = take_fraction(&s);
	/* Nanoseconds since the epoch end in 2262. */
	if (take_zone(&s, &east) && year >= 1970 && year < 2262) {
		sec += (days(year, month, day) * 24 + hour) * 3600 +
		    min * 60 - east;
		*ts = DT_INT(sec * 1000000000 + ns);
	}
	*str = s;
	return true;
}
