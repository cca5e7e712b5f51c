/* SPDX-License-Identifier: ISC */
/* A tracer that is a program of its own: its process and its two texts. */
#ifndef DT_EXTERN_H
#define DT_EXTERN_H

#include <limits.h>

#include "parse.h"
#include "spawn.h"
#include "tracer.h"

/*
 * Where such a program finds the pipe that takes its trace; one that runs the
 * command itself gets the path of a FIFO instead.
 */
#define DT_EXTERN_OUT "/dev/fd/3"

enum { DT_EXTERN_ARGS = 48 };

/*
 * The state of such a tracer, or the beginning of it.  argv, fmt, parsed,
 * runs and message are set before dt_extern_start.
 */
struct dt_extern {
	const char *argv[DT_EXTERN_ARGS + 1];
	const struct dt_format *fmt;	/* of its trace */
	struct dt_sink parsed;		/* takes the records of its trace */
	const struct dt_command *runs;	/* it does so itself; or NULL */
	/* Takes a line of its stderr: 1 if that is all about it, 0, or -1. */
	int (*message)(struct dt_tracing *, const struct dt_line *);
	char pid_arg[24];
	char dir[PATH_MAX], fifo[PATH_MAX + 8];	/* in place of that pipe */
	int keep;			/* its end for writing; 0 for none */
	void *parser;
	struct dt_lines out, msg;
	pid_t pid;
	int wstatus;			/* of wait(2) once dead */
	bool dead, out_done, msg_done, stopping, killed;
};

/* Append an argument; there is room for DT_EXTERN_ARGS. */
void dt_extern_arg(struct dt_extern *, const char *);
/* Append the job's pid. */
void dt_extern_arg_pid(struct dt_extern *, pid_t);

/* The operations of a struct dt_tracer whose state is a struct dt_extern. */
int dt_extern_start(struct dt_tracing *);
int dt_extern_read(struct dt_tracing *, unsigned what);
void dt_extern_stop(struct dt_tracing *);
void dt_extern_kill(struct dt_tracing *);
void dt_extern_free(struct dt_tracing *);

/* Write all of a text, or as much as can be: false if that is not all. */
bool dt_extern_pass_on(int fd, struct dt_str);

#endif
