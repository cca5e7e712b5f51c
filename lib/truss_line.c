/* SPDX-License-Identifier: ISC */
/* Cutting a line of truss's text: what stands before a call, and what it is. */
#include "calltext.h"
#include "scan.h"
#include "truss.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* FreeBSD's threads have numbers above all processes. */
enum { FREEBSD_TID_MIN = 100000 };

static struct dt_str
digits(struct dt_str *s)
{
	struct dt_str d = {s->s, 0};

	while (d.n < s->n && s->s[d.n] >= '0' && s->s[d.n] <= '9')
		d.n++;
	*s = dt_str_after(*s, d.n);
	return d;
}

static bool
number(struct dt_str *s, struct dt_int *num)
{
	struct dt_str d = digits(s);

	num->set = d.n > 0 && dt_num_parse(d, &num->v) == 0;
	return num->set;
}

/* "  812: ", "  812 100077: ", "812:\t", "812/2:\t", "/2:\t", "812@3:\t" */
static void
take_id(struct dt_str *line, struct dt_truss_line *ln)
{
	struct dt_str s = *line;
	struct dt_int a = {0}, b = {0};

	while (dt_scan_take(&s, " "))
		;
	number(&s, &a);
	if (dt_scan_take(&s, "/")) {
		if (!number(&s, &b))
			return;
		if (dt_scan_take(&s, "@") && digits(&s).n == 0)
			return;
	} else if (a.set && dt_str_starts(s, " ")) {
		while (dt_scan_take(&s, " "))
			;
		if (!number(&s, &b))
			return;
	}
	if ((!a.set && !b.set) || !dt_scan_take(&s, ":") || s.n == 0 ||
	    (s.s[0] != ' ' && s.s[0] != '\t'))
		return;
	*line = dt_str_after(s, 1);
	while (s.s[0] == '\t' && dt_scan_take(line, "\t"))
		;
	if (!b.set && a.v >= FREEBSD_TID_MIN && s.s[0] == ' ')
		ln->tid = a;
	else
		ln->pid = a;
	if (b.set)
		ln->tid = b;
	ln->id = true;
}

/* "0.013574238 " of FreeBSD, " 0.0136\t" of SVR4. */
static bool
take_time(struct dt_str *line, struct dt_str *time)
{
	struct dt_str s = *line, whole, part;

	dt_scan_take(&s, " ");
	time->s = s.s;
	whole = digits(&s);
	if (whole.n == 0 || !dt_scan_take(&s, "."))
		return false;
	part = digits(&s);
	time->n = whole.n + 1 + part.n;
	if ((part.n != 9 || !dt_scan_take(&s, " ")) &&
	    (part.n != 4 || (!dt_scan_take(&s, "\t") &&
	    !dt_scan_take(&s, " "))))
		return false;
	*line = s;
	return true;
}

void
dt_truss_prefix(struct dt_str *line, struct dt_truss_line *ln)
{
	take_id(line, ln);
	while (ln->ntimes < DT_TRUSS_TIMES &&
	    take_time(line, &ln->times[ln->ntimes]))
		ln->ntimes++;
}

bool
dt_truss_isaix(struct dt_str name)
{
	static const char *const names[] = {"__loadx", "kfcntl", "kioctl",
	    "kopen", "kopenx", "kread", "kreadv", "kthread_ctl", "kwrite",
	    "kwritev"};
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (dt_str_is(name, names[i]))
			return true;
	return false;
}

bool
dt_truss_table(struct dt_str line)
{
	line = dt_scan_rtrim(line);
	return dt_str_is(line, "syscall               seconds   calls  "
	    "errors") || dt_str_is(line, "syscall                     "
	    "seconds   calls  errors");
}

static bool
call(struct dt_str s, struct dt_truss_line *ln)
{
	ln->name = dt_calltext_name(s);
	if (ln->name.n == 0 || ln->name.n == s.n || s.s[ln->name.n] != '(')
		return false;
	ln->what = dt_truss_result(dt_str_after(s, ln->name.n + 1), ln);
	if (ln->whose == DT_TRUSS_SVR4 && dt_truss_isaix(ln->name))
		ln->whose = DT_TRUSS_AIX;
	return ln->what != DT_TRUSS_TEXT;
}

/* "SIGNAL 20 (SIGCHLD) code=...", of old versions only "SIGNAL 20". */
static bool
freebsd_signal(struct dt_str s, struct dt_truss_line *ln)
{
	struct dt_str num;

	if (!dt_scan_take(&s, "SIGNAL "))
		return false;
	num = digits(&s);
	if (num.n == 0)
		return false;
	ln->name = num;
	if (dt_scan_take(&s, " (")) {
		ln->name = dt_scan_until(&s, ")");
		ln->ret_text = num;
		if (!dt_scan_take(&s, ")"))
			return false;
	}
	ln->text = dt_scan_trim(s);
	ln->whose = DT_TRUSS_FREEBSD;
	ln->what = DT_TRUSS_SIGNAL;
	return true;
}

