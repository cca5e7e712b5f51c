/* SPDX-License-Identifier: ISC */
/* An event of eslogger(1) as a record. */
#include "eslogger.h"
#include "scan.h"
#include "stamp.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* Members of an audit token, in the order of an array of them. */
static const char *const token[] = {"auid", "euid", "egid", "ruid", "rgid",
    "pid", "asid", "pidversion"};

/* What is known of processes by a name of its own. */
static const struct {
	const char *key, *member, *field;
} kin[] = {
	{"process.audit_token", ".pidversion", "pidversion"},
	{"process.original_ppid", "", "original_ppid"},
	{"process.parent_audit_token", ".pid", "parent_pid"},
	{"process.parent_audit_token", ".pidversion", "parent_pidversion"},
	{"process.responsible_audit_token", ".pid", "responsible_pid"},
	{"process.responsible_audit_token", ".pidversion",
	    "responsible_pidversion"},
	{".child.audit_token", ".pid", "child_pid"},
	{".child.audit_token", ".pidversion", "child_pidversion"},
	{".target.audit_token", ".pid", "target_pid"},
	{".target.audit_token", ".pidversion", "target_pidversion"},
};

/* Fields besides those. */
static const char *const ours[] = {"es_flags", "es_verdict"};

/* Is it an audit token written as an array? */
static bool
is_token(const struct dt_es *es, struct dt_flat_val val)
{
	size_t i;

	if (val.type != DT_FLAT_ARRAY || val.n != NELEM(token) ||
	    val.members != NELEM(token))
		return false;
	for (i = val.first; i < val.first + val.n; i++)
		if (dt_flat_get(es->flat, es->pairs.v[i].key).type !=
		    DT_FLAT_NUMBER)
			return false;
	return true;
}

/* A member of an audit token, or any other that is named as a whole. */
static struct dt_flat_val
look(struct dt_es *es, const char *key, const char *member)
{
	struct dt_flat_val val = dt_es_get(es, key);
	size_t i;

	if (member[0] == '\0' || !is_token(es, val))
		return dt_es_get2(es, key, member);
	for (i = 0; strcmp(token[i], member + 1) != 0; i++)
		continue;
	return dt_flat_get(es->flat, es->pairs.v[val.first + i].key);
}

/* A number that is not negative and no greater than max. */
static bool
number(struct dt_flat_val val, int64_t max, int64_t *num)
{
	return val.type == DT_FLAT_NUMBER && dt_num_parse(val.str, num) == 0 &&
	    *num >= 0 && *num <= max;
}

struct dt_int
dt_es_int(struct dt_es *es, const char *key)
{
	struct dt_int num = {0};

	num.set = number(dt_es_get(es, key), INT64_MAX, &num.v);
	return num;
}

static void
member(struct dt_es *es, struct dt_flat_val val, int64_t max,
    struct dt_int *to)
{
	int64_t num;

	if (!number(val, max, &num))
		return;
	*to = DT_INT(num);
	dt_es_take(es, val);
}

static void
put(struct dt_es *es, struct dt_str key, struct dt_str val)
{
	if (dt_record_put(es->rec, &es->rec->fields, key, val) == -1)
		es->oom = true;
}

/* Who did it. */
static void
process(struct dt_es *es)
{
	struct dt_record *rec = es->rec;
	struct dt_flat_val exe;
	struct dt_flat_val cut;

	member(es, look(es, "process.audit_token", ".pid"), INT32_MAX,
	    &rec->pid);
	member(es, look(es, "process.audit_token", ".euid"), UINT32_MAX,
	    &rec->uid);
	member(es, dt_es_get(es, "process.ppid"), INT32_MAX, &rec->ppid);
	member(es, dt_es_get(es, "thread.thread_id"), INT64_MAX, &rec->tid);
	exe = dt_es_get(es, "process.executable.path");
	if (exe.type != DT_FLAT_STRING)
		return;
	rec->exe = exe.str;
	dt_es_take(es, exe);
	cut = dt_es_get(es, "process.executable.path_truncated");
	if (cut.type == DT_FLAT_BOOL && dt_str_is(cut.str, "false"))
		dt_es_take(es, cut);
}

/* Where it came from, and on whom it was done. */
static void
ancestry(struct dt_es *es)
{
	struct dt_flat_val val;
	int64_t num;
	size_t i;

	for (i = 0; i < NELEM(kin); i++) {
		val = look(es, kin[i].key, kin[i].member);
		if (!number(val, UINT32_MAX, &num))
			continue;
		put(es, dt_str_c(kin[i].field), val.str);
		dt_es_take(es, val);
	}
}

