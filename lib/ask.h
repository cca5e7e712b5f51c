/* SPDX-License-Identifier: ISC */
/* Running a program for what it prints. */
#ifndef DT_ASK_H
#define DT_ASK_H

#include "str.h"

/* Which of a program's outputs is read; the other one goes to /dev/null. */
enum dt_ask_fd { DT_ASK_STDOUT, DT_ASK_STDERR, DT_ASK_BOTH };

/*
 * Run argv[0], found by PATH, with messages in English and nothing on its
 * stdin, and give each line that it prints, without the newline, to a function
 * until that returns false; the rest is read, but not given.  Returns the
 * status of wait(2), or -1 with errno if it could not be found or run.  Where
 * the signals of signals.h are caught, one that came ends it: -1 with EINTR.
 */
int dt_ask(const char *const argv[], enum dt_ask_fd,
    bool (*line)(void *ctx, struct dt_str), void *ctx);

/*
 * Keep the first line that `name option` prints to stdout.  Returns -1 with
 * errno if it could not be found or run.
 */
int dt_ask_first(const char *name, const char *option, char *buf,
    size_t size);

#endif
