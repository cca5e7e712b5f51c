/* SPDX-License-Identifier: ISC */
/*
 * The format of logs with audit records of Linux in them: what auditd(8),
 * ausearch(8), dmesg(1), syslog, logcat and journalctl -o json write.
 */
#include "audit_log.h"
#include "scan.h"
#include "whole.h"

struct state {
	struct dt_audit_log log;
	struct dt_flat *flat;
	struct dt_whole whole;		/* of journalctl -o json-pretty */
	struct dt_arena mem;
	size_t indent;			/* of the lines that begin a message */
	bool began;			/* there was one */
};

/* An entry of the journal. */
static int
entry(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_audit_msg msg;
	struct dt_kvv pairs;
	const char *why;

	if (st->flat == NULL && (st->flat = dt_flat_new()) == NULL)
		return -1;
	dt_arena_reset(&st->mem);
	if (dt_flat_read(st->flat, line->text, &st->mem, &pairs, &why) == -1)
		return why == NULL ? -1 : dt_unparsed(line, why, sink);
	why = dt_audit_entry(&pairs, &st->mem, &msg);
	if (why != NULL)
		return dt_unparsed(line, why, sink);
	return dt_audit_message(&st->log, &msg, line, sink);
}

/* What is held of an entry that is not whole was all of it. */
static int
cut(struct state *st, const char *why, const struct dt_sink *sink)
{
	struct dt_line line = {.no = st->whole.no};
	int r;

	if (st->whole.n == 0)
		return 0;
	line.text = dt_whole_text(&st->whole);
	r = dt_unparsed(&line, why, sink);
	dt_whole_reset(&st->whole);
	return r;
}

/* A line of an entry, which may be one or many. */
static int
part(struct state *st, const struct dt_line *line, const struct dt_sink *sink)
{
	static const char over[] = "a document that is too long";
	struct dt_line all = *line;
	int r;

	if (dt_whole_full(&st->whole, line->text))
		return cut(st, over, sink) == -1 ? -1 :
		    dt_unparsed(line, over, sink);
	r = dt_whole_add(&st->whole, line->text, line->no);
	if (r == 1 && line->torn)
		return cut(st, "torn line", sink);
	if (r != 0)
		return r;
	all.text = dt_whole_text(&st->whole);
	all.no = st->whole.no;
	r = entry(st, &all, sink);
	dt_whole_reset(&st->whole);
	return r;
}

/* What ausearch(8) puts between events, journalctl(1) and logcat of parts. */
static bool
is_ornament(struct dt_str s)
{
	static const char *const starts[] = {"time->",
	    "--------- beginning of ", "-- Boot ", "-- Journal begins at ",
	    "-- Logs begin at "};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (dt_str_starts(s, starts[i]))
			return true;
	return s.n == 0 || dt_str_is(s, "----") ||
	    dt_str_is(s, "<no matches>") || dt_str_is(s, "-- Reboot --") ||
	    dt_str_is(s, "-- No entries --");
}

/*
 * journalctl(1) and dmesg(1) indent what follows the first line of a message,
 * which may look like the beginning of another.
 */
static bool
is_inside(struct state *st, const struct dt_audit_msg *msg, size_t indent)
{
	if (st->began && indent > st->indent)
		return true;
	if (msg->log.of != DT_LINUXLOG_BARE) {
		st->began = true;
		st->indent = indent;
	}
	return false;
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_audit_msg msg = {0};
	struct dt_str s = dt_scan_rtrim(line->text);
	size_t len;

	if (dt_str_starts(s, "{")) {
		if (cut(st, "a document that does not end", sink) == -1)
			return -1;
		return part(st, line, sink);
	}
	if (st->whole.n > 0)
		return part(st, line, sink);
	if (line->torn)
		return dt_unparsed(line, "torn line", sink);
	len = s.n;
	s = dt_scan_ltrim(s);
	if (is_ornament(s))
		return 1;
	dt_linuxlog_read(s, &msg.log);
	msg.inside = is_inside(st, &msg, len - s.n);
	if (msg.inside)
		msg.log = (struct dt_linuxlog){.msg = s};
	/* rsyslogd(8) leaves the time since boot behind the tag. */
	if (dt_str_is(msg.log.tag, "kernel"))
		dt_linuxlog_printk(&msg.log.msg);
	return dt_audit_message(&st->log, &msg, line, sink);
}

static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;

	if (cut(st, "a document that does not end", sink) == -1)
		return -1;
	return dt_audit_end(&st->log.audit, sink) == -1 ? -1 : 0;
}

static void
release(void *state)
{
	struct state *st = state;

	dt_audit_free(&st->log.audit);
	dt_record_free(&st->log.rec);
	dt_flat_free(st->flat);
	dt_whole_free(&st->whole);
	dt_arena_free(&st->mem);
}

/* Is it an entry of the journal, or a line of one? */
static bool
is_entry(struct dt_str s)
{
	static const char *const keys[] = {"\"_TRANSPORT\"",
	    "\"__REALTIME_TIMESTAMP\"", "\"_AUDIT_TYPE"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (dt_str_starts(s, "{") ? dt_scan_find(s, keys[i]) < s.n :
		    dt_str_starts(s, "\t") &&
		    dt_str_starts(dt_scan_ltrim(s), keys[i]))
			return true;
	return false;
}

static enum dt_is
is(struct dt_str line)
{
	struct dt_audit_head head = {0};
	struct dt_linuxlog log;
	struct dt_str s = dt_scan_ltrim(line);

	if (dt_str_starts(line, "{") || dt_str_starts(line, "\t\""))
		return is_entry(line) ? DT_IS_SURE : DT_IS_NOT;
	dt_linuxlog_read(s, &log);
	if (dt_str_is(log.tag, "kernel"))
		dt_linuxlog_printk(&log.msg);
	s = log.msg;
	if (dt_audit_record(&s, &head) && dt_audit_stamp(&s, &head) == NULL)
		return DT_IS_SURE;
	if (dt_str_is(log.tag, "audit") && log.of == DT_LINUXLOG_SYSLOG &&
	    dt_audit_type_byname(dt_scan_until(&log.msg, " ")) > 0)
		return DT_IS_SURE;
	/* What D-Bus says of its own decisions. */
	if (log.of == DT_LINUXLOG_SYSLOG &&
	    dt_str_starts(log.msg, "apparmor=\"") &&
	    dt_scan_find(log.msg, "operation=\"dbus_") < log.msg.n)
		return DT_IS_SURE;
	/* The kernel's lines; that of macOS has a number in its tag. */
	return log.of == DT_LINUXLOG_KERNEL || (log.of == DT_LINUXLOG_SYSLOG &&
	    dt_str_is(log.tag, "kernel") && !log.pid.set) ? DT_IS_MAYBE :
	    DT_IS_NOT;
}

const struct dt_format dt_format_audit = {
	.name = "audit",
	.tracer = "audit",
	.what = "audit records of Linux, of auditd and in other logs",
	.size = sizeof(struct state),
	.own_end = true,
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
