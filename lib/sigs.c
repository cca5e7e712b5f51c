/* SPDX-License-Identifier: ISC */
/* Deny signatures: normalized records folded into what was refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sigs.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

struct dt_sigs {
	struct dt_arena mem;
	struct dt_sig **table;	/* open addressing, a power of two slots */
	size_t cap, n;
	struct dt_sig **order;	/* sorted; NULL when it is not current */
	struct dt_sig_input **inputs;
	size_t ninputs;
	struct dt_sig_input *last;
	struct dt_str world, other;	/* two worlds if they were mixed */
	bool worldless;		/* some events are of no known world */
	struct dt_record rules;	/* only for its array path_rules */
};

const char *const dt_sigs_keys[] = {
#define S(key, field, from, none) key,
#define I(key, field, from) key,
#include "sigmembers.def"
#undef S
#undef I
	"complete", "count", "deny", "dropped", "events", "fields", "level",
	"path_rules", "reason", "text", "world_id", NULL
};

/* The string members of a signature, in order. */
static const size_t strs[] = {
#define S(key, field, from, none) offsetof(struct dt_sig, field),
#define I(key, field, from)
#include "sigmembers.def"
#undef S
#undef I
};

static struct dt_str *
str_at(struct dt_sig *sig, size_t i)
{
	return (struct dt_str *)(void *)((char *)sig + strs[i]);
}

static const struct dt_str *
const_str_at(const struct dt_sig *sig, size_t i)
{
	return (const struct dt_str *)(const void *)
	    ((const char *)sig + strs[i]);
}

struct dt_sigs *
dt_sigs_new(void)
{
	return calloc(1, sizeof(struct dt_sigs));
}

void
dt_sigs_free(struct dt_sigs *ss)
{
	if (ss == NULL)
		return;
	dt_arena_free(&ss->mem);
	dt_record_free(&ss->rules);
	free(ss->table);
	free(ss->order);
	free(ss);
}

/* FNV-1a, eight bytes at a time. */
static uint64_t
mix(uint64_t h, const char *s, size_t n)
{
	uint64_t w;

	for (; n >= 8; s += 8, n -= 8) {
		memcpy(&w, s, 8);
		h = (h ^ w) * 0x100000001b3;
		h ^= h >> 29;
	}
	w = n;
	while (n > 0)
		w = w << 8 | (unsigned char)s[--n];
	h = (h ^ w) * 0x100000001b3;
	return h ^ h >> 32;
}

static uint64_t
hash(const struct dt_sig *sig)
{
	uint64_t h = 0xcbf29ce484222325 ^ (uint64_t)sig->errnum.v;
	size_t i;

	for (i = 0; i < NELEM(strs); i++)
		h = mix(h, const_str_at(sig, i)->s, const_str_at(sig, i)->n);
	return h;
}

static bool
is_same(const struct dt_sig *a, const struct dt_sig *b)
{
	size_t i;

	if (a->hash != b->hash || a->errnum.set != b->errnum.set ||
	    a->errnum.v != b->errnum.v)
		return false;
	for (i = 0; i < NELEM(strs); i++)
		if (!dt_str_eq(*const_str_at(a, i), *const_str_at(b, i)))
			return false;
	return true;
}

static struct dt_sig **
slot(struct dt_sigs *ss, const struct dt_sig *sig)
{
	size_t i = sig->hash & (ss->cap - 1);

	while (ss->table[i] != NULL && !is_same(ss->table[i], sig))
		i = (i + 1) & (ss->cap - 1);
	return &ss->table[i];
}

static int
grow(struct dt_sigs *ss)
{
	struct dt_sig **old = ss->table;
	size_t i, cap = ss->cap;

	ss->table = calloc(cap == 0 ? 256 : cap * 2, sizeof(*ss->table));
	if (ss->table == NULL) {
		ss->table = old;
		return -1;
	}
	ss->cap = cap == 0 ? 256 : cap * 2;
	for (i = 0; i < cap; i++)
		if (old[i] != NULL)
			*slot(ss, old[i]) = old[i];
	free(old);
	return 0;
}

static int
intern(struct dt_sigs *ss, struct dt_str *str)
{
	if (str->s == NULL)
		return 0;
	*str = dt_arena_dup(&ss->mem, *str);
	return str->s != NULL ? 0 : -1;
}

/* Count a denial. */
static int
count(struct dt_sigs *ss, struct dt_sig *sig)
{
	struct dt_sig **at, *copy;
	size_t i;

	if (ss->n * 2 >= ss->cap && grow(ss) == -1)
		return -1;
	sig->hash = hash(sig);
	at = slot(ss, sig);
	if (*at != NULL) {
		(*at)->count += sig->count;
		return 0;
	}
	copy = dt_arena_alloc(&ss->mem, sizeof(*copy));
	if (copy == NULL)
		return -1;
	*copy = *sig;
	for (i = 0; i < NELEM(strs); i++)
		if (intern(ss, str_at(copy, i)) == -1)
			return -1;
	*at = copy;
	ss->n++;
	return 0;
}

