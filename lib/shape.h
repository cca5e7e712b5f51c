/* SPDX-License-Identifier: ISC */
/*
 * Path shapes: the same path on every run and every host, made by rules.
 *
 * A rule is a pattern and a replacement.  Rules are applied in order, each to
 * what the ones before it made, once.
 *
 * A pattern that starts with '/' or '$' matches at the start of the path only,
 * and only whole components: the match ends where the path does or before a
 * '/'.  The rest of the path is kept.  Any other pattern floats: it matches
 * within a component, at every place where it neither cuts a word of ASCII
 * letters and digits in two at its start nor at its end.
 *
 * In a pattern, these match and are numbered from 1, at most nine:
 *
 *	{name}		a whole component, neither . nor ..
 *	{any}		a part of a component, as short as will do
 *	{num}		all the digits there are
 *	{hex:N}		N hexadecimal digits
 *	{hex:N+}	all the hexadecimal digits there are: N or more, and
 *			among them both a digit and a letter
 *	{uuid}		8-4-4-4-12 hexadecimal digits
 *	{word:N}	N of A-Z a-z 0-9 _
 *	{low:N}		N of a-z 0-9 _
 *	{rand:N}	N of A-Z a-z 0-9 _ with at least two of upper case,
 *			lower case and digits, as mktemp(3) makes them
 *	{ab|c}		one of these words, the first that fits
 *
 * {name!x|y} and {num!x|y} are any but those.  None of them is ever empty, and
 * only the last has '/' in it, if a word does.  A replacement holds what was
 * matched as {1} to {9}.  In both, a backslash quotes the next byte.  All else
 * stands for itself, so that '$' means nothing in a replacement; it is how the
 * built-in rules mark theirs, and why none of them matches its own output.
 *
 * A rule has 16n + 1024 steps for a path of n bytes, and leaves alone what it
 * has not found by then: no rule takes more than linear time.
 */
#ifndef DT_SHAPE_H
#define DT_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "str.h"

enum { DT_SHAPES_MAX = 64 };	/* rules in all: one bit each */

struct dt_shapes;

/* The built-in rules, to be freed by the caller.  NULL, with errno, if not. */
struct dt_shapes *dt_shapes_new(void);
/*
 * Add a rule after the others, from a line `PATTERN REPLACEMENT` separated by
 * white space.  A line that is empty or starts with '#' adds nothing.  Returns
 * -1 with *errstr, which is a constant, when the line is no rule.
 */
int dt_shapes_add(struct dt_shapes *, const char *line, const char **errstr);
void dt_shapes_free(struct dt_shapes *);

/*
 * Write the shape of a path to buf, which must not overlap it, and return its
 * length; no NUL is added.  Any bytes may be in a path; one with nothing to
 * replace comes out as it is.  A result above cap means that buf was too small
 * for the shape or for what led to it and holds nothing of use: call again
 * with room for the result, or give dt_shapes_room() bytes at once.
 *
 * A shape may be longer than its path, but not longer than 2n + 256 bytes: a
 * rule that would make more does not apply.  Bit i of *fired is set when rule
 * i changed something.
 */
size_t dt_shapes_apply(const struct dt_shapes *, struct dt_str path, char *buf,
    size_t cap, uint64_t *fired);
/* Enough room to apply any rules to a path of n bytes. */
static inline size_t
dt_shapes_room(size_t n)
{
	return 4 * n + 512;
}

/* How many rules there are. */
size_t dt_shapes_count(const struct dt_shapes *);
/* Rule i, from 0, as "PATTERN -> REPLACEMENT"; NULL if there is none. */
const char *dt_shapes_rule(const struct dt_shapes *, size_t i);

#endif
