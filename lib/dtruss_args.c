/* SPDX-License-Identifier: ISC */
/* The arguments of a call in dtruss's text, and which calls there are. */
#include <stdlib.h>

#include "dtruss.h"
#include "scan.h"
#include "tables.h"
#include "text.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { SYSCTLBYNAME_REST = 4, NOPATH = -1, NOCALL = -2 };

/*
 * Calls that syscalls.def has not: of Solaris and illumos, sorted.  The index
 * of the path is from their truss, and what the toolkit's examples print.
 */
static const struct only {
	const char *name;
	int path;
} toolkit[] = {
	{"creat64",		0},
	{"doorfs",		NOPATH},
	{"exece",		0},
	{"fdsync",		NOPATH},
	{"forksys",		NOPATH},
	{"fxstat",		NOPATH},
	{"llseek",		NOPATH},
	{"lwp_continue",	NOPATH},
	{"lwp_create",		NOPATH},
	{"lwp_exit",		NOPATH},
	{"lwp_kill",		NOPATH},
	{"lwp_park",		NOPATH},
	{"lwp_self",		NOPATH},
	{"lwp_sema_post",	NOPATH},
	{"lwp_sigmask",		NOPATH},
	{"lwp_wait",		NOPATH},
	{"lxstat",		1},
	{"memcntl",		NOPATH},
	{"open64",		0},
	{"openat64",		1},
	{"pollsys",		NOPATH},
	{"priocntlsys",		NOPATH},
	{"resolvepath",		0},
	{"rexit",		NOPATH},
	{"schedctl",		NOPATH},
	{"so_socket",		NOPATH},
	{"so_socketpair",	NOPATH},
	{"sysconfig",		NOPATH},
	{"systeminfo",		NOPATH},
	{"waitsys",		NOPATH},
	{"xmknod",		1},
	{"xstat",		1},
};

int
dt_dtruss_toolkit_path(struct dt_str name)
{
	const struct only *row = bsearch(&name, toolkit, NELEM(toolkit),
	    sizeof(toolkit[0]), dt_rowcmp);

	return row != NULL ? row->path : NOCALL;
}

bool
dt_dtruss_iscall(struct dt_str name)
{
	return dt_call_byname(name) != NULL ||
	    dt_dtruss_toolkit_path(name) != NOCALL;
}

/* A number, a string, the numbers of sysctl, or the flags of renameatx_np. */
static bool
is_arg(struct dt_str arg)
{
	int64_t num;
	size_t i;

	if (dt_str_starts(arg, "\""))
		return dt_quoted_len(arg) == arg.n;
	if (dt_str_starts(arg, "["))
		return dt_scan_ends(arg, ")");
	if (dt_num_parse(arg, &num) == 0)
		return true;
	for (i = 0; i < arg.n; i++)
		if (arg.s[i] != '|' && arg.s[i] != '_' && arg.s[i] != '0' &&
		    (arg.s[i] < 'A' || arg.s[i] > 'Z'))
			return false;
	return dt_scan_find(arg, "|") < arg.n;
}

/* Where the argument at the front of a slice ends: at its comma. */
static size_t
arg_end(struct dt_str s)
{
	size_t i = 0, depth = 0, quoted;

	while (i < s.n && (s.s[i] != ',' || depth > 0)) {
		if (s.s[i] == '[' || s.s[i] == '(')
			depth++;
		else if ((s.s[i] == ']' || s.s[i] == ')') && depth > 0)
			depth--;
		quoted = s.s[i] == '"' ? dt_quoted_len(dt_str_after(s, i)) : 1;
		if (quoted == 0)
			return s.n;
		i += quoted;
	}
	return i;
}

static int
push(struct dt_record *rec, struct dt_strv *vec, struct dt_str arg)
{
	return vec != NULL ? dt_record_push(rec, vec, arg) : 0;
}

/*
 * Where the name of sysctlbyname ends, which has any bytes and no quotes: at
 * the fourth comma from the end.  n if there are not as many.
 */
static size_t
raw_end(struct dt_str args)
{
	struct dt_str s = args;
	size_t n;
	int i;

	for (i = 0; i < SYSCTLBYNAME_REST; i++) {
		n = dt_scan_find_last(s, ",");
		if (n == s.n)
			return args.n;
		s.n = n;
	}
	return s.n;
}

static int
split(struct dt_str args, struct dt_record *rec, struct dt_strv *vec)
{
	struct dt_str arg;
	size_t n;

	while (args.s != NULL) {
		n = arg_end(args);
		arg = dt_scan_trim((struct dt_str){args.s, n});
		if (!is_arg(arg))
			return 1;
		if (push(rec, vec, arg) == -1)
			return -1;
		args = n < args.n ? dt_str_after(args, n + 1) :
		    (struct dt_str){0};
	}
	return 0;
}

int
dt_dtruss_args(struct dt_str name, struct dt_str args, struct dt_record *rec,
    struct dt_strv *vec)
{
	size_t n;

	if (dt_scan_trim(args).n == 0)
		return 0;
	if (!dt_str_is(name, "sysctlbyname"))
		return split(args, rec, vec);
	n = raw_end(args);
	if (n == args.n)
		return 1;
	if (push(rec, vec, (struct dt_str){args.s, n}) == -1)
		return -1;
	return split(dt_str_after(args, n + 1), rec, vec);
}
