/* SPDX-License-Identifier: ISC */
/* Aligned columns of text for people, safe for a terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "columns.h"
#include "show.h"

enum { COLUMNS_MAX = 16 };

/* Some text of a row; its last cell ends where the row does. */
struct row {
	struct row *next;
	enum dt_colour colour;
	struct dt_str cell[];
};

struct dt_columns {
	const struct dt_column *heads;
	size_t n;
	size_t width[COLUMNS_MAX];	/* in characters */
	struct dt_arena mem;
	struct row *first, **end;
	struct dt_str cell[COLUMNS_MAX];	/* of the row being made */
	size_t at;
	struct dt_buf text;	/* the cell being made */
	bool lost;
};

static const char *const codes[] = {
	[DT_COLOUR_NONE] = "",
	[DT_COLOUR_BOLD] = "\033[1m",
	[DT_COLOUR_DIM] = "\033[2m",
	[DT_COLOUR_RED] = "\033[31m",
	[DT_COLOUR_GREEN] = "\033[32m",
	[DT_COLOUR_YELLOW] = "\033[33m",
};

const char *
dt_colour_on(enum dt_colour colour, bool wanted)
{
	return wanted ? codes[colour] : "";
}

const char *
dt_colour_off(enum dt_colour colour, bool wanted)
{
	return wanted && colour != DT_COLOUR_NONE ? "\033[0m" : "";
}

void
dt_columns_text(FILE *f, struct dt_str str)
{
	char buf[DT_SHOW_MAX];
	struct dt_str one;

	while (str.n > 0) {
		one = dt_show_next(&str, buf);
		fwrite(one.s, 1, one.n, f);
	}
}

/* How many characters a valid text has. */
static size_t
width(struct dt_str str)
{
	size_t i, n = 0;

	for (i = 0; i < str.n; i++)
		n += ((unsigned char)str.s[i] & 0xc0) != 0x80;
	return n;
}

static void
widen(struct dt_columns *c, struct dt_str str)
{
	size_t w = width(str);

	if (w > c->width[c->at])
		c->width[c->at] = w;
}

struct dt_columns *
dt_columns_new(const struct dt_column *heads)
{
	struct dt_columns *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->heads = heads;
	for (; heads[c->at].head != NULL; c->at++)
		widen(c, dt_str_c(heads[c->at].head));
	c->n = c->at;
	c->at = 0;
	c->end = &c->first;
	c->text.mem = &c->mem;
	return c;
}

void
dt_columns_free(struct dt_columns *c)
{
	if (c == NULL)
		return;
	dt_arena_free(&c->mem);
	free(c);
}

void
dt_columns_put(struct dt_columns *c, struct dt_str str)
{
	dt_buf_shown(&c->text, str);
}

void
dt_columns_num(struct dt_columns *c, int64_t num)
{
	dt_buf_num(&c->text, num);
}

void
dt_columns_next(struct dt_columns *c)
{
	struct dt_str str = dt_buf_end(&c->text);

	if (str.s == NULL)
		c->lost = true;
	else if (str.n == 0)
		str = DT_STR("-");
	widen(c, str);
	c->cell[c->at++] = str;
	c->text = (struct dt_buf){.mem = &c->mem};
}

void
dt_columns_row(struct dt_columns *c, enum dt_colour colour)
{
	struct row *row = dt_arena_alloc(&c->mem, sizeof(*row) +
	    c->n * sizeof(row->cell[0]));

	c->at = 0;
	if (row == NULL) {
		c->lost = true;
		return;
	}
	row->next = NULL;
	row->colour = colour;
	memcpy(row->cell, c->cell, c->n * sizeof(row->cell[0]));
	*c->end = row;
	c->end = &row->next;
}

static void
pad(FILE *f, size_t n)
{
	while (n-- > 0)
		putc(' ', f);
}

/* The last cell of a row is not padded. */
static void
put_cell(const struct dt_columns *c, FILE *f, size_t i, struct dt_str str)
{
	size_t n = c->width[i] - width(str);

	if (c->heads[i].right)
		pad(f, n);
	fwrite(str.s, 1, str.n, f);
	if (i + 1 == c->n)
		return;
	if (!c->heads[i].right)
		pad(f, n);
	fputs("  ", f);
}

int
dt_columns_write(const struct dt_columns *c, FILE *f, bool colour)
{
	const struct row *row;
	size_t i;

	if (c->lost) {
		errno = ENOMEM;
		return -1;
	}
	if (c->first == NULL)
		return 0;
	fputs(dt_colour_on(DT_COLOUR_BOLD, colour), f);
	for (i = 0; i < c->n; i++)
		put_cell(c, f, i, dt_str_c(c->heads[i].head));
	fprintf(f, "%s\n", dt_colour_off(DT_COLOUR_BOLD, colour));
	for (row = c->first; row != NULL; row = row->next) {
		fputs(dt_colour_on(row->colour, colour), f);
		for (i = 0; i < c->n; i++)
			put_cell(c, f, i, row->cell[i]);
		fprintf(f, "%s\n", dt_colour_off(row->colour, colour));
	}
	return ferror(f) ? -1 : 0;
}
