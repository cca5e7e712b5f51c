/* SPDX-License-Identifier: ISC */
/* What a record means: its world, operation, outcome and path shapes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "normalize.h"
#include "tables.h"

/* As many captures may be mixed in one stream; of more the oldest is lost. */
enum { RUNS = 1024, RUN_MAX = 256 };

enum { MEMOS = 1024, MEMO_PATH_MAX = 120, MEMO_SHAPE_MAX = 124 };

/* What a TRACE told of its capture. */
struct run {
	char id[RUN_MAX];
	size_t idlen;
	bool used;
	char world[DT_WORLD_ID_MAX];
	size_t worldlen;
	struct dt_sys sys;
};

/*
 * A path that was shaped lately.  Programs ask for the same few paths again
 * and again, and applying the rules costs more than all else here.
 */
struct memo {
	uint64_t fired;
	uint16_t pathlen, shapelen;
	char path[MEMO_PATH_MAX];
	char shape[MEMO_SHAPE_MAX];
};

struct dt_normalizer {
	struct dt_norm_opts opts;
	struct memo memos[MEMOS];
	struct run runs[RUNS];
	size_t next;		/* the slot to be given away next */
	struct run *last;	/* found by the record before */
	char why[512];
};

static const struct {
	const char *name;
	enum dt_os os;
} tracers[] = {
#define T(name, os) {name, DT_OS_##os},
#include "tracers.def"
#undef T
};

/* Evidence of records whose field `source` says that it is another's word. */
static const struct {
	enum dt_kind kind;
	const char *source;
	enum dt_evidence evidence;
} sources[] = {
	{DT_KIND_AUDIT, "user", DT_EVIDENCE_PROBE_LAYER},
	{DT_KIND_ENTITLEMENT, "probe", DT_EVIDENCE_PROBE_LAYER},
	{DT_KIND_ENTITLEMENT, "strings", DT_EVIDENCE_STRING_SCAN},
};

const char *const dt_normalize_keys[] = {
    "run", "phase", "tracer", "name", "errno", "path", "path2", "target",
    "op", "flags", "denied_by", "count", "events", "host", "fields",
    "world_id", "errno_name", "deny", "op_status", "evidence", "path_shape",
    "path2_shape", "target_shape", "path_rules", NULL};

struct dt_normalizer *
dt_normalizer_new(const struct dt_norm_opts *opts)
{
	struct dt_normalizer *no = calloc(1, sizeof(*no));

	if (no != NULL)
		no->opts = *opts;
	return no;
}

void
dt_normalizer_free(struct dt_normalizer *no)
{
	free(no);
}

static bool
is_run(const struct run *run, struct dt_str id)
{
	return run->used && run->idlen == id.n &&
	    (id.n == 0 || memcmp(run->id, id.s, id.n) == 0);
}

static struct run *
find_run(struct dt_normalizer *no, struct dt_str id)
{
	size_t i;

	if (no->last != NULL && is_run(no->last, id))
		return no->last;
	for (i = 0; i < RUNS; i++)
		if (is_run(&no->runs[i], id))
			return no->last = &no->runs[i];
	return NULL;
}

void
dt_normalizer_begin(struct dt_normalizer *no)
{
	struct run *run = find_run(no, (struct dt_str){0});

	if (run != NULL)
		run->used = false;
	no->last = NULL;
}

static int
contradiction(struct dt_normalizer *no, const struct dt_record *rec,
    const char **errstr)
{
	struct dt_str world_val, host_val, id = no->opts.world;
	const char *key;

	key = dt_world_contradicts(no->opts.worlds, id, &rec->host,
	    &world_val, &host_val);
	if (key == NULL)
		return 0;
	snprintf(no->why, sizeof(no->why),
	    "the capture is not of world '%.*s': its %s is '%.*s', not '%.*s'",
	    (int)id.n, id.s, key, (int)host_val.n, host_val.s,
	    (int)world_val.n, world_val.s);
	*errstr = no->why;
	return -1;
}

