/* SPDX-License-Identifier: ISC */
/*
 * What dtrace(1) says of itself in a text, and how it prints a stack.  Every
 * program made of dtrace (dtruss, opensnoop ...) has both among its own rows.
 */
#ifndef DT_DTRACE_SAID_H
#define DT_DTRACE_SAID_H

#include "parse.h"

/* Zero-initialised is at the beginning of a text. */
struct dt_dtrace_said {
	bool echo;		/* a script is being echoed */
};

/*
 * Take a line if it is dtrace's own: a notice or message (DIAGNOSTIC), a loss
 * (DROP), or of a script that dtrace echoes because it could not compile it.
 * The echo ends with the reason; whoever knows a line to be a header ends it
 * by clearing `echo`.  Returns 0 if a record was given, 1 if the line needs
 * none, 2 if it is not dtrace's, -1 with errno.
 */
int dt_dtrace_said(struct dt_dtrace_said *, const struct dt_line *,
    const struct dt_sink *);
/* Could a line be dtrace's own, by itself? */
bool dt_dtrace_is_said(struct dt_str line);

/*
 * Is a line a frame of ustack() or stack(): blanks, then module`symbol+0xN,
 * module`0xN, 0xN, or an annotation in brackets?  The frame is a slice of it.
 */
bool dt_dtrace_frame(struct dt_str line, struct dt_str *frame);

/* Without the "Password:" that sudo may leave before a first line. */
struct dt_str dt_dtrace_unglue(struct dt_str line);

#endif
