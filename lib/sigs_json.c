/* SPDX-License-Identifier: ISC */
/* The deny signature document. */
#include <inttypes.h>

#include "json.h"
#include "sigs_doc.h"

static void
write_list(struct dt_json *j, const char *key, const struct dt_strv *list)
{
	size_t i;

	dt_json_key(j, key);
	dt_json_array(j);
	for (i = 0; i < list->n; i++)
		dt_json_str(j, list->v[i]);
	dt_json_array_close(j);
}

static void
write_input(struct dt_json *j, const struct dt_sig_input *in)
{
	unsigned i, why = dt_sig_incomplete(in);
	char balance[17];

	dt_json_open(j);
	dt_json_member(j, "phase", in->phase);
	write_list(j, "tracers", &in->tracers.list);
#define SUM(name) dt_json_member_int(j, #name, in->name);
	DT_SIG_SUMS(SUM)
#undef SUM
	snprintf(balance, sizeof(balance), "%016" PRIx64, in->run_balance);
	dt_json_member(j, "run_balance", dt_str_c(balance));
	dt_json_member_bool(j, "complete", why == 0);
	dt_json_key(j, "incomplete");
	dt_json_array(j);
	for (i = 0; i < DT_REASONS; i++)
		if ((why & 1u << i) != 0)
			dt_json_str(j, dt_str_c(dt_sig_reason_name(i)));
	dt_json_array_close(j);
	dt_json_close(j);
}

static void
write_int(struct dt_json *j, const char *key, struct dt_int num)
{
	dt_json_key(j, key);
	if (num.set)
		dt_json_int(j, num.v);
	else
		dt_json_null(j);
}

/* The worlds of the document, or of one signature. */
static void
write_worlds(struct dt_json *j, const struct dt_sigs *ss, const size_t *sig)
{
	size_t w;

	dt_json_key(j, "worlds");
	dt_json_array(j);
	for (w = 0; w < dt_sigs_worlds(ss); w++)
		if (sig == NULL || dt_sigs_has(ss, *sig, w))
			dt_json_str(j, dt_sigs_world(ss, w));
	dt_json_array_close(j);
}

void
dt_sig_write_sources(struct dt_json *j, const struct dt_sig *sig)
{
	const struct dt_sig_source *s;

	dt_json_key(j, "sources");
	dt_json_array(j);
	for (s = sig->sources; s != NULL; s = s->next) {
		dt_json_open(j);
		dt_json_member(j, "tracer", s->tracer);
		dt_json_member(j, "run", s->run);
		write_int(j, "seq", s->seq);
		dt_json_close(j);
	}
	dt_json_array_close(j);
}

void
dt_sig_write_records(struct dt_json *j, const struct dt_sig *sig)
{
	const struct dt_sig_record *r;

	dt_json_key(j, "records");
	dt_json_array(j);
	for (r = sig->records; r != NULL; r = r->next)
		dt_json_text(j, r->text);
	dt_json_array_close(j);
}

void
dt_sig_write_members(struct dt_json *j, const struct dt_sig *sig)
{
#define S(key, field, from, none) WHEN_##none(sig->field) \
	dt_json_member(j, key, sig->field);
#define WHEN_NULLS(str)
#define WHEN_EMPTY(str)
#define WHEN_ABSENT(str) if (str.n > 0)
#define I(key, field, from) write_int(j, key, sig->field);
#include "sigmembers.def"
#undef S
#undef I
}

static void
write_sig(struct dt_json *j, const struct dt_sigs *ss, size_t i)
{
	struct dt_sig sig = dt_sigs_at(ss, i);

	dt_json_open(j);
	dt_sig_write_members(j, &sig);
	dt_json_member_int(j, "count", sig.count);
	if (dt_sigs_worlds(ss) > 1)
		write_worlds(j, ss, &i);
	if (sig.sources != NULL)
		dt_sig_write_sources(j, &sig);
	if (sig.records != NULL)
		dt_sig_write_records(j, &sig);
	dt_json_close(j);
}

static void
write_lists(struct dt_json *j, const struct dt_sigs *ss)
{
	size_t i;

	dt_json_key(j, "inputs");
	dt_json_array(j);
	for (i = 0; i < dt_sigs_inputs(ss); i++)
		write_input(j, dt_sigs_input(ss, i));
	dt_json_array_close(j);
	dt_json_key(j, "deny_signatures");
	dt_json_array(j);
	for (i = 0; i < dt_sigs_count(ss); i++)
		write_sig(j, ss, i);
	dt_json_array_close(j);
}

static void
write_errors(struct dt_json *j, const struct dt_sigs *ss)
{
	const struct dt_sig_input *in;
	size_t i, k;

	dt_json_key(j, "parse_errors");
	dt_json_open(j);
	for (i = 0; i < dt_sigs_inputs(ss); i++) {
		in = dt_sigs_input(ss, i);
		if (in->nerrors == 0)
			continue;
		dt_json_str(j, in->phase.s != NULL ? in->phase : DT_STR(""));
		dt_json_array(j);
		for (k = 0; k < in->nerrors; k++)
			dt_json_str(j, in->errors[k]);
		dt_json_array_close(j);
	}
	dt_json_close(j);
}

/* What the document is of: worlds, selection, documents merged. */
static void
write_head(struct dt_json *j, const struct dt_sigs *ss)
{
	struct dt_str world = {0};

	if (dt_sigs_worlds(ss) == 1)
		world = dt_sigs_world(ss, 0);
	dt_json_member(j, "schema", DT_STR("dt-signatures/1"));
	dt_json_member(j, "world_id", world);
	if (dt_sigs_worlds(ss) > 1)
		write_worlds(j, ss, NULL);
	dt_json_member_bool(j, "complete", dt_sigs_complete(ss));
	if (dt_sigs_selection(ss)->n > 0)
		write_list(j, "selection", dt_sigs_selection(ss));
	if (dt_sigs_merged(ss)->n > 0)
		write_list(j, "merged", dt_sigs_merged(ss));
}

int
dt_sigs_write_json(const struct dt_sigs *ss, FILE *f, bool pretty)
{
	struct dt_json *j = dt_json_new(f, pretty);

	if (j == NULL)
		return -1;
	dt_json_open(j);
	write_head(j, ss);
	write_lists(j, ss);
	dt_json_key(j, "path_shape");
	dt_json_open(j);
	write_list(j, "rules", dt_sigs_rules(ss));
	dt_json_close(j);
	write_errors(j, ss);
	dt_json_close(j);
	return dt_json_end(j);
}
