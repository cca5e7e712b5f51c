/* SPDX-License-Identifier: ISC */
/*
 * Picking signatures by patterns.
 *
 * A pattern is one of fnmatch(3) without flags: `*` is any bytes, `/` too, `?`
 * any byte, `[ab]` one of those, and a backslash quotes.  `-` is a member that is
 * null or empty.  The operation `file-write*` is thus that operation and those
 * whose names begin so, as in SBPL.  A path's pattern may match either path,
 * and an errno's either its name or its number.
 */
#ifndef DT_MATCH_H
#define DT_MATCH_H

#include "sigs.h"

struct dt_match;

/* One that every signature matches; NULL with errno. */
struct dt_match *dt_match_new(void);
void dt_match_free(struct dt_match *);
/*
 * Match only what this pattern matches too, or another one of the same key,
 * which is one of match.def.  Returns 0, or -1 with *errstr when there is no
 * such key or the pattern is empty, or with *errstr NULL and errno.
 */
int dt_match_add(struct dt_match *, const char *key, struct dt_str pattern,
    const char **errstr);
bool dt_match_is(const struct dt_match *, const struct dt_sig *);
/* Can any signature of this phase match? */
bool dt_match_phase(const struct dt_match *, struct dt_str phase);
/*
 * What is matched in words that do not depend on the order of the patterns,
 * empty if it is anything; lasts as long as the match.  NULL with errno.
 */
struct dt_str dt_match_text(struct dt_match *);

/*
 * Leave out the signatures that do not match, and remember by what they were
 * selected.  -1 with errno.
 */
int dt_sigs_select(struct dt_sigs *, struct dt_match *);

#endif
