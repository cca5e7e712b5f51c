/* SPDX-License-Identifier: ISC */
/* Headers and rows of the DTraceToolkit's snoop programs, taken apart. */
#include "record.h"
#include "scan.h"
#include "snoop.h"

enum {
	STRING_MAX = 255,	/* where DTrace cuts a string */
	ROW_MAX = 2048,		/* longer than any row */
};

/* A word of the header, and where it stands. */
struct word {
	size_t start, end;
};

static bool
is_text(enum dt_snoop_kind kind)
{
	return kind == DT_SNOOP_TEXT || kind == DT_SNOOP_RTEXT ||
	    kind == DT_SNOOP_ESC || kind == DT_SNOOP_NOTE;
}

static bool
on_left(const struct dt_snoop_col *col)
{
	return col->left || col->kind == DT_SNOOP_DATE ||
	    (is_text(col->kind) && col->kind != DT_SNOOP_RTEXT);
}

static const struct dt_snoop_col *
col_byname(const struct dt_snoop_prog *prog, struct dt_str name)
{
	size_t i;

	if (dt_scan_ends(name, "(us)"))
		name.n -= strlen("(us)");
	for (i = 0; i < prog->ncols; i++)
		if (dt_str_is(name, prog->cols[i].name))
			return &prog->cols[i];
	return NULL;
}

size_t
dt_snoop_find(const struct dt_snoop_layout *lay, const char *name)
{
	size_t i;

	for (i = 0; i < lay->n; i++)
		if (strcmp(lay->col[i]->name, name) == 0)
			return i;
	return lay->n;
}

/* The words of a header, all of them columns; false if one is none. */
static bool
words(const struct dt_snoop_prog *prog, struct dt_str line,
    struct dt_snoop_layout *lay, struct word at[])
{
	struct dt_str rest = line, name;

	for (name = dt_scan_word(&rest); name.n > 0;
	    name = dt_scan_word(&rest)) {
		if (lay->n == DT_SNOOP_COLS)
			return false;
		lay->col[lay->n] = col_byname(prog, name);
		if (lay->col[lay->n] == NULL)
			return false;
		at[lay->n].start = (size_t)(name.s - line.s);
		at[lay->n++].end = (size_t)(name.s - line.s) + name.n;
	}
	return lay->n > 0;
}

/*
 * Other programs have columns of the same names: theirs stand on the left, so
 * that there is more than the header's own blank behind them.  `dump` is
 * whether there is one blank between any two, as -A has it; other options may
 * put their columns behind those of -A.
 */
static bool
is_aligned(const struct dt_snoop_layout *lay, const struct word at[],
    bool *dump)
{
	static const size_t most = 2;
	size_t i, gap;

	*dump = at[0].start == 0;
	for (i = 0; i + 1 < lay->n; i++) {
		gap = at[i + 1].start - at[i].end;
		if (gap > most && !on_left(lay->col[i]) &&
		    on_left(lay->col[i + 1]))
			return false;
		if (gap > 1 && lay->col[i + 1]->use != DT_SNOOP_OPT)
			*dump = false;
	}
	return true;
}

/* Does the header have the columns that it must have, and once? */
static bool
has_columns(const struct dt_snoop_prog *prog, struct dt_snoop_layout *lay,
    bool dump)
{
	bool dumped = false;
	size_t i, j, n;

	for (i = 0; i < prog->ncols; i++) {
		for (j = 0, n = 0; j < lay->n; j++)
			n += lay->col[j] == &prog->cols[i];
		if (n == 0 && prog->cols[i].use == DT_SNOOP_NEED)
			return false;
		lay->glued = lay->glued || n > 1;
		dumped = dumped || (n > 0 &&
		    prog->cols[i].use == DT_SNOOP_DUMP);
	}
	for (i = 0; i + 1 < lay->n; i++)
		lay->glued = lay->glued || lay->col[i]->kind == DT_SNOOP_ESC;
	return dumped == dump;
}

/* What a column is padded to: versions differ, so the header tells. */
static size_t
width(const struct dt_snoop_layout *lay, const struct word at[], size_t i)
{
	const struct dt_snoop_col *col = lay->col[i];
	size_t from = at[i].start, to;

	if (col->kind == DT_SNOOP_RTEXT)
		return i > 0 ? at[i].end - at[i - 1].end - 1 : col->width;
	if (col->kind != DT_SNOOP_TEXT || i + 1 == lay->n)
		return col->width;
	to = at[i + 1].start;
	if (!on_left(lay->col[i + 1]))
		to = at[i + 1].end - lay->col[i + 1]->width;
	return to > from + 1 ? to - from - 1 : 0;
}

bool
dt_snoop_header(const struct dt_snoop_prog *prog, struct dt_str line,
    struct dt_snoop_layout *layout)
{
	struct word at[DT_SNOOP_COLS];
	struct dt_snoop_layout lay = {0};
	bool dump;
	size_t i;

