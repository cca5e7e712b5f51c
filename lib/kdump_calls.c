/* SPDX-License-Identifier: ISC */
/* The calls of kdump's text that have begun, and the rows that are of them. */
#include "kdump_calls.h"
#include "scan.h"

/*
 * A slot's text is its rows, a line each.  In the state PENDING there is one
 * call among them, its first row; in HELD there were several, and nobody knows
 * of which the rows are; in DONE there is none.
 */
enum {
	BYTES_MAX = 16 * 1024,	/* of a slot */
	CALLS_MAX = 16,		/* in HELD */
	OTHERS_MAX = 8,		/* rows in HELD that are no calls */
};

struct row {
	struct dt_kdump_line ln;
	struct dt_str raw;
	bool gone;
};

struct rows {
	struct row *v;
	size_t n, ncalls;
};

/* A copy in which one byte stands for another. */
static struct dt_str
copy(struct dt_arena *mem, struct dt_str s, char from, char to)
{
	char *p = dt_arena_alloc(mem, s.n + 1);
	size_t i;

	if (p == NULL)
		return (struct dt_str){0};
	for (i = 0; i < s.n; i++)
		p[i] = s.s[i] == from ? to : s.s[i];
	return (struct dt_str){p, s.n};
}

/* A newline in a path is kept as a NUL, which no path has. */
static struct dt_str
pack(struct dt_kdump_calls *kc, struct dt_str s)
{
	return copy(&kc->mem, s, '\n', '\0');
}

/* Where a thread's rows wait, or a process's that tells no threads. */
static int64_t
key_of(const struct dt_kdump_line *row)
{
	uint64_t pid = (uint64_t)row->pid.v;

	return (int64_t)(row->tid.set ? (pid << 32) ^
	    (uint64_t)row->tid.v : pid);
}

/* Take the rows of a slot out into the memory of a line.  -1 with errno. */
static int
load(struct dt_kdump_calls *kc, const struct dt_strace_slot *slot,
    struct rows *rows)
{
	struct dt_str text = {slot->text, slot->all}, line;
	struct row *row;

	*rows = (struct rows){0};
	while (text.n > 0) {
		line = dt_scan_until(&text, "\n");
		dt_scan_take(&text, "\n");
		row = dt_arena_grow(&kc->mem, rows->v, rows->n,
		    sizeof(*row));
		if (row == NULL)
			return -1;
		rows->v = row;
		row += rows->n++;
		*row = (struct row){0};
		row->raw = copy(&kc->mem, line, '\0', '\0');
		line = copy(&kc->mem, line, '\0', '\n');
		if (row->raw.s == NULL || line.s == NULL)
			return -1;
		dt_kdump_line(line, &kc->lay, &row->ln);
		rows->ncalls += row->ln.type == DT_KDUMP_CALL;
	}
	return 0;
}

/* Put what is left of the rows back, or drop the slot if no call is. */
static int
store(struct dt_kdump_calls *kc, int64_t key, const struct rows *rows)
{
	struct dt_strace_slot *slot;
	size_t i, n = 0;
	char *p;

	for (i = 0; i < rows->n; i++)
		n += rows->v[i].raw.n + 1;
	p = dt_arena_alloc(&kc->mem, n + 1);
	if (p == NULL)
		return -1;
	for (i = n = 0; i < rows->n; i++) {
		if (rows->v[i].gone)
			continue;
		if (n > 0)
			p[n++] = '\n';
		memcpy(p + n, rows->v[i].raw.s, rows->v[i].raw.n);
		n += rows->v[i].raw.n;
	}
	slot = dt_strace_calls_find(&kc->slots, key);
	if (n == 0 && slot != NULL)
		dt_strace_calls_drop(&kc->slots, slot);
	if (n == 0)
		return 0;
	return dt_strace_calls_set(&kc->slots, key, DT_STRACE_HELD,
	    (struct dt_str){p, n}) == NULL ? -1 : 0;
}

