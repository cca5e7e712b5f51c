/* SPDX-License-Identifier: ISC */
/* Text that may hold anything, made fit to be shown. */
#ifndef DT_SHOW_H
#define DT_SHOW_H

#include "str.h"

enum { DT_SHOW_MAX = 8 };

/*
 * Take a character off the front of a non-empty slice.  Returns it, or what
 * stands for it, in the buffer or in static storage: \xHH for a control byte,
 * \uHHHH for a control character above that and for U+FFFE and U+FFFF, U+FFFD
 * for what is not UTF-8.
 */
struct dt_str dt_show_next(struct dt_str *rest, char buf[DT_SHOW_MAX]);

#endif
