/* SPDX-License-Identifier: ISC */
/* The rows that dtrace(1) itself prints, taken apart. */
#include "dtrace_rows.h"
#include "record.h"
#include "scan.h"

enum {
	CPU_WIDTH = 3,
	ID_WIDTH = 6,
	NAME_WIDTH = 32,
	FLOW_WIDTH = 41,
	NAME_LONGEST = 512,	/* more than a kernel keeps of function:name */
	TEXT_KEY_WIDTH = 50,	/* behind two blanks */
	VALUE_WIDTH = 16,	/* behind a blank, as all numbers */
};

static size_t
blanks(struct dt_str s)
{
	size_t n = 0;

	while (n < s.n && s.s[n] == ' ')
		n++;
	return n;
}

/* The first n bytes. */
static struct dt_str
head(struct dt_str s, size_t n)
{
	return (struct dt_str){s.s, n};
}

bool
dt_dtrace_column(struct dt_str *rest, size_t width, struct dt_str *val)
{
	size_t n = width;

	if (rest->n <= width)
		return false;
	if (rest->s[0] != ' ')
		while (n < rest->n && rest->s[n] != ' ')
			n++;
	if (n == rest->n || rest->s[n] != ' ')
		return false;
	*val = dt_scan_ltrim(head(*rest, n));
	*rest = dt_str_after(*rest, n + 1);
	return true;
}

static bool
is_words(struct dt_str line, const char *const *words)
{
	for (; *words != NULL; words++)
		if (!dt_str_is(dt_scan_word(&line), *words))
			return false;
	return dt_scan_trim(line).n == 0;
}

bool
dt_dtrace_header(struct dt_str line)
{
	static const char *const rows[] = {"CPU", "ID", "FUNCTION:NAME", NULL};
	static const char *const flow[] = {"CPU", "FUNCTION", NULL};

	return is_words(line, rows) || is_words(line, flow);
}

/* Does a text end in a colon, one alone, and the name of a probe? */
static bool
is_probe(struct dt_str s)
{
	struct dt_str name;
	size_t i, colon = dt_scan_find_last(s, ":");

	if (colon == s.n || (colon > 0 && s.s[colon - 1] == ':'))
		return false;
	name = dt_str_after(s, colon + 1);
	for (i = 0; i < name.n; i++)
		if ((unsigned char)name.s[i] <= ' ' ||
		    strchr("()<>[]&*,", name.s[i]) != NULL)
			return false;
	return name.n > 0;
}

/*
 * Take function:name.  A function of C++ or Objective-C may hold blanks and
 * colons, so where it fills its column it ends at the first blank that has
 * the name of a probe before it.
 */
static bool
take_name(struct dt_str *rest, struct dt_str *name)
{
	size_t n = NAME_WIDTH;

	if (rest->n < n)
		return false;
	if (rest->s[0] == ' ' && n < rest->n && rest->s[n] != ' ')
		return false;
	while (n < rest->n && n < NAME_LONGEST && (rest->s[n] != ' ' ||
	    !is_probe(head(*rest, n))))
		n++;
	*name = dt_scan_ltrim(head(*rest, n));
	*rest = dt_str_after(*rest, n);
	return is_probe(*name);
}

bool
dt_dtrace_row(struct dt_str line, struct dt_dtrace_row *row)
{
	*row = (struct dt_dtrace_row){0};
	if (!dt_dtrace_column(&line, CPU_WIDTH, &row->cpu) ||
	    !dt_scan_digits(row->cpu) ||
	    !dt_dtrace_column(&line, ID_WIDTH, &row->id) ||
	    !dt_scan_digits(row->id) || !take_name(&line, &row->name))
		return false;
	row->text = dt_scan_trim(line);
	return true;
}

/* Take what stands before a function: its direction. */
static bool
take_arrow(struct dt_str *s, const char **flow)
{
	static const struct {
		const char *arrow, *flow;
	} arrows[] = {
		{"-> ", "entry"},
		{"<- ", "return"},
		{"=> ", "entry"},
		{"<= ", "return"},
		{"| ", NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++) {
		*flow = arrows[i].flow;
		if (dt_scan_take(s, arrows[i].arrow))
			return true;
	}
	return false;
}

/* As many of these brackets are closed as opened? */
static bool
is_closed(struct dt_str s)
{
	static const char pairs[] = "()[]<>";
	long open[sizeof(pairs) / 2] = {0};
	const char *p;
	size_t i;

	for (i = 0; i < s.n; i++) {
		p = s.s[i] != '\0' ? strchr(pairs, s.s[i]) : NULL;
		if (p != NULL)
			open[(p - pairs) / 2] += (p - pairs) % 2 == 0 ? 1 : -1;
	}
	return open[0] == 0 && open[1] == 0 && open[2] == 0;
}

/*
 * How long the function at the beginning is: what is in its column, and more
 * where that is full.  One of C++ may hold blanks, inside brackets.
 */
static size_t
function_length(struct dt_str s, size_t width)
{
	size_t n, first = 0;

	if (s.n <= width)
		return s.n;
	for (n = width; n < s.n && (first == 0 || n < NAME_LONGEST); n++) {
		if (s.s[n] != ' ')
			continue;
		if (is_closed(head(s, n)))
			return n;
		if (first == 0)
			first = n;
	}
	return first > 0 ? first : s.n;
}

bool
dt_dtrace_flow(struct dt_str line, struct dt_dtrace_row *row)
{
	struct dt_str rest;
	size_t n;

	*row = (struct dt_dtrace_row){0};
	if (!dt_dtrace_column(&line, CPU_WIDTH, &row->cpu) ||
	    !dt_scan_digits(row->cpu))
		return false;
	rest = dt_scan_ltrim(line);
	if (!take_arrow(&rest, &row->flow))
		return false;
	n = line.n - rest.n;
	n = function_length(rest, n < FLOW_WIDTH ? FLOW_WIDTH - n : 0);
	row->name = dt_scan_trim(head(rest, n));
	row->text = dt_scan_trim(dt_str_after(rest, n));
	return row->name.n > 0;
}

bool
dt_dtrace_table(struct dt_str line, struct dt_dtrace_table *table)
{
	static const char *const words[] = {"-------------", "Distribution",
	    "-------------", "count", NULL};
	struct dt_str rest = line, first = dt_scan_word(&rest);

	table->width = line.n - rest.n;
	table->keyed = dt_str_is(first, "key");
	return (table->keyed || dt_str_is(first, "value")) &&
	    is_words(rest, words);
}

/* The bar of a bucket: in ASCII, or of block elements in UTF-8. */
static bool
is_bar(struct dt_str s)
{
	bool middle = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.s[i] == '|' && middle)
			return false;
		middle = middle || s.s[i] == '|';
		if ((s.s[i] & 0x80) == 0 && memchr(" @|", s.s[i], 3) == NULL)
			return false;
	}
	return middle;
}

