/* SPDX-License-Identifier: ISC */
/* The tracer dtrace(1), with a D script that prints dt text. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extern.h"
#include "proc.h"

struct state {
	struct dt_extern ex;	/* first, as dt_extern_* expect it */
};

static void
usable(struct dt_usable *u)
{
	static const char prefix[] = "dtrace: ";
	char line[128];
	bool has;

	if (dt_extern_ask("dtrace", "-V", line, sizeof(line)) == -1) {
		u->code = "tracer-missing";
		snprintf(u->why, sizeof(u->why), "dtrace: not found in PATH");
		return;
	}
	has = strncmp(line, prefix, sizeof(prefix) - 1) == 0;
	snprintf(u->version, sizeof(u->version), "%.63s",
	    line + (has ? sizeof(prefix) - 1 : 0));
	if (geteuid() == 0)
		return;
	u->code = "dtrace.privileges";
	snprintf(u->why, sizeof(u->why), "dtrace: only root may trace");
}

/* The script's first record says that its probes are on. */
static int
pass(void *ctx, struct dt_record *rec)
{
	struct dt_tracing *t = ctx;

	if (rec->kind == DT_KIND_TRACE)
		t->attached = true;
	return dt_emit(&t->sink, rec);
}

static int
start(struct dt_tracing *t)
{
	struct state *st = t->state;
	struct dt_extern *ex = &st->ex;

	ex->fmt = &dt_format_dt;
	ex->parsed = (struct dt_sink){pass, t};
	dt_extern_arg(ex, "dtrace");
	dt_extern_arg(ex, "-q");
	dt_extern_arg(ex, "-x");
	dt_extern_arg(ex, "strsize=2k");
	dt_extern_arg(ex, "-s");
	dt_extern_arg(ex, t->job->script);
	dt_extern_arg(ex, "-o");
	dt_extern_arg(ex, DT_EXTERN_OUT);
	dt_extern_arg(ex, "-p");
	dt_extern_arg_pid(ex, t->job->pid);
	return dt_extern_start(t);
}

const struct dt_tracer dt_tracer_dtrace = {
	.name = "dtrace",
	.what = "the program dtrace with a D script, for root",
	.scripted = true,
	.size = sizeof(struct state),
	.usable = usable,
	.start = start,
	.read = dt_extern_read,
	.stop = dt_extern_stop,
	.kill = dt_extern_kill,
	.free = dt_extern_free,
};
