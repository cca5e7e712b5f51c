/* SPDX-License-Identifier: ISC */
/* Audit records put together into events, by their stamp. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_own.h"
#include "scan.h"

static const char BAD_STAMP[] = "no time and serial number";

/* Seconds and milliseconds as nanoseconds; 0.0 is what logcat has for both. */
static void
set_time(struct dt_audit_head *head, struct dt_str sec, struct dt_str ms)
{
	int64_t s, m;

	if (dt_num_parse(sec, &s) == 0 && dt_num_parse(ms, &m) == 0 &&
	    s < INT64_MAX / 1000000000 && (s != 0 || m != 0))
		head->ts = DT_INT(s * 1000000000 + m * 1000000);
}

/* `SEC.MS:SERIAL`, or a date where SEC.MS stands. */
static const char *
read_stamp(struct dt_str in, struct dt_audit_head *head)
{
	size_t colon = dt_scan_find_last(in, ":");
	struct dt_str when = {in.s, colon}, serial, sec, ms;

	if (colon == in.n)
		return BAD_STAMP;
	serial = dt_str_after(in, colon + 1);
	if (!dt_scan_digits(serial) || serial.n > 20 || when.n > 64)
		return BAD_STAMP;
	head->stamp = in;
	ms = when;
	sec = dt_scan_until(&ms, ".");
	if (dt_scan_take(&ms, ".") && dt_scan_digits(sec) &&
	    dt_scan_digits(ms) && ms.n <= 3) {
		set_time(head, sec, ms);
		return NULL;
	}
	/* ausearch(8) has a date of the reader's own zone there. */
	if (dt_scan_find(when, ":") == when.n)
		return BAD_STAMP;
	head->interpreted = true;
	head->time = when;
	return NULL;
}

const char *
dt_audit_stamp(struct dt_str *text, struct dt_audit_head *head)
{
	struct dt_str rest = *text, in;
	const char *why;

	if (!dt_scan_take(&rest, "audit("))
		return BAD_STAMP;
	in = dt_scan_until(&rest, ")");
	why = read_stamp(in, head);
	if (why != NULL)
		return why;
	if (!dt_scan_take(&rest, "):") && !dt_scan_take(&rest, ") :") &&
	    !dt_scan_take(&rest, ") "))
		return BAD_STAMP;
	*text = dt_scan_trim(rest);
	return NULL;
}

static void
event_free(struct dt_audit_event *ev)
{
	if (ev != NULL)
		dt_arena_free(&ev->mem);
	free(ev);
}

/* Give an event and forget it. */
static int
give(struct dt_audit *a, size_t i, const struct dt_sink *sink, size_t *gave)
{
	struct dt_audit_event *ev = a->held[i];
	struct dt_arena mem;
	int r;

	a->n--;
	memmove(&a->held[i], &a->held[i + 1],
	    (a->n - i) * sizeof(a->held[0]));
	r = dt_audit_give(ev, &a->rec, sink, gave);
	if (a->spare != NULL) {
		event_free(ev);
		return r;
	}
	mem = ev->mem;
	dt_arena_reset(&mem);
	*ev = (struct dt_audit_event){.mem = mem};
	a->spare = ev;
	return r;
}

static bool
is_of(const struct dt_audit_event *ev, const struct dt_audit_head *head)
{
	return head->stamp.s != NULL &&
	    dt_str_eq(ev->head.stamp, head->stamp) &&
	    dt_str_eq(ev->head.node, head->node);
}

/* What is so much older than a record that no more will come of it. */
static bool
is_old(const struct dt_audit_event *ev, const struct dt_audit_head *head)
{
	const int64_t age = (int64_t)DT_AUDIT_AGE_MS * 1000000;

	return ev->head.ts.set && head->ts.set &&
	    head->ts.v - ev->head.ts.v > age;
}

/* Give what is over by its age. */
static int
give_old(struct dt_audit *a, const struct dt_audit_head *head,
    const struct dt_sink *sink, size_t *gave)
{
	while (a->n > 0 && is_old(a->held[0], head))
		if (give(a, 0, sink, gave) == -1)
			return -1;
	return 0;
}

/* A copy; NULL stays NULL.  False if there is no memory. */
static bool
keep(struct dt_arena *mem, struct dt_str *s)
{
	if (s->s == NULL)
		return true;
	*s = dt_arena_dup(mem, *s);
	return s->s != NULL;
}

static bool
keep_head(struct dt_audit_event *ev, const struct dt_audit_head *head)
{
	ev->head = *head;
	return keep(&ev->mem, &ev->head.stamp) &&
	    keep(&ev->mem, &ev->head.node) &&
	    keep(&ev->mem, &ev->head.time) &&
	    keep(&ev->mem, &ev->head.comm);
}

