/* SPDX-License-Identifier: ISC */
/* Records from the rows of kdump's text. */
#include <errno.h>

#include "calltext.h"
#include "kdump.h"
#include "scan.h"
#include "strace.h"
#include "text.h"

/* As many seconds are no time that passed, but a date. */
static const int64_t DATE_MIN = 100000000LL * 1000000000LL;

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put_more(rec, &rec->fields, dt_str_c(key), val);
}

/* A call of a Linux that FreeBSD emulates has Linux's numbers. */
static bool
is_linux(const struct dt_kdump_line *row)
{
	return dt_str_starts(row->abi, "L") ||
	    (row->name.s != NULL && dt_calltext_islinux(row->name));
}

static void
tracer(struct dt_record *rec, const struct dt_kdump_line *row, enum dt_os os)
{
	if (is_linux(row))
		return;
	switch (os) {
	case DT_OS_FREEBSD:
		rec->tracer = DT_STR("kdump-freebsd");
		break;
	case DT_OS_NETBSD:
		rec->tracer = DT_STR("kdump-netbsd");
		break;
	case DT_OS_OPENBSD:
		rec->tracer = DT_STR("kdump-openbsd");
		break;
	default:
		break;
	}
}

/* A date is the record's time; which of the others is which is not told. */
static int
times(struct dt_record *rec, const struct dt_kdump_line *row)
{
	int64_t ns;
	size_t i;

	for (i = 0; i < row->lay.ntimes; i++) {
		if (dt_strace_seconds(row->times[i], &ns) == 0 &&
		    ns >= DATE_MIN && !rec->ts.set)
			rec->ts = DT_INT(ns);
		else if (put(rec, "times", row->times[i]) == -1)
			return -1;
	}
	return 0;
}

static int
begin(struct dt_record *rec, const struct dt_kdump_line *row, enum dt_os os)
{
	rec->pid = row->pid;
	rec->tid = row->tid;
	rec->execname = row->comm;
	tracer(rec, row, os);
	if (times(rec, row) == -1)
		return -1;
	return row->abi.s != NULL ? put(rec, "abi", row->abi) : 0;
}

static int
arguments(struct dt_record *rec, const struct dt_kdump_line *call,
    enum dt_os os)
{
	int r = dt_calltext_split(rec, call->args, &rec->args);

	if (r == -1)
		return -1;
	if (r == 1) {
		rec->args = (struct dt_strv){0};
		return put(rec, "args_text", call->args);
	}
	if (!dt_str_starts(call->abi, "L"))
		dt_calltext_flags(rec, os == DT_OS_UNKNOWN ? DT_OS_BSD : os);
	return 0;
}

static int
result(struct dt_record *rec, const struct dt_kdump_line *ret)
{
	rec->ret = ret->ret;
	rec->errnum = ret->errnum;
	if (ret->ret_text.s != NULL &&
	    put(rec, "ret_text", ret->ret_text) == -1)
		return -1;
	return 0;
}

int
dt_kdump_fill(struct dt_record *rec, const struct dt_kdump_line *row,
    const struct dt_kdump_line *ret, enum dt_os os)
{
	rec->kind = DT_KIND_SYSCALL;
	rec->name = row->name;
	if (begin(rec, row, os) == -1)
		return -1;
	if (row->type == DT_KDUMP_RET)
		return result(rec, row) == -1 ? -1 :
		    put(rec, "state", DT_STR("resumed-only"));
	if (arguments(rec, row, os) == -1)
		return -1;
	if (ret == NULL)
		return put(rec, "state", DT_STR("unfinished"));
	if (result(rec, ret) == -1)
		return -1;
	return ret->lay.ntimes > 0 ? put(rec, "ret_time", ret->times[0]) : 0;
}

/* The inside of the quotes.  Only OpenBSD escapes what is in them. */
static int
quoted(struct dt_record *rec, struct dt_str s, enum dt_os os,
    struct dt_str *out)
{
	struct dt_str in = {s.s + 1, s.n - 2};

	*out = in;
	if (os != DT_OS_OPENBSD)
		return 0;
	errno = 0;
	*out = dt_unvis(&rec->mem, in);
	if (out->s == NULL && errno == ENOMEM)
		return -1;
	if (out->s == NULL)
		*out = in;
	return 0;
}

/*
 * A path that the kernel looked up for a call.  Of a call that takes none it
 * is not the program's; one that follows a script's or a link's is not either.
 */
static int
path(struct dt_record *rec, const struct dt_kdump_line *row, int nth,
    enum dt_os os)
{
	int first = dt_calltext_path(rec->name, os, 0);
	struct dt_str s;

