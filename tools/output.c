/* SPDX-License-Identifier: ISC */
/* Files that appear whole or not at all. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

/* The name to write under; a symbolic link stays one. */
static int
set_names(struct output *o)
{
	size_t n;

	o->final = realpath(o->path, NULL);
	if (o->final == NULL && errno == ENOENT)
		o->final = strdup(o->path);
	if (o->final == NULL)
		return -1;
	n = strlen(o->final) + 32;
	o->tmp = malloc(n);
	if (o->tmp == NULL)
		return -1;
	snprintf(o->tmp, n, "%s.%ld.tmp", o->final, (long)getpid());
	return 0;
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
	bool as_is = there && !S_ISREG(st.st_mode);
	int fd = -1;

	*o = (struct output){.path = path};
	if (as_is)
		fd = open(path, O_WRONLY | O_CLOEXEC);
	else if (set_names(o) == 0)
		fd = open(o->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0666);
	if (fd != -1 && !as_is && there)
		fchmod(fd, st.st_mode & 07777);
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
