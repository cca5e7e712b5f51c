/* SPDX-License-Identifier: ISC */
/* What audit records look like in logs, and who is believed there. */
#ifndef DT_AUDIT_LOG_H
#define DT_AUDIT_LOG_H

#include "audit.h"
#include "flat.h"
#include "linuxlog.h"
#include "parse.h"

/* Who a log says has written a message. */
enum dt_audit_by {
	DT_AUDIT_BY_TAG,	/* who its tag names */
	DT_AUDIT_BY_AUDIT,	/* the audit system: the head is known */
	DT_AUDIT_BY_KERNEL,
	DT_AUDIT_BY_PROGRAM,	/* no more than a program, whatever its tag */
};

struct dt_audit_msg {
	struct dt_linuxlog log;
	enum dt_audit_by by;
	bool inside;		/* it goes on with the message before */
	struct dt_audit_head head;	/* of BY_AUDIT */
};

/* A parser of logs.  Zero-initialised is one at the beginning. */
struct dt_audit_log {
	struct dt_audit audit;
	struct dt_record rec;
	int64_t lost;		/* as audit_lost= had it last */
	bool prefixed;		/* a line without a prefix goes on with a
				   message, */
	bool program;		/* which a program wrote */
	bool syslog;		/* into a log where the kernel has a tag */
};

/*
 * Take a message.  Returns as line() of struct dt_format does; `line` is what
 * is given when it is not to be believed or not understood.
 */
int dt_audit_message(struct dt_audit_log *, const struct dt_audit_msg *,
    const struct dt_line *line, const struct dt_sink *);

/*
 * The message of an entry of the journal, as `journalctl -o json` has it: why
 * there is none, or NULL.  Strings that are put together are in the arena.
 */
const char *dt_audit_entry(const struct dt_kvv *, struct dt_arena *,
    struct dt_audit_msg *);

/*
 * Is it a record, `type=AVC msg=audit(1.2:3): ...`, with the host in front or
 * not, or `audit: type=1400 audit(1.2:3): ...`?  Takes its head off.
 */
bool dt_audit_record(struct dt_str *msg, struct dt_audit_head *);

#endif
