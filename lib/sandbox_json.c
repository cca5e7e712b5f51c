/* SPDX-License-Identifier: ISC */
/* The log of macOS as JSON: entries, one by one, in whatever form they come. */
#include "logtime.h"
#include "sandbox.h"
#include "sandbox_json.h"
#include "scan.h"

/* What an entry says of itself. */
struct entry {
	struct dt_str type, message, program, sender;
	struct dt_int pid;
};

static const char OVER[] = "an entry that does not end";

/* The last part of a path. */
static struct dt_str
base(struct dt_str path)
{
	size_t n = dt_scan_find_last(path, "/");

	return path.s != NULL && n < path.n ? dt_str_after(path, n + 1) : path;
}

/*
 * Why an entry is not to be believed, or NULL.  A program can log any text
 * under any subsystem, but not as process 0.  What sandboxd reports the kernel
 * has logged by itself, and only one of them may count.
 */
static const char *
forged(const struct entry *e)
{
	if (dt_str_is(e->program, "/usr/libexec/sandboxd"))
		return "a report of sandboxd: the kernel's own word counts";
	if (!e->pid.set && e->program.s == NULL)
		return "a violation, and nobody says who wrote it";
	if (e->pid.set && e->pid.v == 0 && e->sender.s != NULL)
		return dt_scan_ends(e->sender, "/Sandbox") ? NULL :
		    "a violation, but another part of the kernel wrote it";
	return e->pid.set && e->pid.v == 0 ?
	    "a violation, and nobody says who wrote it" :
	    "a violation, but a program wrote it";
}

static void
describe(struct dt_logline *ll, const struct dt_kvv *pairs,
    const struct entry *e)
{
	struct dt_str s = dt_kvv_get(pairs, "timestamp");

	*ll = (struct dt_logline){.style = DT_LOG_UNIFIED, .pid = e->pid,
	    .process = base(e->program), .time = s, .text = e->message};
	if (!dt_logtime_take(&s, &ll->ts) || s.n > 0)
		ll->ts.set = false;
}

/* Messages that the log could not keep. */
static int
lost(struct dt_record *rec, const struct dt_kvv *pairs,
    const struct dt_logline *ll, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_sandbox sb = {0};
	struct dt_str n = dt_kvv_get(pairs, "lossCount");

	if (n.s == NULL)
		n = dt_kvv_get(pairs, "lossCount.count");
	sb.more.set = n.s != NULL && dt_num_parse(n, &sb.more.v) == 0 &&
	    sb.more.v >= 0;
	return dt_sandbox_give(rec, DT_SANDBOX_LOSS, &sb, ll, NULL, line,
	    sink);
}

/* Give an entry, whose text is that of the line. */
static int
message(struct dt_record *rec, const struct dt_kvv *pairs,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct entry e = {
		.type = dt_kvv_get(pairs, "eventType"),
		.message = dt_kvv_get(pairs, "eventMessage"),
		.program = dt_kvv_get(pairs, "processImagePath"),
		.sender = dt_kvv_get(pairs, "senderImagePath"),
	};
	struct dt_str pid = dt_kvv_get(pairs, "processID"), head = e.message;
	struct dt_sandbox sb = {0};
	struct dt_logline ll;
	enum dt_sandbox_is is;

	e.pid.set = pid.s != NULL && dt_num_parse(pid, &e.pid.v) == 0;
	describe(&ll, pairs, &e);
	if (dt_str_is(e.type, "lossEvent"))
		return lost(rec, pairs, &ll, line, sink);
	if (e.message.s == NULL && e.type.s == NULL)
		return dt_unparsed(line, "no entry of the log", sink);
	if (e.message.s == NULL) {
		ll.text = line->text;
		return dt_sandbox_give(rec, DT_SANDBOX_OTHER, &sb, &ll, NULL,
		    line, sink);
	}
	head = dt_scan_until(&e.message, "\n");
	is = dt_sandbox_read(&sb, head, dt_sandbox_is_daemon(&ll) ?
	    DT_SANDBOX_DAEMON : DT_SANDBOX_WHOLE);
	if (dt_scan_take(&e.message, "\n"))
		sb.rest = e.message;
	return dt_sandbox_give(rec, is, &sb, &ll, forged(&e), line, sink);
}

