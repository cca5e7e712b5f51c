/* SPDX-License-Identifier: ISC */
/* Lines of the logs of macOS: what stands before a message, who wrote it. */
#include "logline.h"
#include "logtime.h"
#include "scan.h"

static const char ERROR[] = "error: ";

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* "(SENDER) " and "[SUBSYSTEM:CATEGORY] ", either of which may be missing. */
static void
take_sender(struct dt_logline *ll)
{
	struct dt_str s = ll->message, in;

	if (dt_scan_take(&s, "(")) {
		in = dt_scan_until(&s, ")");
		if (dt_scan_take(&s, ") ")) {
			ll->sender = in;
			ll->message = s;
		}
	}
	s = ll->message;
	if (dt_scan_take(&s, "[")) {
		in = dt_scan_until(&s, " ]");
		if (dt_scan_find(in, ":") < in.n && dt_scan_take(&s, "] ")) {
			ll->subsystem = in;
			ll->message = s;
		}
	}
}

/* Take "[PID]", or "[PID:THREAD]" with the thread in hexadecimal. */
static bool
take_id(struct dt_str *str, struct dt_int *pid, bool *thread)
{
	struct dt_str s = *str, num;

	if (!dt_scan_take(&s, "["))
		return false;
	num = dt_scan_until(&s, "]:");
	*thread = dt_scan_take(&s, ":");
	while (*thread && s.n > 0 && is_hex(s.s[0]))
		s = dt_str_after(s, 1);
	if (num.n > 10 || !dt_scan_digits(num) || !dt_scan_take(&s, "]"))
		return false;
	pid->set = dt_num_parse(num, &pid->v) == 0;
	*str = s;
	return true;
}

/* Where the first such id is; n of the text if there is none. */
static size_t
find_id(struct dt_str s)
{
	struct dt_int pid;
	struct dt_str at;
	const char *p;
	bool thread;
	size_t i = 0;

	while (i < s.n && (p = memchr(s.s + i, '[', s.n - i)) != NULL) {
		i = (size_t)(p - s.s);
		/* A short look, so that brackets take linear time. */
		at = dt_str_after(s, i);
		at.n = at.n < 32 ? at.n : 32;
		if (take_id(&at, &pid, &thread))
			return i;
		i++;
	}
	return s.n;
}

/* What may stand between a process and its message in syslog's lines. */
static bool
take_colon(struct dt_str *str)
{
	struct dt_str s = *str;

	dt_scan_take(&s, " ");
	if (dt_scan_take(&s, "([")) {
		dt_scan_until(&s, "]");
		if (!dt_scan_take(&s, "])"))
			return false;
	}
	dt_scan_take(&s, " ");
	if (dt_scan_take(&s, "<")) {
		dt_scan_until(&s, "> ");
		if (!dt_scan_take(&s, ">"))
			return false;
	}
	if (!dt_scan_take(&s, ":"))
		return false;
	dt_scan_take(&s, " ");
	*str = s;
	return true;
}

/*
 * Does one more process stand in a text, as one does before a message, with
 * this behind its id, or with what may stand before a colon?  A program may
 * have a name that looks like the beginning of a line, and is told by its own
 * id behind that.
 */
static bool
has_id(struct dt_str s, const char *behind)
{
	struct dt_int pid;
	struct dt_str rest;
	bool thread;
	size_t n;

	while ((n = find_id(s)) < s.n) {
		s = dt_str_after(s, n);
		if (!take_id(&s, &pid, &thread))
			continue;
		rest = s;
		if (behind != NULL ? dt_str_starts(s, behind) :
		    take_colon(&rest))
			return true;
	}
	return false;
}

/* The columns: thread, type, activity, process id, time to live, process. */
static bool
columns(struct dt_logline *ll, struct dt_str s)
{
	struct dt_str rest, word;
	int64_t ttl;
	size_t n;

	dt_scan_word(&s);
	dt_scan_word(&s);
	word = dt_scan_word(&s);
	if (!dt_str_starts(word, "0x") || !dt_scan_num(&s, &ll->pid.v))
		return false;
	/* The oldest have no time to live. */
	rest = s;
	if (dt_scan_num(&rest, &ttl))
		s = rest;
	s = dt_scan_ltrim(s);
	n = dt_scan_find(s, ": ");
	if (n == s.n)
		return false;
	ll->pid.set = true;
	ll->process = (struct dt_str){s.s, n};
	ll->text = dt_str_after(s, n + 2);
	return true;
}

