/* SPDX-License-Identifier: ISC */
/*
 * The format of probe layers: what a sandboxed application says of itself, as
 * JSON documents.  docs/probe-layer.md describes it.
 */
#include "flat.h"
#include "layer.h"
#include "parse.h"
#include "scan.h"
#include "tables.h"
#include "whole.h"

struct state {
	struct dt_flat *flat;
	struct dt_whole whole;
	struct dt_arena mem;	/* of the document */
	struct dt_layer doc;
	struct dt_record rec;
	struct dt_record ent;
};

/* Kinds of document that are known. */
static const char *const kinds[] = {"capabilities_snapshot", "fs_op",
    "probe_response", "xpc_session_error", "xpc_session_event"};

/* Where a member is found, the first that is there. */
static const char *const kind_at[] = {"kind", NULL};
static const char *const probe_at[] = {"data.probe_id",
    "data.details.probe_family", "probe_id", "probe_family", NULL};
static const char *const op_at[] = {"data.details.op", "op", "operation", NULL};
static const char *const path_at[] = {"data.details.file_path", "path",
    "file_path", NULL};
static const char *const path2_at[] = {"data.details.to_path", "path2",
    "to_path", NULL};
static const char *const pid_at[] = {"data.details.probe_pid",
    "data.details.service_pid", "data.details.pid", "data.pid", "pid", NULL};
static const char *const name_at[] = {"data.details.process_name",
    "data.service_name", "process_name", "process", NULL};
static const char *const errno_at[] = {"data.errno", "result.errno", "errno",
    NULL};
static const char *const outcome_at[] = {"data.normalized_outcome",
    "result.normalized_outcome", "normalized_outcome", "outcome", "result",
    "status", NULL};
static const char *const why_at[] = {"data.error", "result.error",
    "data.message", "data.event", "error", "message", NULL};
static const char *const ms_at[] = {"generated_at_unix_ms", NULL};
static const char *const ts_at[] = {"ts", NULL};
static const char *const ret_at[] = {"ret", NULL};
static const char *const done_at[] = {"data.rc", "result.rc", "result.ok",
    "rc", "ok", NULL};
static const char *const denied_at[] = {"denied", NULL};

/* Words for a refusal, for success, and for what was not tried. */
static const char *const denials[] = {"denied", "deny", "permission_denied",
    "permission_error", "refused"};
static const char *const successes[] = {"allow", "allowed", "ok", "success"};
static const char *const untried[] = {"bad_request", "session_not_triggered",
    "skipped"};

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_one(struct dt_str s, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_str_is(s, words[i]))
			return true;
	return false;
}

/* An errno, as a number or by its name, which may stand for the outcome. */
static bool
read_errno(struct dt_layer *doc, struct dt_int *num)
{
	struct dt_str val = dt_layer_look(doc, errno_at);
	struct dt_str outcome = dt_layer_look(doc, outcome_at);

	if (val.s == NULL && outcome.s != NULL)
		num->set = dt_errno_bysymbol(DT_OS_DARWIN, outcome,
		    &num->v) == 0;
	if (val.s == NULL || dt_layer_number(doc, errno_at, num))
		return true;
	return dt_errno_bysymbol(DT_OS_DARWIN, val, &num->v) == 0;
}

/* What a word says of the outcome: an errno, 0 for success, -1 for neither. */
static int64_t
meaning(struct dt_str word)
{
	int64_t num;

	if (is_one(word, successes, NELEM(successes)))
		return 0;
	if (dt_num_parse(word, &num) == 0 ||
	    dt_errno_bysymbol(DT_OS_DARWIN, word, &num) == 0)
		return num;
	return -1;
}

/*
 * Do two members say different things of one errno?  A program that never
 * clears its errno says "ok" beside it: nobody knows which of them is true.
 * A status of "ok" is that of the request.
 */
static bool
contradicts(const struct dt_layer *doc, struct dt_int num)
{
	static const char *const places[] = {"data.errno", "result.errno",
	    "errno", "data.normalized_outcome", "result.normalized_outcome",
	    "normalized_outcome", "outcome", "result"};
	int64_t said;
	size_t i;

	for (i = 0; num.set && i < NELEM(places); i++) {
		said = meaning(dt_layer_look(doc,
		    (const char *[]){places[i], NULL}));
		if (said >= 0 && said != num.v)
			return true;
	}
	return false;
}

