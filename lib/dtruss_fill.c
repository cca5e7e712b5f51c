/* SPDX-License-Identifier: ISC */
/* Records from the parts of a line of dtruss's text. */
#include <errno.h>
#include <limits.h>

#include "dtruss.h"
#include "tables.h"
#include "text.h"

/* strsize of dtrace is 256, and the last byte is a NUL. */
enum { STRING_MAX = 255 };

static const struct dt_sys darwin = {DT_OS_DARWIN, DT_ARCH_UNKNOWN};

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* The times: cumulative, of the call, and of it on a processor. */
static int
fill_times(struct dt_record *rec, const struct dt_dtruss_line *ln,
    const struct dt_dtruss_layout *lay)
{
	static const char *const keys[] = {"relative_us", "elapsed_us",
	    "cpu_us"};
	struct dt_str all;
	size_t i, k = 0;

	for (i = 0; lay->header && i < DT_DTRUSS_TIMES; i++)
		if (lay->time[i] && put(rec, keys[i], ln->times[k++]) == -1)
			return -1;
	if (lay->header || ln->ntimes == 0)
		return 0;
	for (i = 0; ln->ntimes == DT_DTRUSS_TIMES && i < ln->ntimes; i++)
		if (put(rec, keys[i], ln->times[i]) == -1)
			return -1;
	if (i > 0)
		return 0;
	all.s = ln->times[0].s;
	all.n = (size_t)(ln->times[ln->ntimes - 1].s - all.s) +
	    ln->times[ln->ntimes - 1].n;
	return put(rec, "times", all);
}

/*
 * The first sight of a child is a call that dtruss makes up, with the errno
 * that happened to be there; so is that of a child of vfork, which is its own.
 */
static int
fill_result(struct dt_record *rec, const struct dt_dtruss_line *ln)
{
	bool made_up = dt_str_is(ln->name, "fork") && ln->ret == 0;

	rec->ret = DT_INT(ln->ret);
	if (made_up && put(rec, "synthetic", DT_STR("1")) == -1)
		return -1;
	if (ln->errnum < 0)
		return put(rec, "internal_errno", ln->code);
	if ((made_up || (dt_str_is(ln->name, "vfork") && ln->ret == 0)) &&
	    ln->errnum > 0)
		return put(rec, "stale_errno", ln->code);
	rec->errnum = DT_INT(ln->errnum);
	return 0;
}

/* Why an argument that is a path shows none; NULL if it does. */
static const char *
hidden(const struct dt_strv *args, size_t i)
{
	int64_t num;

	if (i >= args->n)
		return "not-printed";
	if (dt_str_starts(args->v[i], "\""))
		return dt_str_is(args->v[i], "\"\"") ? "null" : NULL;
	return dt_num_parse(args->v[i], &num) == 0 && num == 0 ? "null" :
	    "pointer";
}

static int
fill_path(struct dt_record *rec, int i, struct dt_str *path, const char *key,
    const char **errstr)
{
	struct dt_str arg;
	const char *why;

	if (i < 0)
		return 0;
	why = hidden(&rec->args, (size_t)i);
	if (why != NULL) {
		*path = dt_null;
		return put(rec, key, dt_str_c(why));
	}
	arg = rec->args.v[i];
	errno = 0;
	*path = dt_unescape(&rec->mem,
	    (struct dt_str){arg.s + 1, arg.n - 2}, true);
	if (path->s == NULL) {
		*errstr = "a path with an escape that there is not";
		return -1;
	}
	if (path->n == STRING_MAX)
		rec->path_truncated = DT_BOOL(true);
	return 0;
}

/* Flags are an int: what is in the other half of the register is none. */
static void
fill_flags(struct dt_record *rec, const struct dt_call *call)
{
	int i = dt_call_flagarg(call, DT_OS_DARWIN);
	int64_t v;

	if (i >= 0 && (size_t)i < rec->args.n &&
	    dt_flags_parse(darwin, dt_call_family(call), rec->args.v[i],
	    &v) == 0 && v <= UINT_MAX)
		rec->flags = DT_INT(v);
}

static int
fill_addr(struct dt_record *rec, const struct dt_call *call)
{
	int i = dt_call_sockaddr(call);
	const char *why;

	if (i < 0)
		return 0;
	why = hidden(&rec->args, (size_t)i);
	return why != NULL ? put(rec, "addr_error", dt_str_c(why)) : 0;
}

static int
fill_call(struct dt_record *rec, bool toolkit, const char **errstr)
{
	const struct dt_call *call = dt_call_byname(rec->name);
	enum dt_os os = toolkit ? DT_OS_SUNOS : DT_OS_DARWIN;

	if (call == NULL)
		return fill_path(rec, dt_dtruss_toolkit_path(rec->name),
		    &rec->path, "path_error", errstr);
	if (fill_path(rec, dt_call_path(call, os), &rec->path, "path_error",
	    errstr) == -1 || fill_path(rec, dt_call_path2(call, os),
	    &rec->path2, "path2_error", errstr) == -1)
		return -1;
	if (!toolkit)
		fill_flags(rec, call);
	return fill_addr(rec, call);
}

int
dt_dtruss_fill(struct dt_record *rec, const struct dt_dtruss_line *ln,
    const struct dt_dtruss_layout *lay, const char **errstr)
{
	bool toolkit = lay->whose == DT_DTRUSS_TOOLKIT;

	*errstr = NULL;
	rec->kind = DT_KIND_SYSCALL;
	rec->name = ln->name;
	rec->pid = ln->pid;
	rec->tid = ln->tid;
	if (fill_times(rec, ln, lay) == -1 ||
	    fill_result(rec, ln) == -1 ||
	    dt_dtruss_args(ln->name, ln->args, rec, &rec->args) != 0)
		return -1;
	return fill_call(rec, toolkit, errstr);
}