/* "Received signal #11, SIGSEGV [default]" */
static bool
svr4_signal(struct dt_str s, struct dt_truss_line *ln)
{
	if (!dt_scan_take(&s, "Received signal #"))
		return false;
	ln->ret_text = digits(&s);
	if (ln->ret_text.n == 0 || !dt_scan_take(&s, ", "))
		return false;
	ln->name = dt_scan_until(&s, " ,");
	dt_scan_take(&s, ",");
	ln->text = dt_scan_trim(s);
	ln->whose = DT_TRUSS_SVR4;
	ln->what = DT_TRUSS_SIGNAL;
	return ln->name.n > 0;
}

/* "process exit, rval = 0", "process killed, signal = 9 (core dumped)" */
static bool
ended(struct dt_str s, struct dt_truss_line *ln)
{
	if (dt_scan_take(&s, "process exit, rval = "))
		ln->what = DT_TRUSS_EXITED;
	else if (dt_scan_take(&s, "process killed, signal = "))
		ln->what = DT_TRUSS_KILLED;
	else
		return false;
	ln->whose = DT_TRUSS_FREEBSD;
	ln->ret_text = s;
	if (number(&s, &ln->ret)) {
		ln->ret_text.n -= s.n;
	} else {
		ln->what = DT_TRUSS_BROKEN;
		ln->reason = "an end without its status";
	}
	ln->text = dt_scan_trim(s);
	return true;
}

/* Beginnings, what they begin, and whose they are. */
static const struct begin {
	const char *text;
	enum dt_truss_what what;
	enum dt_truss_whose whose;
	const char *name;	/* of a FACT */
} begins[] = {
	{"-> ", DT_TRUSS_FACT, DT_TRUSS_SVR4, "->"},
	{"-- UNKNOWN ", DT_TRUSS_MESSAGE, DT_TRUSS_FREEBSD, NULL},
	{"<- ", DT_TRUSS_FACT, DT_TRUSS_SVR4, "<-"},
	{"<fork>", DT_TRUSS_FACT, DT_TRUSS_FREEBSD, "fork"},
	{"<new process>", DT_TRUSS_FACT, DT_TRUSS_FREEBSD, "new process"},
	{"<new thread ", DT_TRUSS_FACT, DT_TRUSS_FREEBSD, "new thread"},
	{"<thread ", DT_TRUSS_FACT, DT_TRUSS_FREEBSD, "thread exited"},
	{"*** SGID: ", DT_TRUSS_FACT, DT_TRUSS_SVR4, "SGID"},
	{"*** SUID: ", DT_TRUSS_FACT, DT_TRUSS_SVR4, "SUID"},
	{"*** cannot trace across exec() of ", DT_TRUSS_LOST, DT_TRUSS_SVR4,
	    NULL},
	{"*** lost control of process ***", DT_TRUSS_LOST, DT_TRUSS_SVR4,
	    NULL},
	{"*** process killed ***", DT_TRUSS_MESSAGE, DT_TRUSS_SVR4, NULL},
	{"Continued with signal #", DT_TRUSS_FACT, DT_TRUSS_SVR4,
	    "continued"},
	{"Incurred fault #", DT_TRUSS_FACT, DT_TRUSS_SVR4, "fault"},
	{"Stopped by signal #", DT_TRUSS_FACT, DT_TRUSS_SVR4, "stopped"},
};

static bool
known_begin(struct dt_str s, struct dt_truss_line *ln)
{
	size_t i;

	for (i = 0; i < NELEM(begins); i++)
		if (dt_str_starts(s, begins[i].text)) {
			ln->what = begins[i].what;
			ln->whose = begins[i].whose;
			ln->name = dt_str_c(begins[i].name);
			ln->text = dt_scan_trim(s);
			return true;
		}
	return false;
}

static bool
base(struct dt_str s, struct dt_truss_line *ln)
{
	if (!dt_scan_take(&s, "Base time stamp:"))
		return false;
	ln->what = DT_TRUSS_BASE;
	ln->whose = DT_TRUSS_SVR4;
	ln->text = dt_scan_word(&s);
	return true;
}

void
dt_truss_line(struct dt_str text, struct dt_truss_line *ln)
{
	struct dt_str s = text, body;
	bool blank;

	*ln = (struct dt_truss_line){.what = DT_TRUSS_TEXT};
	dt_truss_prefix(&s, ln);
	blank = s.n > 0 && (s.s[0] == '\t' || dt_str_starts(s, "  "));
	body = dt_scan_trim(s);
	if (known_begin(body, ln) || freebsd_signal(body, ln) ||
	    svr4_signal(body, ln) || ended(body, ln) || base(body, ln) ||
	    (!blank && call(s, ln)))
		return;
	*ln = (struct dt_truss_line){.what = DT_TRUSS_TEXT, .pid = ln->pid,
	    .tid = ln->tid, .id = ln->id};
	ln->text = s;
	if (blank || dt_str_starts(s, " argv: ") ||
	    dt_str_starts(s, " envp: "))
		ln->what = DT_TRUSS_DETAIL;
}
