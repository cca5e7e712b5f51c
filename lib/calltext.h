/* SPDX-License-Identifier: ISC */
/* Calls as truss and kdump tell of them: of which system, with what in them. */
#ifndef DT_CALLTEXT_H
#define DT_CALLTEXT_H

#include "record.h"
#include "tables.h"

/* More arguments than any decoder of theirs prints. */
enum { DT_CALLTEXT_ARGS = 64 };

/* What dt_calltext_path says of a call that no table has. */
enum { DT_CALLTEXT_UNKNOWN = -2 };

/* The name of a call: a letter or _, then those and digits and dots. */
struct dt_str dt_calltext_name(struct dt_str text);
/* The one system that has a call of this name; UNKNOWN if we know of none. */
enum dt_os dt_calltext_os(struct dt_str name);
/* Is it a call of the Linux that FreeBSD emulates, whose numbers it has? */
bool dt_calltext_islinux(struct dt_str name);
/*
 * Index of the first path among the arguments of a call, or with n 1 of the
 * second; -1 if there is none.
 */
int dt_calltext_path(struct dt_str name, enum dt_os, int n);

/*
 * The length of a string with its quotes at the start of a slice.  Not all of
 * these tracers escape a quote: one ends the string if a backslash does not
 * stand before it, and what may follow an argument stands behind it.  0 if
 * none does.
 */
size_t dt_calltext_quoted(struct dt_str);
/*
 * Split arguments at commas outside of strings and brackets.  1 if there are
 * too many, or a string or bracket does not end; -1 with errno.
 */
int dt_calltext_split(struct dt_record *, struct dt_str, struct dt_strv *);

/*
 * Set the flags by name and arguments.  Those of a system that is not known
 * are set only if they mean the same on all.
 */
void dt_calltext_flags(struct dt_record *, enum dt_os);
/* Is it what FreeBSD says, in English, of an errno that is Capsicum's? */
bool dt_calltext_iscapsicum(struct dt_str);
/*
 * Say that Capsicum refused it, if the errno can mean nothing else there, or
 * the text says so.
 */
void dt_calltext_capsicum(struct dt_record *, enum dt_os, struct dt_str);

#endif
