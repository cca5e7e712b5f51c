/* SPDX-License-Identifier: ISC */
/* One line of a trace: its members, kinds and memory. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

const struct dt_member dt_members[] = {
#define M(grp, k, field, t) \
	{k, sizeof(k) - 1, offsetof(struct dt_record, field), \
	    DT_##grp, DT_T_##t},
#include "members.def"
#undef M
};

const size_t dt_nmembers = NELEM(dt_members);

static const char null_mark[1];
const struct dt_str dt_null = {null_mark, 0};

static const struct {
	const char *name;
	const char *word;
	enum dt_class class;
	enum dt_evidence evidence;
	enum dt_refusal refusal;
} kinds[] = {
	[DT_KIND_UNKNOWN] = {NULL, "EVENT", DT_CLASS_EVENT, DT_EVIDENCE_NONE,
	    DT_REFUSAL_ERRNO},
#define K(tag, name, word, class, evidence, refusal) \
	[DT_KIND_##tag] = {name, word, DT_CLASS_##class, \
	    DT_EVIDENCE_##evidence, DT_REFUSAL_##refusal},
#include "kinds.def"
#undef K
};

static const char *const evidences[] = {
	[DT_EVIDENCE_KERNEL_DECISION] = "kernel-decision",
	[DT_EVIDENCE_SYSCALL_ERRNO] = "syscall-errno",
	[DT_EVIDENCE_API_RETURN] = "api-return",
	[DT_EVIDENCE_PROBE_LAYER] = "probe-layer",
	[DT_EVIDENCE_STRING_SCAN] = "string-scan",
};

static const char *const hostfacts[] = {
#define H(key, source) key,
#include "hostfacts.def"
#undef H
};

void
dt_record_reset(struct dt_record *rec)
{
	struct dt_arena mem = rec->mem;

	dt_arena_reset(&mem);
	*rec = (struct dt_record){.mem = mem};
}

void
dt_record_free(struct dt_record *rec)
{
	dt_arena_free(&rec->mem);
	*rec = (struct dt_record){0};
}

int
dt_record_push(struct dt_record *rec, struct dt_strv *vec, struct dt_str str)
{
	void *p = dt_arena_grow(&rec->mem, vec->v, vec->n, sizeof(*vec->v));

	if (p == NULL)
		return -1;
	vec->v = p;
	vec->v[vec->n++] = str;
	return 0;
}

int
dt_record_put(struct dt_record *rec, struct dt_kvv *vec, struct dt_str key,
    struct dt_str val)
{
	void *p = dt_arena_grow(&rec->mem, vec->v, vec->n, sizeof(*vec->v));

	if (p == NULL)
		return -1;
	vec->v = p;
	vec->v[vec->n++] = (struct dt_kv){key, val};
	return 0;
}

int
dt_record_put_more(struct dt_record *rec, struct dt_kvv *vec,
    struct dt_str key, struct dt_str val)
{
	struct dt_str more = {NULL, key.n};
	char *p = dt_arena_alloc(&rec->mem, key.n + 24);
	unsigned i;

	if (p == NULL)
		return -1;
	if (key.n > 0)
		memcpy(p, key.s, key.n);
	more.s = p;
	for (i = 2; dt_kvv_find(vec, more).s != NULL; i++)
		more.n = key.n + (size_t)snprintf(p + key.n, 24, ".%u", i);
	return dt_record_put(rec, vec, more, val);
}

static int
own_str(struct dt_arena *mem, struct dt_str *s)
{
	if (s->s == NULL || dt_is_null(*s))
		return 0;
	*s = dt_arena_dup(mem, *s);
	return s->s == NULL ? -1 : 0;
}

static int
own_field(struct dt_arena *mem, void *field, enum dt_type type)
{
	struct dt_strv *vec = field;
	struct dt_kvv *pairs = field;
	size_t i;
	int r = 0;

	if (type == DT_T_STR)
		return own_str(mem, field);
	for (i = 0; type == DT_T_STRV && i < vec->n && r == 0; i++)
		r = own_str(mem, &vec->v[i]);
	for (i = 0; type == DT_T_KVV && i < pairs->n && r == 0; i++) {
		r = own_str(mem, &pairs->v[i].key);
		if (r == 0)
			r = own_str(mem, &pairs->v[i].val);
	}
	return r;
}

int
dt_record_own(struct dt_record *rec)
{
	const struct dt_member *m;

	for (m = dt_members; m < dt_members + dt_nmembers; m++)
		if (own_field(&rec->mem, dt_field(rec, m), m->type) == -1)
			return -1;
	return own_str(&rec->mem, &rec->kind_name);
}

/* A copy; what stands for none stays as it is. */
static int
dup_str(struct dt_arena *mem, struct dt_str *to, struct dt_str from)
{
	*to = from;
	return own_str(mem, to);
}

static int
copy_strv(struct dt_record *rec, struct dt_strv *to,
    const struct dt_strv *from)
{
	struct dt_str s;
	size_t i;

	for (i = 0; i < from->n; i++)
		if (dup_str(&rec->mem, &s, from->v[i]) == -1 ||
		    dt_record_push(rec, to, s) == -1)
			return -1;
	return 0;
}

static int
copy_kvv(struct dt_record *rec, struct dt_kvv *to, const struct dt_kvv *from)
{
	struct dt_kv kv;
	size_t i;

	for (i = 0; i < from->n; i++)
		if (dup_str(&rec->mem, &kv.key, from->v[i].key) == -1 ||
		    dup_str(&rec->mem, &kv.val, from->v[i].val) == -1 ||
		    dt_record_put(rec, to, kv.key, kv.val) == -1)
			return -1;
	return 0;
}

