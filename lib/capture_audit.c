/* SPDX-License-Identifier: ISC */
/* A capture that reads the kernel's audit records beside its tracer. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "audit_join.h"
#include "auditsock.h"
#include "capture.h"
#include "proc.h"
#include "text.h"

/* Types of records, linux/audit.h. */
enum {
	USER = 1005,
	FIRST_USER = 1100,
	LAST_USER = 1199,
	SYSCALL = 1300,
	CONFIG_CHANGE = 1305,
	SECCOMP = 1326,
	FIRST_USER2 = 2100,
	LAST_USER2 = 2999,
};

enum {
	BATCH = 16384,		/* records before anything else is looked at */
	QUIET_MS = 50,		/* for what has no end, where nothing has one */
	QUIET_CALLS_MS = 1000,	/* or where calls have */
	TICK_MS = 25,
	BEHIND_MS = 5000,	/* for the kernel, before time goes on */
};

static const int64_t ms = 1000000;

struct dt_capture_audit {
	struct dt_auditsock *sock;	/* NULL when it has failed */
	struct dt_audit parser;
	struct dt_keys keys;
	struct dt_audit_join join;
	struct dt_auditstat stat;	/* at the beginning */
	bool known;			/* it is */
	bool off;			/* that it is off is said */
	bool calls;			/* records tell of calls */
	uint64_t nobodys;		/* refusals that name no process */
	bool more;			/* it may have more to read */
	int64_t now, clock;		/* the time; and by the real clock */
	int64_t last;			/* when a record came */
	int64_t asked;			/* when that was, by the real clock */
	int64_t behind;			/* since when the kernel is behind */
	int64_t thread, process;	/* the last that was asked for */
};

static void
say_off(struct dt_capture *c, const char *text)
{
	if (c->audit->off)
		return;
	c->audit->off = true;
	dt_capture_note(c, "warning", "audit-off", text);
}

/* How it is to begin with, which the TRACE tells. */
static const char *
ask(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;

	a->known = dt_auditsock_status(a->sock, &a->stat) == 0;
	if (!a->known)
		dt_capture_note(c, "warning", "audit-unknown", "audit: only "
		    "CAP_AUDIT_CONTROL may ask whether it is on");
	else if (!a->stat.on)
		say_off(c, "audit: it is off on this host: Landlock tells "
		    "nothing, and others not of which call");
	return !a->known ? "unknown" : a->stat.on ? "on" : "off";
}

static bool
follows(void *ctx, pid_t pid)
{
	struct dt_capture *c = ctx;

	return pid == c->job.pid || dt_capture_follows(c, pid);
}

static struct dt_capture_audit *
open_(struct dt_capture *c)
{
	struct dt_capture_audit *a = calloc(1, sizeof(*a));
	struct dt_usable u = {.code = "audit-missing",
	    .why = "audit: no memory"};

	if (a != NULL)
		a->sock = dt_auditsock_open(&u);
	if (a != NULL && a->sock != NULL) {
		dt_keys_init(&a->keys, NULL);
		a->join.out = (struct dt_sink){dt_capture_emit, c};
		a->join.follows = follows;
		a->join.ctx = c;
		return a;
	}
	free(a);
	dt_capture_note(c, "warning", u.code, u.why);
	return NULL;
}

void
dt_capture_audit_begin(struct dt_capture *c)
{
	const char *state = "refused";

	if (!c->audited)
		return;
	c->audit = open_(c);
	if (c->audit != NULL)
		state = ask(c);
	/* Without memory the capture will not come far. */
	dt_record_put(&c->trace, &c->trace.fields, DT_STR("audit"),
	    dt_str_c(state));
}

/*
 * strace has the number of a thread where others have the process's.  Negative
 * if it has ended, so that nobody knows whose it was.
 */
static int64_t
process(struct dt_capture *c, const struct dt_record *rec)
{
	struct dt_capture_audit *a = c->audit;

	if (!rec->pid.set || rec->tid.set || !c->tracer->ptrace)
		return rec->pid.v;
	if (a->thread != rec->pid.v || a->process == a->thread) {
		a->thread = rec->pid.v;
		a->process = dt_proc_process((pid_t)rec->pid.v);
		if (a->process == 0)
			a->process = -a->thread;
	}
	return a->process;
}

/* What the tracer gives. */
static int
traced(void *ctx, struct dt_record *rec)
{
	struct dt_capture *c = ctx;

	if (rec->kind == DT_KIND_TRACE || rec->kind == DT_KIND_END)
		return dt_capture_emit(c, rec);
	return dt_audit_join_event(&c->audit->join, rec, process(c, rec),
	    c->audit->now);
}

