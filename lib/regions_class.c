/* SPDX-License-Identifier: ISC */
/* What a range of the kernel's memory is, by the rows of regionclass.def. */
#include "regions_own.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum how { NAME, TAIL, START };
enum holds { UNKNOWN, TEXT, DATA, HOLDS };

static const struct {
	const char *name;
	enum how how;
	enum dt_region_owner owner;
} images[] = {
#define I(name, how, owner) {name, how, DT_OWNER_##owner},
#define G(name, holds)
#include "regionclass.def"
#undef I
#undef G
};

static const struct {
	const char *name;
	enum holds holds;
} segments[] = {
#define I(name, how, owner)
#define G(name, holds) {name, holds},
#include "regionclass.def"
#undef I
#undef G
};

static const enum dt_region_class classes[][2] = {
	[DT_OWNER_OTHER] = {DT_REGION_OTHER, DT_REGION_OTHER},
	[DT_OWNER_KERNEL] = {DT_REGION_KERNEL_TEXT, DT_REGION_KERNEL_DATA},
	[DT_OWNER_SANDBOX] = {DT_REGION_SANDBOX_TEXT, DT_REGION_SANDBOX_DATA},
};

static const char *const class_names[] = {
	[DT_REGION_OTHER] = "other",
	[DT_REGION_KERNEL_TEXT] = "kernel_text",
	[DT_REGION_KERNEL_DATA] = "kernel_data",
	[DT_REGION_SANDBOX_TEXT] = "sandbox_text",
	[DT_REGION_SANDBOX_DATA] = "sandbox_data",
};

static const char *const owner_names[] = {
	[DT_OWNER_OTHER] = "other",
	[DT_OWNER_KERNEL] = "kernel",
	[DT_OWNER_SANDBOX] = "sandbox_kext",
};

static struct dt_str
last_part(struct dt_str path)
{
	size_t slash;

	while (path.n > 1 && path.s[path.n - 1] == '/')
		path.n--;
	slash = dt_scan_find_last(path, "/");
	return slash < path.n ? dt_str_after(path, slash + 1) : path;
}

/* Does a path end with these parts? */
static bool
has_tail(struct dt_str path, const char *tail)
{
	size_t n = strlen(tail);

	return dt_scan_ends(path, tail) &&
	    (path.n == n || path.s[path.n - n - 1] == '/');
}

static enum dt_region_owner
owner(struct dt_str image)
{
	struct dt_str last = last_part(image);
	size_t i;

	for (i = 0; i < NELEM(images); i++)
		if (images[i].how == NAME ? dt_str_is(last, images[i].name) :
		    images[i].how == TAIL ? has_tail(image, images[i].name) :
		    dt_str_starts(last, images[i].name))
			return images[i].owner;
	return DT_OWNER_OTHER;
}

static enum holds
held(struct dt_str segment)
{
	size_t i;

	for (i = 0; i < NELEM(segments); i++)
		if (dt_str_is(segment, segments[i].name))
			return segments[i].holds;
	return UNKNOWN;
}

bool
dt_segment_holds(struct dt_str segment)
{
	return held(segment) == HOLDS;
}

bool
dt_image_same(struct dt_str a, struct dt_str b)
{
	enum dt_region_owner of = owner(a);

	return of == owner(b) && (of != DT_OWNER_OTHER ||
	    dt_str_eq(last_part(a), last_part(b)));
}

enum dt_region_owner
dt_region_owner(const struct dt_region *r)
{
	return r != NULL && !r->holds ? owner(r->image) : DT_OWNER_OTHER;
}

enum dt_region_class
dt_region_class(const struct dt_region *r)
{
	enum holds what = r != NULL ? held(r->segment) : UNKNOWN;

	if (what != TEXT && what != DATA)
		return DT_REGION_OTHER;
	return classes[dt_region_owner(r)][what == DATA];
}

const char *
dt_region_class_name(enum dt_region_class class)
{
	return class_names[class];
}

const char *
dt_region_owner_name(enum dt_region_owner of)
{
	return owner_names[of];
}
