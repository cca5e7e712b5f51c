/* SPDX-License-Identifier: ISC */
/*
 * rusage FILE command [arg ...]: run a command and write what it used to FILE:
 * processor time in microseconds, peak resident memory in KiB, wall time in
 * microseconds.  Exits with the command's status, 125 on its own failure.
 */
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static long long
us(struct timeval tv)
{
	return tv.tv_sec * 1000000LL + tv.tv_usec;
}

static long long
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

int
main(int argc, char *argv[])
{
	struct rusage ru;
	long long start = now();
	FILE *f;
	pid_t pid;
	int st;

	if (argc < 3)
		errx(125, "usage: rusage file command [arg ...]");
	pid = fork();
	if (pid == -1)
		err(125, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(pid, &st, 0, &ru) == -1)
		err(125, "wait4");
	start = now() - start;
	f = fopen(argv[1], "w");
	if (f == NULL || fprintf(f, "%lld %ld %lld\n", us(ru.ru_utime) +
	    us(ru.ru_stime), ru.ru_maxrss, start) < 0 || fclose(f) == EOF)
		err(125, "%s", argv[1]);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}
