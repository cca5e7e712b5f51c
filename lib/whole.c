/* SPDX-License-Identifier: ISC */
/* Lines of a JSON document that is spread over many, held until it is whole. */
#include <stdlib.h>
#include <string.h>

#include "whole.h"

static int
grow(struct dt_whole *w, size_t n)
{
	char *buf;

	if (w->n + n <= w->cap)
		return 0;
	buf = realloc(w->buf, 2 * (w->n + n));
	if (buf == NULL)
		return -1;
	w->buf = buf;
	w->cap = 2 * (w->n + n);
	return 0;
}

/* Look at a byte; true if the document ends with it. */
static bool
ends(struct dt_whole *w, char c)
{
	if (w->quoted) {
		w->quoted = w->escaped || c != '"';
		w->escaped = !w->escaped && c == '\\';
		return false;
	}
	if (c == '"')
		w->quoted = true;
	else if (c == '{' || c == '[')
		w->depth++;
	else if ((c == '}' || c == ']') && w->depth > 0)
		return --w->depth == 0;
	return false;
}

int
dt_whole_add(struct dt_whole *w, struct dt_str line, uint64_t no)
{
	if (grow(w, line.n + 1) == -1)
		return -1;
	if (w->n == 0)
		w->no = no;
	if (line.n > 0)
		memcpy(w->buf + w->n, line.s, line.n);
	w->n += line.n;
	w->buf[w->n++] = '\n';
	while (w->seen < w->n)
		if (ends(w, w->buf[w->seen++])) {
			w->end = w->seen;
			return 0;
		}
	return 1;
}

int
dt_whole_take(struct dt_whole *w, struct dt_str *line, uint64_t no)
{
	bool done = false;
	size_t n = 0;

	while (n < line->n && !done)
		done = ends(w, line->s[n++]);
	if (grow(w, n + 1) == -1)
		return -1;
	if (w->n == 0)
		w->no = no;
	if (n > 0)
		memcpy(w->buf + w->n, line->s, n);
	w->n += n;
	w->buf[w->n++] = '\n';
	w->seen = w->end = w->n;
	*line = dt_str_after(*line, n);
	return done ? 0 : 1;
}

struct dt_str
dt_whole_text(const struct dt_whole *w)
{
	return (struct dt_str){w->buf, w->n - 1};
}

bool
dt_whole_full(const struct dt_whole *w, struct dt_str line)
{
	return w->n + line.n >= DT_WHOLE_MAX;
}

void
dt_whole_reset(struct dt_whole *w)
{
	*w = (struct dt_whole){.buf = w->buf, .cap = w->cap};
}

void
dt_whole_free(struct dt_whole *w)
{
	free(w->buf);
}