/* "HOST PROCESS[PID]: " of syslog, or "TY PROCESS[PID:THREAD] ". */
static bool
named(struct dt_logline *ll, struct dt_str s)
{
	struct dt_str head = {s.s, find_id(s)}, word, rest;
	bool thread;

	s = dt_str_after(s, head.n);
	if (!take_id(&s, &ll->pid, &thread) ||
	    (thread ? !dt_scan_take(&s, " ") : !take_colon(&s)))
		return false;
	rest = head;
	word = dt_scan_word(&rest);
	rest = dt_scan_ltrim(rest);
	/* Of the process's own output on a terminal there is no type. */
	if (rest.n > 0 && (!thread || word.n <= 2))
		head = rest;
	ll->process = head;
	ll->text = s;
	ll->two = has_id(s, thread ? " " : NULL);
	return head.n > 0;
}

/* Lines of log(1), in any style that is not JSON. */
static bool
unified(struct dt_logline *ll, struct dt_str line)
{
	struct dt_str s = line;

	if (!dt_logtime_take(&s, &ll->ts) || s.n == 0 || !dt_scan_blank(s.s[0]))
		return false;
	ll->time = (struct dt_str){line.s, line.n - s.n};
	s = dt_scan_ltrim(s);
	return dt_str_starts(s, "0x") ? columns(ll, s) : named(ll, s);
}

/* Is a word a time of the day?  The digits may have words glued to them. */
static bool
is_clock(struct dt_str w)
{
	size_t i;

	for (i = 0; i + 2 < w.n; i++)
		if (is_digit(w.s[i]) && w.s[i + 1] == ':' &&
		    is_digit(w.s[i + 2]))
			return true;
	return false;
}

/* "PROCESS[PID] <LEVEL>: MESSAGE" behind a host, which may be missing. */
static bool
syslog_process(struct dt_logline *ll, struct dt_str s)
{
	struct dt_str head = {s.s, find_id(s)}, rest;
	bool thread;

	rest = dt_str_after(s, head.n);
	if (take_id(&rest, &ll->pid, &thread) && take_colon(&rest)) {
		s = head;
		dt_scan_word(&s);
		s = dt_scan_ltrim(s);
		ll->process = s.n > 0 ? s : head;
		ll->text = rest;
		ll->two = has_id(rest, NULL);
		return true;
	}
	/* It may be anything: without an id a process is not believed. */
	ll->pid = (struct dt_int){0};
	return true;
}

/* "Apr  1 22:14:08 HOST PROCESS[PID]: MESSAGE", the month in any language. */
static bool
old_syslog(struct dt_logline *ll, struct dt_str line)
{
	struct dt_str s = line, a, b, day, repeat;

	a = dt_scan_word(&s);
	b = dt_scan_word(&s);
	if (a.n == 0 || b.n == 0 || is_digit(a.s[0]) == is_digit(b.s[0]))
		return false;
	day = is_digit(a.s[0]) ? a : b;
	if (day.n > 2 && !(day.n == 3 && day.s[2] == '.'))
		return false;
	a = dt_scan_word(&s);
	if (a.n == 0 || !is_digit(a.s[0]) || !is_clock(a))
		return false;
	ll->time = (struct dt_str){line.s, (size_t)(a.s + a.n - line.s)};
	s = dt_scan_ltrim(s);
	ll->text = s;
	repeat = s;
	if (!dt_str_starts(repeat, "---"))
		dt_scan_word(&repeat);
	repeat = dt_scan_ltrim(repeat);
	if (dt_str_starts(repeat, "--- ")) {
		ll->text = repeat;
		return true;
	}
	return syslog_process(ll, s);
}

/* Console's table: TIME, PROCESS[PID], MESSAGE with tabs between. */
static bool
table(struct dt_logline *ll, struct dt_str line)
{
	struct dt_str s = line, a, b, c;
	bool thread;

	a = dt_scan_until(&s, "\t");
	if (!dt_scan_take(&s, "\t"))
		return false;
	b = dt_scan_until(&s, "\t");
	if (!dt_scan_take(&s, "\t"))
		return false;
	ll->process = (struct dt_str){b.s, find_id(b)};
	c = dt_str_after(b, ll->process.n);
	if (is_clock(a) && take_id(&c, &ll->pid, &thread) && c.n == 0) {
		ll->time = a;
		ll->text = s;
		ll->two = has_id(s, "\t");
		return true;
	}
	/* The newer one: TYPE, TIME, PROCESS, MESSAGE. */
	c = dt_scan_until(&s, "\t");
	if (!is_clock(b) || !dt_scan_take(&s, "\t"))
		return false;
	ll->time = b;
	ll->process = c;
	ll->text = s;
	return true;
}

