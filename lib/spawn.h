/* SPDX-License-Identifier: ISC */
/* A child that is ready to become a command, and waits to be let go. */
#ifndef DT_SPAWN_H
#define DT_SPAWN_H

#include <sys/types.h>

#include "signals.h"

/* Who a command runs as. */
struct dt_user {
	uid_t uid;
	gid_t gid;
	const char *name;	/* for its groups; NULL for gid alone */
};

struct dt_command {
	const char *path;	/* to be executed */
	char **argv;
	const struct dt_user *user;	/* NULL for the caller's own */
	const struct dt_signals *signals;	/* to be restored */
	bool out_to_err;	/* its stdout goes where our stderr goes */
};

/* A child of ours before and after it is let go; zero-initialised is none. */
struct dt_held {
	pid_t pid;
	int go;			/* a byte into it lets the child go */
	int err;		/* struct dt_failure out of it */
	bool released;
};

/*
 * Find an executable by PATH as execvp(3) does, a name with a slash as it is.
 * Returns 0, or -1 with errno of the best candidate.
 */
int dt_command_find(const char *name, char *path, size_t size);
/*
 * A user by name, by number, or by uid:gid in numbers.  Returns 0, or -1 with
 * *errstr.  The name is static and lasts until the next call.
 */
int dt_user_parse(const char *arg, struct dt_user *, const char **errstr);

/*
 * Fork the child and wait until it has become the user, permits to be traced,
 * and only has execve left to do.  -1 with errno and, in *errstr, the step.
 */
int dt_held_new(const struct dt_command *, struct dt_held *,
    const char **errstr);
/* Let it go.  -1 with errno. */
int dt_held_release(struct dt_held *);
/* errno of an execve that failed; 0 if it did not, or not yet. */
int dt_held_failure(struct dt_held *);
/* End the child if it still waits, and close what is open. */
void dt_held_end(struct dt_held *);

#endif
