/* SPDX-License-Identifier: ISC */
/* What the files that keep kdump's calls share. */
#ifndef DT_KDUMP_OWN_H
#define DT_KDUMP_OWN_H

#include "kdump_calls.h"

/*
 * A slot's text is its rows, a line each.  In the state PENDING there is one
 * call among them, its first row; in HELD there were several, and nobody knows
 * of which the rows are; in DONE there is none.
 */
struct dt_kdump_row {
	struct dt_kdump_line ln;
	struct dt_str raw;
	bool gone;		/* it has been given */
};

struct dt_kdump_rows {
	struct dt_kdump_row *v;
	size_t n, ncalls;
};

/*
 * All memory is that of a line.  Functions return -1 with errno, where nothing
 * else is said, and else 0.
 */

/* A line as a slot keeps it; a NULL string without memory. */
struct dt_str dt_kdump_pack(struct dt_kdump_calls *, struct dt_str);
/* Read the rows of a slot. */
int dt_kdump_load(struct dt_kdump_calls *, const struct dt_strace_slot *,
    struct dt_kdump_rows *);
/* Put those back that are not gone, or drop the slot if none is left. */
int dt_kdump_store(struct dt_kdump_calls *, int64_t key,
    const struct dt_kdump_rows *);

/* Add rows to the record that has been filled, paths by their number. */
int dt_kdump_add_rows(struct dt_kdump_calls *, const struct dt_kdump_rows *);
/* Judge and give the record that has been filled. */
int dt_kdump_give(struct dt_kdump_calls *, const struct dt_sink *);
/* Give a row that is of no call. */
int dt_kdump_give_single(struct dt_kdump_calls *,
    const struct dt_kdump_line *, const struct dt_sink *);
/* Give a CALL that has no RET, or a RET that has no CALL; rows may be NULL. */
int dt_kdump_give_call(struct dt_kdump_calls *, const struct dt_kdump_line *,
    const struct dt_kdump_rows *, const struct dt_sink *);
int dt_kdump_give_ret(struct dt_kdump_calls *, const struct dt_kdump_line *,
    const struct dt_kdump_rows *, const struct dt_sink *);

/* Add a row where several calls wait; 1 as nothing is given for it. */
int dt_kdump_crowd(struct dt_kdump_calls *, struct dt_strace_slot *,
    struct dt_str line, const struct dt_sink *);
/* Take a RET there. */
int dt_kdump_crowd_ret(struct dt_kdump_calls *, const struct dt_strace_slot *,
    const struct dt_kdump_line *, const struct dt_sink *);

#endif
