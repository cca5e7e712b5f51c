/* SPDX-License-Identifier: ISC */
/* The deny signature document. */
#include <errno.h>

#include "json.h"
#include "sigs.h"

static void
write_input(struct dt_json *j, const struct dt_sig_input *in)
{
	unsigned i, why = dt_sig_incomplete(in);

	dt_json_open(j);
	dt_json_member(j, "phase", in->phase);
	dt_json_member_int(j, "traces", in->traces);
	dt_json_member_int(j, "ends", in->ends);
	dt_json_member_int(j, "ended_events", in->ended_events);
	dt_json_member_int(j, "event_count", in->event_count);
	dt_json_member_int(j, "deny_count", in->deny_count);
	dt_json_member_int(j, "dropped", in->dropped);
	dt_json_member_int(j, "ended_dropped", in->ended_dropped);
	dt_json_member_int(j, "unparsed_count", in->unparsed_count);
	dt_json_member_int(j, "parse_error_count", in->parse_error_count);
	dt_json_member_int(j, "blocked_count", in->blocked_count);
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

static void
write_sig(struct dt_json *j, const struct dt_sig *sig)
{
	dt_json_open(j);
#define S(key, field, from, none) dt_json_member(j, key, sig->field);
#define I(key, field, from) write_int(j, key, sig->field);
#include "sigmembers.def"
#undef S
#undef I
	dt_json_member_int(j, "count", sig->count);
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
		write_sig(j, dt_sigs_at(ss, i));
	dt_json_array_close(j);
}

static void
write_rules(struct dt_json *j, const struct dt_strv *rules)
{
	size_t i;

	dt_json_key(j, "path_shape");
	dt_json_open(j);
	dt_json_key(j, "rules");
	dt_json_array(j);
	for (i = 0; i < rules->n; i++)
		dt_json_str(j, rules->v[i]);
	dt_json_array_close(j);
	dt_json_close(j);
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

int
dt_sigs_write_json(const struct dt_sigs *ss, FILE *f)
{
	struct dt_json *j = dt_json_new(f);

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-signatures/1"));
	dt_json_member(j, "world_id", dt_sigs_world(ss));
	dt_json_member_bool(j, "complete", dt_sigs_complete(ss));
	write_lists(j, ss);
	write_rules(j, dt_sigs_rules(ss));
	write_errors(j, ss);
	dt_json_close(j);
	return dt_json_end(j);
}
