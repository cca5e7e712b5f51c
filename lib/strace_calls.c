/* SPDX-License-Identifier: ISC */
/* The last call of each thread of a trace, in bounded memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "strace.h"

enum {
	THREADS_MAX = 4096,
	BYTES_MAX = 1 << 20,
	NHEADS = sizeof(((struct dt_strace_calls *)0)->heads) /
	    sizeof(size_t),
};

static size_t *
head(struct dt_strace_calls *cs, int64_t tid)
{
	return &cs->heads[(uint64_t)tid % NHEADS];
}

struct dt_strace_slot *
dt_strace_calls_find(struct dt_strace_calls *cs, int64_t tid)
{
	size_t i;

	if (cs->slots == NULL)
		return NULL;
	for (i = *head(cs, tid); i != 0; i = cs->slots[i].hash)
		if (cs->slots[i].tid == tid)
			return &cs->slots[i];
	return NULL;
}

struct dt_strace_slot *
dt_strace_calls_only(struct dt_strace_calls *cs, enum dt_strace_state state)
{
	size_t i;

	if (cs->count[state] != 1)
		return NULL;
	for (i = cs->slots[0].next; i != 0; i = cs->slots[i].next)
		if (cs->slots[i].state == state)
			return &cs->slots[i];
	return NULL;
}

struct dt_strace_slot *
dt_strace_calls_first(struct dt_strace_calls *cs)
{
	if (cs->slots == NULL || cs->slots[0].next == 0)
		return NULL;
	return &cs->slots[cs->slots[0].next];
}

struct dt_strace_slot *
dt_strace_calls_oldest(struct dt_strace_calls *cs, size_t n)
{
	if (cs->nslots < THREADS_MAX && cs->bytes + n <= BYTES_MAX)
		return NULL;
	return dt_strace_calls_first(cs);
}

/* Take a slot out of the list from oldest to newest. */
static void
unlist(struct dt_strace_calls *cs, struct dt_strace_slot *slot)
{
	cs->slots[slot->prev].next = slot->next;
	cs->slots[slot->next].prev = slot->prev;
}

static void
append(struct dt_strace_calls *cs, struct dt_strace_slot *slot)
{
	struct dt_strace_slot *top = &cs->slots[0];
	size_t i = (size_t)(slot - cs->slots);

	slot->prev = top->prev;
	slot->next = 0;
	cs->slots[top->prev].next = i;
	top->prev = i;
}

static void
unhash(struct dt_strace_calls *cs, const struct dt_strace_slot *slot)
{
	size_t i = (size_t)(slot - cs->slots);
	size_t *p = head(cs, slot->tid);

	while (*p != i)
		p = &cs->slots[*p].hash;
	*p = slot->hash;
}

static void
rehash(struct dt_strace_calls *cs, struct dt_strace_slot *slot, int64_t tid)
{
	size_t *p = head(cs, tid);

	slot->tid = tid;
	slot->hash = *p;
	*p = (size_t)(slot - cs->slots);
}

static int
grow(struct dt_strace_calls *cs)
{
	size_t cap = cs->cap == 0 ? 16 : cs->cap * 2, i;
	struct dt_strace_slot *p = realloc(cs->slots, cap * sizeof(*p));

	if (p == NULL)
		return -1;
	memset(p + cs->cap, 0, (cap - cs->cap) * sizeof(*p));
	cs->slots = p;
	for (i = cap - 1; i >= cs->cap && i > 0; i--) {
		p[i].next = cs->free;
		cs->free = i;
	}
	cs->cap = cap;
	return 0;
}

static struct dt_strace_slot *
add(struct dt_strace_calls *cs, int64_t tid)
{
	struct dt_strace_slot *slot;

	if (cs->free == 0 && grow(cs) == -1)
		return NULL;
	slot = &cs->slots[cs->free];
	cs->free = slot->next;
	*slot = (struct dt_strace_slot){0};
	rehash(cs, slot, tid);
	append(cs, slot);
	cs->nslots++;
	cs->count[DT_STRACE_NONE]++;
	return slot;
}

struct dt_strace_slot *
dt_strace_calls_set(struct dt_strace_calls *cs, int64_t tid,
    enum dt_strace_state state, struct dt_str text)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(cs, tid);
	char *p;

	if (slot == NULL && (slot = add(cs, tid)) == NULL)
		return NULL;
	p = realloc(slot->text, text.n + 1);
	if (p == NULL)
		return NULL;
	if (text.n > 0)
		memcpy(p, text.s, text.n);
	cs->bytes += text.n - slot->all;
	slot->text = p;
	slot->n = slot->all = text.n;
	dt_strace_calls_state(cs, slot, state);
	unlist(cs, slot);
	append(cs, slot);
	return slot;
}

void
dt_strace_calls_state(struct dt_strace_calls *cs, struct dt_strace_slot *slot,
    enum dt_strace_state state)
{
	cs->count[slot->state]--;
	cs->count[state]++;
	slot->state = state;
}

int
dt_strace_calls_frame(struct dt_strace_calls *cs, struct dt_strace_slot *slot,
    struct dt_str line)
{
	char *p;

	if (slot->all + line.n + 1 > DT_STRACE_CALL_MAX)
		return 1;
	p = realloc(slot->text, slot->all + line.n + 1);
	if (p == NULL)
		return -1;
	slot->text = p;
	p[slot->all++] = '\n';
	memcpy(p + slot->all, line.s, line.n);
	slot->all += line.n;
	cs->bytes += line.n + 1;
	return 0;
}

void
dt_strace_calls_rename(struct dt_strace_calls *cs, int64_t from, int64_t to)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(cs, from);
	struct dt_strace_slot *old = dt_strace_calls_find(cs, to);

	if (slot == NULL || slot == old)
		return;
	if (old != NULL)
		dt_strace_calls_drop(cs, old);
	unhash(cs, slot);
	rehash(cs, slot, to);
}

void
dt_strace_calls_drop(struct dt_strace_calls *cs, struct dt_strace_slot *slot)
{
	unhash(cs, slot);
	unlist(cs, slot);
	cs->count[slot->state]--;
	cs->nslots--;
	cs->bytes -= slot->all;
	free(slot->text);
	slot->text = NULL;
	slot->next = cs->free;
	cs->free = (size_t)(slot - cs->slots);
}

void
dt_strace_calls_free(struct dt_strace_calls *cs)
{
	struct dt_strace_slot *slot;

	while ((slot = dt_strace_calls_first(cs)) != NULL)
		dt_strace_calls_drop(cs, slot);
	free(cs->slots);
	*cs = (struct dt_strace_calls){0};
}
