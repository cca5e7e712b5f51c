/* SPDX-License-Identifier: ISC */
/* The table of strace -c. */
#include <string.h>

#include "scan.h"
#include "strace.h"

enum col { COUNT, ERRORS, LONGEST, NAME, PERCENT, SECONDS, SHORTEST, USECS };

static const struct {
	const char *head;
	const char *key;	/* in fields */
} cols[] = {
	[COUNT] = {"calls", NULL},
	[ERRORS] = {"errors", "errors"},
	[LONGEST] = {"longest", "longest"},
	[NAME] = {"syscall", NULL},
	[PERCENT] = {"time", "time_percent"},
	[SECONDS] = {"seconds", "seconds"},
	[SHORTEST] = {"shortest", "shortest"},
	[USECS] = {"usecs/call", "usecs_per_call"},
};

enum { NCOLS = sizeof(cols) / sizeof(cols[0]) };

/* Take the next word; false if there is none. */
static bool
word(struct dt_str *s, struct dt_str *w)
{
	*w = dt_scan_word(s);
	return w->n > 0;
}

static bool
header(struct dt_strace_count *t, struct dt_str line)
{
	struct dt_str w;
	bool name = false, count = false;
	unsigned char c;

	t->ncols = 0;
	while (word(&line, &w)) {
		if (dt_str_is(w, "%"))
			continue;
		for (c = 0; c < NCOLS; c++)
			if (dt_str_is(w, cols[c].head))
				break;
		if (c == NCOLS || t->ncols == sizeof(t->cols))
			return false;
		name |= c == NAME;
		count |= c == COUNT;
		t->cols[t->ncols++] = c;
	}
	return name && count;
}

static bool
is_dashes(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.s[i] != '-' && s.s[i] != ' ')
			return false;
	return dt_str_starts(s, "--");
}

static int
store(struct dt_record *rec, unsigned char col, struct dt_str val)
{
	if (col == NAME)
		rec->name = val;
	else if (col == COUNT)
		rec->count.set = dt_num_parse(val, &rec->count.v) == 0;
	else
		return dt_record_put(rec, &rec->fields,
		    dt_str_c(cols[col].key), val);
	return 0;
}

/* A row; the column of errors is left blank where there were none. */
static int
row(const struct dt_strace_count *t, struct dt_record *rec, struct dt_str line)
{
	struct dt_str words[sizeof(t->cols) + 1];
	size_t n = 0, i, k = 0;

	while (n <= t->ncols && word(&line, &words[n]))
		n++;
	if (n != t->ncols && n != t->ncols - 1)
		return 0;
	for (i = 0; i < t->ncols && k < n; i++)
		if ((n == t->ncols || t->cols[i] != ERRORS) &&
		    store(rec, t->cols[i], words[k++]) == -1)
			return -1;
	rec->kind = DT_KIND_COUNT;
	return i == t->ncols && k == n && rec->count.set &&
	    rec->name.s != NULL;
}

int
dt_strace_count(struct dt_strace_count *t, struct dt_record *rec,
    struct dt_str line)
{
	int r;

	if (t->where == DT_STRACE_ROWS) {
		if (is_dashes(line))
			return 0;
		r = row(t, rec, line);
		if (r == 0 || dt_str_is(rec->name, "total"))
			t->where = DT_STRACE_NOTABLE;
		return r;
	}
	if (t->where == DT_STRACE_HEADER && is_dashes(line))
		t->where = DT_STRACE_ROWS;
	else
		t->where = line.n < 200 && header(t, line) ?
		    DT_STRACE_HEADER : DT_STRACE_NOTABLE;
	return 0;
}