/* What nobody took. */
static int
rest(struct state *st)
{
	const struct dt_layer *doc = &st->doc;
	size_t i;

	for (i = 0; i < doc->pairs.n; i++)
		if (!doc->taken[i] && dt_record_put(&st->rec, &st->rec.fields,
		    doc->pairs.v[i].key, doc->pairs.v[i].val) == -1)
			return -1;
	return 0;
}

/* When it was written, and by which process.  Why it can not be, or NULL. */
static const char *
common(struct state *st)
{
	struct dt_int ms;

	st->rec.execname = dt_layer_take(&st->doc, name_at);
	if (!dt_layer_number(&st->doc, pid_at, &st->rec.pid))
		return "a process id that is no number";
	if (!dt_layer_number(&st->doc, ts_at, &st->rec.ts) ||
	    !dt_layer_number(&st->doc, ms_at, &ms) || (ms.set &&
	    (ms.v < 0 || ms.v > INT64_MAX / 1000000)))
		return "a time that is no number";
	if (ms.set)
		st->rec.ts = DT_INT(ms.v * 1000000);
	return NULL;
}

/* What happens in a session is about the capture, not about a refusal. */
static const char *
session(struct state *st, bool error)
{
	st->rec.kind = DT_KIND_DIAGNOSTIC;
	st->rec.level = error ? DT_STR("error") : DT_STR("info");
	st->rec.diag_code = error ? DT_STR("probe-error") :
	    DT_STR("probe-session");
	st->rec.text = dt_layer_take(&st->doc, why_at);
	return st->rec.text.s == NULL ? "an event that does not say which" :
	    NULL;
}

/* A probe that did not take place shows nothing. */
static void
skipped(struct state *st, struct dt_str outcome)
{
	st->rec.kind = DT_KIND_DIAGNOSTIC;
	st->rec.level = DT_STR("warning");
	st->rec.diag_code = DT_STR("probe-skipped");
	st->rec.text = dt_layer_take(&st->doc, why_at);
	if (st->rec.text.s == NULL)
		st->rec.text = outcome;
}

/* A probe, and what came of it. */
static const char *
probe(struct state *st, struct dt_str name)
{
	struct dt_record *rec = &st->rec;
	struct dt_str op = dt_layer_look(&st->doc, op_at);
	struct dt_str outcome = dt_layer_look(&st->doc, outcome_at);

	rec->kind = DT_KIND_PROBE;
	rec->name = name;
	if (op.s != NULL && (name.s == NULL || dt_str_is(name, "fs_op")))
		rec->name = dt_layer_take(&st->doc, op_at);
	if (rec->name.s == NULL)
		return "a probe without a name";
	if (!dt_str_is(name, "capabilities_snapshot"))
		rec->path = dt_layer_take(&st->doc, path_at);
	rec->path2 = dt_layer_take(&st->doc, path2_at);
	if (!read_errno(&st->doc, &rec->errnum) ||
	    !dt_layer_number(&st->doc, ret_at, &rec->ret))
		return "'errno' or 'ret' is no number";
	if (contradicts(&st->doc, rec->errnum))
		return "errno and outcome contradict each other";
	if (!rec->errnum.set && !rec->ret.set && outcome.s == NULL &&
	    dt_layer_look(&st->doc, denied_at).s == NULL &&
	    dt_layer_look(&st->doc, done_at).s == NULL &&
	    !dt_str_is(name, "capabilities_snapshot"))
		return "a probe without an outcome";
	if (is_one(outcome, untried, NELEM(untried)))
		skipped(st, outcome);
	else if (is_one(outcome, denials, NELEM(denials)) ||
	    dt_str_is(dt_layer_look(&st->doc, denied_at), "true")) {
		dt_layer_take(&st->doc, denied_at);
		if (dt_record_put(rec, &rec->fields, DT_STR("denied"),
		    DT_STR("1")) == -1)
			return "no memory";
	}
	return NULL;
}

/* Fill the record from the document; why it can not be, or NULL. */
static const char *
fill(struct state *st, struct dt_str *name)
{
	static const char *const wrapped[] = {"stdout_json.kind", NULL};
	struct dt_layer *doc = &st->doc;
	struct dt_str kind;
	const char *why;

	doc->prefix = DT_STR("");
	if (dt_layer_look(doc, wrapped).s != NULL)
		doc->prefix = DT_STR("stdout_json.");
	kind = dt_layer_look(doc, kind_at);
	if (kind.s != NULL && !is_one(kind, kinds, NELEM(kinds)))
		return "a kind of document that is not known";
	why = common(st);
	if (why != NULL)
		return why;
	if (dt_str_starts(kind, "xpc_"))
		return session(st, dt_str_is(kind, "xpc_session_error"));
	*name = dt_layer_look(doc, probe_at);
	if (name->s == NULL && !dt_str_is(kind, "probe_response"))
		*name = kind;
	return probe(st, *name);
}

