/* SPDX-License-Identifier: ISC */
/* The document of mac_policy registrations: what records tell, gathered. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "macdoc_own.h"
#include "macreg.h"
#include "pool.h"

struct dt_macdoc *
dt_macdoc_new(void)
{
	struct dt_macdoc *doc = calloc(1, sizeof(*doc));

	if (doc == NULL)
		return NULL;
	doc->sigs = dt_sigs_new(DT_KEEP_NOTHING);
	if (doc->sigs != NULL)
		return doc;
	free(doc);
	return NULL;
}

void
dt_macdoc_free(struct dt_macdoc *doc)
{
	size_t i;

	if (doc == NULL)
		return;
	for (i = 0; i < doc->nevents; i++)
		dt_record_free(&doc->events[i].rec);
	for (i = 0; i < doc->ncaptures; i++) {
		dt_record_free(&doc->captures[i].trace);
		dt_record_free(&doc->captures[i].end);
	}
	dt_record_free(&doc->facts);
	free(doc->events);
	free(doc->captures);
	free(doc->notes);
	dt_sigs_free(doc->sigs);
	free(doc);
}

/* Room for one more, zeroed, in an array of structs. */
static void *
grow(void **array, size_t *n, size_t *room, size_t size)
{
	size_t more = *room < 16 ? 16 : *room * 2;
	void *p;

	if (*n == *room) {
		p = realloc(*array, more * size);
		if (p == NULL)
			return NULL;
		*array = p;
		*room = more;
	}
	p = (char *)*array + (*n)++ * size;
	memset(p, 0, size);
	return p;
}

static int
own(struct dt_macdoc *doc, struct dt_str *str)
{
	if (str->s == NULL)
		return 0;
	*str = dt_arena_dup(&doc->facts.mem, *str);
	return str->s != NULL ? 0 : -1;
}

/* Keep a fact of the host, of which there may be no other. */
static int
add_fact(struct dt_macdoc *doc, const struct dt_kv *kv, const char **errstr)
{
	struct dt_str had = dt_kvv_find(&doc->facts.host, kv->key);
	struct dt_kv mine = *kv;

	if (had.s == NULL)
		return own(doc, &mine.key) == -1 || own(doc, &mine.val) == -1 ?
		    -1 : dt_record_put(&doc->facts, &doc->facts.host, mine.key,
		    mine.val);
	if (dt_str_eq(had, kv->val))
		return 0;
	*errstr = doc->why.text;
	return dt_fault_set(&doc->why, 0, "a capture of another host: its "
	    "%.*s is '%.*s', not '%.*s'", DT_FAULT_STR(kv->key),
	    DT_FAULT_STR(kv->val), DT_FAULT_STR(had));
}

static int
add_facts(struct dt_macdoc *doc, const struct dt_record *trace,
    const char **errstr)
{
	const struct dt_kv *kv;

	for (kv = trace->host.v; kv < trace->host.v + trace->host.n; kv++)
		if (add_fact(doc, kv, errstr) == -1)
			return -1;
	for (kv = trace->fields.v; kv < trace->fields.v + trace->fields.n; kv++)
		if (dt_macdoc_is_fact(kv->key) &&
		    add_fact(doc, kv, errstr) == -1)
			return -1;
	return 0;
}

static int
add_trace(struct dt_macdoc *doc, const struct dt_record *rec,
    const char **errstr)
{
	struct dt_macdoc_capture *cap;

	if (add_facts(doc, rec, errstr) == -1)
		return -1;
	cap = grow((void **)&doc->captures, &doc->ncaptures,
	    &doc->captures_room, sizeof(*cap));
	return cap == NULL ? -1 : dt_record_copy(&cap->trace, rec);
}

/* The end of a capture is that of the last one begun with its name. */
static int
add_end(struct dt_macdoc *doc, const struct dt_record *rec)
{
	struct dt_macdoc_capture *cap;
	size_t i;

	for (i = doc->ncaptures; i > 0; i--) {
		cap = &doc->captures[i - 1];
		if (cap->ended || !dt_str_eq(cap->trace.run, rec->run))
			continue;
		cap->ended = true;
		return dt_record_copy(&cap->end, rec);
	}
	return 0;
}

