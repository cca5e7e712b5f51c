/* SPDX-License-Identifier: ISC */
/* Entries of systemd's journal, as messages that may be audit records. */
#include <inttypes.h>
#include <stdio.h>

#include "audit_log.h"
#include "scan.h"

static struct dt_int
number(const struct dt_kvv *pairs, const char *key)
{
	struct dt_str val = dt_kvv_get(pairs, key);
	struct dt_int num = {0, true};

	if (val.s == NULL || dt_num_parse(val, &num.v) == -1)
		return (struct dt_int){0};
	return num;
}

/* Microseconds as nanoseconds. */
static struct dt_int
micros(const struct dt_kvv *pairs, const char *key)
{
	struct dt_int us = number(pairs, key);

	if (!us.set || us.v < 0 || us.v > INT64_MAX / 1000)
		return (struct dt_int){0};
	us.v *= 1000;
	return us;
}

/* An array of the numbers of its bytes, which text that is not UTF-8 is. */
static const char *
from_bytes(const struct dt_kvv *pairs, struct dt_arena *mem,
    struct dt_str *out)
{
	size_t i, n = 0;
	int64_t byte;
	char *p = dt_arena_alloc(mem, pairs->n + 1);

	if (p == NULL)
		return "no memory";
	for (i = 0; i < pairs->n; i++) {
		if (!dt_str_starts(pairs->v[i].key, "MESSAGE."))
			continue;
		/* A program's several messages in one: the first. */
		if (dt_num_parse(pairs->v[i].val, &byte) == -1 || byte < 0 ||
		    byte > 255) {
			*out = dt_kvv_get(pairs, "MESSAGE.0");
			return out->s == NULL ? "a message that is no text" :
			    NULL;
		}
		p[n++] = (char)byte;
	}
	*out = (struct dt_str){p, n};
	return n == 0 ? "an entry without a message" : NULL;
}

/* SEC.MS:SERIAL, as the kernel printed it. */
static int
stamp(const struct dt_kvv *pairs, struct dt_arena *mem,
    struct dt_audit_head *head)
{
	struct dt_str id = dt_kvv_get(pairs, "_AUDIT_ID");
	struct dt_int ns = micros(pairs, "_SOURCE_REALTIME_TIMESTAMP");
	char buf[64];
	int64_t ms;

	if (!ns.set || !dt_scan_digits(id) || id.n > 20)
		return 0;
	ms = ns.v / 1000000;
	snprintf(buf, sizeof(buf), "%" PRId64 ".%03d:%.*s", ms / 1000,
	    (int)(ms % 1000), (int)id.n, id.s);
	head->stamp = dt_arena_dup(mem, dt_str_c(buf));
	head->ts = ns;
	return head->stamp.s == NULL ? -1 : 0;
}

static const char *
of_audit(const struct dt_kvv *pairs, struct dt_arena *mem,
    struct dt_audit_msg *m)
{
	struct dt_int type = number(pairs, "_AUDIT_TYPE");

	m->by = DT_AUDIT_BY_AUDIT;
	m->head.copied = true;
	m->head.name = dt_kvv_get(pairs, "_AUDIT_TYPE_NAME");
	if (type.set && type.v > 0 && type.v <= INT16_MAX)
		m->head.type = (int)type.v;
	else
		m->head.type = dt_audit_type_byname(m->head.name);
	if (m->head.type == -1)
		m->head.type = 0;
	if (m->head.name.s == NULL && m->head.type == 0)
		return "an audit record without a type";
	return stamp(pairs, mem, &m->head) == -1 ? "no memory" : NULL;
}

static struct dt_str
base(struct dt_str path)
{
	size_t n = dt_scan_find_last(path, "/");

	return n == path.n ? path : dt_str_after(path, n + 1);
}

/*
 * What a program gave for its name is not what it is: the journal knows its
 * executable.
 */
static void
of_program(const struct dt_kvv *pairs, struct dt_audit_msg *m)
{
	struct dt_str exe = dt_kvv_get(pairs, "_EXE");

	m->by = DT_AUDIT_BY_PROGRAM;
	if (m->log.tag.s == NULL)
		m->log.tag = dt_kvv_get(pairs, "_COMM");
	if (exe.s != NULL && dt_str_starts(m->log.tag, "dbus") &&
	    !dt_str_starts(base(exe), "dbus"))
		m->log.tag = base(exe);
}

const char *
dt_audit_entry(const struct dt_kvv *pairs, struct dt_arena *mem,
    struct dt_audit_msg *m)
{
	struct dt_str transport = dt_kvv_get(pairs, "_TRANSPORT");
	const char *why = NULL;

	*m = (struct dt_audit_msg){0};
	if (transport.s == NULL &&
	    dt_kvv_get(pairs, "__REALTIME_TIMESTAMP").s == NULL)
		return "no entry of the journal";
	m->log.msg = dt_kvv_get(pairs, "MESSAGE");
	if (m->log.msg.s == NULL)
		why = from_bytes(pairs, mem, &m->log.msg);
	if (why != NULL)
		return why;
	m->log.of = DT_LINUXLOG_SYSLOG;
	m->log.tag = dt_kvv_get(pairs, "SYSLOG_IDENTIFIER");
	m->log.host = dt_kvv_get(pairs, "_HOSTNAME");
	m->log.pid = number(pairs, "_PID");
	m->log.ts = micros(pairs, "_SOURCE_REALTIME_TIMESTAMP");
	if (!m->log.ts.set)
		m->log.ts = micros(pairs, "__REALTIME_TIMESTAMP");
	m->log.facility = number(pairs, "SYSLOG_FACILITY");
	if (dt_str_is(transport, "audit"))
		return of_audit(pairs, mem, m);
	if (dt_str_is(transport, "kernel") && (!m->log.facility.set ||
	    m->log.facility.v == 0))
		m->by = DT_AUDIT_BY_KERNEL;
	else
		of_program(pairs, m);
	return NULL;
}
