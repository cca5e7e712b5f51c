/* SPDX-License-Identifier: ISC */
/* Lines of the logs of macOS: what stands before a message, who wrote it. */
#ifndef DT_LOGLINE_H
#define DT_LOGLINE_H

#include "record.h"

enum dt_logline_style {
	DT_LOG_BARE,		/* nothing before the message, or dmesg's time */
	DT_LOG_TAG,		/* something, but no time: of a line cut */
	DT_LOG_OLD,		/* of syslog or Console: a time, no sender */
	DT_LOG_UNIFIED,		/* as log(1) prints it */
};

/* A line taken apart; strings are slices of it, NULL where it has none. */
struct dt_logline {
	enum dt_logline_style style;
	struct dt_str time;	/* as printed */
	struct dt_int ts;	/* where it has a zone */
	struct dt_str process;
	struct dt_int pid;
	struct dt_str sender;	/* image that wrote, if not the program */
	struct dt_str subsystem;	/* SUBSYSTEM:CATEGORY */
	struct dt_str text;	/* behind the process */
	struct dt_str message;	/* the same without sender and subsystem */
	bool xcode;		/* an error of Xcode's */
	bool two;		/* it names a second process in the same way */
};

void dt_logline_read(struct dt_logline *, struct dt_str line);
/* Is a line one that log(1) prints before all others? */
bool dt_logline_is_header(struct dt_str line);

#endif

