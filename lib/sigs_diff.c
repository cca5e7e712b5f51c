/* SPDX-License-Identifier: ISC */
/* Two folds compared: what is new, what is gone, and what nobody can tell. */
#include <stdlib.h>

#include "sigs_diff.h"
#include "sigs_layers.h"

/* Who refused, in either. */
struct layers {
	struct dt_layers golden, now;
};

static const char *const names[DT_CHANGES] = {
	[DT_NEW] = "new",
	[DT_GREW] = "grew",
	[DT_KNOWN] = "known",
	[DT_SHRANK] = "shrank",
	[DT_GONE] = "gone",
	[DT_UNSEEN] = "unseen",
	[DT_SAME] = "same",
};

const char *
dt_change_name(enum dt_change change)
{
	return names[change];
}

static bool
has_phase(const struct dt_sigs *ss, struct dt_str phase)
{
	size_t i;

	for (i = 0; i < dt_sigs_inputs(ss); i++)
		if (dt_str_eq(dt_sigs_input(ss, i)->phase, phase))
			return true;
	return false;
}

/* Why a fold is not complete.  What is of no phase may be of any. */
static size_t
add_reasons(struct dt_diff_doubt *v, const struct dt_sigs *ss,
    const struct dt_match *match)
{
	const struct dt_sig_input *in;
	size_t i, n = 0, looked_at = 0;
	unsigned why, r;

	for (i = 0; i < dt_sigs_inputs(ss); i++) {
		in = dt_sigs_input(ss, i);
		if (dt_match_phase(match, in->phase))
			looked_at++;
		else if (in->phase.s != NULL)
			continue;
		why = dt_sig_incomplete(in);
		for (r = 0; r < DT_REASONS; r++)
			if ((why & 1u << r) != 0)
				v[n++] = (struct dt_diff_doubt){in->phase,
				    dt_sig_reason_name(r), r == DT_BLOCKED};
	}
	if (looked_at == 0)
		v[n++] = (struct dt_diff_doubt){{0}, "no-capture", true};
	return n;
}

/* Phases of the golden fold that the new one has not. */
static void
add_phases(struct dt_diff *d, const struct dt_match *match)
{
	struct dt_str phase;
	size_t i;

	for (i = 0; i < dt_sigs_inputs(d->golden); i++) {
		phase = dt_sigs_input(d->golden, i)->phase;
		/* What has no name may be of any phase. */
		if ((phase.s == NULL || dt_match_phase(match, phase)) &&
		    !has_phase(d->now, phase))
			d->doubts[d->ndoubts++] = (struct dt_diff_doubt){phase,
			    "not-captured", true};
	}
}

static bool
has_world(const struct dt_sigs *ss, struct dt_str world)
{
	size_t w;

	for (w = 0; w < dt_sigs_worlds(ss); w++)
		if (dt_str_eq(dt_sigs_world(ss, w), world))
			return true;
	return false;
}

/*
 * Worlds of the golden fold that the new one has not, though it has others of
 * them; with none in common, one is compared with another all the same.
 */
static void
add_worlds(struct dt_diff *d)
{
	size_t w, missing = 0, n = dt_sigs_worlds(d->golden);

	for (w = 0; w < n; w++)
		missing += !has_world(d->now, dt_sigs_world(d->golden, w));
	if (missing == n)
		return;
	d->some_worlds = missing > 0;
	if (missing > 0)
		d->doubts[d->ndoubts++] = (struct dt_diff_doubt){{0},
		    "world-not-captured", true};
}

static int
set_doubts(struct dt_diff *d, const struct dt_match *match)
{
	const struct dt_sigs *g = d->golden, *now = d->now;

	d->golden_doubts = malloc((dt_sigs_inputs(g) * DT_REASONS + 1) *
	    sizeof(*d->golden_doubts));
	d->doubts = malloc((dt_sigs_inputs(now) * DT_REASONS + 1 +
	    dt_sigs_inputs(g) + 1) * sizeof(*d->doubts));
	if (d->doubts == NULL || d->golden_doubts == NULL)
		return -1;
	d->ngolden_doubts = add_reasons(d->golden_doubts, g, match);
	d->ndoubts = add_reasons(d->doubts, now, match);
	d->incomplete = d->ndoubts > 0;
	add_phases(d, match);
	add_worlds(d);
	return 0;
}

/* How much a count may differ. */
static int64_t
allowed(const struct dt_diff_opts *opts, int64_t golden)
{
	int64_t part = INT64_MAX;

	if (opts->percent == 0 || golden / 100 < INT64_MAX / opts->percent - 1)
		part = golden / 100 * opts->percent +
		    golden % 100 * opts->percent / 100;
	return part > opts->tolerance ? part : opts->tolerance;
}

static enum dt_change
compare(const struct dt_diff *d, const struct dt_diff_opts *opts,
    int64_t golden, int64_t now)
{
	if (golden == 0)
		return DT_NEW;
	if (!opts->counts)
		return DT_SAME;
	if (now - golden > allowed(opts, golden))
		return DT_GREW;
	/* What was not seen whole may have been as often as before. */
	if (golden - now > allowed(opts, golden) && !d->incomplete &&
	    !d->some_worlds)
		return DT_SHRANK;
	return DT_SAME;
}

/* Would the new fold have a signature of the golden one, if it was seen? */
static bool
would_show(const struct dt_diff *d, size_t i, struct dt_str phase)
{
	size_t w;

	if (d->incomplete || !has_phase(d->now, phase))
		return false;
	for (w = 0; d->some_worlds && w < dt_sigs_worlds(d->golden); w++)
		if (dt_sigs_has(d->golden, i, w) &&
		    has_world(d->now, dt_sigs_world(d->golden, w)))
			return true;
	return !d->some_worlds;
}

