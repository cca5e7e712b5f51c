/* SPDX-License-Identifier: ISC */
/* A copy of an executable without its code signature. */
#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "signals.h"
#include "temp.h"
#include "unsigned.h"

enum { CHUNK = 64 * 1024 };

static int
fail(struct dt_unsigned *u, const char *code, const char *what,
    const char *why)
{
	u->code = code;
	snprintf(u->why, sizeof(u->why), "%s: %s", what, why);
	return -1;
}

static int
fail_errno(struct dt_unsigned *u, const char *what)
{
	return fail(u, errno == EINTR ? "capture-aborted" : "copy-failed",
	    what, strerror(errno));
}

/*
 * Copy the bytes of one file into another.  The digest is of what was copied:
 * by its path there may be another file by now.  -1 with errno if the first
 * could not be read, -2 if the second could not be written.
 */
static int
copy_bytes(int from, int to, char digest[65])
{
	char buf[CHUNK];
	ssize_t n, w, done;
	SHA256_CTX sha;

	SHA256Init(&sha);
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		if (dt_signals_came()) {
			errno = EINTR;
			return -1;
		}
		SHA256Update(&sha, (const uint8_t *)buf, (size_t)n);
		for (done = 0; done < n; done += w) {
			w = write(to, buf + done, (size_t)(n - done));
			if (w == -1)
				return -2;
		}
	}
	SHA256End(&sha, digest);
	return n == 0 ? 0 : -1;
}

/* What is signed of a script is its interpreter, which a copy is not of. */
static int
check(struct dt_unsigned *u, int fd, const char *path)
{
	char magic[2] = "";
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fail_errno(u, path);
	if (!S_ISREG(st.st_mode))
		return fail(u, "copy-failed", path, "not a regular file");
	if (pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	    memcmp(magic, "#!", sizeof(magic)) == 0)
		return fail(u, "copy-useless", path,
		    "a script: it is its interpreter that is signed");
	return 0;
}

static int
copy(struct dt_unsigned *u, int from, const char *path, mode_t mode)
{
	int to, r;

	to = open(u->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (to == -1)
		return fail_errno(u, u->path);
	r = copy_bytes(from, to, u->original_sha256);
	if (r == 0 && fchmod(to, mode) == -1)
		r = -2;
	if (r != 0)
		r = fail_errno(u, r == -1 ? path : u->path);
	if (close(to) == -1 && r == 0)
		r = fail_errno(u, u->path);
	return r;
}

static bool
keep(void *ctx, struct dt_str line)
{
	struct dt_unsigned *u = ctx;

	snprintf(u->why, sizeof(u->why), "codesign: %.*s", (int)line.n,
	    line.s);
	return false;
}

static int
strip(struct dt_unsigned *u)
{
	const char *const argv[] = {"codesign", "--remove-signature", u->path,
	    NULL};
	int wstatus = dt_ask(argv, DT_ASK_STDERR, keep, u);

	if (wstatus == 0)
		return 0;
	if (wstatus == -1 && errno == EINTR)
		return fail_errno(u, "codesign");
	if (wstatus == -1)
		return fail(u, "codesign-missing", "codesign",
		    strerror(errno));
	u->code = "codesign-failed";
	if (u->why[0] == '\0')
		fail(u, u->code, "codesign", "failed without a word");
	return -1;
}

static int
make_dir(struct dt_unsigned *u, const char *path, mode_t mode)
{
	const char *slash = strrchr(path, '/');

	dt_temp_path(u->dir, sizeof(u->dir), "dt-unsigned.XXXXXX");
	if (mkdtemp(u->dir) == NULL) {
		fail_errno(u, u->dir);
		u->dir[0] = '\0';
		return -1;
	}
	if (snprintf(u->path, sizeof(u->path), "%s/%s", u->dir,
	    slash != NULL ? slash + 1 : path) >= (int)sizeof(u->path))
		return fail(u, "copy-failed", path, "path too long");
	return chmod(u->dir, mode) == 0 ? 0 : fail_errno(u, u->dir);
}

static int
fill(struct dt_unsigned *u, int from, const char *path, bool others)
{
	if (check(u, from, path) == -1 ||
	    make_dir(u, path, others ? 0711 : 0700) == -1 ||
	    copy(u, from, path, others ? 0755 : 0700) == -1 ||
	    strip(u) == -1)
		return -1;
	if (SHA256File(u->path, u->sha256) == NULL)
		return fail_errno(u, u->path);
	return 0;
}

int
dt_unsigned_make(struct dt_unsigned *u, const char *path, bool others)
{
	/* What is no regular file may keep us waiting, else. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;

	*u = (struct dt_unsigned){0};
	if (fd == -1)
		return fail_errno(u, path);
	r = fill(u, fd, path, others);
	close(fd);
	return r;
}

int
dt_unsigned_end(struct dt_unsigned *u)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *dir;

	if (u->dir[0] == '\0')
		return 0;
	/* codesign, or the program, may have put something beside it. */
	dir = opendir(u->dir);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (snprintf(path, sizeof(path), "%s/%s", u->dir,
		    e->d_name) < (int)sizeof(path))
			unlink(path);
	if (dir != NULL)
		closedir(dir);
	return rmdir(u->dir);
}
