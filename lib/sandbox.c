/* SPDX-License-Identifier: ISC */
/* Messages of the sandbox of macOS, taken apart. */
#include "sandbox.h"
#include "scan.h"
#include "tables.h"

/*
 * The longest name that the kernel keeps of a process (p_name of xnu's
 * bsd/sys/proc_internal.h holds 2 * MAXCOMLEN bytes).
 */
enum { NAME_MAX_BYTES = 32 };

static const char SANDBOX[] = "Sandbox: ";
static const char SYSTEM[] = "System Policy: ";
static const char NOT_WHOLE[] = "a violation that is not whole";

/* Operations whose target is a file, by how they begin. */
static const char *const of_files[] = {"file", "process-exec"};
/* Those whose target is none even if it begins with a slash. */
static const char *const of_names[] = {"ipc-posix"};

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static bool
begins_with(struct dt_str s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_str_starts(s, list[i]))
			return true;
	return false;
}

/* Take digits, at most ten, off the front. */
static struct dt_str
take_digits(struct dt_str *str)
{
	struct dt_str s = *str, num = {s.s, 0};

	while (num.n < s.n && num.n < 11 && s.s[num.n] >= '0' &&
	    s.s[num.n] <= '9')
		num.n++;
	if (num.n == 0 || num.n > 10)
		return (struct dt_str){0};
	*str = dt_str_after(s, num.n);
	return num;
}

static bool
is_op(struct dt_str s)
{
	size_t i;

	if (dt_scan_ends(s, "*"))
		s.n--;
	for (i = 0; i < s.n; i++)
		if (!(s.s[i] >= 'a' && s.s[i] <= 'z') &&
		    !(s.s[i] >= '0' && s.s[i] <= '9') && s.s[i] != '-')
			return false;
	return s.n > 0 && s.s[0] >= 'a';
}

/* "deny(1) OP TARGET" up to the end of the text. */
static bool
take_verdict(struct dt_str s, struct dt_sandbox *sb)
{
	struct dt_str verdict = s;

	if (!dt_scan_take(&s, "deny") && !dt_scan_take(&s, "allow"))
		return false;
	verdict.n -= s.n;
	sb->verdict = verdict;
	if (dt_scan_take(&s, "(")) {
		sb->code = take_digits(&s);
		if (sb->code.s == NULL || !dt_scan_take(&s, ")"))
			return false;
	}
	if (!dt_scan_take(&s, " "))
		return false;
	sb->op = dt_scan_until(&s, " ");
	if (dt_scan_take(&s, " ") && s.n > 0)
		sb->target = s;
	return is_op(sb->op);
}

/* What ends with a process id in parentheses, or with three dots in them. */
static bool
take_name(struct dt_str s, struct dt_sandbox *sb)
{
	size_t i = s.n;

	if (dt_scan_ends(s, "(...)")) {
		sb->name = (struct dt_str){s.s, s.n - 5};
		return true;
	}
	if (!dt_scan_ends(s, ")"))
		return false;
	for (i--; i > 0 && s.s[i - 1] >= '0' && s.s[i - 1] <= '9';)
		i--;
	if (i == 0 || s.s[i - 1] != '(' || s.n - 1 - i > 10 ||
	    dt_num_parse((struct dt_str){s.s + i, s.n - 1 - i},
	    &sb->pid.v) == -1)
		return false;
	sb->pid.set = true;
	sb->name = (struct dt_str){s.s, i - 1};
	return true;
}

/* "NAME(PID) deny(1) OP TARGET" with the name ending at a parenthesis. */
static bool
divide(struct dt_str s, size_t at, struct dt_sandbox *sb)
{
	struct dt_str rest = dt_str_after(s, at + 1);

	if (!dt_scan_take(&rest, " "))
		return false;
	if (dt_scan_take(&rest, SYSTEM))
		sb->system = true;
	return take_verdict(rest, sb) &&
	    take_name((struct dt_str){s.s, at + 1}, sb);
}

/*
 * A process and what it was told.  Both the name and the target may be chosen
 * by the program and hold what looks like the end of a name: then it is the
 * only one with a name that is not too long.  Returns how many such ends there
 * are, or all if there are none; *sb is the last.
 */
static size_t
violation(struct dt_str s, struct dt_sandbox *sb)
{
	struct dt_sandbox one, any = *sb, good = *sb;
	size_t i, nany = 0, ngood = 0;
	const char *p;

	for (i = 0; (p = memchr(s.s + i, ')', s.n - i)) != NULL; i++) {
		i = (size_t)(p - s.s);
		one = *sb;
		if (!divide(s, i, &one))
			continue;
		any = one;
		nany++;
		if (one.name.n > NAME_MAX_BYTES)
			continue;
		good = one;
		ngood++;
	}
	*sb = ngood > 0 ? good : any;
	return ngood > 0 ? ngood : nany;
}

