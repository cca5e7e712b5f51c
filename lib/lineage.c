/* SPDX-License-Identifier: ISC */
/* Which processes were started from somewhere, as far as records tell. */
#include <stdlib.h>

#include "lineage.h"
#include "scan.h"
#include "tables.h"

enum {
	WAIT_MAX = 1024,	/* records that wait; the oldest is given up */
	WAIT_BYTES = 16 << 20,	/* and what they may hold */
	MEM_MAX = 1 << 14,	/* kept of one that has been given */
	SLOTS = 1 << 16,
	PIDS_MAX = SLOTS / 4 * 3,	/* of more all are forgotten */
};

enum side {
	UNKNOWN,
	IN,
	OUT,
	ALONE,		/* it runs what is out, and nobody told who made it */
	UNTOLD,		/* it runs what does not say where it is */
	GONE,		/* it has exited, and its number is free */
};

struct dt_lineage {
	struct dt_sink in, out;
	struct dt_str prefix;	/* without a slash at its end */
	struct {
		int64_t pid;
		enum side side;	/* UNKNOWN: the slot is free */
	} slots[SLOTS];
	size_t pids;
	struct dt_int first;	/* process of the text: who made it is not in */
	enum side root;		/* of the target, from which all descend */
	struct {
		struct dt_record rec;
		enum side side;
	} wait[WAIT_MAX];
	size_t head, n;		/* of what waits */
	size_t bytes;		/* of memory in it */
	struct dt_lineage_sum sum;
};

struct dt_lineage *
dt_lineage_new(struct dt_str prefix, const struct dt_sink *in,
    const struct dt_sink *out)
{
	struct dt_lineage *lin = calloc(1, sizeof(*lin));

	if (lin == NULL)
		return NULL;
	lin->in = *in;
	lin->out = *out;
	while (prefix.n > 0 && prefix.s[prefix.n - 1] == '/')
		prefix.n--;
	lin->prefix = prefix;
	return lin;
}

void
dt_lineage_free(struct dt_lineage *lin)
{
	size_t i;

	for (i = 0; lin != NULL && i < WAIT_MAX; i++)
		dt_record_free(&lin->wait[i].rec);
	free(lin);
}

static size_t
slot_of(const struct dt_lineage *lin, int64_t pid)
{
	size_t i = (size_t)((uint64_t)pid * 0x9e3779b97f4a7c15 >> 48) % SLOTS;

	while (lin->slots[i].side != UNKNOWN && lin->slots[i].pid != pid)
		i = (i + 1) % SLOTS;
	return i;
}

static enum side
side_of(const struct dt_lineage *lin, struct dt_int pid)
{
	enum side side;

	if (!pid.set)
		return UNKNOWN;
	side = lin->slots[slot_of(lin, pid.v)].side;
	return side == GONE ? UNKNOWN : side;
}

static void
forget(struct dt_lineage *lin)
{
	size_t i;

	for (i = 0; lin->pids > 0 && i < SLOTS; i++)
		lin->slots[i].side = UNKNOWN;
	lin->pids = 0;
}

static void
set_side(struct dt_lineage *lin, int64_t pid, enum side side)
{
	size_t i = slot_of(lin, pid);

	if (side == UNKNOWN)
		return;
	if (lin->slots[i].side == UNKNOWN && lin->pids++ == PIDS_MAX) {
		forget(lin);
		lin->sum.forgot = true;
		lin->pids = 1;
		i = slot_of(lin, pid);
	}
	lin->slots[i].pid = pid;
	lin->slots[i].side = side;
}

/* Does a path say where it is, without a link to another directory? */
static bool
is_plain(struct dt_str path)
{
	struct dt_str name;

	while (dt_scan_take(&path, "/")) {
		name = dt_scan_until(&path, "/");
		if (dt_str_is(name, "") || dt_str_is(name, ".") ||
		    dt_str_is(name, ".."))
			return false;
	}
	return path.n == 0;
}

bool
dt_lineage_prefix(struct dt_str path)
{
	if (!dt_str_starts(path, "/"))
		return false;
	while (dt_scan_ends(path, "/"))
		path.n--;
	return is_plain(path);
}

/* The side of a program; UNKNOWN for a path that does not say where it is. */
static enum side
side_of_path(const struct dt_lineage *lin, struct dt_str path)
{
	size_t n = lin->prefix.n;

	if (path.n == 0 || !is_plain(path))
		return UNKNOWN;
	return path.n >= n && memcmp(path.s, lin->prefix.s, n) == 0 &&
	    (path.n == n || path.s[n] == '/') ? IN : OUT;
}

static bool
is_exec(const struct dt_record *rec)
{
	if (rec->kind == DT_KIND_EXEC)
		return true;
	if (rec->kind == DT_KIND_ES_EVENT)
		return dt_str_is(rec->name, "exec");
	return rec->kind == DT_KIND_SYSCALL && dt_call_executes(rec->name) &&
	    rec->ret.set && rec->ret.v == 0 &&
	    !(rec->errnum.set && rec->errnum.v != 0);
}

/* The process that a record says was made; false if it says of none. */
static bool
made(const struct dt_record *rec, int64_t *pid)
{
	if (rec->kind == DT_KIND_ES_EVENT)
		return dt_num_parse(dt_kvv_get(&rec->fields, "child_pid"),
		    pid) == 0;
	*pid = rec->ret.v;
	return rec->kind == DT_KIND_SYSCALL && dt_call_forks(rec->name) &&
	    rec->ret.set && rec->ret.v > 0;
}

/*
 * What the process of a record runs.  One that was in stays in, whatever it
 * runs later, and of one that ran nobody knows what that may be so.
 */
