/* SPDX-License-Identifier: ISC */
/* Hooks and flags of XNU's mandatory access control policies. */
#ifndef DT_MACPOLICY_H
#define DT_MACPOLICY_H

#include <stdint.h>

#include "str.h"

enum {
	DT_MACOPS = 0
#define O(index, name) + 1
#include "macpolicyops.def"
#undef O
};

/*
 * The member of struct mac_policy_ops at an index of that many pointers, as
 * `mpo_policy_init`; NULL if there is none.  Other versions of XNU have others.
 */
const char *dt_macop_name(uint64_t index);
/* The index of a member; -1 if there is none of that name. */
int dt_macop_byname(struct dt_str name);
/* Is it a slot that is kept for hooks to come? */
bool dt_macop_isreserved(uint64_t index);

/* The members of struct mac_policy_conf that are flags. */
enum dt_macflags {
	DT_MACFLAGS_LOADTIME,
	DT_MACFLAGS_RUNTIME,
};

enum { DT_MACFLAGS_MAX = 8 };

/*
 * The names of the flags that are set, lowest bit first; the bits that have no
 * name are left in *rest.  Returns how many names there are.
 */
size_t dt_macflags_names(enum dt_macflags, uint64_t flags,
    const char *names[DT_MACFLAGS_MAX], uint64_t *rest);

#endif
