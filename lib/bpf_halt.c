/* SPDX-License-Identifier: ISC */
/* Processes that were stopped so that nothing is lost, and their going on. */
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf.h"
#include "proc.h"
#include "tracer.skel.h"

enum {
	AT_ONCE = 1024,
	BUFFER = 128 * 1024,	/* for what tasks keep, of which none has so much */
};

/*
 * Each is taken out of the map first, so that one who is stopped anew is there
 * again: the next time is for it, when there is room in the ring.  What they
 * keep is taken from them before they can be refused something else.
 */
int
dt_bpf_go_on(int fd, struct dt_tracing *t, dt_bpf_take *take)
{
	__u32 tgids[AT_ONCE], pids[AT_ONCE], place = 0, n, i;
	bool begun = false;
	int r, bad = 0;

	do {
		n = AT_ONCE;
		r = bpf_map_lookup_and_delete_batch(fd, begun ? &place : NULL,
		    &place, tgids, pids, &n, NULL);
		/* At the end too there may have been some. */
		if (r != 0 && errno != ENOENT)
			return bad;
		if (t != NULL && n > 0 && dt_bpf_collect(t, take) == -1)
			bad = -1;
		for (i = 0; i < n; i++)
			kill((pid_t)pids[i], SIGCONT);
		begun = true;
	} while (r == 0);
	return bad;
}

/* Take whole events off the front; each has its length before it. */
static size_t
take_whole(struct dt_tracing *t, dt_bpf_take *take, char *buf, size_t n)
{
	size_t at = 0, words;
	__u64 len;

	for (; n - at >= sizeof(len); at += sizeof(len) + words) {
		memcpy(&len, buf + at, sizeof(len));
		words = (len + 7) & ~(size_t)7;
		if (words > n - at - sizeof(len))
			break;
		take(t, buf + at + sizeof(len), len);
	}
	memmove(buf, buf + at, n - at);
	return n - at;
}

static void
take_spares(struct dt_tracing *t, dt_bpf_take *take)
{
	const struct dt_bpf *b = t->state;
	size_t i, n = sizeof(b->skel->bss->spares) /
	    sizeof(b->skel->bss->spares[0]);
	__u32 len;

	for (i = 0; i < n; i++) {
		len = __atomic_load_n(&b->skel->bss->spares[i].len,
		    __ATOMIC_ACQUIRE);
		if (len == 0 || len > sizeof(b->skel->bss->spares[i].data))
			continue;
		take(t, b->skel->bss->spares[i].data, len);
		__atomic_fetch_sub(&b->skel->bss->spilled, 1,
		    __ATOMIC_SEQ_CST);
		__atomic_store_n(&b->skel->bss->spares[i].len, 0,
		    __ATOMIC_RELEASE);
	}
}

static int
collect_once(struct dt_tracing *t, dt_bpf_take *take, char *buf)
{
	const struct dt_bpf *b = t->state;
	int fd = bpf_iter_create(bpf_link__fd(b->collect));
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, buf + have, BUFFER - have)) > 0)
		have = take_whole(t, take, buf, have + (size_t)n);
	close(fd);
	return n < 0 ? -1 : 0;
}

int
dt_bpf_collect(struct dt_tracing *t, dt_bpf_take *take)
{
	const struct dt_bpf *b = t->state;
	volatile __u64 *spilled = &b->skel->bss->spilled;
	char *buf;
	int i, r = 0;

	if (*spilled == 0)
		return 0;
	take_spares(t, take);
	buf = malloc(BUFFER);
	if (buf == NULL)
		return -1;
	/* Each keeps two at most, of which one is given at a time. */
	for (i = 0; i < 2 && r == 0 && *spilled != 0; i++)
		r = collect_once(t, take, buf);
	free(buf);
	return r;
}

/*
 * Nothing but the map is kept: when our parent is gone, so is the program,
 * which may still run on another CPU for a moment.
 */
static _Noreturn void
guard(int go, int map)
{
	static const struct timespec moment = {.tv_nsec = 100000000};
	enum { GO = 3, MAP };
	char quiet;
	int i;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	map = fcntl(map, F_DUPFD, MAP + 1);
	go = fcntl(go, F_DUPFD, MAP + 1);
	if (dup2(go, GO) == -1 || dup2(map, MAP) == -1)
		_exit(1);
	dt_proc_close_from(MAP + 1);
	while (read(GO, &quiet, 1) == -1 && errno == EINTR)
		;
	for (i = 0; i < 3; i++) {
		dt_bpf_go_on(MAP, NULL, NULL);
		nanosleep(&moment, NULL);
	}
	_exit(0);
}

int
dt_bpf_guard_begin(struct dt_bpf *b)
{
	int go[2];

	if (pipe(go) == -1)
		return -1;
	fcntl(go[0], F_SETFD, FD_CLOEXEC);
	fcntl(go[1], F_SETFD, FD_CLOEXEC);
	b->guard_end = go[0];
	b->guard_fds[0] = go[1];
	return 0;
}

int
dt_bpf_guard(struct dt_bpf *b)
{
	int map = bpf_map__fd(b->skel->maps.halted);

	b->guard_fds[1] = fcntl(b->guard_fds[0], F_DUPFD_CLOEXEC, 0);
	if (b->guard_fds[1] == -1)
		return -1;
	b->guard = fork();
	if (b->guard == -1)
		return -1;
	if (b->guard == 0) {
		close(b->guard_fds[0]);
		close(b->guard_fds[1]);
		guard(b->guard_end, map);
	}
	return 0;
}

static void
close_one(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

void
dt_bpf_unguard(struct dt_bpf *b)
{
	if (b->guard > 0)
		kill(b->guard, SIGKILL);
	close_one(&b->guard_end);
	close_one(&b->guard_fds[0]);
	close_one(&b->guard_fds[1]);
	if (b->guard > 0)
		while (waitpid(b->guard, NULL, 0) == -1 && errno == EINTR)
			;
	b->guard = 0;
}
