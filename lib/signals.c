/* SPDX-License-Identifier: ISC */
/* Signals through a pipe, so that poll(2) waits for them too. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "signals.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const int caught[DT_SIGNALS_MAX] = {
	SIGCHLD,
	SIGHUP,
	SIGINT,
	SIGPIPE,
	SIGTERM,
};

struct word {
	int sig;
	pid_t sender;
};

/* A handler gets no argument of ours, so its pipe is found here. */
static volatile sig_atomic_t pipe_in = -1;
static volatile sig_atomic_t came;

/*
 * Other codes above 0 are the kernel's own.  SI_USER and SI_QUEUE are above 0
 * themselves on macOS and FreeBSD.
 */
static bool
is_sent(int code)
{
	return code <= 0 || code == SI_USER || code == SI_QUEUE;
}

static void
handle(int sig, siginfo_t *si, void *context)
{
	struct word w = {sig, 0};
	int saved = errno;

	(void)context;
	if (sig != SIGCHLD)
		came = 1;
	if (is_sent(si->si_code) && sig != SIGCHLD)
		w.sender = si->si_pid;
	/* A full pipe says already that there is something to look at. */
	if (write(pipe_in, &w, sizeof(w)) == -1)
		errno = saved;
	errno = saved;
}

static int
make_pipe(int fd[2])
{
	int i;

	if (pipe(fd) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		fcntl(fd[i], F_SETFD, FD_CLOEXEC);
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int
dt_signals_begin(struct dt_signals *s)
{
	struct sigaction sa = {.sa_flags = SA_RESTART | SA_SIGINFO};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t none;
	int fd[2], i;

	if (make_pipe(fd) == -1)
		return -1;
	s->fd = fd[0];
	pipe_in = fd[1];
	came = 0;
	sa.sa_sigaction = handle;
	sigemptyset(&sa.sa_mask);
	sigemptyset(&ignore.sa_mask);
	for (i = 0; i < DT_SIGNALS_MAX; i++) {
		sigaction(caught[i], NULL, &s->old[i]);
		if (caught[i] == SIGHUP && s->old[i].sa_handler == SIG_IGN)
			continue;	/* nohup(1) */
		sigaction(caught[i], caught[i] == SIGPIPE ? &ignore : &sa,
		    NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, &s->mask);
	return 0;
}

int
dt_signals_next(const struct dt_signals *s, pid_t *sender)
{
	struct word w;

	if (read(s->fd, &w, sizeof(w)) != (ssize_t)sizeof(w))
		return 0;
	if (sender != NULL)
		*sender = w.sender;
	return w.sig;
}

bool
dt_signals_came(void)
{
	return came != 0;
}

pid_t
dt_signals_fork(void)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid != 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

void
dt_signals_restore(const struct dt_signals *s)
{
	int i;

	for (i = 0; i < DT_SIGNALS_MAX; i++)
		sigaction(caught[i], &s->old[i], NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
}

void
dt_signals_end(struct dt_signals *s)
{
	dt_signals_restore(s);
	close(s->fd);
	close(pipe_in);
	pipe_in = -1;
}

static const struct {
	int sig;
	const char *name;
} names[] = {
	{SIGABRT,   "SIGABRT"},
	{SIGALRM,   "SIGALRM"},
	{SIGBUS,    "SIGBUS"},
	{SIGCHLD,   "SIGCHLD"},
	{SIGCONT,   "SIGCONT"},
	{SIGFPE,    "SIGFPE"},
	{SIGHUP,    "SIGHUP"},
	{SIGILL,    "SIGILL"},
	{SIGINT,    "SIGINT"},
	{SIGKILL,   "SIGKILL"},
	{SIGPIPE,   "SIGPIPE"},
	{SIGPROF,   "SIGPROF"},
	{SIGQUIT,   "SIGQUIT"},
	{SIGSEGV,   "SIGSEGV"},
	{SIGSTOP,   "SIGSTOP"},
	{SIGSYS,    "SIGSYS"},
	{SIGTERM,   "SIGTERM"},
	{SIGTRAP,   "SIGTRAP"},
	{SIGTSTP,   "SIGTSTP"},
	{SIGTTIN,   "SIGTTIN"},
	{SIGTTOU,   "SIGTTOU"},
	{SIGURG,    "SIGURG"},
	{SIGUSR1,   "SIGUSR1"},
	{SIGUSR2,   "SIGUSR2"},
	{SIGVTALRM, "SIGVTALRM"},
	{SIGXCPU,   "SIGXCPU"},
	{SIGXFSZ,   "SIGXFSZ"},
};

void
dt_signal_name(int sig, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (names[i].sig == sig) {
			snprintf(buf, size, "%s", names[i].name);
			return;
		}
	snprintf(buf, size, "SIG%d", sig);
}
