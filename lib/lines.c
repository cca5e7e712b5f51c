/* SPDX-License-Identifier: ISC */
/* A stream of bytes as lines, in bounded memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"

enum { CHUNK = 64 * 1024 };

/* Read once more behind what is held.  1 if bytes came, 0 at the end. */
static int
fill(struct dt_lines *ls)
{
	size_t cap;
	ssize_t n;
	char *p;

	if (ls->eof)
		return 0;
	if (ls->start > 0 && ls->cap - ls->end < CHUNK) {
		memmove(ls->buf, ls->buf + ls->start, ls->end - ls->start);
		ls->end -= ls->start;
		ls->start = 0;
	}
	if (ls->cap - ls->end < CHUNK) {
		cap = ls->cap == 0 ? (size_t)2 * CHUNK : ls->cap * 2;
		p = realloc(ls->buf, cap);
		if (p == NULL)
			return -1;
		ls->buf = p;
		ls->cap = cap;
	}
	if (ls->idle != NULL)
		ls->idle(ls->idle_ctx);
	do
		n = read(ls->fd, ls->buf + ls->end, CHUNK);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	if (n == 0) {
		ls->eof = true;
		return 0;
	}
	if (ls->tap != NULL)
		ls->tap(ls->tap_ctx, (struct dt_str){ls->buf + ls->end,
		    (size_t)n});
	ls->end += (size_t)n;
	ls->bytes += (uint64_t)n;
	return 1;
}

/* Skip the rest of a line that is too long, keeping its beginning. */
static int
skip(struct dt_lines *ls, struct dt_line *line)
{
	size_t keep = ls->start + DT_LINE_MAX, n;
	char *nl = NULL;
	int r = 1;

	line->oversize = true;
	line->size = DT_LINE_MAX;
	for (;;) {
		n = ls->end - keep;
		nl = memchr(ls->buf + keep, '\n', n);
		if (nl != NULL)
			break;
		line->size += n;
		ls->end = keep;
		r = fill(ls);
		if (r != 1)
			break;
		keep = ls->start + DT_LINE_MAX;
	}
	if (r == -1)
		return -1;
	line->torn = nl == NULL;
	line->text = (struct dt_str){ls->buf + ls->start, DT_LINE_MAX};
	if (nl != NULL)
		line->size += (uint64_t)(nl - (ls->buf + keep));
	ls->start = nl != NULL ? (size_t)(nl - ls->buf) + 1 : ls->end;
	return 1;
}

int
dt_lines_next(struct dt_lines *ls, struct dt_line *line)
{
	size_t seen = 0;
	char *nl = NULL;
	int r = 1;

	for (;;) {
		if (ls->end > ls->start + seen)
			nl = memchr(ls->buf + ls->start + seen, '\n',
			    ls->end - ls->start - seen);
		seen = ls->end - ls->start;
		if (nl != NULL || r == 0)
			break;
		if (seen > DT_LINE_MAX)
			break;
		r = fill(ls);
		if (r == -1)
			return -1;
	}
	if (nl == NULL && seen == 0)
		return 0;
	*line = (struct dt_line){.no = ++ls->no};
	if ((nl != NULL ? (size_t)(nl - (ls->buf + ls->start)) : seen) >
	    DT_LINE_MAX)
		return skip(ls, line);
	line->torn = nl == NULL;
	line->size = nl != NULL ? (size_t)(nl - (ls->buf + ls->start)) : seen;
	line->text = (struct dt_str){ls->buf + ls->start, line->size};
	ls->start += line->size + (nl != NULL);
	return 1;
}

int
dt_lines_peek(struct dt_lines *ls, struct dt_str *held)
{
	size_t had = ls->end - ls->start;
	int r;

	/* A first line may be long; detection is of no use before its end. */
	if (had > DT_LINE_MAX || (had >= CHUNK &&
	    memchr(ls->buf + ls->start, '\n', had) != NULL))
		r = 0;
	else
		r = fill(ls);
	if (r == -1)
		return -1;
	*held = (struct dt_str){ls->buf + ls->start, ls->end - ls->start};
	return r;
}

int
dt_lines_block(struct dt_lines *ls, struct dt_str *block)
{
	int r = 1;

	if (ls->end == ls->start)
		r = fill(ls);
	*block = (struct dt_str){ls->buf + ls->start, ls->end - ls->start};
	ls->start = ls->end;
	return r;
}

void
dt_lines_end(struct dt_lines *ls)
{
	free(ls->buf);
	ls->buf = NULL;
	ls->cap = ls->start = ls->end = 0;
}
