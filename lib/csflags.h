/* SPDX-License-Identifier: ISC */
/* The flags of a process's code signature: csflags.def. */
#ifndef DT_CSFLAGS_H
#define DT_CSFLAGS_H

#include <stdint.h>

#include "str.h"

/* The bit of a flag's name, older names too; 0 if there is none. */
uint32_t dt_csflag_byname(struct dt_str);
/* The name of one bit as XNU has it now; NULL if it has none. */
const char *dt_csflag_name(uint32_t bit);
/*
 * Do names, joined by |, and the bits that whoever named them had no name for
 * say something else than a number does?  Names and bits that the table has
 * not are no contradiction.
 */
bool dt_csflags_contradict(struct dt_str names, uint32_t unnamed,
    uint32_t flags);

#endif
