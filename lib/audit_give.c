/* SPDX-License-Identifier: ISC */
/* An audit event as the records that it makes. */
#include "audit_own.h"
#include "buf.h"
#include "scan.h"
#include "tables.h"

enum { PATH = 1302, SOCKADDR = 1306, CWD = 1307, PROCTITLE = 1327,
    AVC_PATH = 1402, LANDLOCK_DOMAIN = 1424 };

struct giver {
	struct dt_audit_event *ev;
	struct dt_record *rec;
	const struct dt_sink *sink;
	size_t *gave;
	bool refused;		/* a decision was a refusal */
	bool decided;
};

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* Is it no more than what a program says? */
static bool
is_hearsay(const struct dt_audit_head *head, const struct dt_audit_rec *a)
{
	return head->hearsay || (a != NULL && (a->type == 0 ||
	    a->role == DT_AUDIT_USER || a->role == DT_AUDIT_OBJECT_MANAGER));
}

/* A record's own pairs, of which no two have one key, behind ours. */
static int
put_own(struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_kvv ours = rec->fields;
	const struct dt_kv *p;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < a->pairs.n; i++) {
		p = &a->pairs.v[i];
		ours.v = rec->fields.v;
		if (dt_kvv_find(&ours, p->key).s != NULL)
			r = dt_record_put_more(rec, &rec->fields, p->key,
			    p->val);
		else
			r = dt_record_put(rec, &rec->fields, p->key, p->val);
	}
	return r;
}

/* Begin a record with what all of an event have, and its own pairs. */
static int
begin(struct giver *g, const struct dt_audit_rec *a, enum dt_kind kind)
{
	const struct dt_audit_head *h = &g->ev->head;
	struct dt_record *rec = g->rec;

	dt_record_reset(rec);
	rec->kind = kind;
	rec->ts = h->ts;
	if (put(rec, "serial", h->stamp) == -1 ||
	    put(rec, "node", h->node) == -1 ||
	    put(rec, "time", h->time) == -1 ||
	    (is_hearsay(h, a) && put(rec, "source", DT_STR("user")) == -1))
		return -1;
	return a == NULL ? 0 : put_own(rec, a);
}

static int
emit(struct giver *g)
{
	++*g->gave;
	return dt_emit(g->sink, g->rec);
}

static struct dt_str
get(const struct dt_audit_rec *a, const char *key)
{
	return dt_kvv_get(&a->pairs, key);
}

/* The number of a PATH, or nothing. */
static struct dt_str
item_of(const struct dt_audit_rec *a)
{
	struct dt_str item = get(a, "item");

	return a->type == PATH && dt_scan_digits(item) ? item : DT_STR("");
}

static struct dt_str
type_of(const struct dt_audit_rec *a)
{
	const char *known = dt_audit_type_name(a->type);

	return known != NULL ? dt_str_c(known) : a->name;
}

/* How many there are before it whose keys would be the same. */
static int
before(const struct dt_audit_event *ev, const struct dt_audit_rec *a)
{
	const struct dt_audit_rec *b;
	int n = 0;

	for (b = ev->recs; b < a; b++)
		if (b->type == a->type && dt_str_eq(type_of(a), type_of(b)) &&
		    dt_str_eq(item_of(a), item_of(b)))
			n++;
	return n;
}

/* "PATH", "0" and "mode" as "path.0.mode", then as "path.0.2.mode". */
static struct dt_str
key_of(struct dt_record *rec, const struct dt_audit_rec *a, int n,
    struct dt_str key)
{
	struct dt_buf buf = {.mem = &rec->mem};
	struct dt_str type = type_of(a), item = item_of(a);
	char c;

	for (; type.n > 0; type = dt_str_after(type, 1)) {
		c = type.s[0];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		dt_buf_put(&buf, (struct dt_str){&c, 1});
	}
	dt_buf_c(&buf, ".");
	dt_buf_put(&buf, item);
	dt_buf_c(&buf, item.n > 0 ? "." : "");
	if (n > 0) {
		dt_buf_num(&buf, n + 1);
		dt_buf_c(&buf, ".");
	}
	dt_buf_put(&buf, key);
	return dt_buf_end(&buf);
}

/* All that a record says, under the name of its type. */
static int
put_all(struct giver *g, const struct dt_audit_rec *a, const char *but)
{
	struct dt_record *rec = g->rec;
	int n = before(g->ev, a);
	struct dt_str key;
	size_t i;

	for (i = 0; i < a->pairs.n; i++) {
		key = a->pairs.v[i].key;
		if (dt_str_is(key, but) || (item_of(a).n > 0 &&
		    dt_str_is(key, "item")))
			continue;
		key = key_of(rec, a, n, key);
		if (key.s == NULL || dt_record_put(rec, &rec->fields, key,
		    a->pairs.v[i].val) == -1)
			return -1;
	}
	return 0;
}

