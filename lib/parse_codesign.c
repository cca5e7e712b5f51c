/* SPDX-License-Identifier: ISC */
/*
 * The format of `codesign -d`: what the signature of a file says, and its
 * entitlements in both forms, with the two streams mixed or each alone.
 */
#include <string.h>

#include "bracket.h"
#include "message.h"
#include "parse.h"
#include "plist.h"
#include "scan.h"
#include "signature.h"

enum { BLOB_LEN = 8 };

static const char unsigned_[] = ": code object is not signed at all";
static const char magic[] = "\xfa\xde\x71\x71";

struct state {
	struct dt_signature sig;
	struct dt_arena mem;	/* of its path */
	struct dt_arena ent_mem;	/* of the path of entitlements */
	struct dt_str path;
	unsigned shown;		/* files since the last entitlements */
	struct dt_entitle ent;
	struct dt_plist xml;
	struct dt_bracket bracket;
	unsigned blob;		/* bytes to come of a blob's header */
	struct dt_record note;
};

/* The file before is done; a line about another begins. */
static int
begin(struct state *st, struct dt_str path, const struct dt_sink *sink)
{
	if (dt_signature_flush(&st->sig, sink) == -1 ||
	    dt_signature_begin(&st->sig, path) == -1)
		return -1;
	dt_arena_reset(&st->mem);
	st->path = (struct dt_str){0};
	st->shown++;
	if (path.s == NULL)
		return 0;
	st->path = dt_arena_dup(&st->mem, path);
	return st->path.s != NULL ? 0 : -1;
}

/* The command line that a transcript shows before what it printed. */
static bool
is_prompt(struct dt_str s)
{
	size_t n = dt_scan_find(s, "codesign ");

	return n < s.n && n >= 2 && s.s[n - 1] == ' ' &&
	    strchr("$%#", s.s[n - 2]) != NULL;
}

/* A key by itself is none of codesign's: somebody looked for it in the file. */
static int
scanned(struct state *st, struct dt_str key, const struct dt_sink *sink)
{
	dt_record_reset(&st->note);
	st->note.kind = DT_KIND_ENTITLEMENT;
	st->note.name = key;
	if (dt_record_put(&st->note, &st->note.fields, DT_STR("source"),
	    DT_STR("strings")) == -1)
		return -1;
	return dt_emit(sink, &st->note);
}

/* A line of the display, or of none of what codesign prints. */
static int
display(struct state *st, const struct dt_line *line, struct dt_str s,
    const struct dt_sink *sink)
{
	struct dt_line rest = *line;
	bool taken = false;

	rest.text = s;
	s = dt_scan_rtrim(s);
	if (s.n == 0 || is_prompt(s))
		return 1;
	if (dt_scan_take(&s, "Executable="))
		return begin(st, s, sink) == -1 ? -1 : 1;
	if (dt_scan_ends(s, unsigned_)) {
		s.n -= sizeof(unsigned_) - 1;
		if (begin(st, s, sink) == -1)
			return -1;
		return dt_signature_unsigned(&st->sig) == -1 ? -1 : 1;
	}
	if (dt_str_starts(s, "warning: ")) {
		dt_record_reset(&st->note);
		dt_message(s, "warning", "codesign.warning", &st->note);
		return dt_emit(sink, &st->note);
	}
	if (dt_entitle_is_key(s))
		return scanned(st, s, sink);
	if (st->sig.held && dt_signature_full(&st->sig))
		return dt_unparsed(&rest, "too much of one file", sink);
	if (!st->sig.held && dt_str_starts(s, "Identifier=") &&
	    begin(st, (struct dt_str){0}, sink) == -1)
		return -1;
	if (st->sig.held &&
	    dt_signature_line(&st->sig, s, &taken) == -1)
		return -1;
	return taken ? 1 : dt_unparsed(&rest, "nothing that codesign prints",
	    sink);
}

/* Something of a dictionary was refused: what it was is kept. */
static int
broken(struct state *st, const struct dt_line *line, const char *why,
    const struct dt_sink *sink)
{
	dt_plist_reset(&st->xml);
	st->bracket = (struct dt_bracket){.to = &st->ent};
	if (why == NULL || dt_entitle_cut(&st->ent) == -1)
		return -1;
	return dt_unparsed(line, why, sink);
}

/*
 * Entitlements begin.  codesign writes them to another stream than the file
 * they are of, so with several files before them that is not known.
 */
