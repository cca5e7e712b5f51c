/* SPDX-License-Identifier: ISC */
/* What is read of a signature document goes into a fold, or contradicts it. */
#include <errno.h>
#include <string.h>

#include "once.h"
#include "sigs_read.h"
#include "utf8.h"

/* Of a text that may be long, this much is told. */
#define SHOWN(str) ((str).n < 60 ? (int)(str).n : 60), \
	(str).s != NULL ? (str).s : ""

const char *const dt_doc_places[P_PLACES] = {
#define P(place, name) [P_##place] = name,
	DT_DOC_PLACES(P)
#undef P
};

/* What a document says of a phase, so far perhaps nothing.  NULL with errno. */
static struct dt_doc_claim *
claim(struct dt_doc_reader *rd, struct dt_str phase)
{
	struct dt_sig_input *in = dt_sigs_phase(rd->ss, phase);
	struct dt_doc_claim *p;

	if (in == NULL || in->no < rd->nclaims)
		return in != NULL ? &rd->claims[in->no] : NULL;
	/* A claim for each input, in their order. */
	p = dt_arena_grow(&rd->mem, rd->claims, rd->nclaims, sizeof(*p));
	if (p == NULL)
		return NULL;
	rd->claims = p;
	p += rd->nclaims++;
	*p = (struct dt_doc_claim){.in = in};
	return p;
}

static int
open_document(struct dt_doc_reader *rd)
{
	dt_arena_reset(&rd->mem);
	rd->schema = rd->world = (struct dt_str){0};
	rd->nworlds = rd->nwith_worlds = 0;
	rd->claims = NULL;
	rd->nclaims = 0;
	rd->ss = dt_sigs_new(rd->keep);
	return rd->ss != NULL || dt_doc_failed(rd);
}

int
dt_doc_open(struct dt_doc_reader *rd, enum place place)
{
	switch (place) {
	case P_DOC:
		return open_document(rd);
	case P_INPUT:
		dt_arena_reset(&rd->obj);
		dt_sig_set_free(&rd->input.tracers);
		rd->input = (struct dt_sig_input){0};
		rd->reasons = 0;
		return 1;
	case P_SIG:
		dt_arena_reset(&rd->obj);
		rd->sig = (struct dt_sig){0};
		rd->sig_worlds = NULL;
		rd->nsig_worlds = 0;
		rd->sources = NULL;
		rd->records = NULL;
		return 1;
	case P_SOURCE:
		rd->source = (struct dt_sig_source){0};
		return 1;
	default:
		return 1;
	}
}

int
dt_doc_head(struct dt_doc_reader *rd)
{
	if (rd->schema.s != NULL && !dt_str_is(rd->schema, "dt-signatures/1"))
		return dt_doc_refuse(rd, "schema '%.*s' is not known",
		    SHOWN(rd->schema));
	return 1;
}

/* A bit for the name of a reason; 0 if it is none. */
static unsigned
reason(struct dt_str name)
{
	unsigned i;

	for (i = 0; i < DT_REASONS; i++)
		if (dt_str_is(name, dt_sig_reason_name(i)))
			return 1u << i;
	return 0;
}

static int
add_reason(struct dt_doc_reader *rd, struct dt_str name)
{
	unsigned bit = reason(name);

	if (bit == 0 || (rd->reasons & bit) != 0)
		return dt_doc_refuse(rd, "'incomplete' with '%.*s'",
		    SHOWN(name));
	rd->reasons |= bit;
	return 1;
}

static int
add_sig_world(struct dt_doc_reader *rd, struct dt_str world)
{
	size_t i, no, *p;

	if (dt_sigs_world_no(rd->ss, world, &no) == -1)
		return dt_doc_failed(rd);
	for (i = 0; i < rd->nsig_worlds; i++)
		if (rd->sig_worlds[i] == no)
			return dt_doc_refuse(rd, "a world stands twice");
	p = dt_arena_grow(&rd->obj, rd->sig_worlds, rd->nsig_worlds,
	    sizeof(*p));
	if (p == NULL)
		return dt_doc_failed(rd);
	rd->sig_worlds = p;
	p[rd->nsig_worlds++] = no;
	return 1;
}

