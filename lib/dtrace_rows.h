/* SPDX-License-Identifier: ISC */
/*
 * The rows that dtrace(1) itself prints, taken apart.  All values are slices of
 * the line.  The widths are those of dtrace.c and dt_consume.c, the same in
 * illumos, macOS and Linux.
 */
#ifndef DT_DTRACE_ROWS_H
#define DT_DTRACE_ROWS_H

#include <stdint.h>

#include "str.h"

/*
 * Take a right-aligned column and the blank behind it; false if there is none.
 * A value that fills its column goes on to the next blank.
 */
bool dt_dtrace_column(struct dt_str *rest, size_t width, struct dt_str *val);

/* The header of the default output, or that of flowindent (-F). */
bool dt_dtrace_header(struct dt_str line);

/* A probe fired. */
struct dt_dtrace_row {
	struct dt_str cpu;
	struct dt_str id;	/* none with flowindent */
	struct dt_str name;	/* function:name, or the function that flows */
	struct dt_str text;	/* what the actions printed, without padding */
	const char *flow;	/* "entry", "return", or NULL */
};

/* A row of the default output; any part that is not as printed is none. */
bool dt_dtrace_row(struct dt_str line, struct dt_dtrace_row *);
/* A row of flowindent. */
bool dt_dtrace_flow(struct dt_str line, struct dt_dtrace_row *);

/* A table of a distribution: of quantize() and the like, or of agghist. */
struct dt_dtrace_table {
	size_t width;		/* of its first column */
	bool keyed;		/* agghist: the first column is the key */
};

/* The header of such a table. */
bool dt_dtrace_table(struct dt_str line, struct dt_dtrace_table *);
/* A row of it. */
bool dt_dtrace_bucket(struct dt_str line, const struct dt_dtrace_table *,
    struct dt_str *bucket, int64_t *count);

/* The keys of an aggregation, as many as a tuple is likely to have. */
enum { DT_DTRACE_KEYS_MAX = 32 };

struct dt_dtrace_keys {
	struct dt_str v[DT_DTRACE_KEYS_MAX];
	size_t n;
};

/*
 * A line of keys alone, as it stands before a stack or a table; the blanks at
 * its end may be missing.
 */
bool dt_dtrace_keys(struct dt_str line, struct dt_dtrace_keys *);
/* A row of an aggregation: keys or none, and a number in its column. */
bool dt_dtrace_agg(struct dt_str line, struct dt_dtrace_keys *,
    int64_t *value);

#endif
