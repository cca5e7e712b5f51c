/* SPDX-License-Identifier: ISC */
/* The format of what bcc's programs print, those of libbpf-tools among them. */
#include "bcc.h"

static enum dt_is
is(struct dt_str line)
{
	return dt_bcc_is(DT_BCC, line);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	return dt_bcc_line(DT_BCC, state, line, sink);
}

const struct dt_format dt_format_bcc = {
	.name = "bcc",
	.tracer = "bcc",
	.what = "opensnoop and its like of bcc and libbpf-tools",
	.size = sizeof(struct dt_bcc_state),
	.is = is,
	.line = parse,
	.end = dt_bcc_end,
	.free = dt_bcc_free,
};
