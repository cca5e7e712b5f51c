/* SPDX-License-Identifier: ISC */
/* Hooks and flags of XNU's mandatory access control policies. */
#include "macpolicy.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const char *const ops[] = {
#define O(index, name) [index] = #name,
#include "macpolicyops.def"
#undef O
};

_Static_assert(NELEM(ops) == DT_MACOPS, "the slots of a table without holes");

static const struct {
	enum dt_macflags of;
	const char *name;
	uint64_t bit;
} flags[] = {
#define F(of, name, bit) {DT_MACFLAGS_##of, #name, bit},
#include "macflags.def"
#undef F
};

_Static_assert(NELEM(flags) <= DT_MACFLAGS_MAX, "room for all flags");

const char *
dt_macop_name(uint64_t index)
{
	return index < NELEM(ops) ? ops[index] : NULL;
}

int
dt_macop_byname(struct dt_str name)
{
	size_t i;

	for (i = 0; i < NELEM(ops); i++)
		if (dt_str_is(name, ops[i]))
			return (int)i;
	return -1;
}

bool
dt_macop_isreserved(uint64_t index)
{
	const char *name = dt_macop_name(index);

	return name != NULL && strncmp(name, "mpo_reserved", 12) == 0;
}

size_t
dt_macflags_names(enum dt_macflags of, uint64_t bits,
    const char *names[DT_MACFLAGS_MAX], uint64_t *rest)
{
	size_t i, n = 0;

	for (i = 0; i < NELEM(flags); i++)
		if (flags[i].of == of && (bits & flags[i].bit) != 0) {
			names[n++] = flags[i].name;
			bits &= ~flags[i].bit;
		}
	*rest = bits;
	return n;
}
