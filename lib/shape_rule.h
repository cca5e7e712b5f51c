/* SPDX-License-Identifier: ISC */
/* A compiled rule: what the files of path shapes share among themselves. */
#ifndef DT_SHAPE_RULE_H
#define DT_SHAPE_RULE_H

#include "shape.h"

enum {
	MAX_ELEMS = 16,
	MAX_WORDS = 16,
	MAX_LEADS = 256,
	MAX_CAPS = 9,
	MAX_LEN = 255,		/* the N of a class */
};

enum class { LIT, ALT, NAME, ANY, NUM, HEX, HEXMIN, UUID, WORD, LOW, RAND };

/* One step of a pattern. */
struct elem {
	enum class class;
	size_t n;
	size_t word, nwords;	/* what LIT and ALT are, NAME and NUM are not */
};

/* One step of a replacement. */
struct piece {
	size_t cap;		/* a capture, or 0: the text */
	struct dt_str text;
};

struct rule {
	char *line;		/* as dt_shapes_rule() gives it */
	char *bytes;		/* what the slices below are slices of */
	bool anchored;
	size_t min;		/* length of the shortest match */
	size_t nelems, nwords, npieces, ncaps;
	struct elem elem[MAX_ELEMS];
	struct dt_str word[MAX_WORDS];
	size_t cap[MAX_CAPS + 1];	/* element of each capture, from 1 */
	struct piece piece[MAX_ELEMS];
};

/* What paths start with when these anchored rules match, and the next such. */
struct lead {
	struct dt_str word;
	uint64_t rules;
	const struct lead *next;
};

/* A set of rules. */
struct dt_shapes {
	size_t n, nleads;
	struct rule *rule[DT_SHAPES_MAX];
	struct lead lead[MAX_LEADS];
	/* Those with this second byte; at 256 those of one byte. */
	const struct lead *anchored[256 + 1];
	/* The floating rules with this first byte, and this second one. */
	uint64_t first[256], second[256];
	bool inword[256];	/* letters and digits */
};

/* Sorts of byte, as bits. */
enum { DIGIT = 1, LOWER = 2, UPPER = 4 };

static inline unsigned
sort(char c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c >= 'a' && c <= 'z')
		return LOWER;
	return c >= 'A' && c <= 'Z' ? UPPER : 0;
}

/* Can a byte be part of what a class matches? */
static inline bool
accepts(enum class class, char c)
{
	switch (class) {
	case NAME:
	case ANY:
		return c != '/';
	case NUM:
		return sort(c) == DIGIT;
	case HEX:
	case HEXMIN:
	case UUID:
		return sort(c) == DIGIT || (c >= 'a' && c <= 'f') ||
		    (c >= 'A' && c <= 'F');
	case LOW:
		return sort(c) == DIGIT || sort(c) == LOWER || c == '_';
	case WORD:
	case RAND:
		return sort(c) != 0 || c == '_';
	default:
		return false;
	}
}

/* An element that is one of some words? */
static inline bool
isliteral(const struct elem *e)
{
	return e->class == LIT || e->class == ALT;
}

/*
 * Compile the two strings into a zero-initialised rule whose `bytes` have
 * room for both.  Returns NULL, or why they are no rule (a constant).
 */
const char *dt_shape_compile(struct rule *, const char *pattern,
    const char *replacement);
/* The length of the shortest thing that an element matches. */
size_t dt_shape_minimum(const struct rule *, const struct elem *);

#endif
