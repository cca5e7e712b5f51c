/* SPDX-License-Identifier: ISC */
/* A stream of bytes as lines, in bounded memory. */
#ifndef DT_LINES_H
#define DT_LINES_H

#include <stdint.h>

#include "str.h"

/* The longest line that is kept; what is longer is counted and left out. */
enum { DT_LINE_MAX = 1 << 20 };

struct dt_line {
	struct dt_str text;	/* without the newline; cut if oversize */
	uint64_t no;		/* from 1 */
	uint64_t size;		/* bytes of the whole line, newline excluded */
	bool torn;		/* the input ended before the newline */
	bool oversize;		/* longer than DT_LINE_MAX */
};

/* Set fd, and idle and tap if wanted, in a zero-initialised one. */
struct dt_lines {
	int fd;			/* the caller's, who also closes it */
	void (*idle)(void *);	/* called before each read that may block */
	void *idle_ctx;
	void (*tap)(void *, struct dt_str);	/* sees all bytes as read */
	void *tap_ctx;
	uint64_t no;		/* of the line last returned */
	uint64_t bytes;		/* read so far */
	char *buf;
	size_t cap, start, end;
	bool eof;
};

/*
 * The next line, whose text lasts until the next call.  Returns 1 for a line,
 * 0 at the end, -1 with errno when the input cannot be read.
 */
int dt_lines_next(struct dt_lines *, struct dt_line *);
/*
 * What has been read and not yet returned, after reading once more; nothing is
 * consumed.  At most 64 KiB and a whole line are looked at.  Returns 1 if there
 * is more than at the last call, 0 if there is not (end of input, or enough),
 * -1 with errno.
 */
int dt_lines_peek(struct dt_lines *, struct dt_str *);
/*
 * What has been read and not yet returned, or else what is read next, as it
 * is; it lasts until the next call.  Returns as dt_lines_next does.
 */
int dt_lines_block(struct dt_lines *, struct dt_str *);
/* Free the buffer. */
void dt_lines_end(struct dt_lines *);

#endif