	if (nth == -1 && first == -1)
		return 0;
	if (quoted(rec, row->text, os, &s) == -1)
		return -1;
	if (nth == -1) {
		rec->path = dt_null;
		if (dt_kvv_get(&rec->fields, "path_error").s == NULL &&
		    put(rec, "path_error", DT_STR("threads")) == -1)
			return -1;
		return put(rec, "nami", s);
	}
	if (nth == 0 && first != -1)
		rec->path = s;
	else if (nth == 1 && dt_calltext_path(rec->name, os, 1) >= 0)
		rec->path2 = s;
	else
		return put(rec, "nami", s);
	return 0;
}

/* "struct sockaddr { AF_UNIX, /tmp/s }" */
static int
stru(struct dt_record *rec, struct dt_str text)
{
	struct dt_str s = text;

	if (!dt_scan_take(&s, "struct sockaddr { AF_") ||
	    !dt_scan_ends(s, " }"))
		return put(rec, "stru", text);
	s.n -= 2;
	if (dt_scan_take(&s, "UNIX, ") || dt_scan_take(&s, "LOCAL, ")) {
		if (rec->path.s == NULL) {
			rec->path = s;
			return 0;
		}
		return put(rec, "addr", s);
	}
	dt_scan_until(&s, " ");
	return put(rec, "addr", dt_scan_trim(s));
}

/* "open, "rpath", errno 1 Operation not permitted" */
static int
pledge(struct dt_record *rec, struct dt_str text)
{
	struct dt_str s = text, num;
	size_t at = dt_scan_find_last(s, ", errno ");

	if (put(rec, "pledge", (struct dt_str){s.s, at}) == -1)
		return -1;
	if (at == s.n)
		return 0;
	s = dt_str_after(s, at + 8);
	num = dt_scan_word(&s);
	if (!rec->errnum.set && dt_num_parse(num, &rec->errnum.v) == 0)
		rec->errnum.set = true;
	return 0;
}

int
dt_kdump_add(struct dt_record *rec, const struct dt_kdump_line *row, int nth,
    enum dt_os os)
{
	struct dt_str s;

	switch (row->type) {
	case DT_KDUMP_NAMI:
		return path(rec, row, nth, os);
	case DT_KDUMP_SCTL:
		return quoted(rec, row->text, os, &s) == -1 ||
		    put(rec, "sctl", s) == -1 ? -1 : 0;
	case DT_KDUMP_STRU:
		return stru(rec, row->text);
	case DT_KDUMP_CAP:
		return put(rec, "capsicum", row->text);
	case DT_KDUMP_PLDG:
		return pledge(rec, row->text);
	default:
		return 0;
	}
}

static bool
is_refused(const struct dt_record *rec)
{
	return !rec->errnum.set || rec->errnum.v != 0;
}

/*
 * FreeBSD can be told to say only what Capsicum would refuse: a call that did
 * what it should was not refused, and one that failed otherwise not by that.
 */
void
dt_kdump_judge(struct dt_record *rec, enum dt_os os)
{
	bool cap = dt_kvv_get(&rec->fields, "capsicum").s != NULL;

	if (dt_kvv_get(&rec->fields, "pledge").s != NULL && is_refused(rec))
		rec->denied_by = DT_STR("pledge");
	if (cap && !rec->errnum.set &&
	    dt_kvv_get(&rec->fields, "ret_text").s == NULL)
		rec->denied_by = DT_STR("capsicum");
	/* The numbers of a Linux that is emulated are not FreeBSD's. */
	dt_calltext_capsicum(rec, dt_str_is(rec->tracer, "kdump-freebsd") ?
	    os : DT_OS_UNKNOWN, dt_kvv_get(&rec->fields, "ret_text"));
}

static int
psig(struct dt_record *rec, const struct dt_kdump_line *row)
{
	struct dt_str s = row->text;

	rec->kind = DT_KIND_SIGNAL;
	rec->name = dt_scan_word(&s);
	s = dt_scan_trim(s);
	return s.n > 0 ? put(rec, "text", s) : 0;
}

int
dt_kdump_single(struct dt_record *rec, const struct dt_kdump_line *row,
    enum dt_os os)
{
	struct dt_str s;

	if (begin(rec, row, os) == -1)
		return -1;
	if (row->type == DT_KDUMP_PSIG && dt_scan_trim(row->text).n > 0)
		return psig(rec, row);
	if (row->type != DT_KDUMP_CAP && row->type != DT_KDUMP_PLDG) {
		rec->kind = DT_KIND_FIRING;
		rec->name = row->word;
		rec->text = dt_scan_trim(row->text);
		return 0;
	}
	/* The kernel's own word that it refused a call nobody saw. */
	rec->kind = DT_KIND_AUDIT;
	rec->name = row->word;
	rec->denied_by = row->type == DT_KDUMP_CAP ? DT_STR("capsicum") :
	    DT_STR("pledge");
	if (row->type == DT_KDUMP_CAP)
		return put(rec, "capsicum", row->text);
	s = row->text;
	rec->name = dt_scan_until(&s, ",");
	return pledge(rec, row->text);
}