	lay.crlf = dt_scan_ends(line, "\r");
	line.n -= lay.crlf;
	if (!words(prog, line, &lay, at) || !is_aligned(&lay, at, &dump) ||
	    !has_columns(prog, &lay, dump))
		return false;
	for (i = 0; i < lay.n; i++)
		lay.width[i] = dump ? 0 : width(&lay, at, i);
	for (lay.tail = lay.n; lay.tail > 0 &&
	    is_text(lay.col[lay.tail - 1]->kind); lay.tail--)
		continue;
	lay.padded = !dump && dt_scan_ends(line, " ") &&
	    lay.col[lay.n - 1]->kind == DT_SNOOP_TEXT;
	*layout = lay;
	return true;
}

static struct dt_str
trim_blanks(struct dt_str s, bool front)
{
	while (front && s.n > 0 && s.s[0] == ' ')
		s = dt_str_after(s, 1);
	while (!front && s.n > 0 && s.s[s.n - 1] == ' ')
		s.n--;
	return s;
}

static bool
suits(const struct dt_snoop_col *col, struct dt_str cell)
{
	if (col->max > 0 && (cell.n == 0 || cell.n > col->max))
		return false;
	return col->first == NULL || (cell.n > 0 && cell.s[0] != '\0' &&
	    strchr(col->first, cell.s[0]) != NULL);
}

/* The first n bytes of a row as a cell, if they can be one. */
static bool
text_cell(const struct dt_snoop_layout *lay, size_t i, struct dt_str text,
    size_t n, struct dt_str *cell)
{
	const struct dt_snoop_col *col = lay->col[i];

	if (n >= text.n || text.s[n] != ' ')
		return false;
	*cell = (struct dt_str){text.s, n};
	if (n == lay->width[i])
		*cell = trim_blanks(*cell, col->kind == DT_SNOOP_RTEXT);
	return suits(col, *cell);
}

/* The rest of a row as its last cell; a padded one has its whole padding. */
static bool
last_cell(const struct dt_snoop_layout *lay, size_t i, struct dt_str text,
    struct dt_str *cell)
{
	const struct dt_snoop_col *col = lay->col[i];

	*cell = col->kind == DT_SNOOP_NOTE ? dt_scan_trim(text) : text;
	if (!lay->padded)
		return suits(col, *cell);
	if (cell->n < lay->width[i] + 1)
		return false;
	cell->n--;
	if (cell->n == lay->width[i])
		*cell = trim_blanks(*cell, false);
	return suits(col, *cell);
}

/* The ways in which a text can be taken apart: none, one, or more (2). */
struct ways {
	const struct dt_snoop_layout *lay;
	int n;
	struct dt_str cell[DT_SNOOP_COLS];	/* of the way tried */
	struct dt_str found[DT_SNOOP_COLS];	/* of the first */
	struct dt_str rest;			/* behind that */
	/* Where no way goes on, by column and by how much text is left. */
	uint64_t dead[DT_SNOOP_COLS][ROW_MAX / 64 + 1];
};

static void
found(struct ways *ways, struct dt_str rest)
{
	if (++ways->n > 1)
		return;
	memcpy(ways->found, ways->cell, sizeof(ways->found));
	ways->rest = rest;
}

/* The longest that a cell can be, without the blank behind it. */
static size_t
longest(const struct dt_snoop_layout *lay, size_t i)
{
	size_t max = lay->col[i]->max;

	if (max == 0)
		max = STRING_MAX;
	return max > lay->width[i] ? max : lay->width[i];
}

static void
split_tail(struct ways *ways, size_t i, struct dt_str text)
{
	const struct dt_snoop_layout *lay = ways->lay;
	uint64_t *dead = &ways->dead[i][text.n / 64];
	uint64_t bit = UINT64_C(1) << text.n % 64;
	int before = ways->n;
	size_t n;

	if ((*dead & bit) != 0)
		return;
	if (i + 1 == lay->n) {
		if (last_cell(lay, i, text, &ways->cell[i]))
			found(ways, (struct dt_str){0});
		return;
	}
	for (n = lay->width[i]; n <= longest(lay, i) && ways->n < 2; n++)
		if (text_cell(lay, i, text, n, &ways->cell[i]))
			split_tail(ways, i + 1, dt_str_after(text, n + 1));
	if (ways->n == before)
		*dead |= bit;
}

/* 2005 Jan 22 01:22:50: the month is in the language of the machine. */
static bool
date(struct dt_str *text, struct dt_str *cell)
{
	struct dt_str year, day, clock;

	year = dt_scan_word(text);
	dt_scan_word(text);
	day = dt_scan_word(text);
	clock = dt_scan_word(text);
	*cell = (struct dt_str){year.s, (size_t)(clock.s - year.s) + clock.n};
	return year.n == 4 && dt_scan_digits(year) && dt_scan_digits(day) &&
	    dt_scan_find(clock, ":") < clock.n;
}

