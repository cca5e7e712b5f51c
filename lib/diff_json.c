/* SPDX-License-Identifier: ISC */
/* A comparison as a document. */
#include "diff_own.h"
#include "sigs_doc.h"

static void
write_known(struct dt_json *j, const struct dt_known *known)
{
	if (known == NULL)
		return;
	dt_json_key(j, "known");
	dt_json_open(j);
	dt_json_member(j, "pattern", known->pattern);
	dt_json_member(j, "reason", known->reason);
	dt_json_member(j, "until", known->until);
	dt_json_close(j);
}

void
dt_diff_json_row(struct dt_json *j, const struct dt_diff_row *row)
{
	const struct dt_sig *sig = &row->sig;

	dt_json_open(j);
	dt_json_member(j, "change", dt_str_c(dt_change_name(row->change)));
	dt_sig_write_members(j, sig);
	dt_json_member_int(j, "golden_count", row->golden);
	dt_json_member_int(j, "new_count", row->now);
	write_known(j, row->known);
	if (sig->sources != NULL)
		dt_sig_write_sources(j, sig);
	if (sig->records != NULL)
		dt_sig_write_records(j, sig);
	dt_json_close(j);
}

static void
write_doubts(struct dt_json *j, const struct dt_diff_doubt *v, size_t n)
{
	size_t i;

	dt_json_key(j, "doubts");
	dt_json_array(j);
	for (i = 0; i < n; i++) {
		dt_json_open(j);
		dt_json_member(j, "phase", v[i].phase);
		dt_json_member(j, "reason", dt_str_c(v[i].reason));
		dt_json_close(j);
	}
	dt_json_array_close(j);
}

/* One of the two documents, left open for its doubts. */
static void
open_side(struct dt_json *j, struct dt_str name, const struct dt_sigs *ss)
{
	size_t i;

	dt_json_open(j);
	dt_json_member(j, "file", name);
	dt_json_key(j, "worlds");
	dt_json_array(j);
	for (i = 0; i < dt_sigs_worlds(ss); i++)
		dt_json_str(j, dt_sigs_world(ss, i));
	dt_json_array_close(j);
	dt_json_member_bool(j, "complete", dt_sigs_complete(ss));
}

void
dt_diff_json_head(struct dt_json *j, const struct dt_diff *d)
{
	int c;

	dt_json_member(j, "verdict", dt_str_c(dt_diff_verdict(d)));
	dt_json_key(j, "golden");
	open_side(j, d->golden_name, d->golden);
	write_doubts(j, d->golden_doubts, d->ngolden_doubts);
	dt_json_close(j);
	dt_json_key(j, "new");
	open_side(j, d->now_name, d->now);
	write_doubts(j, d->doubts, d->ndoubts);
	dt_json_close(j);
	dt_json_key(j, "totals");
	dt_json_open(j);
	for (c = 0; c < DT_CHANGES; c++)
		dt_json_member_int(j, dt_change_name(c), (int64_t)d->count[c]);
	dt_json_close(j);
}

static void
write_entry(struct dt_json *j, const struct dt_known *known)
{
	dt_json_open(j);
	dt_json_member_int(j, "line", (int64_t)known->line);
	dt_json_member(j, "pattern", known->pattern);
	dt_json_member(j, "reason", known->reason);
	dt_json_member(j, "until", known->until);
}

static void
write_unused(struct dt_json *j, const struct dt_diff *d)
{
	const struct dt_knowns *list = d->knowns;
	size_t i;

	dt_json_key(j, "known_unused");
	dt_json_array(j);
	for (i = 0; list != NULL && i < list->n; i++)
		if (list->v[i].matched == 0) {
			write_entry(j, &list->v[i]);
			dt_json_member_bool(j, "cannot_tell",
			    dt_diff_is_partial(d));
			dt_json_close(j);
		}
	dt_json_array_close(j);
}

static void
write_expired(struct dt_json *j, const struct dt_knowns *list)
{
	size_t i;

	dt_json_key(j, "known_expired");
	dt_json_array(j);
	for (i = 0; list != NULL && i < list->n; i++)
		if (list->v[i].expired) {
			write_entry(j, &list->v[i]);
			dt_json_member_int(j, "matched",
			    (int64_t)list->v[i].matched);
			dt_json_close(j);
		}
	dt_json_array_close(j);
}

int
dt_diff_write_json(const struct dt_diff *d, FILE *f, bool pretty)
{
	struct dt_json *j = dt_json_new(f, pretty);
	size_t i;

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-signature-diff/1"));
	dt_diff_json_head(j, d);
	dt_json_key(j, "changes");
	dt_json_array(j);
	for (i = 0; i < d->nrows; i++)
		if (d->rows[i].change != DT_SAME)
			dt_diff_json_row(j, &d->rows[i]);
	dt_json_array_close(j);
	write_unused(j, d);
	write_expired(j, d->knowns);
	dt_json_close(j);
	return dt_json_end(j);
}
