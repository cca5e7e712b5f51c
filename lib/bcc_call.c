/* SPDX-License-Identifier: ISC */
/* A call as mountsnoop prints it: mount("none", "/mnt", ...) = -EPERM. */
#include <errno.h>

#include "bcc.h"
#include "scan.h"
#include "strace.h"
#include "tables.h"
#include "text.h"

/* Flags mean what they mean on Linux; the text does not say on which. */
static const struct dt_sys linux_sys = {DT_OS_LINUX, DT_ARCH_UNKNOWN};

static const struct {
	const char *name;
	const char *call;	/* whose arguments these are */
	size_t nargs;
} printed[] = {
	{"fsconfig", "fsconfig", 5},
	{"fsmount", "fsmount", 3},
	{"fsopen", "fsopen", 2},
	{"mount", "mount", 5},
	{"move_mount", "move_mount", 5},
	{"umount", "umount2", 2},
};

enum { NPRINTED = sizeof(printed) / sizeof(printed[0]) };

/* 0, a descriptor, -EPERM, or -525 if that has no name. */
static bool
result(struct dt_record *rec, struct dt_str s)
{
	struct dt_str name = s;
	int64_t num;

	if (dt_num_parse(s, &num) == 0) {
		rec->ret = DT_INT(num < 0 ? -1 : num);
		rec->errnum = DT_INT(num < 0 ? -num : 0);
		return true;
	}
	if (!dt_scan_take(&name, "-") ||
	    dt_errno_bysymbol(DT_OS_LINUX, name, &num) == -1)
		return false;
	rec->ret = DT_INT(-1);
	rec->errnum = DT_INT(num);
	return true;
}

/*
 * The inside of a quoted argument.  Those in Python escape it, libbpf-tools do
 * not.  -1 with errno.
 */
static int
quoted(struct dt_record *rec, int i, struct dt_str *path)
{
	struct dt_str arg, plain;

	if (i < 0)
		return 0;
	arg = rec->args.v[i];
	*path = (struct dt_str){arg.s + 1, arg.n - 2};
	errno = 0;
	plain = dt_unescape(&rec->mem, *path, false);
	if (plain.s == NULL)
		return errno == ENOMEM ? -1 : 0;
	*path = plain;
	return 0;
}

static bool
is_quoted(const struct dt_record *rec, int i)
{
	return i < 0 || (rec->args.v[i].n >= 2 &&
	    dt_str_starts(rec->args.v[i], "\"") &&
	    dt_scan_ends(rec->args.v[i], "\""));
}

/* MS_NOSUID|MS_NODEV, or with blanks around the bars. */
static int
flags(struct dt_record *rec, const struct dt_call *call)
{
	int i = dt_call_flagarg(call, DT_OS_LINUX);
	struct dt_str arg;
	char *p;
	size_t n = 0, k;

	if (i < 0)
		return 0;
	arg = rec->args.v[i];
	p = dt_arena_alloc(&rec->mem, arg.n + 1);
	if (p == NULL)
		return -1;
	for (k = 0; k < arg.n; k++)
		if (arg.s[k] != ' ')
			p[n++] = arg.s[k];
	if (dt_flags_parse(linux_sys, dt_call_family(call),
	    (struct dt_str){p, n}, &rec->flags.v) == 0)
		rec->flags.set = true;
	return 0;
}

/* Arguments that do not come to what the call has are not told apart. */
static int
arguments(struct dt_record *rec, struct dt_str text, size_t which)
{
	const struct dt_call *call = dt_call_byname(
	    dt_str_c(printed[which].call));
	int path = dt_call_path(call, DT_OS_LINUX);
	int path2 = dt_call_path2(call, DT_OS_LINUX);
	int r = dt_strace_split(rec, text, &rec->args);

	if (r == -1)
		return -1;
	if (r == 0 && rec->args.n == printed[which].nargs &&
	    is_quoted(rec, path) && is_quoted(rec, path2))
		return quoted(rec, path, &rec->path) == -1 ||
		    quoted(rec, path2, &rec->path2) == -1 ? -1 :
		    flags(rec, call);
	rec->args = (struct dt_strv){0};
	if (path < 0)
		return 0;
	rec->path = dt_null;
	return dt_record_put(rec, &rec->fields, DT_STR("path_error"),
	    DT_STR("ambiguous"));
}

int
dt_bcc_call(struct dt_record *rec, struct dt_str call, const char **errstr)
{
	struct dt_str text = dt_scan_rtrim(call), res;
	size_t eq = dt_scan_find_last(text, ") = "), which;

	*errstr = "no call with its result";
	if (eq == text.n)
		return 0;
	rec->name = dt_scan_until(&text, "(");
	eq -= (size_t)(text.s - call.s);
	for (which = 0; which < NPRINTED; which++)
		if (dt_str_is(rec->name, printed[which].name))
			break;
	if (which == NPRINTED || eq >= text.n)
		return 0;
	res = dt_str_after(text, eq + strlen(") = "));
	if (!result(rec, res))
		return 0;
	*errstr = NULL;
	text = (struct dt_str){text.s + 1, eq - 1};
	return arguments(rec, text, which);
}
