/* SPDX-License-Identifier: ISC */
/* A capture's summary as JSON. */
#include <errno.h>

#include "capture.h"
#include "json.h"

static void
put_int(struct dt_json *j, const char *key, struct dt_int num)
{
	if (num.set)
		dt_json_member_int(j, key, num.v);
}

static void
put_str(struct dt_json *j, const char *key, struct dt_str str)
{
	if (str.s != NULL)
		dt_json_member(j, key, str);
}

static void
put_tracer(struct dt_json *j, const struct dt_capture *c)
{
	const char *const *arg = c->t.argv;

	dt_json_key(j, "tracer");
	dt_json_open(j);
	put_str(j, "name", c->trace.tracer);
	put_str(j, "version", c->trace.tracer_version);
	if (arg != NULL) {
		dt_json_key(j, "argv");
		dt_json_array(j);
		for (; *arg != NULL; arg++)
			dt_json_str(j, dt_str_c(*arg));
		dt_json_array_close(j);
	}
	put_str(j, "script", c->trace.script);
	put_str(j, "script_sha256", c->trace.script_sha256);
	dt_json_close(j);
}

static void
put_target(struct dt_json *j, const struct dt_record *rec)
{
	size_t i;

	dt_json_key(j, "target");
	dt_json_open(j);
	put_str(j, "name", rec->target);
	dt_json_key(j, "argv");
	dt_json_array(j);
	for (i = 0; i < rec->argv.n; i++)
		dt_json_str(j, rec->argv.v[i]);
	dt_json_array_close(j);
	put_int(j, "pid", rec->pid);
	put_int(j, "uid", rec->uid);
	dt_json_close(j);
}

/* What was run in place of what, if it was a copy. */
static void
put_copy(struct dt_json *j, const struct dt_kvv *fields)
{
	static const char *const keys[] = {"original", "original_sha256",
	    "copy", "copy_sha256"};
	size_t i;

	if (dt_kvv_get(fields, keys[0]).s == NULL)
		return;
	dt_json_key(j, "unsigned_copy");
	dt_json_open(j);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put_str(j, keys[i], dt_kvv_get(fields, keys[i]));
	dt_json_close(j);
}

static void
put_host(struct dt_json *j, const struct dt_kvv *host)
{
	size_t i;

	dt_json_key(j, "host");
	dt_json_open(j);
	for (i = 0; i < host->n; i++) {
		dt_json_str(j, host->v[i].key);
		dt_json_str(j, host->v[i].val);
	}
	dt_json_close(j);
}

static void
put_notes(struct dt_json *j, const struct dt_capture *c)
{
	size_t i;

	dt_json_key(j, "diagnostics");
	dt_json_array(j);
	for (i = 0; i < c->nnotes; i++) {
		dt_json_open(j);
		dt_json_member(j, "level", c->notes[i].level);
		dt_json_member(j, "code", c->notes[i].code);
		dt_json_member(j, "text", c->notes[i].text);
		dt_json_close(j);
	}
	dt_json_array_close(j);
}

static void
put_end(struct dt_json *j, const struct dt_capture *c)
{
	const struct dt_record *end = &c->end;

	dt_json_member_int(j, "started", c->trace.ts.v);
	dt_json_member_int(j, "ended", end->ts.v);
	dt_json_member_int(j, "events", c->events);
	dt_json_member_int(j, "dropped", c->dropped);
	put_str(j, "status", end->status);
	put_int(j, "code", end->exit_code);
	put_str(j, "signal", end->signal);
	put_int(j, "errno", end->errnum);
	/* A trace that was not written is not complete, whatever came of it. */
	dt_json_member_bool(j, "complete", end->complete.v &&
	    c->out_errno == 0);
}

int
dt_capture_meta(const struct dt_capture *c, FILE *f)
{
	struct dt_json *j = dt_json_new(f, true);

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-meta/1"));
	dt_json_member(j, "tool", c->trace.tool);
	put_str(j, "run", c->trace.run);
	put_str(j, "phase", c->trace.phase);
	put_tracer(j, c);
	put_target(j, &c->trace);
	put_copy(j, &c->trace.fields);
	put_host(j, &c->trace.host);
	put_end(j, c);
	put_notes(j, c);
	dt_json_close(j);
	return dt_json_end(j);
}
