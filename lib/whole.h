/* SPDX-License-Identifier: ISC */
/* Lines of a JSON document that is spread over many, held until it is whole. */
#ifndef DT_WHOLE_H
#define DT_WHOLE_H

#include <stdint.h>

#include "str.h"

enum { DT_WHOLE_MAX = 1 << 20 };

/* Zero-initialised holds nothing. */
struct dt_whole {
	char *buf;
	size_t n, cap;
	size_t seen;		/* bytes looked at */
	size_t end;		/* where the document ended */
	unsigned depth;		/* of braces and brackets */
	bool quoted, escaped;	/* inside of a string, behind a backslash */
	uint64_t no;		/* of the line it began on */
};

/*
 * Hold one more line.  Returns 0 when the document is whole, what is held
 * being it and what stands behind it; 1 when it is not; -1 with errno.
 */
int dt_whole_add(struct dt_whole *, struct dt_str line, uint64_t no);
/*
 * Hold what of a line is of the document, and take that off its front: what is
 * left is behind the document.  Returns as dt_whole_add does, but what is held
 * is the document alone.
 */
int dt_whole_take(struct dt_whole *, struct dt_str *line, uint64_t no);
/* What is held, without the last newline.  It lasts until the next call. */
struct dt_str dt_whole_text(const struct dt_whole *);
/* Would one more line be too much? */
bool dt_whole_full(const struct dt_whole *, struct dt_str line);
/* Hold nothing any more. */
void dt_whole_reset(struct dt_whole *);
void dt_whole_free(struct dt_whole *);

#endif
