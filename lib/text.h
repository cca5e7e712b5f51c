/* SPDX-License-Identifier: ISC */
/* dt text, the lines that dt-spawn, dt-attach and our D scripts print. */
#ifndef DT_TEXT_H
#define DT_TEXT_H

#include <stdio.h>

#include "keys.h"
#include "record.h"

/*
 * Read one line into a record that has been reset.  The record's strings are
 * slices of the line where nothing was escaped.  *stack is set when frames
 * follow.  Returns 0, or -1 with *errstr (of static storage) when the line is
 * not dt text, or with *errstr NULL and errno when memory ran out.
 */
int dt_text_read(const struct dt_keys *, struct dt_str line,
    struct dt_record *, bool *stack, const char **errstr);
/* Does a line begin as dt text does? */
bool dt_text_is(struct dt_str line);

/* Write a record as one line, and its stack after it.  -1 with errno. */
int dt_text_write(FILE *, const struct dt_record *);

/*
 * The bytes that a C string's inside stands for: the escapes of %S, shorter
 * octals and \xHH.  A final \0 is dropped if asked for.  Returns the string
 * itself where nothing is escaped, else a copy in the arena; a NULL string
 * for a bad escape (errno 0) or no memory (errno ENOMEM).
 */
struct dt_str dt_unescape(struct dt_arena *, struct dt_str, bool drop_nul);
/*
 * The bytes that vis(3) made a text of, with VIS_CSTYLE or without: \n and the
 * like, \^C, \M-C, \M^C, octals.  Returned as dt_unescape returns.
 */
struct dt_str dt_unvis(struct dt_arena *, struct dt_str);
/*
 * The length of a C string with its quotes at the start of a slice; 0 when
 * the closing quote is missing.
 */
size_t dt_quoted_len(struct dt_str);

/*
 * Make its fields such as a line can hold: a key that means something else
 * there gets the prefix, one that is no word a name of its own, and what is too
 * many is left out, of which `fields_cut` then has the number.  -1 with errno.
 */
int dt_text_fit(const struct dt_keys *, struct dt_record *,
    const char *prefix);

#endif
