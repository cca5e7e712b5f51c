/* SPDX-License-Identifier: ISC */
/* In place of the tracer inside the kernel, where it could not be built. */
#include <errno.h>
#include <stdio.h>

#include "tracer.h"

static void
usable(struct dt_usable *u)
{
	u->code = "not-built";
	snprintf(u->why, sizeof(u->why), "bpf: was not built into this dt");
}

static int
start(struct dt_tracing *t)
{
	(void)t;
	errno = ENOTSUP;
	return -1;
}

static void
nothing(struct dt_tracing *t)
{
	(void)t;
}

const struct dt_tracer dt_tracer_bpf = {
	.name = "bpf",
	.what = "a program inside the kernel, on Linux, for root",
	.buffer = true,
	.lossless = true,
	.stack = true,
	.size = 1,
	.usable = usable,
	.start = start,
	.stop = nothing,
	.kill = nothing,
	.free = nothing,
};