static int
give(struct dt_kdump_calls *kc, const struct dt_sink *sink)
{
	dt_kdump_judge(&kc->rec, kc->os);
	return dt_emit(sink, &kc->rec);
}

static int
give_single(struct dt_kdump_calls *kc, const struct dt_kdump_line *ln,
    const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	return dt_kdump_single(&kc->rec, ln, kc->os) == -1 ? -1 :
	    dt_emit(sink, &kc->rec);
}

/* Add the rows of a call in their order, paths by their number. */
static int
add_rows(struct dt_kdump_calls *kc, const struct rows *rows)
{
	int nth = 0;
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (dt_kdump_add(&kc->rec, &rows->v[i].ln,
		    rows->v[i].ln.type == DT_KDUMP_NAMI ? nth++ : 0,
		    kc->os) == -1)
			return -1;
	return 0;
}

static int
give_unfinished(struct dt_kdump_calls *kc, const struct dt_kdump_line *call,
    const struct rows *rows, const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, call, NULL, kc->os) == -1 ||
	    (rows != NULL && add_rows(kc, rows) == -1))
		return -1;
	return give(kc, sink);
}

/* Give what waits in a slot, of which no more comes, and drop it. */
static int
give_slot(struct dt_kdump_calls *kc, struct dt_strace_slot *slot,
    const struct dt_sink *sink)
{
	bool pending = slot->state == DT_STRACE_PENDING;
	struct rows rows;
	size_t i;
	int r = load(kc, slot, &rows);

	dt_strace_calls_drop(&kc->slots, slot);
	if (r == -1)
		return -1;
	if (pending)
		return give_unfinished(kc, &rows.v[0].ln, &rows, sink);
	for (i = 0; i < rows.n; i++) {
		r = rows.v[i].ln.type == DT_KDUMP_CALL ?
		    give_unfinished(kc, &rows.v[i].ln, NULL, sink) :
		    give_single(kc, &rows.v[i].ln, sink);
		if (r == -1)
			return -1;
	}
	return 0;
}

/* Begin a slot with a row.  Returns 1, as nothing is given for the row. */
static int
begin(struct dt_kdump_calls *kc, const struct dt_kdump_line *row,
    enum dt_strace_state state, struct dt_str line, const struct dt_sink *sink)
{
	struct dt_strace_slot *slot;

	while ((slot = dt_strace_calls_oldest(&kc->slots, line.n)) != NULL)
		if (give_slot(kc, slot, sink) == -1)
			return -1;
	line = pack(kc, line);
	if (line.s == NULL)
		return -1;
	return dt_strace_calls_set(&kc->slots, key_of(row), state, line) ==
	    NULL ? -1 : 1;
}

/* Give the first of too many rows that are calls, or that are none. */
static int
give_excess(struct dt_kdump_calls *kc, struct rows *rows, bool calls,
    const struct dt_sink *sink)
{
	size_t i, n = calls ? rows->ncalls : rows->n - rows->ncalls;

	if (n <= (calls ? CALLS_MAX : OTHERS_MAX))
		return 0;
	for (i = 0; i < rows->n; i++)
		if ((rows->v[i].ln.type == DT_KDUMP_CALL) == calls)
			break;
	rows->v[i].gone = true;
	return calls ? give_unfinished(kc, &rows->v[i].ln, NULL, sink) :
	    give_single(kc, &rows->v[i].ln, sink);
}

/* Add a row where several calls wait. */
static int
crowd(struct dt_kdump_calls *kc, struct dt_strace_slot *slot,
    struct dt_str line, const struct dt_sink *sink)
{
	int64_t key = slot->tid;
	struct rows rows;

