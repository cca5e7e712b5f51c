/* SPDX-License-Identifier: ISC */
/* Calls as truss and kdump tell of them: of which system, with what in them. */
#include <limits.h>
#include <stdlib.h>

#include "calltext.h"
#include "dtruss.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { NONE = -1 };

/*
 * Calls that syscalls.def has not, of FreeBSD and, those in 64, of SunOS,
 * sorted: index of the path, of the flags and what these are flags of.  From
 * their manual pages.
 */
static const struct only {
	const char *name;
	int path;
	int flags;
	enum dt_family family;
} only[] = {
	{"__acl_aclcheck_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_aclcheck_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_delete_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_delete_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_get_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_get_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_set_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"__acl_set_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"chflagsat",		1, NONE, DT_FAMILY_NOFLAGS},
	{"eaccess",		0, 1, DT_FAMILY_ACCESS},
	{"extattr_delete_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_delete_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_get_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_get_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_list_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_list_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_set_file",	0, NONE, DT_FAMILY_NOFLAGS},
	{"extattr_set_link",	0, NONE, DT_FAMILY_NOFLAGS},
	{"funlinkat",		1, NONE, DT_FAMILY_NOFLAGS},
	{"lchflags",		0, NONE, DT_FAMILY_NOFLAGS},
	{"lchmod",		0, NONE, DT_FAMILY_NOFLAGS},
	{"lgetfh",		0, NONE, DT_FAMILY_NOFLAGS},
	{"lpathconf",		0, NONE, DT_FAMILY_NOFLAGS},
	{"lutimes",		0, NONE, DT_FAMILY_NOFLAGS},
	{"open64",		0, 1, DT_FAMILY_OPEN},
	{"openat64",		1, 2, DT_FAMILY_OPEN},
};

/* Calls that one system alone has, sorted. */
static const struct tell {
	const char *name;
	enum dt_os os;
} tells[] = {
	{"___lwp_park60",	DT_OS_NETBSD},
	{"__clock_gettime50",	DT_OS_NETBSD},
	{"__fstat50",		DT_OS_NETBSD},
	{"__get_tcb",		DT_OS_OPENBSD},
	{"__gettimeofday50",	DT_OS_NETBSD},
	{"__lstat50",		DT_OS_NETBSD},
	{"__select50",		DT_OS_NETBSD},
	{"__set_tcb",		DT_OS_OPENBSD},
	{"__sigaction_sigtramp", DT_OS_NETBSD},
	{"__sigprocmask14",	DT_OS_NETBSD},
	{"__stat50",		DT_OS_NETBSD},
	{"__tfork",		DT_OS_OPENBSD},
	{"__threxit",		DT_OS_OPENBSD},
	{"__thrsleep",		DT_OS_OPENBSD},
	{"__thrwakeup",		DT_OS_OPENBSD},
	{"_lwp_create",		DT_OS_NETBSD},
	{"_lwp_exit",		DT_OS_NETBSD},
	{"_lwp_self",		DT_OS_NETBSD},
	{"_lwp_setprivate",	DT_OS_NETBSD},
	{"_umtx_op",		DT_OS_FREEBSD},
	{"cap_enter",		DT_OS_FREEBSD},
	{"cap_fcntls_limit",	DT_OS_FREEBSD},
	{"cap_getmode",		DT_OS_FREEBSD},
	{"cap_ioctls_limit",	DT_OS_FREEBSD},
	{"cap_rights_limit",	DT_OS_FREEBSD},
	{"getthrid",		DT_OS_OPENBSD},
	{"kbind",		DT_OS_OPENBSD},
	{"mimmutable",		DT_OS_OPENBSD},
	{"msyscall",		DT_OS_OPENBSD},
	{"pinsyscalls",		DT_OS_OPENBSD},
	{"pledge",		DT_OS_OPENBSD},
	{"sendsyslog",		DT_OS_OPENBSD},
	{"shm_open2",		DT_OS_FREEBSD},
	{"sigfastblock",	DT_OS_FREEBSD},
	{"thr_exit",		DT_OS_FREEBSD},
	{"thr_kill",		DT_OS_FREEBSD},
	{"thr_new",		DT_OS_FREEBSD},
	{"thr_self",		DT_OS_FREEBSD},
	{"unveil",		DT_OS_OPENBSD},
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct dt_str
dt_calltext_name(struct dt_str s)
{
	size_t n = 0;

	while (n < s.n && (is_letter(s.s[n]) ||
	    (n > 0 && (is_digit(s.s[n]) || s.s[n] == '.'))))
		n++;
	return (struct dt_str){s.s, n};
}

/* What is left behind "freebsd11_", which marks how a call once was. */
static bool
take_freebsd(struct dt_str *name)
{
	struct dt_str rest = *name;
	struct dt_str digits;

	if (!dt_scan_take(&rest, "freebsd"))
		return false;
	digits = dt_scan_until(&rest, "_");
	if (!dt_scan_digits(digits) || !dt_scan_take(&rest, "_"))
		return false;
	*name = rest;
	return true;
}

enum dt_os
dt_calltext_os(struct dt_str name)
{
	const struct tell *row = bsearch(&name, tells, NELEM(tells),
	    sizeof(tells[0]), dt_rowcmp);

	if (row != NULL)
		return row->os;
	return take_freebsd(&name) ? DT_OS_FREEBSD : DT_OS_UNKNOWN;
}

bool
dt_calltext_islinux(struct dt_str name)
{
	return dt_str_starts(name, "linux_");
}

/* A call under the name that the tables have it by. */
static struct dt_str
plain(struct dt_str name)
{
	if (!take_freebsd(&name))
		dt_scan_take(&name, "linux_");
	return name;
}

static const struct only *
only_byname(struct dt_str name)
{
	return bsearch(&name, only, NELEM(only), sizeof(only[0]), dt_rowcmp);
}

/* No BSD has the calls of Linux, but each that Darwin has too. */
static enum dt_os
like(struct dt_str name, enum dt_os os)
{
	if (dt_calltext_islinux(name))
		return DT_OS_LINUX;
	return os == DT_OS_UNKNOWN ? DT_OS_FREEBSD : os;
}

int
dt_calltext_path(struct dt_str name, enum dt_os os, int n)
{
	const struct dt_call *call = dt_call_byname(plain(name));
	const struct only *row = only_byname(plain(name));
	int i;

	if (call != NULL)
		return n == 0 ? dt_call_path(call, like(name, os)) :
		    dt_call_path2(call, like(name, os));
	if (row != NULL)
		return n == 0 ? row->path : NONE;
	i = dt_dtruss_toolkit_path(name);
	if (i == -2)
		return DT_CALLTEXT_UNKNOWN;
	return n == 0 ? i : NONE;
}

/* Can this stand behind a string?  Another argument, or the end of a list. */
static bool
is_behind(struct dt_str s)
{
	return s.n == 0 || s.s[0] == ',' || s.s[0] == ')' || s.s[0] == ']' ||
	    s.s[0] == '}' || dt_str_starts(s, "..") ||
	    dt_str_starts(s, " ]") || dt_str_starts(s, " }");
}

size_t
dt_calltext_quoted(struct dt_str s)
{
	size_t i;

	for (i = 1; i < s.n; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '"' && is_behind(dt_str_after(s, i + 1)))
			return i + 1;
	}
	return 0;
}

