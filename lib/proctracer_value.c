/* SPDX-License-Identifier: ISC */
/* What the values that proctracer prints look like. */
#include "proctracer.h"
#include "scan.h"

/* Is it so: 9 for a digit, anything else for itself? */
static bool
looks(struct dt_str s, const char *like)
{
	size_t i;

	for (i = 0; i < s.n && like[i] != '\0'; i++)
		if (like[i] == '9' ? s.s[i] < '0' || s.s[i] > '9' :
		    s.s[i] != like[i])
			return false;
	return i == s.n && like[i] == '\0';
}

/* A year may have any number of digits, and be before the first. */
static bool
is_date(struct dt_str s)
{
	struct dt_str year;

	dt_scan_take(&s, "-");
	year = dt_scan_until(&s, "-");
	return dt_scan_digits(year) && looks(s, "-99-99 99:99:99");
}

static bool
is_number(struct dt_str s)
{
	dt_scan_take(&s, "-");
	return dt_scan_digits(s);
}

/* (word) (word), with blanks behind each, or none. */
static bool
is_extra(struct dt_str s)
{
	struct dt_str word;

	for (s = dt_scan_trim(s); s.n > 0; s = dt_scan_ltrim(s)) {
		if (!dt_scan_take(&s, "("))
			return false;
		word = dt_scan_until(&s, "()");
		if (word.n == 0 || !dt_scan_take(&s, ")"))
			return false;
	}
	return true;
}

/* Take off the end what stands there between two literals; NULL if nothing. */
static struct dt_str
take_last(struct dt_str *s, const char *open, const char *close)
{
	struct dt_str in = {0};
	size_t at;

	if (!dt_scan_ends(*s, close))
		return in;
	at = dt_scan_find_last(*s, open);
	if (at + strlen(open) + strlen(close) > s->n)
		return in;
	in = dt_str_after(*s, at + strlen(open));
	in.n -= strlen(close);
	s->n = at;
	return in;
}

static bool
is_names(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!(s.s[i] >= 'A' && s.s[i] <= 'Z') &&
		    !(s.s[i] >= '0' && s.s[i] <= '9') &&
		    s.s[i] != '_' && s.s[i] != '|')
			return false;
	return true;
}

/* The number is there alone where the program had no names yet. */
static bool
mask(struct dt_str s, struct dt_pt_value *val)
{
	if (dt_scan_digits(s)) {
		val->number = s;
		return true;
	}
	val->number = take_last(&s, " (", ")");
	val->unnamed = take_last(&s, " [", "?]");
	val->names = s;
	return dt_scan_digits(val->number) && is_names(s) &&
	    (val->unnamed.s == NULL || dt_scan_digits(val->unnamed));
}

static bool
enumeration(struct dt_str s, struct dt_pt_value *val)
{
	val->number = take_last(&s, " (", ")");
	val->names = dt_str_is(s, "[?]") ? DT_STR("") : s;
	return dt_scan_digits(val->number) && s.n > 0 && is_names(val->names);
}

bool
dt_pt_value(enum dt_es_type type, struct dt_str s, struct dt_pt_value *val)
{
	*val = (struct dt_pt_value){0};
	switch (type) {
	case DT_ES_NUM:
		return is_number(s);
	case DT_ES_BOOL:
		return dt_str_is(s, "true") || dt_str_is(s, "false");
	case DT_ES_MASK:
		return mask(s, val);
	case DT_ES_ENUM:
		return enumeration(s, val);
	case DT_ES_DATE:
		return is_date(s);
	case DT_ES_EXTRA:
		return is_extra(s);
	case DT_ES_TEXT:
	case DT_ES_ARGS:
		break;
	}
	return true;
}

bool
dt_pt_time(struct dt_str s, struct dt_str *day, struct dt_str *nsec)
{
	*nsec = s;
	*day = dt_scan_until(nsec, ".");
	return is_date(*day) && dt_scan_take(nsec, ".") &&
	    dt_scan_digits(*nsec);
}
