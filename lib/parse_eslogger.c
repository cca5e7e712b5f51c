/* SPDX-License-Identifier: ISC */
/* The format of eslogger(1): events of EndpointSecurity, a JSON line each. */
#include <inttypes.h>
#include <stdio.h>

#include "eslogger.h"
#include "message.h"
#include "parse.h"
#include "scan.h"

struct state {
	struct dt_flat *flat;
	struct dt_es_numbers numbers;
	struct dt_record rec;
};

/* What eslogger says when it can not be a client, and of its arguments. */
static const char no_client[] = "ES_NEW_CLIENT_RESULT_ERR_";
static const char no_events[] = "Failed to parse event types: ";

static bool
is_message(struct dt_str line)
{
	return dt_str_starts(line, no_events) ||
	    dt_scan_find(line, no_client) < line.n;
}

/* Does a line have what every event has? */
static bool
is_event(struct dt_str line)
{
	static const char *const keys[] = {"\"event\":", "\"event_type\":",
	    "\"process\":", "\"audit_token\":", "\"executable\":"};
	size_t i;

	if (!dt_str_starts(line, "{\""))
		return false;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (dt_scan_find(line, keys[i]) == line.n)
			return false;
	return true;
}

/* Say what the number of an event says. */
static int
say(const struct dt_es_seq *seq, struct dt_str name,
    const struct dt_sink *sink)
{
	char text[200];
	struct dt_record rec = {.kind = DT_KIND_DIAGNOSTIC};

	if (seq->step == DT_ES_NEXT)
		return 0;
	snprintf(text, sizeof(text), "%s%.*s goes from %" PRId64 " to %"
	    PRId64 "%s", seq->global ? "global_seq_num" : "seq_num of ",
	    seq->global ? 0 : (int)name.n, name.s, seq->from, seq->to,
	    seq->step == DT_ES_LATE ? ", and back in time" : "");
	rec.text = dt_str_c(text);
	if (seq->step == DT_ES_GAP) {
		rec.kind = DT_KIND_DROP;
		rec.count = DT_INT(seq->missing);
		rec.diag_code = DT_STR("es-drops");
	} else {
		rec.level = DT_STR("warning");
		rec.diag_code = DT_STR("es-order");
	}
	return dt_emit(sink, &rec);
}

static int
refuse(struct state *st, const struct dt_line *line, const char *why,
    const struct dt_sink *sink)
{
	if (is_event(line->text))
		dt_es_unread(&st->numbers);
	return dt_unparsed(line, line->torn ? "torn line" : why, sink);
}

static int
event(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_es es = {.flat = st->flat, .rec = &st->rec};
	struct dt_es_seq seq;
	const char *why;

	if (dt_flat_read(st->flat, line->text, &st->rec.mem, &es.pairs,
	    &why) == -1)
		return why == NULL ? -1 : refuse(st, line, why, sink);
	es.taken = dt_arena_alloc(&st->rec.mem, es.pairs.n + 1);
	if (es.taken == NULL)
		return -1;
	memset(es.taken, 0, es.pairs.n + 1);
	why = dt_es_fill(&es);
	if (es.oom)
		return -1;
	if (why != NULL)
		return refuse(st, line, why, sink);
	seq = dt_es_number(&st->numbers, &st->rec,
	    dt_es_int(&es, "global_seq_num"), dt_es_int(&es, "seq_num"));
	if (say(&seq, es.name, sink) == -1)
		return -1;
	return dt_emit(sink, &st->rec);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str text = dt_scan_trim(line->text);

	if (st->flat == NULL && (st->flat = dt_flat_new()) == NULL)
		return -1;
	if (text.n == 0)
		return 1;
	dt_record_reset(&st->rec);
	if (dt_str_starts(text, "{"))
		return event(st, line, sink);
	if (line->torn || !is_message(text))
		return refuse(st, line, "not a JSON object", sink);
	dt_message(line->text, "error", "es-client", &st->rec);
	return dt_emit(sink, &st->rec);
}

static int
end(void *state, const struct dt_sink *sink)
{
	(void)state;
	(void)sink;
	return 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_flat_free(st->flat);
	dt_record_free(&st->rec);
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_str s = dt_scan_trim(line);

	if (is_event(s))
		return DT_IS_SURE;
	if (dt_str_starts(s, "Failed to create ES client: "))
		return is_message(s) ? DT_IS_SURE : DT_IS_NOT;
	return dt_str_starts(s, no_client) || dt_str_starts(s, no_events) ?
	    DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_eslogger = {
	.name = "eslogger",
	.tracer = "endpointsecurity",
	.what = "what eslogger of macOS writes of EndpointSecurity's events",
	.size = sizeof(struct state),
	.own_end = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
