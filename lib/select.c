/* SPDX-License-Identifier: ISC */
/* Leaving events out of a capture so that its numbers still add up. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"
#include "select.h"

struct dt_select {
	bool keep;		/* what no word is of */
	size_t n;
	struct word {
		struct dt_str name;
		bool keep;
	} words[];
};

/* Take the next word off a list, with what is before it. */
static struct word
next_word(struct dt_str *list, bool keep)
{
	const char *comma = memchr(list->s, ',', list->n);
	struct word w = {*list, keep};

	if (comma != NULL)
		w.name.n = (size_t)(comma - list->s);
	*list = dt_str_after(*list, w.name.n + (comma != NULL));
	if (keep && dt_str_starts(w.name, "-")) {
		w.keep = false;
		w.name = dt_str_after(w.name, 1);
	}
	return w;
}

/* Why a word is of no event; NULL if it may be. */
static const char *
bad_word(struct dt_str name)
{
	struct dt_str rest = name;

	if (name.n == 0)
		return "an empty word";
	if (strchr("+-!", name.s[0]) != NULL ||
	    dt_scan_until(&rest, " \t\n").n < name.n)
		return "no event has such a name";
	return NULL;
}

struct dt_select *
dt_select_new(struct dt_str list, const char **errstr)
{
	struct dt_select *sel;
	bool keep = !dt_str_starts(list, "!");
	struct word w;

	if (!keep)
		list = dt_str_after(list, 1);
	*errstr = list.n == 0 ? "an empty list" : "an empty word";
	if (list.n == 0 || dt_scan_ends(list, ","))
		return NULL;
	sel = malloc(sizeof(*sel) + (list.n + 1) * sizeof(w));
	if (sel == NULL) {
		*errstr = strerror(errno);
		return NULL;
	}
	sel->n = 0;
	sel->keep = !next_word(&(struct dt_str){list.s, list.n}, keep).keep;
	while (list.n > 0) {
		w = next_word(&list, keep);
		*errstr = bad_word(w.name);
		if (*errstr != NULL) {
			free(sel);
			return NULL;
		}
		if (dt_str_is(w.name, "all")) {
			sel->n = 0;
			sel->keep = w.keep;
		} else {
			sel->words[sel->n++] = w;
		}
	}
	return sel;
}

bool
dt_select_keeps(const struct dt_select *sel, const struct dt_record *rec)
{
	struct dt_str kind = dt_str_c(dt_kind_name(rec->kind));
	size_t i;

	if (dt_kind_class(rec->kind) != DT_CLASS_EVENT)
		return true;
	for (i = sel->n; i > 0; i--)
		if (dt_str_eq(sel->words[i - 1].name, rec->name) ||
		    dt_str_eq(sel->words[i - 1].name, kind))
			return sel->words[i - 1].keep;
	return sel->keep;
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
	int64_t n = dt_record_events(rec);

	if (n > INT64_MAX - left->events) {
		errno = ERANGE;
		return -1;
	}
	left->events += n;
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