/*
 * Look for a signature of the new fold in the golden one.  Where that does not
 * know who refused, all who did in the new one are compared with it together.
 */
static enum dt_change
change_of(const struct dt_diff *d, const struct dt_diff_opts *opts,
    const struct layers *l, struct dt_diff_row *row)
{
	struct dt_sig other;
	int64_t now = row->now;

	if (dt_sigs_find(d->golden, &row->sig, &other))
		row->golden = other.count;
	else {
		row->golden = dt_layers_count(&l->golden, &row->sig);
		if (row->golden > 0 && row->sig.denied_by.s != NULL)
			now = dt_layers_known(&l->now, &row->sig);
	}
	return compare(d, opts, row->golden, now);
}

/* A row of the new fold. */
static struct dt_diff_row
row_now(const struct dt_diff *d, const struct dt_diff_opts *opts,
    const struct layers *l, size_t i)
{
	struct dt_diff_row row = {.sig = dt_sigs_at(d->now, i)};
	const struct dt_known *known = NULL;
	struct dt_sig other;

	row.now = row.sig.count;
	row.change = change_of(d, opts, l, &row);
	if (opts->knowns != NULL)
		known = dt_known_find(opts->knowns, &row.sig);
	if (known != NULL &&
	    (row.change == DT_NEW || row.change == DT_GREW)) {
		row.change = DT_KNOWN;
		row.known = known;
	}
	if (opts->seen != NULL && dt_sigs_find(opts->seen, &row.sig, &other)) {
		row.sig.records = other.records;
		row.sig.sources = other.sources;
	}
	return row;
}

/* All rows: the new fold's in its order, then what only the golden one has. */
static struct dt_diff_row *
rows(const struct dt_diff *d, const struct dt_diff_opts *opts, size_t *n)
{
	struct dt_diff_row *v, *row;
	struct dt_sig other;
	struct layers l;
	size_t i;

	*n = 0;
	dt_layers_of(&l.golden, d->golden);
	dt_layers_of(&l.now, d->now);
	v = malloc((dt_sigs_count(d->golden) + dt_sigs_count(d->now) + 1) *
	    sizeof(*v));
	if (v == NULL)
		return NULL;
	for (i = 0; i < dt_sigs_count(d->now); i++)
		v[(*n)++] = row_now(d, opts, &l, i);
	for (i = 0; i < dt_sigs_count(d->golden); i++) {
		row = &v[*n];
		*row = (struct dt_diff_row){.sig = dt_sigs_at(d->golden, i)};
		row->golden = row->sig.count;
		row->change = would_show(d, i, row->sig.phase) ? DT_GONE :
		    DT_UNSEEN;
		*n += !dt_sigs_find(d->now, &row->sig, &other) &&
		    dt_layers_count(&l.now, &row->sig) == 0;
	}
	return v;
}

/* Put rows by their change, and leave those of one change in order. */
static int
place(struct dt_diff *d, const struct dt_diff_row *v, size_t n)
{
	size_t i;
	int change;

	d->rows = malloc((n + 1) * sizeof(*d->rows));
	if (d->rows == NULL)
		return -1;
	for (change = 0; change < DT_CHANGES; change++)
		for (i = 0; i < n; i++)
			if ((int)v[i].change == change) {
				d->rows[d->nrows++] = v[i];
				d->count[change]++;
			}
	return 0;
}

struct dt_diff *
dt_diff_new(const struct dt_sigs *golden, const struct dt_sigs *now,
    const struct dt_diff_opts *opts)
{
	struct dt_diff *d = calloc(1, sizeof(*d));
	struct dt_diff_row *v;
	size_t n;

	if (d == NULL)
		return NULL;
	d->golden = golden;
	d->now = now;
	d->golden_name = opts->golden_name;
	d->now_name = opts->now_name;
	d->known_name = opts->known_name;
	d->knowns = opts->knowns;
	d->evidence = opts->evidence;
	if (set_doubts(d, opts->match) == 0 &&
	    (v = rows(d, opts, &n)) != NULL) {
		if (place(d, v, n) == 0) {
			free(v);
			return d;
		}
		free(v);
	}
	dt_diff_free(d);
	return NULL;
}

void
dt_diff_free(struct dt_diff *d)
{
	if (d == NULL)
		return;
	free(d->rows);
	free(d->doubts);
	free(d->golden_doubts);
	free(d);
}

bool
dt_diff_is_new(const struct dt_diff *d)
{
	return d->count[DT_NEW] > 0 || d->count[DT_GREW] > 0;
}

bool
dt_diff_is_missing(const struct dt_diff *d)
{
	size_t i;

	for (i = 0; i < d->ndoubts; i++)
		if (d->doubts[i].missing)
			return true;
	return false;
}

bool
dt_diff_is_doubtful(const struct dt_diff *d)
{
	return d->ndoubts > 0;
}

bool
dt_diff_same_worlds(const struct dt_diff *d)
{
	size_t w, n = dt_sigs_worlds(d->golden);

	if (n == 0 || dt_sigs_worlds(d->now) == 0)
		return true;
	for (w = 0; w < n && w < dt_sigs_worlds(d->now); w++)
		if (!dt_str_eq(dt_sigs_world(d->golden, w),
		    dt_sigs_world(d->now, w)))
			return false;
	return n == dt_sigs_worlds(d->now);
}

bool
dt_diff_is_partial(const struct dt_diff *d)
{
	return dt_diff_is_doubtful(d) || dt_sigs_selection(d->now)->n > 0;
}
