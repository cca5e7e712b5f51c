/* SPDX-License-Identifier: ISC */
/* What strace prints before a call: pid, times, number, address. */
#include <string.h>

#include "strace.h"

enum {
	PID_MAX = 4194304,	/* of Linux; a larger number is a time */
	CONTEXT_MAX = 256,	/* longest security context looked for */
	LOG_MAX = 200,		/* longest prefix of a system log looked for */
	BEHIND_MAX = 120,	/* longest prefix of strace's in mid-line */
};

static bool
isnum(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct dt_str s, size_t i)
{
	size_t from = i;

	while (i < s.n && isnum(s.s[i]))
		i++;
	return i - from;
}

static size_t
blanks(struct dt_str s, size_t i)
{
	size_t from = i;

	while (i < s.n && s.s[i] == ' ')
		i++;
	return i - from;
}

static struct dt_str
cut(struct dt_str s, size_t from, size_t to)
{
	return (struct dt_str){s.s + from, to - from};
}

/* Is this byte at i, within the text? */
static bool
at(struct dt_str s, size_t i, char c)
{
	return i < s.n && s.s[i] == c;
}

int
dt_strace_seconds(struct dt_str s, int64_t *ns)
{
	size_t whole = digits(s, 0), i;
	int64_t v = 0, scale = 1000000000;

	if (whole == 0 || whole > 10)
		return -1;
	for (i = 0; i < whole; i++)
		v = v * 10 + (s.s[i] - '0');
	if (v >= INT64_MAX / scale)
		return -1;
	v *= scale;
	if (whole == s.n) {
		*ns = v;
		return 0;
	}
	if (s.s[whole] != '.' || s.n - whole < 2 || s.n - whole > 10)
		return -1;
	for (i = whole + 1; i < s.n && isnum(s.s[i]); i++) {
		scale /= 10;
		v += (s.s[i] - '0') * scale;
	}
	*ns = v;
	return i == s.n ? 0 : -1;
}

/* The number of a process with its name and the blanks behind it. */
static size_t
pid_at(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	size_t n = digits(s, i);
	const char *end;
	int64_t pid;

	if (n == 0 || n > 7 || dt_num_parse(cut(s, i, i + n), &pid) == -1 ||
	    pid > PID_MAX)
		return 0;
	i += n;
	if (at(s, i, '<')) {
		end = memchr(s.s + i, '>', s.n - i < 128 ? s.n - i : 128);
		if (end == NULL)
			return 0;
		p->comm = cut(s, i + 1, (size_t)(end - s.s));
		i = (size_t)(end - s.s) + 1;
	}
	p->pid = DT_INT(pid);
	return i;
}

/* "[pid N] " or "N  " */
static size_t
pid(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	struct dt_strace_prefix old = *p;
	size_t j = i, sp;

	if (s.n - i > 5 && memcmp(s.s + i, "[pid ", 5) == 0) {
		j = pid_at(s, i + 5 + blanks(s, i + 5), p);
		if (j > 0 && at(s, j, ']') && at(s, j + 1, ' '))
			return j + 2;
		*p = old;
		return i;
	}
	sp = blanks(s, i);
	/* A number in six columns is -r with a precision of seconds. */
	if (sp < 2 || sp + digits(s, i + sp) != 6) {
		j = pid_at(s, i + sp, p);
		if (j > 0 && at(s, j, ' '))
			return j + blanks(s, j);
	}
	*p = old;
	return i;
}

/*
 * "[unconfined_t] " or "[user:role:type:level] " of --secontext.  The name of
 * a type ends in _t.
 */
static size_t
secontext(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	bool is_context = false;
	size_t to;

	if (!at(s, i, '['))
		return i;
	for (to = i + 1; to < s.n && to - i < CONTEXT_MAX && s.s[to] != ']' &&
	    s.s[to] > ' ' && s.s[to] != '('; to++)
		is_context |= s.s[to] == ':' ||
		    (s.s[to] == 't' && s.s[to - 1] == '_');
	if (!is_context || !at(s, to, ']') || !at(s, to + 1, ' '))
		return i;
	p->secontext = cut(s, i + 1, to);
	return to + 2;
}

/* The length of a fraction with its point, or 0. */
static size_t
fraction(struct dt_str s, size_t i)
{
	size_t n = at(s, i, '.') ? digits(s, i + 1) : 0;

	return n > 0 && n <= 9 ? n + 1 : 0;
}

