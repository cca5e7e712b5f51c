/* SPDX-License-Identifier: ISC */
/* System calls by name and by number, and what their arguments are. */
#include <stdlib.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { X86_64, I386, AARCH64, DARWIN, NCOL };
enum { NONE = -1 };

struct args {
	signed char path;
	signed char path2;
	signed char flags;
};

struct dt_call {
	const char *name;
	short num[NCOL];
	signed char nargs;	/* these two on Linux */
	signed char fd;
	struct args linux_;
	struct args darwin;
	signed char sockaddr;
	enum dt_family family;
};

enum {
	ROW_NONE,
#define S(name, lx, li, la, dw, nargs, fd, lpath, lpath2, dpath, dpath2, sa, \
    fam, lfl, dfl) \
	ROW_##name,
#include "syscalls.def"
#undef S
};

static const struct dt_call calls[] = {
#define S(name, lx, li, la, dw, nargs, fd, lpath, lpath2, dpath, dpath2, sa, \
    fam, lfl, dfl) \
	{#name, {lx, li, la, dw}, nargs, fd, {lpath, lpath2, lfl}, \
	    {dpath, dpath2, dfl}, sa, DT_FAMILY_##fam},
#include "syscalls.def"
#undef S
};

/*
 * Rows by number, slot 0 being for no number.  All that have none are written
 * there one over the other, which is what the compilers warn of.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const unsigned short bynum[][NCOL] = {
#define SLOT(n) ((n) - NONE)
#define S(name, lx, li, la, dw, nargs, fd, lpath, lpath2, dpath, dpath2, sa, \
    fam, lfl, dfl) \
	[SLOT(lx)][X86_64] = ROW_##name, \
	[SLOT(li)][I386] = ROW_##name, \
	[SLOT(la)][AARCH64] = ROW_##name, \
	[SLOT(dw)][DARWIN] = ROW_##name,
#include "syscalls.def"
#undef S
};
#pragma GCC diagnostic pop

static int
linux_column(enum dt_arch arch)
{
	switch (arch) {
	case DT_ARCH_I386:
		return I386;
	case DT_ARCH_AARCH64:
		return AARCH64;
	default:
		return X86_64;
	}
}

static int
column(struct dt_sys sys)
{
	switch (sys.os) {
	case DT_OS_UNKNOWN:
	case DT_OS_LINUX:
		return linux_column(sys.arch);
	case DT_OS_DARWIN:
		return DARWIN;
	default:
		return NCOL;
	}
}

/* A call of the same name nearly always has the same arguments elsewhere. */
static const struct args *
args(const struct dt_call *c, enum dt_os os)
{
	bool on_linux = c->nargs != NONE;
	bool on_darwin = c->num[DARWIN] != NONE;
	bool like_linux = os == DT_OS_UNKNOWN || os == DT_OS_LINUX ||
	    os == DT_OS_SUNOS;

	if (like_linux)
		return on_linux ? &c->linux_ : &c->darwin;
	return on_darwin ? &c->darwin : &c->linux_;
}

const struct dt_call *
dt_call_byname(struct dt_str name)
{
	return bsearch(&name, calls, NELEM(calls), sizeof(calls[0]), dt_rowcmp);
}

const struct dt_call *
dt_call_bynumber(struct dt_sys sys, int64_t num)
{
	int col = column(sys), row;

	if (col == NCOL || num <= NONE || num >= (int64_t)NELEM(bynum) + NONE)
		return NULL;
	row = bynum[SLOT(num)][col];
	return row != ROW_NONE ? &calls[row - 1] : NULL;
}

const char *
dt_call_name(const struct dt_call *c)
{
	return c->name;
}

int
dt_call_number(const struct dt_call *c, struct dt_sys sys)
{
	int col = column(sys);

	return col != NCOL ? c->num[col] : -1;
}

int
dt_call_nargs(const struct dt_call *c)
{
	return c->nargs;
}

int
dt_call_fd(const struct dt_call *c)
{
	return c->fd;
}

int
dt_call_path(const struct dt_call *c, enum dt_os os)
{
	return args(c, os)->path;
}

int
dt_call_path2(const struct dt_call *c, enum dt_os os)
{
	return args(c, os)->path2;
}

int
dt_call_sockaddr(const struct dt_call *c)
{
	return c->sockaddr;
}

int
dt_call_flagarg(const struct dt_call *c, enum dt_os os)
{
	return args(c, os)->flags;
}

bool
dt_call_flags_far(const struct dt_call *c)
{
	struct dt_str name = dt_str_c(dt_call_name(c));

	return dt_str_is(name, "openat2") || dt_str_is(name, "clone3");
}

enum dt_family
dt_call_family(const struct dt_call *c)
{
	return c->family;
}
