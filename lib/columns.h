/* SPDX-License-Identifier: ISC */
/* Aligned columns of text for people, safe for a terminal. */
#ifndef DT_COLUMNS_H
#define DT_COLUMNS_H

#include <stdint.h>
#include <stdio.h>

#include "str.h"

struct dt_columns;

/* A column's head, and whether it is of numbers. */
struct dt_column {
	const char *head;
	bool right;
};

/* How a row is set off; NONE also without colour. */
enum dt_colour {
	DT_COLOUR_NONE,
	DT_COLOUR_BOLD,
	DT_COLOUR_DIM,
	DT_COLOUR_RED,
	DT_COLOUR_GREEN,
	DT_COLOUR_YELLOW,
};

/* The columns end with one without a head, and outlive it.  NULL with errno. */
struct dt_columns *dt_columns_new(const struct dt_column *);
void dt_columns_free(struct dt_columns *);
/* Add to the cell that is being made; failures are kept for the writing. */
void dt_columns_put(struct dt_columns *, struct dt_str);
void dt_columns_num(struct dt_columns *, int64_t);
/* The cell is done; `-` stands for one with nothing in it. */
void dt_columns_next(struct dt_columns *);
/* The row is done. */
void dt_columns_row(struct dt_columns *, enum dt_colour);
/* Write heads and rows, or nothing if there is no row.  -1 with errno. */
int dt_columns_write(const struct dt_columns *, FILE *, bool colour);

/* Write text that may hold anything: no control byte reaches a terminal. */
void dt_columns_text(FILE *, struct dt_str);
/* Begin a colour, and end it; nothing for NONE or where none is wanted. */
const char *dt_colour_on(enum dt_colour, bool wanted);
const char *dt_colour_off(enum dt_colour, bool wanted);

#endif
