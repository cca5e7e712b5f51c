/* SPDX-License-Identifier: ISC */
/* What an audit record is about: the paths and the address of its event. */
#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_own.h"
#include "scan.h"
#include "tables.h"

enum { PATH = 1302 };
/* Families of socket(2), as Linux numbers them. */
enum { UNSPEC = 0, UNIX = 1, INET = 2, INET6 = 10 };
enum { SADDR_MAX = 128 };	/* struct sockaddr_storage */

static struct dt_str
get(const struct dt_audit_rec *a, const char *key)
{
	return dt_kvv_get(&a->pairs, key);
}

/* Is it a PATH record of one of these types of name, or of any but PARENT? */
static bool
is_path(const struct dt_audit_rec *a, const char *type)
{
	struct dt_str told = get(a, "nametype");

	if (a->type != PATH || get(a, "name").s == NULL)
		return false;
	return type != NULL ? dt_str_is(told, type) :
	    !dt_str_is(told, "PARENT");
}

static int64_t
item(const struct dt_audit_rec *a)
{
	int64_t num;

	return dt_num_parse(get(a, "item"), &num) == 0 ? num : INT64_MAX;
}

/* The one with the lowest item. */
static const struct dt_audit_rec *
lowest(const struct dt_audit_event *ev, const char *type)
{
	const struct dt_audit_rec *best = NULL, *a;

	for (a = ev->recs; a < ev->recs + ev->n; a++)
		if (is_path(a, type) &&
		    (best == NULL || item(a) < item(best)))
			best = a;
	return best;
}

/* Does this call look relative paths up from where the process is? */
static bool
from_cwd(const struct dt_record *rec, struct dt_str name)
{
	const struct dt_call *call = dt_call_byname(name);
	char key[4] = "a0";
	struct dt_str dirfd;
	int fd;

	if (call == NULL)
		return false;
	fd = dt_call_fd(call);
	if (fd == -1)
		return true;
	if (fd > 3)
		return false;
	key[1] = (char)('0' + fd);
	dirfd = dt_kvv_get(&rec->fields, key);
	/* AT_FDCWD as 32 or 64 bits. */
	return dt_str_is(dirfd, "ffffff9c") ||
	    dt_str_is(dirfd, "ffffffffffffff9c") ||
	    dt_str_is(dirfd, "AT_FDCWD");
}

static int
set_dir(struct dt_record *rec)
{
	struct dt_str cwd = dt_kvv_get(&rec->fields, "cwd");
	struct dt_str name = rec->kind == DT_KIND_SYSCALL ? rec->name :
	    dt_kvv_get(&rec->fields, "syscall");

	if (cwd.s == NULL || dt_str_starts(rec->path, "/") ||
	    !from_cwd(rec, name))
		return 0;
	return dt_audit_claim(rec, "dir", cwd);
}

/* What a call was about: its name, and where it was to be made. */
static int
of_call(struct dt_record *rec, const struct dt_audit_event *ev)
{
	const struct dt_audit_rec *one = lowest(ev, NULL);
	const struct dt_audit_rec *made = lowest(ev, "CREATE");
	const struct dt_call *call = dt_call_byname(rec->name);
	bool two = call != NULL && dt_call_path2(call, DT_OS_LINUX) >= 0;

	if (two && made != NULL) {
		one = lowest(ev, "DELETE");
		if (one == NULL)
			one = lowest(ev, "NORMAL");
		rec->path2 = get(made, "name");
	}
	/* What it is to lead to was not asked for. */
	if (dt_str_starts(rec->name, "symlink"))
		one = made;
	if (one != NULL) {
		rec->path = get(one, "name");
		return set_dir(rec);
	}
	one = lowest(ev, "PARENT");
	return one == NULL || two ? 0 :
	    dt_audit_claim(rec, "dir", get(one, "name"));
}

static struct dt_str
last_part(struct dt_str path)
{
	size_t n = dt_scan_find_last(path, "/");

	return n == path.n ? path : dt_str_after(path, n + 1);
}

/*
 * The path of the file that a module names by its last part and inode; NULL if
 * the event has none or several for it.
 */
