/* SPDX-License-Identifier: ISC */
/* Records from the parts of a line of strace's text. */
#include <errno.h>
#include <string.h>

#include "strace.h"
#include "tables.h"
#include "text.h"

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	if (val.s == NULL)
		return 0;
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* Time since the line before: whole microseconds, or as it was printed. */
static int
delta(struct dt_record *rec, struct dt_str s)
{
	const char *point = s.s != NULL ? memchr(s.s, '.', s.n) : NULL;
	int64_t ns;

	if (s.s == NULL)
		return 0;
	if ((point != NULL && s.n - (size_t)(point - s.s) > 7) ||
	    dt_strace_seconds(s, &ns) == -1)
		return put(rec, "delta", s);
	rec->rel_us = DT_INT(ns / 1000);
	return 0;
}

static int
prefix(struct dt_record *rec, const struct dt_strace_prefix *p)
{
	rec->pid = p->pid;
	rec->ts = p->ts;
	if (p->comm.s != NULL) {
		errno = 0;
		rec->execname = dt_unescape(&rec->mem, p->comm, false);
		if (rec->execname.s == NULL && errno == ENOMEM)
			return -1;
	}
	if (put(rec, "log", p->log) == -1 ||
	    put(rec, "secontext", p->secontext) == -1 ||
	    put(rec, "time", p->time) == -1 || delta(rec, p->delta) == -1 ||
	    put(rec, "nr", p->nr) == -1)
		return -1;
	return put(rec, "ip", p->ip);
}

/* What stands in <> behind the return value: a file, or a process's name. */
static int
annotation(struct dt_record *rec, const struct dt_strace_result *res)
{
	struct dt_str s = res->path, in;
	size_t i = 0;

	if (s.s == NULL)
		return 0;
	errno = 0;
	in = dt_unescape(&rec->mem, s, false);
	if (in.s == NULL && errno == ENOMEM)
		return -1;
	if (dt_str_starts(s, "/"))
		return put(rec, "ret_path", in.s != NULL ? in : s);
	while (i < s.n && s.s[i] != ':')
		i++;
	return put(rec, i == s.n ? "ret_comm" : "ret_path", s);
}

/*
 * The kernel's own return value, as other tracers print it: an errno with a
 * minus (Linux, include/linux/err.h MAX_ERRNO).  -1 alone is not told from
 * the C library's.
 */
static int
raw_errno(struct dt_record *rec)
{
	if (!rec->ret.set || rec->ret.v > -2 || rec->ret.v < -4095)
		return 0;
	rec->errnum = DT_INT(-rec->ret.v);
	return put(rec, "errno_form", DT_STR("raw"));
}

static int
outcome(struct dt_record *rec, const struct dt_strace_result *res)
{
	rec->ret = res->ret;
	if (res->errnum.set)
		rec->errnum = res->errnum;
	else if (res->symbol.s != NULL)
		rec->errnum.set = dt_errno_bysymbol(DT_OS_LINUX, res->symbol,
		    &rec->errnum.v) == 0;
	else if (res->digits.s != NULL && !res->failed)
		rec->errnum = DT_INT(0);
	else if (raw_errno(rec) == -1)
		return -1;
	if (res->symbol.s != NULL && !rec->errnum.set &&
	    put(rec, "errno_name", res->symbol) == -1)
		return -1;
	if (annotation(rec, res) == -1 || (res->deleted &&
	    put(rec, "ret_deleted", DT_STR("1")) == -1) ||
	    put(rec, "ret_text", res->text) == -1 ||
	    put(rec, "injected", res->injected) == -1 ||
	    (res->delayed && put(rec, "delayed", DT_STR("1")) == -1))
		return -1;
	return put(rec, "elapsed", res->elapsed);
}

/* strace leaves things out of structs and arrays, but never an argument. */
static bool
is_elided(const struct dt_strv *args)
{
	size_t i;

	for (i = 0; i < args->n; i++)
		if (dt_str_is(args->v[i], "..."))
			return true;
	return false;
}

static int
call(struct dt_record *rec, const struct dt_strace_line *ln,
    const char **errstr)
{
	struct dt_str args = ln->args;
	int r;

	rec->kind = DT_KIND_SYSCALL;
	rec->name = ln->name;
	if (ln->inside.s != NULL)
		args.n = (size_t)(ln->inside.s - args.s);
	r = dt_strace_split(rec, args, &rec->args);
	if (r == 1)
		*errstr = "more arguments than a call has";
	else if (r == 0 && is_elided(&rec->args))
		*errstr = "arguments that somebody left out";
	if (r != 0 || *errstr != NULL || dt_strace_paths(rec) == -1)
		return -1;
	if (ln->what == DT_STRACE_DETACHED)
		return put(rec, "state", DT_STR("detached"));
	if (ln->what != DT_STRACE_CALL || ln->dying)
		return put(rec, "state", DT_STR("unfinished"));
	return outcome(rec, &ln->result);
}