struct dt_sink
dt_capture_sink(struct dt_capture *c)
{
	return (struct dt_sink){c->audit != NULL ? traced : dt_capture_emit,
	    c};
}

/* What the audit records of an event say. */
static int
audited(void *ctx, struct dt_record *rec)
{
	struct dt_capture_audit *a = ((struct dt_capture *)ctx)->audit;

	if (rec->kind != DT_KIND_AUDIT || rec->denied_by.s == NULL)
		return 0;
	a->nobodys += !rec->pid.set;
	if (dt_text_fit(&a->keys, rec, "audit_") == -1)
		return -1;
	return dt_audit_join_record(&a->join, rec, a->last);
}

static int
lost(struct dt_capture_audit *a, const char *code, struct dt_int count)
{
	struct dt_record rec = {
		.kind = DT_KIND_DROP,
		.diag_code = dt_str_c(code),
		.count = count,
	};

	return dt_audit_join_event(&a->join, &rec, 0, a->now);
}

static int
unread(struct dt_capture_audit *a, struct dt_str text, const char *reason)
{
	struct dt_record rec = {
		.kind = DT_KIND_UNPARSED,
		.text = text,
		.reason = dt_str_c(reason),
	};

	return dt_audit_join_event(&a->join, &rec, 0, a->now);
}

/* `op=set audit_enabled=0 old=1`, among other things. */
static bool
turns_off(unsigned type, struct dt_str text)
{
	static const char what[] = "): op=set audit_enabled=0 old=";
	const size_t n = sizeof(what) - 1;
	size_t i;

	for (i = 0; type == CONFIG_CHANGE && i + n < text.n; i++)
		if (memcmp(text.s + i, what, n) == 0)
			return text.s[i + n] != '0';
	return false;
}

/*
 * Whoever has CAP_AUDIT_WRITE may have the kernel pass on any text as one of
 * these, and the program may: what they say explains no call.
 */
static bool
is_of_program(unsigned type)
{
	return type == USER || (type >= FIRST_USER && type <= LAST_USER) ||
	    (type >= FIRST_USER2 && type <= LAST_USER2);
}

/* Can a record of this type tell of a refusal, or be a part of what does? */
static bool
matters(unsigned type)
{
	enum dt_audit_role role = dt_audit_type_role((int)type);

	return role == DT_AUDIT_DECISION || role == DT_AUDIT_SYSCALL;
}

/*
 * A filter decides before the audit knows of the call: such a record stands
 * for itself.
 */
static int
take(struct dt_capture *c, unsigned type, struct dt_str text)
{
	struct dt_capture_audit *a = c->audit;
	const struct dt_sink sink = {audited, c};
	struct dt_audit alone = {0};
	const char *reason;
	int r;

	if (is_of_program(type))
		return 0;
	a->last = a->now;
	a->calls |= type == SYSCALL;
	if (turns_off(type, text))
		say_off(c, "audit: it was turned off during the capture");
	if (type != SECCOMP)
		r = dt_audit_add(&a->parser, (int)type, text, &sink, &reason);
	else {
		r = dt_audit_add(&alone, (int)type, text, &sink, &reason);
		if (r != -1)
			r = dt_audit_end(&alone, &sink);
		dt_audit_free(&alone);
	}
	if (r != -1 && reason != NULL && matters(type))
		r = unread(a, text, reason);
	return r == -1 ? -1 : 0;
}

/* Whatever happens, it ends: a socket that fails is given up. */
static int
failed(struct dt_capture_audit *a)
{
	if (errno != ENOBUFS && errno != EBADMSG) {
		dt_auditsock_close(a->sock);
		a->sock = NULL;
	}
	return lost(a, "audit-overrun", (struct dt_int){0});
}

static int
read_records(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;
	struct dt_str text;
	unsigned type;
	int i, r = 1;

	for (i = 0; i < BATCH && r == 1 && a->sock != NULL; i++) {
		r = dt_auditsock_next(a->sock, &type, &text);
		if (r == 1 && take(c, type, text) == -1)
			return -1;
		if (r == -1) {
			if (failed(a) == -1)
				return -1;
			r = 1;
		}
	}
	a->more = r == 1 && a->sock != NULL;
	return 0;
}

/*
 * Has the kernel records that it did not give to anybody yet?  A thread of its
 * own does that, when it gets to run.
 */
static bool
is_behind(struct dt_capture_audit *a)
{
	struct dt_auditstat st;

	if (!a->known || a->sock == NULL || !dt_audit_join_waits(&a->join))
		return false;
	if (a->clock - a->asked >= TICK_MS * ms) {
		a->asked = a->clock;
		if (dt_auditsock_status(a->sock, &st) == -1 || st.backlog == 0)
			a->behind = 0;
		else if (a->behind == 0)
			a->behind = a->clock;
	}
	return a->behind != 0 && a->clock - a->behind < BEHIND_MS * ms;
}