bool
dt_dtrace_bucket(struct dt_str line, const struct dt_dtrace_table *table,
    struct dt_str *bucket, int64_t *count)
{
	size_t bar;

	line = dt_scan_rtrim(line);
	if (line.n <= table->width)
		return false;
	if (line.s[table->width] == ' ') {
		*bucket = dt_scan_trim(head(line, table->width));
		line = dt_str_after(line, table->width);
	} else
		*bucket = dt_scan_word(&line);
	for (bar = line.n; bar > 0 && line.s[bar - 1] != ' '; bar--)
		continue;
	return bucket->n > 0 && is_bar(head(line, bar)) &&
	    dt_num_parse(dt_str_after(line, bar), count) == 0;
}

static bool
all_blank(struct dt_str s)
{
	return blanks(s) == s.n;
}

/* Is this the width of a number of 1, 2, 4 or 8 bytes, and its blank? */
static bool
is_number_width(size_t n)
{
	return n == 4 || n == 6 || n == 9 || n == 17;
}

/* Take a key that is a number; one too long for its column has one blank. */
static bool
take_number(struct dt_str *rest, struct dt_str *key)
{
	const size_t text = 2 + TEXT_KEY_WIDTH;
	struct dt_str after = *rest;
	int64_t num;
	size_t n;

	*key = dt_scan_word(&after);
	n = rest->n - after.n;
	if (dt_num_parse(*key, &num) == -1 || rest->s[0] != ' ' ||
	    !(is_number_width(n) || (n == key->n + 1 && n > 4)))
		return false;
	/* A text of digits looks the same, but for the blanks behind. */
	if (n == key->n + 2 && rest->n >= text &&
	    all_blank(dt_str_after(head(*rest, text), n)))
		return false;
	*rest = after;
	return true;
}

/* Take a key that is text; `whole` is one with the blanks behind it. */
static bool
take_text(struct dt_str *rest, struct dt_str *key, bool whole)
{
	size_t n = 2 + TEXT_KEY_WIDTH;

	if (!dt_str_starts(*rest, "  ") || (whole && rest->n < n))
		return false;
	if (rest->n < n)
		n = rest->n;
	if (!all_blank(head(*rest, n)) && rest->s[2] == ' ')
		return false;
	if (n < rest->n && rest->s[n] != ' ')
		n += dt_scan_find(dt_str_after(*rest, n), "  ");
	*key = dt_scan_rtrim(dt_str_after(head(*rest, n), 2));
	*rest = dt_str_after(*rest, n);
	return true;
}

static bool
take_keys(struct dt_str rest, struct dt_dtrace_keys *keys, bool whole)
{
	for (keys->n = 0; rest.n > 0; keys->n++) {
		if (keys->n == DT_DTRACE_KEYS_MAX)
			return false;
		if (!take_number(&rest, &keys->v[keys->n]) &&
		    !take_text(&rest, &keys->v[keys->n], whole))
			return false;
	}
	return true;
}

bool
dt_dtrace_keys(struct dt_str line, struct dt_dtrace_keys *keys)
{
	return take_keys(dt_scan_rtrim(line), keys, false) && keys->n > 0;
}

bool
dt_dtrace_agg(struct dt_str line, struct dt_dtrace_keys *keys,
    int64_t *value)
{
	struct dt_str num;
	size_t n;

	line = dt_scan_rtrim(line);
	for (n = line.n; n > 0 && line.s[n - 1] != ' '; n--)
		continue;
	num = dt_str_after(line, n);
	if (dt_num_parse(num, value) == -1)
		return false;
	n = 1 + (num.n > VALUE_WIDTH ? num.n : VALUE_WIDTH);
	if (line.n < n)
		return false;
	line.n -= n;
	return all_blank((struct dt_str){line.s + line.n, n - num.n}) &&
	    take_keys(line, keys, true);
}
