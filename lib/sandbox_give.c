/* SPDX-License-Identifier: ISC */
/* Messages of the sandbox of macOS as records, and entries of its log. */
#include "logtime.h"
#include "sandbox.h"
#include "scan.h"

/* What an entry says of itself. */
struct entry {
	struct dt_str type, message, program, sender;
	struct dt_int pid;
};

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 : dt_record_put(rec, &rec->fields,
	    dt_str_c(key), val);
}

/* When it was written; last, so that it can be taken back. */
static int
put_time(struct dt_record *rec, const struct dt_logline *ll)
{
	rec->ts = ll->ts;
	return ll->ts.set ? 0 : put(rec, "time", ll->time);
}

static int
violation(struct dt_record *rec, const struct dt_sandbox *sb,
    const struct dt_logline *ll)
{
	if (dt_sandbox_fill(rec, sb) == -1)
		return -1;
	if (dt_sandbox_is_daemon(ll) &&
	    put(rec, "source", DT_STR("sandboxd")) == -1)
		return -1;
	if (put(rec, "message", sb->rest) == -1 ||
	    put(rec, "build", sb->build) == -1)
		return -1;
	if (sb->split && put(rec, "split", DT_STR("message")) == -1)
		return -1;
	return put_time(rec, ll);
}

/* Somebody else's message, and who said it. */
static int
output(struct dt_record *rec, const struct dt_logline *ll)
{
	rec->kind = DT_KIND_OUTPUT;
	rec->text = ll->text;
	rec->pid = ll->pid;
	if (ll->process.n > 0)
		rec->execname = ll->process;
	return put_time(rec, ll);
}

static int
loss(struct dt_record *rec, const struct dt_sandbox *sb,
    const struct dt_logline *ll)
{
	rec->kind = DT_KIND_DROP;
	rec->text = ll->text;
	rec->count = sb->more;
	return put_time(rec, ll);
}

int
dt_sandbox_give(struct dt_record *rec, enum dt_sandbox_is is,
    const struct dt_sandbox *sb, const struct dt_logline *ll,
    const char *forged, const struct dt_line *line, const struct dt_sink *sink)
{
	int r;

	dt_record_reset(rec);
	/* Nobody else speaks for the sandbox by chance. */
	if (forged != NULL && (is == DT_SANDBOX_INSIDE ||
	    is == DT_SANDBOX_UNKNOWN))
		is = DT_SANDBOX_OTHER;
	if (is == DT_SANDBOX_VIOLATION && forged == NULL)
		r = violation(rec, sb, ll);
	else if (is == DT_SANDBOX_LOSS)
		r = loss(rec, sb, ll);
	else if (is == DT_SANDBOX_OTHER)
		r = output(rec, ll);
	else
		return dt_unparsed(line, forged != NULL ? forged : sb->why,
		    sink);
	return r == -1 ? -1 : dt_emit(sink, rec);
}

/* The last part of a path. */
static struct dt_str
base(struct dt_str path)
{
	size_t n = dt_scan_find_last(path, "/");

	return path.s != NULL && n < path.n ? dt_str_after(path, n + 1) : path;
}

/*
 * Why an entry is not to be believed, or NULL.  A program can log any text
 * under any subsystem, but neither as process 0 nor as a program of the
 * system's, whose path is protected.
 */
static const char *
forged(const struct entry *e)
{
	if (dt_str_is(e->program, "/usr/libexec/sandboxd"))
		return NULL;
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
    const struct dt_logline *ll, const struct dt_sink *sink)
{
	struct dt_sandbox sb = {0};
	struct dt_str n = dt_kvv_get(pairs, "lossCount");

	if (n.s == NULL)
		n = dt_kvv_get(pairs, "lossCount.count");
	sb.more.set = n.s != NULL && dt_num_parse(n, &sb.more.v) == 0 &&
	    sb.more.v >= 0;
	dt_record_reset(rec);
	return loss(rec, &sb, ll) == -1 ? -1 : dt_emit(sink, rec);
}

int
dt_sandbox_entry(struct dt_record *rec, const struct dt_kvv *pairs,
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
		return lost(rec, pairs, &ll, sink);
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
