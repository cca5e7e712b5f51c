/* SPDX-License-Identifier: ISC */
/* The arguments of a call in truss's text, and the paths among them. */
#include <errno.h>

#include "calltext.h"
#include "scan.h"
#include "text.h"
#include "truss.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * illumos escapes a quote and what cannot be printed, and not the backslash:
 * what stands for a byte that can be printed was printed as it is.
 */
static size_t
svr4_escape(struct dt_str s, char *out)
{
	int v;

	if (s.n >= 2 && s.s[1] == '"') {
		*out = '"';
		return 2;
	}
	if (s.n < 4 || s.s[1] != 'x' || hex(s.s[2]) == -1 ||
	    hex(s.s[3]) == -1)
		return 0;
	v = hex(s.s[2]) * 16 + hex(s.s[3]);
	*out = (char)v;
	return v < ' ' || v >= 0x7f ? 4 : 0;
}

static struct dt_str
svr4_unescape(struct dt_arena *mem, struct dt_str s)
{
	char *out;
	size_t n = 0, len;

	if (s.n == 0 || memchr(s.s, '\\', s.n) == NULL)
		return s;
	out = dt_arena_alloc(mem, s.n);
	if (out == NULL)
		return (struct dt_str){0};
	for (; s.n > 0; s = dt_str_after(s, len)) {
		len = s.s[0] == '\\' ? svr4_escape(s, &out[n]) : 0;
		if (len == 0) {
			out[n] = s.s[0];
			len = 1;
		}
		n++;
	}
	return (struct dt_str){out, n};
}

static struct dt_str
decode(struct dt_arena *mem, struct dt_str s, enum dt_truss_whose whose)
{
	switch (whose) {
	case DT_TRUSS_FREEBSD:
		return dt_unvis(mem, s);
	case DT_TRUSS_SVR4:
		return svr4_unescape(mem, s);
	default:
		return s;
	}
}

/* How many strings there are among the arguments. */
static size_t
strings(const struct dt_strv *args)
{
	size_t i, n = 0;

	for (i = 0; i < args->n; i++)
		n += dt_str_starts(args->v[i], "\"");
	return n;
}

/* Calls that have strings beside their paths. */
static bool
has_more(struct dt_str name)
{
	static const char *const names[] = {"mount", "quotactl", "readlink",
	    "readlinkat", "resolvepath", "symlink", "symlinkat"};
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (dt_str_is(name, names[i]))
			return true;
	return dt_scan_find(name, "attr") < name.n;
}

/* The path of AIX's calls, some of which others have with other arguments. */
static int
path_of(struct dt_str name, enum dt_os os, int n, enum dt_truss_whose whose)
{
	if (whose == DT_TRUSS_AIX && (dt_str_is(name, "kopen") ||
	    dt_str_is(name, "kopenx") || dt_str_is(name, "statx")))
		return n == 0 ? 0 : -1;
	return dt_calltext_path(name, os, n);
}

/*
 * FreeBSD does not escape a quote in a path.  One that looks like the end of
 * the string makes the call have more strings than it takes.
 */
static bool
is_ambiguous(const struct dt_record *rec, const int paths[2])
{
	size_t want = (paths[0] >= 0) + (paths[1] >= 0);

	return strings(&rec->args) > want && !has_more(rec->name);
}

/* Why an argument that is a path shows none; NULL if it does. */
static const char *
hidden(struct dt_str arg)
{
	int64_t num;

	if (dt_str_starts(arg, "\""))
		return dt_str_is(arg, "\"(null)\"") ? "unreadable" : NULL;
	if (dt_str_is(arg, "NULL"))
		return "null";
	return dt_num_parse(arg, &num) == 0 && num == 0 ? "null" : "pointer";
}

static int
path(struct dt_record *rec, int i, struct dt_str *out, const char *key,
    enum dt_truss_whose whose)
{
	struct dt_str arg;
	const char *why;
	size_t n;

	if (i < 0)
		return 0;
	*out = dt_null;
	if ((size_t)i >= rec->args.n)
		return put(rec, key, DT_STR("not-printed"));
	arg = rec->args.v[i];
	why = hidden(arg);
	if (why != NULL)
		return put(rec, key, dt_str_c(why));
	n = dt_calltext_quoted(arg);
	errno = 0;
	*out = decode(&rec->mem, (struct dt_str){arg.s + 1, n - 2}, whose);
	if (out->s == NULL) {
		if (errno == ENOMEM)
			return -1;
		*out = dt_null;
		return put(rec, key, DT_STR("escape"));
	}
	if (n < arg.n)
		rec->path_truncated = DT_BOOL(true);
	return 0;
}

/* "{ AF_UNIX "/tmp/s" }", "{ AF_INET 10.0.0.1:80 }" */
static int
sockaddr(struct dt_record *rec)
{
	const struct dt_call *call = dt_call_byname(rec->name);
	int i = call != NULL ? dt_call_sockaddr(call) : -1;
	struct dt_str s;

	if (i < 0 || (size_t)i >= rec->args.n)
		return 0;
	s = rec->args.v[i];
	if (!dt_scan_take(&s, "{ AF_") || !dt_scan_ends(s, " }"))
		return 0;
	s.n -= 2;
	if (dt_scan_take(&s, "UNIX \"") || dt_scan_take(&s, "LOCAL \"")) {
		if (!dt_scan_ends(s, "\""))
			return 0;
		s.n--;
		rec->path = s;
		return 0;
	}
	dt_scan_word(&s);
	return put(rec, "addr", dt_scan_trim(s));
}

static int
unclear(struct dt_record *rec, const int paths[2])
{
	if (paths[1] >= 0)
		rec->path2 = dt_null;
	if (paths[0] < 0)
		return 0;
	rec->path = dt_null;
	return put(rec, "path_error", DT_STR("ambiguous"));
}

int
dt_truss_args(struct dt_record *rec, struct dt_str args, enum dt_os os,
    enum dt_truss_whose whose)
{
	const int paths[2] = {path_of(rec->name, os, 0, whose),
	    path_of(rec->name, os, 1, whose)};
	int r = dt_calltext_split(rec, args, &rec->args);

	if (r == -1)
		return -1;
	if (r == 1) {
		rec->args = (struct dt_strv){0};
		return put(rec, "args_text", args) == -1 ? -1 :
		    unclear(rec, paths);
	}
	if (is_ambiguous(rec, paths))
		return unclear(rec, paths);
	dt_calltext_flags(rec, os);
	if (path(rec, paths[0], &rec->path, "path_error", whose) == -1 ||
	    path(rec, paths[1], &rec->path2, "path2_error", whose) == -1)
		return -1;
	return rec->path.s == NULL ? sockaddr(rec) : 0;
}
