/* SPDX-License-Identifier: ISC */
/* Normalized records into a fold: what each adds to the sums. */
#include "json.h"
#include "sigs_own.h"

const char *const dt_sigs_keys[] = {
#define S(key, field, from, none) key,
#define I(key, field, from) key,
#include "sigmembers.def"
#undef S
#undef I
	"complete", "count", "deny", "dropped", "events", "fields", "level",
	"path_rules", "reason", "run", "seq", "text", "tracer", "world_id",
	NULL
};

/* Null stands for nothing here. */
static struct dt_str
value(struct dt_str str)
{
	if (dt_is_null(str))
		str.s = NULL;
	return str;
}

/* A phase without a name is none. */
static struct dt_str
named(struct dt_str phase)
{
	if (phase.n == 0)
		phase.s = NULL;
	return phase;
}

/* What was refused: where another word stands for a call, that call. */
static struct dt_str
refused(const struct dt_record *rec)
{
	struct dt_str call = {0};

	if (rec->kind == DT_KIND_SIGNAL || rec->kind == DT_KIND_PROBE)
		call = dt_kvv_get(&rec->fields, "call");
	return call.s != NULL ? call : rec->name;
}

static struct dt_sig
signature(const struct dt_record *rec)
{
	struct dt_sig sig = {
#define S(key, field, from, none) .field = value(rec->from),
#define I(key, field, from) .field = rec->from,
#include "sigmembers.def"
#undef S
#undef I
		.count = dt_record_events(rec),
	};

	sig.phase = named(rec->phase);
	sig.name = refused(rec);
	if (rec->kind != DT_KIND_UNKNOWN)
		sig.kind = dt_str_c(dt_kind_name(rec->kind));
	/* Absent and empty are written alike, so they must count alike. */
#define S(key, field, from, none) WHEN_##none(sig.field)
#define I(key, field, from)
#define WHEN_NULLS(str)
#define WHEN_EMPTY(str) if (str.s == NULL) str = DT_STR("");
#define WHEN_ABSENT(str) if (str.n == 0) str = (struct dt_str){0};
#include "sigmembers.def"
#undef S
#undef I
	return sig;
}

/* How many events a record stands for; other counts are of something else. */
static int64_t
left_out(const struct dt_record *rec)
{
	return rec->kind == DT_KIND_COUNT && (dt_str_is(rec->name,
	    "left-out") || dt_str_is(rec->name, "not-selected")) ?
	    rec->events.v : 0;
}

/*
 * Only what tells of events or of a capture is of a world.  A count of events
 * that were left out is, because a document has nothing else to know it by.
 */
static bool
is_of_a_world(const struct dt_record *rec)
{
	return rec->world_id.n > 0 || rec->kind == DT_KIND_TRACE ||
	    dt_kind_class(rec->kind) == DT_CLASS_EVENT ||
	    left_out(rec) > 0;
}

/* Why a record cannot be folded, or NULL. */
static const char *
refuses(const struct dt_record *rec)
{
	if (rec->kind == DT_KIND_END && !rec->events.set)
		return "an end without its number of events";
	if (rec->events.v < 0 || rec->dropped.v < 0 || rec->count.v < 0)
		return "a number of events below zero";
	if (dt_kind_class(rec->kind) == DT_CLASS_EVENT && !rec->deny.set)
		return "an event without 'deny': it is not normalized";
	return NULL;
}

static int
keep(struct dt_sigs *ss, struct dt_sig_row *row, const struct dt_record *rec,
    struct dt_str line)
{
	struct dt_sig_source source = {.tracer = value(rec->tracer),
	    .run = value(rec->run), .seq = rec->seq};
	struct dt_sig_record record = {.run = source.run, .seq = rec->seq};
	struct dt_arena mem = {0};
	int r;

	if (ss->keep < DT_KEEP_RECORDS)
		return dt_sigs_source(ss, row, &source);
	record.text = dt_json_compact(&mem, line);
	r = record.text.s == NULL ||
	    dt_sigs_source(ss, row, &source) == -1 ||
	    dt_sigs_record(ss, row, &record) == -1 ? -1 : 0;
	dt_arena_free(&mem);
	return r;
}

