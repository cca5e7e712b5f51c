/* SPDX-License-Identifier: ISC */
/* The result of a call in truss's text, which is read from the line's end. */
#include <stdint.h>

#include "scan.h"
#include "truss.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static bool
take_end(struct dt_str *s, const char *lit)
{
	if (!dt_scan_ends(*s, lit))
		return false;
	s->n -= strlen(lit);
	return true;
}

/* What stands before a result: the arguments, ) and some padding. */
static bool
take_args(struct dt_str s, struct dt_truss_line *ln)
{
	size_t dots = 0;

	s = dt_scan_rtrim(s);
	while (take_end(&s, "."))
		dots++;
	if (dots > 0) {
		ln->whose = DT_TRUSS_TUSC;
		s = dt_scan_rtrim(s);
	}
	if (take_end(&s, "(returning as child ...)"))
		ln->returning = DT_STR("child");
	else if (take_end(&s, "(returning as new lwp ...)"))
		ln->returning = DT_STR("lwp");
	s = dt_scan_rtrim(s);
	if (!take_end(&s, ")"))
		return false;
	ln->args = s;
	return true;
}

static enum dt_truss_what
broken(struct dt_truss_line *ln, const char *reason)
{
	ln->reason = reason;
	return DT_TRUSS_BROKEN;
}

/* "ERR#13 'Permission denied'", in any language; tusc's "ERR#13 EACCES" */
static enum dt_truss_what
err(struct dt_str before, struct dt_str s, struct dt_truss_line *ln)
{
	struct dt_str num = dt_scan_word(&s);

	if (dt_num_parse(num, &ln->errnum.v) == -1 || ln->errnum.v == 0)
		return broken(ln, "an error without its number");
	/* What the Linux of old FreeBSD got was negative. */
	if (ln->errnum.v < 0 && ln->errnum.v > -4096)
		ln->errnum.v = -ln->errnum.v;
	ln->errnum.set = true;
	s = dt_scan_trim(s);
	if (!take_args(before, ln))
		return DT_TRUSS_TEXT;
	ln->sure = true;
	if (ln->whose == DT_TRUSS_TUSC) {
		ln->symbol = s;
		return DT_TRUSS_CALL;
	}
	ln->whose = DT_TRUSS_FREEBSD;
	if (s.n < 2 || s.s[0] != '\'' || s.s[s.n - 1] != '\'')
		return broken(ln, "an error without its text");
	ln->errtext = (struct dt_str){s.s + 1, s.n - 2};
	return DT_TRUSS_CALL;
}

/* "Err#13 EACCES [file_dac_read]" */
static enum dt_truss_what
svr4_err(struct dt_str before, struct dt_str s, struct dt_truss_line *ln)
{
	struct dt_str num = dt_scan_word(&s);

	if (dt_num_parse(num, &ln->errnum.v) == -1 || ln->errnum.v <= 0)
		return broken(ln, "an error without its number");
	ln->errnum.set = true;
	if (!take_args(before, ln))
		return DT_TRUSS_TEXT;
	ln->whose = DT_TRUSS_SVR4;
	ln->sure = true;
	s = dt_scan_trim(s);
	if (!dt_str_starts(s, "["))
		ln->symbol = dt_scan_word(&s);
	s = dt_scan_trim(s);
	if (dt_scan_take(&s, "[")) {
		ln->privilege = dt_scan_until(&s, "]");
		if (!dt_str_is(s, "]"))
			return broken(ln, "text behind an error");
	} else if (s.n > 0) {
		return broken(ln, "text behind an error");
	}
	return DT_TRUSS_CALL;
}

/* "3 (0x3)": FreeBSD prints each result twice. */
static bool
twice(struct dt_str s, int64_t *v)
{
	struct dt_str dec = dt_scan_word(&s), hex = dt_scan_word(&s);
	int64_t again;

	if (dt_scan_trim(s).n > 0 || !dt_scan_take(&hex, "(") ||
	    !take_end(&hex, ")") || !dt_str_starts(hex, "0x") ||
	    dt_num_parse(dec, v) == -1 || dt_num_parse(hex, &again) == -1)
		return false;
	/* A program of 32 bits may have its result printed as both. */
	return ((uint64_t)*v & UINT32_MAX) == ((uint64_t)again & UINT32_MAX);
}

static bool
is_octal(struct dt_str s)
{
	return s.n > 1 && s.s[0] == '0' && dt_scan_digits(s);
}

/* Is it printed as a result: a number, or the name of a signal? */
static bool
value(struct dt_str s, struct dt_truss_line *ln)
{
	if (!is_octal(s) && dt_num_parse(s, &ln->ret.v) == 0) {
		ln->ret.set = true;
		return true;
	}
	ln->ret_text = s;
	return is_octal(s) || dt_str_starts(s, "SIG") ||
	    (dt_str_starts(s, "0x") && s.n > 18);
}

