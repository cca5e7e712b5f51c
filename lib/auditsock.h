/* SPDX-License-Identifier: ISC */
/* The kernel's audit records, as it gives them to whoever may listen. */
#ifndef DT_AUDITSOCK_H
#define DT_AUDITSOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

struct dt_auditsock;
struct dt_usable;

/* What the kernel says of its auditing. */
struct dt_auditstat {
	bool on;
	uint32_t lost;		/* records, of all processes, so far */
	uint32_t backlog;	/* records that nobody has been given yet */
};

/*
 * Listen to the records that come from now on.  NULL with what stands in the
 * way in `code` and `why`.
 */
struct dt_auditsock *dt_auditsock_open(struct dt_usable *);
void dt_auditsock_close(struct dt_auditsock *);
/* To be polled for input. */
int dt_auditsock_fd(const struct dt_auditsock *);
/*
 * Take the next record without waiting: 1 with its type and its text, which
 * lasts until the next call of any; 0 if there is none; -1 with errno, which is
 * ENOBUFS where records were lost and EBADMSG for one that is not whole.
 */
int dt_auditsock_next(struct dt_auditsock *, unsigned *type,
    struct dt_str *text);
/*
 * Ask for the status, which takes CAP_AUDIT_CONTROL.  -1 with errno, which is
 * EPERM without that.
 */
int dt_auditsock_status(struct dt_auditsock *, struct dt_auditstat *);

/* Cut a message into its type and its text.  False if it is not whole. */
bool dt_auditsock_cut(struct dt_str message, unsigned *type,
    struct dt_str *text);

#endif