static struct dt_str
value(struct dt_str str)
{
	if (dt_is_null(str))
		str.s = NULL;
	return str;
}

/* A phase without a name is none. */
static struct dt_str
named(struct dt_str phase)
{
	if (phase.n == 0)
		phase.s = NULL;
	return phase;
}

/* What was refused; of a signal that says which call, that call. */
static struct dt_str
refused(const struct dt_record *rec)
{
	struct dt_str call = {0};

	if (rec->kind == DT_KIND_SIGNAL)
		call = dt_kvv_get(&rec->fields, "call");
	return call.s != NULL ? call : rec->name;
}

static struct dt_sig
signature(const struct dt_record *rec)
{
	struct dt_sig sig = {
#define S(key, field, from, none) .field = value(rec->from),
#define I(key, field, from) .field = rec->from,
#include "sigmembers.def"
#undef S
#undef I
		.count = 1,
	};

	sig.phase = named(rec->phase);
	sig.name = refused(rec);
	if (rec->kind != DT_KIND_UNKNOWN)
		sig.kind = dt_str_c(dt_kind_name(rec->kind));
	/* Absent and empty are written alike, so they must count alike. */
#define S(key, field, from, none) WHEN_##none(sig.field)
#define I(key, field, from)
#define WHEN_NULLS(str)
#define WHEN_EMPTY(str) if (str.s == NULL) str = DT_STR("");
#include "sigmembers.def"
#undef S
#undef I
	return sig;
}

static struct dt_sig_input *
input(struct dt_sigs *ss, struct dt_str phase)
{
	struct dt_sig_input *in;
	size_t i;
	void *p;

	if (ss->last != NULL && dt_str_eq(ss->last->phase, phase))
		return ss->last;
	for (i = 0; i < ss->ninputs; i++)
		if (dt_str_eq(ss->inputs[i]->phase, phase))
			return ss->last = ss->inputs[i];
	in = dt_arena_alloc(&ss->mem, sizeof(*in));
	p = dt_arena_grow(&ss->mem, ss->inputs, ss->ninputs, sizeof(in));
	if (in == NULL || p == NULL)
		return NULL;
	*in = (struct dt_sig_input){.phase = phase};
	if (intern(ss, &in->phase) == -1)
		return NULL;
	ss->inputs = p;
	ss->inputs[ss->ninputs++] = in;
	return ss->last = in;
}

int
dt_sigs_add_bad(struct dt_sigs *ss, struct dt_str line, const char *why)
{
	struct dt_sig_input *in = input(ss, (struct dt_str){0});

	if (in == NULL)
		return -1;
	in->parse_error_count++;
	return dt_sig_error(&ss->mem, in, dt_str_c(why), line);
}

static int
add_rules(struct dt_sigs *ss, const struct dt_strv *rules)
{
	struct dt_strv *have = &ss->rules.path_rules;
	struct dt_str copy;
	size_t i, k;

	for (i = 0; i < rules->n; i++) {
		for (k = 0; k < have->n; k++)
			if (dt_str_eq(have->v[k], rules->v[i]))
				break;
		if (k < have->n)
			continue;
		copy = dt_arena_dup(&ss->mem, rules->v[i]);
		if (copy.s == NULL ||
		    dt_record_push(&ss->rules, have, copy) == -1)
			return -1;
	}
	return 0;
}

static int
add_world(struct dt_sigs *ss, const struct dt_record *rec)
{
	struct dt_str world = rec->world_id;

	if (world.s == NULL || dt_is_null(world)) {
		ss->worldless |= rec->kind == DT_KIND_TRACE ||
		    dt_kind_class(rec->kind) == DT_CLASS_EVENT;
		return 0;
	}
	if (dt_str_eq(world, ss->world))
		return 0;
	if (ss->world.s == NULL) {
		ss->world = world;
		return intern(ss, &ss->world);
	}
	ss->other = world;
	return intern(ss, &ss->other);
}

bool
dt_sigs_mixed(const struct dt_sigs *ss, struct dt_str worlds[2])
{
	worlds[0] = ss->world;
	worlds[1] = ss->other;
	return ss->other.s != NULL;
}

/* Sums stop at the largest number: a wrapped one could look like any. */
static void
add(int64_t *sum, int64_t n)
{
	*sum = *sum > INT64_MAX - n ? INT64_MAX : *sum + n;
}

static int
add_event(struct dt_sigs *ss, struct dt_sig_input *in,
    const struct dt_record *rec, const char **errstr)
{
	struct dt_sig sig;

	if (!rec->deny.set) {
		*errstr = "an event without 'deny': it is not normalized";
		return -1;
	}
	in->event_count++;
	if (!rec->deny.v)
		return 0;
	in->deny_count++;
	sig = signature(rec);
	if (count(ss, &sig) == -1)
		return -1;
	return add_rules(ss, &rec->path_rules);
}

