/* SPDX-License-Identifier: ISC */
/* The arguments of a call in strace's text, and the paths among them. */
#include <errno.h>
#include <string.h>

#include "scan.h"
#include "strace.h"
#include "tables.h"
#include "text.h"

/* Flags mean what they mean on Linux; the text does not say on which. */
static const struct dt_sys linux_sys = {DT_OS_LINUX, DT_ARCH_UNKNOWN};

int
dt_strace_split(struct dt_record *rec, struct dt_str text, struct dt_strv *vec)
{
	struct dt_strace_walk w = {.text = text};
	struct dt_str arg;
	size_t from = 0;
	int c;

	do {
		c = dt_strace_step(&w);
		if (c == -2)
			w.i = text.n;
		if (c >= 0 && (c != ',' || w.depth > 0))
			continue;
		arg = dt_scan_trim((struct dt_str){text.s + from,
		    w.i - from - (c == ',')});
		from = w.i;
		if (c != ',' && arg.n == 0)
			break;
		if (vec->n == DT_STRACE_ARGS)
			return 1;
		if (dt_record_push(rec, vec, arg) == -1)
			return -1;
	} while (c >= 0);
	return 0;
}

/*
 * The bytes of a string that is an argument; NULL if the argument is none, or
 * not one that strace prints.  -1 with errno.
 */
static int
string(struct dt_record *rec, struct dt_str arg, struct dt_str *out)
{
	size_t n = dt_str_starts(arg, "\"") ? dt_quoted_len(arg) : 0;

	*out = (struct dt_str){0};
	if (n == 0)
		return 0;
	errno = 0;
	*out = dt_unescape(&rec->mem, (struct dt_str){arg.s + 1, n - 2},
	    false);
	if (out->s == NULL)
		return errno == ENOMEM ? -1 : 0;
	if (dt_str_starts(dt_str_after(arg, n), "..."))
		rec->path_truncated = DT_BOOL(true);
	return 0;
}

static int
path(struct dt_record *rec, int i, struct dt_str *out)
{
	if (i < 0 || (size_t)i >= rec->args.n)
		return 0;
	return string(rec, rec->args.v[i], out);
}

/* What stands behind sun_path=, which old versions called only path. */
static struct dt_str
sun_path(struct dt_str arg)
{
	if (!dt_str_starts(arg, "{sa_family="))
		return (struct dt_str){0};
	for (; arg.n > 0 && arg.s[0] != '"'; arg = dt_str_after(arg, 1)) {
		if (dt_str_starts(arg, ", sun_path="))
			return dt_str_after(arg, 11);
		if (dt_str_starts(arg, ", path="))
			return dt_str_after(arg, 7);
	}
	return (struct dt_str){0};
}

/* "{sa_family=AF_UNIX, sun_path=...}", where an @ stands for a first NUL. */
static int
sockaddr(struct dt_record *rec, int i)
{
	struct dt_str arg, name;
	char *p;

	if (i < 0 || (size_t)i >= rec->args.n)
		return 0;
	arg = sun_path(rec->args.v[i]);
	if (!dt_str_starts(arg, "@"))
		return string(rec, arg, &rec->path);
	if (string(rec, dt_str_after(arg, 1), &name) == -1)
		return -1;
	if (name.s == NULL)
		return 0;
	p = dt_arena_alloc(&rec->mem, name.n + 1);
	if (p == NULL)
		return -1;
	p[0] = '@';
	memcpy(p + 1, name.s, name.n);
	rec->path = (struct dt_str){p, name.n + 1};
	return 0;
}

/* Take flags out of a struct or from behind their name. */
static struct dt_str
unwrap(struct dt_str arg)
{
	size_t n = 0;
	bool in = dt_str_starts(arg, "{");

	if (in)
		arg = dt_str_after(arg, 1);
	if (!dt_str_starts(arg, "flags=")) {
		arg.n = in ? 0 : arg.n;
		return arg;
	}
	arg = dt_str_after(arg, 6);
	while (n < arg.n && arg.s[n] != ',' && arg.s[n] != '}')
		n++;
	arg.n = n;
	return arg;
}

static bool
is_named(struct dt_str arg)
{
	return dt_str_starts(arg, "flags=") || dt_str_starts(arg, "{flags=");
}

/* Calls that have their flags in a struct, of which raw output is a pointer. */
static bool
is_in_struct(struct dt_str name)
{
	return dt_str_is(name, "openat2") || dt_str_is(name, "clone3");
}

/* The flags, which some calls print in another place and with a name. */
static void
flags(struct dt_record *rec, const struct dt_call *call)
{
	int i = dt_call_flagarg(call, DT_OS_LINUX);
	struct dt_str arg;
	size_t k;
	int64_t v;

	for (k = 0; k < rec->args.n; k++)
		if (is_named(rec->args.v[k]))
			break;
	if (k == rec->args.n && !is_in_struct(rec->name))
		k = i >= 0 ? (size_t)i : k;
	if (i < 0 || k >= rec->args.n)
		return;
	arg = unwrap(rec->args.v[k]);
	if (arg.n > 0 && arg.n < 1024 && dt_flags_parse(linux_sys,
	    dt_call_family(call), arg, &v) == 0)
		rec->flags = DT_INT(v);
}

int
dt_strace_paths(struct dt_record *rec)
{
	const struct dt_call *call = dt_call_byname(rec->name);

	if (call == NULL)
		return 0;
	if (path(rec, dt_call_path(call, DT_OS_LINUX), &rec->path) == -1 ||
	    path(rec, dt_call_path2(call, DT_OS_LINUX), &rec->path2) == -1)
		return -1;
	if (rec->path.s == NULL && sockaddr(rec, dt_call_sockaddr(call)) == -1)
		return -1;
	flags(rec, call);
	return 0;
}
