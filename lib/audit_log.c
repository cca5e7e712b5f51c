/* SPDX-License-Identifier: ISC */
/* Messages of logs: audit records, what says that some are lost, and others. */
#include "audit_log.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum who { ANYBODY, AUDITD, DBUS, JOURNALD, KERNEL, RSYSLOGD };

static const struct {
	const char *tag;
	enum who who;
} tags[] = {
	{"audisp-syslog", KERNEL},
	{"audispd", KERNEL},
	{"audit", KERNEL},
	{"auditd", AUDITD},
	{"dbus", DBUS},
	{"dbus-broker", DBUS},
	{"dbus-broker-launch", DBUS},
	{"dbus-daemon", DBUS},
	{"kernel", KERNEL},
	{"rsyslogd", RSYSLOGD},
	{"systemd-journal", JOURNALD},
	{"systemd-journald", JOURNALD},
};

static const struct loss {
	enum who who;
	const char *before, *after;
} losses[] = {
#define L(who, before, after) {who, before, after},
#include "auditloss.def"
};

/*
 * Only the kernel has facility 0, and its audit records get 4, auth.  It is no
 * process: a journal as text has kernel[123] for a program that says so.
 */
static bool
may_be_kernel(const struct dt_linuxlog *log)
{
	if (dt_str_is(log->tag, "kernel") && log->pid.set)
		return false;
	return !log->facility.set || log->facility.v == 0 ||
	    (log->facility.v == 4 && dt_str_is(log->tag, "audit"));
}

static enum who
who_is(const struct dt_audit_msg *m)
{
	enum who who = ANYBODY;
	size_t i;

	if (m->by == DT_AUDIT_BY_KERNEL || m->by == DT_AUDIT_BY_AUDIT)
		return KERNEL;
	if (m->by == DT_AUDIT_BY_TAG && m->log.of != DT_LINUXLOG_SYSLOG)
		return may_be_kernel(&m->log) ? KERNEL : ANYBODY;
	for (i = 0; i < NELEM(tags); i++)
		if (dt_str_is(m->log.tag, tags[i].tag))
			who = tags[i].who;
	/* The kernel is no process: a tag with a number is not its own. */
	if (who == KERNEL && (m->by == DT_AUDIT_BY_PROGRAM ||
	    !may_be_kernel(&m->log) || (m->log.pid.set &&
	    dt_str_is(m->log.tag, "kernel"))))
		return ANYBODY;
	return who;
}

