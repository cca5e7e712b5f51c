/* SPDX-License-Identifier: ISC */
/* Why a text was refused, and at which of its lines. */
#include <stdarg.h>
#include <stdio.h>

#include "fault.h"
#include "show.h"

int
dt_fault_set(struct dt_fault *why, uint64_t line, const char *fmt, ...)
{
	char raw[sizeof(why->text)], buf[DT_SHOW_MAX];
	struct dt_str rest, one;
	size_t n = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	for (rest = dt_str_c(raw); rest.n > 0; n += one.n) {
		one = dt_show_next(&rest, buf);
		if (n + one.n >= sizeof(why->text))
			break;
		memcpy(why->text + n, one.s, one.n);
	}
	why->text[n] = '\0';
	why->line = line;
	return -1;
}

int
dt_fault_memory(struct dt_fault *why)
{
	why->text[0] = '\0';
	why->line = 0;
	return -1;
}
