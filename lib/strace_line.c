/* SPDX-License-Identifier: ISC */
/* A line of strace's text: which of its shapes it has, and the parts. */
#include <string.h>

#include "scan.h"
#include "strace.h"

/* Calls that are looked for in the middle of a line. */
enum { GLUED_TRIES = 32 };

static bool
is_signal(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.s[i] < 'A' || s.s[i] > 'Z') && (s.s[i] < '0' ||
		    s.s[i] > '9') && s.s[i] != '_' && s.s[i] != '+')
			return false;
	return dt_str_starts(s, "SIG") && s.n > 3 && s.n < 24;
}

/* "+++ ... +++" */
static bool
exited(struct dt_strace_line *ln, struct dt_str s)
{
	struct dt_str num;

	s = dt_scan_rtrim(s);
	if (!dt_scan_take(&s, "+++ ") || !dt_scan_ends(s, " +++"))
		return false;
	s.n -= 4;
	if (dt_scan_take(&s, "killed by ")) {
		ln->name = dt_scan_until(&s, " ");
		ln->what = DT_STRACE_KILLED;
		ln->rest = s;
		return is_signal(ln->name) && (s.n == 0 ||
		    dt_str_is(s, " (core dumped)"));
	}
	if (dt_scan_take(&s, "exited with "))
		ln->what = DT_STRACE_EXITED;
	else if (dt_scan_take(&s, "superseded by execve in pid "))
		ln->what = DT_STRACE_SUPERSEDED;
	else
		return false;
	num = dt_scan_until(&s, "<");
	ln->num.set = true;
	return dt_num_parse(num, &ln->num.v) == 0;
}

/* "--- ... ---" */
static bool
signalled(struct dt_strace_line *ln, struct dt_str s)
{
	struct dt_strace_walk w = {0};

	s = dt_scan_rtrim(s);
	if (!dt_scan_take(&s, "--- ") || !dt_scan_ends(s, " ---"))
		return false;
	s.n -= 4;
	ln->what = DT_STRACE_SIGNAL;
	if (dt_scan_take(&s, "stopped by "))
		ln->what = DT_STRACE_STOPPED;
	ln->name = dt_scan_until(&s, " ");
	if (!is_signal(ln->name))
		return false;
	if (dt_scan_take(&s, " {")) {
		w.text = s;
		do
			if (dt_strace_step(&w) < 0)
				return false;
		while (s.s[w.i - 1] != '}' || w.depth > 0);
		ln->args = (struct dt_str){s.s, w.i - 1};
		s = dt_str_after(s, w.i);
	}
	ln->rest = s;
	return true;
}

/* "<... name resumed>rest" */
static bool
resumed(struct dt_strace_line *ln, struct dt_str s)
{
	if (!dt_scan_take(&s, "<... "))
		return false;
	ln->name = dt_scan_until(&s, " (");
	if (!dt_scan_take(&s, " resumed>") || ln->name.n == 0)
		return false;
	ln->rest = s;
	ln->what = DT_STRACE_RESUMED;
	return true;
}

static bool
message(struct dt_strace_line *ln, struct dt_str s)
{
	bool bare = ln->prefix.n == ln->prefix.log.n + (ln->prefix.log.n > 0);
	struct dt_str said = dt_scan_rtrim(s);

	if (dt_scan_ends(said, " - interrupt to quit"))
		said.n -= 20;
	if (dt_str_starts(s, "[ Process PID=") || (bare &&
	    (dt_str_starts(s, "strace: ") ||
	    dt_strace_message_behind(said) == 0))) {
		ln->what = DT_STRACE_MESSAGE;
		ln->rest = s;
		return true;
	}
	return false;
}

/* Lines that say themselves what they are. */
static bool
marked(struct dt_strace_line *ln, struct dt_str s)
{
	return exited(ln, s) || signalled(ln, s) || resumed(ln, s);
}

/* Put what stands before text[at] down as program text and a prefix. */
static void
split_before(struct dt_strace_line *ln, size_t at)
{
	struct dt_str before = {ln->text.s, at};

	dt_strace_prefix_behind(before, &ln->prefix);
	before.n -= ln->prefix.n;
	ln->before = before;
}

