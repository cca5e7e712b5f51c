/* SPDX-License-Identifier: ISC */
/* Tracers: what each needs, and how one is put to work on a process. */
#ifndef DT_TRACER_H
#define DT_TRACER_H

#include <sys/types.h>

#include <stdbool.h>

#include "record.h"

struct dt_command;
struct dt_tracer;

/* Can a tracer work on this host, by this user? */
struct dt_usable {
	char version[64];	/* "" if not known */
	const char *code;	/* diag.h: what stands in the way; or NULL */
	char why[256];		/* the same in words */
};

/* What is to be traced, and by what means.  All of it is the caller's. */
struct dt_job {
	pid_t pid;		/* with all that it starts from now on */
	bool held;		/* a child of ours that waits before execve */
	/* Or, in place of pid, what the tracer itself is to run or wait for: */
	const struct dt_command *command;
	const char *wait;	/* name of a process */
	/* Or none of the three: a script that watches everybody. */
	const char *script;	/* D script, for a tracer that takes one */
	const char *const *options;	/* NAME=VALUE each, ended by NULL */
	const char *const *defines;	/* the same, for what cpp(1) makes of */
					/* the script; NULL: it is not asked */
	size_t buffer;		/* bytes for what is not read yet; 0: its own */
	bool lossless;		/* rather stop the process than lose anything */
	bool stack;		/* user stacks too */
	int tee;		/* gets a copy of its messages; -1 for none */
};

/* How the process ended, as far as the trace tells. */
struct dt_fate {
	const char *status;	/* "exited", "signaled"; NULL if unknown */
	int64_t code;
	char signal[16];
};

/* A tracer at work on a job. */
struct dt_tracing {
	const struct dt_tracer *tracer;
	const struct dt_job *job;
	/*
	 * Takes events, DROPs, DIAGNOSTICs, lines that are no records, and
	 * the TRACE of a script.
	 */
	struct dt_sink sink;
	int fd, msgfd;		/* to be polled for input; -1 for none */
	bool attached;		/* from here on nothing is missed */
	bool ended;		/* nothing is traced any more */
	bool died;		/* and that is not as it should be */
	bool chose;		/* or the script chose to end */
	bool untold;		/* the copy of its messages lacks some */
	bool unseen;		/* or no probe has fired for the process yet */
	int64_t left;		/* processes that it lost sight of */
	struct dt_fate fate;
	const char *const *argv;	/* of a tracer that is a program */
	void *state;		/* the tracer's own */
};

/* What there may be to read; a signal means that a child of ours changed. */
enum { DT_READ_TRACE = 1, DT_READ_MESSAGES = 2, DT_READ_CHILD = 4 };

/*
 * A tracer, an external program or not.  start, read, stop and kill work on
 * what dt_tracing_start made.
 */
struct dt_tracer {
	const char *name;
	const char *what;	/* one line for people */
	const char *errnos;	/* what it selects; NULL if a script does */
	bool scripted;		/* takes a D script */
	bool ptrace;		/* of which a process has only one */
	bool options;		/* takes options of its own */
	bool leaves;		/* ends with the process, not with the last */
	bool buffer;		/* has one whose size can be set */
	bool lossless;		/* can do without losses, if asked to or always */
	bool stack;		/* can tell the stacks */
	int patience;		/* seconds to let go in; 0 is the usual time */
	size_t size;		/* of its state, zero-initialised bytes */
	void (*usable)(struct dt_usable *);
	/*
	 * Is it the tracer who has to run a command, not we?  1 if so, 0 if
	 * not, -1 with the reason if it would have to and cannot.  NULL: no.
	 */
	int (*runs)(const char *script, const struct dt_command *,
	    char *why, size_t size);
	/* Can it wait for a process by its name?  NULL: no. */
	bool (*waits)(void);
	/* Begin to attach, and set fd and msgfd.  -1 with errno. */
	int (*start)(struct dt_tracing *);
	/*
	 * Give what there is to the sink without waiting, and set attached,
	 * ended and died.  1 if more is held already, 0 if not, -1 with errno.
	 */
	int (*read)(struct dt_tracing *, unsigned what);
	/* Ask it to let go; what it saw before is still to be read. */
	void (*stop)(struct dt_tracing *);
	/* Make it end now: what it saw last is lost, and it died. */
	void (*kill)(struct dt_tracing *);
	/* Is this one of the processes it traces?  NULL: those it ptraces. */
	bool (*follows)(struct dt_tracing *, pid_t);
	/* Free what it holds; it has ended, or never began. */
	void (*free)(struct dt_tracing *);
};

extern const struct dt_tracer dt_tracer_bpf;
extern const struct dt_tracer dt_tracer_dtrace;
extern const struct dt_tracer dt_tracer_strace;

/*
 * Does dtrace lose a process that it was given when that executes a program?
 * On macOS each program is a task of its own (XNU, exec_mach_imgact).
 */
extern const bool dt_dtrace_loses_exec;

/* Those of this system in order of preference, ended by NULL. */
extern const struct dt_tracer *const dt_tracers[];

const struct dt_tracer *dt_tracer_byname(const char *);
/* What a tracer has to be able to. */
struct dt_asked {
	bool script, options, stack, buffer, lossless;
};

/*
 * The first that can do what is asked, and work here.  If none can work, the
 * first that could do it, with what stands in its way in `code`; NULL if there
 * is none at all.
 */
const struct dt_tracer *dt_tracer_auto(const struct dt_asked *,
    struct dt_usable *);
/* The next of those that can, behind one; NULL if there is none. */
const struct dt_tracer *dt_tracer_next(const struct dt_tracer *,
    const struct dt_asked *, struct dt_usable *);

/*
 * Put a tracer to work; tracer, job and sink are set.  -1 with errno.
 * dt_tracing_end frees it in any case.
 */
int dt_tracing_start(struct dt_tracing *);
void dt_tracing_end(struct dt_tracing *);

#endif
