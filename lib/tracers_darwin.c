/* SPDX-License-Identifier: ISC */
/* The tracers of macOS, the preferred one first. */
#include <stddef.h>

#include "tracer.h"

const struct dt_tracer *const dt_tracers[] = {
	&dt_tracer_dtrace,
	NULL,
};

const bool dt_dtrace_loses_exec = true;
