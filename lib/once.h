/* SPDX-License-Identifier: ISC */
/* Which documents have to be merged so that none counts twice. */
#ifndef DT_ONCE_H
#define DT_ONCE_H

#include "sigs.h"

enum { DT_DIGEST_LEN = 64 };

/* Zero-initialised is of no documents. */
struct dt_once {
	struct dt_arena mem;
	struct dt_once_doc *docs;
	size_t n;
};

/* A document: the digests of what was merged into it, or its own. */
struct dt_once_doc {
	struct dt_strv digests;	/* sorted */
	bool drop;		/* it is part of another one */
};

/*
 * Add a sorted document, which is number n then.  Its own digest is the
 * SHA-256 of its text on one line.  -1 with errno.
 */
int dt_once_add(struct dt_once *, const struct dt_sigs *);
/*
 * Say which documents to drop: those that another one holds.  Which that are
 * does not depend on their order, but for equal ones.  Returns -1 when two of
 * the others overlap, whose numbers are in pair; with errno when pair[0] is
 * pair[1], for want of memory.
 */
int dt_once_decide(struct dt_once *, size_t pair[2]);
void dt_once_free(struct dt_once *);

#endif
