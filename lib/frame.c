/* SPDX-License-Identifier: ISC */
/* Frames of stacks as the tracers of Linux print them. */
#include "frame.h"
#include "scan.h"

struct dt_str
dt_frame(struct dt_arena *mem, struct dt_str s)
{
	struct dt_str symbol = s, module;
	size_t at;
	char *p;

	if (dt_scan_ends(s, "]"))
		at = dt_scan_find_last(s, " [");
	else if (dt_scan_ends(s, ")"))
		at = dt_scan_find_last(s, " (");
	else
		return s;
	if (at == s.n || at == 0)
		return s;
	symbol.n = at;
	module = dt_str_after(s, at + 2);
	module.n--;
	if (module.n == 0 || module.s[0] == '[')
		return s;
	p = dt_arena_alloc(mem, module.n + 1 + symbol.n);
	if (p == NULL)
		return (struct dt_str){0};
	memcpy(p, module.s, module.n);
	p[module.n] = '`';
	memcpy(p + module.n + 1, symbol.s, symbol.n);
	return (struct dt_str){p, module.n + 1 + symbol.n};
}
