/* SPDX-License-Identifier: ISC */
/*
 * Rows that printf(3) padded, below a header that names their columns.  Unlike
 * snoop.h, whose columns may be longer than their padding, names of programs
 * are as wide as Linux lets them be here: where a column begins is known.
 */
#ifndef DT_CELLS_H
#define DT_CELLS_H

#include "record.h"

enum {
	DT_CELLS_COLS = 12,	/* most columns of a program */
	DT_CELLS_COMM = 16,	/* what a program's name is padded to */
};

/* What stands in a column. */
enum dt_cell_kind {
	DT_CELL_NUM,		/* a number */
	DT_CELL_ID,		/* one of a process, on the left: its header
				   has room for more digits behind it */
	DT_CELL_OCT,		/* an octal number, or n/a */
	DT_CELL_WORD,		/* anything without blanks */
	DT_CELL_TEXT,		/* may hold blanks, never more than its width */
	DT_CELL_REST,		/* what is left of the row; the last column */
};

/* Where header and cells stand. */
enum dt_cell_side {
	DT_CELL_LEFT,
	DT_CELL_RIGHT,
	DT_CELL_EITHER,		/* versions differ: the header tells */
};

/* A column; where its cells go is a member of the record or a field. */
struct dt_cell_col {
	const char *name;	/* in the header */
	enum dt_cell_kind kind;
	bool opt;		/* only some options have it */
	enum dt_cell_side side;
	size_t width;		/* of its cells with the blanks behind, where
				   the header is no guide; 0: as the header */
	size_t member;		/* offset in struct dt_record; 0: none */
	const char *field;	/* key in fields; NULL: none */
};

/* The columns of a text, in order. */
struct dt_cells {
	const struct dt_cell_col *col[DT_CELLS_COLS];
	size_t start[DT_CELLS_COLS];	/* where the header has them */
	size_t end[DT_CELLS_COLS];
	size_t width[DT_CELLS_COLS];	/* with the blanks behind; 0: a word */
	bool right[DT_CELLS_COLS];
	size_t n;			/* 0: no header yet */
	struct dt_str cell[DT_CELLS_COLS];	/* of the last row */
};

/*
 * Is a line the header of a program with these columns, whose last has the
 * kind REST or stands behind none of that kind?  Fills the layout if it is.
 */
bool dt_cells_header(const struct dt_cell_col *, size_t ncols,
    struct dt_str line, struct dt_cells *);
/*
 * Take a row apart, and put its cells into the members and fields of a record
 * that has been reset.  Both share the line's bytes.  Returns 0, 1 if the line
 * is no row of these columns, -1 with errno.
 */
int dt_cells_row(struct dt_cells *, struct dt_str line, struct dt_record *);
/* The place of a column in a layout; its n if it has none. */
size_t dt_cells_find(const struct dt_cells *, const char *name);
/* The cell of the last row in a column; NULL if there is none. */
struct dt_str dt_cells_get(const struct dt_cells *, const char *name);

#endif
