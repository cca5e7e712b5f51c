/* SPDX-License-Identifier: ISC */
/* Laying the kernel's audit records beside the calls that they explain. */
#include <stdlib.h>

#include "audit_join.h"
#include "audit_match.h"

enum { SPARE_MAX = 64 };

static const int64_t ms = 1000000;

/* An event with the records behind it, or a record without its event. */
struct dt_audit_item {
	struct dt_record rec;
	int64_t pid, at;	/* at: when it came */
	size_t cost;		/* bytes that it was counted with */
	bool waits;		/* an event: for a record */
	bool ours;		/* a record: its process was one of ours then */
	struct dt_audit_list told;	/* records that explain it */
	uint64_t no;		/* of an event, counted from 1 */
	struct dt_audit_clues clues;	/* of a record */
	/* The last event that a record is not of, as none before it is. */
	struct dt_audit_item *tried;
	uint64_t tried_no;
	bool unclear;		/* more than one may be its event */
	struct dt_audit_item *next;
};

static void
append(struct dt_audit_list *l, struct dt_audit_item *it)
{
	it->next = NULL;
	if (l->last != NULL)
		l->last->next = it;
	else
		l->first = it;
	l->last = it;
}

/* Take the one behind `prev`, or the first, out of the list. */
static struct dt_audit_item *
take(struct dt_audit_list *l, struct dt_audit_item *prev)
{
	struct dt_audit_item *it = prev != NULL ? prev->next : l->first;

	if (prev != NULL)
		prev->next = it->next;
	else
		l->first = it->next;
	if (l->last == it)
		l->last = prev;
	return it;
}

/* Keep some of them, which hold memory for the next record. */
static void
release(struct dt_audit_join *j, struct dt_audit_item *it)
{
	j->bytes -= it->cost;
	if (j->nspare == SPARE_MAX) {
		dt_record_free(&it->rec);
		free(it);
		return;
	}
	dt_record_reset(&it->rec);
	it->next = j->spare;
	j->spare = it;
	j->nspare++;
}

static struct dt_audit_item *
keep(struct dt_audit_join *j, const struct dt_record *rec, int64_t pid,
    int64_t now)
{
	struct dt_audit_item *it = j->spare;
	struct dt_arena mem = {0};

	if (it != NULL) {
		j->spare = it->next;
		j->nspare--;
		mem = it->rec.mem;
	} else
		it = malloc(sizeof(*it));
	if (it == NULL)
		return NULL;
	*it = (struct dt_audit_item){.pid = pid, .at = now};
	it->rec.mem = mem;
	if (dt_record_copy(&it->rec, rec) == -1) {
		dt_record_free(&it->rec);
		free(it);
		return NULL;
	}
	it->cost = sizeof(*it) + it->rec.mem.total;
	j->bytes += it->cost;
	return it;
}

static void
note_seen(struct dt_audit_join *j, int64_t pid, int64_t now)
{
	size_t i;

	pid = pid < 0 ? -pid : pid;
	i = (size_t)pid & (DT_AUDIT_SEEN - 1);
	j->seen[i].pid = pid;
	j->seen[i].at = now;
}

/* A number is given to another process sooner or later. */
static bool
was_seen(const struct dt_audit_join *j, int64_t pid, int64_t since)
{
	size_t i = (size_t)pid & (DT_AUDIT_SEEN - 1);

	return j->seen[i].pid == pid && j->seen[i].at >= since;
}

/* Is this something that a record could explain? */
static bool
is_refused(const struct dt_record *rec)
{
	return (rec->kind == DT_KIND_SYSCALL &&
	    ((rec->errnum.set && rec->errnum.v != 0) ||
	    rec->denied_by.s != NULL)) ||
	    (rec->kind == DT_KIND_SIGNAL && rec->denied_by.s != NULL);
}