	line = pack(kc, line);
	if (line.s == NULL || dt_strace_calls_frame(&kc->slots, slot, line)
	    == -1 || load(kc, slot, &rows) == -1 ||
	    give_excess(kc, &rows, true, sink) == -1 ||
	    give_excess(kc, &rows, false, sink) == -1 ||
	    store(kc, key, &rows) == -1)
		return -1;
	return 1;
}

/* Calls that end a process, or a thread of it. */
static bool
is_exit(struct dt_str name)
{
	static const char *const names[] = {"__threxit", "_lwp_exit", "exit",
	    "lwp_exit", "thr_exit"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (dt_str_is(name, names[i]))
			return true;
	return false;
}

static int
take_call(struct dt_kdump_calls *kc, const struct dt_kdump_line *row,
    struct dt_str line, const struct dt_sink *sink)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&kc->slots,
	    key_of(row));

	if (line.n > BYTES_MAX / 2 || is_exit(row->name)) {
		if (dt_str_is(row->name, "exit") && slot != NULL &&
		    give_slot(kc, slot, sink) == -1)
			return -1;
		return give_unfinished(kc, row, NULL, sink);
	}
	/* A thread that is told has one call at a time. */
	if (slot != NULL && !row->tid.set && slot->state != DT_STRACE_DONE &&
	    slot->all + line.n < BYTES_MAX)
		return crowd(kc, slot, line, sink);
	if (slot != NULL && give_slot(kc, slot, sink) == -1)
		return -1;
	return begin(kc, row, DT_STRACE_PENDING, line, sink);
}

static int
give_resumed(struct dt_kdump_calls *kc, const struct dt_kdump_line *ret,
    const struct rows *rows, const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, NULL, ret, kc->os) == -1 ||
	    (rows != NULL && add_rows(kc, rows) == -1))
		return -1;
	return give(kc, sink);
}

/* Is a row of the slot of this call, as far as anybody can say? */
static bool
may_be_of(const struct row *row, const struct dt_record *rec)
{
	return row->ln.type != DT_KDUMP_CALL &&
	    (row->ln.type != DT_KDUMP_CAP ||
	    (rec->errnum.v != 0 && rec->denied_by.s != NULL));
}

/* A result where several calls wait: of those by its name, if any is. */
static int
crowd_ret(struct dt_kdump_calls *kc, const struct dt_strace_slot *slot,
    const struct dt_kdump_line *ret, const struct dt_sink *sink)
{
	struct dt_record *rec = &kc->rec;
	struct row *call = NULL;
	int64_t key = slot->tid;
	struct rows rows;
	size_t i, same = 0;

	if (load(kc, slot, &rows) == -1)
		return -1;
	for (i = rows.n; i-- > 0; )
		if (rows.v[i].ln.type == DT_KDUMP_CALL &&
		    dt_str_eq(rows.v[i].ln.name, ret->name)) {
			call = &rows.v[i];
			same++;
		}
	if (call == NULL)
		return give_resumed(kc, ret, NULL, sink);
	dt_record_reset(rec);
	if (dt_kdump_fill(rec, &call->ln, ret, kc->os) == -1)
		return -1;
	if (same > 1) {
		rec->args = (struct dt_strv){0};
		rec->flags.set = false;
	}
	dt_kdump_judge(rec, kc->os);
	for (i = 0; i < rows.n; i++) {
		if (!may_be_of(&rows.v[i], rec))
			continue;
		if (dt_kdump_add(rec, &rows.v[i].ln, -1, kc->os) == -1)
			return -1;
		/* What was refused is told once. */
		rows.v[i].gone = rows.v[i].ln.type == DT_KDUMP_CAP;
	}
	if (give(kc, sink) == -1)
		return -1;
	call->gone = true;
	/* No call is left that the other rows could be of. */
	for (i = 0; rows.ncalls == 1 && i < rows.n; i++) {
		if (!rows.v[i].gone && give_single(kc, &rows.v[i].ln, sink) == -1)
			return -1;
		rows.v[i].gone = true;
	}
	return store(kc, key, &rows);
}

