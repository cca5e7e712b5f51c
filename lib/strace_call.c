/* SPDX-License-Identifier: ISC */
/* One call in strace's text: where it begins and where it ends. */
#include <string.h>

#include "scan.h"
#include "strace.h"
#include "tables.h"
#include "text.h"

enum {
	NAME_MAX_LEN = 40,	/* longest name of a call looked for */
	RESULT_TRIES = 64,	/* per line, so that its cost stays linear */
};

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || c == '_' ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Old calls of 32 bits, whose ends are names of calls too. */
static bool
is_old(struct dt_str name)
{
	static const char *const old[] = {"_llseek", "_newselect",
	    "old_getrlimit", "old_mmap", "old_readdir", "old_select",
	    "oldfstat", "oldlstat", "oldolduname", "oldstat", "olduname",
	    NULL};
	const char *const *p;

	for (p = old; *p != NULL; p++)
		if (dt_str_is(name, *p))
			return true;
	return false;
}

bool
dt_strace_knows(struct dt_str name)
{
	size_t i = 10;

	if (dt_str_starts(name, "syscall_0x")) {
		while (i < name.n && is_word(name.s[i]))
			i++;
		return i == name.n && i > 10;
	}
	return dt_call_byname(name) != NULL || is_old(name);
}

size_t
dt_strace_name_behind(struct dt_str s)
{
	size_t i = s.n;

	while (i > 0 && s.n - i < NAME_MAX_LEN && is_word(s.s[i - 1]))
		i--;
	while (i < s.n && !dt_strace_knows(dt_str_after(s, i)))
		i++;
	return i;
}

/* Does a result, and nothing else, stand behind a call's parenthesis? */
static bool
is_end(struct dt_str s, struct dt_strace_result *res)
{
	while (s.n > 0 && (s.s[0] == ' ' || s.s[0] == '\t'))
		s = dt_str_after(s, 1);
	return dt_str_starts(s, "= ") &&
	    dt_strace_result(dt_str_after(s, 2), res) == 0;
}

static bool
is_writer(struct dt_str name)
{
	return dt_str_is(name, "write") || dt_str_is(name, "pwrite64");
}

/*
 * Does what a write wrote stand behind its size?  s begins with the digits of
 * the size and the text, `want` is the string that was written, or the
 * beginning of it.  Returns the length of the size, or 0.
 */
static size_t
echo(struct dt_str s, struct dt_str want, bool all, size_t *len)
{
	size_t k;
	int64_t n = 0;

	for (k = 1; k < 10 && k <= s.n && s.s[k - 1] >= '0' &&
	    s.s[k - 1] <= '9'; k++) {
		n = n * 10 + (s.s[k - 1] - '0');
		*len = (size_t)n;
		if ((all ? *len == want.n : *len > want.n) && n > 0 &&
		    s.n - k > *len && s.s[k + *len] == ')' &&
		    memcmp(s.s + k, want.s, want.n) == 0)
			return k;
	}
	return 0;
}

/*
 * Find what a call wrote among its arguments: the program and strace shared a
 * terminal.  It is the one text whose borders are certain.
 */
static void
find_echo(struct dt_arena *mem, struct dt_str s, struct dt_str *inside)
{
	struct dt_strace_walk w = {.text = s};
	struct dt_str want, rest;
	size_t len, n;
	bool all;

	if (s.n == 0 || s.s[0] < '0' || s.s[0] > '9')
		return;
	while (w.i < s.n && s.s[w.i] != ',')
		if (dt_strace_step(&w) < 0)
			return;
	rest = dt_str_after(s, w.i);
	if (!dt_str_starts(rest, ", \"") ||
	    (n = dt_quoted_len(dt_str_after(rest, 2))) == 0)
		return;
	want = dt_unescape(mem, (struct dt_str){rest.s + 3, n - 2}, false);
	rest = dt_str_after(rest, 2 + n);
	all = !dt_str_starts(rest, "...");
	rest = dt_str_after(rest, all ? 0 : 3);
	if (want.s == NULL || !dt_str_starts(rest, ", "))
		return;
	rest = dt_str_after(rest, 2);
	n = echo(rest, want, all, &len);
	if (n > 0)
		*inside = (struct dt_str){rest.s + n, len};
}