/*
 * A step in time.  Who is kept from running does not see what has come, and may
 * not think that nothing has: time stands then.
 */
static void
tick(struct dt_capture_audit *a)
{
	int64_t clock = dt_now(CLOCK_MONOTONIC), step = clock - a->clock;

	a->clock = clock;
	if (!is_behind(a))
		a->now += step < TICK_MS * ms ? step : TICK_MS * ms;
}

/* When what is held without an end will not get one any more. */
static int64_t
quiet_at(const struct dt_capture_audit *a)
{
	return a->parser.n == 0 ? 0 : a->last + ms *
	    (a->calls ? QUIET_CALLS_MS : QUIET_MS);
}

int
dt_capture_audit_fd(const struct dt_capture *c)
{
	return c->audit != NULL && c->audit->sock != NULL ?
	    dt_auditsock_fd(c->audit->sock) : -1;
}

int64_t
dt_capture_audit_due(const struct dt_capture *c)
{
	const struct dt_capture_audit *a = c->audit;
	int64_t due, quiet, left;

	if (a == NULL)
		return 0;
	due = dt_audit_join_due(&a->join);
	quiet = quiet_at(a);
	if (due == 0 || (quiet != 0 && quiet < due))
		due = quiet;
	if (due == 0)
		return 0;
	left = due - a->now;
	return dt_now(CLOCK_MONOTONIC) + (left < 0 ? 0 :
	    left < TICK_MS * ms ? left : TICK_MS * ms);
}

int
dt_capture_audit_turn(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;
	const struct dt_sink sink = {audited, c};

	if (a == NULL)
		return 0;
	tick(a);
	if (read_records(c) == -1)
		return -1;
	if (a->parser.n > 0 && a->now >= quiet_at(a) &&
	    dt_audit_end(&a->parser, &sink) == -1)
		return -1;
	return dt_audit_join_work(&a->join, a->now);
}

/* Landlock's records name the process by the call alone. */
static void
say_nobodys(struct dt_capture *c)
{
	char text[128];

	/* Where records were lost, those may be what would have named it. */
	if (c->audit->nobodys == 0 || c->dropped > 0)
		return;
	snprintf(text, sizeof(text), "audit: %" PRIu64 " refusals of this "
	    "host name no process: they may be of the program",
	    c->audit->nobodys);
	dt_capture_note(c, "warning", "audit-nobody", text);
}

/* What the kernel's own numbers say of the time that has passed. */
static int
settle(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;
	struct dt_auditstat now;
	uint32_t n;

	if (!a->known || a->sock == NULL || !c->begun ||
	    dt_auditsock_status(a->sock, &now) == -1)
		return 0;
	if (a->stat.on && !now.on)
		say_off(c, "audit: it was turned off during the capture");
	/* Somebody may have set it to 0. */
	n = now.lost >= a->stat.lost ? now.lost - a->stat.lost : now.lost;
	return n == 0 ? 0 : lost(a, "audit-backlog", DT_INT(n));
}

/* The tracer has ended; what it saw last may not be explained yet. */
static int
await(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;
	const int64_t end = dt_now(CLOCK_MONOTONIC) + 2 * BEHIND_MS * ms;
	struct pollfd p;
	int64_t left;

	do {
		if (dt_capture_audit_turn(c) == -1)
			return -1;
		p = (struct pollfd){.fd = dt_capture_audit_fd(c),
		    .events = POLLIN};
		left = dt_capture_audit_due(c) - dt_now(CLOCK_MONOTONIC);
		if (!a->more && dt_audit_join_waits(&a->join))
			poll(&p, 1, left <= 0 ? 0 : (int)(left / ms) + 1);
	} while (c->out_errno == 0 && dt_now(CLOCK_MONOTONIC) < end &&
	    (a->more || dt_audit_join_waits(&a->join)));
	/* Others may have records faster than one can read them. */
	return a->more ? lost(a, "audit-overrun", (struct dt_int){0}) : 0;
}

int
dt_capture_audit_end(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;
	const struct dt_sink sink = {audited, c};

	if (a == NULL)
		return 0;
	if (await(c) == -1 || dt_audit_end(&a->parser, &sink) == -1 ||
	    settle(c) == -1)
		return -1;
	say_nobodys(c);
	return dt_audit_join_end(&a->join, a->now);
}

void
dt_capture_audit_free(struct dt_capture *c)
{
	struct dt_capture_audit *a = c->audit;

	if (a == NULL)
		return;
	dt_auditsock_close(a->sock);
	dt_audit_free(&a->parser);
	dt_audit_join_free(&a->join);
	free(a);
	c->audit = NULL;
}