/* What is normalized already, and was said to be of another world. */
static int
other_world(struct dt_normalizer *no, struct dt_str is, const char **errstr)
{
	struct dt_str id = no->opts.world;

	if (id.s == NULL || dt_is_null(is) || dt_str_eq(id, is))
		return 0;
	snprintf(no->why, sizeof(no->why), "the record is of world '%.*s', "
	    "not '%.*s'", (int)(is.n < DT_WORLD_ID_MAX ? is.n :
	    DT_WORLD_ID_MAX), is.s, (int)id.n, id.s);
	*errstr = no->why;
	return -1;
}

static void
set_world(struct run *run, struct dt_str id)
{
	run->worldlen = id.n < sizeof(run->world) ? id.n : 0;
	if (run->worldlen > 0)
		memcpy(run->world, id.s, run->worldlen);
}

/* Remember what a TRACE says of its capture. */
static int
begin_run(struct dt_normalizer *no, const struct dt_record *rec,
    const char **errstr)
{
	struct run *run = find_run(no, rec->run);
	struct dt_str world;

	if (no->opts.world.s != NULL && contradiction(no, rec, errstr) == -1)
		return -1;
	if (run == NULL) {
		run = &no->runs[no->next];
		no->next = (no->next + 1) % RUNS;
	}
	*run = (struct run){.used = rec->run.n <= RUN_MAX};
	if (!run->used)
		return 0;
	run->idlen = rec->run.n;
	if (run->idlen > 0)
		memcpy(run->id, rec->run.s, run->idlen);
	run->sys.os = dt_os_bysysname(dt_kvv_get(&rec->host, "sysname"));
	run->sys.arch = dt_arch_bymachine(dt_kvv_get(&rec->host, "machine"));
	world = dt_world_find(no->opts.worlds, &rec->host);
	if (world.s != NULL)
		set_world(run, world);
	else
		run->worldlen = dt_world_derive(&rec->host, run->world);
	no->last = run;
	return 0;
}

static struct dt_sys
system_of(const struct run *run, const struct dt_record *rec)
{
	struct dt_sys sys = run != NULL ? run->sys : (struct dt_sys){0};
	size_t i;

	for (i = 0; sys.os == DT_OS_UNKNOWN &&
	    i < sizeof(tracers) / sizeof(tracers[0]); i++)
		if (dt_str_is(rec->tracer, tracers[i].name))
			sys.os = tracers[i].os;
	if (sys.arch == DT_ARCH_UNKNOWN)
		sys.arch = dt_arch_bymachine(dt_kvv_get(&rec->fields, "arch"));
	return sys;
}

static struct dt_str
world_of(const struct dt_normalizer *no, struct run *run)
{
	if (no->opts.world.s != NULL)
		return no->opts.world;
	if (run == NULL || run->worldlen == 0)
		return dt_null;
	return (struct dt_str){run->world, run->worldlen};
}

/* A constant of the tables, null where they have none. */
static struct dt_str
known(const char *name)
{
	return name != NULL ? dt_str_c(name) : dt_null;
}

/* The call a record is about: its name, or for a signal what was refused. */
static struct dt_str
call_of(const struct dt_record *rec)
{
	return rec->kind == DT_KIND_SIGNAL ?
	    dt_kvv_get(&rec->fields, "call") : rec->name;
}

static bool
is_deny(const struct dt_record *rec, enum dt_os os)
{
	enum dt_refusal refusal = dt_kind_refusal(rec->kind);

	if (dt_kvv_get(&rec->fields, "injected").s != NULL ||
	    refusal == DT_REFUSAL_NEVER)
		return false;
	if (rec->denied_by.s != NULL || refusal == DT_REFUSAL_LAYER)
		return rec->denied_by.s != NULL;
	if (rec->kind == DT_KIND_PROBE &&
	    dt_str_is(dt_kvv_get(&rec->fields, "denied"), "1"))
		return true;
	return rec->errnum.set && dt_errno_denies(os, rec->errnum.v) &&
	    !dt_notdeny(call_of(rec), os, rec->errnum.v);
}

