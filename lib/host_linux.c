/* SPDX-License-Identifier: ISC */
/* Facts of a Linux host: its distribution, and what may refuse a call. */
#define _GNU_SOURCE 1	/* syscall(2) */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* linux/landlock.h since Linux 5.13; the header here may be older. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
enum { LANDLOCK_ASK_VERSION = 1 };

/* The first line of a file, without its newline. */
static bool
first_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	char *p;

	if (f == NULL)
		return false;
	p = fgets(buf, (int)size, f);
	fclose(f);
	if (p != NULL)
		buf[strcspn(buf, "\n")] = '\0';
	return p != NULL;
}

/*
 * Undo the quoting of os-release(5) in place: shell quotes, and backslashes
 * unless the quotes are single ones.
 */
static void
unquote(char *s)
{
	char q = *s == '"' || *s == '\'' ? *s : '\0';
	char *from = s + (q != '\0'), *to = s;

	for (; *from != '\0' && *from != '\n' && *from != q; from++) {
		if (*from == '\\' && q != '\'' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*to = '\0';
}

static bool
os_release(const char *key, char *buf, size_t size)
{
	FILE *f = fopen("/etc/os-release", "re");
	size_t n = strlen(key);
	bool found = false;

	if (f == NULL)
		f = fopen("/usr/lib/os-release", "re");
	if (f == NULL)
		return false;
	while (!found && fgets(buf, (int)size, f) != NULL)
		found = strncmp(buf, key, n) == 0 && buf[n] == '=';
	fclose(f);
	if (!found)
		return false;
	memmove(buf, buf + n + 1, strlen(buf + n + 1) + 1);
	unquote(buf);
	return true;
}

static bool
exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_ASK_VERSION) > 0;
}

static bool
has_apparmor(void)
{
	char buf[8];

	return first_line("/sys/module/apparmor/parameters/enabled", buf,
	    sizeof(buf)) && buf[0] == 'Y';
}

static bool
has_selinux(void)
{
	return exists("/sys/fs/selinux");
}

static bool
has_smack(void)
{
	return exists("/sys/fs/smackfs");
}

static bool
has_tomoyo(void)
{
	return exists("/sys/kernel/security/tomoyo");
}

static bool
has_yama(void)
{
	return exists("/proc/sys/kernel/yama");
}

/* Where securityfs is not mounted, modules still leave traces. */
static const struct {
	const char *name;
	bool (*is)(void);
} lsms[] = {
	{"apparmor", has_apparmor},
	{"landlock", has_landlock},
	{"selinux", has_selinux},
	{"smack", has_smack},
	{"tomoyo", has_tomoyo},
	{"yama", has_yama},
};

static bool
lsm(char *buf, size_t size)
{
	size_t i, n = 0;

	if (first_line("/sys/kernel/security/lsm", buf, size))
		return true;
	buf[0] = '\0';
	for (i = 0; i < NELEM(lsms); i++)
		if (lsms[i].is() && n + strlen(lsms[i].name) + 2 < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
			    n > 0 ? "," : "", lsms[i].name);
	return n > 0;
}

/* The one in brackets: "none [integrity] confidentiality". */
static bool
lockdown(char *buf, size_t size)
{
	char *open, *close;

	if (!first_line("/sys/kernel/security/lockdown", buf, size))
		return false;
	open = strchr(buf, '[');
	close = open != NULL ? strchr(open, ']') : NULL;
	if (close == NULL)
		return false;
	*close = '\0';
	memmove(buf, open + 1, (size_t)(close - open));
	return true;
}

bool
dt_host_fact(const char *key, char *buf, size_t size)
{
	if (strcmp(key, "product") == 0)
		return os_release("ID", buf, size);
	if (strcmp(key, "version") == 0)
		return os_release("VERSION_ID", buf, size);
	if (strcmp(key, "lsm") == 0)
		return lsm(buf, size);
	if (strcmp(key, "lockdown") == 0)
		return lockdown(buf, size);
	if (strcmp(key, "seccomp") == 0)
		return first_line("/proc/sys/kernel/seccomp/actions_avail",
		    buf, size);
	return false;
}
