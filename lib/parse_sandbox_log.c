/* SPDX-License-Identifier: ISC */
/*
 * The format of sandbox logs: violations in the log of macOS, as log(1),
 * syslog, Console, Xcode and dmesg show it.
 */
#include "sandbox.h"
#include "sandbox_json.h"
#include "scan.h"
#include "tables.h"

struct state {
	struct dt_sandbox_json entries;
	struct dt_record rec;	/* the last one given */
	int64_t events;		/* that the line before stands for; 0 if it is
				   no record, or none that can be repeated */
	bool json;		/* the text is entries */
	bool plain;		/* the text has lines that are none */
	bool prefixed;		/* its lines say who wrote them */
	bool unified;		/* and are those of log(1) */
	size_t indent;		/* blanks before them */
};

static bool
has(struct dt_str s, const char *lit)
{
	return dt_scan_find(s, lit) < s.n;
}

static int
unparsed(const struct dt_line *line, struct dt_str text, const char *why,
    const struct dt_sink *sink)
{
	struct dt_line piece = *line;

	piece.text = text;
	return dt_unparsed(&piece, why, sink);
}

/* Give a message, and keep it if the next line may repeat it. */
static int
give(struct state *st, enum dt_sandbox_is is, const struct dt_sandbox *sb,
    const struct dt_logline *ll, const char *forged,
    const struct dt_line *line, const struct dt_sink *sink)
{
	if (dt_sandbox_give(&st->rec, is, sb, ll, forged, line, sink) == -1)
		return -1;
	if (st->unified || is != DT_SANDBOX_VIOLATION || forged != NULL)
		return 0;
	st->events = dt_record_events(&st->rec);
	return dt_record_own(&st->rec);
}

/* What Xcode adds to an error: " (in target 'X' from project 'Y')". */
static void
take_build(struct dt_logline *ll, struct dt_sandbox *sb)
{
	struct dt_str s = ll->message;
	size_t n = dt_scan_find_last(s, " (in target '");

	if (n == s.n || !dt_scan_ends(s, "')"))
		return;
	sb->build = dt_str_after(s, n + 2);
	sb->build.n--;
	ll->message.n = n;
}

static int
message(struct state *st, struct dt_logline *ll, bool split,
    const struct dt_line *line, const struct dt_sink *sink)
{
	enum dt_sandbox_form form = dt_sandbox_is_daemon(ll) ?
	    DT_SANDBOX_DAEMON : ll->style == DT_LOG_BARE ? DT_SANDBOX_CUT :
	    DT_SANDBOX_WHOLE;
	struct dt_sandbox sb, more = {.split = split};
	enum dt_sandbox_is is;

	if (ll->xcode)
		take_build(ll, &more);
	is = dt_sandbox_read(&sb, ll->message, form);
	sb.build = more.build;
	sb.split = more.split;
	return give(st, is, &sb, ll, dt_sandbox_forged(ll), line, sink);
}

/* May a message end with this?  Where one is quoted it begins behind a mark. */
static bool
is_end(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("_/.-)]", c) != NULL);
}

/*
 * Where a message begins that has run into the one before, as in the kernel's
 * own buffer, which has no newlines between them; n of the text if none does.
 */
static size_t
next_message(struct dt_str s)
{
	static const char *const begins[] = {"Sandbox", "System Policy"};
	struct dt_str before = s;
	const char *p;
	size_t i, n, len;

	for (n = 0; (p = memchr(s.s + n, ':', s.n - n)) != NULL; n++) {
		n = (size_t)(p - s.s);
		before.n = n;
		for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
			len = strlen(begins[i]);
			if (n > len && dt_scan_ends(before, begins[i]) &&
			    is_end(s.s[n - len - 1]))
				return n - len;
		}
	}
	return s.n;
}

