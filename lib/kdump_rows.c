/* SPDX-License-Identifier: ISC */
/* The rows of kdump's text that wait in slots, and giving them. */
#include "kdump_own.h"
#include "scan.h"

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
struct dt_str
dt_kdump_pack(struct dt_kdump_calls *kc, struct dt_str s)
{
	return copy(&kc->mem, s, '\n', '\0');
}

/* Take the rows of a slot out into the memory of a line.  -1 with errno. */
int
dt_kdump_load(struct dt_kdump_calls *kc, const struct dt_strace_slot *slot,
    struct dt_kdump_rows *rows)
{
	struct dt_str text = {slot->text, slot->all}, line;
	struct dt_kdump_row *row;

	*rows = (struct dt_kdump_rows){0};
	while (text.n > 0) {
		line = dt_scan_until(&text, "\n");
		dt_scan_take(&text, "\n");
		row = dt_arena_grow(&kc->mem, rows->v, rows->n,
		    sizeof(*row));
		if (row == NULL)
			return -1;
		rows->v = row;
		row += rows->n++;
		*row = (struct dt_kdump_row){0};
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
int
dt_kdump_store(struct dt_kdump_calls *kc, int64_t key,
    const struct dt_kdump_rows *rows)
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

int
dt_kdump_give(struct dt_kdump_calls *kc, const struct dt_sink *sink)
{
	dt_kdump_judge(&kc->rec, kc->os);
	return dt_emit(sink, &kc->rec);
}

int
dt_kdump_give_single(struct dt_kdump_calls *kc, const struct dt_kdump_line *ln,
    const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	return dt_kdump_single(&kc->rec, ln, kc->os) == -1 ? -1 :
	    dt_emit(sink, &kc->rec);
}

/* Add the rows of a call in their order, paths by their number. */
int
dt_kdump_add_rows(struct dt_kdump_calls *kc, const struct dt_kdump_rows *rows)
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

int
dt_kdump_give_call(struct dt_kdump_calls *kc, const struct dt_kdump_line *call,
    const struct dt_kdump_rows *rows, const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, call, NULL, kc->os) == -1 ||
	    (rows != NULL && dt_kdump_add_rows(kc, rows) == -1))
		return -1;
	return dt_kdump_give(kc, sink);
}

int
dt_kdump_give_ret(struct dt_kdump_calls *kc, const struct dt_kdump_line *ret,
    const struct dt_kdump_rows *rows, const struct dt_sink *sink)
{
	dt_record_reset(&kc->rec);
	if (dt_kdump_fill(&kc->rec, ret, NULL, kc->os) == -1 ||
	    (rows != NULL && dt_kdump_add_rows(kc, rows) == -1))
		return -1;
	return dt_kdump_give(kc, sink);
}