/* The row in which a call waits for its return. */
static size_t *
row_of(struct dt_macdoc *doc, const struct dt_record *rec)
{
	uint64_t hash = dt_hash(0, rec->run);

	hash = dt_hash(hash, (struct dt_str){(const char *)&rec->tid.v,
	    sizeof(rec->tid.v)});
	hash = dt_hash(hash, dt_kvv_get(&rec->fields, "mpc"));
	return &doc->waiting[hash % DT_MACDOC_ROWS];
}

static bool
is_call_of(const struct dt_record *call, const struct dt_record *rec)
{
	return dt_str_eq(call->run, rec->run) &&
	    call->tid.set == rec->tid.set && call->tid.v == rec->tid.v &&
	    dt_str_eq(dt_kvv_get(&call->fields, "mpc"),
	    dt_kvv_get(&rec->fields, "mpc"));
}

/* The call that a return is of: the last of that thread, not yet returned. */
static struct dt_macdoc_event *
call_of(struct dt_macdoc *doc, const struct dt_record *rec)
{
	struct dt_macdoc_event *ev;
	size_t *at;

	for (at = row_of(doc, rec); *at != 0; at = &ev->next) {
		ev = &doc->events[*at - 1];
		if (is_call_of(&ev->rec, rec)) {
			*at = ev->next;
			return ev;
		}
	}
	return NULL;
}

static void
await(struct dt_macdoc *doc, struct dt_macdoc_event *ev)
{
	size_t *row = row_of(doc, &ev->rec);

	ev->next = *row;
	*row = doc->nevents;
}

static int
add_event(struct dt_macdoc *doc, const struct dt_record *rec)
{
	struct dt_macdoc_event *ev = NULL;
	bool is_return = dt_str_is(dt_kvv_get(&rec->fields, "at"), "return");

	if (is_return)
		ev = call_of(doc, rec);
	if (ev == NULL) {
		ev = grow((void **)&doc->events, &doc->nevents, &doc->room,
		    sizeof(*ev));
		if (ev == NULL || dt_record_copy(&ev->rec, rec) == -1)
			return -1;
	}
	/* The older probe has both in one record. */
	if (is_return || rec->ret.set) {
		ev->returned = true;
		ev->ret = rec->ret;
	} else
		await(doc, ev);
	return 0;
}

static int
add_note(struct dt_macdoc *doc, const struct dt_record *rec)
{
	struct dt_macdoc_note *note = grow((void **)&doc->notes, &doc->nnotes,
	    &doc->notes_room, sizeof(*note));

	if (note == NULL)
		return -1;
	*note = (struct dt_macdoc_note){rec->run, rec->level, rec->diag_code,
	    rec->text};
	return own(doc, &note->run) == -1 || own(doc, &note->level) == -1 ||
	    own(doc, &note->code) == -1 || own(doc, &note->text) == -1 ? -1 : 0;
}

int
dt_macdoc_add(struct dt_macdoc *doc, const struct dt_record *rec,
    struct dt_str line, const char **errstr)
{
	struct dt_str worlds[2];
	int r = dt_sigs_add(doc->sigs, rec, line, errstr);

	if (r != 0)
		return r;
	if (dt_sigs_mixed(doc->sigs, worlds)) {
		*errstr = doc->why.text;
		return dt_fault_set(&doc->why, 0, "two worlds in one "
		    "document: '%.*s' and '%.*s'", DT_FAULT_STR(worlds[0]),
		    DT_FAULT_STR(worlds[1]));
	}
	switch (rec->kind) {
	case DT_KIND_TRACE:
		return add_trace(doc, rec, errstr);
	case DT_KIND_END:
		return add_end(doc, rec);
	case DT_KIND_DIAGNOSTIC:
		return add_note(doc, rec);
	case DT_KIND_MAC_POLICY_REGISTER:
		return add_event(doc, rec);
	default:
		return 0;
	}
}

int
dt_macdoc_add_bad(struct dt_macdoc *doc, struct dt_str line, const char *why)
{
	return dt_sigs_add_bad(doc->sigs, line, why);
}

bool
dt_macdoc_complete(const struct dt_macdoc *doc)
{
	return dt_sigs_complete(doc->sigs);
}
