/* SPDX-License-Identifier: ISC */
/* Cutting a line of dtruss's text into its columns, call and result. */
#include "dtruss.h"
#include "scan.h"
#include "text.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c == '_' || is_digit(c);
}

/* "1132/0x287f:" or "1132/1:" */
static void
take_id(struct dt_str *s, struct dt_dtruss_line *ln)
{
	struct dt_str rest = dt_scan_ltrim(*s);
	struct dt_str pid = dt_scan_until(&rest, "/ \t:(");
	struct dt_str tid;
	int64_t p, t;

	if (!dt_scan_digits(pid) || !dt_scan_take(&rest, "/"))
		return;
	tid = dt_scan_until(&rest, ": \t(");
	if (tid.n == 0 || !is_digit(tid.s[0]) || !dt_scan_take(&rest, ":") ||
	    dt_num_parse(pid, &p) == -1 || dt_num_parse(tid, &t) == -1)
		return;
	ln->pid = DT_INT(p);
	ln->tid = DT_INT(t);
	ln->lwp = !dt_str_starts(tid, "0x");
	*s = rest;
}

/* Numbers, of which those of a followed child have a colon behind them. */
static void
take_times(struct dt_str *s, struct dt_dtruss_line *ln)
{
	struct dt_str rest = *s, w;
	bool colon;

	while (ln->ntimes < DT_DTRUSS_TIMES) {
		w = dt_scan_word(&rest);
		colon = dt_scan_ends(w, ":");
		w.n -= colon;
		if (!dt_scan_digits(w))
			return;
		ln->colons |= colon;
		ln->times[ln->ntimes++] = w;
		*s = rest;
	}
}

static bool
take_name(struct dt_str *s, struct dt_dtruss_line *ln)
{
	struct dt_str rest = dt_scan_ltrim(*s);
	struct dt_str name = {rest.s, 0};

	while (name.n < rest.n && is_letter(rest.s[name.n]))
		name.n++;
	if (name.n == 0 || is_digit(name.s[0]))
		return false;
	rest = dt_str_after(rest, name.n);
	if (!dt_scan_take(&rest, "("))
		return false;
	ln->name = name;
	*s = rest;
	return true;
}

/* "= V N" or "= V Err#N", and nothing behind it. */
static bool
is_result(struct dt_str s, struct dt_dtruss_line *ln)
{
	struct dt_str digits;

	s = dt_scan_ltrim(s);
	if (!dt_scan_take(&s, "=") || !dt_scan_num(&s, &ln->ret))
		return false;
	ln->code = dt_scan_word(&s);
	dt_scan_take(&ln->code, "Err#");
	digits = ln->code;
	dt_scan_take(&digits, "-");
	return dt_scan_digits(digits) && dt_scan_trim(s).n == 0 &&
	    dt_num_parse(ln->code, &ln->errnum) == 0;
}

/* Where the parenthesis that closes the arguments stands; n if nowhere. */
static size_t
closing(struct dt_str s)
{
	size_t i = 0, depth = 0, quoted;

	while (i < s.n) {
		if (s.s[i] == '"') {
			quoted = dt_quoted_len(dt_str_after(s, i));
			if (quoted == 0)
				return s.n;
			i += quoted;
			continue;
		}
		if (s.s[i] == ')' && depth-- == 0)
			return i;
		depth += s.s[i] == '(';
		i++;
	}
	return s.n;
}

/* The name in sysctlbyname's is printed as it is: it may hold anything. */
static bool
take_rest(struct dt_str s, struct dt_dtruss_line *ln)
{
	size_t n = dt_str_is(ln->name, "sysctlbyname") ?
	    dt_scan_find_last(s, ")") : closing(s);

	if (n == s.n)
		return false;
	ln->args = (struct dt_str){s.s, n};
	return is_result(dt_str_after(s, n + 1), ln) &&
	    dt_dtruss_args(ln->name, ln->args, NULL, NULL) == 0;
}

/* Can this be what comes behind the parenthesis of a call? */
static bool
is_first(struct dt_str s)
{
	return s.n == 0 || s.s[0] == '"' || s.s[0] == ')' || s.s[0] == '[' ||
	    dt_str_starts(s, "0x");
}

enum dt_dtruss_got
dt_dtruss_cut(struct dt_str text, struct dt_dtruss_line *ln)
{
	struct dt_str s = dt_scan_rtrim(text);

	*ln = (struct dt_dtruss_line){.before = {text.s, 0}};
	take_id(&s, ln);
	take_times(&s, ln);
	if (!take_name(&s, ln))
		return DT_DTRUSS_NOTHING;
	if ((!ln->colons || dt_str_is(ln->name, "fork")) && take_rest(s, ln))
		return DT_DTRUSS_WHOLE;
	return dt_dtruss_iscall(ln->name) && is_first(s) ? DT_DTRUSS_CALL :
	    DT_DTRUSS_NOTHING;
}

bool
dt_dtruss_ends(struct dt_str text)
{
	struct dt_dtruss_line ln = {0};
	size_t eq = dt_scan_find_last(text, "=");
	struct dt_str tail;

	if (eq == text.n)
		return false;
	tail = dt_str_after(text, eq);
	if (!is_result(tail, &ln))
		return false;
	text = dt_scan_rtrim((struct dt_str){text.s, eq});
	return dt_scan_find(tail, "Err#") < tail.n || text.n == 0 ||
	    dt_scan_ends(text, ")");
}

bool
dt_dtruss_count(struct dt_str line, struct dt_str *name, int64_t *count)
{
	size_t i;

	*name = dt_scan_word(&line);
	for (i = 0; i < name->n; i++)
		if (!is_letter(name->s[i]))
			return false;
	return i > 0 && !is_digit(name->s[0]) && dt_scan_num(&line, count) &&
	    *count >= 0 && dt_scan_trim(line).n == 0;
}