/*
 * A record has the time of the call's entry by a clock that goes in steps; an
 * event is rarely later.  It is as much earlier as who stopped the call took to
 * let it go on.
 */
static bool
is_near(const struct dt_record *ev, const struct dt_record *au)
{
	return ev->ts.set && au->ts.set && ev->ts.v - au->ts.v <= 20 * ms;
}

/* Only a process has records; what else has ended may be any one's thread. */
static bool
may_be_of(const struct dt_audit_join *j, const struct dt_audit_item *ev,
    int64_t pid)
{
	size_t i = (size_t)-ev->pid & (DT_AUDIT_SEEN - 1);

	return ev->pid == pid || ev->pid == -pid ||
	    (ev->pid < 0 && j->named[i] != -ev->pid);
}

/* What the tracer blames on something else is the last that is meant. */
static int
rank(const struct dt_audit_join *j, const struct dt_audit_item *ev,
    const struct dt_audit_item *au)
{
	enum dt_audit_fit fit;

	if (!ev->waits || !may_be_of(j, ev, au->pid))
		return 0;
	fit = dt_audit_fits(&ev->rec, &au->clues);
	if (fit == DT_AUDIT_FIT_NOT || dt_audit_doubts(&ev->rec, &au->clues))
		return fit != DT_AUDIT_FIT_NOT;
	return 2 * (int)fit + is_near(&ev->rec, &au->rec);
}

enum {
	UNKNOWN = -1,
	NEAR_MS = 20,
	MANY = 64,
	RANK_NEAR = 2 * DT_AUDIT_FIT_NEAR,
	RANK_MAX = 2 * DT_AUDIT_FIT_SAME + 1,
};

/*
 * Of those that are the best: the first, how many up to MANY, and if all are
 * alike; and the nearest in time, if no other is as near.
 */
struct best {
	struct dt_audit_item *ev, *nearest;
	int rank;
	size_t n;
	bool alike;
	int64_t away;
};

static bool
is_alike(const struct dt_record *a, const struct dt_record *b)
{
	size_t i;

	for (i = 0; i < a->args.n && i < b->args.n; i++)
		if (!dt_str_eq(a->args.v[i], b->args.v[i]))
			return false;
	return a->args.n == b->args.n && dt_str_eq(a->path, b->path) &&
	    dt_str_eq(a->path2, b->path2);
}

/* The first that has to be looked at.  Events are given in their order. */
static struct dt_audit_item *
untried(struct dt_audit_join *j, const struct dt_audit_item *au)
{
	struct dt_audit_item *ev;

	while (j->hint != NULL && !j->hint->waits)
		j->hint = j->hint->next;
	ev = j->hint;
	return ev == NULL || au->tried_no < ev->no ? ev : au->tried->next;
}

static void
note_time(struct best *b, struct dt_audit_item *ev,
    const struct dt_audit_item *au)
{
	int64_t away;

	if (!ev->rec.ts.set || !au->rec.ts.set)
		return;
	away = ev->rec.ts.v - au->rec.ts.v;
	away = away < 0 ? -away : away;
	if (b->away == UNKNOWN || away + NEAR_MS * ms < b->away)
		b->nearest = ev;
	else if (away < b->away + NEAR_MS * ms)
		b->nearest = NULL;
	if (b->away == UNKNOWN || away < b->away)
		b->away = away;
}

static struct best
find_best(struct dt_audit_join *j, struct dt_audit_item *au, int64_t before)
{
	struct best b = {.alike = true, .away = UNKNOWN};
	struct dt_audit_item *ev;
	int r;

	for (ev = untried(j, au); ev != NULL && ev->at <= before &&
	    (b.rank < RANK_MAX || b.n < MANY); ev = ev->next) {
		r = rank(j, ev, au);
		if (r == 0 && b.n == 0) {
			au->tried = ev;
			au->tried_no = ev->no;
		}
		if (r == 0 || r < b.rank)
			continue;
		if (r > b.rank)
			b = (struct best){.ev = ev, .rank = r, .alike = true,
			    .away = UNKNOWN};
		else if (!is_alike(&b.ev->rec, &ev->rec))
			b.alike = false;
		note_time(&b, ev, au);
		b.n++;
	}
	return b;
}

