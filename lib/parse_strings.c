/* SPDX-License-Identifier: ISC */
/*
 * The format of strings(1) on an executable: what looks like an entitlement,
 * by itself or in a property list.  It may be one, or anything else.
 */
#include "parse.h"
#include "plist.h"
#include "scan.h"

struct state {
	struct dt_entitle ent;
	struct dt_plist xml;
	struct dt_record rec;
	struct dt_sink only;	/* before the sink: entitlements' keys alone */
	const struct dt_sink *sink;
	int64_t line;
};

static int
only(void *ctx, struct dt_record *rec)
{
	struct state *st = ctx;

	if (dt_entitle_is_key(rec->name))
		return dt_emit(st->sink, rec);
	rec->kind = DT_KIND_UNPARSED;
	rec->line = DT_INT(st->line);
	rec->text = rec->name;
	rec->name = (struct dt_str){0};
	rec->reason = DT_STR("a key that no entitlement has");
	return dt_emit(st->sink, rec);
}

static int
not_one(const struct dt_line *line, const char *why,
    const struct dt_sink *sink)
{
	return dt_unparsed(line, why != NULL ? why : "no entitlement", sink);
}

static int
plist(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_str s = line->text;
	int r;

	r = dt_plist_line(&st->xml, &s);
	if (r == -1 && st->xml.why == NULL)
		return -1;
	if (r == -1 && dt_entitle_cut(&st->ent) == -1)
		return -1;
	if (r == -1 || (r == 0 && dt_scan_trim(s).n > 0))
		return not_one(line, r == -1 ? st->xml.why :
		    "text behind a property list", sink);
	return 1;
}

/* A key by itself, perhaps with the offset that strings -t prints. */
static int
key(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_str s = dt_scan_trim(line->text), rest = s, offset;

	offset = dt_scan_word(&rest);
	rest = dt_scan_ltrim(rest);
	dt_record_reset(&st->rec);
	if (rest.n > 0) {
		s = rest;
		if (dt_record_put(&st->rec, &st->rec.fields, DT_STR("offset"),
		    offset) == -1)
			return -1;
	}
	if (!dt_entitle_is_key(s))
		return not_one(line, NULL, sink);
	st->rec.kind = DT_KIND_ENTITLEMENT;
	st->rec.name = s;
	if (dt_record_put(&st->rec, &st->rec.fields, DT_STR("source"),
	    DT_STR("strings")) == -1)
		return -1;
	return dt_emit(sink, &st->rec);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str s = dt_scan_trim(line->text);

	st->sink = sink;
	st->only = (struct dt_sink){only, st};
	st->ent.sink = &st->only;
	st->ent.source = "strings";
	st->xml.to = &st->ent;
	st->line = (int64_t)line->no;
	if (s.n == 0)
		return 1;
	if (st->xml.begun ? st->xml.text != NULL || st->xml.skip != NULL ||
	    s.s[0] == '<' : dt_plist_is(s))
		return plist(st, line, sink);
	return key(st, line, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	st->sink = sink;
	st->only = (struct dt_sink){only, st};
	st->ent.sink = &st->only;
	if (dt_entitle_cut(&st->ent) == -1)
		return -1;
	return st->xml.begun ? dt_document_cut(sink) : 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_entitle_free(&st->ent);
	dt_plist_free(&st->xml);
	dt_record_free(&st->rec);
}

static enum dt_is
is(struct dt_str line)
{
	return dt_entitle_is_key(dt_scan_trim(line)) ||
	    dt_plist_has_key(line) ? DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_strings = {
	.name = "strings",
	.tracer = "strings",
	.what = "what strings(1) finds in a program: entitlements it may have",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
