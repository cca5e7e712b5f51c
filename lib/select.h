/* SPDX-License-Identifier: ISC */
/* Leaving events out of a capture so that its numbers still add up. */
#ifndef DT_SELECT_H
#define DT_SELECT_H

#include "record.h"

struct dt_select;

/*
 * A list of event names and kinds, separated by commas, to keep.  `all` is each
 * of them, and one behind a `-` is left out; the last word that is of an event
 * counts.  A list that begins with a word to leave out begins with all, and so
 * does one behind a `!`, all of whose words are left out.  The list has to outlive it.
 * NULL with *errstr.
 */
struct dt_select *dt_select_new(struct dt_str list, const char **errstr);
/* Is a record kept?  What is no event always is. */
bool dt_select_keeps(const struct dt_select *, const struct dt_record *);
void dt_select_free(struct dt_select *);

/*
 * Events left out of one capture.  An END says how many events there were, so
 * a COUNT record has to stand in for those that are not there any more: before
 * the END, before those of another capture, and at the end of the input.
 * What is no event counts for nothing, but its capture must not vanish.
 * Zero-initialised is none.
 */
struct dt_left {
	const char *name;	/* of the COUNT record; NULL for "left-out" */
	bool any;
	int64_t events;
	struct dt_arena mem;	/* of the strings below */
	struct dt_str run, phase, tracer, world_id;
};

/* Is a record of another capture than those left out so far? */
bool dt_left_is_other(const struct dt_left *, const struct dt_record *);
/* Leave a record out, which is of no other capture.  -1 with errno. */
int dt_left_add(struct dt_left *, const struct dt_record *);
/*
 * Fill in the COUNT record and start again from none; false if there were
 * none.  The record's strings last until the next add.
 */
bool dt_left_take(struct dt_left *, struct dt_record *);
void dt_left_end(struct dt_left *);

#endif
