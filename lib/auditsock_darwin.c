/* SPDX-License-Identifier: ISC */
/* The kernel's audit records: there is none of Linux's here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "auditsock.h"
#include "tracer.h"

struct dt_auditsock *
dt_auditsock_open(struct dt_usable *u)
{
	u->code = "audit-missing";
	snprintf(u->why, sizeof(u->why), "audit: only Linux has it");
	return NULL;
}

void
dt_auditsock_close(struct dt_auditsock *as)
{
	free(as);
}

int
dt_auditsock_fd(const struct dt_auditsock *as)
{
	(void)as;
	return -1;
}

int
dt_auditsock_next(struct dt_auditsock *as, unsigned *type, struct dt_str *text)
{
	(void)as;
	(void)type;
	(void)text;
	return 0;
}

int
dt_auditsock_status(struct dt_auditsock *as, struct dt_auditstat *st)
{
	(void)as;
	(void)st;
	errno = ENOSYS;
	return -1;
}

bool
dt_auditsock_cut(struct dt_str message, unsigned *type, struct dt_str *text)
{
	(void)message;
	(void)type;
	(void)text;
	return false;
}
