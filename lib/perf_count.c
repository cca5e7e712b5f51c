/* SPDX-License-Identifier: ISC */
/* The tables of perf trace -s and -S. */
#include "perf.h"
#include "scan.h"

enum { COLS = 8 };		/* with the errors, which old versions lack */

static const char *const keys[COLS] = {
	NULL, NULL, "errors", "total_ms", "min_ms", "avg_ms", "max_ms",
	"stddev",
};

static void
keep(char *buf, size_t size, size_t *n, struct dt_str s)
{
	*n = s.n < size ? s.n : 0;
	memcpy(buf, s.s, *n);
}

/* " comm (tid), N events, P%" or " total, N events" */
static bool
thread(struct dt_perf_count *t, struct dt_str line)
{
	struct dt_str head = line, tid;
	size_t at = dt_scan_find_last(line, "), ");

	if (!dt_str_starts(line, " ") ||
	    dt_scan_find(line, " events") == line.n)
		return false;
	t->ncomm = 0;
	t->tid.set = false;
	if (dt_str_starts(line, " total, "))
		return true;
	if (at == line.n)
		return false;
	head = (struct dt_str){line.s + 1, at - 1};
	at = dt_scan_find_last(head, " (");
	if (at == head.n)
		return false;
	tid = dt_str_after(head, at + 2);
	if (!dt_scan_digits(tid) || dt_num_parse(tid, &t->tid.v) == -1)
		return false;
	t->tid.set = true;
	keep(t->comm, sizeof(t->comm), &t->ncomm,
	    (struct dt_str){head.s, at});
	return true;
}

static int
fill(const struct dt_perf_count *t, struct dt_record *rec,
    struct dt_str name, struct dt_str count)
{
	rec->kind = DT_KIND_COUNT;
	rec->name = name;
	if (t->ncomm > 0)
		rec->execname = (struct dt_str){t->comm, t->ncomm};
	rec->tid = t->tid;
	rec->count.set = dt_num_parse(count, &rec->count.v) == 0;
	return rec->count.set ? 1 : 2;
}

/* openat 12 3 0.464 0.023 0.038 0.044 0.00% */
static int
row(struct dt_perf_count *t, struct dt_str line, struct dt_record *rec)
{
	struct dt_str cell[COLS + 1] = {{0}};
	size_t i, n = 0;

	for (i = 0; i <= COLS; i++) {
		if (i == 2 && !t->errors)
			continue;
		cell[i] = dt_scan_word(&line);
		n += cell[i].n > 0;
	}
	if (n + !t->errors != COLS || !dt_scan_ends(cell[COLS - 1], "%"))
		return 2;
	keep(t->name, sizeof(t->name), &t->nname, cell[0]);
	for (i = 2; i < COLS; i++)
		if (cell[i].n > 0 && dt_record_put(rec, &rec->fields,
		    dt_str_c(keys[i]), cell[i]) == -1)
			return -1;
	return fill(t, rec, cell[0], cell[1]);
}

/* EACCES: 1, below the row of its call (--errno-summary) */
static int
error(const struct dt_perf_count *t, struct dt_str line,
    struct dt_record *rec)
{
	struct dt_str name = dt_scan_until(&line, ":");

	if (t->nname == 0 || name.n == 0 || !dt_scan_take(&line, ": ") ||
	    !dt_scan_digits(line))
		return 2;
	if (dt_record_put(rec, &rec->fields, DT_STR("errno_name"),
	    name) == -1)
		return -1;
	return fill(t, rec, (struct dt_str){t->name, t->nname}, line);
}

/* "syscall            calls  errors  total ... stddev" */
static bool
is_header(struct dt_str text)
{
	return dt_str_starts(text, "syscall  ") &&
	    dt_scan_find(text, " calls ") < text.n &&
	    dt_scan_ends(text, "stddev");
}

bool
dt_perf_count_is(struct dt_str line)
{
	return dt_str_is(line, " Summary of events:") ||
	    is_header(dt_scan_trim(line));
}

int
dt_perf_count(struct dt_perf_count *t, struct dt_str line,
    struct dt_record *rec)
{
	struct dt_str text = dt_scan_trim(line);

	if (text.n == 0) {
		t->rows = false;
		t->nname = 0;
		return 0;
	}
	if (dt_str_is(line, " Summary of events:") || thread(t, line))
		return 0;
	if (is_header(text)) {
		t->rows = true;
		t->errors = dt_scan_find(text, " errors ") < text.n;
		return 0;
	}
	if (!t->rows)
		return 2;
	if (dt_str_starts(text, "(msec)") || dt_str_starts(text, "-----"))
		return 0;
	return dt_str_starts(line, "\t") ? error(t, text, rec) :
	    row(t, text, rec);
}