static int
document(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_layer *doc = &st->doc;
	struct dt_str name = {0};
	const char *why;
	bool has;
	size_t i;

	dt_arena_reset(&st->mem);
	dt_record_reset(&st->rec);
	*doc = (struct dt_layer){.prefix = DT_STR("")};
	if (dt_flat_read(st->flat, line->text, &st->mem, &doc->pairs,
	    &why) == -1)
		return why == NULL ? -1 : dt_unparsed(line, why, sink);
	why = doc->pairs.n > DT_LAYER_PAIRS ? "too much in one document" :
	    fill(st, &name);
	if (why != NULL)
		return dt_unparsed(line, why, sink);
	has = dt_str_is(name, "capabilities_snapshot");
	for (i = 0; has && i < doc->pairs.n; i++)
		if (dt_layer_is_entitlement(doc, i))
			doc->taken[i] = true;
	if (rest(st) == -1 || dt_emit(sink, &st->rec) == -1)
		return -1;
	return has ? dt_layer_entitlements(doc, &st->rec, &st->ent, sink) : 0;
}

/* What is held was all of it. */
static int
cut(struct state *st, const char *why, const struct dt_sink *sink)
{
	struct dt_line line = {.no = st->whole.no};
	int r;

	if (st->whole.n == 0)
		return 0;
	line.text = dt_whole_text(&st->whole);
	r = dt_unparsed(&line, why, sink);
	dt_whole_reset(&st->whole);
	return r;
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	static const char over[] = "a document that does not end";
	struct state *st = state;
	struct dt_line all = *line;
	int r;

	if (st->flat == NULL && (st->flat = dt_flat_new()) == NULL)
		return -1;
	if (dt_str_starts(line->text, "{") && cut(st, over, sink) == -1)
		return -1;
	if (st->whole.n == 0 && dt_scan_trim(line->text).n == 0)
		return 1;
	if (st->whole.n == 0 && !dt_str_starts(dt_scan_trim(line->text), "{"))
		return dt_unparsed(line, "no document begins here", sink);
	if (st->whole.n > 0 && dt_whole_full(&st->whole, line->text)) {
		if (cut(st, "a document that is too long", sink) == -1)
			return -1;
		return dt_unparsed(line, "a document that is too long", sink);
	}
	r = dt_whole_add(&st->whole, line->text, line->no);
	if (r == 1 && line->torn)
		return cut(st, "torn line", sink);
	if (r != 0)
		return r;
	all.text = dt_whole_text(&st->whole);
	all.no = st->whole.no;
	r = document(st, &all, sink);
	dt_whole_reset(&st->whole);
	return r;
}

static int
end(void *state, const struct dt_sink *sink)
{
	return cut(state, "a document that does not end", sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_flat_free(st->flat);
	dt_whole_free(&st->whole);
	dt_arena_free(&st->mem);
	dt_record_free(&st->rec);
	dt_record_free(&st->ent);
}

/* Is there "KEY": "WORD" in a line, for one of our words? */
static bool
names(struct dt_str line, const char *key)
{
	size_t n;

	while ((n = dt_scan_find(line, key)) < line.n) {
		line = dt_scan_ltrim(dt_str_after(line, n + strlen(key)));
		if (!dt_scan_take(&line, ":"))
			continue;
		line = dt_scan_ltrim(line);
		if (dt_scan_take(&line, "\"") &&
		    is_one(dt_scan_until(&line, "\""), kinds, NELEM(kinds)))
			return true;
	}
	return false;
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_str s = dt_scan_trim(line);

	if (!dt_str_starts(s, "{") && !dt_str_starts(s, "\""))
		return DT_IS_NOT;
	if (names(s, "\"kind\"") || names(s, "\"probe_id\"") ||
	    names(s, "\"probe_family\""))
		return DT_IS_SURE;
	return dt_str_starts(s, "{\"op\":") ? DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_layer = {
	.name = "layer",
	.tracer = "probe-layer",
	.what = "JSON of a probe layer: what an application says of itself",
	.size = sizeof(struct state),
	.own_end = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
