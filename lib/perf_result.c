/* SPDX-License-Identifier: ISC */
/* What perf trace prints behind the = of a call. */
#include "perf_result.h"
#include "scan.h"
#include "tables.h"

enum {
	COMM_MAX = 15,
	TEXT_MAX = 128,		/* longest text of an error, in any language */
};

/* Letters, digits and the bars between flags. */
static bool
is_symbol(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!(s.s[i] >= 'A' && s.s[i] <= 'Z') &&
		    !(s.s[i] >= '0' && s.s[i] <= '9') &&
		    s.s[i] != '_' && s.s[i] != '|')
			return false;
	return s.n > 0 && s.s[0] >= 'A';
}

/* Text that cannot be another result, with what stands before one. */
static bool
is_text(struct dt_str s)
{
	return s.n <= TEXT_MAX && dt_scan_find(s, "= ") == s.n;
}

/* "(text)": what is in it. */
static bool
in_parens(struct dt_str s, struct dt_str *in)
{
	if (!dt_str_starts(s, "(") || !dt_scan_ends(s, ")") || s.n < 2)
		return false;
	*in = (struct dt_str){s.s + 1, s.n - 2};
	return is_text(*in);
}

/*
 * perf knows no name for the errnos that are internal to the kernel; the C
 * library's complaint about the number tells it.
 */
static bool
unnamed(struct dt_str s, struct dt_perf_result *res)
{
	struct dt_str in;
	size_t at;

	if (!in_parens(s, &in))
		return false;
	at = dt_scan_find(in, "strerror_r(");
	if (at == in.n)
		return true;
	in = dt_str_after(in, at + strlen("strerror_r("));
	in = dt_scan_until(&in, ",");
	if (dt_num_parse(in, &res->errnum.v) == 0)
		res->errnum.set = true;
	return true;
}

/* ENOENT (text), or without parentheses as old versions had it. */
static bool
failure(struct dt_str s, struct dt_perf_result *res)
{
	struct dt_str rest = s, name, text;

	res->ret = DT_INT(-1);
	if (dt_scan_take(&rest, "(unknown) "))
		return unnamed(rest, res);
	name = dt_scan_until(&rest, " ");
	if (!is_symbol(name) || dt_scan_find(name, "|") < name.n)
		return false;
	if (dt_errno_bysymbol(DT_OS_LINUX, name, &res->errnum.v) == 0)
		res->errnum.set = true;
	else
		res->symbol = name;
	text = dt_scan_ltrim(rest);
	if (dt_str_starts(text, "("))
		return in_parens(text, &text);
	return is_text(text) && dt_scan_find(text, "\"") == text.n &&
	    dt_scan_find(text, ")") == text.n;
}

/* What stands behind a number: a program's name, flags, or Timeout. */
static bool
explained(struct dt_str s)
{
	struct dt_str in;

	return s.n == 0 || (in_parens(s, &in) &&
	    (in.n <= COMM_MAX || is_symbol(in)));
}

/* A descriptor has what it stands for behind it: 14</dev/null>. */
static struct dt_str
take_number(struct dt_str *s)
{
	struct dt_str num = dt_scan_until(s, " <");

	if (dt_str_starts(*s, "<") && dt_scan_ends(*s, ">") &&
	    dt_scan_digits(num))
		*s = (struct dt_str){s->s, 0};
	return num;
}

bool
dt_perf_result(struct dt_str s, struct dt_perf_result *res)
{
	struct dt_str num;

	*res = (struct dt_perf_result){0};
	s = dt_scan_trim(s);
	if (s.n == 0 || dt_str_is(s, "?"))
		return true;
	if (dt_scan_take(&s, "-1 "))
		return failure(s, res);
	if (is_symbol(s)) {
		res->text = s;
		res->errnum = DT_INT(0);
		return true;
	}
	num = take_number(&s);
	if (dt_num_parse(num, &res->ret.v) == -1 ||
	    !explained(dt_scan_ltrim(s)))
		return false;
	/* A failure has a name; an address may have its first bit set. */
	if (dt_str_starts(num, "-"))
		return false;
	res->ret.set = true;
	res->errnum = DT_INT(0);
	return true;
}
