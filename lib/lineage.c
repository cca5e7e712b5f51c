/* SPDX-License-Identifier: ISC */
/* Which processes were started from somewhere, as far as records tell. */
#include <stdlib.h>

#include "lineage.h"
#include "tables.h"

enum {
	WAIT_MAX = 1024,	/* records that wait; the oldest is given up */
	SLOTS = 1 << 16,
	PIDS_MAX = SLOTS / 4 * 3,	/* of more all are forgotten */
};

enum side { UNKNOWN, IN, OUT };

struct dt_lineage {
	struct dt_sink in, out;
	struct dt_str prefix;	/* without a slash at its end */
	struct {
		int64_t pid;
		enum side side;	/* UNKNOWN: the slot is free */
	} slots[SLOTS];
	size_t pids;
	enum side root;		/* of the target, from which all descend */
	struct {
		struct dt_record rec;
		enum side side;
	} wait[WAIT_MAX];
	size_t head, n;		/* of what waits */
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
	return pid.set ? lin->slots[slot_of(lin, pid.v)].side : UNKNOWN;
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
		lin->pids = 1;
		i = slot_of(lin, pid);
	}
	lin->slots[i].pid = pid;
	lin->slots[i].side = side;
}

/* The side of a program; UNKNOWN for a path that does not say where it is. */
static enum side
side_of_path(const struct dt_lineage *lin, struct dt_str path)
{
	size_t n = lin->prefix.n;

	if (!dt_str_starts(path, "/"))
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

/* A process that was in stays in, whatever it runs later. */
static void
learn_path(struct dt_lineage *lin, int64_t pid, struct dt_str path)
{
	if (side_of(lin, DT_INT(pid)) != IN)
		set_side(lin, pid, side_of_path(lin, path));
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
	if (rec->kind == DT_KIND_TRACE)
		set_side(lin, rec->pid.v, lin->root);
	if (side_of(lin, rec->ppid) == IN)
		set_side(lin, rec->pid.v, IN);
	learn_path(lin, rec->pid.v, rec->exe);
	if (is_exec(rec))
		learn_path(lin, rec->pid.v, rec->path);
	if (side_of(lin, rec->pid) == UNKNOWN)
		set_side(lin, rec->pid.v, side_of(lin, rec->ppid));
	if (made(rec, &child) && (side_of(lin, rec->pid) == IN ||
	    side_of(lin, DT_INT(child)) == UNKNOWN))
		set_side(lin, child, side_of(lin, rec->pid));
}

static enum side
judge(const struct dt_lineage *lin, const struct dt_record *rec)
{
	enum side side = side_of(lin, rec->pid);

	if (dt_kind_class(rec->kind) != DT_CLASS_EVENT)
		return IN;
	return side == UNKNOWN && lin->root == IN ? IN : side;
}

static int
give(struct dt_lineage *lin, struct dt_record *rec, enum side side)
{
	uint64_t n = (uint64_t)dt_record_events(rec);

	lin->sum.events += n;
	if (side == UNKNOWN)
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
		if (side == UNKNOWN)
			side = judge(lin, rec);
		if (side == UNKNOWN && !all && lin->n < WAIT_MAX &&
		    rec->pid.set)
			return 0;
		lin->head = (lin->head + 1) % WAIT_MAX;
		lin->n--;
		if (give(lin, rec, side) == -1)
			return -1;
	}
	return 0;
}

int
dt_lineage_take(struct dt_lineage *lin, struct dt_record *rec)
{
	enum side side;
	size_t at;

	/* What waits is of the capture before, or of none that goes on. */
	if ((rec->kind == DT_KIND_TRACE || rec->kind == DT_KIND_END) &&
	    release(lin, true) == -1)
		return -1;
	learn(lin, rec);
	side = judge(lin, rec);
	if (release(lin, false) == -1)
		return -1;
	/* Nobody will say whose a record without a process is. */
	if (lin->n == 0 && (side != UNKNOWN || !rec->pid.set))
		return give(lin, rec, side);
	at = (lin->head + lin->n++) % WAIT_MAX;
	lin->wait[at].side = side;
	return dt_record_copy(&lin->wait[at].rec, rec);
}

int
dt_lineage_end(struct dt_lineage *lin, struct dt_lineage_sum *sum)
{
	int r = release(lin, true);

	*sum = lin->sum;
	lin->sum = (struct dt_lineage_sum){0};
	forget(lin);
	lin->root = UNKNOWN;
	return r;
}
