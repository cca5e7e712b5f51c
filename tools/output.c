/* SPDX-License-Identifier: ISC */
/* Files that appear whole or not at all. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

/* Is this file stdout, under whatever name? */
static bool
is_stdout(const struct stat *st)
{
	struct stat out;

	return fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == st->st_dev &&
	    out.st_ino == st->st_ino;
}

/* Open what can be no other file than it is; -1 also if it need not be. */
static int
open_as_is(const char *path, const struct stat *st, bool there)
{
	struct stat link;

	if (strcmp(path, "-") == 0 || (there && is_stdout(st)))
		return dup(STDOUT_FILENO);
	if (there && !S_ISREG(st->st_mode))
		return open(path, O_WRONLY | O_CLOEXEC);
	/* A link to nothing yet stays a link. */
	if (!there && lstat(path, &link) == 0)
		return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0666);
	errno = 0;
	return -1;
}

/* What the mode of a new file is. */
static mode_t
new_mode(void)
{
	mode_t mask = umask(077);

	umask(mask);
	return 0666 & ~mask;
}

/* Open a new file in the directory that the final one is to be in. */
static int
open_new(struct output *o, const char *path, mode_t mode)
{
	static const char name[] = ".dt-XXXXXX";
	const char *slash;
	size_t n;
	int fd;

	o->final = realpath(path, NULL);
	if (o->final == NULL && errno == ENOENT)
		o->final = strdup(path);
	if (o->final == NULL)
		return -1;
	slash = strrchr(o->final, '/');
	n = slash != NULL ? (size_t)(slash + 1 - o->final) : 0;
	o->tmp = malloc(n + sizeof(name));
	if (o->tmp == NULL)
		return -1;
	memcpy(o->tmp, o->final, n);
	memcpy(o->tmp + n, name, sizeof(name));
	fd = mkstemp(o->tmp);
	if (fd != -1) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fchmod(fd, mode);
	}
	return fd;
}

static void
forget(struct output *o)
{
	int e = errno;

	free(o->tmp);
	free(o->final);
	o->tmp = o->final = NULL;
	errno = e;
}

int
output_open(struct output *o, const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	int fd;

	*o = (struct output){.path = path};
	fd = open_as_is(path, &st, there);
	if (fd == -1 && errno == 0)
		fd = open_new(o, path, there ? st.st_mode & 07777 : new_mode());
	if (fd != -1)
		o->f = fdopen(fd, "w");
	if (o->f != NULL)
		return 0;
	forget(o);
	return -1;
}

int
output_close(struct output *o, bool good)
{
	int e = good ? 0 : errno;

	if (fclose(o->f) == EOF && e == 0)
		e = errno;
	if (e == 0 && good && o->tmp != NULL &&
	    rename(o->tmp, o->final) == -1)
		e = errno;
	if (o->tmp != NULL && (e != 0 || !good))
		unlink(o->tmp);
	forget(o);
	errno = e;
	return e == 0 && good ? 0 : -1;
}
