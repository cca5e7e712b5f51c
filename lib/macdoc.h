/* SPDX-License-Identifier: ISC */
/* The document of mac_policy registrations that were seen at run time. */
#ifndef DT_MACDOC_H
#define DT_MACDOC_H

#include <stdio.h>

#include "optable.h"
#include "regions.h"
#include "sigs.h"
#include "world.h"

struct dt_macdoc;

/* What is given by hand beside the records; everything is the caller's. */
struct dt_macdoc_opts {
	const struct dt_regions *regions;	/* or NULL */
	bool partial;		/* of some images it is not known where */
	const struct dt_optable *optable;	/* or NULL */
	struct dt_str optable_sha256, vocabulary_sha256;	/* or NULL */
	size_t vocabulary_entries;
	const struct dt_worlds *worlds;	/* the known ones, or NULL */
	const struct dt_kvv *facts;	/* of the host, by hand */
	bool pac_given;
	uint64_t pac_mask;	/* bits of a pointer that may be a signature */
};

/* NULL with errno. */
struct dt_macdoc *dt_macdoc_new(void);
void dt_macdoc_free(struct dt_macdoc *);
/*
 * Take a normalized record.  1 with *errstr when it is none, which the document
 * then counts as a line lost (`line` is its text); -1 with *errstr when it is
 * of another host than those before, NULL and errno without memory.
 */
int dt_macdoc_add(struct dt_macdoc *, const struct dt_record *,
    struct dt_str line, const char **errstr);
/* Count a line that is no record.  -1 with errno. */
int dt_macdoc_add_bad(struct dt_macdoc *, struct dt_str line,
    const char *why);
/*
 * Write the document.  -1 with errno and *errstr NULL, or with *errstr when a
 * fact given by hand contradicts a capture.
 */
int dt_macdoc_write(struct dt_macdoc *, FILE *, const struct dt_macdoc_opts *,
    const char **errstr);
/* Is this key a fact that may be given? */
bool dt_macdoc_is_fact(struct dt_str key);
/* Was every capture whole, and is there any? */
bool dt_macdoc_complete(const struct dt_macdoc *);

#endif