/* Is there something of a verdict in a text? */
static bool
looks(struct dt_str s)
{
	return dt_scan_find(s, " deny(") < s.n ||
	    dt_scan_find(s, " deny ") < s.n ||
	    dt_scan_find(s, " allow(") < s.n ||
	    dt_scan_find(s, " allow ") < s.n;
}

/* "N duplicate reports for " off the front.  False if N cannot be. */
static bool
take_more(struct dt_str *str, struct dt_sandbox *sb)
{
	struct dt_str s = *str, num = {s.s, 0};

	while (num.n < s.n && s.s[num.n] >= '0' && s.s[num.n] <= '9')
		num.n++;
	s = dt_str_after(s, num.n);
	if (num.n == 0 || !dt_scan_take(&s, " duplicate report"))
		return true;
	dt_scan_take(&s, "s");
	if (!dt_scan_take(&s, " for "))
		return true;
	*str = s;
	sb->more.set = num.n <= 10 && dt_num_parse(num, &sb->more.v) == 0 &&
	    sb->more.v > 0 && sb->more.v <= INT32_MAX;
	return sb->more.set;
}

/* Does the message say that others were lost? */
static bool
loss(struct dt_str s, struct dt_int *n)
{
	struct dt_str num = {s.s, 0};

	if (dt_str_starts(s, "=== Messages dropped during live streaming"))
		return true;
	if (dt_str_starts(s, "*** kernel exceeded ") ||
	    dt_str_starts(s, "*** process "))
		return dt_scan_find(s, " log message per second limit") < s.n;
	if (dt_scan_take(&s, "lost ")) {
		dt_scan_take(&s, ">=");
		num = take_digits(&s);
		n->set = dt_num_parse(num, &n->v) == 0;
		return dt_str_starts(s, " unreliable messages from ");
	}
	num = take_digits(&s);
	n->set = num.s != NULL && dt_num_parse(num, &n->v) == 0 &&
	    dt_scan_take(&s, " ");
	return dt_str_starts(s, "logs dropped");
}

/* "deny OP TARGET" alone, which a line of a profile or a sentence may be. */
static enum dt_sandbox_is
cut(struct dt_str s, struct dt_sandbox *sb)
{
	struct dt_str t;

	if (!take_verdict(s, sb) || !dt_str_is(sb->verdict, "deny") ||
	    !dt_op_is(sb->op))
		return DT_SANDBOX_OTHER;
	t = sb->target;
	if (dt_str_is(t, "<private>") || (t.n > 0 && t.s[0] == '/'))
		return DT_SANDBOX_VIOLATION;
	if (t.n > 0 && !begins_with(sb->op, of_files, NELEM(of_files)) &&
	    dt_scan_find(t, " ") == t.n && t.s[0] != '(')
		return DT_SANDBOX_VIOLATION;
	sb->why = "it may be of a profile as well as of a log";
	return DT_SANDBOX_BAD;
}

static enum dt_sandbox_is
bad(struct dt_sandbox *sb, enum dt_sandbox_is is, const char *why)
{
	sb->why = why;
	return is;
}

/* "([PID]) " of sandboxd off the front, which names the process again. */
static void
take_again(struct dt_str *str)
{
	struct dt_str s = *str;

	if (dt_scan_take(&s, "([") && take_digits(&s).s != NULL &&
	    dt_scan_take(&s, "]) "))
		*str = s;
}

/* What follows "Sandbox: ", or what sandboxd says. */
static enum dt_sandbox_is
body(struct dt_str s, struct dt_sandbox *sb)
{
	size_t n = violation(s, sb);

	if (n == 1)
		return DT_SANDBOX_VIOLATION;
	if (n > 1)
		return bad(sb, DT_SANDBOX_BAD, "a name or a target that looks "
		    "like a violation: nobody knows where the name ends");
	/* Of whom, but not what: reports that are not there. */
	if (sb->more.set && take_name(s, sb))
		return DT_SANDBOX_LOSS;
	if (looks(s) || sb->more.set)
		return bad(sb, DT_SANDBOX_BAD, NOT_WHOLE);
	return bad(sb, DT_SANDBOX_UNKNOWN, "a message of the sandbox that is "
	    "not known");
}

bool
dt_sandbox_begins(struct dt_str s)
{
	struct dt_sandbox sb = {0};

	take_more(&s, &sb);
	return sb.more.set || dt_str_starts(s, SANDBOX) ||
	    dt_str_starts(s, SYSTEM);
}