static struct dt_str
find(const struct dt_audit_event *ev, struct dt_str name, struct dt_str ino)
{
	const struct dt_audit_rec *a;
	struct dt_str found = {0}, path;
	bool same;

	for (a = ev->recs; a < ev->recs + ev->n; a++) {
		if (!is_path(a, NULL))
			continue;
		path = get(a, "name");
		same = get(a, "inode").s != NULL && ino.s != NULL ?
		    dt_str_eq(get(a, "inode"), ino) :
		    dt_str_eq(last_part(path), name);
		if (!same || dt_str_eq(found, path))
			continue;
		if (found.s != NULL)
			return (struct dt_str){0};
		found = path;
	}
	return found;
}

int
dt_audit_paths(struct dt_record *rec, const struct dt_audit_event *ev)
{
	struct dt_str layer = dt_kvv_get(&rec->fields, "layer"), name, path;

	if (rec->path.s != NULL)
		return 0;
	if (rec->kind == DT_KIND_SYSCALL)
		return of_call(rec, ev);
	name = dt_kvv_get(&rec->fields, "name");
	if (name.s == NULL || dt_str_is(layer, "apparmor"))
		return 0;
	path = find(ev, name, dt_kvv_get(&rec->fields, "ino"));
	if (path.s != NULL) {
		rec->path = path;
		return set_dir(rec);
	}
	rec->path = name;
	return dt_audit_claim(rec, "path_error", DT_STR("partial"));
}

static size_t
unhex(struct dt_str hex, unsigned char *buf)
{
	char two[3] = "", *end;
	size_t n;

	for (n = 0; n < SADDR_MAX && 2 * n + 1 < hex.n; n++) {
		memcpy(two, hex.s + 2 * n, 2);
		buf[n] = (unsigned char)strtoul(two, &end, 16);
		if (*end != '\0')
			return 0;
	}
	return n;
}

static int
put_addr(struct dt_record *rec, const char *addr)
{
	struct dt_str own = dt_arena_dup(&rec->mem, dt_str_c(addr));

	return own.s == NULL ? -1 : dt_audit_claim(rec, "addr", own);
}

static int
unix_addr(struct dt_record *rec, const unsigned char *b, size_t n)
{
	struct dt_str name = {(const char *)b + 2, n - 2};
	const char *nul;

	if (name.n == 0)
		return put_addr(rec, "unnamed");
	nul = memchr(name.s, '\0', name.n);
	if (nul != name.s) {
		name.n = nul != NULL ? (size_t)(nul - name.s) : name.n;
		if (rec->path.s == NULL)
			rec->path = dt_arena_dup(&rec->mem, name);
		return rec->path.s == NULL ? -1 : 0;
	}
	name = dt_arena_dup(&rec->mem, name);
	if (name.s == NULL)
		return -1;
	*(char *)(uintptr_t)name.s = '@';
	return dt_audit_claim(rec, "addr", name);
}

int
dt_audit_sockaddr(struct dt_record *rec, struct dt_str saddr)
{
	unsigned char b[SADDR_MAX];
	size_t n = unhex(saddr, b);
	char host[INET6_ADDRSTRLEN], addr[INET6_ADDRSTRLEN + 16];
	unsigned family, port;

	if (n < 2)
		return 0;
	/* In the order of the machine, and none is above 255. */
	family = b[0] != 0 ? b[0] : b[1];
	port = n >= 4 ? b[2] * 256U + b[3] : 0;
	if (family == UNIX)
		return unix_addr(rec, b, n);
	if (family == INET && n >= 8 &&
	    inet_ntop(AF_INET, b + 4, host, sizeof(host)) != NULL)
		snprintf(addr, sizeof(addr), "%s:%u", host, port);
	else if (family == INET6 && n >= 24 &&
	    inet_ntop(AF_INET6, b + 8, host, sizeof(host)) != NULL)
		snprintf(addr, sizeof(addr), "[%s]:%u", host, port);
	else
		snprintf(addr, sizeof(addr), "family:%u", family);
	return put_addr(rec, addr);
}
