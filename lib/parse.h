/* SPDX-License-Identifier: ISC */
/* Formats of tracer text: how each is known, and the parser of each. */
#ifndef DT_PARSE_H
#define DT_PARSE_H

#include "lines.h"
#include "record.h"

/*
 * A format.  Its parser's state is `size` zero-initialised bytes.  A line is
 * neither torn nor oversize; it gives any number of records to the sink, one
 * at a time, each valid during that call only.  What the parser does not know
 * it gives as UNPARSED (dt_unparsed), so that nothing is lost.  line() and
 * end() return 0, or -1 with errno when memory ran out or the sink stopped.
 */
struct dt_format {
	const char *name;
	const char *tracer;	/* for records that do not say; may be NULL */
	const char *what;	/* one line for people */
	size_t size;
	bool (*is)(struct dt_str line);	/* can only be of this format */
	int (*line)(void *state, const struct dt_line *,
	    const struct dt_sink *);
	int (*end)(void *state, const struct dt_sink *);
	void (*free)(void *state);
};

extern const struct dt_format dt_format_dt;
extern const struct dt_format dt_format_probe;
extern const struct dt_format dt_format_strace;

/* The formats in the order they are tried, ended by NULL. */
extern const struct dt_format *const dt_formats[];

const struct dt_format *dt_format_byname(struct dt_str);
/*
 * The format that most whole lines of a text are of, the first of equals;
 * NULL when no line is of any.
 */
const struct dt_format *dt_format_detect(struct dt_str text);

/* Give a line that is no record to the sink, with the reason.  -1 as above. */
int dt_unparsed(const struct dt_line *, const char *reason,
    const struct dt_sink *);

#endif
