/* SPDX-License-Identifier: ISC */
/* Leaving events out of a capture so that its numbers still add up. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

struct dt_select {
	bool out;		/* the list says what to leave out */
	size_t n;		/* bytes of the list, each word ended by ',' */
	char words[];
};

struct dt_select *
dt_select_new(struct dt_str list, const char **errstr)
{
	struct dt_select *sel;
	bool out = list.n > 0 && list.s[0] == '!';

	*errstr = "an empty list";
	if (out)
		list = dt_str_after(list, 1);
	if (list.n == 0)
		return NULL;
	sel = malloc(sizeof(*sel) + list.n + 1);
	if (sel == NULL) {
		*errstr = strerror(errno);
		return NULL;
	}
	sel->out = out;
	sel->n = list.n + 1;
	memcpy(sel->words, list.s, list.n);
	sel->words[list.n] = ',';
	return sel;
}

static bool
is_listed(const struct dt_select *sel, struct dt_str name)
{
	struct dt_str rest = {sel->words, sel->n}, word;
	const char *comma;

	while (rest.n > 0) {
		comma = memchr(rest.s, ',', rest.n);
		word = (struct dt_str){rest.s, (size_t)(comma - rest.s)};
		if (dt_str_eq(word, name))
			return true;
		rest = dt_str_after(rest, word.n + 1);
	}
	return false;
}

bool
dt_select_keeps(const struct dt_select *sel, const struct dt_record *rec)
{
	bool listed;

	if (dt_kind_class(rec->kind) != DT_CLASS_EVENT)
		return true;
	listed = is_listed(sel, rec->name) ||
	    is_listed(sel, dt_str_c(dt_kind_name(rec->kind)));
	return listed != sel->out;
}

void
dt_select_free(struct dt_select *sel)
{
	free(sel);
}

bool
dt_left_is_other(const struct dt_left *left, const struct dt_record *rec)
{
	return left->any && !(dt_str_eq(left->run, rec->run) &&
	    dt_str_eq(left->phase, rec->phase));
}

static int
keep(struct dt_left *left, struct dt_str from, struct dt_str *to)
{
	*to = from;
	if (from.s == NULL || dt_is_null(from))
		return 0;
	*to = dt_arena_dup(&left->mem, from);
	return to->s != NULL ? 0 : -1;
}

int
dt_left_add(struct dt_left *left, const struct dt_record *rec)
{
	left->events += dt_kind_class(rec->kind) == DT_CLASS_EVENT;
	if (left->any)
		return 0;
	left->any = true;
	dt_arena_reset(&left->mem);
	if (keep(left, rec->run, &left->run) == -1 ||
	    keep(left, rec->phase, &left->phase) == -1 ||
	    keep(left, rec->tracer, &left->tracer) == -1)
		return -1;
	return keep(left, rec->world_id, &left->world_id);
}

bool
dt_left_take(struct dt_left *left, struct dt_record *rec)
{
	if (!left->any)
		return false;
	*rec = (struct dt_record){
		.kind = DT_KIND_COUNT,
		.name = left->name != NULL ? dt_str_c(left->name) :
		    DT_STR("left-out"),
		.events = DT_INT(left->events),
		.run = left->run,
		.phase = left->phase,
		.tracer = left->tracer,
		.world_id = left->world_id,
	};
	left->events = 0;
	left->any = false;
	return true;
}

void
dt_left_end(struct dt_left *left)
{
	dt_arena_free(&left->mem);
}