static int
add_error(struct dt_doc_reader *rd, struct dt_str error)
{
	return dt_sig_error_keep(rd->ss, rd->error_in, error) == 0 ||
	    dt_doc_failed(rd);
}

static int
add_to_set(struct dt_doc_reader *rd, struct dt_sig_set *set,
    struct dt_str str)
{
	int r = dt_sig_set_put(set, str);

	if (r == -1)
		return dt_doc_failed(rd);
	return r == 1 || dt_doc_refuse(rd, "'%.*s' stands twice", SHOWN(str));
}

int
dt_doc_element(struct dt_doc_reader *rd, enum place place, struct dt_str str)
{
	size_t no;

	switch (place) {
	case P_WORLDS:
		rd->nworlds++;
		return dt_sigs_world_no(rd->ss, str, &no) == 0 ||
		    dt_doc_failed(rd);
	case P_SELECTION:
		return add_to_set(rd, &rd->ss->selection, str);
	case P_MERGED:
		if (str.n != DT_DIGEST_LEN)
			return dt_doc_refuse(rd, "'merged' with what is no "
			    "digest");
		return add_to_set(rd, &rd->ss->merged, str);
	case P_RULES:
		return add_to_set(rd, &rd->ss->rules, str);
	case P_TRACERS:
		return add_to_set(rd, &rd->input.tracers, str);
	case P_REASONS:
		return add_reason(rd, str);
	case P_SIG_WORLDS:
		return add_sig_world(rd, str);
	case P_ERROR:
		return add_error(rd, str);
	default:
		return 1;
	}
}

int
dt_doc_error_phase(struct dt_doc_reader *rd, struct dt_str phase)
{
	struct dt_doc_claim *c;

	phase = phase.n > 0 ? dt_utf8_dup(&rd->mem, phase) :
	    (struct dt_str){0};
	c = claim(rd, phase);
	if (c == NULL)
		return dt_doc_failed(rd);
	if (c->errors)
		return dt_doc_refuse(rd, "'%.*s' stands twice", SHOWN(phase));
	c->errors = true;
	rd->error_in = c->in;
	return 1;
}

int
dt_doc_record(struct dt_doc_reader *rd, struct dt_str text)
{
	static const char *const keys[] = {"run", "seq", NULL};
	struct dt_sig_record *r = dt_arena_alloc(&rd->obj, sizeof(*r));
	struct dt_record rec = {0};
	const char *errstr;
	int ok = 0;

	if (rd->record_reader == NULL)
		rd->record_reader = dt_jsonl_reader_new(keys);
	if (rd->record_reader == NULL || r == NULL)
		return dt_doc_failed(rd);
	if (dt_jsonl_read(rd->record_reader, text, &rec, &errstr) == -1) {
		dt_doc_refuse(rd, "a record: %s",
		    errstr != NULL ? errstr : strerror(errno));
	} else {
		*r = (struct dt_sig_record){.seq = rec.seq,
		    .next = rd->records};
		r->text = dt_arena_dup(&rd->obj, text);
		if (rec.run.s != NULL)
			r->run = dt_arena_dup(&rd->obj, rec.run);
		rd->records = r;
		ok = r->text.s != NULL || dt_doc_failed(rd);
	}
	dt_record_free(&rec);
	return ok;
}

static int
close_source(struct dt_doc_reader *rd)
{
	struct dt_sig_source *s = dt_arena_alloc(&rd->obj, sizeof(*s));

	if (s == NULL)
		return dt_doc_failed(rd);
	*s = rd->source;
	s->next = rd->sources;
	rd->sources = s;
	return 1;
}

