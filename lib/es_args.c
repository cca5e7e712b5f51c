/* SPDX-License-Identifier: ISC */
/* The arguments of an exec, in quotes. */
#include "es_args.h"

/* Where a reader may be: in an argument, behind one, behind the blank. */
enum { IN = DT_ES_INSIDE, OUT = DT_ES_ENDED, GAP = 4 };

/* Where it may be one byte further. */
static unsigned
step(unsigned at, char before, char c)
{
	unsigned to = 0;

	if ((at & IN) != 0 && (c != '"' || before == '\\'))
		to |= IN;
	if ((at & IN) != 0 && c == '"')
		to |= OUT;
	if ((at & OUT) != 0 && c == ' ')
		to |= GAP;
	if ((at & GAP) != 0 && c == '"')
		to |= IN;
	return to;
}

unsigned
dt_es_args_scan(struct dt_es_scan *scan, struct dt_str more)
{
	size_t i;

	if (!scan->begun)
		*scan = (struct dt_es_scan){true, GAP, '\0'};
	for (i = 0; i < more.n && scan->at != 0; i++) {
		scan->at = step(scan->at, scan->last, more.s[i]);
		scan->last = more.s[i];
	}
	return scan->at & (IN | OUT);
}

/* An argument without the backslashes before its quotes. */
static struct dt_str
unquote(struct dt_arena *mem, struct dt_str s)
{
	char *p = dt_arena_alloc(mem, s.n + 1);
	struct dt_str out = {p, 0};
	size_t i;

	for (i = 0; p != NULL && i < s.n; i++)
		if (s.s[i] != '\\' || i + 1 == s.n || s.s[i + 1] != '"')
			p[out.n++] = s.s[i];
	return out;
}

/* From where, at each byte, the end can be reached; the last is the end. */
static unsigned char *
ways(struct dt_arena *mem, struct dt_str s)
{
	unsigned char *way = dt_arena_alloc(mem, s.n + 1);
	unsigned at;
	size_t i;

	if (way == NULL)
		return NULL;
	way[s.n] = OUT;
	for (i = s.n; i > 0; i--)
		for (way[i - 1] = 0, at = IN; at <= GAP; at <<= 1)
			if ((step(at, i > 1 ? s.s[i - 2] : '\0',
			    s.s[i - 1]) & way[i]) != 0)
				way[i - 1] |= (unsigned char)at;
	return way;
}

/* Go the way that reaches the end. */
static int
follow(struct dt_record *rec, struct dt_str s, const unsigned char *way)
{
	unsigned at = GAP, to;
	size_t i, start = 0;
	struct dt_str arg;

	for (i = 0; i < s.n; i++, at = to) {
		to = step(at, i > 0 ? s.s[i - 1] : '\0', s.s[i]) & way[i + 1];
		if (to == 0)
			return 0;
		if (at == GAP)
			start = i + 1;
		if (at != IN || to != OUT)
			continue;
		arg = unquote(&rec->mem, (struct dt_str){s.s + start,
		    i - start});
		if (arg.s == NULL || dt_record_push(rec, &rec->args, arg) == -1)
			return -1;
	}
	return 1;
}

int
dt_es_args_split(struct dt_record *rec, struct dt_str text)
{
	unsigned char *way;
	int r;

	if (text.n == 0)
		return 1;
	way = ways(&rec->mem, text);
	if (way == NULL)
		return -1;
	r = follow(rec, text, way);
	if (r != 1)
		rec->args = (struct dt_strv){0};
	return r;
}