/* What the clients of EndpointSecurity answered, which no sandbox did. */
static void
verdict(struct dt_es *es)
{
	struct dt_flat_val type = dt_es_get(es, "action.result.result_type");
	struct dt_flat_val auth = dt_es_get(es, "action.result.result.auth");
	struct dt_flat_val flags = dt_es_get(es, "action.result.result.flags");
	int64_t t, num;

	if (!number(type, 1, &t))
		return;
	if (t == 0 && flags.type == DT_FLAT_NONE && number(auth, 1, &num)) {
		put(es, DT_STR("es_verdict"), num == 0 ? DT_STR("allow") :
		    DT_STR("deny"));
		dt_es_take(es, auth);
		dt_es_take(es, type);
	} else if (t == 1 && auth.type == DT_FLAT_NONE &&
	    number(flags, UINT32_MAX, &num)) {
		put(es, DT_STR("es_verdict"), DT_STR("flags"));
		put(es, DT_STR("es_flags"), flags.str);
		dt_es_take(es, flags);
		dt_es_take(es, type);
	}
}

static void
stamp(struct dt_es *es)
{
	struct dt_flat_val val = dt_es_get(es, "time");
	int64_t ns;

	if (val.type != DT_FLAT_STRING || !dt_stamp_rfc3339(val.str, &ns))
		return;
	es->rec->ts = DT_INT(ns);
	dt_es_take(es, val);
}

/* The arguments of a program, if they are strings and nothing else. */
static void
args(struct dt_es *es)
{
	struct dt_flat_val val = dt_es_get(es, ".args");
	size_t i, end = val.first + val.n;

	if (!dt_str_is(es->name, "exec") || val.type != DT_FLAT_ARRAY ||
	    val.n != val.members)
		return;
	for (i = val.first; i < end; i++)
		if (dt_flat_get(es->flat, es->pairs.v[i].key).type !=
		    DT_FLAT_STRING)
			return;
	for (i = val.first; i < end && !es->oom; i++) {
		es->taken[i] = true;
		es->oom = dt_record_push(es->rec, &es->rec->args,
		    es->pairs.v[i].val) == -1;
	}
}

/*
 * The key that a pair has in the fields: a member of an audit token has its
 * name, also where the token is an array.
 */
static struct dt_str
field(struct dt_es *es, struct dt_str key)
{
	struct dt_str up = {key.s, key.n - 2}, name;
	const char *word;
	char *p;

	if (key.n < 2 || key.s[up.n] != '.' || !dt_scan_ends(up, "token") ||
	    key.s[up.n + 1] < '0' || key.s[up.n + 1] > '7' ||
	    !is_token(es, dt_flat_get(es->flat, up)))
		return key;
	word = token[key.s[up.n + 1] - '0'];
	p = dt_arena_alloc(&es->rec->mem, up.n + strlen(word) + 2);
	if (p == NULL) {
		es->oom = true;
		return key;
	}
	memcpy(p, up.s, up.n + 1);
	memcpy(p + up.n + 1, word, strlen(word) + 1);
	name = (struct dt_str){p, up.n + 1 + strlen(word)};
	return dt_flat_get(es->flat, name).type == DT_FLAT_NONE ? name : key;
}

/* What nobody took. */
static void
rest(struct dt_es *es)
{
	size_t i;

	for (i = 0; i < es->pairs.n && !es->oom; i++)
		if (!es->taken[i])
			put(es, field(es, es->pairs.v[i].key),
			    es->pairs.v[i].val);
}

/* Is a key there that is to be one of ours? */
static bool
clashes(struct dt_es *es)
{
	size_t i;

	for (i = 0; i < NELEM(kin); i++)
		if (dt_es_get(es, kin[i].field).type != DT_FLAT_NONE)
			return true;
	for (i = 0; i < NELEM(ours); i++)
		if (dt_es_get(es, ours[i]).type != DT_FLAT_NONE)
			return true;
	return false;
}

/* Why it is no event of EndpointSecurity, or NULL. */
static const char *
check(struct dt_es *es)
{
	struct dt_flat_val event = dt_flat_get(es->flat, DT_STR("event"));
	enum dt_flat_type what;

	if (event.type != DT_FLAT_OBJECT || event.members == 0)
		return "no event in it";
	if (event.members > 1)
		return "more than one event";
	es->name = event.member;
	if (es->name.n == 0)
		return "an event without a name";
	what = dt_es_get(es, ".").type;
	if (what != DT_FLAT_OBJECT && what != DT_FLAT_NULL)
		return "an event that is no object";
	if (dt_es_get(es, "process.audit_token").type == DT_FLAT_NONE &&
	    dt_es_get(es, "process.executable").type != DT_FLAT_OBJECT)
		return "no event of EndpointSecurity";
	return clashes(es) ? "a member that a record has itself" : NULL;
}

const char *
dt_es_fill(struct dt_es *es)
{
	const char *why = check(es);

	if (why != NULL || es->oom)
		return why;
	es->rec->kind = DT_KIND_ES_EVENT;
	es->rec->name = es->name;
	stamp(es);
	process(es);
	ancestry(es);
	verdict(es);
	dt_es_paths(es);
	args(es);
	rest(es);
	return NULL;
}
