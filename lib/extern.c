/* SPDX-License-Identifier: ISC */
/* A tracer that is a program of its own: its process and its two texts. */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extern.h"
#include "message.h"
#include "proc.h"
#include "spawn.h"
#include "temp.h"

/* So many lines at a time, lest a flood keeps signals waiting. */
enum { LINES_AT_ONCE = 512, OUT_FD = 3 };

void
dt_extern_arg(struct dt_extern *ex, const char *arg)
{
	size_t n = 0;

	while (ex->argv[n] != NULL)
		n++;
	if (n < DT_EXTERN_ARGS)
		ex->argv[n] = arg;
}

void
dt_extern_arg_pid(struct dt_extern *ex, pid_t pid)
{
	snprintf(ex->pid_arg, sizeof(ex->pid_arg), "%ld", (long)pid);
	dt_extern_arg(ex, ex->pid_arg);
}

/* Nothing of ours, and English messages. */
static void
seclude(int msg)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD,
	    SIGPIPE};
	int null = open("/dev/null", O_RDWR);
	sigset_t none;
	size_t i;

	dup2(null, STDIN_FILENO);
	dup2(msg, STDOUT_FILENO);
	/* Ctrl-C is for us and for the command; the tracer must outlive it. */
	setpgid(0, 0);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("LC_ALL", "C", 1);
}

/* In the child, with the two pipes. */
static _Noreturn void
become(const char *path, const struct dt_extern *ex, int out, int msg,
    pid_t parent)
{
	if (ex->runs == NULL) {
		dup2(out, OUT_FD);
		seclude(msg);
		dup2(msg, STDERR_FILENO);
		dt_proc_close_from(OUT_FD + 1);
	} else {
		/* All it has it hands on to the command; what is ours closes. */
		dt_signals_restore(ex->runs->signals);
		if (ex->runs->out_to_err)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		dup2(msg, STDERR_FILENO);
	}
	dt_proc_follow(parent, SIGTERM);
	execv(path, (char *const *)(uintptr_t)ex->argv);
	_exit(127);
}

/* A pipe above the descriptors that the child will put to use. */
static int
make_pipe(int fd[2])
{
	int low[2], i;

	if (pipe(low) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		fd[i] = fcntl(low[i], F_DUPFD, OUT_FD + 1);
		fcntl(fd[i], F_SETFD, FD_CLOEXEC);
		close(low[i]);
	}
	if (fd[0] != -1 && fd[1] != -1)
		return 0;
	close(fd[0]);
	close(fd[1]);
	errno = EMFILE;
	return -1;
}

/*
 * The trace of a tracer that hands all it has on to a command: a FIFO that it
 * opens by its name when it has forked the command, which so does not have it.
 * We keep it open for writing until the tracer has ended.
 */
