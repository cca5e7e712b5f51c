/* SPDX-License-Identifier: ISC */
/* The log of macOS as JSON: entries, one by one, in whatever form they come. */
#ifndef DT_SANDBOX_JSON_H
#define DT_SANDBOX_JSON_H

#include "flat.h"
#include "parse.h"
#include "whole.h"

/* Zero-initialised but for rec. */
struct dt_sandbox_json {
	struct dt_record *rec;	/* the caller's, for the records given */
	struct dt_flat *flat;
	struct dt_whole whole;	/* the entry that has begun */
	struct dt_arena mem;	/* of an entry */
	int64_t entries;	/* seen, since the log last told how many */
	bool array;		/* one has begun that has not ended */
};

/*
 * Take a line, on which any number of entries may end and begin: an array of
 * them, one a line, or one after the other.  Returns as the line() of a format.
 */
int dt_sandbox_json_line(struct dt_sandbox_json *, const struct dt_line *,
    const struct dt_sink *);
/* The text ends.  -1 with errno. */
int dt_sandbox_json_end(struct dt_sandbox_json *, const struct dt_sink *);
void dt_sandbox_json_free(struct dt_sandbox_json *);

#endif