/* A line copied from Console: "12/28/15 7:51:26.000 AM PROCESS[PID]: …". */
static bool
console(struct dt_logline *ll, struct dt_str line)
{
	struct dt_str head = {line.s, find_id(line)}, s = head, first;
	bool thread;
	size_t n;

	first = dt_scan_word(&s);
	if (first.n == 0 || !is_digit(first.s[0]) ||
	    (dt_scan_find(first, "/") == first.n &&
	    dt_scan_find(first, ".") == first.n &&
	    dt_scan_find(first, "-") == first.n))
		return false;
	n = dt_scan_find_last(head, " ");
	s = dt_str_after(line, head.n);
	if (n == head.n || !is_clock((struct dt_str){head.s, n}) ||
	    !take_id(&s, &ll->pid, &thread) || thread || !take_colon(&s))
		return false;
	ll->time = (struct dt_str){head.s, n};
	ll->process = dt_str_after(head, n + 1);
	ll->text = s;
	ll->two = has_id(s, NULL);
	return true;
}

/* What is left of a line whose time was cut off. */
static bool
tag(struct dt_logline *ll, struct dt_str s)
{
	static const char *const writers[] = {"kernel", "sandboxd"};
	struct dt_str rest;
	bool thread = false;
	size_t i;

	ll->text = s;
	ll->xcode = dt_str_starts(s, ERROR);
	if (ll->xcode || dt_str_starts(s, "(Sandbox) "))
		return true;
	for (i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		rest = s;
		if (!dt_scan_take(&rest, writers[i]))
			continue;
		ll->process = (struct dt_str){s.s, s.n - rest.n};
		ll->text = rest;
		if (take_id(&ll->text, &ll->pid, &thread) && thread)
			return dt_scan_take(&ll->text, " ");
		if (take_colon(&ll->text))
			return true;
		return dt_scan_take(&ll->text, " ") &&
		    dt_str_starts(ll->text, "(Sandbox) ");
	}
	return false;
}

/* "[ 1031.098551]: " of dmesg, seconds since the kernel started. */
static void
take_uptime(struct dt_logline *ll)
{
	struct dt_str s = ll->text, in, part;

	if (!dt_scan_take(&s, "["))
		return;
	in = dt_scan_ltrim(dt_scan_until(&s, "]"));
	if (!dt_scan_take(&s, "]: "))
		return;
	part = in;
	if (!dt_scan_digits(dt_scan_until(&part, ".")) ||
	    !dt_scan_take(&part, ".") || !dt_scan_digits(part))
		return;
	ll->time = in;
	ll->text = s;
	ll->message = s;
}

void
dt_logline_read(struct dt_logline *ll, struct dt_str line)
{
	static const struct {
		enum dt_logline_style style;
		bool (*read)(struct dt_logline *, struct dt_str);
	} styles[] = {
		{DT_LOG_UNIFIED, unified},
		{DT_LOG_OLD, table},
		{DT_LOG_OLD, old_syslog},
		{DT_LOG_OLD, console},
		{DT_LOG_TAG, tag},
	};
	struct dt_str time;
	size_t i;

	/* What is indented goes on with the line before. */
	for (i = 0; !(line.n > 0 && dt_scan_blank(line.s[0])) &&
	    i < sizeof(styles) / sizeof(styles[0]); i++) {
		*ll = (struct dt_logline){.style = styles[i].style};
		if (!styles[i].read(ll, line))
			continue;
		ll->message = ll->text;
		if (ll->xcode)
			dt_scan_take(&ll->message, ERROR);
		else if (ll->style != DT_LOG_OLD)
			take_sender(ll);
		time = ll->time;
		if (!ll->ts.set && (!dt_logtime_take(&time, &ll->ts) ||
		    time.n > 0))
			ll->ts.set = false;
		return;
	}
	*ll = (struct dt_logline){.text = line, .message = line};
	take_uptime(ll);
}

bool
dt_logline_is_header(struct dt_str line)
{
	static const char *const begins[] = {"Filtering the log data using \"",
	    "Skipping debug messages, pass --debug",
	    "Skipping info and debug messages, pass --info"};
	static const char *const columns[] = {"Thread ", "Ty Process[PID",
	    "(process)[PID]"};
	struct dt_str s = line;
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (dt_str_starts(line, begins[i]))
			return true;
	if (dt_str_is(line, "type\ttime\tprocess\tmessage"))
		return true;
	if (!dt_scan_take(&s, "Timestamp "))
		return false;
	s = dt_scan_ltrim(s);
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (dt_str_starts(s, columns[i]))
			return true;
	return false;
}