static int
entitlements(struct state *st)
{
	if (st->xml.begun || st->bracket.in)
		return 0;
	dt_arena_reset(&st->ent_mem);
	st->ent.path = (struct dt_str){0};
	if (st->shown > 1)
		st->path = (struct dt_str){0};
	if (st->path.s != NULL) {
		st->ent.path = dt_arena_dup(&st->ent_mem, st->path);
		if (st->ent.path.s == NULL)
			return -1;
	}
	st->shown = 0;
	return 0;
}

/* The dictionary that was begun ends here, whole or not. */
static int
finish(struct state *st, const struct dt_sink *sink)
{
	bool cut = st->xml.begun;

	if (st->bracket.in && dt_bracket_end(&st->bracket) == -1) {
		if (st->bracket.why == NULL)
			return -1;
		cut = true;
	}
	dt_plist_reset(&st->xml);
	if (dt_entitle_cut(&st->ent) == -1)
		return -1;
	return cut ? dt_document_cut(sink) : 0;
}

static int
xml(struct state *st, const struct dt_line *line, struct dt_str s,
    const struct dt_sink *sink)
{
	int r;

	if (entitlements(st) == -1)
		return -1;
	r = dt_plist_line(&st->xml, &s);
	if (r == -1)
		return broken(st, line, st->xml.why, sink);
	return r == 1 ? 1 : display(st, line, s, sink);
}

static int
bracket(struct state *st, const struct dt_line *line, struct dt_str s,
    const struct dt_sink *sink)
{
	if (entitlements(st) == -1)
		return -1;
	return dt_bracket_line(&st->bracket, s) == 0 ? 1 :
	    broken(st, line, st->bracket.why, sink);
}

/*
 * Before its XML, an old codesign writes the eight bytes of a blob's header,
 * of which the last four are a length and may hold a newline.
 */
static bool
blob(struct state *st, struct dt_str *s)
{
	size_t n = st->blob;

	if (n == 0 && s->n >= sizeof(magic) - 1 &&
	    memcmp(s->s, magic, sizeof(magic) - 1) == 0)
		n = BLOB_LEN;
	st->blob = n > s->n ? (unsigned)(n - s->n - 1) : 0;
	*s = dt_str_after(*s, n < s->n ? n : s->n);
	return n > 0 && s->n == 0;
}

/* Is a line of the XML that has begun, or does it begin one? */
static bool
is_xml(const struct state *st, struct dt_str s)
{
	if (!st->xml.begun)
		return dt_plist_is(s);
	return st->xml.text != NULL || st->xml.skip != NULL ||
	    dt_str_starts(dt_scan_ltrim(s), "<");
}

/* Does a line say that what was begun before it is over? */
static bool
is_over(const struct state *st, struct dt_str s)
{
	if (st->xml.begun)
		return dt_str_starts(s, "<?xml ");
	return st->bracket.in && dt_scan_trim(s).n > 0 && !dt_bracket_is(s);
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str s = line->text;

	st->ent.sink = sink;
	st->xml.to = st->bracket.to = &st->ent;
	if (line->torn && !dt_scan_ends(dt_scan_rtrim(s), "</plist>"))
		return dt_unparsed(line, "torn line", sink);
	if (blob(st, &s))
		return 1;
	if (is_over(st, s) && finish(st, sink) == -1)
		return -1;
	if (is_xml(st, s))
		return xml(st, line, s, sink);
	if (!st->xml.begun && dt_bracket_is(s))
		return bracket(st, line, s, sink);
	return display(st, line, s, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	st->ent.sink = sink;
	st->bracket.to = &st->ent;
	return finish(st, sink) == -1 ? -1 : dt_signature_flush(&st->sig, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_record_free(&st->sig.rec);
	dt_record_free(&st->note);
	dt_arena_free(&st->mem);
	dt_arena_free(&st->ent_mem);
	dt_entitle_free(&st->ent);
	dt_plist_free(&st->xml);
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_str s = dt_scan_rtrim(line);

	if (dt_str_starts(s, "Executable=/") || dt_scan_ends(s, unsigned_) ||
	    dt_str_starts(s, "CodeDirectory v=") ||
	    dt_str_starts(s, "warning: Specifying ':'") ||
	    dt_str_starts(s, magic) || (dt_bracket_is(s) &&
	    dt_str_starts(dt_scan_ltrim(s), "[Key] ")))
		return DT_IS_SURE;
	return dt_plist_has_key(s) || dt_str_starts(s, "Executable=") ||
	    dt_str_starts(s, "Identifier=") ? DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_codesign = {
	.name = "codesign",
	.tracer = "codesign",
	.what = "what codesign -d shows, entitlements too",
	.size = sizeof(struct state),
	.own_end = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
