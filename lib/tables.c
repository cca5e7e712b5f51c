/* SPDX-License-Identifier: ISC */
/* The systems the tables speak of, and how their rows compare. */
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	enum dt_os os;
} oses[] = {
	{"Darwin",	DT_OS_DARWIN},
	{"FreeBSD",	DT_OS_FREEBSD},
	{"Linux",	DT_OS_LINUX},
	{"NetBSD",	DT_OS_NETBSD},
	{"OpenBSD",	DT_OS_OPENBSD},
	{"SunOS",	DT_OS_SUNOS},
};

static const struct {
	const char *name;
	enum dt_arch arch;
} arches[] = {
	{"aarch64",	DT_ARCH_AARCH64},
	{"amd64",	DT_ARCH_X86_64},
	{"arm64",	DT_ARCH_AARCH64},
	{"arm64e",	DT_ARCH_AARCH64},
	{"i386",	DT_ARCH_I386},
	{"i486",	DT_ARCH_I386},
	{"i586",	DT_ARCH_I386},
	{"i686",	DT_ARCH_I386},
	{"x86_64",	DT_ARCH_X86_64},
	{"x86_64h",	DT_ARCH_X86_64},
};

enum dt_os
dt_os_bysysname(struct dt_str sysname)
{
	size_t i;

	for (i = 0; i < NELEM(oses); i++)
		if (dt_str_is(sysname, oses[i].name))
			return oses[i].os;
	return DT_OS_UNKNOWN;
}

enum dt_arch
dt_arch_bymachine(struct dt_str machine)
{
	size_t i;

	for (i = 0; i < NELEM(arches); i++)
		if (dt_str_is(machine, arches[i].name))
			return arches[i].arch;
	return DT_ARCH_UNKNOWN;
}

int
dt_rowcmp(const void *key, const void *row)
{
	const struct dt_str *k = key;
	const char *name = *(const char *const *)row;
	size_t n = strlen(name);
	int r = 0;

	if (k->n > 0)
		r = memcmp(k->s, name, k->n < n ? k->n : n);
	return r != 0 ? r : (k->n > n) - (k->n < n);
}
