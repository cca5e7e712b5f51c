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

struct top {
	int at;			/* among the formats; -1 for none */
	size_t n;		/* lines */
};

static size_t
index_of(const struct dt_format *fmt)
{
	size_t i = 0;

	while (dt_formats[i] != fmt)
		i++;
	return i;
}

/* With the lines of a format given to one that goes beyond it, and is there. */
static void
give_over(size_t to[DT_FORMATS], const size_t hits[DT_FORMATS])
{
	size_t i, of;

	memcpy(to, hits, DT_FORMATS * sizeof(*to));
	for (i = 0; i < DT_FORMATS; i++) {
		if (hits[i] == 0 || dt_formats[i]->beyond == NULL)
			continue;
		of = index_of(dt_formats[i]->beyond);
		to[i] += to[of];
		to[of] = 0;
	}
}

/* The formats with the most and the second most lines. */
static void
best(const size_t counted[DT_FORMATS], struct top top[2])
{
	size_t hits[DT_FORMATS];
	int i;

	give_over(hits, counted);
	top[0] = top[1] = (struct top){-1, 0};
	for (i = 0; i < DT_FORMATS; i++) {
		if (hits[i] > top[0].n) {
			top[1] = top[0];
			top[0] = (struct top){i, hits[i]};
		} else if (hits[i] > top[1].n) {
			top[1] = (struct top){i, hits[i]};
		}
	}
}

/* Are there enough sure lines of one format alone? */
static bool
is_settled(const struct dt_detect *det)
{
	struct top top[2];

	best(det->hits[DT_IS_SURE], top);
	if (top[0].at == -1 || top[1].at != -1)
		return false;
	return top[0].n >= (dt_formats[top[0].at]->own ? 1 : SURE_ENOUGH) ||
	    det->lines >= LINES_ENOUGH;
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
	struct top top[2];

	best(det->hits[DT_IS_SURE], top);
	if (top[0].at == -1)
		best(det->hits[DT_IS_MAYBE], top);
	if (top[0].at == -1)
		return;
	if (top[0].n >= CERTAIN * top[1].n) {
		det->fmt = dt_formats[top[0].at];
		return;
	}
	det->may[0] = dt_formats[top[0].at];
	det->may[1] = dt_formats[top[1].at];
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
