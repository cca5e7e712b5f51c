/* SPDX-License-Identifier: ISC */
/* A line of perf trace as a record: arguments, paths, flags. */
#include "perf.h"
#include "scan.h"
#include "tables.h"

/* Flags mean what they mean on Linux; the text does not say on which. */
static const struct dt_sys linux_sys = {DT_OS_LINUX, DT_ARCH_UNKNOWN};

enum { ARGS_MAX = 6 };		/* arguments of a call */

/* An argument, "name: value". */
struct arg {
	struct dt_str name;
	struct dt_str val;
};

/* What the kernel calls the arguments that are paths. */
static const char *const path_names[] = {
	"dev_name",
	"dir_name",
	"filename",
	"from_pathname",
	"library",
	"name",
	"new",
	"new_root",
	"newname",
	"old",
	"oldname",
	"path",
	"pathname",
	"put_old",
	"special",
	"specialfile",
	"to_pathname",
};

/* What it calls those that are flags of a family. */
static const struct {
	enum dt_family family;
	const char *name;
} flag_names[] = {
	{DT_FAMILY_ACCESS, "mode"},
	{DT_FAMILY_AT, "flag"},
	{DT_FAMILY_AT, "flags"},
	{DT_FAMILY_CLONE, "clone_flags"},
	{DT_FAMILY_CLONE, "flags"},
	{DT_FAMILY_MODE, "mode"},
	{DT_FAMILY_MOUNT, "flags"},
	{DT_FAMILY_OPEN, "flags"},
	{DT_FAMILY_PROT, "prot"},
};

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* Take "name: " off the front; false if it is not there. */
static bool
take_name(struct dt_str *s, struct dt_str *name)
{
	struct dt_str rest = *s;
	size_t n = 0;

	while (n < rest.n && ((rest.s[n] >= 'a' && rest.s[n] <= 'z') ||
	    (rest.s[n] >= '0' && rest.s[n] <= '9') || rest.s[n] == '_'))
		n++;
	*name = (struct dt_str){rest.s, n};
	rest = dt_str_after(rest, n);
	if (n == 0 || !dt_scan_take(&rest, ": "))
		return false;
	*s = rest;
	return true;
}

/* Is here the end of an argument: that of all, or another one's name? */
static bool
is_end(struct dt_str s)
{
	struct dt_str name;

	return s.n == 0 || (dt_scan_take(&s, ", ") && take_name(&s, &name));
}

/* What a value ends with that may hold anything; NUL for any other. */
static char
closing(struct dt_str val)
{
	struct dt_str rest = val;
	size_t i = 0;

	if (val.n > 0 && val.s[0] == '"')
		return '"';
	if (val.n > 0 && val.s[0] == '{')
		return '}';
	while (i < val.n && val.s[i] >= '0' && val.s[i] <= '9')
		i++;
	rest = dt_str_after(val, i);
	return i > 0 && dt_str_starts(rest, "<") ? '>' : '\0';
}

/* The value of an argument, and what is behind it. */
static void
take_value(struct dt_str *s, struct dt_str *val)
{
	char close = closing(*s);
	size_t i;

	for (i = close == '"'; i < s->n; i++) {
		if (close != '\0' && s->s[i] != close)
			continue;
		if (is_end(dt_str_after(*s, i + (close != '\0'))))
			break;
		/* A string that was cut has dots behind it. */
		if (close == '"' && dt_str_starts(dt_str_after(*s, i),
		    "\"...") && is_end(dt_str_after(*s, i + 4))) {
			i += 3;
			break;
		}
	}
	if (close != '\0' && i < s->n)
		i++;
	*val = (struct dt_str){s->s, i};
	*s = dt_str_after(*s, i);
	dt_scan_take(s, ", ");
}

/* What a path leaves that has closed its quote itself: one quote too many. */
static bool
is_rest(struct dt_str val)
{
	return !dt_str_starts(val, "\"") && dt_scan_ends(val, "\"");
}

/* How many arguments there are; -1 if they cannot be told apart. */
static int
split(struct dt_str s, struct arg args[])
{
	int n = 0, i;

	while (s.n > 0) {
		if (n == ARGS_MAX || !take_name(&s, &args[n].name))
			return -1;
		take_value(&s, &args[n].val);
		/* A string may end itself and name others. */
		for (i = 0; i < n; i++)
			if (dt_str_eq(args[i].name, args[n].name))
				return -1;
		if (n > 0 && is_rest(args[n].val))
			return -1;
		n++;
	}
	return n;
}

/* A path as it is printed: a string, its address, or bare by old versions. */
static int
set_path(struct dt_record *rec, struct dt_str val, struct dt_str *path,
    const char *why)
{
	int64_t addr;

	if (dt_str_starts(val, "0x") && dt_num_parse(val, &addr) == 0) {
		*path = dt_null;
		return put(rec, why, DT_STR("pointer"));
	}
	if (dt_scan_take(&val, "\"")) {
		if (dt_scan_ends(val, "\"...")) {
			rec->path_truncated = DT_BOOL(true);
			val.n -= strlen("...");
		}
		val.n -= dt_scan_ends(val, "\"");
	}
	*path = val;
	return 0;
}

static bool
is_path_name(struct dt_str name)
{
	size_t i;

	for (i = 0; i < NELEM(path_names); i++)
		if (dt_str_is(name, path_names[i]))
			return true;
	return false;
}

/*
 * Is it a path that the kernel looks up?  The source of a mount is none, nor is
 * the text of a symbolic link, which is a call's only old name.
 */
static bool
is_path(struct dt_str name, bool two)
{
	return is_path_name(name) && !dt_str_is(name, "dev_name") &&
	    (two || !dt_str_is(name, "oldname"));
}

