/* SPDX-License-Identifier: ISC */
/* Formats of tracer text: which there are, and a line through one. */
#include <stdio.h>

#include "parse.h"

/* Of a line that is too long this much is kept. */
enum { OVERSIZE_KEPT = 4096 };

const struct dt_format *const dt_formats[] = {
#define F(name) &dt_format_##name,
#include "formats.def"
	NULL,
};

const struct dt_format *
dt_format_byname(struct dt_str name)
{
	const struct dt_format *const *fmt;

	for (fmt = dt_formats; *fmt != NULL; fmt++)
		if (dt_str_is(name, (*fmt)->name))
			return *fmt;
	return NULL;
}

/* A sink before another, for the records of one line. */
struct gate {
	const struct dt_sink *sink;
	const struct dt_format *fmt;
	const struct dt_line *line;
	uint64_t n;		/* records that went through */
};

const struct dt_format *
dt_format_other(const struct dt_format *own, struct dt_str text)
{
	const struct dt_format *const *fmt;

	for (fmt = dt_formats; *fmt != NULL; fmt++)
		if (*fmt != own && (*fmt)->is(text) == DT_IS_SURE)
			return *fmt;
	return NULL;
}

static int
through(void *ctx, struct dt_record *rec)
{
	struct gate *gate = ctx;
	struct dt_line line = *gate->line;
	const struct dt_format *fmt;
	char reason[64];

	gate->n++;
	fmt = rec->kind == DT_KIND_OUTPUT ?
	    dt_format_other(gate->fmt, rec->text) : NULL;
	if (fmt == NULL)
		return dt_emit(gate->sink, rec);
	line.text = rec->text;
	snprintf(reason, sizeof(reason), "a line of another format: %s",
	    fmt->name);
	return dt_unparsed(&line, reason, gate->sink);
}

int
dt_format_line(const struct dt_format *fmt, void *state,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct gate gate = {sink, fmt, line, 0};
	const struct dt_sink gated = {through, &gate};
	struct dt_line cut = *line;
	int r;

	if (line->oversize) {
		cut.text.n = OVERSIZE_KEPT;
		return dt_unparsed(&cut, "line too long", sink);
	}
	if (line->torn && (fmt == NULL || !fmt->own_end))
		return dt_unparsed(line, "torn line", sink);
	if (fmt == NULL)
		return dt_unparsed(line, "no format known", sink);
	r = fmt->line(state, line, &gated);
	if (r == -1 || gate.n > 0)
		return r == -1 ? -1 : 0;
	return r == 1 ? 1 : dt_unparsed(line, "nothing is known of it", sink);
}

int
dt_document_cut(const struct dt_sink *sink)
{
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = DT_STR("document-cut"),
		.text = DT_STR("a document that does not end"),
	};

	return dt_emit(sink, &rec);
}

int
dt_unparsed(const struct dt_line *line, const char *reason,
    const struct dt_sink *sink)
{
	struct dt_record rec = {
		.kind = DT_KIND_UNPARSED,
		.line = DT_INT((int64_t)line->no),
		.text = line->text,
		.reason = dt_str_c(reason),
	};

	if (line->oversize)
		rec.size = DT_INT((int64_t)line->size);
	return dt_emit(sink, &rec);
}