/* The last line of entries, which says how many they are. */
static int
finish(struct dt_sandbox_json *js, struct dt_str count,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_record rec = {.kind = DT_KIND_DROP, .text = line->text};
	int64_t n, entries = js->entries - 1;	/* but for this one */

	if (dt_num_parse(count, &n) == -1 || n < 0)
		return dt_unparsed(line, "'count' is no number", sink);
	js->entries = 0;
	if (n <= entries)
		return 1;
	rec.count = DT_INT(n - entries);
	return dt_emit(sink, &rec);
}

static int
entry(struct dt_sandbox_json *js, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_kvv pairs;
	const char *why;

	js->entries++;
	dt_arena_reset(&js->mem);
	if (dt_flat_read(js->flat, line->text, &js->mem, &pairs, &why) == -1)
		return why == NULL ? -1 : dt_unparsed(line, why, sink);
	if (dt_kvv_get(&pairs, "finished").s != NULL && pairs.n == 2)
		return finish(js, dt_kvv_get(&pairs, "count"), line, sink);
	return message(js->rec, &pairs, line, sink);
}

/* What is held was all of it. */
static int
cut(struct dt_sandbox_json *js, const char *why, const struct dt_sink *sink)
{
	struct dt_line line = {.no = js->whole.no};
	int r;

	if (js->whole.n == 0)
		return 0;
	js->entries++;
	line.text = dt_whole_text(&js->whole);
	r = dt_unparsed(&line, why, sink);
	dt_whole_reset(&js->whole);
	return r;
}

/* What stands between entries off the front of a line. */
static void
take_between(struct dt_sandbox_json *js, struct dt_str *s)
{
	for (; s->n > 0; *s = dt_str_after(*s, 1)) {
		if (s->s[0] == '[' || s->s[0] == ']')
			js->array = s->s[0] == '[';
		else if (s->s[0] != ',' && !dt_scan_blank(s->s[0]))
			return;
	}
}

/* A line between entries that is none. */
static int
foreign(struct dt_sandbox_json *js, struct dt_str s, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_logline ll = {.text = s};
	struct dt_line rest = *line;
	struct dt_sandbox sb;

	if (dt_logline_is_header(s))
		return 1;
	if (dt_str_starts(s, "=== ") &&
	    dt_sandbox_read(&sb, s, DT_SANDBOX_WHOLE) == DT_SANDBOX_LOSS)
		return dt_sandbox_give(js->rec, DT_SANDBOX_LOSS, &sb, &ll,
		    NULL, line, sink);
	rest.text = s;
	return dt_unparsed(&rest, "no entry of the log", sink);
}

int
dt_sandbox_json_line(struct dt_sandbox_json *js, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_str s = line->text;
	struct dt_line whole = {0};
	int r, given = 1;

	if (js->flat == NULL && (js->flat = dt_flat_new()) == NULL)
		return -1;
	if (dt_str_starts(s, "{") && cut(js, OVER, sink) == -1)
		return -1;
	if (js->whole.n > 0 && dt_whole_full(&js->whole, s) &&
	    cut(js, "an entry that is too long", sink) == -1)
		return -1;
	for (;;) {
		if (js->whole.n == 0)
			take_between(js, &s);
		if (s.n == 0 && js->whole.n == 0)
			return given;
		if (js->whole.n == 0 && s.s[0] != '{')
			return foreign(js, s, line, sink);
		r = dt_whole_take(&js->whole, &s, line->no);
		if (r == 1 && line->torn)
			return cut(js, "torn line", sink);
		if (r != 0)
			return r;
		whole.text = dt_whole_text(&js->whole);
		whole.no = js->whole.no;
		r = entry(js, &whole, sink);
		if (r == -1)
			return -1;
		given &= r;
		dt_whole_reset(&js->whole);
	}
}

int
dt_sandbox_json_end(struct dt_sandbox_json *js, const struct dt_sink *sink)
{
	if (cut(js, OVER, sink) == -1)
		return -1;
	return js->array ? dt_document_cut(sink) : 0;
}

void
dt_sandbox_json_free(struct dt_sandbox_json *js)
{
	dt_flat_free(js->flat);
	dt_whole_free(&js->whole);
	dt_arena_free(&js->mem);
}
