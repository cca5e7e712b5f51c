/* SPDX-License-Identifier: ISC */
/* A line of perf trace's text, taken apart. */
#include "perf.h"
#include "perf_result.h"
#include "scan.h"

enum {
	COMM_MAX = 15,		/* longest name of a program on Linux */
	DURATION_MAX = 40,	/* longest duration with its parentheses */
	/* What follows a call's arguments is shorter: it may be a path. */
	RESULT_MAX = 4096 + 320,
};

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Take a name; false if there is none. */
static bool
take_name(struct dt_str *s, struct dt_str *name)
{
	*name = (struct dt_str){s->s, 0};
	while (name->n < s->n && is_name_byte(s->s[name->n]))
		name->n++;
	*s = dt_str_after(*s, name->n);
	return name->n > 0;
}

/* Digits, a point, digits. */
static bool
is_time(struct dt_str s)
{
	size_t point = dt_scan_find(s, ".");

	return point < s.n && dt_scan_digits((struct dt_str){s.s, point}) &&
	    dt_scan_digits(dt_str_after(s, point + 1));
}

/*
 * "( 0.038 ms): ", or "(         ): " where it could not be measured; old
 * versions have a question mark there.
 */
static bool
take_duration(struct dt_str *s, struct dt_str *elapsed)
{
	struct dt_str rest = *s, in;

	if (!dt_scan_take(&rest, "("))
		return false;
	in = dt_scan_trim(dt_scan_until(&rest, ")"));
	if (!dt_scan_take(&rest, "): "))
		return false;
	if (in.n == 0 || dt_str_is(in, "?")) {
		*elapsed = (struct dt_str){0};
	} else {
		if (!dt_scan_ends(in, " ms"))
			return false;
		in.n -= strlen(" ms");
		if (!is_time(in))
			return false;
		*elapsed = in;
	}
	*s = rest;
	return true;
}

/* The time, and the duration unless all of the system was traced. */
static bool
take_head(struct dt_str *s, struct dt_perf_line *ln, bool *duration)
{
	struct dt_str rest = dt_scan_ltrim(*s), time;

	time = dt_scan_until(&rest, " ");
	if (!dt_str_is(time, "?") && !is_time(time))
		return false;
	if (!dt_scan_take(&rest, " "))
		return false;
	if (!dt_str_is(time, "?"))
		ln->time = time;
	*duration = take_duration(&rest, &ln->elapsed);
	*s = rest;
	return true;
}

bool
dt_perf_begins(struct dt_str line)
{
	struct dt_perf_line ln = {0};
	bool duration;

	return take_head(&line, &ln, &duration) && duration;
}

bool
dt_perf_inside(struct dt_str line)
{
	struct dt_str near, elapsed;
	size_t at;

	while ((at = dt_scan_find(line, "(")) < line.n) {
		line = dt_str_after(line, at);
		/* A short look, so that parentheses take linear time. */
		near = line;
		near.n = near.n < DURATION_MAX ? near.n : DURATION_MAX;
		if (take_duration(&near, &elapsed))
			return true;
		line = dt_str_after(line, 1);
	}
	return false;
}

/*
 * Calls that return a process: its number is left out where perf has not heard
 * of it.  An empty result of any other is a line that was cut.
 */