/* A marked line with program text before the mark. */
static bool
glued_mark(struct dt_strace_line *ln, struct dt_str s)
{
	static const char *const marks[] = {"+++ exited with ",
	    "+++ killed by ", "+++ superseded by ", "--- SIG",
	    "--- stopped by SIG", NULL};
	const char *const *m;
	size_t at = s.n;

	for (m = marks; *m != NULL && at == s.n; m++)
		if (dt_scan_ends(dt_scan_rtrim(s),
		    (*m)[0] == '+' ? " +++" : " ---"))
			at = dt_scan_find_last(s, *m);
	if (at == s.n)
		at = dt_scan_find(s, "<... ");
	if (at == s.n || !marked(ln, dt_str_after(s, at)))
		return false;
	split_before(ln, at);
	return true;
}

static bool
is_whole(const struct dt_strace_line *ln)
{
	return ln->what == DT_STRACE_CALL ||
	    ln->what == DT_STRACE_UNFINISHED ||
	    ln->what == DT_STRACE_DETACHED;
}

/*
 * A call with program text before it.  The text may end in a letter, so the
 * name is the longest one that is known.  *named tells if there is any.
 */
static bool
glued_call(struct dt_arena *mem, struct dt_strace_line *ln, struct dt_str s,
    bool *named)
{
	size_t from = 0, at, tries;
	const char *p;

	for (tries = 0; tries < GLUED_TRIES; tries++) {
		p = memchr(s.s + from, '(', s.n - from);
		if (p == NULL)
			break;
		from = (size_t)(p - s.s);
		at = dt_strace_name_behind((struct dt_str){s.s, from});
		if (at < from++) {
			*named = true;
			dt_strace_call(mem, s, at, ln);
			if (is_whole(ln)) {
				split_before(ln, at);
				return true;
			}
		}
	}
	return false;
}

/*
 * A call at the front.  One of a name that we do not know is believed if it is
 * whole, and if its name can not be program text with a known one behind it.
 */
static bool
plain_call(struct dt_arena *mem, struct dt_strace_line *ln, size_t at)
{
	bool mine = ln->prefix.n > ln->prefix.log.n + 1;

	dt_strace_call(mem, ln->text, at, ln);
	if (ln->what == DT_STRACE_TEXT)
		return false;
	if (dt_strace_knows(ln->name))
		return true;
	return is_whole(ln) &&
	    (mine || dt_strace_name_behind(ln->name) == ln->name.n);
}

/* Is there a piece of strace's in a text that is no line of its? */
static bool
has_piece(struct dt_str s)
{
	static const char *const pieces[] = {" resumed>", "= -1 E",
	    "<unfinished ...>", "<detached ...>", "+++ exited with ",
	    "+++ killed by ", "--- SIG", NULL};
	const char *const *p;

	for (p = pieces; *p != NULL; p++)
		if (dt_scan_find(s, *p) < s.n)
			return true;
	s = dt_scan_rtrim(s);
	return dt_scan_ends(s, "} ---");
}

void
dt_strace_line(struct dt_arena *mem, struct dt_str text,
    struct dt_strace_line *ln)
{
	bool named = false;
	struct dt_str body;

	*ln = (struct dt_strace_line){.text = text};
	if (text.n == 0)
		return;
	dt_strace_prefix(text, &ln->prefix);
	body = dt_str_after(text, ln->prefix.n);
	if (marked(ln, body) || message(ln, body) ||
	    plain_call(mem, ln, ln->prefix.n) || glued_mark(ln, text) ||
	    glued_call(mem, ln, text, &named))
		return;
	*ln = (struct dt_strace_line){.text = text};
	if (named || has_piece(text)) {
		ln->what = DT_STRACE_BROKEN;
		ln->reason = "a call that is not whole";
	}
}

size_t
dt_strace_message_behind(struct dt_str s)
{
	size_t n = s.n, i;

	if (dt_scan_ends(s, " attached") || dt_scan_ends(s, " detached"))
		s.n -= 9;
	else
		return n;
	for (i = s.n; i > 0 && s.n - i < 10 && s.s[i - 1] >= '0' &&
	    s.s[i - 1] <= '9'; i--)
		continue;
	if (i == s.n)
		return n;
	s.n = i;
	if (!dt_scan_ends(s, "Process "))
		return n;
	s.n -= 8;
	return dt_scan_ends(s, "strace: ") ? s.n - 8 : s.n;
}
