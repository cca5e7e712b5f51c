/* SPDX-License-Identifier: ISC */
/* Formats of tracer text: how each is known, and the parser of each. */
#ifndef DT_PARSE_H
#define DT_PARSE_H

#include "lines.h"
#include "record.h"

/* Is a line, by itself, of a format? */
enum dt_is {
	DT_IS_NOT,
	DT_IS_SURE,		/* it can be of no other */
	DT_IS_MAYBE,		/* it can be of others as well */
};

/*
 * A format.  Its parser's state is `size` zero-initialised bytes.  A line is
 * not oversize, and torn only with own_end; it gives any number of records to
 * the sink, one at a time, each valid during that call only.  What the parser
 * does not know it gives as UNPARSED (dt_unparsed), so that nothing is lost.
 * line(), idle() and end() return -1 with errno when memory ran out or the sink
 * stopped.  line() returns 1 for a line that needs no record of its own: a
 * header, an empty line, part of a record given before or later; 0 if it gave
 * one.  idle(), which may be NULL, gives a record that only waits for a stack:
 * for who knows that the text has none, and has no more text for now.
 */
struct dt_format {
	const char *name;
	const char *tracer;	/* for records that do not say; may be NULL */
	const char *what;	/* one line for people */
	size_t size;
	/*
	 * Another, all of whose lines a text of this one may have, too, below
	 * one that is of this one alone; NULL if there is none.
	 */
	const struct dt_format *beyond;
	bool own;		/* ours: one line of it is enough to tell */
	bool own_end;		/* it takes a last line without a newline,
				   for its text says itself where it ends */
	enum dt_is (*is)(struct dt_str line);
	int (*line)(void *state, const struct dt_line *,
	    const struct dt_sink *);
	int (*idle)(void *state, const struct dt_sink *);
	int (*end)(void *state, const struct dt_sink *);
	void (*free)(void *state);
};

#define F(name) extern const struct dt_format dt_format_##name;
#include "formats.def"

/* All of them, ended by NULL. */
extern const struct dt_format *const dt_formats[];

const struct dt_format *dt_format_byname(struct dt_str);

/* The format that a text is of for sure, but for this one; or NULL. */
const struct dt_format *dt_format_other(const struct dt_format *, struct dt_str);
/*
 * Have a parser take a line, of no format (NULL) too.  A line that is torn or
 * oversize, or of which the parser has nothing to say, is given as UNPARSED,
 * and so is OUTPUT that is a line of another format for sure: a text of two
 * has been read by the wrong one there.  Returns as line() does.
 */
int dt_format_line(const struct dt_format *, void *state,
    const struct dt_line *, const struct dt_sink *);
/* Say that a document in the text does not end.  -1 as above. */
int dt_document_cut(const struct dt_sink *);
/* Give a line that is no record to the sink, with the reason.  -1 as above. */
int dt_unparsed(const struct dt_line *, const char *reason,
    const struct dt_sink *);

#endif