static bool
may_be_empty(struct dt_str name)
{
	static const char *const names[] = {
		"clone", "clone3", "fork", "getpgid", "getpgrp", "getpid",
		"getppid", "gettid", "set_tid_address", "vfork", "wait4",
		"waitid",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (dt_str_is(name, names[i]))
			return true;
	return false;
}

/*
 * Where the arguments end, and the result behind them.  They hold what the
 * program likes, in quotes that it may close: if there are two places, nobody
 * knows.  Returns how many were found, and the last.
 */
static int
find_result(struct dt_str name, struct dt_str s, size_t *end,
    struct dt_perf_result *result)
{
	struct dt_perf_result found;
	size_t i, paren;
	int n = 0;

	for (i = s.n > RESULT_MAX ? s.n - RESULT_MAX : 2; i < s.n; i++) {
		if (s.s[i] != '=' || s.s[i - 1] != ' ')
			continue;
		for (paren = i - 1; paren > 0 && s.s[paren] == ' '; paren--)
			continue;
		if (s.s[paren] != ')' ||
		    !dt_perf_result(dt_str_after(s, i + 1), &found) ||
		    (i + 1 == s.n && !may_be_empty(name)))
			continue;
		*end = paren;
		*result = found;
		n++;
	}
	return n;
}

/* The arguments of a first half, which ends in "...". */
static bool
find_half(struct dt_str s, size_t *end)
{
	if (!dt_scan_ends(s, " ..."))
		return false;
	s.n -= strlen("...");
	s = dt_scan_rtrim(s);
	if (!dt_scan_ends(s, ")"))
		return false;
	*end = s.n - 1;
	return true;
}

/* name(args) = result, or the first half of it. */
static bool
cut_call(struct dt_str s, struct dt_perf_line *ln)
{
	size_t end = 0;
	int n;

	if (!take_name(&s, &ln->name) || !dt_scan_take(&s, "("))
		return false;
	ln->what = DT_PERF_UNFINISHED;
	if (!find_half(s, &end)) {
		ln->what = DT_PERF_CALL;
		n = find_result(ln->name, s, &end, &ln->result);
		ln->errstr = n == 0 ? "a call without its result" :
		    "nobody can tell where its arguments end";
		if (n != 1)
			ln->what = DT_PERF_BROKEN;
	}
	ln->args = (struct dt_str){s.s, end};
	return true;
}

/* " ... [continued]: name()) = result" */
static bool
cut_resumed(struct dt_str s, struct dt_perf_line *ln)
{
	size_t end;

	s = dt_scan_ltrim(s);
	if (!dt_scan_take(&s, "... [continued]: ") ||
	    !take_name(&s, &ln->name) || !dt_scan_take(&s, "()"))
		return false;
	ln->what = DT_PERF_RESUMED;
	if (find_result(ln->name, s, &end, &ln->result) != 1) {
		ln->what = DT_PERF_BROKEN;
		ln->errstr = "the end of a call without its result";
	}
	return true;
}

/* sched:sched_switch(...) and the like, or a fault of a page (-F). */
static bool
cut_event(struct dt_str s, struct dt_perf_line *ln)
{
	struct dt_str rest = s, part;

	if (dt_str_starts(s, "minfault [") || dt_str_starts(s, "majfault [")) {
		take_name(&rest, &ln->name);
		ln->args = dt_str_after(rest, 1);
	} else {
		if (!take_name(&rest, &part) || !dt_scan_take(&rest, ":") ||
		    !take_name(&rest, &part) || rest.n == 0 ||
		    (rest.s[0] != '(' && rest.s[0] != ':'))
			return false;
		ln->name = (struct dt_str){s.s, s.n - rest.n};
		ln->args = dt_str_after(rest, rest.s[0] == ':');
		if (dt_scan_ends(ln->args, ")") && rest.s[0] == '(')
			ln->args = (struct dt_str){rest.s + 1, rest.n - 2};
	}
	ln->what = DT_PERF_EVENT;
	return true;
}

static bool
cut_body(struct dt_str s, struct dt_perf_line *ln)
{
	return cut_resumed(s, ln) || cut_event(s, ln) || cut_call(s, ln);
}

/* Digits and the blank behind them. */
static bool
take_tid(struct dt_str *s, struct dt_int *tid)
{
	struct dt_str rest = *s, word = dt_scan_until(&rest, " ");

	if (!dt_scan_digits(word) || dt_num_parse(word, &tid->v) == -1 ||
	    !dt_scan_take(&rest, " "))
		return false;
	tid->set = true;
	*s = rest;
	return true;
}

/*
 * Whose it is: "comm/tid ", "tid ", or nothing while there is one thread.  A
 * name may hold blanks and slashes, and look like the beginning of a call.
 * Returns in how many ways the line can be read, and the last of them.
 */
static int
cut_who(struct dt_str s, struct dt_perf_line *ln)
{
	struct dt_perf_line head = *ln, try;
	struct dt_str rest;
	size_t i;
	int n = 0;

	for (i = 0; i < s.n && i <= COMM_MAX; i++) {
		if (s.s[i] != '/')
			continue;
		try = head;
		try.comm = (struct dt_str){s.s, i};
		rest = dt_str_after(s, i + 1);
		if (take_tid(&rest, &try.tid) && cut_body(rest, &try)) {
			*ln = try;
			n++;
		}
	}
	try = head;
	rest = s;
	take_tid(&rest, &try.tid);
	if (cut_body(rest, &try)) {
		*ln = try;
		n++;
	}
	return n;
}

void
dt_perf_cut(struct dt_str line, struct dt_perf_line *ln)
{
	bool duration;
	int n;

	*ln = (struct dt_perf_line){0};
	line = dt_scan_rtrim(line);
	if (!take_head(&line, ln, &duration))
		return;
	n = cut_who(line, ln);
	if (n == 1 || (ln->time.s == NULL && !duration))
		return;
	ln->what = DT_PERF_BROKEN;
	ln->errstr = n > 1 ? "nobody can tell where the program's name ends" :
	    "neither a call nor an event";
}
