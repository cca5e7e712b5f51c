/* SPDX-License-Identifier: ISC */
/* Taking a line of text apart from its front, as parsers do. */
#ifndef DT_SCAN_H
#define DT_SCAN_H

#include <stdint.h>

#include "str.h"

/* Space, tab, and what may end a line. */
static inline bool
dt_scan_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without the blanks around it, or before or behind it only. */
struct dt_str dt_scan_trim(struct dt_str);
struct dt_str dt_scan_ltrim(struct dt_str);
struct dt_str dt_scan_rtrim(struct dt_str);

/* Take a literal off the front; false if it is not there. */
bool dt_scan_take(struct dt_str *, const char *lit);
/* Take what comes before one of these bytes, or everything. */
struct dt_str dt_scan_until(struct dt_str *, const char *stop);
/*
 * Take a word: blanks are passed over before it, and it goes up to the next.
 * Empty at the end.
 */
struct dt_str dt_scan_word(struct dt_str *);
/*
 * Take a word that is a number, as dt_num_parse(record.h) has it.  False, with
 * nothing taken, if the word is none.
 */
bool dt_scan_num(struct dt_str *, int64_t *);

/*
 * Take a line of a text off its front, without what ends it (LF or CR LF).
 * False at the end of the text; *torn says that nothing ended the line.
 */
bool dt_scan_line(struct dt_str *text, struct dt_str *line, bool *torn);

/* Where a literal stands first or last; n of the text if it does not. */
size_t dt_scan_find(struct dt_str, const char *lit);
size_t dt_scan_find_last(struct dt_str, const char *lit);
bool dt_scan_ends(struct dt_str, const char *lit);
/* Is it digits alone, and at least one? */
bool dt_scan_digits(struct dt_str);

#endif