static int
add_stream(struct dt_sigs *ss, struct dt_sig_input *in,
    const struct dt_record *rec)
{
	switch (rec->kind) {
	case DT_KIND_TRACE:
		in->traces++;
		break;
	case DT_KIND_END:
		/* An end that says it is not whole is no end. */
		if (!rec->complete.set || rec->complete.v)
			in->ends++;
		add(&in->ended_events, rec->events.v);
		add(&in->ended_dropped, rec->dropped.v);
		break;
	case DT_KIND_DROP:
		/* A count that is not known is not nothing. */
		add(&in->dropped, rec->count.v > 0 ? rec->count.v : 1);
		break;
	case DT_KIND_DIAGNOSTIC:
		in->blocked_count += !dt_str_is(rec->level, "warning") &&
		    !dt_str_is(rec->level, "info");
		break;
	case DT_KIND_UNPARSED:
		in->unparsed_count++;
		return dt_sig_error(&ss->mem, in, rec->reason.s != NULL ?
		    rec->reason : DT_STR("unparsed"), rec->text);
	default:
		break;
	}
	return 0;
}

int
dt_sigs_add(struct dt_sigs *ss, const struct dt_record *rec,
    const char **errstr)
{
	struct dt_sig_input *in = input(ss, named(rec->phase));

	*errstr = NULL;
	free(ss->order);
	ss->order = NULL;
	if (in == NULL || add_world(ss, rec) == -1)
		return -1;
	if (rec->kind == DT_KIND_END && !rec->events.set) {
		*errstr = "an end without its number of events";
		return -1;
	}
	if (rec->events.v < 0 || rec->dropped.v < 0 || rec->count.v < 0) {
		*errstr = "a number of events below zero";
		return -1;
	}
	switch (dt_kind_class(rec->kind)) {
	case DT_CLASS_EVENT:
		return add_event(ss, in, rec, errstr);
	case DT_CLASS_STREAM:
		return add_stream(ss, in, rec);
	case DT_CLASS_NOTE:
		if (rec->kind == DT_KIND_COUNT && rec->events.set)
			add(&in->event_count, rec->events.v);
		return 0;
	}
	return 0;
}

static int
by_document(const void *pa, const void *pb)
{
	const struct dt_sig *a = *(struct dt_sig *const *)pa;
	const struct dt_sig *b = *(struct dt_sig *const *)pb;
	int r = dt_str_cmp(a->phase, b->phase);

	if (r != 0)
		return r;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
#define S(key, field, from, none) \
	if ((r = dt_str_cmp(a->field, b->field)) != 0) \
		return r;
#define I(key, field, from) \
	if (a->field.v != b->field.v || a->field.set != b->field.set) \
		return a->field.set != b->field.set ? \
		    (a->field.set ? 1 : -1) : \
		    (a->field.v > b->field.v ? 1 : -1);
#include "sigmembers.def"
#undef S
#undef I
	return 0;
}

static int
by_phase(const void *pa, const void *pb)
{
	const struct dt_sig_input *a = *(struct dt_sig_input *const *)pa;
	const struct dt_sig_input *b = *(struct dt_sig_input *const *)pb;

	return dt_str_cmp(a->phase, b->phase);
}

static int
by_bytes(const void *a, const void *b)
{
	return dt_str_cmp(*(const struct dt_str *)a, *(const struct dt_str *)b);
}

int
dt_sigs_sort(struct dt_sigs *ss)
{
	size_t i, n = 0;

	if (ss->order == NULL)
		ss->order = malloc((ss->n + 1) * sizeof(*ss->order));
	if (ss->order == NULL)
		return -1;
	for (i = 0; i < ss->cap; i++)
		if (ss->table[i] != NULL)
			ss->order[n++] = ss->table[i];
	if (n > 0)
		qsort(ss->order, n, sizeof(*ss->order), by_document);
	if (ss->ninputs > 0)
		qsort(ss->inputs, ss->ninputs, sizeof(*ss->inputs), by_phase);
	if (ss->rules.path_rules.n > 0)
		qsort(ss->rules.path_rules.v, ss->rules.path_rules.n,
		    sizeof(struct dt_str), by_bytes);
	return 0;
}

size_t
dt_sigs_count(const struct dt_sigs *ss)
{
	return ss->n;
}

const struct dt_sig *
dt_sigs_at(const struct dt_sigs *ss, size_t i)
{
	return ss->order[i];
}

size_t
dt_sigs_inputs(const struct dt_sigs *ss)
{
	return ss->ninputs;
}

const struct dt_sig_input *
dt_sigs_input(const struct dt_sigs *ss, size_t i)
{
	return ss->inputs[i];
}

struct dt_str
dt_sigs_world(const struct dt_sigs *ss)
{
	/* What is not known of a part is not known of the whole. */
	if (ss->worldless)
		return (struct dt_str){0};
	return ss->world;
}

const struct dt_strv *
dt_sigs_rules(const struct dt_sigs *ss)
{
	return &ss->rules.path_rules;
}

bool
dt_sigs_complete(const struct dt_sigs *ss)
{
	size_t i;

	for (i = 0; i < ss->ninputs; i++)
		if (dt_sig_incomplete(ss->inputs[i]) != 0)
			return false;
	return ss->ninputs > 0;
}
