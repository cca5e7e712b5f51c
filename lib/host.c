/* SPDX-License-Identifier: ISC */
/* Facts of the host: those every system has, and the order of all. */
#include <sys/utsname.h>

#include <stdio.h>
#include <string.h>

#include "host.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const char *const keys[] = {
#define H(key, source) key,
#include "hostfacts.def"
#undef H
};

/* What uname(3) knows, or NULL. */
static const char *
by_uname(const struct utsname *u, const char *key)
{
	if (strcmp(key, "sysname") == 0)
		return u->sysname;
	if (strcmp(key, "release") == 0)
		return u->release;
	if (strcmp(key, "machine") == 0)
		return u->machine;
	if (strcmp(key, "build") == 0)
		return u->version;
	return NULL;
}

int
dt_host_facts(struct dt_record *rec)
{
	struct utsname u;
	struct dt_str val;
	const char *known;
	char buf[1024];
	size_t i;

	if (uname(&u) == -1)
		return -1;
	for (i = 0; i < NELEM(keys); i++) {
		known = by_uname(&u, keys[i]);
		if (dt_host_fact(keys[i], buf, sizeof(buf)))
			known = buf;
		if (known == NULL || known[0] == '\0')
			continue;
		val = dt_arena_dup(&rec->mem, dt_str_c(known));
		if (val.s == NULL || dt_record_put(rec, &rec->host,
		    dt_str_c(keys[i]), val) == -1)
			return -1;
	}
	return 0;
}
