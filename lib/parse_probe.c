/* SPDX-License-Identifier: ISC */
/*
 * The format of probe reports: what a program itself was told of each thing
 * it tried.  docs/probe-report.md describes it.
 */
#include <errno.h>
#include <resolv.h>

#include "flat.h"
#include "parse.h"

struct state {
	struct dt_flat *flat;
	struct dt_record rec;
};

static struct dt_str
get(const struct dt_kvv *pairs, const char *key)
{
	return dt_kvv_get(pairs, key);
}

/* A pair as a number, unset when there is none; -1 when it is no number. */
static int
number(const struct dt_kvv *pairs, const char *key, struct dt_int *num)
{
	struct dt_str val = get(pairs, key);

	if (val.s == NULL)
		return 0;
	num->set = true;
	return dt_num_parse(val, &num->v);
}

/* The exact bytes of a path: those of KEY_b64 when it is there. */
static int
bytes(struct dt_record *rec, const struct dt_kvv *pairs, const char *key,
    const char *key_b64, struct dt_str *out)
{
	struct dt_str b64 = get(pairs, key_b64);
	unsigned char *p;
	int n;

	*out = get(pairs, key);
	if (b64.s == NULL)
		return 0;
	p = dt_arena_alloc(&rec->mem, b64.n + 1);
	if (p == NULL)
		return -1;
	n = b64_pton(b64.s, p, b64.n + 1);
	if (n < 0)
		return -1;
	*out = (struct dt_str){(char *)p, (size_t)n};
	return 0;
}

static bool
is_member(struct dt_str key)
{
	static const char *const known[] = {"probe", "program", "pid", "ts",
	    "action", "path", "path_b64", "path2", "path2_b64", "ret",
	    "errno", "signal", "outcomes", NULL};
	const char *const *k;

	for (k = known; *k != NULL; k++)
		if (dt_str_is(key, *k))
			return true;
	return false;
}

static int
rest(struct dt_record *rec, const struct dt_kvv *pairs)
{
	size_t i;

	for (i = 0; i < pairs->n; i++) {
		if (is_member(pairs->v[i].key) ||
		    pairs->v[i].val.s == rec->text.s)
			continue;
		if (dt_record_put(rec, rec->kind == DT_KIND_TRACE &&
		    dt_hostfact_is(pairs->v[i].key) ? &rec->host :
		    &rec->fields, pairs->v[i].key, pairs->v[i].val) == -1)
			return -1;
	}
	return 0;
}

static const char *
outcome(struct dt_record *rec, const struct dt_kvv *pairs)
{
	rec->kind = DT_KIND_PROBE;
	rec->execname = get(pairs, "program");
	rec->name = get(pairs, "action");
	rec->signal = get(pairs, "signal");
	if (rec->name.s == NULL)
		return "an outcome without an 'action'";
	if (bytes(rec, pairs, "path", "path_b64", &rec->path) == -1 ||
	    bytes(rec, pairs, "path2", "path2_b64", &rec->path2) == -1)
		return "base64 that is none";
	if (number(pairs, "ret", &rec->ret) == -1 ||
	    number(pairs, "errno", &rec->errnum) == -1)
		return "'ret' or 'errno' is no number";
	/* No other mechanism of Linux or macOS sends this one. */
	if (dt_str_is(rec->signal, "SIGSYS"))
		rec->denied_by = DT_STR("seccomp");
	return NULL;
}

static const char *
begin(struct dt_record *rec, const struct dt_kvv *pairs)
{
	rec->kind = DT_KIND_TRACE;
	rec->target = get(pairs, "program");
	rec->tool = rec->target;
	return NULL;
}

static const char *
finish(struct dt_record *rec, const struct dt_kvv *pairs)
{
	rec->kind = DT_KIND_END;
	rec->complete = DT_BOOL(true);
	if (number(pairs, "outcomes", &rec->events) == -1 || !rec->events.set)
		return "an end without a number of 'outcomes'";
	return NULL;
}

static const char *
skipped(struct dt_record *rec, const struct dt_kvv *pairs)
{
	rec->kind = DT_KIND_DIAGNOSTIC;
	rec->level = DT_STR("warning");
	rec->diag_code = DT_STR("probe-skipped");
	rec->name = get(pairs, "action");
	rec->text = get(pairs, "why");
	return NULL;
}

static const char *
error(struct dt_record *rec, const struct dt_kvv *pairs)
{
	rec->kind = DT_KIND_DIAGNOSTIC;
	rec->level = DT_STR("warning");
	rec->diag_code = DT_STR("probe-error");
	rec->text = get(pairs, "text");
	return NULL;
}

/* Each fills a record from its pairs; returns why it can not, or NULL. */
static const struct {
	const char *name;
	const char *(*fill)(struct dt_record *, const struct dt_kvv *);
} lines[] = {
	{"begin", begin},
	{"end", finish},
	{"error", error},
	{"outcome", outcome},
	{"skipped", skipped},
};

static const char *
fill(struct dt_record *rec, const struct dt_kvv *pairs)
{
	struct dt_str which = get(pairs, "probe");
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!dt_str_is(which, lines[i].name))
			continue;
		why = lines[i].fill(rec, pairs);
		if (why != NULL)
			return why;
		if (number(pairs, "pid", &rec->pid) == -1 ||
		    number(pairs, "ts", &rec->ts) == -1)
			return "'pid' or 'ts' is no number";
		return rest(rec, pairs) == -1 ? "no memory" : NULL;
	}
	return "no 'probe' member that says what the line is";
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_kvv pairs;
	const char *errstr;

	if (st->flat == NULL && (st->flat = dt_flat_new()) == NULL)
		return -1;
	dt_record_reset(&st->rec);
	if (dt_flat_read(st->flat, line->text, &st->rec.mem, &pairs,
	    &errstr) == -1)
		return errstr == NULL ? -1 : dt_unparsed(line, errstr, sink);
	errstr = fill(&st->rec, &pairs);
	if (errstr != NULL)
		return dt_unparsed(line, errstr, sink);
	return dt_emit(sink, &st->rec);
}

static int
end(void *state, const struct dt_sink *sink)
{
	(void)state;
	(void)sink;
	return 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_flat_free(st->flat);
	dt_record_free(&st->rec);
}

static enum dt_is
is(struct dt_str line)
{
	return dt_str_starts(line, "{\"probe\":") ? DT_IS_SURE : DT_IS_NOT;
}

const struct dt_format dt_format_probe = {
	.name = "probe",
	.tracer = "probe",
	.what = "a program's own report of what it tried",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
