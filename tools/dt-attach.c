/* SPDX-License-Identifier: ISC */
/*
 * dt-attach - print what a running process is refused
 *
 * Puts the best tracer there is on a process, and writes a trace of its
 * failed calls, and those of all it starts, as dt text.
 */
#include <err.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dscript.h"
#include "proc.h"
#include "session.h"

enum { POLL_MS = 5 };

static const struct cli_opt opts[] = {
	SESSION_OPTS,
	{'n', "name", "name", "trace the one process of this name"},
	{'p', "pid", "pid", "trace this process"},
	{'w', "wait", "name", "wait for a process of this name to appear"},
	{0},
};

static const struct cli cli = {
	.synopsis = SESSION_SYNOPSIS " [-o file] "
	    "[-p pid | -n name | -w name]",
	.about = "Print what a running process is refused.",
	.opts = opts,
};

/* Which process is meant; one of the three is set, or none for everybody. */
struct aim {
	const char *pid;
	const char *name;
	const char *wait;
};

static bool
is_of_all(const struct aim *aim)
{
	return aim->pid == NULL && aim->name == NULL && aim->wait == NULL;
}

/* Only a script says by itself whom it watches. */
static void
check_aim(const struct session *s, const struct aim *aim)
{
	if ((aim->pid != NULL) + (aim->name != NULL) + (aim->wait != NULL) > 1)
		cli_usage(&cli, "one of -p, -n and -w is wanted");
	if (is_of_all(aim) && s->c.script == NULL)
		cli_usage(&cli, "one of -p, -n and -w is wanted, or a script "
		    "(-s) of everybody");
	if (is_of_all(aim) && dt_dscript_has_target(s->c.script) == 1)
		cli_usage(&cli, "--script '%s': it has $target: one of -p, -n "
		    "and -w is wanted", s->c.script);
}

static pid_t
parse_pid(const char *arg)
{
	pid_t pid = (pid_t)cli_number("--pid", arg, 1, INT_MAX);

	if (pid == getpid())
		errx(CLI_USAGE, "--pid '%s': that is dt-attach itself", arg);
	if (pid == dt_proc_tracer(getpid()))
		errx(CLI_USAGE, "--pid '%s': that traces dt-attach", arg);
	return pid;
}

static pid_t
find(const char *name)
{
	struct dt_pids found = {0};
	pid_t pid;
	size_t i;

	if (dt_proc_find(name, &found) == -1)
		err(CLI_LOST, "processes");
	if (found.n == 0)
		errx(CLI_USAGE, "--name '%s': no such process", name);
	if (found.n > 1) {
		fprintf(stderr, "dt-attach: --name '%s': more than one: "
		    "choose with -p from", name);
		for (i = 0; i < found.n; i++)
			fprintf(stderr, " %ld", (long)found.v[i]);
		fputc('\n', stderr);
		exit(CLI_USAGE);
	}
	pid = found.v[0];
	dt_pids_free(&found);
	return pid;
}

/* Wait for a new process of a name; 0 if a signal came first. */
static pid_t
await(const struct session *s, const char *name)
{
	struct pollfd p = {.fd = s->signals.fd, .events = POLLIN};
	struct dt_watch w = {.name = name};
	pid_t pid = 0;
	int sig, r;

	r = dt_watch_begin(&w);
	while (r == 0) {
		poll(&p, 1, POLL_MS);
		while ((sig = dt_signals_next(&s->signals, NULL)) != 0)
			if (sig != SIGCHLD)
				r = 1;
		if (r == 0)
			r = dt_watch_poll(&w, &pid);
	}
	if (r == -1)
		err(CLI_LOST, "processes");
	dt_watch_end(&w);
	return pid;
}

static int
run(struct session *s, const struct aim *aim)
{
	const char *errstr = NULL;
	pid_t pid = 0;
	int r;

	if (aim->pid != NULL)
		pid = parse_pid(aim->pid);
	else if (aim->name != NULL)
		pid = find(aim->name);
	if (session_open(s, &r) == -1)
		return r;
	if (is_of_all(aim) || (pid == 0 && s->c.tracer->waits != NULL &&
	    s->c.tracer->waits())) {
		r = dt_capture_wait(&s->c, aim->wait, &errstr);
		return session_close(s, r, errstr);
	}
	if (pid == 0)
		pid = await(s, aim->wait);
	if (pid != 0)
		r = dt_capture_attach(&s->c, pid, &errstr);
	else
		r = dt_capture_refuse(&s->c, "capture-aborted",
		    "stopped before there was such a process", &errstr);
	return session_close(s, r, errstr);
}

int
main(int argc, char *argv[])
{
	struct session s = {.c = {.tool = "dt-attach " CLI_VERSION}};
	struct aim aim = {0};
	int ch;

	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		if (ch == 'n')
			aim.name = optarg;
		else if (ch == 'p')
			aim.pid = optarg;
		else if (ch == 'w')
			aim.wait = optarg;
		else
			session_option(&s, ch);
	}
	if (argv[optind] != NULL)
		cli_usage(&cli, "'%s': not wanted here", argv[optind]);
	check_aim(&s, &aim);
	return run(&s, &aim);
}