static int
make_fifo(struct dt_extern *ex, int fd[2])
{
	size_t i;

	dt_temp_path(ex->dir, sizeof(ex->dir), "dt-trace.XXXXXX");
	if (mkdtemp(ex->dir) == NULL) {
		ex->dir[0] = '\0';
		return -1;
	}
	snprintf(ex->fifo, sizeof(ex->fifo), "%s/fifo", ex->dir);
	if (mkfifo(ex->fifo, 0600) == -1)
		return -1;
	fd[0] = open(ex->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fd[1] = open(ex->fifo, O_WRONLY | O_CLOEXEC);
	ex->keep = fd[1];
	for (i = 0; ex->argv[i] != NULL; i++)
		if (strcmp(ex->argv[i], DT_EXTERN_OUT) == 0)
			ex->argv[i] = ex->fifo;
	return fd[0] != -1 && fd[1] != -1 ? 0 : -1;
}

static void
remove_fifo(struct dt_extern *ex)
{
	if (ex->dir[0] == '\0')
		return;
	unlink(ex->fifo);
	rmdir(ex->dir);
	ex->dir[0] = '\0';
}

static int
launch(struct dt_extern *ex, const char *path)
{
	pid_t parent = getpid();
	int out[2], msg[2];

	if ((ex->runs != NULL ? make_fifo(ex, out) : make_pipe(out)) == -1)
		return -1;
	ex->out.fd = out[0];
	if (make_pipe(msg) == -1) {
		close(out[1]);
		return -1;
	}
	ex->msg.fd = msg[0];
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(msg[0], F_SETFL, O_NONBLOCK);
	ex->pid = dt_signals_fork();
	if (ex->pid == 0)
		become(path, ex, out[1], msg[1], parent);
	if (ex->runs == NULL)
		close(out[1]);
	close(msg[1]);
	return ex->pid == -1 ? -1 : 0;
}

bool
dt_extern_pass_on(int fd, struct dt_str text)
{
	ssize_t n;

	for (; text.n > 0; text = dt_str_after(text, (size_t)n)) {
		n = write(fd, text.s, text.n);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return false;
	}
	return true;
}

/* What it says goes into the copy as it is, byte for byte. */
static void
tee(void *ctx, struct dt_str bytes)
{
	struct dt_tracing *t = ctx;

	if (t->job->tee != -1 && !dt_extern_pass_on(t->job->tee, bytes))
		t->untold = true;
}

int
dt_extern_start(struct dt_tracing *t)
{
	struct dt_extern *ex = t->state;
	char path[PATH_MAX];

	ex->out.fd = ex->msg.fd = -1;
	t->argv = ex->argv;
	ex->parser = calloc(1, ex->fmt->size);
	if (ex->parser == NULL ||
	    dt_command_find(ex->argv[0], path, sizeof(path)) == -1 ||
	    launch(ex, path) == -1)
		return -1;
	ex->msg.tap = tee;
	ex->msg.tap_ctx = t;
	t->fd = ex->out.fd;
	t->msgfd = ex->msg.fd;
	return 0;
}

/*
 * Give what a line of its stderr means to the sink.  What nobody knows may be
 * anything, so it is passed on as well.
 */
static int
message(struct dt_tracing *t, struct dt_str line)
{
	struct dt_record rec = {0};

	dt_message(line, "warning", "unrecognised", &rec);
	if (line.n == 0 || dt_str_is(rec.level, "info"))
		return 0;
	return dt_emit(&t->sink, &rec);
}

static int
take_message(struct dt_tracing *t, const struct dt_line *line)
{
	struct dt_extern *ex = t->state;

	int r = ex->message != NULL ? ex->message(t, line) : 0;

	return r == 0 ? message(t, line->text) : r == 1 ? 0 : -1;
}

static int
take_trace(struct dt_tracing *t, const struct dt_line *line)
{
	struct dt_extern *ex = t->state;

	return dt_format_line(ex->fmt, ex->parser, line, &ex->parsed);
}

/* Take lines until there are none.  1 if there may be more, else as read. */
static int
take(struct dt_tracing *t, struct dt_lines *lines,
    int (*each)(struct dt_tracing *, const struct dt_line *), bool *done)
{
	struct dt_line line;
	int i, r;

	for (i = 0; i < LINES_AT_ONCE && !*done; i++) {
		r = dt_lines_next(lines, &line);
		if (r == -1 && errno == EAGAIN)
			return 0;
		if (r == -1)
			return -1;
		*done = r == 0;
		if (r == 1 && each(t, &line) == -1)
			return -1;
	}
	return *done ? 0 : 1;
}

static void
reap(struct dt_extern *ex)
{
	pid_t r;

	do
		r = waitpid(ex->pid, &ex->wstatus, WNOHANG);
	while (r == -1 && errno == EINTR);
	ex->dead = r == ex->pid;
	if (ex->dead && ex->keep > 0) {
		close(ex->keep);
		ex->keep = 0;
	}
}

/* It has ended, and all that it wrote is read. */
static int
finish(struct dt_tracing *t)
{
	struct dt_extern *ex = t->state;
	bool term = WIFSIGNALED(ex->wstatus) &&
	    WTERMSIG(ex->wstatus) == SIGTERM;

	t->ended = true;
	t->died = ex->killed || !(ex->wstatus == 0 || (ex->stopping && term));
	return ex->fmt->end(ex->parser, &ex->parsed);
}

int
dt_extern_read(struct dt_tracing *t, unsigned what)
{
	struct dt_extern *ex = t->state;
	int msg = 0, out = 0;

	if ((what & DT_READ_CHILD) && !ex->dead)
		reap(ex);
	if ((what & DT_READ_MESSAGES) || ex->dead)
		msg = take(t, &ex->msg, take_message, &ex->msg_done);
	if (msg != -1 && ((what & DT_READ_TRACE) || ex->dead)) {
		out = take(t, &ex->out, take_trace, &ex->out_done);
		/* Stacks are not asked for, or are told of beforehand. */
		if (out == 0 && ex->fmt->idle != NULL)
			out = ex->fmt->idle(ex->parser, &ex->parsed);
		/* What has come was written by who has opened it. */
		if (ex->out.bytes > 0)
			remove_fifo(ex);
	}
	if (msg == -1 || out == -1)
		return -1;
	if (ex->msg_done)
		t->msgfd = -1;
	if (ex->out_done)
		t->fd = -1;
	if (msg == 1 || out == 1)
		return 1;
	return ex->dead && !t->ended ? finish(t) : 0;
}

void
dt_extern_stop(struct dt_tracing *t)
{
	struct dt_extern *ex = t->state;

	ex->stopping = true;
	if (!ex->dead)
		kill(ex->pid, SIGTERM);
}

void
dt_extern_kill(struct dt_tracing *t)
{
	struct dt_extern *ex = t->state;

	ex->killed = true;
	if (!ex->dead)
		kill(ex->pid, SIGKILL);
}

void
dt_extern_free(struct dt_tracing *t)
{
	struct dt_extern *ex = t->state;

	if (ex->pid > 0 && !ex->dead) {
		kill(ex->pid, SIGKILL);
		waitpid(ex->pid, NULL, 0);
	}
	if (ex->parser != NULL && ex->fmt->free != NULL)
		ex->fmt->free(ex->parser);
	free(ex->parser);
	remove_fifo(ex);
	if (ex->keep > 0)
		close(ex->keep);
	if (ex->out.fd != -1)
		close(ex->out.fd);
	if (ex->msg.fd != -1)
		close(ex->msg.fd);
	dt_lines_end(&ex->out);
	dt_lines_end(&ex->msg);
}
