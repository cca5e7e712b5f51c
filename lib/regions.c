/* SPDX-License-Identifier: ISC */
/* Address ranges of a kernel and its extensions: what is where. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "regions_own.h"
#include "scan.h"

struct dt_regions *
dt_regions_new(void)
{
	return calloc(1, sizeof(struct dt_regions));
}

void
dt_regions_free(struct dt_regions *set)
{
	if (set == NULL)
		return;
	dt_arena_free(&set->mem);
	free(set);
}

static int
dup_str(struct dt_regions *set, struct dt_str *s)
{
	if (s->s == NULL)
		return 0;
	*s = dt_arena_dup(&set->mem, *s);
	return s->s != NULL ? 0 : dt_fault_memory(&set->fault);
}

static int
check(struct dt_regions *set, const struct dt_region *r)
{
	if (r->image.n == 0)
		return dt_fault_set(&set->fault, r->line,
		    "a range of an image without a name");
	if (r->start > r->end)
		return dt_fault_set(&set->fault, r->line, "'%.*s' '%.*s' ends "
		    "at 0x%" PRIx64 ", before its start 0x%" PRIx64,
		    DT_FAULT_STR(r->image), DT_FAULT_STR(r->segment), r->end,
		    r->start);
	if (r->start == r->end)
		return dt_fault_set(&set->fault, r->line,
		    "'%.*s' '%.*s' is empty, at 0x%" PRIx64,
		    DT_FAULT_STR(r->image), DT_FAULT_STR(r->segment), r->start);
	if (r->slide > r->start)
		return dt_fault_set(&set->fault, r->line,
		    "'%.*s' '%.*s': the slide 0x%" PRIx64 " is greater than "
		    "the start 0x%" PRIx64, DT_FAULT_STR(r->image),
		    DT_FAULT_STR(r->segment), r->slide, r->start);
	return 0;
}

int
dt_regions_put(struct dt_regions *set, const struct dt_region *r, size_t group)
{
	struct dt_entry *v, e = {.r = *r, .group = group};

	if (check(set, r) == -1 || dup_str(set, &e.r.image) == -1 ||
	    dup_str(set, &e.r.segment) == -1 || dup_str(set, &e.r.uuid) == -1)
		return -1;
	v = dt_arena_grow(&set->mem, set->v, set->n, sizeof(*v));
	if (v == NULL)
		return dt_fault_memory(&set->fault);
	e.r.from = set->from;
	e.r.holds = dt_segment_holds(e.r.segment);
	e.no = set->nos++;
	set->v = v;
	set->v[set->n++] = e;
	set->read->regions++;
	return 0;
}

int
dt_regions_put_size(struct dt_regions *set, struct dt_region r, uint64_t size,
    size_t group)
{
	uint64_t slide = set->in->slide;

	if (r.start > UINT64_MAX - slide || size > UINT64_MAX - slide - r.start)
		return dt_fault_set(&set->fault, r.line, "'%.*s' '%.*s': 0x%"
		    PRIx64 " with a size of 0x%" PRIx64 " and a slide of 0x%"
		    PRIx64 " is past the end of the address space",
		    DT_FAULT_STR(r.image), DT_FAULT_STR(r.segment), r.start,
		    size, slide);
	r.start += slide;
	r.end = r.start + size;
	r.slide = slide;
	return dt_regions_put(set, &r, group);
}

static int
read_text(struct dt_regions *set)
{
	struct dt_str rest = dt_scan_ltrim(set->in->text), line;
	bool torn;

	if (rest.n > 0 && (rest.s[0] == '{' || rest.s[0] == '[')) {
		set->read->format = "json";
		return dt_regions_json(set);
	}
	while (dt_scan_line(&rest, &line, &torn)) {
		if (dt_otool_is(line)) {
			set->read->format = "otool";
			return dt_regions_otool(set);
		}
		if (dt_kextstat_is(line)) {
			set->read->format = "kextstat";
			return dt_regions_kextstat(set);
		}
	}
	return dt_fault_set(&set->fault, 0, "neither JSON nor of kextstat, "
	    "kmutil or otool");
}

int
dt_regions_add(struct dt_regions *set, const struct dt_regions_text *in,
    struct dt_regions_read *read, const char **errstr)
{
	int r;

	*read = (struct dt_regions_read){0};
	set->fault = (struct dt_fault){0};
	set->in = in;
	set->read = read;
	set->from = in->from;
	r = dup_str(set, &set->from);
	if (r == 0)
		r = read_text(set);
	*errstr = set->fault.text[0] != '\0' ? set->fault.text : NULL;
	return r;
}

int
dt_regions_end(struct dt_regions *set, size_t *again, const char **errstr)
{
	size_t n = set->n;
	int r;

	set->fault = (struct dt_fault){0};
	r = dt_regions_order(set);
	*again = n - set->n;
	*errstr = set->fault.text[0] != '\0' ? set->fault.text : NULL;
	return r;
}

uint64_t
dt_regions_line(const struct dt_regions *set)
{
	return set->fault.line;
}

size_t
dt_regions_count(const struct dt_regions *set)
{
	return set->n;
}

const struct dt_region *
dt_regions_at(const struct dt_regions *set, size_t i)
{
	return i < set->n ? &set->v[i].r : NULL;
}

/* Of ranges in order that do not overlap, the first that ends behind addr. */
size_t
dt_regions_behind(const struct dt_regions *set, enum dt_range_kind kind,
    uint64_t addr)
{
	size_t lo = set->first[kind], hi = set->first[kind + 1], mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (set->v[mid].r.end > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

const struct dt_region *
dt_regions_find(const struct dt_regions *set, uint64_t addr)
{
	enum dt_range_kind kind;
	size_t i;

	for (kind = DT_RANGE_SEGMENT; kind < DT_RANGE_KINDS; kind++) {
		i = dt_regions_behind(set, kind, addr);
		if (i < set->first[kind + 1] && set->v[i].r.start <= addr)
			return &set->v[i].r;
	}
	return NULL;
}