static enum dt_evidence
evidence_of(const struct dt_record *rec)
{
	struct dt_str source = dt_kvv_get(&rec->fields, "source");
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (rec->kind == sources[i].kind &&
		    dt_str_is(source, sources[i].source))
			return sources[i].evidence;
	/* The kernel's own word, unless it was only inferred. */
	if (rec->kind == DT_KIND_SIGNAL && rec->denied_by.s != NULL &&
	    dt_kvv_get(&rec->fields, "inferred").s == NULL)
		return DT_EVIDENCE_KERNEL_DECISION;
	return dt_kind_evidence(rec->kind);
}

/* What a security module decided on, in its own words; see docs/records.md. */
static struct dt_opref
lsm_operation(const struct dt_record *rec)
{
	static const char *const masks[] = {"denied_mask", "denied",
	    "requested_mask", "requested", "capname"};
	struct dt_str layer = dt_kvv_get(&rec->fields, "layer"), words = {0};
	struct dt_opref ref;
	size_t i;

	if (dt_str_is(layer, "selinux"))
		return dt_op_bylsm(layer, dt_kvv_get(&rec->fields, "tclass"),
		    rec->name);
	if (dt_str_is(layer, "landlock"))
		return dt_op_bylsm(layer, DT_STR("*"), rec->name);
	if (dt_str_is(rec->name, "capable"))
		words = dt_kvv_get(&rec->fields, "name");
	for (i = 0; words.s == NULL && i < sizeof(masks) / sizeof(masks[0]);
	    i++)
		words = dt_kvv_get(&rec->fields, masks[i]);
	if (words.s == NULL && dt_kvv_get(&rec->fields, "family").s != NULL)
		words = DT_STR("socket");
	ref = dt_op_bylsm(DT_STR("apparmor-class"),
	    dt_kvv_get(&rec->fields, "class"), words);
	return ref.name != NULL ? ref : dt_op_bylsm(layer, rec->name, words);
}

static int
operation(struct dt_record *rec, struct dt_sys sys, struct dt_kvv *extra)
{
	struct dt_opref ref = {0};
	struct dt_str call = call_of(rec);

	if (rec->op.s != NULL) {
		rec->op_status = dt_is_null(rec->op) ? dt_null :
		    DT_STR("witnessed");
		return 0;
	}
	if (call.s != NULL && (rec->kind == DT_KIND_SYSCALL ||
	    rec->kind == DT_KIND_SIGNAL || rec->kind == DT_KIND_PROBE ||
	    dt_str_is(dt_kvv_get(&rec->fields, "layer"), "seccomp")))
		ref = dt_op_bycall(sys, call, rec->flags.set, rec->flags.v);
	else if (rec->kind == DT_KIND_AUDIT)
		ref = lsm_operation(rec);
	rec->op_status = known(ref.status);
	return dt_record_put(rec, extra, DT_STR("op"), known(ref.name));
}

static struct memo *
memo_of(struct dt_normalizer *no, struct dt_str path)
{
	uint32_t h = 2166136261;
	size_t i;

	for (i = 0; i < path.n; i++)
		h = (h ^ (unsigned char)path.s[i]) * 16777619;
	return &no->memos[(h ^ h >> 16) % MEMOS];
}

static void
remember(struct memo *m, struct dt_str path, struct dt_str shape,
    uint64_t fired)
{
	if (shape.n > sizeof(m->shape))
		return;
	memcpy(m->path, path.s, path.n);
	memcpy(m->shape, shape.s, shape.n);
	m->pathlen = (uint16_t)path.n;
	m->shapelen = (uint16_t)shape.n;
	m->fired = fired;
}

static int
apply(const struct dt_normalizer *no, struct dt_record *rec,
    struct dt_str path, struct dt_str *out, uint64_t *fired)
{
	char *buf = dt_arena_alloc(&rec->mem, dt_shapes_room(path.n));

