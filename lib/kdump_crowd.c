/* SPDX-License-Identifier: ISC */
/* Calls of several threads where kdump's text does not tell threads. */
#include "kdump_own.h"

enum {
	CALLS_MAX = 16,
	OTHERS_MAX = 8,		/* rows that are no calls */
};

/* Give the first of too many rows that are calls, or that are none. */
static int
give_excess(struct dt_kdump_calls *kc, struct dt_kdump_rows *rows, bool calls,
    const struct dt_sink *sink)
{
	size_t i, n = calls ? rows->ncalls : rows->n - rows->ncalls;

	if (n <= (calls ? CALLS_MAX : OTHERS_MAX))
		return 0;
	for (i = 0; i < rows->n; i++)
		if ((rows->v[i].ln.type == DT_KDUMP_CALL) == calls)
			break;
	rows->v[i].gone = true;
	return calls ? dt_kdump_give_call(kc, &rows->v[i].ln, NULL, sink) :
	    dt_kdump_give_single(kc, &rows->v[i].ln, sink);
}

/* Add a row where several calls wait. */
int
dt_kdump_crowd(struct dt_kdump_calls *kc, struct dt_strace_slot *slot,
    struct dt_str line, const struct dt_sink *sink)
{
	int64_t key = slot->tid;
	struct dt_kdump_rows rows;

	line = dt_kdump_pack(kc, line);
	if (line.s == NULL || dt_strace_calls_frame(&kc->slots, slot, line)
	    == -1 || dt_kdump_load(kc, slot, &rows) == -1 ||
	    give_excess(kc, &rows, true, sink) == -1 ||
	    give_excess(kc, &rows, false, sink) == -1 ||
	    dt_kdump_store(kc, key, &rows) == -1)
		return -1;
	return 1;
}

/* Is a row of the slot of this call, as far as anybody can say? */
static bool
may_be_of(const struct dt_kdump_row *row, const struct dt_record *rec)
{
	return row->ln.type != DT_KDUMP_CALL &&
	    (row->ln.type != DT_KDUMP_CAP ||
	    (rec->errnum.v != 0 && rec->denied_by.s != NULL));
}

/* The first call of a name, and how many there are. */
static struct dt_kdump_row *
find_call(const struct dt_kdump_rows *rows, struct dt_str name, size_t *same)
{
	struct dt_kdump_row *call = NULL;
	size_t i;

	*same = 0;
	for (i = rows->n; i-- > 0; )
		if (rows->v[i].ln.type == DT_KDUMP_CALL &&
		    dt_str_eq(rows->v[i].ln.name, name)) {
			call = &rows->v[i];
			(*same)++;
		}
	return call;
}

/* Of several calls of a name nobody knows which this was, nor which is left. */
static void
forget_args(const struct dt_kdump_rows *rows, struct dt_str name)
{
	struct dt_kdump_row *row;

	for (row = rows->v; row < rows->v + rows->n; row++)
		if (row->ln.type == DT_KDUMP_CALL &&
		    dt_str_eq(row->ln.name, name) && row->raw.n > 0 &&
		    row->raw.s[row->raw.n - 1] == ')')
			row->raw.n -= row->ln.args.n + 2;
}

/* Add what may be of the call to its record; a refusal is told once. */
static int
add_crowd(struct dt_kdump_calls *kc, const struct dt_kdump_rows *rows)
{
	struct dt_kdump_row *row;

	dt_kdump_judge(&kc->rec, kc->os);
	for (row = rows->v; row < rows->v + rows->n; row++) {
		if (!may_be_of(row, &kc->rec))
			continue;
		if (dt_kdump_add(&kc->rec, &row->ln, -1, kc->os) == -1)
			return -1;
		row->gone = row->ln.type == DT_KDUMP_CAP;
	}
	return 0;
}

/* A result where several calls wait: of those by its name, if any is. */
int
dt_kdump_crowd_ret(struct dt_kdump_calls *kc, const struct dt_strace_slot *slot,
    const struct dt_kdump_line *ret, const struct dt_sink *sink)
{
	int64_t key = slot->tid;
	struct dt_kdump_row *call;
	struct dt_kdump_rows rows;
	size_t i, same;

	if (dt_kdump_load(kc, slot, &rows) == -1)
		return -1;
	call = find_call(&rows, ret->name, &same);
	if (call == NULL)
		return dt_kdump_give_ret(kc, ret, NULL, sink);
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, &call->ln, ret, kc->os) == -1)
		return -1;
	if (same > 1) {
		kc->rec.args = (struct dt_strv){0};
		kc->rec.flags.set = false;
		forget_args(&rows, ret->name);
	}
	if (add_crowd(kc, &rows) == -1 || dt_kdump_give(kc, sink) == -1)
		return -1;
	call->gone = true;
	/* No call is left that the other rows could be of. */
	for (i = 0; rows.ncalls == 1 && i < rows.n; i++) {
		if (!rows.v[i].gone &&
		    dt_kdump_give_single(kc, &rows.v[i].ln, sink) == -1)
			return -1;
		rows.v[i].gone = true;
	}
	return dt_kdump_store(kc, key, &rows);
}
