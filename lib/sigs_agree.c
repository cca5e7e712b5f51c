/* SPDX-License-Identifier: ISC */
/* What the program says it was refused beside what a tracer saw. */
#include <stdlib.h>
#include <string.h>

#include "sigs_agree.h"
#include "sigs_doc.h"
#include "sigs_table.h"

/* A refusal, as often as each layer has it. */
struct row {
	struct dt_sig sig;	/* of the tracer where it has it */
	int64_t program, tracer;
	size_t no;		/* its place in the fold */
};

struct dt_agree {
	const struct dt_sigs *sigs;
	struct row *v;
	size_t n;
	size_t phases;
	size_t count[DT_LAYERS];
};

static const char *const names[DT_LAYERS] = {
	[DT_ONLY_PROGRAM] = "only-program",
	[DT_ONLY_TRACER] = "only-tracer",
	[DT_BOTH] = "both",
};

static enum dt_layer
layer(const struct row *row)
{
	return row->program == 0 ? DT_ONLY_TRACER :
	    row->tracer == 0 ? DT_ONLY_PROGRAM : DT_BOTH;
}

/* Whether two refusals are one, without what only one layer can know. */
static int
by_refusal(const void *pa, const void *pb)
{
	const struct dt_sig *a = &((const struct row *)pa)->sig;
	const struct dt_sig *b = &((const struct row *)pb)->sig;
	int r;

	if ((r = dt_str_cmp(a->phase, b->phase)) != 0 ||
	    (r = dt_str_cmp(a->name, b->name)) != 0 ||
	    (r = dt_str_cmp(a->path_shape, b->path_shape)) != 0 ||
	    (r = dt_str_cmp(a->path2_shape, b->path2_shape)) != 0 ||
	    (r = dt_str_cmp(a->target_shape, b->target_shape)) != 0)
		return r;
	if (a->errnum.set != b->errnum.set)
		return a->errnum.set ? 1 : -1;
	return (a->errnum.v > b->errnum.v) - (a->errnum.v < b->errnum.v);
}

static int
by_refusal_and_place(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int r = by_refusal(a, b);

	return r != 0 ? r : (a->no > b->no) - (a->no < b->no);
}

/* What was seen by fewer stands first. */
static int
by_layer(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (layer(a) != layer(b))
		return layer(a) < layer(b) ? -1 : 1;
	return by_refusal(a, b);
}

static bool
is_program(struct dt_str tracer)
{
	return dt_str_is(tracer, "probe");
}

/* Are there records of both layers in a phase? */
static bool
has_both(const struct dt_sig_input *in)
{
	size_t i, program = 0;

	for (i = 0; i < in->tracers.list.n; i++)
		program += is_program(in->tracers.list.v[i]);
	return program > 0 && program < in->tracers.list.n;
}

static bool
is_compared(const struct dt_sigs *ss, struct dt_str phase)
{
	size_t i;

	for (i = 0; i < dt_sigs_inputs(ss); i++)
		if (dt_str_eq(dt_sigs_input(ss, i)->phase, phase))
			return has_both(dt_sigs_input(ss, i));
	return false;
}

static void
fill(struct dt_agree *a)
{
	struct row *row;
	size_t i;

	for (i = 0; i < dt_sigs_inputs(a->sigs); i++)
		a->phases += has_both(dt_sigs_input(a->sigs, i));
	for (i = 0; i < dt_sigs_count(a->sigs); i++) {
		row = &a->v[a->n];
		*row = (struct row){.sig = dt_sigs_at(a->sigs, i), .no = i};
		if (!is_compared(a->sigs, row->sig.phase))
			continue;
		if (dt_str_is(row->sig.kind, "probe"))
			row->program = row->sig.count;
		else
			row->tracer = row->sig.count;
		a->n++;
	}
}

/* Rows of the same refusal become one. */
static void
join(struct dt_agree *a)
{
	struct row *to, *row;
	size_t i, n = 0;

	for (i = 0; i < a->n; i++) {
		row = &a->v[i];
		if (n == 0 || by_refusal(&a->v[n - 1], row) != 0) {
			a->v[n++] = *row;
			continue;
		}
		/* No sum of counts is above that of the phase. */
		to = &a->v[n - 1];
		if (to->tracer == 0 && row->tracer > 0)
			to->sig = row->sig;
		to->program += row->program;
		to->tracer += row->tracer;
	}
	a->n = n;
}

