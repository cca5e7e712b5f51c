/* SPDX-License-Identifier: ISC */
/* The format of what the programs of bpftrace print. */
#include "bcc.h"

static enum dt_is
is(struct dt_str line)
{
	return dt_bcc_is(DT_BPFTRACE, line);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	return dt_bcc_line(DT_BPFTRACE, state, line, sink);
}

const struct dt_format dt_format_bpftrace = {
	.name = "bpftrace",
	.tracer = "bpftrace",
	.what = "opensnoop.bt and its like of bpftrace",
	.size = sizeof(struct dt_bcc_state),
	.beyond = &dt_format_bcc,
	.is = is,
	.line = parse,
	.end = dt_bcc_end,
	.free = dt_bcc_free,
};
