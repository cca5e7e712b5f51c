/* SPDX-License-Identifier: ISC */
/* What an audit record's decision was about where that is no path. */
#include <string.h>

#include "audit_own.h"
#include "buf.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { KEYS = 4 };

/*
 * By the beginning of what was asked for: the fields that say of what; the
 * first row of which any is there.
 */
static const struct row {
	const char *layer, *name;
	const char *keys[KEYS];
} rows[] = {
	{"apparmor", "change_", {"target"}},
	{"apparmor", "change_", {"name"}},
	{"apparmor", "create", {"family", "sock_type"}},
	{"apparmor", "dbus_", {"name", "interface", "member", "method"}},
	{"apparmor", "file_", {"family", "sock_type"}},
	{"apparmor", "mqueue_", {"name"}},
	{"apparmor", "post_create", {"family", "sock_type"}},
	{"apparmor", "profile_", {"name"}},
	{"apparmor", "ptrace", {"peer"}},
	{"apparmor", "ptrace", {"target"}},
	{"apparmor", "setrlimit", {"rlimit"}},
	{"apparmor", "signal", {"signal", "peer"}},
	{"apparmor", "socket_create", {"family", "sock_type"}},
	{"apparmor", "stack", {"target"}},
	{"apparmor", "stack", {"name"}},
	{"apparmor", "sysv_mqueue", {"name"}},
	{"apparmor", "userns_create", {"target"}},
	{"landlock", "ptrace", {"ocomm"}},
	{"landlock", "scope", {"ocomm"}},
	{"smack", "", {"object"}},
};

/* Where the address is that of this end, */
static const char *const here[] = {"accept", "bind", "listen", "name_bind",
    "net.bind", "node_bind", "socket_accept", "socket_bind", "socket_listen"};
/* and of the other one.  Elsewhere one of them is new each time. */
static const char *const there[] = {"connect", "name_connect", "net.connect",
    "scope", "sendmsg", "sendto", "socket_connect", "socket_sendmsg"};

static const char *const ends[][2][2] = {
	{{"saddr", "src"}, {"laddr", "lport"}},
	{{"daddr", "dest"}, {"faddr", "fport"}},
};

static struct dt_str
get(const struct dt_record *rec, const char *key)
{
	return dt_kvv_get(&rec->fields, key);
}

static bool
begins(struct dt_str name, const char *const *all, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_str_starts(name, all[i]))
			return true;
	return false;
}

/* Put a word behind others. */
static void
word(struct dt_buf *buf, struct dt_str text)
{
	/* The name that D-Bus gives to a connection is new each time. */
	if (text.n == 0 || text.s[0] == ':')
		return;
	if (buf->n > 0)
		dt_buf_c(buf, " ");
	dt_buf_put(buf, text);
}

/* `HOST:PORT` with what there is of it. */
static void
address(const struct dt_record *rec, struct dt_buf *buf)
{
	bool local = begins(rec->name, here, NELEM(here));
	struct dt_str host, port, addr;
	size_t i;

	if (!local && !begins(rec->name, there, NELEM(there)))
		return;
	for (i = 0; i < 2 && buf->n == 0; i++) {
		host = get(rec, ends[!local][i][0]);
		port = get(rec, ends[!local][i][1]);
		if (host.s == NULL && port.s == NULL)
			continue;
		if (dt_scan_find(host, ":") < host.n) {
			dt_buf_c(buf, "[");
			dt_buf_put(buf, host);
			dt_buf_c(buf, "]");
		} else {
			dt_buf_put(buf, host);
		}
		dt_buf_c(buf, ":");
		dt_buf_put(buf, port);
	}
	addr = get(rec, "peer_addr");
	if (local || addr.s == NULL)
		addr = get(rec, "addr");
	if (buf->n == 0 && !dt_str_is(addr, "none"))
		dt_buf_put(buf, addr);
}

/* The type of `USER:ROLE:TYPE:LEVEL`, whose level is new for each container. */
static void
selinux(const struct dt_record *rec, struct dt_buf *buf)
{
	struct dt_str rest = get(rec, "tcontext"), type = {0};
	int i;

	if (dt_str_is(get(rec, "tclass"), "dbus")) {
		word(buf, get(rec, "dest"));
		word(buf, get(rec, "interface"));
		word(buf, get(rec, "member"));
	}
	if (buf->n > 0)
		return;
	for (i = 0; i < 3; i++) {
		type = dt_scan_until(&rest, ":");
		dt_scan_take(&rest, ":");
	}
	word(buf, type);
	if (buf->n > 0)
		dt_buf_c(buf, ":");
	dt_buf_put(buf, get(rec, "tclass"));
}

static void
by_row(const struct dt_record *rec, struct dt_str layer, struct dt_buf *buf)
{
	size_t i, k;

	for (i = 0; i < NELEM(rows) && buf->n == 0; i++) {
		if (!dt_str_is(layer, rows[i].layer) ||
		    !dt_str_starts(rec->name, rows[i].name))
			continue;
		for (k = 0; k < KEYS && rows[i].keys[k] != NULL; k++)
			word(buf, get(rec, rows[i].keys[k]));
	}
}

int
dt_audit_target(struct dt_record *rec)
{
	struct dt_buf buf = {.mem = &rec->mem};
	struct dt_str layer = get(rec, "layer");

	if (rec->path.s != NULL)
		return 0;
	if (rec->capability.s != NULL) {
		rec->target = rec->capability;
		return 0;
	}
	address(rec, &buf);
	if (buf.n == 0)
		by_row(rec, layer, &buf);
	if (buf.n == 0 && dt_str_is(layer, "selinux"))
		selinux(rec, &buf);
	if (buf.n == 0 && !buf.lost)
		return 0;
	rec->target = dt_buf_end(&buf);
	return rec->target.s == NULL ? -1 : 0;
}
