/* SPDX-License-Identifier: ISC */
/* Processes as proc(5) shows them. */
#define _GNU_SOURCE 1	/* syscall(2) */
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

enum { COMM_MAX = 15, ARGV_MAX = 256 * 1024 };

#ifndef SYS_close_range
#define SYS_close_range 436	/* Linux 5.9 */
#endif

/* A file of a process, at most size bytes.  Returns how many, or -1. */
static ssize_t
slurp(pid_t pid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t r = 1;
	size_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	while (n < size && r > 0) {
		r = read(fd, buf + n, size - n);
		if (r > 0)
			n += (size_t)r;
	}
	close(fd);
	return r == -1 ? -1 : (ssize_t)n;
}

/* A number of proc(5)'s status file, after its key and a colon. */
static bool
status(pid_t pid, const char *key, long *num)
{
	char buf[4096], *p;
	ssize_t n = slurp(pid, "status", buf, sizeof(buf) - 1);

	if (n == -1)
		return false;
	buf[n] = '\0';
	p = strstr(buf, key);
	if (p == NULL)
		return false;
	*num = strtol(p + strlen(key), NULL, 10);
	return true;
}

/* Field number of proc(5)'s stat file, from 3: what follows the name. */
static const char *
stat_field(pid_t pid, int field, char *buf, size_t size)
{
	ssize_t n = slurp(pid, "stat", buf, size - 1);
	char *p;

	if (n == -1)
		return NULL;
	buf[n] = '\0';
	/* The name may hold blanks and parentheses itself. */
	p = strrchr(buf, ')');
	for (field -= 2; p != NULL && field > 0; field--)
		p = strchr(p + 1, ' ');
	return p != NULL ? p + 1 : NULL;
}

int
dt_proc_all(struct dt_pids *pids)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	char *end;
	long pid;
	int r = 0;

	if (d == NULL)
		return -1;
	while (r == 0 && (e = readdir(d)) != NULL) {
		pid = strtol(e->d_name, &end, 10);
		if (end != e->d_name && *end == '\0')
			r = dt_pids_add(pids, (pid_t)pid);
	}
	closedir(d);
	return r;
}

bool
dt_proc_name(pid_t pid, char *buf, size_t size)
{
	ssize_t n = slurp(pid, "comm", buf, size - 1);

	if (n <= 0)
		return false;
	buf[buf[n - 1] == '\n' ? n - 1 : n] = '\0';
	return true;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
dt_proc_is(pid_t pid, const char *name)
{
	char buf[4096], link[64];
	ssize_t n;

	if (!dt_proc_name(pid, buf, sizeof(buf)))
		return false;
	if (strlen(name) <= COMM_MAX)
		return strcmp(buf, name) == 0;
	if (strncmp(buf, name, COMM_MAX) != 0)
		return false;
	snprintf(link, sizeof(link), "/proc/%ld/exe", (long)pid);
	n = readlink(link, buf, sizeof(buf) - 1);
	if (n > 0) {
		buf[n] = '\0';
		if (strcmp(last_part(buf), name) == 0)
			return true;
	}
	n = slurp(pid, "cmdline", buf, sizeof(buf) - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	return strcmp(last_part(buf), name) == 0;
}

bool
dt_proc_lives(pid_t pid)
{
	char buf[1024];
	const char *state = stat_field(pid, 3, buf, sizeof(buf));

	return state != NULL && *state != 'Z' && *state != 'X';
}

uint64_t
dt_proc_start(pid_t pid)
{
	char buf[1024];
	const char *start = stat_field(pid, 22, buf, sizeof(buf));

	return start != NULL ? strtoull(start, NULL, 10) : 0;
}

pid_t
dt_proc_tracer(pid_t pid)
{
	long tracer;

	return status(pid, "\nTracerPid:", &tracer) ? (pid_t)tracer : 0;
}

pid_t
dt_proc_process(pid_t thread)
{
	long pid;

	return status(thread, "\nTgid:", &pid) ? (pid_t)pid : 0;
}

/* Arguments are ended by NULs; the last may lack its own. */
static int
describe_argv(pid_t pid, struct dt_record *rec)
{
	char *buf = dt_arena_alloc(&rec->mem, ARGV_MAX), *p, *end, *nul;
	ssize_t n;

	if (buf == NULL)
		return -1;
	n = slurp(pid, "cmdline", buf, ARGV_MAX);
	for (p = buf, end = buf + (n > 0 ? n : 0); p < end; p = nul + 1) {
		nul = memchr(p, '\0', (size_t)(end - p));
		if (nul == NULL)
			nul = end;
		if (dt_record_push(rec, &rec->argv,
		    (struct dt_str){p, (size_t)(nul - p)}) == -1)
			return -1;
	}
	return 0;
}

int
dt_proc_describe(pid_t pid, struct dt_record *rec)
{
	char name[64];
	long uid;

	rec->pid = DT_INT(pid);
	if (status(pid, "\nUid:", &uid))
		rec->uid = DT_INT(uid);
	if (dt_proc_name(pid, name, sizeof(name))) {
		rec->target = dt_arena_dup(&rec->mem, dt_str_c(name));
		if (rec->target.s == NULL)
			return -1;
	}
	return describe_argv(pid, rec);
}

void
dt_proc_permit(void)
{
	/* Where there is no Yama this fails, and is not needed. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
}

void
dt_proc_follow(pid_t parent, int sig)
{
	prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0);
	if (getppid() != parent)
		raise(sig);
}

void
dt_proc_close_from(int fd)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, (unsigned)fd, ~0U, 0) == 0)
		return;
	for (; fd < max; fd++)
		close(fd);
}

bool
dt_proc_self(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);

	if (n == -1)
		return false;
	buf[n] = '\0';
	return true;
}
