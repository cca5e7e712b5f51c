/* SPDX-License-Identifier: ISC */
/* The format of the DTraceToolkit's iosnoop, which Apple ships. */
#include "snoop.h"

#define MEMBER(field) .member = offsetof(struct dt_record, field)
#define FIELD(key) .field = (key)

/* A name of a file; "<none>" and "??/" stand for what is not known. */
#define NAMES "/<?"

static const struct dt_snoop_col cols[] = {
	{"STIME", DT_SNOOP_NUM, .left = true, FIELD("stime")},
	{"TIME", DT_SNOOP_NUM, .left = true, FIELD("time")},
	{"STRTIME", DT_SNOOP_DATE, FIELD("strtime")},
	{"DEVICE", DT_SNOOP_WORD, .left = true, FIELD("device")},
	{"INS", DT_SNOOP_NUM, .left = true, FIELD("ins")},
	{"MAJ", DT_SNOOP_NUM, .left = true, FIELD("maj")},
	{"MIN", DT_SNOOP_NUM, .left = true, FIELD("min")},
	{"DELTA", DT_SNOOP_NUM, .left = true, FIELD("delta")},
	{"DTIME", DT_SNOOP_NUM, .left = true, FIELD("dtime")},
	{"UID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 5, MEMBER(uid)},
	{"PID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 5, MEMBER(pid)},
	{"PPID", DT_SNOOP_NUM, MEMBER(ppid)},
	{"D", DT_SNOOP_WORD, DT_SNOOP_NEED, .width = 1, .max = 1,
	    .first = "RW", FIELD("d")},
	{"BLOCK", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 10, FIELD("block")},
	{"SIZE", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 8, FIELD("size")},
	{"MOUNT", DT_SNOOP_TEXT, DT_SNOOP_DUMP, FIELD("mount")},
	{"FILE", DT_SNOOP_TEXT, FIELD("file")},
	{"COMM", DT_SNOOP_RTEXT, .max = DT_SNOOP_COMM, MEMBER(execname)},
	{"PATH", DT_SNOOP_RTEXT, .first = NAMES, MEMBER(path)},
	{"PATHNAME", DT_SNOOP_RTEXT, .first = NAMES, MEMBER(path)},
	{"ARGS", DT_SNOOP_ESC, FIELD("args")},
};

/*
 * I/O that was done, and no outcome of a call: whose it was, and for what,
 * the kernel need not know.
 */
static int
fill(struct dt_record *rec, const struct dt_snoop_layout *lay,
    const char **errstr)
{
	struct dt_str name = rec->path;

	(void)lay;
	(void)errstr;
	rec->kind = DT_KIND_FIRING;
	rec->name = DT_STR("io");
	if (name.n == 0 || name.s[0] == '/')
		return 0;
	rec->path = (struct dt_str){0};
	if (name.s[0] == '?') {
		rec->path = dt_null;
		if (dt_record_put(rec, &rec->fields, DT_STR("path_error"),
		    DT_STR("partial")) == -1)
			return -1;
	}
	return dt_record_put(rec, &rec->fields, DT_STR("pathname"), name);
}

static const struct dt_snoop_prog prog = {
	.cols = cols,
	.ncols = sizeof(cols) / sizeof(cols[0]),
	.plain = "  UID   PID D      BLOCK     SIZE "
	    "                            COMM PATHNAME",
	.fill = fill,
};

static enum dt_is
is(struct dt_str line)
{
	return dt_snoop_is(&prog, line);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	return dt_snoop_line(&prog, state, line, sink);
}

const struct dt_format dt_format_iosnoop = {
	.name = "iosnoop",
	.tracer = "iosnoop",
	.what = "iosnoop of the DTraceToolkit and of macOS",
	.size = sizeof(struct dt_snoop),
	.is = is,
	.line = parse,
	.end = dt_snoop_end,
	.free = dt_snoop_free,
};
