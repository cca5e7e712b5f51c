/* SPDX-License-Identifier: ISC */
/*
 * Runs a command while the kernel's auditing is on, with room for many records
 * or with -1 for hardly any, with -t without telling of calls, or with -0 off.
 * With -m it first has the kernel pass on a text as the refusal of a program's.
 * Then it is set to what it was before, also when this process or the command
 * is killed.  Exits as the command does, or with NOT_POSSIBLE where auditing
 * cannot be set, or was set by somebody else meanwhile.
 */
#include <stdio.h>

enum { NOT_POSSIBLE = 77, ROOM = 100000 };

#ifndef __linux__
int
main(void)
{
	fputs("audit_on: only Linux has it\n", stderr);
	return NOT_POSSIBLE;
}
#else
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/netlink.h>

static int sock;
static bool ruled;	/* the rule is ours */

/* Tell the kernel, or ask it with AUDIT_GET.  Returns 0 or an errno. */
static int
request(int type, const void *what, size_t n, struct audit_status *got)
{
	struct {
		struct nlmsghdr h;
		char data[2048];
	} m = {.h = {.nlmsg_type = (unsigned short)type, .nlmsg_flags =
	    NLM_F_REQUEST | (what != NULL ? NLM_F_ACK : 0), .nlmsg_seq = 1}};
	int error;

	m.h.nlmsg_len = (unsigned)NLMSG_LENGTH(n);
	if (what != NULL)
		memcpy(m.data, what, n);
	if (send(sock, &m, m.h.nlmsg_len, 0) == -1)
		return errno;
	do {
		memset(&m, 0, sizeof(m));
		if (recv(sock, &m, sizeof(m), 0) == -1)
			return errno;
	} while (m.h.nlmsg_type != NLMSG_ERROR && m.h.nlmsg_type != AUDIT_GET);
	memcpy(&error, m.data, sizeof(error));
	if (m.h.nlmsg_type == NLMSG_ERROR)
		return -error;
	if (got != NULL)
		memcpy(got, m.data, sizeof(*got));
	return 0;
}

static struct audit_status
ask(void)
{
	struct audit_status st = {0};

	errno = request(AUDIT_GET, NULL, 0, &st);
	if (errno != 0)
		err(NOT_POSSIBLE, "the status of auditing");
	return st;
}

static void
set(unsigned on, unsigned room)
{
	struct audit_status st = {
		.mask = AUDIT_STATUS_ENABLED | AUDIT_STATUS_BACKLOG_LIMIT,
		.enabled = on,
		.backlog_limit = room,
	};

	errno = request(AUDIT_SET, &st, sizeof(st), NULL);
	if (errno != 0)
		err(NOT_POSSIBLE, "set auditing");
}

/* Is the rule `never,task` there from now on, or no more?  0 or an errno. */
static int
rule(int type)
{
	struct audit_rule_data r = {.flags = AUDIT_FILTER_TASK,
	    .action = AUDIT_NEVER};

	memset(r.mask, 0xff, sizeof(r.mask));
	return request(type, &r, sizeof(r), NULL);
}

/* Nothing is left open that somebody might wait for the end of. */
static void
seclude(int *fd)
{
	int null = open("/dev/null", O_RDWR), i;

	*fd = fcntl(*fd, F_DUPFD, 10);
	sock = fcntl(sock, F_DUPFD, 10);
	for (i = 0; i < 256; i++)
		if (i < 3)
			dup2(null, i);
		else if (i != *fd && i != sock)
			close(i);
	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
}

/*
 * A process of its own sets it back when the writing end of a pipe is closed,
 * by whatever end of ours.
 */
static pid_t
guard(const struct audit_status *old, int pipefd[2])
{
	pid_t pid;
	char c;

	if (pipe(pipefd) == -1 || fcntl(pipefd[1], F_SETFD, FD_CLOEXEC) == -1)
		err(NOT_POSSIBLE, "pipe");
	pid = fork();
	if (pid == -1)
		err(NOT_POSSIBLE, "fork");
	if (pid != 0) {
		close(pipefd[0]);
		return pid;
	}
	seclude(&pipefd[0]);
	while (read(pipefd[0], &c, 1) == -1 && errno == EINTR)
		continue;
	if (ruled)
		rule(AUDIT_DEL_RULE);
	set(old->enabled, old->backlog_limit);
	_exit(0);
}

static int
run(char *argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		err(NOT_POSSIBLE, "%s", argv[0]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

int
main(int argc, char *argv[])
{
	struct audit_status old;
	unsigned room = ROOM;
	bool want = true, calls = true;
	int pipefd[2], status, ch;
	const char *said = NULL;
	pid_t pid;

	while ((ch = getopt(argc, argv, "+01m:t")) != -1) {
		if (ch == '0')
			want = false;
		else if (ch == 'm')
			said = optarg;
		else if (ch == '1')
			room = 1;
		else if (ch == 't')
			calls = false;
		else
			argc = optind;
	}
	argv += optind;
	if (optind >= argc)
		errx(2, "usage: audit_on [-0 | -1] [-t] [-m text] command [arg ...]");
	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (sock == -1)
		err(NOT_POSSIBLE, "audit");
	if (said != NULL && request(AUDIT_USER_AVC, said, strlen(said) + 1,
	    NULL) != 0)
		err(NOT_POSSIBLE, "say '%s'", said);
	old = ask();
	if (old.enabled == 2)	/* for good */
		return want ? run(argv) : NOT_POSSIBLE;
	ruled = !calls && rule(AUDIT_ADD_RULE) == 0;
	pid = guard(&old, pipefd);
	set(want, want ? room : old.backlog_limit);
	status = run(argv);
	if ((ask().enabled != 0) != want) {
		warnx("set by somebody else meanwhile");
		status = NOT_POSSIBLE;
	}
	close(pipefd[1]);
	waitpid(pid, NULL, 0);
	return status;
}
#endif
