/* SPDX-License-Identifier: ISC */
/* The flags of a process's code signature. */
#include "csflags.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	uint32_t bit;
} rows[] = {
#define C(name, bit) {#name, bit},
#include "csflags.def"
#undef C
};

uint32_t
dt_csflag_byname(struct dt_str name)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (dt_str_is(name, rows[i].name))
			return rows[i].bit;
	return 0;
}

const char *
dt_csflag_name(uint32_t bit)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].bit == bit)
			return rows[i].name;
	return NULL;
}

bool
dt_csflags_contradict(struct dt_str names, uint32_t unnamed, uint32_t flags)
{
	uint32_t named = 0, known = 0;
	bool strange = false;
	size_t i;

	while (names.n > 0) {
		struct dt_str name = dt_scan_until(&names, "|");
		uint32_t bit = dt_csflag_byname(name);

		strange |= bit == 0;
		named |= bit;
		dt_scan_take(&names, "|");
	}
	for (i = 0; i < NELEM(rows); i++)
		known |= rows[i].bit;
	/* A name that is not known stands for a bit that is not. */
	return (named & ~flags) != 0 || (unnamed & ~flags) != 0 ||
	    (named & unnamed) != 0 ||
	    (flags & known & ~(named | unnamed)) != 0 ||
	    (!strange && (flags & ~(named | unnamed)) != 0);
}
