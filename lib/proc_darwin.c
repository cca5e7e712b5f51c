/* SPDX-License-Identifier: ISC */
/* Processes as sysctl(3) and libproc show them. */
#include <sys/types.h>
#include <sys/proc.h>
#include <sys/sysctl.h>

#include <errno.h>
#include <libproc.h>
#include <limits.h>
#include <mach-o/dyld.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

/* As many bytes of arguments as are described on Linux. */
enum { ARGV_MAX = 256 * 1024 };

/* False if there is no such process. */
static bool
info(pid_t pid, struct kinfo_proc *kp)
{
	int mib[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
	size_t n = sizeof(*kp);

	return sysctl(mib, 4, kp, &n, NULL, 0) == 0 && n == sizeof(*kp);
}

int
dt_proc_all(struct dt_pids *pids)
{
	int n = proc_listallpids(NULL, 0), i, r = 0;
	pid_t *v;

	if (n <= 0)
		return -1;
	n += 64;	/* more may have begun since */
	v = malloc((size_t)n * sizeof(*v));
	if (v == NULL)
		return -1;
	/* An error makes it 0 as well. */
	n = proc_listallpids(v, n * (int)sizeof(*v));
	for (i = 0; i < n && r == 0; i++)
		r = dt_pids_add(pids, v[i]);
	free(v);
	return n <= 0 ? -1 : r;
}

bool
dt_proc_name(pid_t pid, char *buf, size_t size)
{
	struct kinfo_proc kp;

	if (!info(pid, &kp))
		return false;
	snprintf(buf, size, "%s", kp.kp_proc.p_comm);
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
	char buf[PROC_PIDPATHINFO_MAXSIZE];

	if (!dt_proc_name(pid, buf, sizeof(buf)))
		return false;
	if (strlen(name) <= MAXCOMLEN)
		return strcmp(buf, name) == 0;
	return strncmp(buf, name, MAXCOMLEN) == 0 &&
	    proc_pidpath(pid, buf, sizeof(buf)) > 0 &&
	    strcmp(last_part(buf), name) == 0;
}

bool
dt_proc_lives(pid_t pid)
{
	struct kinfo_proc kp;

	return info(pid, &kp) && kp.kp_proc.p_stat != SZOMB;
}

uint64_t
dt_proc_start(pid_t pid)
{
	struct kinfo_proc kp;

	if (!info(pid, &kp))
		return 0;
	return (uint64_t)kp.kp_proc.p_starttime.tv_sec * 1000000 +
	    (uint64_t)kp.kp_proc.p_starttime.tv_usec;
}

pid_t
dt_proc_tracer(pid_t pid)
{
	struct kinfo_proc kp;

	return info(pid, &kp) && (kp.kp_proc.p_flag & P_TRACED) ? -1 : 0;
}

/* A thread has no number that could be taken for a process's. */
pid_t
dt_proc_process(pid_t thread)
{
	return thread;
}

/* The layout of KERN_PROCARGS2: argc, executable, NULs, then the arguments. */
static int
describe_argv(pid_t pid, struct dt_record *rec)
{
	int mib[] = {CTL_KERN, KERN_PROCARGS2, pid}, argc;
	size_t n = 0;
	char *buf, *p, *end, *nul;

	if (sysctl(mib, 3, NULL, &n, NULL, 0) == -1 || n <= sizeof(argc))
		return 0;
	buf = dt_arena_alloc(&rec->mem, n);
	if (buf == NULL)
		return -1;
	if (sysctl(mib, 3, buf, &n, NULL, 0) == -1 || n <= sizeof(argc))
		return 0;
	memcpy(&argc, buf, sizeof(argc));
	end = buf + (n < ARGV_MAX ? n : ARGV_MAX);
	p = memchr(buf + sizeof(argc), '\0', n - sizeof(argc));
	while (p != NULL && p < end && *p == '\0')
		p++;
	for (; p != NULL && p < end && argc > 0; p = nul + 1, argc--) {
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
	struct kinfo_proc kp;

	rec->pid = DT_INT(pid);
	if (!info(pid, &kp))
		return 0;
	rec->uid = DT_INT(kp.kp_eproc.e_pcred.p_ruid);
	rec->target = dt_arena_dup(&rec->mem, dt_str_c(kp.kp_proc.p_comm));
	if (rec->target.s == NULL)
		return -1;
	return describe_argv(pid, rec);
}

void
dt_proc_permit(void)
{
}

void
dt_proc_follow(pid_t parent, int sig)
{
	(void)parent;
	(void)sig;
}

/* The limit says little: it may have none, or be below what is open. */
void
dt_proc_close_from(int fd)
{
	int n = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, NULL, 0), i;
	struct proc_fdinfo *v = n > 0 ? malloc((size_t)n) : NULL;

	if (v == NULL)
		return;
	n = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, v, n);
	for (i = 0; i < n / (int)sizeof(*v); i++)
		if (v[i].proc_fd >= fd)
			close(v[i].proc_fd);
	free(v);
}

/* What dyld says may be a symbolic link, or lead through ".". */
bool
dt_proc_self(char *buf, size_t size)
{
	char path[PATH_MAX], real[PATH_MAX];
	uint32_t n = sizeof(path);

	return _NSGetExecutablePath(path, &n) == 0 &&
	    realpath(path, real) != NULL &&
	    (size_t)snprintf(buf, size, "%s", real) < size;
}