	if (buf == NULL)
		return -1;
	out->s = buf;
	out->n = dt_shapes_apply(no->opts.shapes, path, buf,
	    dt_shapes_room(path.n), fired);
	return 0;
}

static int
shape(struct dt_normalizer *no, struct dt_record *rec, struct dt_str path,
    struct dt_str *out, uint64_t *fired)
{
	struct memo *m;

	*fired = 0;
	if (path.s == NULL)
		return 0;
	if (dt_is_null(path)) {
		*out = dt_null;
		return 0;
	}
	if (path.n == 0 || path.n > MEMO_PATH_MAX)
		return apply(no, rec, path, out, fired);
	m = memo_of(no, path);
	if (m->pathlen == path.n && memcmp(m->path, path.s, path.n) == 0) {
		*fired = m->fired;
		*out = dt_arena_dup(&rec->mem,
		    (struct dt_str){m->shape, m->shapelen});
		return out->s != NULL ? 0 : -1;
	}
	if (apply(no, rec, path, out, fired) == -1)
		return -1;
	remember(m, path, *out, *fired);
	return 0;
}

static int
shapes(struct dt_normalizer *no, struct dt_record *rec)
{
	uint64_t fired, fired2, fired3;
	size_t i;

	if (shape(no, rec, rec->path, &rec->path_shape, &fired) == -1 ||
	    shape(no, rec, rec->path2, &rec->path2_shape, &fired2) == -1 ||
	    shape(no, rec, rec->target, &rec->target_shape, &fired3) == -1)
		return -1;
	fired |= fired2 | fired3;
	for (i = 0; fired != 0; i++, fired >>= 1)
		if ((fired & 1) != 0 && dt_record_push(rec, &rec->path_rules,
		    dt_str_c(dt_shapes_rule(no->opts.shapes, i))) == -1)
			return -1;
	return 0;
}

static int
event(struct dt_normalizer *no, struct dt_record *rec,
    struct dt_sys sys, struct dt_kvv *extra)
{
	if (rec->errnum.set && rec->errnum.v != 0)
		rec->errno_name = known(dt_errno_name(sys.os, rec->errnum.v));
	rec->deny = DT_BOOL(is_deny(rec, sys.os));
	rec->evidence = known(dt_evidence_name(evidence_of(rec)));
	if (operation(rec, sys, extra) == -1)
		return -1;
	return shapes(no, rec);
}

const char *
dt_normalize_refuses(const struct dt_record *rec)
{
	if (rec->world_id.s == NULL)
		return rec->errno_name.s != NULL || rec->deny.set ||
		    rec->op_status.s != NULL || rec->evidence.s != NULL ||
		    rec->path_shape.s != NULL || rec->path2_shape.s != NULL ||
		    rec->target_shape.s != NULL ||
		    rec->path_rules.n > 0 ?
		    "normalized by half: there is no 'world_id'" : NULL;
	return dt_kind_class(rec->kind) == DT_CLASS_EVENT && !rec->deny.set ?
	    "normalized by half: there is no 'deny'" : NULL;
}

int
dt_normalize(struct dt_normalizer *no, struct dt_record *rec,
    struct dt_kvv *extra, const char **errstr)
{
	struct run *run;

	*errstr = NULL;
	*extra = (struct dt_kvv){0};
	if (rec->world_id.s != NULL)
		return other_world(no, rec->world_id, errstr) == -1 ? -1 : 1;
	if (rec->kind == DT_KIND_TRACE && begin_run(no, rec, errstr) == -1)
		return -1;
	if (rec->phase.s == NULL && no->opts.phase.s != NULL) {
		if (dt_record_put(rec, extra, DT_STR("phase"),
		    no->opts.phase) == -1)
			return -1;
		rec->phase = no->opts.phase;
	}
	run = find_run(no, rec->run);
	rec->world_id = world_of(no, run);
	if (dt_kind_class(rec->kind) != DT_CLASS_EVENT)
		return 0;
	return event(no, rec, system_of(run, rec), extra);
}