/* Old versions closed the parenthesis before they said "unfinished". */
static struct dt_str
close_early(struct dt_str args)
{
	struct dt_strace_walk w = {.text = args};
	size_t depth;
	int c;

	if (!dt_scan_ends(args, ")"))
		return args;
	do {
		depth = w.depth;
		c = dt_strace_step(&w);
	} while (c >= 0 && w.i < args.n);
	args.n -= c == ')' && depth == 0;
	return args;
}

/* Is this a call that does not end on its line? */
static bool
is_broken_off(struct dt_strace_line *ln, struct dt_str rest)
{
	static const char unfinished[] = "<unfinished ...>";
	static const char detached[] = "<detached ...>";
	size_t n;

	while (rest.n > 0 && dt_scan_blank(rest.s[rest.n - 1]))
		rest.n--;
	if (dt_scan_ends(rest, unfinished)) {
		ln->what = DT_STRACE_UNFINISHED;
		n = sizeof(unfinished) - 1;
	} else if (dt_scan_ends(rest, detached)) {
		ln->what = DT_STRACE_DETACHED;
		n = sizeof(detached) - 1;
	} else {
		return false;
	}
	rest.n -= n;
	/* strace puts one space before it, which is none of the argument's. */
	if (rest.n > 0 && rest.s[rest.n - 1] == ' ')
		rest.n--;
	ln->args = close_early(rest);
	return true;
}

/* Find the parenthesis that ends the arguments. */
static void
find_end(struct dt_strace_line *ln, struct dt_str rest)
{
	struct dt_strace_walk w = {.text = rest};
	unsigned tries = 0;
	size_t depth;
	int c;

	if (ln->inside.s != NULL)
		w.i = (size_t)(ln->inside.s - rest.s) + ln->inside.n;
	for (;;) {
		depth = w.depth;
		c = dt_strace_step(&w);
		if (c < 0)
			break;
		if (c != ')' || depth > 0)
			continue;
		if (is_end(dt_str_after(rest, w.i), &ln->result)) {
			ln->what = DT_STRACE_CALL;
			ln->args = (struct dt_str){rest.s, w.i - 1};
			return;
		}
		if (++tries == RESULT_TRIES)
			break;
	}
	ln->what = DT_STRACE_OPEN;
	ln->args = rest;
	if (c == -2 && !is_writer(ln->name)) {
		ln->what = DT_STRACE_BROKEN;
		ln->reason = "a string without an end";
	}
}

/* A process that died in a call has this before its parenthesis. */
static void
strip_dying(struct dt_strace_line *ln)
{
	static const char mark[] = "<unfinished ...>";

	if (!dt_scan_ends(ln->args, mark))
		return;
	ln->args.n -= sizeof(mark) - 1;
	ln->dying = true;
}

void
dt_strace_call(struct dt_arena *mem, struct dt_str text, size_t at,
    struct dt_strace_line *ln)
{
	struct dt_str s = dt_str_after(text, at), rest;
	size_t n = 0;

	ln->what = DT_STRACE_TEXT;
	while (n < s.n && n <= 64 && is_word(s.s[n]))
		n++;
	if (n == 0 || n == s.n || s.s[n] != '(' ||
	    (s.s[0] >= '0' && s.s[0] <= '9'))
		return;
	ln->name = (struct dt_str){s.s, n};
	ln->inside = (struct dt_str){0};
	rest = dt_str_after(s, n + 1);
	if (is_writer(ln->name))
		find_echo(mem, rest, &ln->inside);
	if (is_broken_off(ln, rest))
		return;
	find_end(ln, rest);
	if (ln->what == DT_STRACE_CALL)
		strip_dying(ln);
}