static void
learn_path(struct dt_lineage *lin, const struct dt_record *rec,
    struct dt_str path)
{
	enum side side = side_of_path(lin, path), was = side_of(lin, rec->pid);

	if (was == IN || (was == UNTOLD && side != IN))
		return;
	if (side == OUT && (was == UNKNOWN || was == ALONE) &&
	    !rec->ppid.set && rec->kind != DT_KIND_TRACE &&
	    rec->pid.v != lin->first.v)
		side = ALONE;
	set_side(lin, rec->pid.v, side);
}

/* One process has made another, which is what that is, and more. */
static void
learn_child(struct dt_lineage *lin, enum side parent, int64_t child)
{
	enum side was = side_of(lin, DT_INT(child));

	if (parent == IN || was == UNKNOWN || was == ALONE)
		set_side(lin, child, parent);
}

static void
learn_exec(struct dt_lineage *lin, const struct dt_record *rec)
{
	enum side was = side_of(lin, rec->pid);

	if (side_of_path(lin, rec->path) != UNKNOWN)
		learn_path(lin, rec, rec->path);
	else if (was != IN)
		set_side(lin, rec->pid.v, UNTOLD);
}

static void
learn(struct dt_lineage *lin, const struct dt_record *rec)
{
	int64_t child;

	if (rec->kind == DT_KIND_TRACE)
		lin->root = rec->argv.n > 0 ?
		    side_of_path(lin, rec->argv.v[0]) : UNKNOWN;
	if (!rec->pid.set || (dt_kind_class(rec->kind) != DT_CLASS_EVENT &&
	    rec->kind != DT_KIND_TRACE))
		return;
	if (!lin->first.set)
		lin->first = rec->pid;
	if (rec->kind == DT_KIND_TRACE)
		set_side(lin, rec->pid.v, lin->root);
	learn_child(lin, side_of(lin, rec->ppid), rec->pid.v);
	learn_path(lin, rec, rec->exe);
	if (is_exec(rec))
		learn_exec(lin, rec);
	if (made(rec, &child))
		learn_child(lin, side_of(lin, rec->pid), child);
}

/* A process that has exited may be followed by one of its number. */
static void
unlearn(struct dt_lineage *lin, const struct dt_record *rec)
{
	enum side side = side_of(lin, rec->pid);

	if (rec->kind != DT_KIND_EXIT && !(rec->kind == DT_KIND_ES_EVENT &&
	    dt_str_is(rec->name, "exit")))
		return;
	/* Of one that was alone somebody may yet tell who made it. */
	if (side != UNKNOWN && side != ALONE)
		set_side(lin, rec->pid.v, GONE);
}

static enum side
judge(const struct dt_lineage *lin, const struct dt_record *rec)
{
	if (dt_kind_class(rec->kind) != DT_CLASS_EVENT || lin->root == IN)
		return IN;
	return side_of(lin, rec->pid);
}

/* May a later record tell? */
static bool
may_change(enum side side, const struct dt_record *rec)
{
	return (side == UNKNOWN || side == ALONE) && rec->pid.set;
}

static int
give(struct dt_lineage *lin, struct dt_record *rec, enum side side)
{
	uint64_t n = (uint64_t)dt_record_events(rec);

	lin->sum.events += n;
	if (side == UNKNOWN || side == UNTOLD)
		lin->sum.unknown += n;
	return dt_emit(side == IN ? &lin->in : &lin->out, rec);
}

/* Give what waits up to the first that nothing is known of, or all. */
static int
release(struct dt_lineage *lin, bool all)
{
	struct dt_record *rec;
	enum side side;

	while (lin->n > 0) {
		rec = &lin->wait[lin->head].rec;
		side = lin->wait[lin->head].side;
		if (may_change(side, rec))
			side = judge(lin, rec);
		if (may_change(side, rec) && !all && lin->n < WAIT_MAX &&
		    lin->bytes < WAIT_BYTES)
			return 0;
		lin->head = (lin->head + 1) % WAIT_MAX;
		lin->n--;
		if (give(lin, rec, side) == -1)
			return -1;
		lin->bytes -= rec->mem.total;
		dt_record_reset(rec);
		if (rec->mem.total > MEM_MAX)
			dt_record_free(rec);
	}
	return 0;
}

static int
hold(struct dt_lineage *lin, const struct dt_record *rec, enum side side)
{
	size_t at = (lin->head + lin->n++) % WAIT_MAX;
	struct dt_record *copy = &lin->wait[at].rec;
	int r;

	lin->wait[at].side = side;
	r = dt_record_copy(copy, rec);
	lin->bytes += copy->mem.total;
	return r;
}

int
dt_lineage_take(struct dt_lineage *lin, struct dt_record *rec)
{
	enum side side;
	int r;

	/* What waits is of the capture before, or of none that goes on. */
	if ((rec->kind == DT_KIND_TRACE || rec->kind == DT_KIND_END) &&
	    release(lin, true) == -1)
		return -1;
	learn(lin, rec);
	side = judge(lin, rec);
	if (release(lin, false) == -1)
		return -1;
	/* Nobody will say whose a record without a process is. */
	r = lin->n == 0 && !may_change(side, rec) ? give(lin, rec, side) :
	    hold(lin, rec, side);
	unlearn(lin, rec);
	return r;
}

int
dt_lineage_end(struct dt_lineage *lin, struct dt_lineage_sum *sum)
{
	int r = release(lin, true);

	*sum = lin->sum;
	lin->sum = (struct dt_lineage_sum){0};
	forget(lin);
	lin->first = (struct dt_int){0};
	lin->root = UNKNOWN;
	return r;
}
