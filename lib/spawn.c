/* SPDX-License-Identifier: ISC */
/* A child that is ready to become a command, and waits to be let go. */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "spawn.h"

enum { EXIT_NOT_RUN = 127 };

/* What a child tells: first that it is ready, then why it could not run. */
enum step { STEP_READY, STEP_GROUPS, STEP_GID, STEP_UID, STEP_STDOUT,
	STEP_EXEC };

struct dt_failure {
	enum step step;
	int err;
};

static const char *const steps[] = {
	[STEP_READY] = "fork",
	[STEP_GROUPS] = "set groups",
	[STEP_GID] = "set group id",
	[STEP_UID] = "set user id",
	[STEP_STDOUT] = "send stdout to stderr",
	[STEP_EXEC] = "execute",
};

/* 0 for a program, EACCES for a file that is none, else ENOENT. */
static int
why_no_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1 || S_ISDIR(st.st_mode))
		return ENOENT;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

int
dt_command_find(const char *name, char *path, size_t size)
{
	const char *dir = getenv("PATH"), *end;
	int n, err = ENOENT, why;

	if (strchr(name, '/') != NULL) {
		n = snprintf(path, size, "%s", name);
		errno = ENAMETOOLONG;
		return (size_t)n < size ? 0 : -1;
	}
	if (dir == NULL)
		dir = "/usr/bin:/bin";
	for (; *name != '\0'; dir = end + 1) {
		end = dir + strcspn(dir, ":");
		n = snprintf(path, size, "%.*s%s%s", (int)(end - dir), dir,
		    end > dir ? "/" : "./", name);
		why = (size_t)n < size ? why_no_program(path) : ENOENT;
		if (why == 0)
			return 0;
		if (why == EACCES)
			err = why;
		if (*end == '\0')
			break;
	}
	errno = err;
	return -1;
}

/* A number of an id, up to its end or a colon. */
static bool
id(const char *s, const char **end, uint32_t *num)
{
	uint64_t v = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9' && v <= UINT32_MAX; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	*end = p;
	*num = (uint32_t)v;
	/* The last one means "leave it as it is" to setuid's relatives. */
	return p > s && v < UINT32_MAX;
}

int
dt_user_parse(const char *arg, struct dt_user *user, const char **errstr)
{
	struct passwd *pw = getpwnam(arg);
	uint32_t uid, gid;
	const char *end;

	if (pw == NULL) {
		*errstr = "no such user";
		if (!id(arg, &end, &uid))
			return -1;
		if (*end == ':') {
			*user = (struct dt_user){.uid = uid};
			*errstr = "not uid:gid in numbers";
			if (!id(end + 1, &end, &gid) || *end != '\0')
				return -1;
			user->gid = gid;
			return 0;
		}
		if (*end != '\0')
			return -1;
		pw = getpwuid(uid);
		*errstr = "no such user; a number alone takes its group "
		    "from there, else give uid:gid";
		if (pw == NULL)
			return -1;
	}
	*user = (struct dt_user){pw->pw_uid, pw->pw_gid, pw->pw_name};
	return 0;
}

static enum step
become(const struct dt_user *user)
{
	gid_t gid = user->gid;

	/* Who is that user already needs no right to become it. */
	if (geteuid() == user->uid && getegid() == user->gid &&
	    geteuid() != 0)
		return STEP_READY;
	if ((user->name != NULL ? initgroups(user->name, gid) :
	    setgroups(1, &gid)) == -1)
		return STEP_GROUPS;
	if (setgid(gid) == -1)
		return STEP_GID;
	return setuid(user->uid) == -1 ? STEP_UID : STEP_READY;
}

static void
tell(int fd, enum step step)
{
	struct dt_failure f = {step, errno};

	while (write(fd, &f, sizeof(f)) == -1 && errno == EINTR)
		;
	if (step != STEP_READY)
		_exit(EXIT_NOT_RUN);
}

static _Noreturn void
child(const struct dt_command *cmd, int go, int err)
{
	extern char **environ;
	enum step step = STEP_READY;
	char c;

	dt_signals_restore(cmd->signals);
	dt_proc_permit();
	if (cmd->out_to_err && dup2(STDERR_FILENO, STDOUT_FILENO) == -1)
		step = STEP_STDOUT;
	if (step == STEP_READY && cmd->user != NULL)
		step = become(cmd->user);
	tell(err, step);
	/* The end of the pipe means that whoever would trace us is gone. */
	if (read(go, &c, 1) != 1)
		_exit(EXIT_NOT_RUN);
	execve(cmd->path, cmd->argv, environ);
	tell(err, STEP_EXEC);
	_exit(EXIT_NOT_RUN);
}

static int
make_pipes(int go[2], int err[2])
{
	int i;

	if (pipe(go) == -1)
		return -1;
	if (pipe(err) == -1) {
		close(go[0]);
		close(go[1]);
		return -1;
	}
	for (i = 0; i < 2; i++) {
		fcntl(go[i], F_SETFD, FD_CLOEXEC);
		fcntl(err[i], F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

/* The next thing that the child tells; false at the end or if none is there. */
static bool
hear(int fd, struct dt_failure *f)
{
	ssize_t n;

	do
		n = read(fd, f, sizeof(*f));
	while (n == -1 && errno == EINTR);
	return n == sizeof(*f);
}

int
dt_held_new(const struct dt_command *cmd, struct dt_held *held,
    const char **errstr)
{
	struct dt_failure f = {STEP_READY, ECHILD};
	int go[2], err[2];
	bool told;

	*errstr = steps[STEP_READY];
	if (make_pipes(go, err) == -1)
		return -1;
	*held = (struct dt_held){.pid = fork(), .go = go[1], .err = err[0]};
	if (held->pid == 0) {
		close(go[1]);
		close(err[0]);
		child(cmd, go[0], err[1]);
	}
	close(go[0]);
	close(err[1]);
	told = held->pid != -1 && hear(held->err, &f);
	if (told && f.step == STEP_READY) {
		fcntl(held->err, F_SETFL, O_NONBLOCK);
		return 0;
	}
	if (told)
		*errstr = steps[f.step];
	if (held->pid == -1)
		f.err = errno;
	dt_held_end(held);
	errno = f.err;
	return -1;
}

int
dt_held_release(struct dt_held *held)
{
	ssize_t n;

	do
		n = write(held->go, "", 1);
	while (n == -1 && errno == EINTR);
	if (n != 1)
		return -1;
	held->released = true;
	return 0;
}

int
dt_held_failure(struct dt_held *held)
{
	struct dt_failure f;

	return held->released && hear(held->err, &f) ? f.err : 0;
}

void
dt_held_end(struct dt_held *held)
{
	if (held->pid == 0)
		return;
	close(held->go);
	close(held->err);
	/* It reads the end of its pipe, and has not run a thing. */
	if (held->pid != -1 && !held->released)
		while (waitpid(held->pid, NULL, 0) == -1 && errno == EINTR)
			;
	*held = (struct dt_held){0};
}