static int
take_ret(struct dt_kdump_calls *kc, const struct dt_kdump_line *ret,
    const struct dt_sink *sink)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&kc->slots,
	    key_of(ret));
	struct rows rows;
	bool pending;

	if (slot == NULL)
		return give_resumed(kc, ret, NULL, sink);
	if (slot->state == DT_STRACE_HELD)
		return crowd_ret(kc, slot, ret, sink);
	pending = slot->state == DT_STRACE_PENDING;
	if (load(kc, slot, &rows) == -1)
		return -1;
	if (pending && !dt_str_eq(rows.v[0].ln.name, ret->name)) {
		/* Another thread's, where the text tells none. */
		if (!ret->tid.set)
			dt_strace_calls_state(&kc->slots, slot,
			    DT_STRACE_HELD);
		else if (give_slot(kc, slot, sink) == -1)
			return -1;
		return give_resumed(kc, ret, NULL, sink);
	}
	dt_strace_calls_drop(&kc->slots, slot);
	if (!pending)
		return give_resumed(kc, ret, &rows, sink);
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, &rows.v[0].ln, ret, kc->os) == -1 ||
	    add_rows(kc, &rows) == -1)
		return -1;
	return give(kc, sink);
}

/* A row that is of a call; paths may come without one, in parts of traces. */
static int
take_part(struct dt_kdump_calls *kc, const struct dt_kdump_line *row,
    struct dt_str line, const struct dt_sink *sink)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&kc->slots,
	    key_of(row));
	bool early = row->type == DT_KDUMP_NAMI ||
	    row->type == DT_KDUMP_CAP || row->type == DT_KDUMP_PLDG;

	if (memchr(line.s, '\0', line.n) != NULL || (slot == NULL && !early) ||
	    (slot != NULL && slot->all + line.n >= BYTES_MAX) ||
	    line.n > BYTES_MAX / 2)
		return give_single(kc, row, sink);
	if (slot == NULL)
		return begin(kc, row, DT_STRACE_DONE, line, sink);
	if (slot->state == DT_STRACE_HELD)
		return crowd(kc, slot, line, sink);
	line = pack(kc, line);
	return line.s == NULL || dt_strace_calls_frame(&kc->slots, slot,
	    line) == -1 ? -1 : 1;
}

int
dt_kdump_calls_row(struct dt_kdump_calls *kc, const struct dt_kdump_line *row,
    struct dt_str line, const struct dt_sink *sink)
{
	dt_arena_reset(&kc->mem);
	switch (row->type) {
	case DT_KDUMP_CALL:
		return take_call(kc, row, line, sink);
	case DT_KDUMP_RET:
		return take_ret(kc, row, sink);
	case DT_KDUMP_NAMI:
	case DT_KDUMP_CAP:
	case DT_KDUMP_PLDG:
	case DT_KDUMP_SCTL:
	case DT_KDUMP_STRU:
		return take_part(kc, row, line, sink);
	default:
		return give_single(kc, row, sink);
	}
}

int
dt_kdump_calls_break(struct dt_kdump_calls *kc,
    const struct dt_kdump_line *row, const struct dt_sink *sink)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&kc->slots,
	    key_of(row));

	dt_arena_reset(&kc->mem);
	return slot != NULL ? give_slot(kc, slot, sink) : 0;
}

int
dt_kdump_calls_end(struct dt_kdump_calls *kc, const struct dt_sink *sink)
{
	struct dt_strace_slot *slot;

	dt_arena_reset(&kc->mem);
	while ((slot = dt_strace_calls_first(&kc->slots)) != NULL)
		if (give_slot(kc, slot, sink) == -1)
			return -1;
	return 0;
}

void
dt_kdump_calls_free(struct dt_kdump_calls *kc)
{
	dt_record_free(&kc->rec);
	dt_arena_free(&kc->mem);
	dt_strace_calls_free(&kc->slots);
}