/* A line with nothing but a time before its message, or messages. */
static int
bare(struct state *st, const struct dt_logline *whole,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_line piece = *line;
	struct dt_str s = whole->text;
	struct dt_logline ll;
	bool split = false;
	size_t n;

	/* The number before it may be of the path that was before that. */
	n = dt_scan_find_last(s, " duplicate report");
	if (n < s.n && !dt_scan_digits((struct dt_str){s.s, n}))
		return unparsed(line, line->text,
		    "messages that run into each other", sink);
	for (; s.n > 0; s = dt_str_after(s, n)) {
		n = next_message(s);
		split |= n < s.n;
		piece.text = (struct dt_str){s.s, n};
		ll = (struct dt_logline){.time = whole->time,
		    .text = piece.text, .message = piece.text};
		st->events = 0;
		if (message(st, &ll, split, &piece, sink) == -1)
			return -1;
	}
	return 0;
}

/* A line without the prefix that others have: of the message before. */
static int
continued(struct state *st, struct dt_str s, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_logline ll = {.text = s, .message = s};
	enum dt_sandbox_is is;
	struct dt_sandbox sb;

	is = dt_sandbox_read(&sb, s, DT_SANDBOX_WHOLE);
	if (is == DT_SANDBOX_VIOLATION || is == DT_SANDBOX_BAD ||
	    is == DT_SANDBOX_INSIDE)
		return dt_unparsed(line, "a violation without what stands "
		    "before the lines around it", sink);
	if (is == DT_SANDBOX_UNKNOWN)
		is = DT_SANDBOX_OTHER;
	return give(st, is, &sb, &ll, NULL, line, sink);
}

/* The line before once more, but not at its time. */
static int
again(const struct state *st, const struct dt_logline *ll, int64_t times,
    const struct dt_sink *sink)
{
	struct dt_record rec = st->rec;
	struct dt_kvv *fields = &rec.fields;
	struct dt_str report = DT_STR("report");
	int r = 0;

	/* What is put here is freed here: it may be repeated for ever. */
	rec.mem = (struct dt_arena){0};
	rec.ts = (struct dt_int){0};
	rec.count = DT_INT(times * st->events);
	if (fields->n > 0 && dt_str_is(fields->v[fields->n - 1].key, "time"))
		fields->n--;
	if (dt_kvv_find(fields, report).s == NULL)
		r = dt_record_put(&rec, fields, report, DT_STR("repeated"));
	if (r == 0 && ll->time.s != NULL)
		r = dt_record_put(&rec, fields, DT_STR("time"), ll->time);
	if (r == 0)
		r = dt_emit(sink, &rec);
	dt_arena_free(&rec.mem);
	return r;
}

/* Take off the blanks that all lines begin with where they were quoted. */
static void
read_line(struct state *st, struct dt_str s, struct dt_logline *ll)
{
	struct dt_str inner = s;
	size_t n = 0;

	while (n < s.n && s.s[n] == ' ' && (!st->prefixed || n < st->indent))
		n++;
	inner = dt_str_after(s, n);
	dt_logline_read(ll, inner);
	if (ll->style < DT_LOG_OLD)
		return;
	if (st->prefixed && n < st->indent)
		*ll = (struct dt_logline){.text = s, .message = s};
	st->indent = st->prefixed ? st->indent : n;
}

static int
text(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_str s = line->text;
	struct dt_logline ll;
	struct dt_int times = {0};

	if (dt_scan_ends(s, "\r"))
		s.n--;
	if (dt_scan_trim(s).n == 0)
		return 1;
	if (dt_logline_is_header(s)) {
		st->prefixed |= dt_str_starts(s, "Timestamp");
		st->unified |= st->prefixed;
		return 1;
	}
	read_line(st, s, &ll);
	st->plain = true;
	st->prefixed |= ll.style >= DT_LOG_OLD;
	st->unified |= ll.style == DT_LOG_UNIFIED;
	/* Repeats are told by the log itself, not by a program. */
	if (st->events > 0 && !st->unified && ll.process.s == NULL &&
	    dt_sandbox_repeated(ll.message, &times))
		return !times.set ? dt_unparsed(line,
		    "a number of times that cannot be", sink) :
		    again(st, &ll, times.v, sink);
	st->events = 0;
	if (st->prefixed && ll.style < DT_LOG_OLD)
		return continued(st, s, line, sink);
	return ll.style == DT_LOG_BARE ? bare(st, &ll, line, sink) :
	    message(st, &ll, false, line, sink);
}

