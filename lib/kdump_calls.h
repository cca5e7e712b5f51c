/* SPDX-License-Identifier: ISC */
/* The calls of kdump's text that have begun, and the rows that are of them. */
#ifndef DT_KDUMP_CALLS_H
#define DT_KDUMP_CALLS_H

#include "kdump.h"
#include "strace.h"

/*
 * Rows wait with the call of their thread, or of their process where the text
 * tells no threads; there several calls may wait together.
 */
struct dt_kdump_calls {
	struct dt_record rec;
	struct dt_arena mem;	/* for one line */
	struct dt_strace_calls slots;
	enum dt_os os;		/* what the rows have told */
	struct dt_kdump_layout lay;
};

/*
 * Take a row and its line: a CALL, a RET, a row that belongs to the call
 * between them, or one that is of none.  Returns as the line() of a format.
 */
int dt_kdump_calls_row(struct dt_kdump_calls *, const struct dt_kdump_line *,
    struct dt_str line, const struct dt_sink *);
/*
 * Nobody knows how the calls went on that wait with this row's thread: give
 * them.  -1 with errno.
 */
int dt_kdump_calls_break(struct dt_kdump_calls *,
    const struct dt_kdump_line *, const struct dt_sink *);
/* The same for all. */
int dt_kdump_calls_end(struct dt_kdump_calls *, const struct dt_sink *);
void dt_kdump_calls_free(struct dt_kdump_calls *);

#endif
