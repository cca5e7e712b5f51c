/* SPDX-License-Identifier: ISC */
/*
 * The text of the DTraceToolkit's snoop programs: a header that names the
 * columns, and a row for each event.
 */
#ifndef DT_SNOOP_H
#define DT_SNOOP_H

#include "dtrace_said.h"
#include "hold.h"
#include "parse.h"

enum {
	DT_SNOOP_COLS = 24,	/* most columns of a program */
	/*
	 * The longest name of a program that a kernel keeps: MAXCOMLEN of
	 * FreeBSD; Darwin and Solaris keep 16 bytes.
	 */
	DT_SNOOP_COMM = 19,
};

/* What stands in a column. */
enum dt_snoop_kind {
	DT_SNOOP_NUM,		/* a number */
	DT_SNOOP_WORD,		/* anything without blanks */
	DT_SNOOP_DATE,		/* 2005 Jan 22 01:22:50 */
	DT_SNOOP_TEXT,		/* may hold blanks, padded behind it */
	DT_SNOOP_RTEXT,		/* the same, padded in front of it */
	DT_SNOOP_ESC,		/* %S, always the last column */
	DT_SNOOP_NOTE,		/* the last column, blanks around it or not */
};

/* Which rows have a column. */
enum dt_snoop_use {
	DT_SNOOP_OPT,		/* those of some options */
	DT_SNOOP_NEED,		/* all */
	DT_SNOOP_DUMP,		/* those of -A, and it tells them */
};

/* A column; where its cells go is a member of the record or a field. */
struct dt_snoop_col {
	const char *name;	/* in the header, without "(us)" */
	enum dt_snoop_kind kind;
	enum dt_snoop_use use;
	bool left;		/* header and numbers stand on the left */
	size_t width;		/* what it is padded to */
	size_t max;		/* longest cell, which is not empty; 0: any */
	const char *first;	/* bytes a cell may begin with; NULL: any */
	size_t member;		/* offset in struct dt_record; 0: none */
	const char *field;	/* key in fields; NULL: none */
};

/* The columns of a text, in order. */
struct dt_snoop_layout {
	const struct dt_snoop_col *col[DT_SNOOP_COLS];
	size_t width[DT_SNOOP_COLS];
	size_t n;		/* 0: no header yet */
	size_t tail;		/* first of the last columns with blanks */
	bool padded;		/* the last column is padded, too */
	bool crlf;
	bool strict;		/* all padding is as it has to be */
	bool glued;		/* columns run into each other: no row can be */
};

/* A row taken apart. */
struct dt_snoop_row {
	struct dt_str cell[DT_SNOOP_COLS];	/* s is NULL: not known */
	struct dt_str tail;	/* what could not be taken apart, or s NULL */
	bool guessed;		/* told apart by their padding alone */
};

/*
 * A program.  fill() completes a record whose cells are in their places, or
 * says in *errstr why the row is none; -1 with errno when memory ran out.
 */
struct dt_snoop_prog {
	const struct dt_snoop_col *cols;
	size_t ncols;
	const char *plain;	/* its header without options */
	bool stacks;		/* rows may have a stack behind them */
	int (*fill)(struct dt_record *, const struct dt_snoop_layout *,
	    const char **errstr);
};

/* Zero-initialised is at the beginning of a text. */
struct dt_snoop {
	struct dt_dtrace_said said;
	struct dt_snoop_layout layout;
	struct dt_hold hold;
};

/* Is a line a program's header?  The layout is that of its rows. */
bool dt_snoop_header(const struct dt_snoop_prog *, struct dt_str line,
    struct dt_snoop_layout *);
/* Take a row apart; returns why it is none, or NULL. */
const char *dt_snoop_split(const struct dt_snoop_layout *, struct dt_str line,
    struct dt_snoop_row *);
/* The place of a column in a layout; its n if it has none. */
size_t dt_snoop_find(const struct dt_snoop_layout *, const char *name);

/* The callbacks of struct dt_format, but for the program. */
enum dt_is dt_snoop_is(const struct dt_snoop_prog *, struct dt_str line);
int dt_snoop_line(const struct dt_snoop_prog *, struct dt_snoop *,
    const struct dt_line *, const struct dt_sink *);
int dt_snoop_end(void *state, const struct dt_sink *);
void dt_snoop_free(void *state);

#endif