/* Does a line begin entries?  Those of an array may begin behind a bracket. */
static bool
begins_json(const struct state *st, struct dt_str s)
{
	s = dt_scan_trim(s);
	if (st->prefixed)
		return false;
	if (st->plain)
		return dt_str_starts(s, "{\"") && has(s, "\"eventMessage\"");
	if (dt_scan_take(&s, "["))
		s = dt_scan_ltrim(s);
	else if (s.n == 0)
		return false;
	return s.n == 0 || dt_str_is(s, "]") || dt_str_is(s, "{") ||
	    dt_str_starts(s, "{\"") || dt_str_starts(s, "{ \"");
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;

	st->json |= begins_json(st, line->text);
	st->entries.rec = &st->rec;
	if (st->json)
		return dt_sandbox_json_line(&st->entries, line, sink);
	return line->torn ? dt_unparsed(line, "torn line", sink) :
	    text(st, line, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	return dt_sandbox_json_end(&st->entries, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_sandbox_json_free(&st->entries);
	dt_record_free(&st->rec);
}

/* Is it an entry on one line, or a member of one? */
static enum dt_is
is_json(struct dt_str s)
{
	static const char *const keys[] = {"\"eventMessage\"",
	    "\"machTimestamp\"", "\"processImagePath\"",
	    "\"senderImagePath\""};
	struct dt_str rest;
	size_t i;

	if (dt_str_starts(s, "{"))
		return has(s, "\"eventMessage\"") &&
		    (has(s, "ImagePath\"") ||
		    has(s, "\"com.apple.sandbox.reporting\"")) ?
		    DT_IS_SURE : DT_IS_NOT;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		rest = s;
		if (!dt_scan_take(&rest, keys[i]))
			continue;
		rest = dt_scan_ltrim(rest);
		if (!dt_scan_take(&rest, ":"))
			return DT_IS_NOT;
		rest = dt_scan_ltrim(rest);
		return i == 0 && dt_scan_take(&rest, "\"") &&
		    dt_sandbox_begins(rest) ? DT_IS_SURE : DT_IS_MAYBE;
	}
	return DT_IS_NOT;
}

static enum dt_is
is(struct dt_str line)
{
	enum dt_sandbox_is what;
	struct dt_logline ll;
	struct dt_sandbox sb;
	struct dt_int times;

	line = dt_scan_trim(line);
	if (dt_logline_is_header(line))
		return DT_IS_SURE;
	if (dt_str_starts(line, "{") || dt_str_starts(line, "\""))
		return is_json(line);
	dt_logline_read(&ll, line);
	what = dt_sandbox_read(&sb, ll.message, dt_sandbox_is_daemon(&ll) ?
	    DT_SANDBOX_DAEMON : ll.style == DT_LOG_BARE ? DT_SANDBOX_CUT :
	    DT_SANDBOX_WHOLE);
	if (what == DT_SANDBOX_VIOLATION && sb.name.s != NULL &&
	    (ll.style != DT_LOG_BARE || dt_op_is(sb.op)))
		return DT_IS_SURE;
	if (what != DT_SANDBOX_OTHER && what != DT_SANDBOX_UNKNOWN)
		return DT_IS_MAYBE;
	/* Other logs have a T between date and time, or no fraction. */
	return (ll.style == DT_LOG_UNIFIED && ll.time.n > 20 &&
	    ll.time.s[10] == ' ' && ll.time.s[19] == '.') ||
	    dt_sandbox_repeated(ll.message, &times) ? DT_IS_MAYBE : DT_IS_NOT;
}

const struct dt_format dt_format_sandbox_log = {
	.name = "sandbox-log",
	.tracer = "sandbox-log",
	.what = "violations of the sandbox in the log of macOS",
	.size = sizeof(struct state),
	.own_end = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
