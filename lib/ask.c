/* SPDX-License-Identifier: ISC */
/* Running a program for what it prints. */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "lines.h"
#include "proc.h"
#include "signals.h"
#include "spawn.h"

/* How often one looks whether it has ended; and how long for, when told to. */
enum { LOOK_MS = 20, NAP_MS = 2, NAPS_TO_END = 1000 };

/* A program that runs. */
struct question {
	struct dt_lines lines;
	pid_t pid;
	int wstatus;
	bool dead;
};

/* In the child. */
static _Noreturn void
answer(const char *path, const char *const argv[], enum dt_ask_fd which,
    int out, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(which == DT_ASK_STDERR ? null : out, STDOUT_FILENO);
	dup2(which == DT_ASK_STDOUT ? null : out, STDERR_FILENO);
	dt_proc_close_from(STDERR_FILENO + 1);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("LC_ALL", "C", 1);
	dt_proc_follow(parent, SIGTERM);
	execv(path, (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int
start(const char *path, const char *const argv[], enum dt_ask_fd which,
    struct question *q)
{
	pid_t parent = getpid();
	int fd[2];

	if (pipe(fd) == -1)
		return -1;
	/* Above those that the child will put to use. */
	q->lines.fd = fcntl(fd[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd[0]);
	fcntl(q->lines.fd, F_SETFL, O_NONBLOCK);
	q->pid = dt_signals_fork();
	if (q->pid == 0)
		answer(path, argv, which, fd[1], parent);
	close(fd[1]);
	if (q->pid != -1)
		return 0;
	close(q->lines.fd);
	return -1;
}

static bool
has_ended(struct question *q)
{
	if (!q->dead)
		q->dead = waitpid(q->pid, &q->wstatus, WNOHANG) == q->pid;
	return q->dead;
}

/*
 * Read to the end.  Whoever it started may keep its output open for longer: it
 * has said all when it has ended and there is no more.
 */
static void
hear(struct question *q, bool (*line)(void *, struct dt_str), void *ctx)
{
	struct pollfd p = {.fd = q->lines.fd, .events = POLLIN};
	bool wanted = true, dead;
	struct dt_line got;
	int r;

	while (!dt_signals_came()) {
		dead = has_ended(q);
		r = dt_lines_next(&q->lines, &got);
		/* It may have more to say, and should not be killed for it. */
		if (r == 1)
			wanted = wanted && line(ctx, got.text);
		else if (r == 0 || errno != EAGAIN || dead)
			return;
		else
			poll(&p, 1, LOOK_MS);
	}
}

/* Wait for its end, which a signal to us brings about. */
static void
see_off(struct question *q)
{
	int naps = 0;

	while (!has_ended(q)) {
		if (dt_signals_came())
			kill(q->pid, naps++ < NAPS_TO_END ? SIGTERM : SIGKILL);
		poll(NULL, 0, NAP_MS);
	}
}

int
dt_ask(const char *const argv[], enum dt_ask_fd which,
    bool (*line)(void *, struct dt_str), void *ctx)
{
	struct question q = {.wstatus = -1};
	char path[PATH_MAX];

	if (dt_command_find(argv[0], path, sizeof(path)) == -1 ||
	    start(path, argv, which, &q) == -1)
		return -1;
	hear(&q, line, ctx);
	see_off(&q);
	dt_lines_end(&q.lines);
	close(q.lines.fd);
	if (!dt_signals_came())
		return q.wstatus;
	errno = EINTR;
	return -1;
}

struct first {
	char *buf;
	size_t size;
};

static bool
keep(void *ctx, struct dt_str text)
{
	const struct first *first = ctx;

	snprintf(first->buf, first->size, "%.*s", (int)text.n, text.s);
	return false;
}

int
dt_ask_first(const char *name, const char *option, char *buf, size_t size)
{
	const char *const argv[] = {name, option, NULL};
	struct first first = {buf, size};

	buf[0] = '\0';
	return dt_ask(argv, DT_ASK_STDOUT, keep, &first) == -1 ? -1 : 0;
}
