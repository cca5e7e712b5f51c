/* SPDX-License-Identifier: ISC */
/* What stands behind the = of a call in strace's text. */
#include "scan.h"
#include "strace.h"

/* The longest explanation of a result. */
enum { NOTE_MAX = 4096 };

static bool
is_symbol(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t
number_len(struct dt_str s)
{
	size_t i = s.n > 0 && s.s[0] == '-', from;

	if (s.n - i > 2 && s.s[i] == '0' && s.s[i + 1] == 'x')
		i += 2;
	for (from = i; i < s.n && ((s.s[i] >= '0' && s.s[i] <= '9') ||
	    (from >= 2 && s.s[i] >= 'a' && s.s[i] <= 'f')); i++)
		continue;
	return i > from ? i : 0;
}

/* A number as strace prints it, where a leading 0 means octal. */
static int
number(struct dt_str s, int64_t *num)
{
	size_t i;

	if (s.n < 2 || s.s[0] != '0' || s.s[1] == 'x')
		return dt_num_parse(s, num);
	if (s.n > 21)
		return -1;
	*num = 0;
	for (i = 0; i < s.n; i++) {
		if (s.s[i] > '7')
			return -1;
		*num = *num * 8 + (s.s[i] - '0');
	}
	return 0;
}

/* The length of a word in balanced brackets at the front, or 0. */
static size_t
paren_len(struct dt_str s)
{
	struct dt_strace_walk w = {.text = s};
	int c;

	if (w.text.n > NOTE_MAX)
		w.text.n = NOTE_MAX;
	do
		c = dt_strace_step(&w);
	while (c >= 0 && w.depth > 0);
	return c >= 0 ? w.i : 0;
}

static void
note(struct dt_str s, struct dt_strace_result *res)
{
	struct dt_str in = {s.s + 1, s.n - 2};

	if (dt_str_is(in, "INJECTED"))
		res->injected = DT_STR("1");
	else if (dt_str_starts(in, "INJECTED: "))
		res->injected = dt_str_after(in, 10);
	else if (dt_str_is(in, "DELAYED"))
		res->delayed = true;
	else if (dt_str_starts(in, "errno ") &&
	    dt_num_parse(dt_str_after(in, 6), &res->errnum.v) == 0)
		res->errnum.set = true;
	else if (res->symbol.s == NULL || res->text.s != NULL)
		res->text = s;
}

/* One word behind the value; its length, or 0 if it is not understood. */
static size_t
result_word(struct dt_str s, struct dt_strace_result *res)
{
	size_t n = 0;
	int64_t ns;

	if (s.n > 1 && s.s[0] == 'E' && res->symbol.s == NULL) {
		while (n < s.n && is_symbol(s.s[n]))
			n++;
		res->symbol = (struct dt_str){s.s, n};
		return n;
	}
	if (s.n > 0 && s.s[0] == '(') {
		n = paren_len(s);
		if (n > 0)
			note((struct dt_str){s.s, n}, res);
		return n;
	}
	if (s.n > 2 && s.s[0] == '<' && s.s[s.n - 1] == '>') {
		res->elapsed = (struct dt_str){s.s + 1, s.n - 2};
		return dt_strace_seconds(res->elapsed, &ns) == 0 ? s.n : 0;
	}
	if (dt_str_starts(s, "[") && (n = paren_len(s)) > 0) {
		res->text = (struct dt_str){s.s, n};
		return n;
	}
	if (dt_str_starts(s, "/* ") && dt_scan_ends(s, " */") && s.n > 5) {
		res->text = s;
		return s.n;
	}
	return 0;
}

/* The value itself; its length, or 0. */
static size_t
result_value(struct dt_str s, struct dt_strace_result *res)
{
	size_t n = number_len(s), m = 0;

	if (dt_str_starts(s, "? <unavailable>"))
		return 15;
	if (dt_str_starts(s, "<unavailable>"))
		return 13;
	if (s.n > 0 && s.s[0] == '?')
		return 1;
	if (n == 0)
		return 0;
	res->digits = (struct dt_str){s.s, n};
	res->failed = s.s[0] == '-';
	res->ret.set = number(res->digits, &res->ret.v) == 0;
	if (!res->ret.set)
		res->text = res->digits;
	if (n < s.n && s.s[n] == '<') {
		m = dt_strace_annotation(dt_str_after(s, n));
		if (m < 2)
			return 0;
		res->path = (struct dt_str){s.s + n + 1, m - 2};
		res->deleted = dt_str_starts(dt_str_after(s, n + m),
		    "(deleted)");
		m += res->deleted ? 9 : 0;
	}
	return n + m;
}

int
dt_strace_result(struct dt_str s, struct dt_strace_result *res)
{
	size_t n;

	*res = (struct dt_strace_result){0};
	while (s.n > 0 && dt_scan_blank(s.s[s.n - 1]))
		s.n--;
	n = result_value(s, res);
	while (n > 0 && (s = dt_str_after(s, n)).n > 0) {
		if (s.s[0] != ' ')
			return -1;
		s = dt_str_after(s, 1);
		n = result_word(s, res);
	}
	return n > 0 ? 0 : -1;
}
