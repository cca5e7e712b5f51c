/* SPDX-License-Identifier: ISC */
/*
 * The format of strings(1) on an executable: what looks like an entitlement,
 * by itself or in a property list.  It may be one, or anything else.
 */
#include <string.h>

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

/* Can this be an offset, in any base? */
static bool
is_offset(struct dt_str s)
{
	bool digit = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		digit |= s.s[i] >= '0' && s.s[i] <= '9';
		if (s.s[i] == '\0' ||
		    strchr("0123456789abcdef", s.s[i]) == NULL)
			return false;
	}
	return digit;
}

/*
 * What may stand before a string: of -f the file, of -t the offset.  A name
 * without a slash is taken for the beginning of some message.
 */
static void
split(struct dt_str line, struct dt_str *file, struct dt_str *offset,
    struct dt_str *key)
{
	struct dt_str s = line, rest;
	size_t n = dt_scan_find_last(s, ": ");

	*file = *offset = (struct dt_str){0};
	if (n < s.n && (s.s[0] == '/' || dt_str_starts(s, "./") ||
	    dt_str_starts(s, "../"))) {
		*file = (struct dt_str){s.s, n};
		s = dt_str_after(s, n + 2);
	}
	*key = rest = dt_scan_trim(s);
	s = dt_scan_word(&rest);
	rest = dt_scan_ltrim(rest);
	if (rest.n == 0 || !is_offset(s))
		return;
	*offset = s;
	*key = rest;
}

/* A key by itself. */
static int
key(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->rec;
	struct dt_str offset;

	dt_record_reset(rec);
	split(line->text, &rec->path, &offset, &rec->name);
	if (!dt_entitle_is_key(rec->name))
		return not_one(line, NULL, sink);
	rec->kind = DT_KIND_ENTITLEMENT;
	if (dt_record_put(rec, &rec->fields, DT_STR("source"),
	    DT_STR("strings")) == -1)
		return -1;
	if (offset.s != NULL && dt_record_put(rec, &rec->fields,
	    DT_STR("offset"), offset) == -1)
		return -1;
	return dt_emit(sink, rec);
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
	struct dt_str file, offset, key_;

	split(line, &file, &offset, &key_);
	return dt_entitle_is_key(key_) || dt_plist_has_key(line) ?
	    DT_IS_MAYBE : DT_IS_NOT;
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
