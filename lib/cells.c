/* SPDX-License-Identifier: ISC */
/* Rows that printf(3) padded, taken apart by the header above them. */
#include "cells.h"
#include "scan.h"

/* The longest header there is, and more. */
enum { HEADER_MAX = 256 };

/* The next column of this name; only optional ones may be passed over. */
static const struct dt_cell_col *
next_col(const struct dt_cell_col *cols, size_t ncols, size_t *at,
    struct dt_str name)
{
	for (; *at < ncols; ++*at) {
		if (dt_str_is(name, cols[*at].name))
			return &cols[(*at)++];
		if (!cols[*at].opt)
			break;
	}
	return NULL;
}

/* The words of a header, all of them columns, and none missing. */
static bool
words(const struct dt_cell_col *cols, size_t ncols, struct dt_str line,
    struct dt_cells *lay)
{
	struct dt_str rest = line, name;
	size_t at = 0;

	for (name = dt_scan_word(&rest); name.n > 0;
	    name = dt_scan_word(&rest)) {
		if (lay->n == DT_CELLS_COLS)
			return false;
		lay->col[lay->n] = next_col(cols, ncols, &at, name);
		if (lay->col[lay->n] == NULL)
			return false;
		lay->start[lay->n] = (size_t)(name.s - line.s);
		lay->end[lay->n] = lay->start[lay->n] + name.n;
		lay->n++;
	}
	for (; at < ncols && cols[at].opt; at++)
		continue;
	return lay->n > 0 && at == ncols;
}

/*
 * How wide a text is with the blank behind it.  Where the next column stands
 * on the right, the header does not tell; a text that is as wide as they are
 * fits if it leaves room for that.  Else it was made narrower by hand, and is
 * taken for a word.
 */
static size_t
text_width(const struct dt_cells *lay, size_t i)
{
	size_t w = DT_CELLS_COMM + 1;

	if (lay->col[i]->width > 0)
		w = lay->col[i]->width;
	if (i + 1 == lay->n)
		return w;
	if (!lay->right[i + 1])
		return lay->start[i + 1] - lay->start[i];
	return lay->start[i] + w <= lay->start[i + 1] ? w : 0;
}

/*
 * A header on the right has its own blank behind it and padding before it; or
 * the next is such a one, and takes the room between them.
 */
static bool
is_right(const struct dt_cells *lay, size_t i)
{
	if (lay->col[i]->side != DT_CELL_EITHER)
		return lay->col[i]->side == DT_CELL_RIGHT;
	if (i + 1 == lay->n || i == 0)
		return i > 0;
	if (lay->start[i + 1] == lay->end[i] + 1)
		return lay->start[i] > lay->end[i - 1] + 1;
	return i + 2 < lay->n && lay->right[i + 1];
}

/* What each cell is padded to, as far as that tells where the next begins. */
static void
widths(struct dt_cells *lay)
{
	const struct dt_cell_col *col;
	size_t i;

	for (i = 0; i < lay->n; i++) {
		col = lay->col[i];
		if (col->kind == DT_CELL_TEXT)
			lay->width[i] = text_width(lay, i);
		else if (col->width > 0)
			lay->width[i] = col->width;
		else if (!lay->right[i] && i + 1 < lay->n &&
		    !lay->right[i + 1])
			lay->width[i] = lay->start[i + 1] - lay->start[i];
	}
}

/*
 * Other systems' programs have columns of the same names, with numbers on the
 * right: theirs do not begin the line, or stand next to each other.
 */
static bool
is_ours(const struct dt_cells *lay)
{
	size_t i;

	if (!lay->right[0] && lay->start[0] != 0)
		return false;
	for (i = 0; i + 1 < lay->n; i++)
		if (lay->col[i]->kind == DT_CELL_ID &&
		    lay->start[i + 1] == lay->end[i] + 1)
			return false;
	return true;
}

bool
dt_cells_header(const struct dt_cell_col *cols, size_t ncols,
    struct dt_str line, struct dt_cells *layout)
{
	struct dt_cells lay = {0};
	size_t i;

	if (line.n > HEADER_MAX || !words(cols, ncols, line, &lay))
		return false;
	for (i = lay.n; i > 0; i--)
		lay.right[i - 1] = is_right(&lay, i - 1);
	if (!is_ours(&lay))
		return false;
	widths(&lay);
	*layout = lay;
	return true;
}

size_t
dt_cells_find(const struct dt_cells *lay, const char *name)
{
	size_t i;

	for (i = 0; i < lay->n; i++)
		if (strcmp(lay->col[i]->name, name) == 0)
			return i;
	return lay->n;
}