/* Is a cell padded in front just as much as it has to be? */
static bool
is_padded(const struct dt_snoop_col *col, struct dt_str from,
    struct dt_str cell)
{
	size_t n = (size_t)(cell.s - from.s) + cell.n;
	size_t wide = col->left ? 0 : col->width;

	return n == (cell.n > wide ? cell.n : wide);
}

/* A cell without blanks; its padding is looked at where it tells something. */
static bool
fixed(const struct dt_snoop_layout *lay, size_t i, struct dt_str *text,
    struct dt_str *cell)
{
	const struct dt_snoop_col *col = lay->col[i];
	struct dt_str from = *text;
	int64_t num;

	if (col->kind == DT_SNOOP_DATE)
		return date(text, cell);
	*cell = dt_scan_word(text);
	if (cell->n == 0 || !suits(col, *cell) ||
	    (col->kind == DT_SNOOP_NUM && dt_num_parse(*cell, &num) == -1))
		return false;
	if (lay->strict || (i > 0 && is_text(lay->col[i - 1]->kind) &&
	    lay->width[i - 1] > 0))
		return is_padded(col, from, *cell);
	return true;
}

static void split_front(struct ways *, size_t i, struct dt_str text);

/* A text with blanks before other columns. */
static void
split_text(struct ways *ways, size_t i, struct dt_str text)
{
	const struct dt_snoop_layout *lay = ways->lay;
	size_t n;

	for (n = lay->width[i]; n <= longest(lay, i) && ways->n < 2; n++)
		if (text_cell(lay, i, text, n, &ways->cell[i]))
			split_front(ways, i + 1, dt_str_after(text, n));
}

/* The columns up to those that end the row, each behind a blank. */
static void
split_front(struct ways *ways, size_t i, struct dt_str text)
{
	const struct dt_snoop_layout *lay = ways->lay;

	for (; i < lay->n; i++) {
		if (i > 0 && !dt_scan_take(&text, " ")) {
			/* An empty last column may have lost its blank. */
			if (i < lay->tail || text.n > 0)
				return;
		}
		if (i == lay->tail)
			break;
		if (is_text(lay->col[i]->kind)) {
			split_text(ways, i, text);
			return;
		}
		if (!fixed(lay, i, &text, &ways->cell[i]))
			return;
	}
	found(ways, text);
}

/* Is a column's padding there to be seen, and with it the column's end? */
static bool
shows_padding(const struct dt_snoop_layout *lay, size_t i, struct dt_str text)
{
	size_t w = lay->width[i];

	if (w == 0 || w >= text.n || text.s[w] != ' ')
		return false;
	return lay->col[i]->kind == DT_SNOOP_RTEXT ? text.s[0] == ' ' :
	    text.s[w - 1] == ' ';
}

/*
 * Take the last columns apart.  Where there is more than one way, the padding
 * of a column is taken for what it looks like; that is a guess, for a name may
 * hold as many blanks.  Without padding nobody can tell.
 */
static void
tail(const struct dt_snoop_layout *lay, struct dt_str text,
    struct dt_snoop_row *row)
{
	struct ways ways;
	size_t i;

	for (i = lay->tail; i < lay->n; i++) {
		ways = (struct ways){.lay = lay};
		split_tail(&ways, i, text);
		if (ways.n == 1) {
			memcpy(row->cell + i, ways.found + i,
			    (lay->n - i) * sizeof(row->cell[0]));
			return;
		}
		if (ways.n == 0 || !shows_padding(lay, i, text) ||
		    !text_cell(lay, i, text, lay->width[i], &ways.cell[i]))
			break;
		row->cell[i] = ways.cell[i];
		row->guessed = true;
		text = dt_str_after(text, lay->width[i] + 1);
	}
	row->tail = text;
}

const char *
dt_snoop_split(const struct dt_snoop_layout *lay, struct dt_str line,
    struct dt_snoop_row *row)
{
	struct ways ways = {.lay = lay};

	*row = (struct dt_snoop_row){0};
	if (lay->glued)
		return "columns that run into each other";
	if (lay->crlf && dt_scan_ends(line, "\r"))
		line.n--;
	if (line.n > ROW_MAX)
		return "longer than any row";
	split_front(&ways, 0, line);
	if (ways.n == 0)
		return "no row of the columns in the header";
	/* A newline in a name cuts its row in two. */
	if (lay->padded && !dt_scan_ends(line, " "))
		return "a row without its end";
	if (ways.n > 1)
		return "columns that cannot be told apart";
	memcpy(row->cell, ways.found, sizeof(row->cell));
	if (lay->tail < lay->n)
		tail(lay, ways.rest, row);
	return NULL;
}
