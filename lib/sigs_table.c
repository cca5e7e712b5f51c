/* SPDX-License-Identifier: ISC */
/* Deny signatures as a table for people. */
#include <inttypes.h>

#include "sigs_table.h"

static const struct dt_column columns[] = {
	{"PHASE", false}, {"COUNT", true}, DT_SIG_COLUMNS
};

static void
cell(struct dt_columns *c, struct dt_str str)
{
	dt_columns_put(c, str);
	dt_columns_next(c);
}

void
dt_sig_cells(struct dt_columns *c, const struct dt_sig *sig)
{
	cell(c, sig->name);
	if (sig->errno_name.s == NULL && sig->errnum.v != 0)
		dt_columns_num(c, sig->errnum.v);
	cell(c, sig->errno_name);
	cell(c, sig->op);
	cell(c, sig->denied_by);
	dt_columns_put(c, sig->path_shape);
	if (sig->path2_shape.n > 0) {
		dt_columns_put(c, DT_STR(" -> "));
		dt_columns_put(c, sig->path2_shape);
	}
	dt_columns_put(c, sig->target_shape);
	dt_columns_next(c);
}

static void
put_input(FILE *f, const struct dt_sig_input *in, bool colour)
{
	unsigned i, why = dt_sig_incomplete(in);
	enum dt_colour how = why == 0 ? DT_COLOUR_GREEN : DT_COLOUR_RED;
	const char *sep = " (";

	dt_columns_text(f, in->phase.s != NULL ? in->phase : DT_STR("-"));
	fprintf(f, ": %" PRId64 " event%s, %" PRId64 " denied, %s%s%s",
	    in->event_count, in->event_count == 1 ? "" : "s", in->deny_count,
	    dt_colour_on(how, colour), why == 0 ? "complete" : "INCOMPLETE",
	    dt_colour_off(how, colour));
	for (i = 0; i < DT_REASONS; i++)
		if ((why & 1u << i) != 0) {
			fprintf(f, "%s%s", sep, dt_sig_reason_name(i));
			sep = ", ";
		}
	fputs(why == 0 ? "\n" : ")\n", f);
}

int
dt_sigs_write_inputs(const struct dt_sigs *ss, FILE *f, bool colour)
{
	size_t i;

	for (i = 0; i < dt_sigs_inputs(ss); i++)
		put_input(f, dt_sigs_input(ss, i), colour);
	if (dt_sigs_inputs(ss) == 0)
		fputs("nothing was captured\n", f);
	return ferror(f) ? -1 : 0;
}

int
dt_sigs_write_table(const struct dt_sigs *ss, FILE *f, bool colour)
{
	struct dt_columns *c = dt_columns_new(columns);
	struct dt_sig sig;
	size_t i;
	int r;

	if (c == NULL)
		return -1;
	for (i = 0; i < dt_sigs_count(ss); i++) {
		sig = dt_sigs_at(ss, i);
		cell(c, sig.phase);
		dt_columns_num(c, sig.count);
		dt_columns_next(c);
		dt_sig_cells(c, &sig);
		dt_columns_row(c, DT_COLOUR_NONE);
	}
	r = dt_columns_write(c, f, colour);
	dt_columns_free(c);
	if (dt_sigs_count(ss) > 0)
		putc('\n', f);
	return r == 0 ? dt_sigs_write_inputs(ss, f, colour) : -1;
}
