/* SPDX-License-Identifier: ISC */
/* The format of the DTraceToolkit's opensnoop, which Apple ships. */
#include "snoop.h"

#define MEMBER(field) .member = offsetof(struct dt_record, field)
#define FIELD(key) .field = (key)

/* Where strings of DTrace are cut unless it is told otherwise. */
enum { STRING_MAX = 255 };

static const struct dt_snoop_col cols[] = {
	{"TIME", DT_SNOOP_NUM, .left = true, FIELD("time")},
	{"STRTIME", DT_SNOOP_DATE, FIELD("strtime")},
	{"ZONE", DT_SNOOP_WORD, .left = true, FIELD("zone")},
	{"UID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 5, MEMBER(uid)},
	{"PID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 6, MEMBER(pid)},
	{"PPID", DT_SNOOP_NUM, DT_SNOOP_DUMP, MEMBER(ppid)},
	{"COMM", DT_SNOOP_TEXT, .width = 12, .max = DT_SNOOP_COMM,
	    MEMBER(execname)},
	{"FD", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 3, MEMBER(ret)},
	{"FLAGS", DT_SNOOP_NUM, .width = 10, MEMBER(flags)},
	{"ERR", DT_SNOOP_NUM, .width = 3, MEMBER(errnum)},
	{"CWD", DT_SNOOP_TEXT, .width = 20, FIELD("cwd")},
	{"PATH", DT_SNOOP_TEXT, DT_SNOOP_NEED, .width = 20, MEMBER(path)},
	{"ARGS", DT_SNOOP_ESC, FIELD("args")},
};

static int
fill(struct dt_record *rec, const struct dt_snoop_layout *lay,
    const char **errstr)
{
	rec->kind = DT_KIND_SYSCALL;
	rec->name = DT_STR("open");
	/* Nobody but Apple's prints flags. */
	if (rec->flags.set)
		rec->tracer = DT_STR("opensnoop-apple");
	if (rec->path.n == STRING_MAX)
		rec->path_truncated = DT_BOOL(true);
	if (dt_snoop_find(lay, "ERR") < lay->n &&
	    (rec->ret.v < 0) != (rec->errnum.v != 0))
		*errstr = "descriptor and errno contradict each other";
	return 0;
}

static const struct dt_snoop_prog prog = {
	.cols = cols,
	.ncols = sizeof(cols) / sizeof(cols[0]),
	.plain = "  UID    PID COMM          FD PATH                 ",
	.stacks = true,
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

const struct dt_format dt_format_opensnoop = {
	.name = "opensnoop",
	.tracer = "opensnoop",
	.what = "opensnoop of the DTraceToolkit and of macOS",
	.size = sizeof(struct dt_snoop),
	.is = is,
	.line = parse,
	.end = dt_snoop_end,
	.free = dt_snoop_free,
};