/* How far the byte or string at the front of arguments goes; 0 if nowhere. */
static size_t
step(struct dt_str s, size_t *depth)
{
	switch (s.s[0]) {
	case '"':
		return dt_calltext_quoted(s);
	case '(':
	case '[':
	case '{':
		(*depth)++;
		return 1;
	case ')':
	case ']':
	case '}':
		return (*depth)-- > 0;
	default:
		return 1;
	}
}

int
dt_calltext_split(struct dt_record *rec, struct dt_str s, struct dt_strv *vec)
{
	size_t i = 0, from = 0, n, depth = 0;

	if (dt_scan_trim(s).n == 0)
		return 0;
	for (;;) {
		if (i == s.n || (s.s[i] == ',' && depth == 0)) {
			if ((i == s.n && depth > 0) ||
			    vec->n == DT_CALLTEXT_ARGS)
				return 1;
			if (dt_record_push(rec, vec, dt_scan_trim(
			    (struct dt_str){s.s + from, i - from})) == -1)
				return -1;
			if (i == s.n)
				return 0;
			from = ++i;
			continue;
		}
		n = step(dt_str_after(s, i), &depth);
		if (n == 0)
			return 1;
		i += n;
	}
}

/* The bits that mean the same on every system, as much as is known. */
static int64_t
common(enum dt_family family)
{
	switch (family) {
	case DT_FAMILY_ACCESS:
	case DT_FAMILY_PROT:
		return 07;
	case DT_FAMILY_OPEN:
		return 03;
	case DT_FAMILY_MODE:
		return 0177777;
	default:
		return 0;
	}
}

/*
 * May flags of a system that is not known be read?  The BSDs have those of
 * 4.4BSD in common; a number without names may be of a Linux that is emulated.
 */
static bool
is_common(enum dt_os os, enum dt_family family, struct dt_str arg, int64_t v)
{
	if (os != DT_OS_UNKNOWN && os != DT_OS_BSD)
		return true;
	if (os == DT_OS_BSD && family == DT_FAMILY_OPEN &&
	    dt_scan_ends(arg, ">") && (v & ~07777) == 0)
		return true;
	return (v & ~common(family)) == 0;
}

void
dt_calltext_flags(struct dt_record *rec, enum dt_os os)
{
	struct dt_str name = plain(rec->name);
	const struct dt_call *call = dt_call_byname(name);
	const struct only *row = only_byname(name);
	struct dt_sys sys = {os, DT_ARCH_UNKNOWN};
	enum dt_family family;
	int64_t v;
	int i;

	if (call == NULL && row == NULL)
		return;
	if (dt_calltext_islinux(rec->name))
		os = sys.os = DT_OS_LINUX;
	i = call != NULL ? dt_call_flagarg(call, like(rec->name, os)) :
	    row->flags;
	family = call != NULL ? dt_call_family(call) : row->family;
	if (i < 0 || (size_t)i >= rec->args.n || rec->args.v[i].n > 1024 ||
	    dt_flags_parse(sys, family, rec->args.v[i], &v) == -1 ||
	    v > UINT_MAX || !is_common(os, family, rec->args.v[i], v))
		return;
	rec->flags = DT_INT(v);
}

bool
dt_calltext_iscapsicum(struct dt_str text)
{
	return dt_str_is(text, "Not permitted in capability mode") ||
	    dt_str_is(text, "Capabilities insufficient");
}

void
dt_calltext_capsicum(struct dt_record *rec, enum dt_os os, struct dt_str text)
{
	const char *name = NULL;

	if (!rec->errnum.set || rec->errnum.v == 0)
		return;
	if (os == DT_OS_FREEBSD)
		name = dt_errno_name(os, rec->errnum.v);
	if (dt_calltext_iscapsicum(text) || (name != NULL &&
	    (strcmp(name, "ECAPMODE") == 0 ||
	    strcmp(name, "ENOTCAPABLE") == 0)))
		rec->denied_by = DT_STR("capsicum");
}
