/* SPDX-License-Identifier: ISC */
/* The kernel's audit records, out of its netlink group for readers. */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/netlink.h>

#include "auditsock.h"
#include "tracer.h"

enum {
	RECORD_MAX = 16 * 1024,	/* MAX_AUDIT_MESSAGE_LENGTH is 8970 */
	ROOM = 16 * 1024 * 1024,
	ANSWER_MS = 1000,
	ANSWERS = 16,		/* that may stand before ours */
};

/* Inode numbers of the first namespaces, include/linux/proc_ns.h of 3.8. */
static const ino_t first_user = 0xeffffffd, first_pid = 0xeffffffc;

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

struct dt_auditsock {
	int fd;			/* in the group */
	int ask;		/* for questions */
	unsigned seq;		/* of the last of these */
	char buf[RECORD_MAX];
};

static int
refuse(struct dt_usable *u, const char *code, const char *why)
{
	u->code = code;
	snprintf(u->why, sizeof(u->why), "audit: %s", why);
	return -1;
}

static ino_t
inode(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/*
 * Are we in the first network namespace?  Only that has a limit of what all of
 * them have not taken in yet (net/core/sysctl_net_core.c).
 */
static bool
is_first_net(void)
{
	return access("/proc/sys/net/core/netdev_max_backlog", F_OK) == 0 ||
	    access("/proc/sys/net/core/somaxconn", F_OK) == -1;
}

/*
 * Records go to the first network namespace, and have pids of the first pid
 * namespace; the privilege has to be held in the first user namespace.
 */
static int
check_namespaces(struct dt_usable *u)
{
	ino_t user = inode("/proc/self/ns/user");
	ino_t pid = inode("/proc/self/ns/pid");

	if (user != 0 && user != first_user)
		return refuse(u, "audit-namespace",
		    "cannot be read in a user namespace");
	if (pid != 0 && pid != first_pid)
		return refuse(u, "audit-namespace",
		    "cannot be read in a pid namespace");
	if (!is_first_net())
		return refuse(u, "audit-namespace",
		    "cannot be read in a network namespace");
	return 0;
}

static int
refuse_errno(struct dt_usable *u)
{
	char why[128];

	if (errno == EPERM || errno == EACCES)
		return refuse(u, "audit-privileges",
		    "this process has no CAP_AUDIT_READ");
	snprintf(why, sizeof(why), "cannot be read here: %s", strerror(errno));
	return refuse(u, "audit-missing", why);
}

static int
join(struct dt_auditsock *as)
{
	const struct sockaddr_nl addr = {.nl_family = AF_NETLINK};
	const int group = AUDIT_NLGRP_READLOG, room = ROOM;

	as->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_AUDIT);
	as->ask = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_AUDIT);
	if (as->fd == -1 || as->ask == -1)
		return -1;
	/* Past the limit of ordinary users where we may. */
	if (setsockopt(as->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
	    sizeof(room)) == -1)
		setsockopt(as->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(as->fd, (const struct sockaddr *)&addr, sizeof(addr)) == -1)
		return -1;
	return setsockopt(as->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
	    sizeof(group));
}

struct dt_auditsock *
dt_auditsock_open(struct dt_usable *u)
{
	struct dt_auditsock *as;

	if (check_namespaces(u) == -1)
		return NULL;
	as = calloc(1, sizeof(*as));
	if (as == NULL) {
		refuse_errno(u);
		return NULL;
	}
	as->fd = as->ask = -1;
	if (join(as) == 0)
		return as;
	refuse_errno(u);
	dt_auditsock_close(as);
	return NULL;
}

void
dt_auditsock_close(struct dt_auditsock *as)
{
	if (as == NULL)
		return;
	if (as->fd != -1)
		close(as->fd);
	if (as->ask != -1)
		close(as->ask);
	free(as);
}

int
dt_auditsock_fd(const struct dt_auditsock *as)
{
	return as->fd;
}

bool
dt_auditsock_cut(struct dt_str message, unsigned *type, struct dt_str *text)
{
	struct nlmsghdr h;

	if (message.n < sizeof(h))
		return false;
	memcpy(&h, message.s, sizeof(h));
	if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > message.n)
		return false;
	*type = h.nlmsg_type;
	*text = (struct dt_str){message.s + sizeof(h),
	    h.nlmsg_len - sizeof(h)};
	return true;
}

/*
 * Take a message of the kernel's.  Any process may send one to us, but its
 * address is not 0.  1, or 0 if there is none, or -1 with errno.
 */
static int
take(struct dt_auditsock *as, int fd, unsigned *type, struct dt_str *text)
{
	struct sockaddr_nl from;
	struct iovec iov = {as->buf, sizeof(as->buf)};
	struct msghdr msg;
	ssize_t n;

	do {
		memset(&from, 0, sizeof(from));
		msg = (struct msghdr){.msg_name = &from,
		    .msg_namelen = sizeof(from), .msg_iov = &iov,
		    .msg_iovlen = 1};
		n = recvmsg(fd, &msg, 0);
		if (n == -1 && errno == EAGAIN)
			return 0;
	} while (n == -1 ? errno == EINTR :
	    msg.msg_namelen < sizeof(from) || from.nl_pid != 0);
	if (n == -1)
		return -1;
	if ((msg.msg_flags & MSG_TRUNC) == 0 &&
	    dt_auditsock_cut((struct dt_str){as->buf, (size_t)n}, type, text))
		return 1;
	errno = EBADMSG;
	return -1;
}

int
dt_auditsock_next(struct dt_auditsock *as, unsigned *type, struct dt_str *text)
{
	return take(as, as->fd, type, text);
}

static int
ask(struct dt_auditsock *as)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	const struct nlmsghdr h = {
		.nlmsg_len = NLMSG_LENGTH(0),
		.nlmsg_type = AUDIT_GET,
		.nlmsg_flags = NLM_F_REQUEST,
		.nlmsg_seq = ++as->seq,
	};
	ssize_t n = sendto(as->ask, &h, sizeof(h), 0,
	    (const struct sockaddr *)&kernel, sizeof(kernel));

	return n == -1 ? -1 : 0;
}

/* Is this the answer?  1 if it is, 0 if not, -1 with the errno that it has. */
static int
answer(const struct dt_auditsock *as, unsigned type, struct dt_str text,
    struct dt_auditstat *st)
{
	struct audit_status status = {0};
	struct nlmsghdr h;
	int err;

	memcpy(&h, as->buf, sizeof(h));
	if (h.nlmsg_seq != as->seq)
		return 0;
	if (type == NLMSG_ERROR && text.n >= sizeof(err)) {
		memcpy(&err, text.s, sizeof(err));
		errno = err < 0 ? -err : EBADMSG;
		return -1;
	}
	if (type != AUDIT_GET)
		return 0;
	memcpy(&status, text.s, text.n < sizeof(status) ? text.n :
	    sizeof(status));
	*st = (struct dt_auditstat){status.enabled != 0, status.lost,
	    status.backlog};
	return 1;
}

int
dt_auditsock_status(struct dt_auditsock *as, struct dt_auditstat *st)
{
	struct pollfd p = {.fd = as->ask, .events = POLLIN};
	struct dt_str text;
	unsigned type;
	int i, r;

	if (ask(as) == -1)
		return -1;
	for (i = 0; i < ANSWERS && poll(&p, 1, ANSWER_MS) == 1; i++) {
		r = take(as, as->ask, &type, &text);
		if (r == 1)
			r = answer(as, type, text, st);
		if (r != 0)
			return r == 1 ? 0 : -1;
	}
	errno = ETIMEDOUT;
	return -1;
}