static struct dt_audit_event *
begin(struct dt_audit *a, const struct dt_audit_head *head)
{
	struct dt_audit_event *ev = a->spare;

	a->spare = NULL;
	if (ev == NULL)
		ev = calloc(1, sizeof(*ev));
	if (ev == NULL)
		return NULL;
	if (!keep_head(ev, head)) {
		event_free(ev);
		return NULL;
	}
	return a->held[a->n++] = ev;
}

/*
 * Which event a record is of: one that is held, or else a new one, for which
 * the oldest makes room.  -1 with errno.
 */
static int
event_of(struct dt_audit *a, const struct dt_audit_head *head,
    const struct dt_sink *sink, size_t *gave, size_t *at)
{
	for (*at = a->n; *at > 0; --*at)
		if (is_of(a->held[*at - 1], head)) {
			--*at;
			return 0;
		}
	if (a->n == DT_AUDIT_HELD && give(a, 0, sink, gave) == -1)
		return -1;
	if (begin(a, head) == NULL)
		return -1;
	*at = a->n - 1;
	return 0;
}

/*
 * Is it a record that the event has?  Without auditd(8) the kernel prints each,
 * and the journal has what it printed and what it multicast.
 */
static bool
is_copy(struct dt_audit_event *ev, const struct dt_audit_head *head,
    struct dt_str body)
{
	struct dt_audit_rec *a;

	for (a = ev->recs; a < ev->recs + ev->n; a++)
		if (a->type == head->type && a->copied != head->copied &&
		    !a->twice && dt_str_eq(a->body, body)) {
			a->twice = true;
			return true;
		}
	return false;
}

/* Put a record to an event.  -1 with errno; *reason as told in the header. */
static int
join(struct dt_audit_event *ev, const struct dt_audit_head *head,
    struct dt_str body, const char **reason)
{
	struct dt_audit_rec rec = {.type = head->type,
	    .interpreted = head->interpreted, .copied = head->copied};
	const char *known = dt_audit_type_name(head->type);
	struct dt_audit_rec *all;

	if (is_copy(ev, head, body))
		return 0;
	rec.role = dt_audit_type_role(head->type);
	rec.name = known != NULL ? dt_str_c(known) : head->name;
	if (head->name.s != NULL) {
		rec.name = dt_arena_dup(&ev->mem, head->name);
		if (rec.name.s == NULL)
			return -1;
	}
	ev->bytes += body.n;
	body = dt_arena_dup(&ev->mem, body);
	if (body.s == NULL ||
	    dt_audit_split(&ev->mem, &rec, body, reason) == -1)
		return -1;
	ev->bytes += rec.pairs.n * sizeof(rec.pairs.v[0]);
	if (*reason == NULL)
		*reason = dt_audit_refuses(&rec, body);
	if (*reason != NULL)
		return 0;
	rec.body = body;
	all = dt_arena_grow(&ev->mem, ev->recs, ev->n, sizeof(*all));
	if (all == NULL)
		return -1;
	ev->recs = all;
	ev->recs[ev->n++] = rec;
	return 0;
}

int
dt_audit_put(struct dt_audit *a, const struct dt_audit_head *head,
    struct dt_str body, const struct dt_sink *sink, const char **reason)
{
	struct dt_audit_event *ev;
	size_t gave = 0, i;

	*reason = NULL;
	if (give_old(a, head, sink, &gave) == -1 ||
	    event_of(a, head, sink, &gave, &i) == -1)
		return -1;
	ev = a->held[i];
	if (dt_audit_type_role(head->type) != DT_AUDIT_END &&
	    join(ev, head, body, reason) == -1)
		return -1;
	if ((dt_audit_type_role(head->type) == DT_AUDIT_END ||
	    head->stamp.s == NULL || ev->n == 0 ||
	    ev->n >= DT_AUDIT_RECS || ev->bytes >= DT_AUDIT_BYTES) &&
	    give(a, i, sink, &gave) == -1)
		return -1;
	return gave > 0 ? 0 : 1;
}

int
dt_audit_add(struct dt_audit *a, int type, struct dt_str text,
    const struct dt_sink *sink, const char **reason)
{
	struct dt_audit_head head = {.type = type};
	char unknown[24];

	*reason = dt_audit_stamp(&text, &head);
	if (*reason != NULL)
		return 1;
	if (dt_audit_type_name(type) == NULL) {
		snprintf(unknown, sizeof(unknown), "UNKNOWN[%d]", type);
		head.name = dt_str_c(unknown);
	}
	return dt_audit_put(a, &head, text, sink, reason);
}

int
dt_audit_end(struct dt_audit *a, const struct dt_sink *sink)
{
	size_t gave = 0;

	while (a->n > 0)
		if (give(a, 0, sink, &gave) == -1)
			return -1;
	return gave > 0 ? 0 : 1;
}

void
dt_audit_free(struct dt_audit *a)
{
	while (a->n > 0)
		event_free(a->held[--a->n]);
	event_free(a->spare);
	dt_record_free(&a->rec);
	*a = (struct dt_audit){0};
}
