/* SPDX-License-Identifier: ISC */
/* One text through one parser, each record stamped with its capture. */
#ifndef DT_STREAM_H
#define DT_STREAM_H

#include "parse.h"

/* Zero-initialise, and set out, before dt_stream_open. */
struct dt_stream {
	struct dt_sink out;	/* where stamped records go */
	const struct dt_format *fmt;
	void *state;
	struct dt_arena mem;	/* of the strings below */
	struct dt_str run, phase, tracer;
	int64_t seq;		/* of the record last given */
	bool ended;		/* the parser holds nothing any more */
	uint64_t lines;		/* taken */
	uint64_t given;		/* records */
	uint64_t unparsed;	/* those of kind UNPARSED */
	uint64_t telling;	/* those by which a text without an END cannot
				   pass for a whole capture that is clean */
	uint64_t traces, ends;	/* captures begun and ended */
	uint64_t orphans;	/* ends of captures that were not begun */
};

/* Start on a text of a format, or of none (NULL).  -1 with errno. */
int dt_stream_open(struct dt_stream *, const struct dt_format *);
/*
 * Take a line.  A torn or oversize one, and one that the parser has nothing to
 * say of, is an UNPARSED record.  -1 with errno.
 */
int dt_stream_line(struct dt_stream *, const struct dt_line *);
/* Give a record that no line stands for.  -1 with errno. */
int dt_stream_give(struct dt_stream *, struct dt_record *);
/* Give what the parser still holds, at the end of the text; once. */
int dt_stream_end(struct dt_stream *);
/* Free what the stream holds. */
void dt_stream_close(struct dt_stream *);

#endif