/* Sixteen digits as a number. */
static bool
hex(struct dt_str str, uint64_t *num)
{
	static const char digits[] = "0123456789abcdef";
	const char *p;
	size_t i;

	*num = 0;
	for (i = 0; i < str.n; i++) {
		p = memchr(digits, str.s[i], 16);
		if (p == NULL)
			return false;
		*num = *num << 4 | (uint64_t)(p - digits);
	}
	return str.n == 16;
}

static int
close_input(struct dt_doc_reader *rd)
{
	struct dt_sig_input *in;
	struct dt_doc_claim *c;

	if (rd->input.phase.s != NULL && rd->input.phase.n == 0)
		return dt_doc_refuse(rd, "an input with an empty 'phase'");
	c = claim(rd, rd->input.phase);
	if (c == NULL)
		return dt_doc_failed(rd);
	if (c->made)
		return dt_doc_refuse(rd, "phase '%.*s' stands twice",
		    SHOWN(rd->input.phase));
	in = c->in;
#define SUM(name) in->name = rd->input.name;
	DT_SIG_SUMS(SUM)
#undef SUM
	if (!hex(rd->run_balance, &in->run_balance))
		return dt_doc_refuse(rd, "'run_balance' is not of sixteen "
		    "hexadecimal digits");
	in->tracers = rd->input.tracers;
	rd->input.tracers = (struct dt_sig_set){0};
	c->made = true;
	c->complete = rd->input_complete;
	c->reasons = rd->reasons;
	return 1;
}

/* The worlds and the evidence of a row that was just made. */
static int
add_details(struct dt_doc_reader *rd, struct dt_sig_row *row)
{
	const struct dt_sig_source *s;
	const struct dt_sig_record *r;
	size_t i;

	for (i = 0; i < rd->nsig_worlds; i++)
		if (dt_sigs_see(rd->ss, row, rd->sig_worlds[i], i == 0) == -1)
			return dt_doc_failed(rd);
	for (s = rd->sources; s != NULL; s = s->next)
		if (dt_sigs_source(rd->ss, row, s) == -1)
			return dt_doc_failed(rd);
	for (r = rd->records; r != NULL; r = r->next)
		if (dt_sigs_record(rd->ss, row, r) == -1)
			return dt_doc_failed(rd);
	rd->nwith_worlds += rd->nsig_worlds > 0;
	return 1;
}

static int
close_sig(struct dt_doc_reader *rd)
{
	const struct dt_sig *sig = &rd->sig;
	struct dt_sig_row *row;
	const char *errstr;

	if (sig->count == 0)
		return dt_doc_refuse(rd, "a signature with a 'count' of zero");
	if (!dt_kind_is_word(sig->kind))
		return dt_doc_refuse(rd, "a 'kind' that is no word");
	if (dt_sigs_count_in(rd->ss, sig, &row, &errstr) == -1)
		return errstr != NULL ? dt_doc_refuse(rd, "%s", errstr) :
		    dt_doc_failed(rd);
	if (row->count != sig->count)
		return dt_doc_refuse(rd, "a signature stands twice");
	return add_details(rd, row);
}

/* Are the counts of the signatures what the inputs say? */
static int
check_counts(struct dt_doc_reader *rd)
{
	const struct dt_sigs *ss = rd->ss;
	const struct dt_sig_row *row;
	struct dt_doc_claim *c;
	struct dt_str phase;
	size_t i;

	for (row = ss->first; row != NULL; row = row->next) {
		phase = *row->str[DT_SIG_STR_phase];
		c = claim(rd, phase);
		if (c == NULL)
			return dt_doc_failed(rd);
		if (!c->made)
			return dt_doc_refuse(rd, "a signature of phase '%.*s', "
			    "which is no input", SHOWN(phase));
		if (!dt_sigs_sum(&c->counted, row->count))
			return dt_doc_refuse(rd, "%s", dt_sigs_range);
	}
	for (i = 0; i < rd->nclaims; i++) {
		c = &rd->claims[i];
		if (c->counted != c->in->deny_count && (ss->selection.list.n == 0 ||
		    c->counted > c->in->deny_count))
			return dt_doc_refuse(rd, "phase '%.*s': its signatures "
			    "do not add up to 'deny_count'",
			    SHOWN(c->in->phase));
	}
	return 1;
}