/* "= 3 (0x3)", "= 3", "= 0xFF3A0000", "= 1100 [1099]" */
static enum dt_truss_what
success(struct dt_str before, struct dt_str s, struct dt_truss_line *ln)
{
	struct dt_str word;

	s = dt_scan_trim(s);
	ln->sure = dt_scan_ends(before, "\t");
	if (!take_args(before, ln))
		return DT_TRUSS_TEXT;
	ln->errnum = DT_INT(0);
	if (twice(s, &ln->ret.v)) {
		ln->ret.set = ln->sure = true;
		ln->whose = DT_TRUSS_FREEBSD;
		return DT_TRUSS_CALL;
	}
	ln->sure |= ln->whose == DT_TRUSS_TUSC;
	word = dt_scan_word(&s);
	if (!value(word, ln))
		return DT_TRUSS_TEXT;
	s = dt_scan_trim(s);
	if (dt_scan_take(&s, "[") && take_end(&s, "]")) {
		ln->ret2 = s;
	} else if (s.n > 0) {
		return DT_TRUSS_TEXT;
	}
	return DT_TRUSS_CALL;
}

/* "  argc = 2" behind an exec that succeeded. */
static enum dt_truss_what
argc(struct dt_str before, struct dt_str s, struct dt_truss_line *ln)
{
	ln->argc = dt_scan_trim(s);
	if (!dt_scan_digits(ln->argc) || !take_args(before, ln))
		return DT_TRUSS_TEXT;
	ln->errnum = DT_INT(0);
	ln->whose = DT_TRUSS_SVR4;
	ln->sure = true;
	return DT_TRUSS_CALL;
}

/* ERESTART and EJUSTRETURN, which the program never sees. */
static bool
internal(struct dt_str s, struct dt_truss_line *ln)
{
	static const char *const names[] = {"ERESTART", "EJUSTRETURN"};
	size_t i;

	for (i = 0; i < 2; i++) {
		if (!take_end(&s, names[i]))
			continue;
		ln->ret_text = dt_str_c(names[i]);
		ln->whose = DT_TRUSS_FREEBSD;
		ln->sure = true;
		return dt_scan_ends(s, " ") && take_args(s, ln);
	}
	return false;
}

static bool
asleep(struct dt_str s, struct dt_truss_line *ln)
{
	if (!take_end(&s, "(sleeping...)") &&
	    !take_end(&s, "(waiting for child to exit()/exec()...)"))
		return false;
	if (!take_args(s, ln))
		return false;
	ln->whose = DT_TRUSS_SVR4;
	return ln->sure = true;
}

/* Calls that do not return, or not to where they were made. */
static bool
is_endless(struct dt_str name)
{
	static const char *const names[] = {"_exit", "evtrapret", "exit",
	    "getcontext", "lwp_exit", "setcontext", "sigreturn", "thr_exit"};
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (dt_str_is(name, names[i]))
			return true;
	return false;
}

/* What begins a result, and what reads it. */
static const struct mark {
	const char *text;
	enum dt_truss_what (*read)(struct dt_str before, struct dt_str behind,
	    struct dt_truss_line *);
} marks[] = {
	{"ERR#", err},
	{"Err#", svr4_err},
	{"argc = ", argc},
	{"= ", success},	/* behind what ends in it */
};

/*
 * A string among the arguments can hold what looks like a result, and the line
 * ends with the real one: the mark that stands last is it.
 */
static const struct mark *
last_mark(struct dt_str s, size_t *at)
{
	const struct mark *found = NULL;
	size_t i, n, end = 0;

	for (i = 0; i < NELEM(marks); i++) {
		n = dt_scan_find_last(s, marks[i].text);
		if (n == s.n || n + strlen(marks[i].text) <= end)
			continue;
		found = &marks[i];
		end = n + strlen(marks[i].text);
		*at = n;
	}
	return found;
}

enum dt_truss_what
dt_truss_result(struct dt_str s, struct dt_truss_line *ln)
{
	const struct mark *mark;
	size_t at;

	s = dt_scan_rtrim(s);
	if (asleep(s, ln))
		return DT_TRUSS_ASLEEP;
	if (internal(s, ln))
		return DT_TRUSS_CALL;
	mark = last_mark(s, &at);
	if (mark != NULL)
		return mark->read((struct dt_str){s.s, at},
		    dt_str_after(s, at + strlen(mark->text)), ln);
	if (!is_endless(ln->name) || !take_end(&s, ")"))
		return DT_TRUSS_TEXT;
	ln->args = s;
	return DT_TRUSS_ENDLESS;
}