static int
copy_field(struct dt_record *rec, void *to, const void *from,
    enum dt_type type)
{
	switch (type) {
	case DT_T_STR:
		return dup_str(&rec->mem, to, *(const struct dt_str *)from);
	case DT_T_STRV:
		return copy_strv(rec, to, from);
	case DT_T_KVV:
		return copy_kvv(rec, to, from);
	case DT_T_BOOL:
		*(struct dt_bool *)to = *(const struct dt_bool *)from;
		return 0;
	default:
		*(struct dt_int *)to = *(const struct dt_int *)from;
		return 0;
	}
}

int
dt_record_copy(struct dt_record *rec, const struct dt_record *from)
{
	const struct dt_member *m;
	int r;

	dt_record_reset(rec);
	r = dup_str(&rec->mem, &rec->kind_name, from->kind_name);
	for (m = dt_members; m < dt_members + dt_nmembers && r == 0; m++)
		r = copy_field(rec, dt_field(rec, m), dt_field_const(from, m),
		    m->type);
	if (r == -1)
		dt_record_reset(rec);
	else
		rec->kind = from->kind;
	return r;
}

struct dt_str
dt_kvv_find(const struct dt_kvv *vec, struct dt_str key)
{
	size_t i;

	for (i = 0; i < vec->n; i++)
		if (dt_str_eq(vec->v[i].key, key))
			return vec->v[i].val;
	return (struct dt_str){0};
}

bool
dt_kind_is_word(struct dt_str name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (!(name.s[i] >= 'a' && name.s[i] <= 'z') &&
		    !(name.s[i] >= '0' && name.s[i] <= '9') &&
		    name.s[i] != '_')
			return false;
	return name.n > 0;
}

const char *
dt_kind_name(enum dt_kind kind)
{
	return kinds[kind].name;
}

enum dt_kind
dt_kind_byname(struct dt_str name)
{
	int k;

	for (k = DT_KIND_UNKNOWN + 1; k < DT_KIND_MAX; k++)
		if (dt_str_is(name, kinds[k].name))
			return k;
	return DT_KIND_UNKNOWN;
}

const char *
dt_kind_word(enum dt_kind kind)
{
	return kinds[kind].word;
}

enum dt_kind
dt_kind_byword(struct dt_str word)
{
	int k;

	if (dt_str_is(word, "EVENT"))
		return DT_KIND_SYSCALL;
	for (k = DT_KIND_UNKNOWN + 1; k < DT_KIND_MAX; k++)
		if (dt_str_is(word, kinds[k].word))
			return k;
	return DT_KIND_UNKNOWN;
}

enum dt_class
dt_kind_class(enum dt_kind kind)
{
	return kinds[kind].class;
}

enum dt_evidence
dt_kind_evidence(enum dt_kind kind)
{
	return kinds[kind].evidence;
}

enum dt_refusal
dt_kind_refusal(enum dt_kind kind)
{
	return kinds[kind].refusal;
}

int64_t
dt_record_events(const struct dt_record *rec)
{
	if (kinds[rec->kind].class != DT_CLASS_EVENT)
		return 0;
	return rec->count.set && rec->count.v > 0 ? rec->count.v : 1;
}

const char *
dt_evidence_name(enum dt_evidence evidence)
{
	return evidences[evidence];
}

bool
dt_hostfact_is(struct dt_str key)
{
	size_t i;

	for (i = 0; i < NELEM(hostfacts); i++)
		if (dt_str_is(key, hostfacts[i]))
			return true;
	return false;
}

/* The value of a digit in a base up to 16; 16 for what is none. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

/* Digits of a base as a number no greater than max. */
static int
digits(const char *s, size_t n, unsigned base, uint64_t max, uint64_t *num)
{
	/* So many digits fit whatever they are. */
	const size_t safe = base == 16 ? 15 : 18;
	uint64_t v = 0;
	unsigned d;
	size_t i;

	if (n == 0)
		return -1;
	for (i = 0; i < n; i++) {
		d = digit(s[i]);
		if (d >= base || (i >= safe && v > (max - d) / base))
			return -1;
		v = v * base + d;
	}
	*num = v;
	return 0;
}

int
dt_num_parse(struct dt_str str, int64_t *num)
{
	uint64_t v;
	bool neg = str.n > 0 && str.s[0] == '-';

	if (neg)
		str = dt_str_after(str, 1);
	if (str.n > 2 && str.s[0] == '0' && (str.s[1] | 0x20) == 'x') {
		if (digits(str.s + 2, str.n - 2, 16, neg ?
		    (uint64_t)INT64_MAX + 1 : UINT64_MAX, &v) == -1)
			return -1;
	} else if (digits(str.s, str.n, 10, (uint64_t)INT64_MAX + neg,
	    &v) == -1)
		return -1;
	*num = (int64_t)(neg ? 0 - v : v);
	return 0;
}

int
dt_num_unsigned(struct dt_str str, uint64_t *num)
{
	if (str.n > 2 && str.s[0] == '0' && (str.s[1] | 0x20) == 'x')
		return digits(str.s + 2, str.n - 2, 16, UINT64_MAX, num);
	return digits(str.s, str.n, 10, UINT64_MAX, num);
}
