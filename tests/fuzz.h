/* SPDX-License-Identifier: ISC */
/* What every fuzz target is made of: a function that takes any bytes. */
#ifndef DT_FUZZ_H
#define DT_FUZZ_H

#include "str.h"

/* Do with the bytes what a tool would; stop the program if that goes wrong. */
void fuzz_bytes(struct dt_str);

#endif