/* Does what is said to be complete follow from the sums? */
static int
check_complete(struct dt_doc_reader *rd)
{
	const struct dt_doc_claim *c;
	unsigned why;
	size_t i;

	for (i = 0; i < rd->nclaims; i++) {
		c = &rd->claims[i];
		why = dt_sig_incomplete(c->in);
		if (c->complete != (why == 0) || c->reasons != why)
			return dt_doc_refuse(rd, "phase '%.*s': 'complete' and "
			    "'incomplete' do not follow from its sums",
			    SHOWN(c->in->phase));
		if (c->in->deny_count > c->in->event_count)
			return dt_doc_refuse(rd, "phase '%.*s': more denials "
			    "than events", SHOWN(c->in->phase));
	}
	if (rd->complete != dt_sigs_complete(rd->ss))
		return dt_doc_refuse(rd, "'complete' does not follow from "
		    "the inputs");
	return 1;
}

/* Is every parse error one that was counted, as far as they are kept? */
static int
check_errors(struct dt_doc_reader *rd)
{
	const struct dt_sig_input *in;
	uint64_t n;
	size_t i;

	for (i = 0; i < rd->nclaims; i++) {
		in = rd->claims[i].in;
		if (!rd->claims[i].made)
			return dt_doc_refuse(rd, "'parse_errors' of a phase "
			    "that is no input");
		n = (uint64_t)in->unparsed_count +
		    (uint64_t)in->parse_error_count;
		if (in->nerrors != (n < DT_PARSE_ERRORS_MAX ? n :
		    DT_PARSE_ERRORS_MAX))
			return dt_doc_refuse(rd, "phase '%.*s': other "
			    "'parse_errors' than were counted",
			    SHOWN(in->phase));
	}
	return 1;
}

/* One world, which events may not name; or a list of them, on each row. */
static int
check_worlds(struct dt_doc_reader *rd)
{
	struct dt_sigs *ss = rd->ss;
	bool any = rd->world.s != NULL;
	size_t i, no;

	if (rd->nworlds > 0 || rd->nwith_worlds > 0) {
		if (rd->nworlds < 2 || rd->nworlds != ss->nworlds ||
		    rd->nwith_worlds != ss->n || any)
			return dt_doc_refuse(rd, "'world_id' and 'worlds' do "
			    "not agree");
		return 1;
	}
	for (i = 0; i < rd->nclaims; i++)
		any |= rd->claims[i].in->traces > 0 ||
		    rd->claims[i].in->event_count > 0;
	return !any || dt_sigs_world_no(ss, rd->world, &no) == 0 ||
	    dt_doc_failed(rd);
}

static int
close_document(struct dt_doc_reader *rd)
{
	struct dt_sigs *ss = rd->ss;
	const char *errstr;

	if (!check_errors(rd) || !check_counts(rd) || !check_complete(rd) ||
	    !check_worlds(rd))
		return 0;
	rd->ss = NULL;
	rd->ndocs++;
	if (rd->sink.take(rd->sink.ctx, ss, &errstr) == 0)
		return 1;
	return errstr != NULL ? dt_doc_refuse(rd, "%s", errstr) :
	    dt_doc_failed(rd);
}

int
dt_doc_close(struct dt_doc_reader *rd, enum place place)
{
	switch (place) {
	case P_SIG:
		return close_sig(rd);
	case P_SOURCE:
		return close_source(rd);
	case P_INPUT:
		return close_input(rd);
	case P_DOC:
		return close_document(rd);
	default:
		return 1;
	}
}
