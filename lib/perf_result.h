/* SPDX-License-Identifier: ISC */
/* What perf trace prints behind the = of a call. */
#ifndef DT_PERF_RESULT_H
#define DT_PERF_RESULT_H

#include "perf.h"

/* Read all of what stands behind the =; false if it is no result. */
bool dt_perf_result(struct dt_str, struct dt_perf_result *);

#endif
