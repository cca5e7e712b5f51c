/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as address ranges and as a table of mac_policy_ops: what is refused
 * has a reason and a line that is there, and what is taken is found again.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "optable.h"
#include "regions.h"

static uint64_t
lines(struct dt_str s)
{
	uint64_t n = 1;

	for (; s.n > 0; s = dt_str_after(s, 1))
		n += s.s[0] == '\n';
	return n;
}

static void
check_reason(const char *why, uint64_t line, struct dt_str bytes)
{
	if (why == NULL || why[0] == '\0')
		errx(2, "refused without a reason");
	if (line > lines(bytes))
		errx(2, "refused at a line that is not there");
}

/* Whatever an address is in lies no wider around it than any other range. */
static void
check_range(const struct dt_regions *set, const struct dt_region *r)
{
	const uint64_t at[] = {r->start, r->end - 1};
	const struct dt_region *found;
	size_t i;

	if (r->start >= r->end || r->image.n == 0 || r->slide > r->start)
		errx(2, "a range that is none");
	for (i = 0; i < 2; i++) {
		found = dt_regions_find(set, at[i]);
		if (found == NULL || at[i] < found->start ||
		    at[i] >= found->end ||
		    found->end - found->start > r->end - r->start)
			errx(2, "a range that is not found");
	}
	printf("%s %s\n", dt_region_class_name(dt_region_class(r)),
	    dt_region_owner_name(dt_region_owner(r)));
}

static void
ranges(struct dt_str bytes, uint64_t slide)
{
	const struct dt_regions_text in = {
		.text = bytes,
		.from = DT_STR("text"),
		.slide = slide,
		.image = DT_STR("image"),
	};
	struct dt_regions *set = dt_regions_new();
	struct dt_regions_read read;
	const char *why;
	size_t i, again;

	if (set == NULL)
		err(2, NULL);
	if (dt_regions_add(set, &in, &read, &why) == -1)
		check_reason(why, dt_regions_line(set), bytes);
	else if (dt_regions_end(set, &again, &why) == -1)
		check_reason(why, 0, bytes);
	else if (dt_regions_count(set) + again != read.regions)
		errx(2, "ranges are lost");
	else
		for (i = 0; i < dt_regions_count(set); i++)
			check_range(set, dt_regions_at(set, i));
	dt_regions_free(set);
}

static void
table(struct dt_str bytes)
{
	struct dt_optable *t = dt_optable_new();
	const struct dt_oprow *row;
	const char *why;
	uint64_t i;
	size_t n = 0;

	if (t == NULL)
		err(2, NULL);
	if (dt_optable_add(t, bytes, DT_STR("text"), &why) == -1)
		check_reason(why, dt_optable_line(t), bytes);
	else
		for (i = 0; i < DT_OPTABLE_MAX + 1; i++) {
			row = dt_optable_find(t, i);
			if (row != NULL && row->symbol.n == 0 &&
			    (row->image.n == 0 || row->segment.n == 0))
				errx(2, "a slot with nothing in it");
			n += row != NULL;
		}
	if (n != 0 && n != dt_optable_count(t))
		errx(2, "slots are lost");
	if (n != 0)
		printf("%zu slots\n", n);
	dt_optable_free(t);
}

void
fuzz_bytes(struct dt_str bytes)
{
	/* By itself in memory, so that reading past its end is noticed. */
	char *p = malloc(bytes.n + (bytes.n == 0));

	if (p == NULL)
		err(2, NULL);
	if (bytes.n > 0)
		memcpy(p, bytes.s, bytes.n);
	bytes.s = p;
	ranges(bytes, 0);
	ranges(bytes, 0x14000000);
	ranges(bytes, UINT64_MAX);
	table(bytes);
	free(p);
}