/* Is it the signal that seccomp sends?  Numbers are what -X raw prints. */
static bool
is_seccomp(const struct dt_record *rec)
{
	struct dt_str code = dt_kvv_get(&rec->fields, "si_code");

	return dt_str_is(rec->name, "SIGSYS") && code.s != NULL &&
	    (dt_str_is(code, "SYS_SECCOMP") || dt_str_is(code, "0x1") ||
	    dt_str_is(code, "1") ||
	    dt_str_is(code, "0x1 /* SYS_SECCOMP */"));
}

/* The call by its number in the architecture beside it. */
static struct dt_str
bynumber(struct dt_str nr, struct dt_str arch)
{
	struct dt_sys sys = {DT_OS_LINUX, DT_ARCH_UNKNOWN};
	const struct dt_call *c;
	int64_t num;

	if (dt_str_is(arch, "0xc000003e"))
		sys.arch = DT_ARCH_X86_64;
	else if (dt_str_is(arch, "0xc00000b7"))
		sys.arch = DT_ARCH_AARCH64;
	if (sys.arch == DT_ARCH_UNKNOWN || dt_num_parse(nr, &num) == -1 ||
	    (c = dt_call_bynumber(sys, num)) == NULL)
		return (struct dt_str){0};
	return dt_str_c(dt_call_name(c));
}

static struct dt_str
refused_call(const struct dt_record *rec)
{
	static const char mark[] = "__NR_";
	struct dt_str nr = dt_kvv_get(&rec->fields, "si_syscall"), name = nr;
	size_t n = 0;

	if (nr.s == NULL)
		return nr;
	while (name.n > 0 && !dt_str_starts(name, mark))
		name = dt_str_after(name, 1);
	if (name.n == 0)
		return bynumber(nr, dt_kvv_get(&rec->fields, "si_arch"));
	name = dt_str_after(name, sizeof(mark) - 1);
	while (n < name.n && name.s[n] != ' ')
		n++;
	name.n = n;
	return name;
}

static int
signal_members(struct dt_record *rec, struct dt_str text, const char **errstr)
{
	struct dt_strv vec = {0};
	const char *eq;
	size_t i, n;
	int r;

	if (text.s == NULL)
		return 0;
	r = dt_strace_split(rec, text, &vec);
	if (r == 1)
		*errstr = "more members than a signal has";
	if (r != 0)
		return -1;
	for (i = 0; i < vec.n; i++) {
		eq = memchr(vec.v[i].s, '=', vec.v[i].n);
		n = eq != NULL ? (size_t)(eq - vec.v[i].s) : vec.v[i].n;
		if (dt_record_put(rec, &rec->fields,
		    (struct dt_str){vec.v[i].s, n}, dt_str_after(vec.v[i],
		    eq != NULL ? n + 1 : n)) == -1)
			return -1;
	}
	return 0;
}

static int
got_signal(struct dt_record *rec, const struct dt_strace_line *ln,
    const char **errstr)
{
	struct dt_str rest = ln->rest;

	rec->kind = DT_KIND_SIGNAL;
	rec->name = ln->name;
	if (ln->what == DT_STRACE_STOPPED)
		return put(rec, "stopped", DT_STR("1"));
	if (signal_members(rec, ln->args, errstr) == -1)
		return -1;
	if (dt_str_starts(rest, " "))
		rest = dt_str_after(rest, 1);
	if (rest.n > 0 && put(rec, "text", rest) == -1)
		return -1;
	if (!is_seccomp(rec))
		return 0;
	rec->denied_by = DT_STR("seccomp");
	return put(rec, "call", refused_call(rec));
}

struct dt_str
dt_strace_refused(const struct dt_record *rec)
{
	if (rec->denied_by.s == NULL)
		return (struct dt_str){0};
	return dt_kvv_get(&rec->fields, "call");
}

static int
gone(struct dt_record *rec, const struct dt_strace_line *ln)
{
	rec->kind = DT_KIND_EXIT;
	if (ln->what == DT_STRACE_EXITED) {
		rec->status = DT_STR("exited");
		rec->exit_code = ln->num;
		return 0;
	}
	rec->status = DT_STR("signaled");
	rec->signal = ln->name;
	return ln->rest.n == 0 ? 0 : put(rec, "core_dumped", DT_STR("1"));
}

static int
superseded(struct dt_record *rec, const struct dt_strace_line *ln)
{
	char *p = dt_arena_alloc(&rec->mem, 24);
	int64_t v = ln->num.v;
	size_t i = 24;

	if (p == NULL)
		return -1;
	do
		p[--i] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	rec->kind = DT_KIND_EXEC;
	return put(rec, "superseded_by", (struct dt_str){p + i, 24 - i});
}

int
dt_strace_fill(struct dt_record *rec, const struct dt_strace_line *ln,
    const char **errstr)
{
	*errstr = NULL;
	if (prefix(rec, &ln->prefix) == -1)
		return -1;
	switch (ln->what) {
	case DT_STRACE_SIGNAL:
	case DT_STRACE_STOPPED:
		return got_signal(rec, ln, errstr);
	case DT_STRACE_EXITED:
	case DT_STRACE_KILLED:
		return gone(rec, ln);
	case DT_STRACE_SUPERSEDED:
		return superseded(rec, ln);
	default:
		return call(rec, ln, errstr);
	}
}
