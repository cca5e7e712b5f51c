/* SPDX-License-Identifier: ISC */
/* What was folded of one phase: its parse errors, and whether it is whole. */
#include <string.h>

#include "sigs_own.h"
#include "utf8.h"

/* Of the text of a line that is no record this much is told. */
enum { ERROR_WHY_MAX = 160, ERROR_TEXT_MAX = 80 };

static struct dt_sig_input *
new_input(struct dt_sigs *ss, struct dt_str phase)
{
	struct dt_sig_input *in = dt_arena_alloc(&ss->mem, sizeof(*in));
	void *p = dt_arena_grow(&ss->mem, ss->inputs, ss->ninputs, sizeof(in));

	if (in == NULL || p == NULL)
		return NULL;
	*in = (struct dt_sig_input){.phase = phase, .no = ss->ninputs};
	ss->inputs = p;
	ss->inputs[ss->ninputs++] = in;
	return in;
}

static struct dt_sig_input *
named(struct dt_sigs *ss, struct dt_str phase)
{
	size_t no, n = ss->phases.n;
	const struct dt_str *kept = dt_pool_put(&ss->phases, phase);
	void *p;

	if (kept == NULL)
		return NULL;
	no = dt_pool_no(kept);
	if (no < n)
		return ss->by_no[no];
	p = dt_arena_grow(&ss->mem, ss->by_no, no, sizeof(*ss->by_no));
	if (p == NULL)
		return NULL;
	ss->by_no = p;
	return ss->by_no[no] = new_input(ss, *kept);
}

struct dt_sig_input *
dt_sigs_phase(struct dt_sigs *ss, struct dt_str phase)
{
	/* Most often it is that of the record before. */
	if (ss->last != NULL && dt_str_eq(ss->last->phase, phase))
		return ss->last;
	if (phase.s != NULL)
		return ss->last = named(ss, phase);
	if (ss->nameless == NULL)
		ss->nameless = new_input(ss, phase);
	return ss->last = ss->nameless;
}

int
dt_sig_error_keep(struct dt_sigs *ss, struct dt_sig_input *in,
    struct dt_str error)
{
	size_t i;

	for (i = in->nerrors; i > 0 && dt_str_cmp(in->errors[i - 1], error) > 0;)
		i--;
	if (i == DT_PARSE_ERRORS_MAX)
		return 0;
	error = dt_arena_dup(&ss->mem, error);
	if (error.s == NULL)
		return -1;
	if (in->nerrors < DT_PARSE_ERRORS_MAX)
		in->nerrors++;
	memmove(&in->errors[i + 1], &in->errors[i],
	    (in->nerrors - 1 - i) * sizeof(in->errors[0]));
	in->errors[i] = error;
	return 0;
}

int
dt_sig_error(struct dt_sigs *ss, struct dt_sig_input *in, struct dt_str why,
    struct dt_str text)
{
	char buf[3 * (ERROR_WHY_MAX + ERROR_TEXT_MAX) + 2];
	size_t n;

	why.n = why.n < ERROR_WHY_MAX ? why.n : ERROR_WHY_MAX;
	text.n = text.n < ERROR_TEXT_MAX ? text.n : ERROR_TEXT_MAX;
	n = dt_utf8_mend(why, buf);
	memcpy(buf + n, ": ", 2);
	n += 2;
	n += dt_utf8_mend(text, buf + n);
	return dt_sig_error_keep(ss, in, (struct dt_str){buf, n});
}

size_t
dt_sigs_inputs(const struct dt_sigs *ss)
{
	return ss->ninputs;
}

const struct dt_sig_input *
dt_sigs_input(const struct dt_sigs *ss, size_t i)
{
	return ss->inputs[i];
}

bool
dt_sigs_complete(const struct dt_sigs *ss)
{
	size_t i;

	for (i = 0; i < ss->ninputs; i++)
		if (dt_sig_incomplete(ss->inputs[i]) != 0)
			return false;
	return ss->ninputs > 0;
}

unsigned
dt_sig_incomplete(const struct dt_sig_input *in)
{
	unsigned why = 0;

	if (in->ends < in->traces)
		why |= 1u << DT_NO_END;
	if (in->dropped > 0 || in->ended_dropped > 0)
		why |= 1u << DT_DROPPED;
	/* An END too many is that of a capture whose TRACE was lost. */
	if (in->event_count < in->ended_events || in->ends > in->traces)
		why |= 1u << DT_MISSING_EVENTS;
	/* Events that no END counts, unless that is because it is missing. */
	if (in->traces == 0 || (in->ends >= in->traces &&
	    in->event_count > in->ended_events))
		why |= 1u << DT_FORMAT_HAS_NO_END;
	if (in->unparsed_count > 0 || in->parse_error_count > 0)
		why |= 1u << DT_PARSE_ERRORS;
	if (in->blocked_count > 0)
		why |= 1u << DT_BLOCKED;
	if (in->unselected_count > 0)
		why |= 1u << DT_NOT_SELECTED;
	/* The sums are right, but only because two wrong captures make up. */
	if (in->run_balance != 0 && in->ends == in->traces &&
	    in->event_count == in->ended_events)
		why |= 1u << DT_UNBALANCED;
	return why;
}

const char *
dt_sig_reason_name(enum dt_sig_reason reason)
{
	static const char *const names[DT_REASONS] = {
		[DT_NO_END] = "no-end",
		[DT_DROPPED] = "dropped",
		[DT_MISSING_EVENTS] = "missing-events",
		[DT_FORMAT_HAS_NO_END] = "format-has-no-end",
		[DT_PARSE_ERRORS] = "parse-errors",
		[DT_BLOCKED] = "blocked",
		[DT_NOT_SELECTED] = "not-selected",
		[DT_UNBALANCED] = "unbalanced",
	};

	return names[reason];
}
