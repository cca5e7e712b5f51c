/* SPDX-License-Identifier: ISC */
/* Why a text was refused, and at which of its lines. */
#ifndef DT_FAULT_H
#define DT_FAULT_H

#include <stdint.h>

#include "str.h"

/* How much of a name is worth saying: the precision and the text of a %.*s. */
#define DT_FAULT_STR(str) \
	((str).n < 80 ? (int)(str).n : 80), ((str).n > 0 ? (str).s : "")

/* Zero-initialised is none. */
struct dt_fault {
	uint64_t line;		/* from 1; 0 if it is of no line */
	char text[640];		/* empty when memory ran out */
};

/* Say why, in the form of printf(3), fit to be shown.  Returns -1. */
int dt_fault_set(struct dt_fault *, uint64_t line, const char *fmt, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;
/* Memory ran out: errno says why.  Returns -1. */
int dt_fault_memory(struct dt_fault *);

#endif
