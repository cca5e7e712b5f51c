/* SPDX-License-Identifier: ISC */
/* Running a program for what it prints. */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "lines.h"
#include "proc.h"
#include "spawn.h"

/* In the child. */
static _Noreturn void
answer(const char *path, const char *const argv[], enum dt_ask_fd which,
    int out)
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
	execv(path, (char *const *)(uintptr_t)argv);
	_exit(127);
}

int
dt_ask(const char *const argv[], enum dt_ask_fd which,
    bool (*line)(void *, struct dt_str), void *ctx)
{
	struct dt_lines lines = {0};
	struct dt_line got;
	char path[PATH_MAX];
	bool wanted = true;
	int fd[2], wstatus = -1;
	pid_t pid;

	if (dt_command_find(argv[0], path, sizeof(path)) == -1 ||
	    pipe(fd) == -1)
		return -1;
	/* Above those that the child will put to use. */
	lines.fd = fcntl(fd[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd[0]);
	pid = fork();
	if (pid == 0)
		answer(path, argv, which, fd[1]);
	close(fd[1]);
	/* It may have more to say, and should not be killed for that. */
	while (pid != -1 && dt_lines_next(&lines, &got) == 1)
		wanted = wanted && line(ctx, got.text);
	dt_lines_end(&lines);
	close(lines.fd);
	while (pid != -1 && waitpid(pid, &wstatus, 0) == -1 && errno == EINTR)
		continue;
	return pid != -1 ? wstatus : -1;
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