static bool
is_same_serial(const struct dt_audit_item *a, const struct dt_audit_item *b)
{
	struct dt_str s = dt_kvv_get(&a->rec.fields, "serial");

	return s.s != NULL && a->pid == b->pid &&
	    dt_str_eq(s, dt_kvv_get(&b->rec.fields, "serial"));
}

/* Are there as many records of its kind as events that may be meant? */
static bool
are_enough(const struct dt_audit_join *j, const struct dt_audit_item *au,
    const struct best *b)
{
	const struct dt_audit_item *last = NULL;
	size_t n = 0;

	for (; au != NULL && n < b->n; au = au->next) {
		if (rank(j, b->ev, au) != b->rank || (last != NULL &&
		    is_same_serial(last, au)))
			continue;
		last = au;
		n++;
	}
	return n >= b->n;
}

/*
 * The event that a record is about, or NULL, among those that came up to a
 * time.  A process makes its calls in the order of its records; so where
 * several may be meant and there is a record for each, it is the first.  Where
 * there is not, something else refused some of them, and only the time tells,
 * or nobody knows.
 */
static struct dt_audit_item *
find_event(struct dt_audit_join *j, struct dt_audit_item *au, int64_t before)
{
	struct best b = find_best(j, au, before);
	bool timed = b.n < MANY && (b.rank >= RANK_NEAR || b.alike);

	if (b.n <= 1 || are_enough(j, au, &b))
		return b.ev;
	/* It stays so: once one of them is given, the rest is no clearer. */
	au->unclear = !timed || b.nearest == NULL;
	return au->unclear ? NULL : b.nearest;
}

/* Put a record, and those behind it of its serial, to an event. */
static int
explain(struct dt_audit_join *j, struct dt_audit_item *ev,
    struct dt_audit_item *prev)
{
	struct dt_audit_item *au = take(&j->records, prev), *next;
	int r = dt_audit_explain(&ev->rec, &au->rec);

	ev->waits = false;
	append(&ev->told, au);
	for (;;) {
		next = prev != NULL ? prev->next : j->records.first;
		if (next == NULL || !is_same_serial(next, au))
			return r;
		append(&ev->told, take(&j->records, prev));
	}
}

static void
append_event(struct dt_audit_join *j, struct dt_audit_item *it, bool waits)
{
	it->waits = waits;
	it->no = ++j->nevents;
	append(&j->events, it);
	if (j->hint == NULL)
		j->hint = it;
}

/*
 * Find the events of the records that came up to a time, and give up those
 * that came up to another one.
 */
static int
match(struct dt_audit_join *j, int64_t before, int64_t late)
{
	struct dt_audit_item *prev = NULL, *au = j->records.first, *ev;

	while (au != NULL && au->at <= before) {
		ev = find_event(j, au, before);
		if (ev != NULL) {
			if (explain(j, ev, prev) == -1)
				return -1;
		} else if (au->at > late && !au->unclear) {
			prev = au;
		} else {
			take(&j->records, prev);
			if (au->ours || was_seen(j, au->pid, au->at -
			    DT_AUDIT_LATE_MS * ms))
				append_event(j, au, false);
			else
				release(j, au);
		}
		au = prev != NULL ? prev->next : j->records.first;
	}
	return 0;
}

/* Give an event, and the records that explain it. */
static int
give(struct dt_audit_join *j, struct dt_audit_item *it)
{
	int r = dt_emit(&j->out, &it->rec);
	struct dt_audit_item *au;

	if (j->hint == it)
		j->hint = it->next;
	while (it->told.first != NULL) {
		au = take(&it->told, NULL);
		if (r == 0)
			r = dt_emit(&j->out, &au->rec);
		release(j, au);
	}
	release(j, it);
	return r;
}

