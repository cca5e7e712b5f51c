/* SPDX-License-Identifier: ISC */
/* Lines of the logs of Linux: what stands before a message, who wrote it. */
#ifndef DT_LINUXLOG_H
#define DT_LINUXLOG_H

#include "record.h"

enum dt_linuxlog_of {
	DT_LINUXLOG_BARE,	/* nothing stands in front */
	DT_LINUXLOG_KERNEL,	/* the kernel's own buffer */
	DT_LINUXLOG_SYSLOG,	/* a program, or the kernel, by its tag */
	DT_LINUXLOG_LOGCAT,	/* Android's log, of any application */
};

/* A line taken apart.  What it does not say is unset or NULL. */
struct dt_linuxlog {
	enum dt_linuxlog_of of;
	struct dt_str msg;
	struct dt_str tag;	/* who wrote it, in syslog and logcat */
	struct dt_str host;
	struct dt_str time;	/* as it was printed */
	bool boot;		/* since the system began: no date */
	struct dt_int ts;	/* nanoseconds, if the time has a zone */
	struct dt_int pid;
	struct dt_int facility;	/* of syslog(3); the kernel's is 0 */
};

/*
 * Take a line apart: dmesg(1) with all of its options, /dev/kmsg, syslog with
 * the usual forms of dates, journalctl(1), logcat.
 */
void dt_linuxlog_read(struct dt_str line, struct dt_linuxlog *);

/* Take `[   12.345678] ` and a caller's id `[   T60] ` off the front. */
bool dt_linuxlog_printk(struct dt_str *);

#endif
