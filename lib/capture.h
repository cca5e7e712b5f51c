/* SPDX-License-Identifier: ISC */
/* One capture: a tracer put on a process, and its trace as dt text. */
#ifndef DT_CAPTURE_H
#define DT_CAPTURE_H

#include <stdio.h>
#include <time.h>

#include "spawn.h"
#include "tracer.h"

struct dt_diag;

/* How a capture went; the exit statuses of dt-spawn and dt-attach. */
enum dt_captured {
	DT_CAPTURED = 0,
	DT_CAPTURE_LOST = 1,	/* something was lost, or not written */
	DT_CAPTURE_REFUSED = 3,	/* nothing could be traced */
};

/* A DIAGNOSTIC of the capture, kept for its summary. */
struct dt_note {
	struct dt_str level;
	struct dt_str code;
	struct dt_str text;
};

enum { DT_NOTES_MAX = 100 };

/* Set the first part, zero-initialise the second. */
struct dt_capture {
	const char *tool;	/* name and version */
	const char *phase;	/* or NULL */
	const struct dt_tracer *tracer;
	struct dt_usable usable;	/* what the tracer said of itself */
	bool any;		/* another one will do if it cannot start */
	const char *script;	/* D script, if the tracer takes one */
	FILE *out;		/* gets the trace */
	int tee;		/* gets the tracer's messages; or -1 */
	size_t buffer;		/* see struct dt_job */
	bool lossless, stack;
	bool audited;		/* read the kernel's audit records too */
	const char *const *options, *const *defines;	/* see struct dt_job */
	int64_t patience;	/* ns for the tracer to begin, and to let go; */
				/* 0: any time, and what it needs (tracer.h) */
	int64_t limit;		/* ns from being attached; 0: none */
	struct dt_signals *signals;	/* begun */
	/* Takes a line for a person to read; text of ours and of tracers. */
	void (*say)(void *ctx, const char *line);
	/*
	 * Told each second what the tracer takes so long for, a NULL when it
	 * does no more.  May be NULL.
	 */
	void (*waiting)(void *ctx, const char *what, int seconds);
	void *ctx;

	struct dt_record trace;	/* TRACE, of what is captured */
	struct dt_record end;	/* END */
	struct dt_job job;
	struct dt_tracing t;
	struct dt_capture_audit *audit;	/* NULL unless they can be read */
	int64_t events, dropped;
	const struct dt_diag *loss;	/* what the first loss was; or NULL */
	struct dt_note notes[DT_NOTES_MAX];
	size_t nnotes;
	struct dt_arena mem;	/* of the notes */
	int64_t attached_at;	/* when all was on; 0: not yet */
	int64_t stopped_at;	/* when it was told to let go; 0: not yet */
	int64_t limit_at;	/* when time is up; 0: never */
	bool timed_out;		/* it was up, and nothing had ended before */
	bool out_is_pipe;
	const char *slow;	/* what the tracer does, and */
	int64_t slow_since, slow_told;	/* since when, and when that was told */
	int64_t begin_by;	/* when patience ends with one that begins */
	int64_t gone_by;	/* with one whose process has ended */
	int64_t stop_at;	/* with one that was told to stop */
	int out_errno;		/* why the trace could not be written; or 0 */
	bool traced;		/* the TRACE line is written */
	bool begun;		/* something runs and is traced */
	bool failed;		/* an error is among the notes */
	int wstatus;		/* wait(2)'s, of a command that has ended */
	bool waited;		/* it has */
	bool gone;		/* the process has ended, it is not known how */
};

/* What is asked of its tracer. */
struct dt_asked dt_capture_asked(const struct dt_capture *);
/*
 * Run a command, or trace a process that runs, until nothing is left to be
 * traced, time is up or a signal comes.  Returns enum dt_captured, or -1 with
 * errno and, in *errstr, the step, when not even a TRACE was written.
 */
int dt_capture_spawn(struct dt_capture *, const struct dt_command *,
    const char **errstr);
int dt_capture_attach(struct dt_capture *, pid_t, const char **errstr);
/*
 * Have the tracer, one that can (tracer.h), wait for a process by name; with no
 * name, trace whomever the script watches, which speaks of no process.
 */
int dt_capture_wait(struct dt_capture *, const char *name,
    const char **errstr);
/* Write what stands in the way, as the whole capture.  Returns the same. */
int dt_capture_refuse(struct dt_capture *, const char *code,
    const char *text, const char **errstr);
/* A DIAGNOSTIC of our own; level "warning" or "error". */
void dt_capture_note(struct dt_capture *, const char *level,
    const char *code, const char *text);
void dt_capture_free(struct dt_capture *);

/* Its summary as JSON.  -1 with errno. */
int dt_capture_meta(const struct dt_capture *, FILE *);

/*
 * What is between the beginning (capture_start.c) and the end: run the tracer
 * on the job, with the child that it holds or NULL, and say what came of it.
 */
void dt_capture_trace(struct dt_capture *, struct dt_held *);
int dt_capture_verdict(struct dt_capture *);
/* Put the tracer into the trace's description. */
void dt_capture_describe(struct dt_capture *);

/* Is this one of the processes that are traced? */
bool dt_capture_follows(struct dt_capture *, pid_t);

/* Nanoseconds of a clock. */
int64_t dt_now(clockid_t);

/*
 * The records of a capture, on their way to its output (emit.c).  They never
 * fail: when the output does, out_errno is set.
 */
int dt_capture_emit(void *capture, struct dt_record *);
/* Write the TRACE line, once, and what was noted before it. */
void dt_capture_begin_trace(struct dt_capture *);
/* Think less of the errors so far, which another tracer makes good. */
void dt_capture_forgive(struct dt_capture *);
void dt_capture_end_trace(struct dt_capture *, bool complete);
void dt_capture_flush(struct dt_capture *);

/*
 * The audit records beside what the tracer gives (capture_audit.c).  Begin
 * before the tracer, and end when it has ended; what stands in the way is in
 * the trace, and nothing else comes of it.
 */
void dt_capture_audit_begin(struct dt_capture *);
/* Where the tracer's records go. */
struct dt_sink dt_capture_sink(struct dt_capture *);
/* To be polled for input; -1 for none. */
int dt_capture_audit_fd(const struct dt_capture *);
/* When there is something to be done though nothing comes; 0 for never. */
int64_t dt_capture_audit_due(const struct dt_capture *);
/* Take what has come, and give what need not wait.  -1 with errno. */
int dt_capture_audit_turn(struct dt_capture *);
int dt_capture_audit_end(struct dt_capture *);
void dt_capture_audit_free(struct dt_capture *);

#endif
