/* SPDX-License-Identifier: ISC */
/*
 * Denials that somebody knows of.  A line of the list has patterns as
 * `key=pattern`, all of which a denial has to match, and why it is known:
 *
 *	op=file-write* path=/etc/passwd reason="asks for it, can do without"
 *	name=ptrace until=2026-12-31 reason="gone with the next release"
 *
 * Keys are those of match.h, `reason`, and `until`: the last day on which the
 * line holds, as YYYY-MM-DD.  Values are words or strings as in dt text.  An
 * empty line, or one that begins with `#`, is nothing.
 */
#ifndef DT_KNOWN_H
#define DT_KNOWN_H

#include "match.h"

/* A line of the list. */
struct dt_known {
	uint64_t line;		/* its number */
	struct dt_str pattern;	/* its patterns, as dt_match_text */
	struct dt_str reason;
	struct dt_str until;	/* or NULL */
	bool expired;
	size_t matched;		/* signatures, as far as somebody counted */
	struct dt_match *match;
};

/* Zero-initialised is empty. */
struct dt_knowns {
	struct dt_arena mem;
	struct dt_known *v;
	size_t n;
};

/*
 * Add a line; `today` says what has expired, and may be NULL if no line has a
 * day.  Returns 0, or -1 with *errstr, which may be "no memory", or with
 * *errstr NULL and errno.
 */
int dt_knowns_add(struct dt_knowns *, struct dt_str line, uint64_t no,
    struct dt_str today, const char **errstr);
void dt_knowns_free(struct dt_knowns *);
/*
 * The first line that a signature matches and that has not expired, or NULL.
 * Every line it matches counts it.
 */
const struct dt_known *dt_known_find(struct dt_knowns *,
    const struct dt_sig *);

/* Is this a day of the Gregorian calendar, as YYYY-MM-DD? */
bool dt_is_day(struct dt_str);

#endif