/* Is it about what this record is about? */
static bool
belongs(const struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_str domain = dt_kvv_get(&rec->fields, "domain");

	return a->type != LANDLOCK_DOMAIN ||
	    (domain.s != NULL && dt_str_eq(domain, get(a, "domain")));
}

static int
context(struct giver *g, struct dt_audit_rec *a)
{
	struct dt_record *rec = g->rec;

	a->taken = true;
	switch (a->type) {
	case CWD:
		return put(rec, "cwd", get(a, "cwd"));
	case PROCTITLE:
		return put(rec, "proctitle", get(a, "proctitle"));
	case AVC_PATH:
		if (rec->path.s == NULL)
			rec->path = get(a, "path");
		return 0;
	case LANDLOCK_DOMAIN:
		return put_all(g, a, "domain");
	case SOCKADDR:
		if (dt_audit_sockaddr(rec, get(a, "saddr")) == -1)
			return -1;
		return put_all(g, a, "");
	default:
		return put_all(g, a, "");
	}
}

/* What the other records of the event tell of this one. */
static int
siblings(struct giver *g, bool call)
{
	struct dt_audit_event *ev = g->ev;
	size_t i;

	for (i = 0; call && i < ev->n; i++)
		if (ev->recs[i].role == DT_AUDIT_SYSCALL &&
		    dt_audit_call(g->rec, &ev->recs[i]) == -1)
			return -1;
	for (i = 0; i < ev->n; i++)
		if (ev->recs[i].role == DT_AUDIT_CONTEXT &&
		    belongs(g->rec, &ev->recs[i]) &&
		    context(g, &ev->recs[i]) == -1)
			return -1;
	return dt_audit_paths(g->rec, ev);
}

static int
give_other(struct giver *g, struct dt_audit_rec *a)
{
	struct dt_record *rec = g->rec;

	if (begin(g, a, DT_KIND_AUDIT) == -1)
		return -1;
	rec->name = a->name;
	if (a->role != DT_AUDIT_CONTEXT) {
		rec->pid = dt_audit_pull_num(&rec->fields, "pid");
		rec->execname = dt_audit_pull(&rec->fields, "comm");
		rec->exe = dt_audit_pull(&rec->fields, "exe");
	}
	if (put(rec, "words", a->words) == -1)
		return -1;
	return emit(g);
}

static int
give_decision(struct giver *g, struct dt_audit_rec *a)
{
	int r = begin(g, a, DT_KIND_AUDIT);

	if (r == 0)
		r = dt_audit_decide(g->rec, a);
	if (r == -1)
		return -1;
	if (r == 0)
		return give_other(g, a);
	g->decided = true;
	if (!g->rec->pid.set)
		g->rec->pid = g->ev->head.pid;
	if (g->rec->execname.s == NULL)
		g->rec->execname = g->ev->head.comm;
	g->refused |= g->rec->denied_by.s != NULL;
	if (siblings(g, a->role == DT_AUDIT_DECISION) == -1 ||
	    dt_audit_target(g->rec) == -1)
		return -1;
	return emit(g);
}

/* A call that nobody decided on, or that failed though nobody refused it. */
static int
give_call(struct giver *g, const struct dt_audit_rec *a)
{
	if (begin(g, NULL, DT_KIND_SYSCALL) == -1 ||
	    dt_audit_call(g->rec, a) == -1)
		return -1;
	if (g->refused || (g->decided && !(g->rec->errnum.set &&
	    dt_errno_denies(DT_OS_LINUX, g->rec->errnum.v))))
		return 0;
	if (siblings(g, false) == -1)
		return -1;
	return emit(g);
}

static int
give_loss(struct giver *g, const struct dt_audit_rec *a)
{
	if (begin(g, a, DT_KIND_DROP) == -1)
		return -1;
	g->rec->name = a->name;
	return emit(g);
}

/* Give those of one role. */
static int
each(struct giver *g, enum dt_audit_role role)
{
	struct dt_audit_event *ev = g->ev;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ev->n; i++) {
		struct dt_audit_rec *a = &ev->recs[i];

		if (a->role != role || a->taken)
			continue;
		if (role == DT_AUDIT_DECISION ||
		    role == DT_AUDIT_OBJECT_MANAGER)
			r = give_decision(g, a);
		else if (role == DT_AUDIT_SYSCALL)
			r = give_call(g, a);
		else if (role == DT_AUDIT_LOSS)
			r = give_loss(g, a);
		else
			r = give_other(g, a);
	}
	return r;
}

int
dt_audit_give(struct dt_audit_event *ev, struct dt_record *rec,
    const struct dt_sink *sink, size_t *gave)
{
	static const enum dt_audit_role order[] = {DT_AUDIT_DECISION,
	    DT_AUDIT_OBJECT_MANAGER, DT_AUDIT_SYSCALL, DT_AUDIT_OTHER,
	    DT_AUDIT_USER, DT_AUDIT_LOSS, DT_AUDIT_CONTEXT};
	struct giver g = {.ev = ev, .rec = rec, .sink = sink, .gave = gave};
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (each(&g, order[i]) == -1)
			return -1;
	return 0;
}
