/* SPDX-License-Identifier: ISC */
/* Signals through a pipe, so that poll(2) waits for them too. */
#ifndef DT_SIGNALS_H
#define DT_SIGNALS_H

#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>

enum { DT_SIGNALS_MAX = 5 };

/* What was before; for dt_signals_restore. */
struct dt_signals {
	struct sigaction old[DT_SIGNALS_MAX];
	sigset_t mask;
	int fd;			/* readable when a signal came */
};

/*
 * Turn SIGINT, SIGTERM, SIGHUP (unless it is ignored) and SIGCHLD into words
 * of a pipe, and ignore SIGPIPE.  One at a time in a process.  -1 with errno.
 */
int dt_signals_begin(struct dt_signals *);
/*
 * The next signal that came, 0 for none, and which process sent it: 0 for the
 * kernel, which a terminal's keys come from.  sender may be NULL.
 */
int dt_signals_next(const struct dt_signals *, pid_t *sender);
/* Has one come that asks us to end, be it looked at already or not? */
bool dt_signals_came(void);
/*
 * fork(2), in whose child all signals are blocked: a handler of ours would take
 * what is for the program that it is to become.
 */
pid_t dt_signals_fork(void);
/* As it was before; also for a child before it executes a program. */
void dt_signals_restore(const struct dt_signals *);
/* Restore, and close the pipe. */
void dt_signals_end(struct dt_signals *);

/* A signal's name, "SIGTERM"; "SIG37" for one without. */
void dt_signal_name(int sig, char *buf, size_t size);

#endif
