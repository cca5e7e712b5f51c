/* SPDX-License-Identifier: ISC */
/* Where a signature was seen: sources, and the records themselves. */
#include "sigs_own.h"

/* In order, and what is unknown after what is known. */
static int
by_place(struct dt_str run_a, struct dt_int seq_a, struct dt_str run_b,
    struct dt_int seq_b)
{
	if ((run_a.s == NULL) != (run_b.s == NULL))
		return run_a.s == NULL ? 1 : -1;
	if (!dt_str_eq(run_a, run_b))
		return dt_str_cmp(run_a, run_b);
	if (seq_a.set != seq_b.set)
		return seq_a.set ? -1 : 1;
	return (seq_a.v > seq_b.v) - (seq_a.v < seq_b.v);
}

static struct dt_str
kept(struct dt_sigs *ss, struct dt_str str, bool *lost)
{
	const struct dt_str *p = dt_pool_put(&ss->pool, str);

	if (p != NULL)
		return *p;
	*lost = true;
	return (struct dt_str){0};
}

int
dt_sigs_source(struct dt_sigs *ss, struct dt_sig_row *row,
    const struct dt_sig_source *from)
{
	struct dt_sig_source **at = &row->sources, *s;
	bool lost = false;

	if (ss->keep < DT_KEEP_SOURCES)
		return 0;
	while (*at != NULL && dt_str_cmp((*at)->tracer, from->tracer) < 0)
		at = &(*at)->next;
	s = *at;
	if (s == NULL || !dt_str_eq(s->tracer, from->tracer)) {
		s = dt_arena_alloc(&ss->mem, sizeof(*s));
		if (s == NULL)
			return -1;
		*s = (struct dt_sig_source){.next = *at};
		s->tracer = kept(ss, from->tracer, &lost);
		*at = s;
	} else if (by_place(s->run, s->seq, from->run, from->seq) <= 0) {
		return 0;
	}
	s->run = kept(ss, from->run, &lost);
	s->seq = from->seq;
	return lost ? -1 : 0;
}

int
dt_sigs_record(struct dt_sigs *ss, struct dt_sig_row *row,
    const struct dt_sig_record *from)
{
	struct dt_sig_record *r;
	bool lost = false;

	if (ss->keep < DT_KEEP_RECORDS)
		return 0;
	r = dt_arena_alloc(&ss->mem, sizeof(*r));
	if (r == NULL)
		return -1;
	*r = (struct dt_sig_record){.seq = from->seq, .next = row->records};
	r->run = kept(ss, from->run, &lost);
	r->text = dt_arena_dup(&ss->mem, from->text);
	row->records = r;
	return lost || r->text.s == NULL ? -1 : 0;
}

static bool
is_after(const struct dt_sig_record *a, const struct dt_sig_record *b)
{
	int cmp = by_place(a->run, a->seq, b->run, b->seq);

	return cmp > 0 || (cmp == 0 && dt_str_cmp(a->text, b->text) > 0);
}

/* Take the first n records off a list and give them back sorted. */
static struct dt_sig_record *
sort(struct dt_sig_record **list, size_t n)
{
	struct dt_sig_record *a, *b, *sorted = NULL, **end = &sorted, **least;

	if (n == 1) {
		a = *list;
		*list = a->next;
		a->next = NULL;
		return a;
	}
	a = sort(list, n / 2);
	b = sort(list, n - n / 2);
	while (a != NULL && b != NULL) {
		least = is_after(a, b) ? &b : &a;
		*end = *least;
		end = &(*least)->next;
		*least = *end;
	}
	*end = a != NULL ? a : b;
	return sorted;
}

void
dt_sig_row_sort(struct dt_sig_row *row)
{
	struct dt_sig_record *r, *list = row->records;
	size_t n = 0;

	for (r = list; r != NULL; r = r->next)
		n++;
	if (n > 1)
		row->records = sort(&list, n);
}
