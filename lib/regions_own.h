/* SPDX-License-Identifier: ISC */
/* What the readers of address ranges share with the set of them. */
#ifndef DT_REGIONS_OWN_H
#define DT_REGIONS_OWN_H

#include "arena.h"
#include "fault.h"
#include "regions.h"

/* Ranges of one kind do not overlap each other. */
enum dt_range_kind {
	DT_RANGE_SEGMENT,
	DT_RANGE_IMAGE,
	DT_RANGE_HOLDER,
	DT_RANGE_KINDS
};

/* The region comes first, so that one leads to the other. */
struct dt_entry {
	struct dt_region r;
	enum dt_range_kind kind;
	size_t no;		/* in the order of the texts */
	size_t group;		/* of otool's image, from 1; 0 if of none */
};

/* An image by the address of its header, as LC_FILESET_ENTRY has it. */
struct dt_fileset {
	uint64_t addr;
	struct dt_str image;
};

struct dt_regions {
	struct dt_arena mem;
	struct dt_entry *v;
	size_t n;
	size_t first[DT_RANGE_KINDS + 1];	/* of each kind in v */
	size_t nos;		/* of ranges ever added */
	size_t groups;
	struct dt_fileset *fileset;
	size_t nfileset;
	struct dt_fault fault;
	/* Of the text that is being read: */
	const struct dt_regions_text *in;
	struct dt_regions_read *read;
	struct dt_str from;
};

/*
 * Add a range, copying its strings; start and end are those of the running
 * kernel.  Each reader returns 0, or -1 with the fault set.
 */
int dt_regions_put(struct dt_regions *, const struct dt_region *,
    size_t group);
/* The same of an address without the slide and a size, which is not 0. */
int dt_regions_put_size(struct dt_regions *, struct dt_region, uint64_t size,
    size_t group);
int dt_regions_json(struct dt_regions *);
int dt_regions_kextstat(struct dt_regions *);
int dt_regions_otool(struct dt_regions *);

/*
 * Name the images of collections, put all ranges in order, take out what stands
 * there again, and refuse what overlaps.
 */
int dt_regions_order(struct dt_regions *);
/* Of one kind, the first that ends behind addr; where they end if none. */
size_t dt_regions_behind(const struct dt_regions *, enum dt_range_kind,
    uint64_t addr);

/* Is a line one of them?  A header or a row; a header or a command. */
bool dt_kextstat_is(struct dt_str line);
bool dt_otool_is(struct dt_str line);

/* Does a segment of an image hold other images, by regionclass.def? */
bool dt_segment_holds(struct dt_str segment);
/* Is it a UUID as uuid_unparse(3) prints it? */
bool dt_uuid_is(struct dt_str);

#endif
