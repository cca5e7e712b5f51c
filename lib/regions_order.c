/* SPDX-License-Identifier: ISC */
/* Address ranges in order, none of which overlaps another. */
#include <inttypes.h>
#include <stdlib.h>

#include "regions_own.h"

static int
by_addr(const void *a, const void *b)
{
	const struct dt_fileset *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return dt_str_cmp(x->image, y->image);
}

/* The image whose header is at an address; NULL also if there are two. */
static const struct dt_fileset *
header_at(const struct dt_regions *set, uint64_t addr)
{
	const struct dt_fileset *v = set->fileset;
	size_t lo = 0, hi = set->nfileset, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (v[mid].addr >= addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	if (lo == set->nfileset || v[lo].addr != addr)
		return NULL;
	for (hi = lo + 1; hi < set->nfileset && v[hi].addr == addr; hi++)
		if (!dt_str_eq(v[hi].image, v[lo].image))
			return NULL;
	return &v[lo];
}

/* An image of a collection has the name that it has there. */
static int
name_images(struct dt_regions *set)
{
	const struct dt_fileset *fs;
	struct dt_str *names;
	size_t i;

	if (set->nfileset == 0)
		return 0;
	qsort(set->fileset, set->nfileset, sizeof(*fs), by_addr);
	names = calloc(set->groups + 1, sizeof(*names));
	if (names == NULL)
		return dt_fault_memory(&set->fault);
	for (i = 0; i < set->n; i++)
		if (set->v[i].group != 0 && !set->v[i].r.holds &&
		    dt_str_is(set->v[i].r.segment, "__TEXT")) {
			fs = header_at(set, set->v[i].r.start);
			if (fs != NULL)
				names[set->v[i].group] = fs->image;
		}
	for (i = 0; i < set->n; i++)
		if (names[set->v[i].group].s != NULL)
			set->v[i].r.image = names[set->v[i].group];
	free(names);
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct dt_entry *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->r.start != y->r.start)
		return x->r.start < y->r.start ? -1 : 1;
	if (x->r.end != y->r.end)
		return x->r.end < y->r.end ? -1 : 1;
	return x->no < y->no ? -1 : x->no > y->no;
}

static bool
is_again(const struct dt_entry *a, const struct dt_entry *b)
{
	return a->kind == b->kind && a->r.start == b->r.start &&
	    a->r.end == b->r.end && dt_str_eq(a->r.segment, b->r.segment) &&
	    dt_image_same(a->r.image, b->r.image);
}

static void
drop_again(struct dt_regions *set)
{
	size_t i, n = 0;

	for (i = 0; i < set->n; i++)
		if (n == 0 || !is_again(&set->v[n - 1], &set->v[i]))
			set->v[n++] = set->v[i];
	set->n = n;
}

/* Say of two ranges that one is in the way of the other. */
static int
overlap(struct dt_regions *set, const struct dt_entry *a,
    const struct dt_entry *b)
{
	const struct dt_region *x = a->no < b->no ? &a->r : &b->r;
	const struct dt_region *y = a->no < b->no ? &b->r : &a->r;

	return dt_fault_set(&set->fault, 0, "%.*s:%" PRIu64 ": '%.*s' '%.*s' "
	    "0x%" PRIx64 "-0x%" PRIx64 " overlaps '%.*s' '%.*s' 0x%" PRIx64
	    "-0x%" PRIx64 " of %.*s:%" PRIu64, DT_FAULT_STR(y->from), y->line,
	    DT_FAULT_STR(y->image), DT_FAULT_STR(y->segment), y->start, y->end,
	    DT_FAULT_STR(x->image), DT_FAULT_STR(x->segment), x->start, x->end,
	    DT_FAULT_STR(x->from), x->line);
}

static int
check_beside(struct dt_regions *set)
{
	const struct dt_entry *a, *b;

	for (a = set->v; a + 1 < set->v + set->n; a++) {
		b = a + 1;
		if (a->kind == b->kind && a->r.end > b->r.start)
			return overlap(set, a, b);
	}
	return 0;
}

/* May a range be inside of one of another kind? */
static bool
may_be_in(const struct dt_entry *in, const struct dt_entry *out)
{
	return in->r.start >= out->r.start && in->r.end <= out->r.end &&
	    (out->kind == DT_RANGE_HOLDER ||
	    dt_image_same(in->r.image, out->r.image));
}

static int
check_inside(struct dt_regions *set, const struct dt_entry *e)
{
	enum dt_range_kind kind;
	size_t i;

	for (kind = e->kind + 1; kind < DT_RANGE_KINDS; kind++) {
		i = dt_regions_behind(set, kind, e->r.start);
		if (i < set->first[kind + 1] &&
		    set->v[i].r.start < e->r.end && !may_be_in(e, &set->v[i]))
			return overlap(set, e, &set->v[i]);
	}
	return 0;
}

static void
count_kinds(struct dt_regions *set)
{
	enum dt_range_kind kind;
	size_t i = 0;

	for (kind = DT_RANGE_SEGMENT; kind < DT_RANGE_KINDS; kind++) {
		set->first[kind] = i;
		while (i < set->n && set->v[i].kind == kind)
			i++;
	}
	set->first[kind] = i;
}

int
dt_regions_order(struct dt_regions *set)
{
	size_t i;

	if (name_images(set) == -1)
		return -1;
	for (i = 0; i < set->n; i++)
		set->v[i].kind = set->v[i].r.holds ? DT_RANGE_HOLDER :
		    set->v[i].r.segment.n == 0 ? DT_RANGE_IMAGE :
		    DT_RANGE_SEGMENT;
	if (set->n > 0)
		qsort(set->v, set->n, sizeof(*set->v), by_place);
	drop_again(set);
	count_kinds(set);
	if (check_beside(set) == -1)
		return -1;
	for (i = 0; i < set->n; i++)
		if (check_inside(set, &set->v[i]) == -1)
			return -1;
	return 0;
}
