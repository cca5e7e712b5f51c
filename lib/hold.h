/* SPDX-License-Identifier: ISC */
/* A record that waits for the stack which may follow it. */
#ifndef DT_HOLD_H
#define DT_HOLD_H

#include "record.h"

/* Zero-initialised holds nothing. */
struct dt_hold {
	struct dt_record rec;
	bool held;
};

/* Give what is held and begin anew: rec is empty then.  -1 as the sink. */
int dt_hold_fresh(struct dt_hold *, const struct dt_sink *);
/* Keep rec, which is filled; its strings need not last.  -1 with errno. */
int dt_hold_keep(struct dt_hold *);
/*
 * Put a frame to what is held.  1 if there is nothing, or no more room; -1
 * with errno.
 */
int dt_hold_frame(struct dt_hold *, struct dt_str frame);
/* Give what is held, if anything is.  -1 as the sink. */
int dt_hold_flush(struct dt_hold *, const struct dt_sink *);
void dt_hold_free(struct dt_hold *);

#endif
