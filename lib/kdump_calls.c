/* SPDX-License-Identifier: ISC */
/* The calls of kdump's text that have begun, and the rows that are of them. */
#include "kdump_own.h"

enum { BYTES_MAX = 16 * 1024 };	/* of a slot */

/* Where a thread's rows wait, or a process's that tells no threads. */
static int64_t
key_of(const struct dt_kdump_line *row)
{
	uint64_t pid = (uint64_t)row->pid.v;

	return (int64_t)(row->tid.set ? (pid << 32) ^
	    (uint64_t)row->tid.v : pid);
}

/* Give what waits in a slot, of which no more comes, and drop it. */
static int
give_slot(struct dt_kdump_calls *kc, struct dt_strace_slot *slot,
    const struct dt_sink *sink)
{
	bool pending = slot->state == DT_STRACE_PENDING;
	struct dt_kdump_rows rows;
	size_t i;
	int r = dt_kdump_load(kc, slot, &rows);

	dt_strace_calls_drop(&kc->slots, slot);
	if (r == -1)
		return -1;
	if (pending)
		return dt_kdump_give_call(kc, &rows.v[0].ln, &rows, sink);
	for (i = 0; i < rows.n; i++) {
		r = rows.v[i].ln.type == DT_KDUMP_CALL ?
		    dt_kdump_give_call(kc, &rows.v[i].ln, NULL, sink) :
		    dt_kdump_give_single(kc, &rows.v[i].ln, sink);
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
	line = dt_kdump_pack(kc, line);
	if (line.s == NULL)
		return -1;
	return dt_strace_calls_set(&kc->slots, key_of(row), state, line) ==
	    NULL ? -1 : 1;
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
		return dt_kdump_give_call(kc, row, NULL, sink);
	}
	/* A thread that is told has one call at a time. */
	if (slot != NULL && !row->tid.set && slot->state != DT_STRACE_DONE &&
	    slot->all + line.n < BYTES_MAX)
		return dt_kdump_crowd(kc, slot, line, sink);
	if (slot != NULL && give_slot(kc, slot, sink) == -1)
		return -1;
	return begin(kc, row, DT_STRACE_PENDING, line, sink);
}

static int
take_ret(struct dt_kdump_calls *kc, const struct dt_kdump_line *ret,
    const struct dt_sink *sink)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&kc->slots,
	    key_of(ret));
	struct dt_kdump_rows rows;
	bool pending;

	if (slot == NULL)
		return dt_kdump_give_ret(kc, ret, NULL, sink);
	if (slot->state == DT_STRACE_HELD)
		return dt_kdump_crowd_ret(kc, slot, ret, sink);
	pending = slot->state == DT_STRACE_PENDING;
	if (dt_kdump_load(kc, slot, &rows) == -1)
		return -1;
	if (pending && !dt_str_eq(rows.v[0].ln.name, ret->name)) {
		/* Another thread's, where the text tells none. */
		if (!ret->tid.set)
			dt_strace_calls_state(&kc->slots, slot,
			    DT_STRACE_HELD);
		else if (give_slot(kc, slot, sink) == -1)
			return -1;
		return dt_kdump_give_ret(kc, ret, NULL, sink);
	}
	dt_strace_calls_drop(&kc->slots, slot);
	if (!pending)
		return dt_kdump_give_ret(kc, ret, &rows, sink);
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, &rows.v[0].ln, ret, kc->os) == -1 ||
	    dt_kdump_add_rows(kc, &rows) == -1)
		return -1;
	return dt_kdump_give(kc, sink);
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
		return dt_kdump_give_single(kc, row, sink);
	if (slot == NULL)
		return begin(kc, row, DT_STRACE_DONE, line, sink);
	if (slot->state == DT_STRACE_HELD)
		return dt_kdump_crowd(kc, slot, line, sink);
	line = dt_kdump_pack(kc, line);
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
		return dt_kdump_give_single(kc, row, sink);
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
