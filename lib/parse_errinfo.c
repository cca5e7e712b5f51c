/* SPDX-License-Identifier: ISC */
/* The format of the DTraceToolkit's errinfo, which Apple ships. */
#include "snoop.h"

#define MEMBER(field) .member = offsetof(struct dt_record, field)
#define FIELD(key) .field = (key)

static const struct dt_snoop_col cols[] = {
	{"EXEC", DT_SNOOP_WORD, DT_SNOOP_NEED, .width = 16, MEMBER(execname)},
	{"SYSCALL", DT_SNOOP_WORD, DT_SNOOP_NEED, .width = 16, MEMBER(name)},
	{"ERR", DT_SNOOP_NUM, DT_SNOOP_NEED, .width = 4, MEMBER(errnum)},
	{"COUNT", DT_SNOOP_NUM, .width = 6, MEMBER(count)},
	{"DESC", DT_SNOOP_NOTE, DT_SNOOP_NEED, FIELD("desc")},
};

/*
 * Only calls that failed are traced.  errinfo takes words for columns, so what
 * it prints of a program whose name has a blank is of no use; mostly a word
 * has become an errno of 0.
 */
static int
fill(struct dt_record *rec, const struct dt_snoop_layout *lay,
    const char **errstr)
{
	(void)lay;
	rec->kind = rec->count.set ? DT_KIND_COUNT : DT_KIND_SYSCALL;
	if (rec->errnum.v == 0)
		*errstr = "no errno: a program's name with a blank";
	else if (rec->count.v < 0)
		*errstr = "a count below zero";
	return 0;
}

static const struct dt_snoop_prog prog = {
	.cols = cols,
	.ncols = sizeof(cols) / sizeof(cols[0]),
	.plain = "            EXEC          SYSCALL  ERR  DESC",
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

const struct dt_format dt_format_errinfo = {
	.name = "errinfo",
	.tracer = "errinfo",
	.what = "errinfo of the DTraceToolkit and of macOS",
	.size = sizeof(struct dt_snoop),
	.is = is,
	.line = parse,
	.end = dt_snoop_end,
	.free = dt_snoop_free,
};