struct dt_agree *
dt_agree_new(const struct dt_sigs *ss)
{
	struct dt_agree *a = calloc(1, sizeof(*a));
	size_t i;

	if (a == NULL)
		return NULL;
	a->sigs = ss;
	a->v = malloc((dt_sigs_count(ss) + 1) * sizeof(*a->v));
	if (a->v == NULL) {
		free(a);
		return NULL;
	}
	fill(a);
	if (a->n > 0)
		qsort(a->v, a->n, sizeof(*a->v), by_refusal_and_place);
	join(a);
	if (a->n > 0)
		qsort(a->v, a->n, sizeof(*a->v), by_layer);
	for (i = 0; i < a->n; i++)
		a->count[layer(&a->v[i])]++;
	return a;
}

void
dt_agree_free(struct dt_agree *a)
{
	if (a == NULL)
		return;
	free(a->v);
	free(a);
}

size_t
dt_agree_phases(const struct dt_agree *a)
{
	return a->phases;
}

size_t
dt_agree_count(const struct dt_agree *a, enum dt_layer which)
{
	return a->count[which];
}

static void
put_uncompared(FILE *f, const struct dt_sig_input *in)
{
	if (has_both(in))
		return;
	dt_columns_text(f, in->phase.s != NULL ? in->phase : DT_STR("-"));
	fputs(": not compared, there are no records of both\n", f);
}

int
dt_agree_write_table(const struct dt_agree *a, FILE *f, bool colour)
{
	static const struct dt_column columns[] = {
		{"SEEN BY", false}, {"PHASE", false}, {"PROGRAM", true},
		{"TRACER", true}, DT_SIG_COLUMNS
	};
	static const enum dt_colour colours[DT_LAYERS] = {
		[DT_ONLY_PROGRAM] = DT_COLOUR_RED,
		[DT_ONLY_TRACER] = DT_COLOUR_YELLOW,
	};
	struct dt_columns *c = dt_columns_new(columns);
	const struct row *row;
	size_t i;
	int r;

	if (c == NULL)
		return -1;
	for (row = a->v; row < a->v + a->n; row++) {
		dt_columns_put(c, dt_str_c(names[layer(row)]));
		dt_columns_next(c);
		dt_columns_put(c, row->sig.phase);
		dt_columns_next(c);
		dt_columns_num(c, row->program);
		dt_columns_next(c);
		dt_columns_num(c, row->tracer);
		dt_columns_next(c);
		dt_sig_cells(c, &row->sig);
		dt_columns_row(c, colours[layer(row)]);
	}
	r = dt_columns_write(c, f, colour);
	dt_columns_free(c);
	fprintf(f, "%s%zu seen by both, %zu only by the program, "
	    "%zu only by the tracer\n", a->n > 0 ? "\n" : "",
	    a->count[DT_BOTH], a->count[DT_ONLY_PROGRAM],
	    a->count[DT_ONLY_TRACER]);
	for (i = 0; i < dt_sigs_inputs(a->sigs); i++)
		put_uncompared(f, dt_sigs_input(a->sigs, i));
	return r == 0 ? dt_sigs_write_inputs(a->sigs, f, colour) : -1;
}

static void
write_row(struct dt_json *j, const struct row *row)
{
	dt_json_open(j);
	dt_json_member(j, "seen_by", dt_str_c(names[layer(row)]));
	dt_json_member_int(j, "program_count", row->program);
	dt_json_member_int(j, "tracer_count", row->tracer);
	dt_sig_write_members(j, &row->sig);
	dt_json_close(j);
}

int
dt_agree_write_json(const struct dt_agree *a, FILE *f, bool pretty)
{
	struct dt_json *j = dt_json_new(f, pretty);
	const struct dt_sig_input *in;
	size_t i;

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-signature-agreement/1"));
	dt_json_member_bool(j, "complete", dt_sigs_complete(a->sigs));
	dt_json_key(j, "phases");
	dt_json_array(j);
	for (i = 0; i < dt_sigs_inputs(a->sigs); i++) {
		in = dt_sigs_input(a->sigs, i);
		dt_json_open(j);
		dt_json_member(j, "phase", in->phase);
		dt_json_member_bool(j, "compared", has_both(in));
		dt_json_close(j);
	}
	dt_json_array_close(j);
	dt_json_key(j, "refusals");
	dt_json_array(j);
	for (i = 0; i < a->n; i++)
		write_row(j, &a->v[i]);
	dt_json_array_close(j);
	dt_json_close(j);
	return dt_json_end(j);
}