/* "HH:MM:SS[.f] " or "seconds since the epoch[.f] " */
static size_t
clock_at(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	size_t n = digits(s, i), j;

	if (n == 2 && s.n - i > 8 && s.s[i + 2] == ':' &&
	    digits(s, i + 3) == 2 && s.s[i + 5] == ':' &&
	    digits(s, i + 6) == 2) {
		j = i + 8 + fraction(s, i + 8);
		if (!at(s, j, ' '))
			return i;
		p->time = cut(s, i, j);
		return j + 1;
	}
	if (n < 8 || n > 10)
		return i;
	j = i + n + fraction(s, i + n);
	if (!at(s, j, ' ') ||
	    dt_strace_seconds(cut(s, i, j), &p->ts.v) == -1)
		return i;
	p->ts.set = true;
	return j + 1;
}

/* "(+     0.000123) ", or without the parentheses. */
static size_t
delta(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	bool paren = at(s, i, '(') && at(s, i + 1, '+');
	size_t from = i + (paren ? 2 : 0), j, n;

	from += blanks(s, from);
	n = digits(s, from);
	j = from + n + fraction(s, from + n);
	if (n == 0 || n > 7 || (paren && !at(s, j++, ')')) || !at(s, j, ' '))
		return i;
	p->delta = cut(s, from, paren ? j - 1 : j);
	return j + 1;
}

static bool
is_address(char c)
{
	return isnum(c) || (c >= 'a' && c <= 'f') || c == '?';
}

/* "[ 257] " or "[00007f14d69ddf67] " */
static size_t
bracket(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	size_t from, to;

	if (!at(s, i, '['))
		return i;
	from = i + 1 + blanks(s, i + 1);
	for (to = from; to < s.n && to - i < 20 && is_address(s.s[to]);)
		to++;
	if (to == from || !at(s, to, ']') || !at(s, to + 1, ' '))
		return i;
	if (to - i - 1 >= 8)
		p->ip = cut(s, from, to);
	else if (s.s[from] == '?' || digits(s, from) == to - from)
		p->nr = cut(s, from, to);
	else
		return i;
	return to + 2;
}

/*
 * What a system log put before a line: it ends in "tag[N]: ", and has the
 * colons of a time in it.
 */
static size_t
syslog(struct dt_str s)
{
	size_t max = s.n < LOG_MAX ? s.n : LOG_MAX, i, open = 0;
	unsigned colons = 0;

	for (i = 0; i + 2 < max; i++) {
		if (s.s[i] == ':')
			colons++;
		if (s.s[i] == '(' || s.s[i] == '"')
			return 0;
		if (s.s[i] == '[')
			open = i;
		if (s.s[i] != ']' || s.s[i + 1] != ':' || s.s[i + 2] != ' ')
			continue;
		return open > 0 && digits(s, open + 1) == i - open - 1 &&
		    i > open + 1 && colons >= 2 ? i + 3 : 0;
	}
	return 0;
}

static size_t
own(struct dt_str s, size_t i, struct dt_strace_prefix *p)
{
	i = pid(s, i, p);
	i = secontext(s, i, p);
	i = clock_at(s, i, p);
	i = delta(s, i, p);
	i = bracket(s, i, p);
	return p->ip.s == NULL ? bracket(s, i, p) : i;
}

void
dt_strace_prefix(struct dt_str s, struct dt_strace_prefix *p)
{
	size_t log = syslog(s);

	*p = (struct dt_strace_prefix){0};
	if (log > 0)
		p->log = cut(s, 0, log - 1);
	p->n = own(s, log, p);
}

void
dt_strace_prefix_behind(struct dt_str s, struct dt_strace_prefix *p)
{
	size_t i = s.n > BEHIND_MAX ? s.n - BEHIND_MAX : 0, n;
	struct dt_str tail;

	for (; i < s.n; i++) {
		tail = dt_str_after(s, i);
		*p = (struct dt_strace_prefix){0};
		n = own(tail, 0, p);
		/* A bare pid stands in a file, where no text gets glued. */
		if (n == tail.n && n > 0 && (!p->pid.set || *tail.s == '['))
			break;
	}
	if (i == s.n)
		*p = (struct dt_strace_prefix){0};
	p->n = s.n - i;
}
