/* SPDX-License-Identifier: ISC */
/* A static table of mac_policy_ops: which function is in which slot. */
#ifndef DT_OPTABLE_H
#define DT_OPTABLE_H

#include <stdint.h>

#include "str.h"

enum { DT_OPTABLE_MAX = 1024 };	/* no index is as high */

/* A slot; all of it lasts as long as the table does. */
struct dt_oprow {
	uint64_t index;
	struct dt_str symbol;	/* NULL if the table does not name it */
	struct dt_str image;	/* NULL if it does not say where it is */
	struct dt_str segment;	/* of the image; set as the image is */
	uint64_t offset;	/* from the beginning of the segment */
	struct dt_str from;	/* of which text, and of which of its lines */
	uint64_t line;
};

struct dt_optable;

/* NULL with errno. */
struct dt_optable *dt_optable_new(void);
void dt_optable_free(struct dt_optable *);

/*
 * Add the rows of a text that is called `from` in messages; its format is found
 * by itself.  JSON: an object with an array `ops`, and maybe strings or numbers
 * `xnu` and `source`, or such an array alone; of objects with `index`, and with
 * `symbol`, or with `image`, `segment` and `offset`, or with all of them;
 * numbers as such or as strings of decimal or 0x digits.  Else lines: index and
 * symbol, or index, image, segment and offset, with a tab between them; those
 * that begin with # are comments.
 *
 * An index may be there again only with the same content.  Returns 0, or -1
 * with *errstr, which lasts until the next call; *errstr is NULL, with errno,
 * when memory ran out.  After -1 nothing but dt_optable_line and
 * dt_optable_free may be called.
 */
int dt_optable_add(struct dt_optable *, struct dt_str text,
    struct dt_str from, const char **errstr);
/* The line of the text, from 1, that was refused; 0 if it is of no line. */
uint64_t dt_optable_line(const struct dt_optable *);

/* What a text says that it is of, and is from; NULL if none does. */
struct dt_str dt_optable_xnu(const struct dt_optable *);
struct dt_str dt_optable_source(const struct dt_optable *);
/* How many slots it has. */
size_t dt_optable_count(const struct dt_optable *);
/* The slot of an index; NULL if the table has none. */
const struct dt_oprow *dt_optable_find(const struct dt_optable *,
    uint64_t index);

#endif