static int
add_event(struct dt_sigs *ss, struct dt_sig_input *in,
    const struct dt_record *rec, size_t world, struct dt_str line,
    const char **errstr)
{
	int64_t n = dt_record_events(rec);
	struct dt_sig sig;
	struct dt_sig_row *row;
	size_t i;

	if (!dt_sigs_sum(&in->event_count, n) ||
	    !dt_sigs_sum(&in->deny_count, rec->deny.v ? n : 0)) {
		*errstr = dt_sigs_range;
		return -1;
	}
	if (!rec->deny.v)
		return 0;
	sig = signature(rec);
	if (dt_sigs_count_in(ss, &sig, &row, errstr) == -1 ||
	    dt_sigs_see(ss, row, world, row->count == n) == -1)
		return -1;
	for (i = 0; i < rec->path_rules.n; i++)
		if (dt_sig_set_put(&ss->rules, rec->path_rules.v[i]) == -1)
			return -1;
	return ss->keep == DT_KEEP_NOTHING ? 0 : keep(ss, row, rec, line);
}

/* FNV-1a; not dt_hash, because this one has to be the same everywhere. */
static uint64_t
fnv(uint64_t h, struct dt_str str)
{
	size_t i;

	for (i = 0; i < str.n; i++)
		h = (h ^ (unsigned char)str.s[i]) * 0x100000001b3;
	return h;
}

/* See run_balance. */
static void
balance(struct dt_sig_input *in, const struct dt_record *rec)
{
	uint64_t run = fnv(0xcbf29ce484222325, value(rec->run));
	uint64_t capture = fnv(run, DT_STR("capture"));

	if (rec->kind == DT_KIND_TRACE)
		in->run_balance += capture;
	else if (rec->kind == DT_KIND_END)
		in->run_balance -= capture + run * (uint64_t)rec->events.v;
	else
		in->run_balance += run * (uint64_t)(dt_record_events(rec) +
		    left_out(rec));
}

static bool
add_sums(struct dt_sig_input *in, const struct dt_record *rec)
{
	switch (rec->kind) {
	case DT_KIND_TRACE:
		return dt_sigs_sum(&in->traces, 1);
	case DT_KIND_END:
		/* An end that says it is not whole is no end. */
		return dt_sigs_sum(&in->ends,
		    !rec->complete.set || rec->complete.v) &&
		    dt_sigs_sum(&in->ended_events, rec->events.v) &&
		    dt_sigs_sum(&in->ended_dropped, rec->dropped.v);
	case DT_KIND_DROP:
		/* A count that is not known is not nothing. */
		return dt_sigs_sum(&in->dropped,
		    rec->count.v > 0 ? rec->count.v : 1);
	case DT_KIND_DIAGNOSTIC:
		return dt_sigs_sum(&in->blocked_count,
		    !dt_str_is(rec->level, "warning") &&
		    !dt_str_is(rec->level, "info"));
	case DT_KIND_UNPARSED:
		return dt_sigs_sum(&in->unparsed_count, 1);
	case DT_KIND_COUNT:
		return dt_sigs_sum(&in->event_count, left_out(rec)) &&
		    dt_sigs_sum(&in->unselected_count,
		    dt_str_is(rec->name, "not-selected") ? left_out(rec) : 0);
	default:
		return true;
	}
}

/* Most records are of the tracer of the one before. */
static int
add_tracer(struct dt_sig_input *in, struct dt_str tracer)
{
	const struct dt_strv *list = &in->tracers.list;

	if (tracer.n == 0 ||
	    (list->n > 0 && dt_str_eq(list->v[list->n - 1], tracer)))
		return 0;
	return dt_sig_set_put(&in->tracers, tracer);
}

int
dt_sigs_add(struct dt_sigs *ss, const struct dt_record *rec,
    struct dt_str line, const char **errstr)
{
	struct dt_sig_input *in;
	size_t world = 0;

	*errstr = refuses(rec);
	if (*errstr != NULL)
		return 1;
	dt_sigs_touch(ss);
	in = dt_sigs_phase(ss, named(rec->phase));
	if (in == NULL || add_tracer(in, value(rec->tracer)) == -1 ||
	    (is_of_a_world(rec) &&
	    dt_sigs_world_no(ss, value(rec->world_id), &world) == -1))
		return -1;
	balance(in, rec);
	if (dt_kind_class(rec->kind) == DT_CLASS_EVENT)
		return add_event(ss, in, rec, world, line, errstr);
	if (!add_sums(in, rec)) {
		*errstr = dt_sigs_range;
		return -1;
	}
	if (rec->kind == DT_KIND_UNPARSED)
		return dt_sig_error(ss, in, rec->reason.s != NULL ?
		    rec->reason : DT_STR("unparsed"), rec->text);
	return 0;
}

int
dt_sigs_add_bad(struct dt_sigs *ss, struct dt_str line, const char *why)
{
	struct dt_sig_input *in = dt_sigs_phase(ss, (struct dt_str){0});

	dt_sigs_touch(ss);
	if (in == NULL)
		return -1;
	in->parse_error_count++;
	return dt_sig_error(ss, in, dt_str_c(why), line);
}
