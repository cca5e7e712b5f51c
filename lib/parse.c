/* SPDX-License-Identifier: ISC */
/* Formats of tracer text: which there are, and which a text is of. */
#include <string.h>

#include "parse.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

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

/* The format with the most lines, the first of equals; NULL if none has any. */
static const struct dt_format *
most(const size_t hits[])
{
	size_t i, best = 0;

	for (i = 0; dt_formats[i] != NULL; i++)
		if (hits[i] > hits[best])
			best = i;
	return hits[best] > 0 ? dt_formats[best] : NULL;
}

const struct dt_format *
dt_format_detect(struct dt_str text)
{
	size_t hits[DT_IS_MAYBE + 1][NELEM(dt_formats)] = {0};
	const struct dt_format *sure;
	struct dt_str line;
	const char *nl;
	size_t i;

	while (text.n > 0) {
		nl = memchr(text.s, '\n', text.n);
		line = (struct dt_str){text.s, nl != NULL ?
		    (size_t)(nl - text.s) : text.n};
		text = dt_str_after(text, line.n + (nl != NULL));
		for (i = 0; dt_formats[i] != NULL; i++)
			if (nl != NULL || dt_formats[i]->own_end)
				hits[dt_formats[i]->is(line)][i]++;
	}
	sure = most(hits[DT_IS_SURE]);
	return sure != NULL ? sure : most(hits[DT_IS_MAYBE]);
}

/* A sink before another that knows how much went through. */
struct counter {
	const struct dt_sink *sink;
	uint64_t n;
};

static int
count(void *ctx, struct dt_record *rec)
{
	struct counter *counter = ctx;

	counter->n++;
	return dt_emit(counter->sink, rec);
}

int
dt_format_line(const struct dt_format *fmt, void *state,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct counter counter = {sink, 0};
	const struct dt_sink counted = {count, &counter};
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
	r = fmt->line(state, line, &counted);
	if (r == -1 || counter.n > 0)
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
