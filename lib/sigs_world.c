/* SPDX-License-Identifier: ISC */
/* Which worlds a fold is of, and which of them each signature comes from. */
#include <string.h>

#include "sigs_own.h"

int
dt_sigs_world_no(struct dt_sigs *ss, struct dt_str world, size_t *no)
{
	const struct dt_str *kept;
	struct dt_str *p;
	size_t i;

	*no = ss->last_world;
	if (*no < ss->nworlds && dt_str_eq(ss->worlds[*no], world))
		return 0;
	for (i = 0; i < ss->nworlds; i++)
		if (dt_str_eq(ss->worlds[i], world)) {
			*no = ss->last_world = i;
			return 0;
		}
	kept = dt_pool_put(&ss->pool, world);
	p = dt_arena_grow(&ss->mem, ss->worlds, ss->nworlds, sizeof(*p));
	if (kept == NULL || p == NULL)
		return -1;
	ss->worlds = p;
	p[ss->nworlds] = *kept;
	*no = ss->last_world = ss->nworlds++;
	return 0;
}

/* A set of n words is their number and then the words. */
static uint64_t *
widen(struct dt_sigs *ss, const uint64_t *old, size_t n)
{
	uint64_t *set = dt_arena_alloc(&ss->mem, (n + 1) * sizeof(*set));

	if (set == NULL)
		return NULL;
	memset(set, 0, (n + 1) * sizeof(*set));
	if (old != NULL)
		memcpy(set, old, (old[0] + 1) * sizeof(*set));
	set[0] = n;
	return set;
}

int
dt_sigs_see(struct dt_sigs *ss, struct dt_sig_row *row, size_t world,
    bool first)
{
	uint64_t *set = row->worlds;
	size_t word = world / 64, n = word + 1;

	if (set == NULL && world == 0)
		return 0;
	if (set == NULL || set[0] <= word) {
		if (set != NULL && n < set[0] * 2)
			n = set[0] * 2;
		set = widen(ss, row->worlds, n);
		if (set == NULL)
			return -1;
		if (row->worlds == NULL && !first)
			set[1] = 1;
		row->worlds = set;
	}
	set[1 + word] |= UINT64_C(1) << world % 64;
	return 0;
}

bool
dt_sig_row_has(const struct dt_sig_row *row, size_t world)
{
	if (row->worlds == NULL)
		return world == 0;
	return world / 64 < row->worlds[0] &&
	    (row->worlds[1 + world / 64] >> world % 64 & 1) != 0;
}

size_t
dt_sigs_worlds(const struct dt_sigs *ss)
{
	return ss->nworlds;
}

struct dt_str
dt_sigs_world(const struct dt_sigs *ss, size_t w)
{
	return ss->worlds[ss->world_order[w]];
}

bool
dt_sigs_has(const struct dt_sigs *ss, size_t i, size_t w)
{
	return dt_sig_row_has(ss->order[i], ss->world_order[w]);
}

bool
dt_sigs_mixed(const struct dt_sigs *ss, struct dt_str worlds[2])
{
	size_t i, n = 0;

	for (i = 0; i < ss->nworlds && n < 2; i++)
		if (ss->worlds[i].s != NULL)
			worlds[n++] = ss->worlds[i];
	return n == 2;
}
