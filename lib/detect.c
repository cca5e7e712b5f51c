/* SPDX-License-Identifier: ISC */
/* Which format a text is of, found from its beginning. */
#include <string.h>

#include "detect.h"

/*
 * So many times the lines of any other format make one certain.  A program
 * that is traced may print lines of another format, but hardly as many.
 */
enum { CERTAIN = 4 };

/*
 * After so many lines a format is certain that some are of, and no other for
 * sure: who follows a trace does not wait for 64 KiB of it.
 */
enum { LINES_ENOUGH = 64, SURE_ENOUGH = 8 };

/* The formats with the most and the second most lines; -1 for none. */
static void
best(const size_t hits[DT_FORMATS], int top[2])
{
	int i;

	top[0] = top[1] = -1;
	for (i = 0; i < DT_FORMATS; i++) {
		if (hits[i] == 0)
			continue;
		if (top[0] == -1 || hits[i] > hits[top[0]]) {
			top[1] = top[0];
			top[0] = i;
		} else if (top[1] == -1 || hits[i] > hits[top[1]]) {
			top[1] = i;
		}
	}
}

/* Are there enough sure lines of one format alone? */
static bool
is_settled(const struct dt_detect *det)
{
	const size_t *hits = det->hits[DT_IS_SURE];
	size_t enough;
	int top[2];

	best(hits, top);
	if (top[0] == -1 || top[1] != -1)
		return false;
	enough = dt_formats[top[0]]->own ? 1 : SURE_ENOUGH;
	return hits[top[0]] >= enough || det->lines >= LINES_ENOUGH;
}

static void
look(struct dt_detect *det, struct dt_str line, bool torn)
{
	size_t i;

	det->lines++;
	for (i = 0; i < DT_FORMATS; i++)
		if (!torn || dt_formats[i]->own_end)
			det->hits[dt_formats[i]->is(line)][i]++;
}

static void
answer(struct dt_detect *det)
{
	const size_t *hits = det->hits[DT_IS_SURE];
	int top[2];

	best(hits, top);
	if (top[0] == -1) {
		hits = det->hits[DT_IS_MAYBE];
		best(hits, top);
	}
	if (top[0] == -1)
		return;
	if (top[1] == -1 || hits[top[0]] >= CERTAIN * hits[top[1]]) {
		det->fmt = dt_formats[top[0]];
		return;
	}
	det->may[0] = dt_formats[top[0]];
	det->may[1] = dt_formats[top[1]];
}

bool
dt_detect_more(struct dt_detect *det, struct dt_str text)
{
	struct dt_str rest;
	const char *nl;

	while (det->seen < text.n && det->seen < DT_DETECT_BYTES &&
	    !is_settled(det)) {
		rest = dt_str_after(text, det->seen);
		nl = memchr(rest.s, '\n', rest.n);
		if (nl == NULL)
			return false;
		rest.n = (size_t)(nl - rest.s);
		look(det, rest, false);
		det->seen += rest.n + 1;
	}
	if (det->seen < DT_DETECT_BYTES && !is_settled(det))
		return false;
	answer(det);
	return true;
}

void
dt_detect_end(struct dt_detect *det, struct dt_str text)
{
	if (dt_detect_more(det, text))
		return;
	if (det->seen < text.n)
		look(det, dt_str_after(text, det->seen), true);
	answer(det);
}
