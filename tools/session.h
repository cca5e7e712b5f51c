/* SPDX-License-Identifier: ISC */
/* What dt-spawn and dt-attach do alike: options, files, the way out. */
#ifndef DT_SESSION_H
#define DT_SESSION_H

#include <stdio.h>

#include "capture.h"
#include "cli.h"
#include "output.h"

/* The options of both; each tool puts its own beside them. */
#define SESSION_SYNOPSIS \
	"[-t tracer] [-s script.d] [-F function] [-M module] [-R provider] " \
	"[-O option] [-ALS] [-b size] [-d seconds] [-T seconds] [-P phase] " \
	"[-m meta.json] [-E tracer-stderr]"
#define SESSION_OPTS \
	{'A', "audit", NULL, "the kernel's audit records of refusals too"}, \
	{'E', "tracer-stderr", "file", "keep the tracer's own messages"}, \
	{'F', "target-func", "function", "put it in place of the script's"}, \
	{'L', "lossless", NULL, "stop the program rather than lose anything"}, \
	{'M', "target-module", "module", "the same of the module"}, \
	{'O', "option", "name=value", "option of dtrace, as its -x takes it"}, \
	{'P', "phase", "name", "phase of the program's life"}, \
	{'R', "target-provider", "provider", "and of the provider"}, \
	{'S', "stack", NULL, "user stack of each refused call"}, \
	{'T', "patience", "seconds", "with a tracer that begins, or lets go"}, \
	{'b', "buffer", "size", "room for what is not read yet: bytes, K, M"}, \
	{'d', "duration", "seconds", "stop after so long, fractions allowed"}, \
	{'m', "meta", "file", "write a summary as JSON"}, \
	{'o', "output", "file", "write the trace there, not to stdout"}, \
	{'s', "script", "file", "D script, for dtrace"}, \
	{'t', "tracer", "name", "tracer; 'auto', or 'list' to list them"}

enum { SESSION_OPTIONS = 8, SESSION_TARGETS = 3 };

/* Zero-initialised but for the tool's name and version. */
struct session {
	struct dt_capture c;
	struct dt_signals signals;
	const char *tracer;	/* by its name; NULL for the best */
	const char *output, *meta, *messages;	/* files; NULL for none */
	const char *options[SESSION_OPTIONS + 1];	/* -O, ended by NULL */
	/* A probe in place of the script's: -R, -M and -F; NULL for its own. */
	const char *target[SESSION_TARGETS];
	const char *defines[SESSION_TARGETS + 1];	/* ended by NULL */
	char define[SESSION_TARGETS][128];	/* what those are */
	struct output meta_out;
	bool shown;		/* a line that will be written over */
	char script[4096];	/* the one that comes with us */
};

/* Take one option of SESSION_OPTS; exits 2 if its value is wrong. */
void session_option(struct session *, int ch);
/*
 * Find the tracer, open the files, and take over the signals.  Exits if a
 * file cannot be opened.  Returns -1 when the tracer cannot work here; the
 * capture is then written already, and *status the way to close.
 */
int session_open(struct session *, int *status);
/*
 * Write the summary and prove that the trace was written.  Takes what the
 * capture returned; returns the exit status.
 */
int session_close(struct session *, int status, const char *errstr);

#endif
