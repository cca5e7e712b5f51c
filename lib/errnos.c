/* SPDX-License-Identifier: ISC */
/* errno numbers and names, and which of them are refusals. */
#include <stdlib.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { LINUX, DARWIN, FREEBSD, NCOL };
enum { PLAIN, DENY };
enum { LOWEST = -106 };		/* EQSUSPENDED of Darwin */
enum { NONE = LOWEST - 1 };

enum {
	ROW_NONE,
#define E(name, linux_, darwin, freebsd, deny) ROW_##name,
#include "errnos.def"
#undef E
};

static const struct row {
	const char *name;
	short num[NCOL];
	bool denies;
} rows[] = {
#define ALIAS(n) n
#define E(name, linux_, darwin, freebsd, deny) \
	{#name, {linux_, darwin, freebsd}, deny == DENY},
#include "errnos.def"
#undef E
#undef ALIAS
};

/*
 * Rows by number, slot 0 being for no number.  All that have none are written
 * there one over the other, which is what the compilers warn of.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const unsigned char bynum[][NCOL] = {
#define SLOT(n) ((n) - NONE)
#define ALIAS(n) NONE
#define E(name, linux_, darwin, freebsd, deny) \
	[SLOT(linux_)][LINUX] = ROW_##name, \
	[SLOT(darwin)][DARWIN] = ROW_##name, \
	[SLOT(freebsd)][FREEBSD] = ROW_##name,
#include "errnos.def"
#undef E
#undef ALIAS
};
#pragma GCC diagnostic pop

static const struct {
	const char *call;
	const char *errsym;
} notdeny[] = {
#define N(call, errsym, reason) {#call, #errsym},
#include "notdeny.def"
#undef N
};

static int
column(enum dt_os os)
{
	switch (os) {
	case DT_OS_LINUX:
		return LINUX;
	case DT_OS_DARWIN:
		return DARWIN;
	case DT_OS_FREEBSD:
		return FREEBSD;
	default:
		return NCOL;
	}
}

static const struct row *
row_bynumber(enum dt_os os, int64_t num)
{
	const unsigned char *slot;
	int col = column(os);

	if (num <= NONE || num >= (int64_t)NELEM(bynum) + NONE)
		return NULL;
	slot = bynum[SLOT(num)];
	if (col == NCOL) {
		if (slot[LINUX] != slot[DARWIN] || slot[LINUX] != slot[FREEBSD])
			return NULL;
		col = LINUX;
	}
	return slot[col] != ROW_NONE ? &rows[slot[col] - 1] : NULL;
}

const char *
dt_errno_name(enum dt_os os, int64_t num)
{
	const struct row *row = row_bynumber(os, num);

	return row != NULL ? row->name : NULL;
}

int
dt_errno_bysymbol(enum dt_os os, struct dt_str name, int64_t *num)
{
	const struct row *row;
	int col = column(os);

	row = bsearch(&name, rows, NELEM(rows), sizeof(rows[0]), dt_rowcmp);
	if (row == NULL)
		return -1;
	if (col == NCOL) {
		if (row->num[LINUX] != row->num[DARWIN] ||
		    row->num[LINUX] != row->num[FREEBSD])
			return -1;
		col = LINUX;
	}
	if (row->num[col] == NONE)
		return -1;
	*num = row->num[col];
	return 0;
}

bool
dt_errno_denies(enum dt_os os, int64_t num)
{
	const struct row *row = row_bynumber(os, num);

	return row != NULL && row->denies;
}

bool
dt_notdeny(struct dt_str call, enum dt_os os, int64_t num)
{
	const char *name = dt_errno_name(os, num);
	size_t i;

	if (name == NULL)
		return false;
	for (i = 0; i < NELEM(notdeny); i++)
		if (dt_str_is(call, notdeny[i].call) &&
		    strcmp(name, notdeny[i].errsym) == 0)
			return true;
	return false;
}