struct dt_str
dt_cells_get(const struct dt_cells *lay, const char *name)
{
	size_t i = dt_cells_find(lay, name);

	return i < lay->n ? lay->cell[i] : (struct dt_str){0};
}

static bool
octal(struct dt_str s, int64_t *num)
{
	size_t i;

	*num = 0;
	for (i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '7' || *num > INT32_MAX)
			return false;
		*num = *num * 8 + (s.s[i] - '0');
	}
	return s.n > 0;
}

/* A cell to its place; false if it is not what the column holds. */
static bool
store_member(struct dt_record *rec, const struct dt_cell_col *col,
    struct dt_str cell)
{
	bool is_num = col->kind == DT_CELL_NUM || col->kind == DT_CELL_ID;
	void *member = (char *)rec + col->member;
	int64_t num = 0;

	if (is_num && dt_num_parse(cell, &num) == -1)
		return false;
	if (col->kind == DT_CELL_OCT && !octal(cell, &num) &&
	    !dt_str_is(cell, "n/a"))
		return false;
	if (col->member == 0)
		return true;
	if (is_num || col->kind == DT_CELL_OCT)
		*(struct dt_int *)member = DT_INT(num);
	else
		*(struct dt_str *)member = cell;
	return true;
}

/* How many bytes of a text the first n characters are. */
static size_t
characters(struct dt_str s, size_t n)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (((unsigned char)s.s[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	return i;
}

/*
 * A text and what it is padded with.  C pads bytes; Python, which wrote some
 * of the programs, pads characters.
 */
static bool
text_cell(struct dt_str *line, size_t width, bool by_chars,
    struct dt_str *cell)
{
	size_t n = by_chars ? characters(*line, width) : width;

	if (n == 0 || n > line->n || line->s[n - 1] != ' ')
		return false;
	*cell = (struct dt_str){line->s, n - 1};
	while (cell->n > 0 && cell->s[cell->n - 1] == ' ')
		cell->n--;
	*line = dt_str_after(*line, n);
	return true;
}

/* Pass over what a cell on the left is padded with. */
static bool
skip_padding(struct dt_str *line, size_t len, size_t width)
{
	size_t n = len < width ? width - len : 1, i;

	for (i = 0; i < n; i++)
		if (i >= line->n || line->s[i] != ' ')
			return false;
	*line = dt_str_after(*line, n);
	return true;
}

/* The next cell of a row, and the blanks that belong to it. */
static bool
take_cell(const struct dt_cells *lay, size_t i, struct dt_str *line,
    bool by_chars, struct dt_str *cell)
{
	const struct dt_cell_col *col = lay->col[i];
	bool last = i + 1 == lay->n;
	struct dt_str from = *line;

	if (col->kind == DT_CELL_REST) {
		*cell = *line;
		return true;
	}
	if (col->kind == DT_CELL_TEXT && lay->width[i] > 0)
		return text_cell(line, lay->width[i], by_chars, cell);
	if (!lay->right[i] && (line->n == 0 || line->s[0] == ' '))
		return false;
	*cell = dt_scan_word(line);
	if (cell->n == 0)
		return false;
	if (last)
		return dt_scan_trim(*line).n == 0;
	/* Of an empty last column the blank may be gone, too. */
	if (line->n == 0)
		return lay->col[i + 1]->kind == DT_CELL_REST;
	if (lay->right[i] || lay->width[i] == 0)
		return dt_scan_take(line, " ");
	return skip_padding(line, from.n - line->n, lay->width[i]);
}

/* 1 if the line is no row, -1 with errno. */
static int
take_row(struct dt_cells *lay, struct dt_str line, bool by_chars,
    struct dt_record *rec)
{
	const struct dt_cell_col *col;
	struct dt_str *cell;
	size_t i;

	for (i = 0; i < lay->n; i++) {
		col = lay->col[i];
		cell = &lay->cell[i];
		if (!take_cell(lay, i, &line, by_chars, cell) ||
		    !store_member(rec, col, *cell))
			return 1;
		if (col->field != NULL && dt_record_put(rec, &rec->fields,
		    dt_str_c(col->field), *cell) == -1)
			return -1;
	}
	return 0;
}

static bool
is_ascii(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return false;
	return true;
}

int
dt_cells_row(struct dt_cells *lay, struct dt_str line, struct dt_record *rec)
{
	int r = take_row(lay, line, false, rec);

	if (r != 1 || is_ascii(line))
		return r;
	dt_record_reset(rec);
	return take_row(lay, line, true, rec);
}
