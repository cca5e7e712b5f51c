/* SPDX-License-Identifier: ISC */
/* Two folds compared: what is new, what is gone, and what nobody can tell. */
#ifndef DT_SIGS_DIFF_H
#define DT_SIGS_DIFF_H

#include <stdio.h>

#include "known.h"
#include "sigs.h"

/* In the order they are reported.  dt_change_name names them. */
enum dt_change {
	DT_NEW,		/* not in the golden one */
	DT_GREW,	/* more often than the tolerance allows */
	DT_KNOWN,	/* would be new or grown, but is on the list */
	DT_SHRANK,	/* less often, in a complete capture */
	DT_GONE,	/* not in the new one, which would show it */
	DT_UNSEEN,	/* not in the new one, which might not show it */
	DT_SAME,
	DT_CHANGES
};

/* A signature of either. */
struct dt_diff_row {
	enum dt_change change;
	struct dt_sig sig;	/* of the new one where it is there */
	int64_t golden, now;	/* how often; 0 where it is not there */
	const struct dt_known *known;	/* why it is known, or NULL */
};

/* Why the new one cannot tell what is gone. */
struct dt_diff_doubt {
	struct dt_str phase;	/* NULL for the one without a name */
	/*
	 * As in `incomplete`; or `no-capture`, of what was selected; or of the
	 * golden one, `not-captured`, of a phase, and `world-not-captured`.
	 */
	const char *reason;
	bool missing;		/* nothing was traced: these, and `blocked` */
};

struct dt_diff {
	const struct dt_sigs *golden, *now;	/* sorted */
	struct dt_str golden_name, now_name, known_name; /* of the files */
	struct dt_diff_row *rows;	/* by change, then as in a document */
	size_t nrows;
	size_t count[DT_CHANGES];
	struct dt_diff_doubt *doubts;
	size_t ndoubts;
	bool incomplete;	/* the new one, in what it has */
	bool some_worlds;	/* it has some of the golden worlds, not all */
	struct dt_diff_doubt *golden_doubts;	/* of the golden one itself */
	size_t ngolden_doubts;
	const struct dt_knowns *knowns;	/* or NULL */
	bool evidence;		/* was asked for */
};

/* How to compare. */
struct dt_diff_opts {
	bool counts;		/* a count that changes is a change */
	bool evidence;		/* somebody wants to know where */
	int64_t tolerance;	/* by as much as this, or */
	int64_t percent;	/* by so many hundredths of the golden one */
	struct dt_knowns *knowns;	/* the list, or NULL; counts matches */
	const struct dt_match *match;	/* phases it lets be are not missed */
	const struct dt_sigs *seen;	/* rows get their records, or NULL */
	struct dt_str golden_name, now_name, known_name;
};

/*
 * Compare two sorted folds, which must outlive the result.  NULL with errno.
 */
struct dt_diff *dt_diff_new(const struct dt_sigs *golden,
    const struct dt_sigs *now, const struct dt_diff_opts *);
void dt_diff_free(struct dt_diff *);

const char *dt_change_name(enum dt_change);
/* Are there new denials: rows that are NEW or GREW? */
bool dt_diff_is_new(const struct dt_diff *);
/* Are both of the same worlds, as far as they have any? */
bool dt_diff_same_worlds(const struct dt_diff *);
/* May the new one lack what the capture had: is it doubtful, or selected? */
bool dt_diff_is_partial(const struct dt_diff *);
/* Is there anything that the new one cannot tell? */
bool dt_diff_is_doubtful(const struct dt_diff *);
/* Is it more than a capture that is not whole: was something not traced? */
bool dt_diff_is_missing(const struct dt_diff *);

/* Write the comparison, which is all of the file.  -1 with errno. */
int dt_diff_write_table(const struct dt_diff *, FILE *, bool colour);
int dt_diff_write_json(const struct dt_diff *, FILE *, bool pretty);
int dt_diff_write_sarif(const struct dt_diff *, FILE *);
int dt_diff_write_junit(const struct dt_diff *, FILE *);

#endif