/* Of a socket's address the path: { .family: UNIX, path: /run/x } */
static void
set_sockaddr(struct dt_record *rec, const struct arg args[], int n)
{
	struct dt_str val;
	size_t at;
	int i;

	for (i = 0; i < n; i++) {
		val = args[i].val;
		if (!dt_str_starts(val, "{ .family: ") ||
		    !dt_scan_ends(val, " }"))
			continue;
		at = dt_scan_find(val, ", path: ");
		if (at == val.n)
			return;
		val = dt_str_after(val, at + strlen(", path: "));
		val.n -= strlen(" }");
		rec->path = val;
	}
}

/*
 * The paths are those arguments whose names say so, in the order in which the
 * call has them.
 */
static int
set_paths(struct dt_record *rec, const struct dt_call *call,
    const struct arg args[], int n)
{
	bool first = dt_call_path(call, DT_OS_LINUX) >= 0;
	bool two = dt_call_path2(call, DT_OS_LINUX) >= 0, second = two;
	int i;

	for (i = 0; i < n; i++) {
		if (!is_path(args[i].name, two))
			continue;
		if (first) {
			first = false;
			if (set_path(rec, args[i].val, &rec->path,
			    "path_error") == -1)
				return -1;
		} else if (second) {
			second = false;
			if (set_path(rec, args[i].val, &rec->path2,
			    "path2_error") == -1)
				return -1;
		}
	}
	return 0;
}

/* R|W as R_OK|W_OK; -1 if it is anything else. */
static int
access_mode(struct dt_str s, int64_t *mode)
{
	size_t i;

	*mode = 0;
	for (i = 0; i < s.n; i++) {
		if (i % 2 == 1 ? s.s[i] != '|' : s.s[i] == '\0' ||
		    strchr("RWXF", s.s[i]) == NULL)
			return -1;
		*mode |= s.s[i] == 'R' ? 4 : s.s[i] == 'W' ? 2 :
		    s.s[i] == 'X';
	}
	return s.n % 2 == 1 ? 0 : -1;
}

/* perf leaves out arguments that are 0, so flags that are not there are 0. */
static void
set_flags(struct dt_record *rec, const struct dt_call *call,
    const struct arg args[], int n)
{
	enum dt_family family = dt_call_family(call);
	struct dt_str val = {0};
	bool named = false;
	size_t k;
	int i;

	for (k = 0; k < NELEM(flag_names); k++) {
		if (flag_names[k].family != family)
			continue;
		named = true;
		for (i = 0; i < n; i++)
			if (dt_str_is(args[i].name, flag_names[k].name))
				val = args[i].val;
	}
	if (val.s == NULL) {
		rec->flags.set = named;
		return;
	}
	rec->flags.set = dt_flags_parse(linux_sys, family, val,
	    &rec->flags.v) == 0 || (family == DT_FAMILY_ACCESS &&
	    access_mode(val, &rec->flags.v) == 0);
}

/* Of a call that perf does not know they are arg0, arg1 ... */
static bool
is_named(const struct arg args[], int n)
{
	struct dt_str first = args[0].name;

	return n > 0 && !(dt_scan_take(&first, "arg") &&
	    dt_scan_digits(first));
}

static int
set_args(struct dt_record *rec, struct dt_str text)
{
	const struct dt_call *call = dt_call_byname(rec->name);
	struct arg args[ARGS_MAX] = {0};
	struct dt_str whole;
	int n = split(text, args), i;

	if (n == -1) {
		if (dt_record_push(rec, &rec->args, text) == -1)
			return -1;
		if (call == NULL || dt_call_path(call, DT_OS_LINUX) < 0)
			return 0;
		rec->path = dt_null;
		return put(rec, "path_error", DT_STR("ambiguous"));
	}
	for (i = 0; i < n; i++) {
		whole = (struct dt_str){args[i].name.s, (size_t)
		    (args[i].val.s - args[i].name.s) + args[i].val.n};
		if (dt_record_push(rec, &rec->args, whole) == -1)
			return -1;
	}
	if (call == NULL || !is_named(args, n))
		return 0;
	if (dt_call_flagarg(call, DT_OS_LINUX) >= 0 &&
	    !dt_call_flags_far(call))
		set_flags(rec, call, args, n);
	if (dt_call_sockaddr(call) >= 0)
		set_sockaddr(rec, args, n);
	return set_paths(rec, call, args, n);
}

static int
set_result(struct dt_record *rec, const struct dt_perf_result *res)
{
	rec->ret = res->ret;
	rec->errnum = res->errnum;
	return put(rec, "ret_text", res->text) == -1 ||
	    put(rec, "errno_name", res->symbol) == -1 ? -1 : 0;
}

int
dt_perf_fill(struct dt_record *rec, const struct dt_perf_line *ln)
{
	rec->execname = ln->comm;
	rec->tid = ln->tid;
	rec->name = ln->name;
	if (put(rec, "time", ln->time) == -1 ||
	    put(rec, "elapsed_ms", ln->elapsed) == -1)
		return -1;
	if (ln->what == DT_PERF_EVENT) {
		rec->kind = DT_KIND_FIRING;
		rec->text = ln->args;
		return 0;
	}
	rec->kind = DT_KIND_SYSCALL;
	if (ln->what == DT_PERF_UNFINISHED &&
	    put(rec, "state", DT_STR("unfinished")) == -1)
		return -1;
	if (ln->what == DT_PERF_RESUMED &&
	    put(rec, "state", DT_STR("resumed-only")) == -1)
		return -1;
	if (ln->args.s != NULL && set_args(rec, ln->args) == -1)
		return -1;
	return set_result(rec, &ln->result);
}
