/* SPDX-License-Identifier: ISC */
/* The tables in *.def, and how to look things up in them. */
#ifndef DT_TABLES_H
#define DT_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

enum dt_os {
	DT_OS_UNKNOWN,
	DT_OS_LINUX,
	DT_OS_DARWIN,
	DT_OS_FREEBSD,
	DT_OS_NETBSD,
	DT_OS_OPENBSD,
	DT_OS_SUNOS,
	DT_OS_BSD,		/* one of the BSDs, nobody knows which */
};

enum dt_arch {
	DT_ARCH_UNKNOWN,
	DT_ARCH_X86_64,
	DT_ARCH_I386,
	DT_ARCH_AARCH64,
};

/* The traced system.  All zero is an unknown one. */
struct dt_sys {
	enum dt_os os;
	enum dt_arch arch;
};

/* What the flags of a call are flags of; the families of flags.def. */
enum dt_family {
	DT_FAMILY_NOFLAGS,
	DT_FAMILY_ACCESS,
	DT_FAMILY_AT,
	DT_FAMILY_CLONE,
	DT_FAMILY_MODE,
	DT_FAMILY_MOUNT,
	DT_FAMILY_OPEN,
	DT_FAMILY_PROCINFO,
	DT_FAMILY_PROT,
	DT_FAMILY_SNAPSHOT,
};

enum dt_flag {
	DT_FLAG_ANY,	/* holds always */
	DT_FLAG_KNOWN,	/* holds when the flags are known */
#define F(name, family, lx, la, dw, fb, so, mask) DT_FLAG_##name,
#include "flags.def"
#undef F
	DT_FLAG_MAX
};

enum dt_op {
	DT_OP_NONE,	/* no row */
#define OP(tag, name, vocabulary) DT_OP_##tag,
#include "ops.def"
#undef OP
	DT_OP_MAX
};

/* A system call, a row of syscalls.def. */
struct dt_call;

/* An operation and how surely a call asked for it; both NULL for no row. */
struct dt_opref {
	const char *name;	/* as in ops.def */
	const char *status;	/* "mapped" or "partial" */
};

/* System by the sysname of uname(3); DT_OS_UNKNOWN if not one of ours. */
enum dt_os dt_os_bysysname(struct dt_str);
/* Architecture by the machine of uname(3); DT_ARCH_UNKNOWN likewise. */
enum dt_arch dt_arch_bymachine(struct dt_str);

/*
 * Compare a struct dt_str with a row that begins with its name, byte by byte:
 * for bsearch(3) over a table sorted by name.
 */
int dt_rowcmp(const void *key, const void *row);

/*
 * Name of an errno as its system numbers it; NULL if it has no such number, and
 * for 0.  The negative numbers and those from 512 on are internal to kernels
 * but do show up in traces.  Of a system that errnos.def has no column for only
 * those numbers have a name that mean the same on all that it has.
 */
const char *dt_errno_name(enum dt_os, int64_t errnum);
/* Number of an errno, by any of its names.  Returns -1 if there is none. */
int dt_errno_bysymbol(enum dt_os, struct dt_str name, int64_t *errnum);
/* Does this errno say by itself that something was refused? */
bool dt_errno_denies(enum dt_os, int64_t errnum);
/* Is this errno of this call no refusal although it looks like one? */
bool dt_notdeny(struct dt_str call, enum dt_os, int64_t errnum);

/* Find a system call; NULL if no system of ours has one of that name. */
const struct dt_call *dt_call_byname(struct dt_str);
/*
 * Find a system call by its number on Linux or Darwin; NULL if there is none
 * and for the systems that syscalls.def has no column for.  An unknown system
 * is Linux, an unknown architecture x86-64.
 */
const struct dt_call *dt_call_bynumber(struct dt_sys, int64_t number);
const char *dt_call_name(const struct dt_call *);
/* Number of a call on a system, -1 if that has no such call. */
int dt_call_number(const struct dt_call *, struct dt_sys);
/* Number of arguments on 64-bit Linux, 0 to 6; -1 if no Linux has the call. */
int dt_call_nargs(const struct dt_call *);
/*
 * Index, on Linux, of the descriptor of the directory that the path is relative
 * to, or else of the open file that the call acts on; -1 if there is none.  If
 * there is one, a second path has its own in front of it.
 */
int dt_call_fd(const struct dt_call *);
/*
 * Index, from 0, of the argument that is a path; of the second one; of the
 * sockaddr; of the flags.  -1 if there is none.  A system that has no such call
 * or is not in syscalls.def gets the index of one that has it, Darwin before
 * Linux on the BSDs.
 */
int dt_call_path(const struct dt_call *, enum dt_os);
int dt_call_path2(const struct dt_call *, enum dt_os);
int dt_call_sockaddr(const struct dt_call *);
int dt_call_flagarg(const struct dt_call *, enum dt_os);
/* Does that argument point at a struct that begins with them? */
bool dt_call_flags_far(const struct dt_call *);
/* What the flags of a call are flags of; DT_FAMILY_NOFLAGS if of nothing. */
enum dt_family dt_call_family(const struct dt_call *);

/*
 * Read flags as tracers print them: names of one family and numbers (decimal,
 * 0octal, 0xhex) joined by |, each with its meaning behind it in a comment or
 * in <>, as strace -X and kdump have it, or not.  A name may lack the prefix of
 * its family, as perf trace has it.  Returns -1, and leaves *flags alone, if
 * any part of it is not understood or not a flag of that system.
 */
int dt_flags_parse(struct dt_sys, enum dt_family, struct dt_str text,
    int64_t *flags);
/* Has this number this flag?  False if the system has no such flag. */
bool dt_flag_isset(struct dt_sys, enum dt_flag, int64_t flags);
/* Find a flag of any system; DT_FLAG_MAX if there is none of that name. */
enum dt_flag dt_flag_byname(struct dt_str);
/* Family of a flag; DT_FAMILY_NOFLAGS for DT_FLAG_ANY and DT_FLAG_KNOWN. */
enum dt_family dt_flag_family(enum dt_flag);

/*
 * The operation that a call asks for, with these flags if they are known.  The
 * call may be one that syscalls.def has not: see callclass.def.  An unknown
 * system has the flags of Linux, an unknown architecture those of x86-64.
 * Operations of Linux alone are given on Linux and on an unknown system.
 */
struct dt_opref dt_op_bycall(struct dt_sys, struct dt_str call,
    bool flags_known, int64_t flags);
/* Does a call make the process run another program?  By callclass.def. */
bool dt_call_executes(struct dt_str call);
/* Does it make a process, and return its number? */
bool dt_call_forks(struct dt_str call);
/*
 * The operation that words of a security module of Linux ask for: `words` of
 * what it calls `class`, with blanks or commas between, or letters of a mask of
 * AppArmor.  The layer is apparmor (whose classes are operations), landlock (of
 * class "*") or selinux, or apparmor-class for the value of its `class`.
 * "partial" if they ask for several: the narrowest operation that covers all,
 * or else the first.  lsmclass.def, lsmops.def.
 */
struct dt_opref dt_op_bylsm(struct dt_str layer, struct dt_str class,
    struct dt_str words);
/* Find an operation; DT_OP_NONE if there is none of that name. */
enum dt_op dt_op_byname(struct dt_str);
/* Name of an operation; NULL for DT_OP_NONE. */
const char *dt_op_name(enum dt_op);
/* Is there an operation of that name? */
bool dt_op_is(struct dt_str);
/* Is the operation one of Linux alone, with a name of our own? */
bool dt_op_islinux(enum dt_op);

#endif
