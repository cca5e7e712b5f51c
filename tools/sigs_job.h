/* SPDX-License-Identifier: ISC */
/* What dt-sigs does with its files: fold them, or merge them. */
#ifndef DT_SIGS_JOB_H
#define DT_SIGS_JOB_H

#include "cli.h"
#include "known.h"
#include "sigs.h"

/* How to read; zero-initialised but for what is wanted. */
struct sigs_job {
	enum dt_sigs_keep keep;
	bool once;		/* no document may count twice */
	bool across_worlds;	/* several worlds may be in one fold */
	struct dt_match *match;	/* what to select */
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

#endif
