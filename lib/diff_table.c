/* SPDX-License-Identifier: ISC */
/* A comparison as a table for people. */
#include <inttypes.h>

#include "diff_own.h"
#include "sigs_table.h"

static const struct dt_column columns[] = {
	{"CHANGE", false}, {"PHASE", false}, {"GOLDEN", true}, {"NEW", true},
	DT_SIG_COLUMNS
};

static const enum dt_colour colours[DT_CHANGES] = {
	[DT_NEW] = DT_COLOUR_RED,
	[DT_GREW] = DT_COLOUR_RED,
	[DT_KNOWN] = DT_COLOUR_DIM,
	[DT_GONE] = DT_COLOUR_GREEN,
	[DT_SHRANK] = DT_COLOUR_GREEN,
	[DT_UNSEEN] = DT_COLOUR_YELLOW,
};

static int
put_rows(const struct dt_diff *d, FILE *f, bool colour)
{
	struct dt_columns *c = dt_columns_new(columns);
	const struct dt_diff_row *row;
	size_t i;
	int r;

	if (c == NULL)
		return -1;
	for (i = 0; i < d->nrows - d->count[DT_SAME]; i++) {
		row = &d->rows[i];
		dt_columns_put(c, dt_str_c(dt_change_name(row->change)));
		dt_columns_next(c);
		dt_columns_put(c, row->sig.phase);
		dt_columns_next(c);
		dt_columns_num(c, row->golden);
		dt_columns_next(c);
		dt_columns_num(c, row->now);
		dt_columns_next(c);
		dt_sig_cells(c, &row->sig);
		dt_columns_row(c, colours[row->change]);
	}
	r = dt_columns_write(c, f, colour);
	dt_columns_free(c);
	if (r == 0 && i > 0)
		putc('\n', f);
	return r;
}

/* Where a row was seen, for who wants to look. */
static void
put_evidence(FILE *f, const struct dt_diff_row *row)
{
	const struct dt_sig_source *s;
	const struct dt_sig_record *r;

	dt_columns_text(f, row->sig.name);
	putc(' ', f);
	dt_columns_text(f, row->sig.path_shape);
	for (s = row->sig.sources; s != NULL; s = s->next) {
		fputs(s == row->sig.sources ? ": " : ", ", f);
		dt_columns_text(f, s->tracer);
		fputs(" run ", f);
		dt_columns_text(f, s->run.s != NULL ? s->run : DT_STR("-"));
		if (s->seq.set)
			fprintf(f, " record %" PRId64, s->seq.v);
	}
	putc('\n', f);
	for (r = row->sig.records; r != NULL; r = r->next) {
		fputs("    ", f);
		dt_columns_text(f, r->text);
		putc('\n', f);
	}
}

static void
put_all_evidence(const struct dt_diff *d, FILE *f)
{
	const struct dt_diff_row *row;
	bool any = false;

	for (row = d->rows; row < d->rows + d->nrows; row++) {
		if (row->change == DT_SAME || row->sig.sources == NULL)
			continue;
		put_evidence(f, row);
		any = true;
	}
	if (d->evidence && !any && d->nrows > d->count[DT_SAME])
		fputs("where these were seen is not in the documents\n", f);
	if (any || d->evidence)
		putc('\n', f);
}

static void
put_doubts(FILE *f, struct dt_str name, const struct dt_diff_doubt *v,
    size_t n, const char *so, bool colour)
{
	size_t i;

	if (n == 0)
		return;
	fputs(dt_colour_on(DT_COLOUR_YELLOW, colour), f);
	dt_columns_text(f, name);
	fputs(" is incomplete (", f);
	for (i = 0; i < n; i++) {
		fputs(i > 0 ? ", " : "", f);
		if (v[i].phase.s != NULL) {
			dt_columns_text(f, v[i].phase);
			fputs(": ", f);
		}
		fputs(v[i].reason, f);
	}
	fprintf(f, "): %s%s\n", so, dt_colour_off(DT_COLOUR_YELLOW, colour));
}

/* A line of text that the other forms have too; -1 with errno. */
static int
put_line(FILE *f, struct dt_str text)
{
	if (text.s == NULL)
		return -1;
	fwrite(text.s, 1, text.n, f);
	fputs(text.n > 0 ? "\n" : "", f);
	return 0;
}

/* Worlds that differ, and what became of each known denial. */
static int
put_lines(const struct dt_diff *d, FILE *f)
{
	struct dt_arena mem = {0};
	size_t i, n = d->knowns != NULL ? d->knowns->n : 0;
	int r = put_line(f, dt_diff_worlds_text(&mem, d));

	for (i = 0; i < n && r == 0; i++)
		r = put_line(f, dt_diff_known_text(&mem, d,
		    &d->knowns->v[i]));
	dt_arena_free(&mem);
	return r;
}

static void
put_totals(const struct dt_diff *d, FILE *f, bool colour)
{
	enum dt_colour how = dt_diff_is_new(d) ? DT_COLOUR_RED :
	    dt_diff_is_doubtful(d) ? DT_COLOUR_YELLOW : DT_COLOUR_GREEN;
	int change;

	fputs(dt_colour_on(how, colour), f);
	for (change = 0; change < DT_CHANGES; change++)
		if (d->count[change] > 0 || change == DT_NEW ||
		    change == DT_SAME)
			fprintf(f, "%s%zu %s", change > 0 ? ", " : "",
			    d->count[change], dt_change_name(change));
	fprintf(f, "%s\n", dt_colour_off(how, colour));
}

int
dt_diff_write_table(const struct dt_diff *d, FILE *f, bool colour)
{
	if (put_rows(d, f, colour) == -1)
		return -1;
	put_all_evidence(d, f);
	if (put_lines(d, f) == -1)
		return -1;
	if (d->nrows == 0 && dt_sigs_selection(d->now)->n > 0)
		fputs("neither document has anything that was selected\n", f);
	put_doubts(f, d->golden_name, d->golden_doubts, d->ngolden_doubts,
	    "what is new may have been there before", colour);
	put_doubts(f, d->now_name, d->doubts, d->ndoubts,
	    "cannot tell what is gone, nor that nothing else is new", colour);
	put_totals(d, f, colour);
	return ferror(f) ? -1 : 0;
}
