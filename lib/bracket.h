/* SPDX-License-Identifier: ISC */
/* Entitlements as codesign prints them since macOS 12: [Dict], [Key] ... */
#ifndef DT_BRACKET_H
#define DT_BRACKET_H

#include "entitle.h"

/*
 * How deep a line stands says what it is in, unless all stand alike: then no
 * dictionary can be in another.  Zero-initialised is before the text; set
 * `to`.
 */
struct dt_bracket {
	struct dt_entitle *to;
	const char *why;	/* of what was refused */
	bool in;		/* the text has begun */
	bool alike;		/* blanks in front of lines were lost */
	bool keyed;		/* the line before was a key, or its [Value] */
	size_t key_at;		/* blanks before the key last seen */
	size_t at[DT_ENTITLE_DEPTH + 1];	/* of what is open */
};

/* Is a line of this form? */
bool dt_bracket_is(struct dt_str);
/* Take such a line.  -1 with errno, or with `why` set when it can not be. */
int dt_bracket_line(struct dt_bracket *, struct dt_str line);
/* No more such lines follow: give what is open.  -1 as above. */
int dt_bracket_end(struct dt_bracket *);

#endif