/* The number of what was lost, or 0 if none is told; false: it is not that. */
static bool
is_loss(const struct loss *l, struct dt_str msg, int64_t *count)
{
	struct dt_str num;
	size_t n = dt_scan_find(msg, l->before);

	*count = 0;
	if (n == msg.n || (l->who == KERNEL && n > 0))
		return false;
	if (l->after == NULL)
		return true;
	msg = dt_str_after(msg, n + strlen(l->before));
	num = msg;
	num.n = 0;
	while (num.n < msg.n && msg.s[num.n] >= '0' && msg.s[num.n] <= '9')
		num.n++;
	return dt_num_parse(num, count) == 0 &&
	    dt_str_starts(dt_str_after(msg, num.n), l->after);
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* A record of what a message is, with what stands in front of it. */
static int
give(struct dt_audit_log *l, const struct dt_audit_msg *m, enum dt_kind kind,
    int64_t count, const struct dt_sink *sink)
{
	struct dt_record *rec = &l->rec;

	dt_record_reset(rec);
	rec->kind = kind;
	rec->text = m->log.msg;
	rec->ts = m->log.ts;
	rec->pid = m->log.pid;
	if (who_is(m) != KERNEL)
		rec->execname = m->log.tag;
	if (count > 0)
		rec->count = DT_INT(count);
	if (put(rec, "node", m->log.host) == -1 ||
	    (!m->log.ts.set && put(rec, "time", m->log.time) == -1))
		return -1;
	return dt_emit(sink, rec);
}

/* 1 if it is none. */
static int
loss(struct dt_audit_log *l, const struct dt_audit_msg *m, enum who who,
    const struct dt_sink *sink)
{
	int64_t count, all;
	size_t i;

	for (i = 0; i < NELEM(losses); i++) {
		if (losses[i].who != who ||
		    !is_loss(&losses[i], m->log.msg, &count))
			continue;
		/* This one is of all since the system began. */
		if (dt_scan_ends(dt_str_c(losses[i].before), "audit_lost=")) {
			all = count;
			count -= count >= l->lost ? l->lost : 0;
			l->lost = all;
		}
		return give(l, m, DT_KIND_DROP, count, sink);
	}
	return 1;
}

/* `type=AVC msg=` or `type=1400 ` in front of `audit(`. */
static bool
take_type(struct dt_str *msg, struct dt_audit_head *head)
{
	struct dt_str rest = *msg;

	if (!dt_scan_take(&rest, "type="))
		return false;
	head->name = dt_scan_until(&rest, " ");
	rest = dt_scan_ltrim(rest);
	dt_scan_take(&rest, "msg=");
	if (head->name.n == 0 || head->name.n > 64 ||
	    !dt_str_starts(rest, "audit("))
		return false;
	head->type = dt_audit_type_byname(head->name);
	/* A number alone is not how a person calls it. */
	if (dt_scan_digits(head->name) &&
	    dt_audit_type_name(head->type) != NULL)
		head->name = (struct dt_str){0};
	if (head->type == -1)
		head->type = 0;
	*msg = rest;
	return true;
}

/* Old kernels named the type behind the stamp, or not at all. */
static bool
take_untyped(struct dt_str rest, struct dt_audit_head *head)
{
	struct dt_audit_head none = {0};

	if (dt_audit_stamp(&rest, &none) != NULL)
		return false;
	if (dt_scan_take(&rest, "type="))
		head->type = dt_audit_type_byname(dt_scan_word(&rest));
	else if (dt_str_starts(rest, "avc:"))
		head->type = dt_audit_type_byname(DT_STR("AVC"));
	if (head->type > 0)
		return true;
	head->type = 0;
	head->name = DT_STR("audit");
	return true;
}

bool
dt_audit_record(struct dt_str *msg, struct dt_audit_head *head)
{
	struct dt_str rest = *msg, node = {0};

	if (dt_scan_take(&rest, "node=") || dt_scan_take(&rest, "host=")) {
		node = dt_scan_until(&rest, " ");
		rest = dt_scan_ltrim(rest);
	} else {
		dt_scan_take(&rest, "audit: ");
	}
	if (!take_type(&rest, head) && (node.s != NULL ||
	    !take_untyped(rest, head)))
		return false;
	if (node.s != NULL)
		head->node = node;
	*msg = rest;
	return true;
}

/* Does it look like the word of somebody else than who wrote it? */
static bool
is_fake(struct dt_str msg)
{
	static const char *const signs[] = {"apparmor=\"", "avc:  denied",
	    "avc: denied", "avc:  granted", "type=AVC msg=", " blockers="};
	struct dt_audit_head head = {0};
	struct dt_str rest = msg;
	size_t i, n;

	for (i = 0; i < NELEM(signs); i++)
		if (dt_scan_find(msg, signs[i]) < msg.n)
			return true;
	n = dt_scan_find(rest, "audit(");
	return n < rest.n && dt_audit_stamp(
	    &(struct dt_str){rest.s + n, rest.n - n}, &head) == NULL;
}

/* Hand a record to the core; what it refuses is given as it is. */
static int
record(struct dt_audit_log *l, const struct dt_audit_head *head,
    struct dt_str body, const struct dt_line *line, const struct dt_sink *sink)
{
	const char *why;
	int r = dt_audit_put(&l->audit, head, body, sink, &why);

	if (r == -1 || why == NULL)
		return r;
	return dt_unparsed(line, why, sink);
}

/* The type of a record whose name stands in front of it: `AVC avc: ...`. */
static bool
named_type(struct dt_str *msg, struct dt_audit_head *head)
{
	struct dt_str rest = *msg, word = dt_scan_word(&rest);
	int type;

	/* Old versions of systemd have <audit-1400>. */
	if (dt_scan_take(&word, "<audit-")) {
		if (!dt_scan_ends(word, ">"))
			return false;
		word.n--;
	} else if (dt_scan_digits(word)) {
		return false;
	}
	type = dt_audit_type_byname(word);
	if (type == -1 || (head->type != 0 && head->type != type))
		return false;
	head->type = type;
	if (head->name.s == NULL && !dt_scan_digits(word))
		head->name = word;
	*msg = dt_scan_ltrim(rest);
	return true;
}

static void
head_of_log(const struct dt_linuxlog *log, struct dt_audit_head *head)
{
	if (head->node.s == NULL)
		head->node = log->host;
	if (head->stamp.s != NULL)
		return;
	head->ts = log->ts;
	if (!log->ts.set)
		head->time = log->time;
}

/* What a service decided, in its own words. */
static int
by_service(struct dt_audit_log *l, const struct dt_audit_msg *m,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_audit_head head = {
		.type = dt_audit_type_byname(DT_STR("USER_AVC")),
	};

	head_of_log(&m->log, &head);
	return record(l, &head, m->log.msg, line, sink);
}

static bool
is_of_service(struct dt_str msg)
{
	return dt_str_starts(msg, "apparmor=\"") &&
	    dt_scan_find(msg, "operation=\"dbus_") < msg.n;
}

/* Nobody who writes to this log is checked. */
static int
by_anybody(struct dt_audit_log *l, const struct dt_audit_msg *m,
    const struct dt_line *line, const struct dt_sink *sink)
{
	if (is_fake(m->log.msg))
		return dt_unparsed(line, "a program's line that looks like "
		    "the kernel's", sink);
	return give(l, m, DT_KIND_OUTPUT, 0, sink);
}

/* An audit record with its stamp, in whatever log. */
static int
stamped(struct dt_audit_log *l, const struct dt_audit_msg *m, enum who who,
    struct dt_audit_head *head, struct dt_str body, const struct dt_line *line,
    const struct dt_sink *sink)
{
	const char *why;

	if (who != KERNEL)
		return by_anybody(l, m, line, sink);
	if (head->node.s == NULL)
		head->node = m->log.host;
	why = dt_audit_stamp(&body, head);
	if (why != NULL)
		return dt_unparsed(line, why, sink);
	/* Any application may write to this log: it proves nothing. */
	if (m->log.of == DT_LINUXLOG_LOGCAT) {
		head->hearsay = true;
		if (!dt_str_is(m->log.tag, "auditd")) {
			head->pid = m->log.pid;
			head->comm = m->log.tag;
		}
	}
	return record(l, head, body, line, sink);
}

/* Is it what the journal makes of an audit record? */
static bool
is_of_audit(const struct dt_audit_msg *m, enum who who)
{
	return m->by == DT_AUDIT_BY_AUDIT || (who == KERNEL &&
	    m->log.of == DT_LINUXLOG_SYSLOG && dt_str_is(m->log.tag, "audit"));
}

/* What the core has no head for. */
static int
unstamped(struct dt_audit_log *l, const struct dt_audit_msg *m, enum who who,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_audit_head head = m->head;
	struct dt_str body = m->log.msg;

	if ((is_of_audit(m, who) && named_type(&body, &head)) ||
	    m->by == DT_AUDIT_BY_AUDIT) {
		head_of_log(&m->log, &head);
		return record(l, &head, body, line, sink);
	}
	if ((who == DBUS && is_of_service(body)) ||
	    (m->log.of == DT_LINUXLOG_LOGCAT && dt_str_starts(body, "avc:")))
		return by_service(l, m, line, sink);
	if (m->log.of == DT_LINUXLOG_BARE && !l->program &&
	    !dt_str_starts(body, "audit: "))
		return dt_unparsed(line, "no line of a log", sink);
	return by_anybody(l, m, line, sink);
}

/* Is it a line of a message that began before? */
static bool
is_inside(const struct dt_audit_log *l, const struct dt_audit_msg *m)
{
	return m->inside || (l->prefixed && m->log.of == DT_LINUXLOG_BARE) ||
	    (l->syslog && m->log.of == DT_LINUXLOG_KERNEL);
}

int
dt_audit_message(struct dt_audit_log *l, const struct dt_audit_msg *m,
    const struct dt_line *line, const struct dt_sink *sink)
{
	bool inside = is_inside(l, m);
	enum who who = inside ? ANYBODY : who_is(m);
	struct dt_audit_head head = {0};
	struct dt_str msg = m->log.msg;
	int r;

	if (m->log.of != DT_LINUXLOG_BARE && !inside) {
		l->prefixed = true;
		l->program = who != KERNEL;
		l->syslog = m->log.of == DT_LINUXLOG_SYSLOG && !m->log.boot;
	}
	if (m->by != DT_AUDIT_BY_AUDIT && dt_audit_record(&msg, &head))
		return inside ? dt_unparsed(line, l->program ?
		    "a record in a program's message" :
		    "a record in another message", sink) :
		    stamped(l, m, who, &head, msg, line, sink);
	r = loss(l, m, who, sink);
	return r == 1 ? unstamped(l, m, who, line, sink) : r;
}
