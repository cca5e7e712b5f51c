/* SPDX-License-Identifier: ISC */
/* The format of the DTraceToolkit's execsnoop, which Apple ships. */
#include "snoop.h"

#define MEMBER(field) .member = offsetof(struct dt_record, field)
#define FIELD(key) .field = (key)

/* The kernel keeps so much of a command line: PRARGSZ, without its NUL. */
enum { ARGS_MAX = 79 };

static const struct dt_snoop_col cols[] = {
	{"TIME", DT_SNOOP_NUM, .left = true, FIELD("time")},
	{"STRTIME", DT_SNOOP_DATE, FIELD("strtime")},
	{"ZONE", DT_SNOOP_WORD, .left = true, FIELD("zone")},
	{"PROJ", DT_SNOOP_NUM, .width = 5, FIELD("proj")},
	{"UID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 5, MEMBER(uid)},
	{"PID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 6, MEMBER(pid)},
	{"PPID", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 6, MEMBER(ppid)},
	{"COMM", DT_SNOOP_TEXT, DT_SNOOP_DUMP, .max = DT_SNOOP_COMM,
	    MEMBER(execname)},
	/* Which went through %S (-e) no text tells: left as they are. */
	{"ARGS", DT_SNOOP_TEXT, DT_SNOOP_NEED, FIELD("args")},
};

static int
fill(struct dt_record *rec, const struct dt_snoop_layout *lay,
    const char **errstr)
{
	(void)lay;
	(void)errstr;
	rec->kind = DT_KIND_EXEC;
	rec->name = DT_STR("exec");
	if (dt_kvv_get(&rec->fields, "args").n < ARGS_MAX)
		return 0;
	return dt_record_put(rec, &rec->fields, DT_STR("args_truncated"),
	    DT_STR("1"));
}

static const struct dt_snoop_prog prog = {
	.cols = cols,
	.ncols = sizeof(cols) / sizeof(cols[0]),
	.plain = "  UID    PID   PPID ARGS",
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

const struct dt_format dt_format_execsnoop = {
	.name = "execsnoop",
	.tracer = "execsnoop",
	.what = "execsnoop of the DTraceToolkit and of macOS",
	.size = sizeof(struct dt_snoop),
	.is = is,
	.line = parse,
	.end = dt_snoop_end,
	.free = dt_snoop_free,
};
