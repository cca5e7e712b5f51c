/* SPDX-License-Identifier: ISC */
/* What dt-sigs does: its options, and the work by them. */
#ifndef DT_SIGS_JOB_H
#define DT_SIGS_JOB_H

#include "cli.h"
#include "sigs_diff.h"

/* Each but the first has its name in dt-sigs.c. */
enum format { F_DEFAULT, F_JSON, F_JSONL, F_TABLE, F_SARIF, F_JUNIT };

/* Zero-initialised but for the match. */
struct sigs_job {
	/* What to read: */
	bool merge;		/* documents, not records */
	bool once;		/* none of which may count twice */
	bool across_worlds;	/* several worlds may be in one fold */
	enum dt_sigs_keep keep;
	struct dt_match *match;	/* what to select */
	/* What to do: */
	bool diff, agree;
	const char *group;	/* by these members, or NULL */
	struct dt_diff_opts diff_opts;
	const char *known, *today;
	bool incomplete_ok;
	/* How to write: */
	enum format format;
	const char *output;	/* file, or NULL for stdout */

	int status;		/* the worst so far */
};

/*
 * Each returns a sorted fold of what was selected, and exits when there can be
 * none, for want of memory or because of what is in the files.
 *
 * Normalized records of these files, or of stdin; what is refused counts.
 */
struct dt_sigs *sigs_fold(struct sigs_job *, char *files[]);
/* Documents of these files, or of stdin; one that is refused is the end. */
struct dt_sigs *sigs_merge(struct sigs_job *, char *files[]);
/* The list in a file; exits if it is none.  `today` may be NULL. */
void sigs_knowns(struct dt_knowns *, const char *file, const char *today);

/* Read files and write what was asked for; returns the exit status. */
int sigs_show(struct sigs_job *, char *files[]);
/* Compare the first two files, and show the others' records; the same. */
int sigs_compare(struct sigs_job *, char *files[]);

#endif