enum dt_sandbox_is
dt_sandbox_read(struct dt_sandbox *sb, struct dt_str s,
    enum dt_sandbox_form form)
{
	struct dt_sandbox inside = {0};
	enum dt_sandbox_is is;
	bool begins;

	*sb = (struct dt_sandbox){0};
	if (loss(s, &sb->more))
		return DT_SANDBOX_LOSS;
	*sb = (struct dt_sandbox){0};
	if (!take_more(&s, sb))
		return bad(sb, DT_SANDBOX_BAD,
		    "a number of reports that cannot be");
	if (form == DT_SANDBOX_DAEMON)
		take_again(&s);
	begins = dt_scan_take(&s, SANDBOX);
	sb->system = !begins && dt_scan_take(&s, SYSTEM);
	if (begins || sb->system || sb->more.set)
		return body(s, sb);
	if (form != DT_SANDBOX_WHOLE && (is = cut(s, sb)) != DT_SANDBOX_OTHER)
		return is;
	*sb = (struct dt_sandbox){0};
	if (violation(s, &inside) == 0)
		return DT_SANDBOX_OTHER;
	return form == DT_SANDBOX_DAEMON ? body(s, sb) :
	    bad(sb, DT_SANDBOX_INSIDE, "a violation in the middle of a line");
}

bool
dt_sandbox_repeated(struct dt_str s, struct dt_int *times)
{
	struct dt_str num;

	if (!dt_scan_take(&s, "--- last message repeated "))
		return false;
	num = dt_scan_until(&s, " ");
	times->set = num.n <= 10 && dt_scan_digits(num) &&
	    dt_num_parse(num, &times->v) == 0 && times->v > 0 &&
	    times->v <= INT32_MAX;
	if (!dt_scan_digits(num) || !dt_scan_take(&s, " time"))
		return false;
	dt_scan_take(&s, "s");
	return dt_str_is(dt_scan_rtrim(s), " ---");
}

/* Where the target goes: what it is follows from the operation. */
static int
put_target(struct dt_record *rec, const struct dt_sandbox *sb)
{
	bool file = begins_with(sb->op, of_files, NELEM(of_files));

	if (dt_str_is(sb->target, "<private>")) {
		if (file)
			rec->path = dt_null;
		return dt_record_put(rec, &rec->fields, file ?
		    DT_STR("path_error") : DT_STR("target_error"),
		    DT_STR("private"));
	}
	if (sb->target.n == 0)
		return 0;
	if (sb->target.s[0] == '/' &&
	    !begins_with(sb->op, of_names, NELEM(of_names))) {
		rec->path = sb->target;
		return 0;
	}
	rec->target = sb->target;
	return 0;
}

int
dt_sandbox_fill(struct dt_record *rec, const struct dt_sandbox *sb)
{
	rec->kind = DT_KIND_SANDBOX_LOG;
	rec->name = sb->verdict;
	rec->op = sb->op;
	rec->pid = sb->pid;
	rec->count = sb->more;
	if (sb->name.n > 0)
		rec->execname = sb->name;
	if (dt_str_is(sb->verdict, "deny"))
		rec->denied_by = sb->system ? DT_STR("system-policy") :
		    DT_STR("sandbox");
	if (sb->code.s != NULL && dt_record_put(rec, &rec->fields,
	    DT_STR("code"), sb->code) == -1)
		return -1;
	if (sb->more.set && dt_record_put(rec, &rec->fields,
	    DT_STR("report"), DT_STR("duplicate")) == -1)
		return -1;
	return put_target(rec, sb);
}

bool
dt_sandbox_is_daemon(const struct dt_logline *ll)
{
	return dt_str_is(ll->process, "sandboxd") && !ll->xcode;
}

const char *
dt_sandbox_forged(const struct dt_logline *ll)
{
	static const char program[] = "a violation, but a program wrote it";

	if (ll->two)
		return "a line that names two processes: nobody knows which "
		    "of them wrote it";
	if (dt_sandbox_is_daemon(ll))
		return ll->style == DT_LOG_UNIFIED && (ll->sender.s != NULL ||
		    !dt_str_is(ll->subsystem,
		    "com.apple.sandbox.reporting:violation")) ? program : NULL;
	if (ll->process.s != NULL && (!dt_str_is(ll->process, "kernel") ||
	    (ll->pid.set && ll->pid.v != 0)))
		return program;
	if ((ll->sender.s != NULL || ll->style == DT_LOG_UNIFIED) &&
	    !dt_str_is(ll->sender, "Sandbox"))
		return "a violation, but another part of the kernel wrote it";
	return NULL;
}
