/* SPDX-License-Identifier: ISC */
/* UTF-8: what JSON strings may hold. */
#ifndef DT_UTF8_H
#define DT_UTF8_H

#include "arena.h"

enum dt_text_class {
	DT_CLEAN,	/* may stand in a JSON string as it is */
	DT_ESCAPED,	/* valid UTF-8, with bytes that JSON escapes */
	DT_BROKEN,	/* not UTF-8 */
};

/* What a string would need to stand in JSON. */
enum dt_text_class dt_utf8_class(struct dt_str);
/*
 * The length of the valid sequence at the start of a non-empty slice, or 0;
 * *bad is then how many bytes one U+FFFD stands for: the longest start of a
 * sequence that could still have become valid (Unicode 15, section 3.9).
 */
size_t dt_utf8_len(struct dt_str, size_t *bad);
/*
 * Copy with U+FFFD for what is not UTF-8.  Returns the length, which is
 * at most three times the input's; buf may be NULL to ask for it.
 */
size_t dt_utf8_mend(struct dt_str, char *buf);
/* The same as a copy in an arena; s is NULL, with errno, if there is none. */
struct dt_str dt_utf8_dup(struct dt_arena *, struct dt_str);

#endif
