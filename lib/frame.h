/* SPDX-License-Identifier: ISC */
/* Frames of stacks as the tracers of Linux print them. */
#ifndef DT_FRAME_H
#define DT_FRAME_H

#include "arena.h"

/*
 * "symbol+0x1f [module]" or "symbol (module)" as module`symbol+0x1f, in the
 * arena; what is not of that form stays as it is, as does what is in a module
 * that nobody knows.  NULL with errno when memory ran out.
 */
struct dt_str dt_frame(struct dt_arena *, struct dt_str);

#endif