/* Give what does not wait, or came up to a time, while there are too many. */
static int
give_due(struct dt_audit_join *j, int64_t before, size_t room)
{
	const struct dt_audit_item *it;

	while ((it = j->events.first) != NULL && (!it->waits ||
	    it->at <= before || j->bytes > room))
		if (give(j, take(&j->events, NULL)) == -1)
			return -1;
	return 0;
}

/* Where memory runs short, what has come has to do. */
static int
make_room(struct dt_audit_join *j, int64_t now)
{
	if (j->bytes <= DT_AUDIT_BYTES_MAX)
		return 0;
	if (match(j, now, INT64_MIN) == -1 ||
	    give_due(j, INT64_MIN, DT_AUDIT_BYTES_MAX / 2) == -1)
		return -1;
	/* Others than ours may have many records. */
	if (j->bytes <= DT_AUDIT_BYTES_MAX)
		return 0;
	return match(j, now, now) == -1 ? -1 : give_due(j, now, 0);
}

int
dt_audit_join_event(struct dt_audit_join *j, struct dt_record *rec,
    int64_t pid, int64_t now)
{
	struct dt_audit_item *it;

	if (dt_kind_class(rec->kind) == DT_CLASS_EVENT)
		note_seen(j, pid, now);
	if (!is_refused(rec) && j->events.first == NULL)
		return dt_emit(&j->out, rec);
	it = keep(j, rec, pid, now);
	if (it == NULL)
		return -1;
	append_event(j, it, is_refused(rec));
	return make_room(j, now);
}

int
dt_audit_join_record(struct dt_audit_join *j, const struct dt_record *rec,
    int64_t now)
{
	struct dt_audit_item *it;

	if (rec->denied_by.s == NULL || !rec->pid.set)
		return 0;
	it = keep(j, rec, rec->pid.v, now);
	if (it == NULL)
		return -1;
	dt_audit_clues(&it->clues, &it->rec);
	j->named[(size_t)it->pid & (DT_AUDIT_SEEN - 1)] = it->pid;
	it->ours = j->follows(j->ctx, (pid_t)rec->pid.v);
	append(&j->records, it);
	return make_room(j, now);
}

int
dt_audit_join_work(struct dt_audit_join *j, int64_t now)
{
	return match(j, now - DT_AUDIT_SETTLE_MS * ms,
	    now - DT_AUDIT_LATE_MS * ms) == -1 ? -1 :
	    give_due(j, now - DT_AUDIT_WAIT_MS * ms, SIZE_MAX);
}

int64_t
dt_audit_join_due(const struct dt_audit_join *j)
{
	if (j->events.first != NULL)
		return j->events.first->at + DT_AUDIT_WAIT_MS * ms;
	return j->records.first != NULL ?
	    j->records.first->at + DT_AUDIT_LATE_MS * ms : 0;
}

bool
dt_audit_join_waits(const struct dt_audit_join *j)
{
	return j->events.first != NULL;
}

int
dt_audit_join_end(struct dt_audit_join *j, int64_t now)
{
	return match(j, now, now) == -1 ? -1 : give_due(j, now, SIZE_MAX);
}

static void
free_list(struct dt_audit_join *j, struct dt_audit_list *l)
{
	struct dt_audit_item *it;

	while (l->first != NULL) {
		it = take(l, NULL);
		free_list(j, &it->told);
		dt_record_free(&it->rec);
		free(it);
	}
}

void
dt_audit_join_free(struct dt_audit_join *j)
{
	struct dt_audit_item *it;

	free_list(j, &j->events);
	free_list(j, &j->records);
	while ((it = j->spare) != NULL) {
		j->spare = it->next;
		dt_record_free(&it->rec);
		free(it);
	}
}
