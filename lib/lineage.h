/* SPDX-License-Identifier: ISC */
/* Which processes were started from somewhere, as far as records tell. */
#ifndef DT_LINEAGE_H
#define DT_LINEAGE_H

#include "record.h"

struct dt_lineage;

/*
 * Of a stream of records, those of processes that run a program below `prefix`,
 * or did once, or that descend from such a process, go to `in` and the others
 * to `out`, in their order.  A record is told by its `exe` and `ppid`, by the
 * programs that were executed and the processes that were forked before it, and
 * in a capture by its target, from which all descend.  One of whose process
 * nothing is known yet waits with all behind it, for a child may be heard of
 * before its parent is; so does one that runs a program from elsewhere before
 * anything told who made it.  At last it goes to `out`.  What is no event
 * always goes to `in`.  The sinks are copied.  NULL with errno.
 */
struct dt_lineage *dt_lineage_new(struct dt_str prefix,
    const struct dt_sink *in, const struct dt_sink *out);
void dt_lineage_free(struct dt_lineage *);
/* Can programs be said to be below a path: is it absolute, without dots? */
bool dt_lineage_prefix(struct dt_str);

/* Take a record, whose strings need not last.  -1 with errno. */
int dt_lineage_take(struct dt_lineage *, struct dt_record *);
/* What became of a text. */
struct dt_lineage_sum {
	uint64_t events;
	uint64_t unknown;	/* of processes that nothing was known of */
	bool forgot;		/* there were too many processes to remember */
};

/* Give all that waits, at the end of a text, and forget it.  -1 with errno. */
int dt_lineage_end(struct dt_lineage *, struct dt_lineage_sum *);

#endif
