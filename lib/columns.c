/* SPDX-License-Identifier: ISC */
/* Aligned columns of text for people, safe for a terminal. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "utf8.h"

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
	FILE *text;		/* the cell being made */
	char *buf;
	size_t len;
	int err;
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
	size_t i, n, bad;

	for (i = 0; i < str.n; i += n != 0 ? n : bad) {
		n = dt_utf8_len(dt_str_after(str, i), &bad);
		if (n == 0)
			fputs("\357\277\275", f);
		else if (n == 1 && ((unsigned char)str.s[i] < ' ' ||
		    str.s[i] == 0x7f))
			fprintf(f, "\\x%02x", (unsigned char)str.s[i]);
		else if (n == 2 && (unsigned char)str.s[i] == 0xc2 &&
		    (unsigned char)str.s[i + 1] < 0xa0)
			fprintf(f, "\\u%04x", (unsigned char)str.s[i + 1]);
		else
			fwrite(str.s + i, 1, n, f);
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
	c->text = open_memstream(&c->buf, &c->len);
	if (c->text != NULL)
		return c;
	free(c);
	return NULL;
}

void
dt_columns_free(struct dt_columns *c)
{
	if (c == NULL)
		return;
	fclose(c->text);
	free(c->buf);
	dt_arena_free(&c->mem);
	free(c);
}

void
dt_columns_put(struct dt_columns *c, struct dt_str str)
{
	dt_columns_text(c->text, str);
}

void
dt_columns_num(struct dt_columns *c, int64_t num)
{
	fprintf(c->text, "%" PRId64, num);
}

void
dt_columns_next(struct dt_columns *c)
{
	struct dt_str str = DT_STR("-");

	if (fflush(c->text) == EOF)
		c->err = errno;
	else if (c->len > 0)
		str = dt_arena_dup(&c->mem, (struct dt_str){c->buf, c->len});
	if (str.s == NULL)
		c->err = ENOMEM;
	widen(c, str);
	c->cell[c->at++] = str;
	rewind(c->text);
}

void
dt_columns_row(struct dt_columns *c, enum dt_colour colour)
{
	struct row *row = dt_arena_alloc(&c->mem, sizeof(*row) +
	    c->n * sizeof(row->cell[0]));

	c->at = 0;
	if (row == NULL) {
		c->err = ENOMEM;
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

	if (c->err != 0) {
		errno = c->err;
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
