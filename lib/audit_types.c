/* SPDX-License-Identifier: ISC */
/* Types of audit records by name and number. */
#include <stdlib.h>

#include "audit.h"
#include "scan.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct type {
	const char *name;
	short num;
	enum dt_audit_role role;
} types[] = {
#define T(name, num, role) {#name, num, DT_AUDIT_##role},
#include "auditypes.def"
};

/* A number of a type, as auditd(8) names those that it does not know. */
static int
number(struct dt_str name)
{
	int64_t num;

	if (dt_scan_take(&name, "UNKNOWN[")) {
		if (!dt_scan_ends(name, "]"))
			return -1;
		name.n--;
	}
	if (name.n > 5 || !dt_scan_digits(name) ||
	    dt_num_parse(name, &num) == -1)
		return -1;
	return (int)num;
}

int
dt_audit_type_byname(struct dt_str name)
{
	const struct type *t;

	t = bsearch(&name, types, NELEM(types), sizeof(types[0]), dt_rowcmp);
	return t != NULL ? t->num : number(name);
}

static const struct type *
bynumber(int num)
{
	size_t i;

	for (i = 0; i < NELEM(types); i++)
		if (types[i].num == num)
			return &types[i];
	return NULL;
}

const char *
dt_audit_type_name(int num)
{
	const struct type *t = bynumber(num);

	return t != NULL ? t->name : NULL;
}

enum dt_audit_role
dt_audit_type_role(int num)
{
	const struct type *t = bynumber(num);

	if (t != NULL)
		return t->role;
	/* linux/audit.h: these ranges are what programs write. */
	return (num >= 1100 && num < 1200) || (num >= 2100 && num < 3000) ?
	    DT_AUDIT_USER : DT_AUDIT_OTHER;
}
