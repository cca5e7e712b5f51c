/* SPDX-License-Identifier: ISC */
/* Messages of the sandbox of macOS as records. */
#include "sandbox.h"

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
	/* Nobody else speaks for the sandbox by chance, if it is known whose. */
	if (forged != NULL && !ll->two && (is == DT_SANDBOX_INSIDE ||
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
