/* SPDX-License-Identifier: ISC */
/* What the forms of a comparison share; for diff_*.c only. */
#ifndef DT_DIFF_OWN_H
#define DT_DIFF_OWN_H

#include "arena.h"
#include "json.h"
#include "sigs_diff.h"

enum { DT_SIG_DIGEST_MAX = 65 };

/*
 * Texts for people, in the arena and fit to be shown; s is NULL with errno.
 * Of a row: what was refused, how often now and before.
 */
struct dt_str dt_diff_sentence(struct dt_arena *, const struct dt_diff_row *);
/* What was refused, without phase and count: the same in every run. */
struct dt_str dt_diff_title(struct dt_arena *, const struct dt_sig *);
/* Why a file cannot be relied on. */
struct dt_str dt_diff_doubt_text(struct dt_arena *, struct dt_str file,
    const struct dt_diff_doubt *);
/* That the two are of different worlds; empty if they are not. */
struct dt_str dt_diff_worlds_text(struct dt_arena *, const struct dt_diff *);
/* What is to be said of an entry: if it has expired, what it matches. */
struct dt_str dt_diff_known_text(struct dt_arena *, const struct dt_diff *,
    const struct dt_known *);

/* "nothing-new", "new-denials" or "cannot-tell". */
const char *dt_diff_verdict(const struct dt_diff *);
/*
 * SHA-256 in hexadecimal of what makes a signature the same: equal whenever
 * and however often it was seen.
 */
void dt_sig_digest(const struct dt_sig *, char hex[DT_SIG_DIGEST_MAX]);

/* A row as a JSON object, the members of an object about all. */
void dt_diff_json_row(struct dt_json *, const struct dt_diff_row *);
void dt_diff_json_head(struct dt_json *, const struct dt_diff *);

#endif
