/* SPDX-License-Identifier: ISC */
/* Formats of tracer text: which there are, and which a text is of. */
#include <string.h>

#include "parse.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

const struct dt_format *const dt_formats[] = {
	&dt_format_dt,
	&dt_format_probe,
	&dt_format_strace,
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

const struct dt_format *
dt_format_detect(struct dt_str text)
{
	size_t i, best = 0, hits[NELEM(dt_formats)] = {0};
	struct dt_str line;
	const char *nl;

	while (text.n > 0 && (nl = memchr(text.s, '\n', text.n)) != NULL) {
		line = (struct dt_str){text.s, (size_t)(nl - text.s)};
		text = dt_str_after(text, line.n + 1);
		for (i = 0; dt_formats[i] != NULL; i++)
			hits[i] += dt_formats[i]->is(line);
	}
	for (i = 0; dt_formats[i] != NULL; i++)
		if (hits[i] > hits[best])
			best = i;
	return hits[best] > 0 ? dt_formats[best] : NULL;
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
