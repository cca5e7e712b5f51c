/* SPDX-License-Identifier: ISC */
/* Records from the parts of a line of truss's text. */
#include <errno.h>

#include "calltext.h"
#include "scan.h"
#include "strace.h"
#include "truss.h"

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	if (val.s == NULL)
		return 0;
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* The system, and the tracer's name with it; only what the text tells. */
static enum dt_os
whose(struct dt_record *rec, enum dt_truss_whose who)
{
	if (rec->name.s != NULL && dt_calltext_islinux(rec->name))
		return DT_OS_UNKNOWN;
	switch (who) {
	case DT_TRUSS_FREEBSD:
		rec->tracer = DT_STR("truss-freebsd");
		return DT_OS_FREEBSD;
	case DT_TRUSS_SVR4:
		rec->tracer = DT_STR("truss-svr4");
		return DT_OS_SUNOS;
	case DT_TRUSS_TUSC:
		rec->tracer = DT_STR("tusc");
		return DT_OS_UNKNOWN;
	default:
		return DT_OS_UNKNOWN;
	}
}

int
dt_truss_base(const struct dt_truss_line *ln, int64_t *ns)
{
	return dt_strace_seconds(ln->text, ns);
}

/*
 * FreeBSD's -d and -D are the time since the start, and how long the call took;
 * SVR4's -d, -D and -E that, the time since the line before, and in the kernel.
 * Of fewer than all of them nobody knows which they are, but for a -d that
 * was told by the line that says when it begins.
 */
static int
times(struct dt_record *rec, const struct dt_truss_line *ln,
    const struct dt_truss_told *told, enum dt_truss_whose who)
{
	static const char *const svr4[] = {"time", "delta", "elapsed"};
	static const char *const bsd[] = {"time", "elapsed"};
	const char *key;
	int64_t ns;
	size_t i;

	if (ln->ntimes > 0 && told->base.set &&
	    dt_strace_seconds(ln->times[0], &ns) == 0 &&
	    ns <= INT64_MAX - told->base.v)
		rec->ts = DT_INT(told->base.v + ns);
	for (i = 0; i < ln->ntimes; i++) {
		key = "times";
		if (ln->ntimes == 3)
			key = svr4[i];
		else if (ln->ntimes == 2 && who == DT_TRUSS_FREEBSD)
			key = bsd[i];
		else if (i == 0 && told->base.set)
			key = svr4[i];
		if (dt_record_put_more(rec, &rec->fields, dt_str_c(key),
		    ln->times[i]) == -1)
			return -1;
	}
	return 0;
}

/* The name of an errno says what its number does, where both are known. */
static const char *
wrong_symbol(const struct dt_truss_line *ln)
{
	int64_t num;

	if (ln->symbol.s == NULL ||
	    dt_errno_bysymbol(DT_OS_UNKNOWN, ln->symbol, &num) == -1 ||
	    num == ln->errnum.v)
		return NULL;
	return "an errno that is not of that name";
}

static int
result(struct dt_record *rec, const struct dt_truss_line *ln, enum dt_os os)
{
	rec->ret = ln->ret;
	rec->errnum = ln->errnum;
	if (ln->symbol.n > 0 && dt_errno_name(os, ln->errnum.v) == NULL &&
	    put(rec, "errno_name", ln->symbol) == -1)
		return -1;
	if (ln->errtext.s != NULL && put(rec, "ret_text", ln->errtext) == -1)
		return -1;
	if (ln->ret_text.s != NULL && put(rec, "ret_text",
	    ln->ret_text) == -1)
		return -1;
	if (put(rec, "argc", ln->argc) == -1 ||
	    put(rec, "ret2", ln->ret2) == -1 ||
	    put(rec, "privilege", ln->privilege) == -1)
		return -1;
	return put(rec, "returning", ln->returning);
}

static int
call(struct dt_record *rec, const struct dt_truss_line *ln, enum dt_os os,
    enum dt_truss_whose who, const char **errstr)
{
	*errstr = wrong_symbol(ln);
	if (*errstr != NULL)
		return -1;
	rec->kind = DT_KIND_SYSCALL;
	if (dt_truss_args(rec, ln->args, os, who) == -1 ||
	    result(rec, ln, os) == -1)
		return -1;
	dt_calltext_capsicum(rec, os, ln->errtext);
	if (ln->what == DT_TRUSS_CALL)
		return 0;
	return put(rec, "state", DT_STR("unfinished"));
}

static int
end(struct dt_record *rec, const struct dt_truss_line *ln)
{
	struct dt_str num = ln->ret_text;

	rec->kind = DT_KIND_EXIT;
	if (ln->what == DT_TRUSS_EXITED) {
		rec->status = DT_STR("exited");
		rec->exit_code = ln->ret;
		return 0;
	}
	rec->status = DT_STR("signaled");
	rec->signal = num;
	return dt_str_is(ln->text, "(core dumped)") ?
	    put(rec, "core_dumped", DT_STR("1")) : 0;
}

static int
got_signal(struct dt_record *rec, const struct dt_truss_line *ln)
{
	rec->kind = DT_KIND_SIGNAL;
	if (put(rec, "signo", ln->ret_text) == -1)
		return -1;
	return ln->text.n > 0 ? put(rec, "text", ln->text) : 0;
}

static void
message(struct dt_record *rec, const struct dt_truss_line *ln)
{
	rec->kind = ln->what == DT_TRUSS_LOST ? DT_KIND_DROP :
	    DT_KIND_DIAGNOSTIC;
	rec->text = ln->text;
	if (rec->kind == DT_KIND_DIAGNOSTIC)
		rec->level = DT_STR("info");
}

int
dt_truss_fill(struct dt_record *rec, const struct dt_truss_line *ln,
    const struct dt_truss_told *told, const char **errstr)
{
	enum dt_truss_whose who = ln->whose != DT_TRUSS_UNTOLD ? ln->whose :
	    told->whose;
	enum dt_os os;

	*errstr = NULL;
	errno = 0;
	/* What AIX and SVR4 say alike is of the one that was told. */
	if (who == DT_TRUSS_SVR4 && told->whose == DT_TRUSS_AIX)
		who = told->whose;
	rec->name = ln->name;
	rec->pid = ln->pid;
	rec->tid = ln->tid;
	os = whose(rec, who);
	if (times(rec, ln, told, who) == -1)
		return -1;
	switch (ln->what) {
	case DT_TRUSS_SIGNAL:
		return got_signal(rec, ln);
	case DT_TRUSS_EXITED:
	case DT_TRUSS_KILLED:
		return end(rec, ln);
	case DT_TRUSS_FACT:
		rec->kind = DT_KIND_FIRING;
		rec->text = ln->text;
		return 0;
	case DT_TRUSS_MESSAGE:
	case DT_TRUSS_LOST:
		message(rec, ln);
		return 0;
	default:
		return call(rec, ln, os, who, errstr);
	}
}
