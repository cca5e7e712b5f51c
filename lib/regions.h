/* SPDX-License-Identifier: ISC */
/* Address ranges of a kernel and its extensions: what is where. */
#ifndef DT_REGIONS_H
#define DT_REGIONS_H

#include <stdint.h>

#include "str.h"

/* A range; all of it lasts as long as the set does. */
struct dt_region {
	struct dt_str image;	/* never empty */
	struct dt_str segment;	/* empty for a whole image */
	struct dt_str uuid;	/* of the image; NULL if it is not known */
	uint64_t start;		/* in the running kernel */
	uint64_t end;		/* the first address behind it */
	uint64_t slide;		/* how much of these addresses is a slide */
	bool holds;		/* others' images: whose it is is not known */
	struct dt_str from;	/* of which text, and of which of its lines */
	uint64_t line;
};

/* A text to add.  Nothing of it need outlive the call. */
struct dt_regions_text {
	struct dt_str text;	/* the whole file */
	struct dt_str from;	/* what it is called in messages */
	/*
	 * Added to addresses that have no slide in them: those of otool, and
	 * those of kextstat and kmutil, since the kernel takes its slide off
	 * all that it tells (OSKext::copyInfo of libkern/c++/OSKext.cpp,
	 * xnu-10063).  Those of JSON stay as they are.
	 */
	uint64_t slide;
	struct dt_str image;	/* of what otool -X says, or NULL */
};

/* What a text was taken for. */
struct dt_regions_read {
	const char *format;	/* "json", "kextstat" or "otool" */
	size_t regions;		/* ranges that it gave */
	/*
	 * Rows of kextstat without a place in memory: its address is 0 or
	 * hidden, it is a part of the kernel, or a driver that is none of it.
	 */
	size_t unplaced;
	/*
	 * Segments of otool that are empty, or __LINKEDIT, which the images of
	 * a collection share and which a kernel need not keep.
	 */
	size_t left_out;
};

struct dt_regions;

/* NULL with errno. */
struct dt_regions *dt_regions_new(void);
void dt_regions_free(struct dt_regions *);

/*
 * Add the ranges of a text, whose format is found by itself: a JSON array of
 * objects, or an object with such an array `regions`, each with `image`,
 * `segment` ("" or null for a whole image), `start`, `end`, and maybe `slide`
 * and `uuid`, numbers as such or as strings of decimal or 0x digits; what
 * kextstat and `kmutil showloaded` print; what `otool -l` prints.
 *
 * Empty ranges and ranges past the end of the address space are refused, and so
 * is one that ends with the last address.
 *
 * Returns 0, or -1 with *errstr, which lasts until the next call; *errstr is
 * NULL, with errno, when memory ran out.  After -1 nothing but dt_regions_line
 * and dt_regions_free may be called.
 */
int dt_regions_add(struct dt_regions *, const struct dt_regions_text *,
    struct dt_regions_read *, const char **errstr);
/* The line of the text, from 1, that was refused; 0 if it is of no line. */
uint64_t dt_regions_line(const struct dt_regions *);

/*
 * All texts are there; the order in which they came does not matter.  An image
 * of a collection gets the name that the collection has for its address.  A
 * range that is there again, of the same image and segment, is taken out and
 * counted.  No two others may overlap, but for a whole image and its own
 * segments in it, and for what lies in a range that holds others' images; the
 * reason why not names both ranges, their texts and lines.  Returns as
 * dt_regions_add does; only after 0 may one ask for what follows.
 */
int dt_regions_end(struct dt_regions *, size_t *again, const char **errstr);

/* How many there are, and each: segments, whole images, what holds others. */
size_t dt_regions_count(const struct dt_regions *);
const struct dt_region *dt_regions_at(const struct dt_regions *, size_t);

/*
 * The range that an address is in, the closest one if there are several: a
 * segment before its image, and both before what holds it.  NULL if there is
 * none.
 */
const struct dt_region *dt_regions_find(const struct dt_regions *,
    uint64_t addr);

/* What there is in a range, by regionclass.def; of NULL it is OTHER. */
enum dt_region_class {
	DT_REGION_OTHER,
	DT_REGION_KERNEL_TEXT,
	DT_REGION_KERNEL_DATA,
	DT_REGION_SANDBOX_TEXT,
	DT_REGION_SANDBOX_DATA,
};

/* Whose range it is; of NULL, and of what holds others, it is OTHER. */
enum dt_region_owner {
	DT_OWNER_OTHER,
	DT_OWNER_KERNEL,
	DT_OWNER_SANDBOX,
};

enum dt_region_class dt_region_class(const struct dt_region *);
enum dt_region_owner dt_region_owner(const struct dt_region *);
/* "kernel_text", "kernel_data", "sandbox_text", "sandbox_data", "other". */
const char *dt_region_class_name(enum dt_region_class);
/* "kernel", "sandbox_kext", "other". */
const char *dt_region_owner_name(enum dt_region_owner);

/* Are these names of one image?  Directories do not count. */
bool dt_image_same(struct dt_str, struct dt_str);

#endif
