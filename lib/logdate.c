/* SPDX-License-Identifier: ISC */
/* The forms that system logs write dates in. */
#include "logdate.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
    "Sun"};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
dt_logdate_form(struct dt_str *s, const char *form)
{
	size_t i;

	for (i = 0; form[i] != '\0'; i++) {
		if (i == s->n)
			return false;
		if (form[i] == '0' ? !is_digit(s->s[i]) :
		    form[i] == '_' ? !is_digit(s->s[i]) && s->s[i] != ' ' :
		    form[i] != 'x' && form[i] != s->s[i])
			return false;
	}
	*s = dt_str_after(*s, i);
	return true;
}

static bool
take_one_of(struct dt_str *s, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_scan_take(s, names[i]))
			return true;
	return false;
}

/* A fraction behind a point or comma, as nanoseconds. */
static int64_t
take_fraction(struct dt_str *s)
{
	int64_t ns = 0, unit = 100000000;
	struct dt_str rest = *s;

	if (rest.n < 2 || (rest.s[0] != '.' && rest.s[0] != ',') ||
	    !is_digit(rest.s[1]))
		return 0;
	rest = dt_str_after(rest, 1);
	for (; rest.n > 0 && is_digit(rest.s[0]); unit /= 10) {
		ns += (rest.s[0] - '0') * unit;
		rest = dt_str_after(rest, 1);
	}
	*s = rest;
	return ns;
}

static int64_t
two(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* Days from 1970 to a day of the Gregorian calendar. */
static int64_t
days_to(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era, of_year;

	/* Years that begin in March have their odd day at the end. */
	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

/* `Z`, `+02:00`, `+0200`, `+02`: seconds east. */
static bool
take_zone(struct dt_str *s, int64_t *east)
{
	struct dt_str rest = *s;
	const char *p = s->s;

	*east = 0;
	if (dt_scan_take(s, "Z"))
		return true;
	if (rest.n == 0 || (p[0] != '+' && p[0] != '-'))
		return false;
	rest = dt_str_after(rest, 1);
	if (!dt_logdate_form(&rest, "00"))
		return false;
	*east = two(p + 1) * 3600;
	dt_scan_take(&rest, ":");
	if (dt_logdate_form(&rest, "00"))
		*east += two(rest.s - 2) * 60;
	if (p[0] == '-')
		*east = -*east;
	*s = rest;
	return true;
}

static bool
take_iso(struct dt_str *s, struct dt_int *ts)
{
	struct dt_str rest = *s;
	const char *p = s->s;
	int64_t ns, east, sec;

	*ts = (struct dt_int){0};
	if (!dt_logdate_form(&rest, "0000-00-00x00:00:00") ||
	    (p[10] != 'T' && p[10] != ' '))
		return false;
	ns = take_fraction(&rest);
	if (take_zone(&rest, &east)) {
		sec = days_to(two(p) * 100 + two(p + 2), two(p + 5),
		    two(p + 8)) * 86400 + two(p + 11) * 3600 +
		    two(p + 14) * 60 + two(p + 17) - east;
		if (two(p + 5) >= 1 && two(p + 5) <= 12 && sec >= 0 &&
		    sec < INT64_MAX / 1000000000)
			*ts = DT_INT(sec * 1000000000 + ns);
	}
	*s = rest;
	return true;
}

/* `Jul  8 10:31:23`, with a fraction or not. */
static bool
take_bsd_date(struct dt_str *s)
{
	struct dt_str rest = *s;
	int64_t east;

	if (!take_one_of(&rest, months, NELEM(months)) ||
	    !dt_logdate_form(&rest, " _0 00:00:00"))
		return false;
	take_fraction(&rest);
	/* Without a year a zone is of no use. */
	take_zone(&rest, &east);
	*s = rest;
	return true;
}

/* `Sat Sep 11 20:57:41 2021`. */
static bool
take_ctime(struct dt_str *s)
{
	struct dt_str rest = *s;

	if (!take_one_of(&rest, days, NELEM(days)) ||
	    !dt_scan_take(&rest, " ") || !take_bsd_date(&rest) ||
	    !dt_logdate_form(&rest, " 0000"))
		return false;
	*s = rest;
	return true;
}

/* `Mon 2024-07-08 10:31:23 UTC`: only UTC is a zone that is known. */
static bool
take_full_date(struct dt_str *s, struct dt_int *ts)
{
	struct dt_str rest = *s, zone;

	if (!take_one_of(&rest, days, NELEM(days)) ||
	    !dt_scan_take(&rest, " "))
		return false;
	if (!take_iso(&rest, ts) || !dt_scan_take(&rest, " "))
		return false;
	zone = dt_scan_until(&rest, " ");
	if (zone.n == 0 || zone.n > 8)
		return false;
	*s = rest;
	return true;
}

/* `1720434683.123456`, of journalctl -o short-unix. */
static bool
take_unix(struct dt_str *s, struct dt_int *ts)
{
	struct dt_str rest = *s, sec;
	int64_t num, ns;

	sec = dt_scan_until(&rest, ". ");
	if (sec.n != 10 || !dt_scan_digits(sec) ||
	    dt_num_parse(sec, &num) == -1 || rest.n == 0 || rest.s[0] != '.')
		return false;
	ns = take_fraction(&rest);
	if (num >= INT64_MAX / 1000000000)
		return false;
	*ts = DT_INT(num * 1000000000 + ns);
	*s = rest;
	return true;
}

bool
dt_logdate_weekday(struct dt_str s)
{
	return take_one_of(&s, days, NELEM(days));
}

bool
dt_logdate_take(struct dt_str *s, struct dt_int *ts)
{
	*ts = (struct dt_int){0};
	return take_bsd_date(s) || take_iso(s, ts) || take_full_date(s, ts) ||
	    take_ctime(s) || take_unix(s, ts);
}
