/* SPDX-License-Identifier: ISC */
/* Is what a tracer saw of a call what an audit record is about? */
#include <stdio.h>
#include <string.h>

#include "audit_match.h"
#include "tables.h"

/*
 * A record has the time of the call's entry by a clock that steps in up to
 * 10 ms.  A tracer has that of the return, which may come late, or that of when
 * it stopped the call, which went on when the tracer got to it.
 */
static const int64_t before = 10000000000, after = 60000000000;

/* What the name of a record is, by who decided. */
static const struct {
	const char *layer, *key;
} names[] = {
	{"apparmor", "operation"},
	{"landlock", "blockers"},
	{"selinux",  "perms"},
};

/* What else of a decision is put beside the call's own words. */
static const char *const words[] = {
	"denied",
	"denied_mask",
	"domain",
	"profile",
	"requested",
	"requested_mask",
	"scontext",
	"tclass",
	"tcontext",
};

static bool
is_seccomp(const struct dt_record *rec)
{
	return dt_str_is(rec->denied_by, "seccomp");
}

static bool
contains(struct dt_str s, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; i + n <= s.n; i++)
		if (memcmp(s.s + i, word, n) == 0)
			return true;
	return false;
}

/* The n'th argument of a record, which has it in bare hexadecimal digits. */
static bool
register_of(const struct dt_record *au, int n, uint64_t *val)
{
	char key[] = {'a', (char)('0' + n), '\0'}, text[32];
	struct dt_str s = dt_kvv_get(&au->fields, key);
	int64_t v;

	if (s.s == NULL || s.n > 16)
		return false;
	snprintf(text, sizeof(text), "0x%.*s", (int)s.n, s.s);
	if (dt_num_parse(dt_str_c(text), &v) == -1)
		return false;
	*val = (uint64_t)v;
	return true;
}

/* Landlock's words for what is done to a directory. */
static bool
is_of_parent(const struct dt_record *au)
{
	return dt_str_is(au->denied_by, "landlock") &&
	    (contains(au->name, "fs.make_") ||
	    contains(au->name, "fs.remove_") ||
	    contains(au->name, "fs.refer"));
}

void
dt_audit_clues(struct dt_audit_clues *c, const struct dt_record *au)
{
	const struct dt_kvv *f = &au->fields;
	const struct dt_call *call;
	int i;

	*c = (struct dt_audit_clues){.rec = au, .flagarg = -1,
	    .parent = is_of_parent(au)};
	c->call = is_seccomp(au) ? au->name : dt_kvv_get(f, "syscall");
	for (i = 0; i < 4; i++)
		c->has |= (unsigned)register_of(au, i, &c->args[i]) << i;
	call = dt_call_byname(c->call);
	if (call != NULL && !dt_call_flags_far(call))
		c->flagarg = dt_call_flagarg(call, DT_OS_LINUX);
	c->port = dt_kvv_get(f, "dest");
	c->host = dt_kvv_get(f, c->port.s != NULL ? "daddr" : "saddr");
	if (c->port.s == NULL)
		c->port = dt_kvv_get(f, "src");
}

/* A filter's record has no result; a signal is the event of one that kills. */
static bool
is_same_call(const struct dt_record *ev, const struct dt_audit_clues *c)
{
	const struct dt_record *au = c->rec;
	bool signal = ev->kind == DT_KIND_SIGNAL;

	if (!signal && au->errnum.set && ev->errnum.set &&
	    au->errnum.v != ev->errnum.v)
		return false;
	if (c->call.s != NULL && !dt_str_eq(c->call, signal ?
	    dt_kvv_get(&ev->fields, "call") : ev->name))
		return false;
	if (is_seccomp(au) || is_seccomp(ev))
		return is_seccomp(au) && c->call.s != NULL &&
		    (ev->denied_by.s == NULL || is_seccomp(ev));
	return !signal;
}

static bool
is_time(const struct dt_record *ev, const struct dt_record *au)
{
	return !ev->ts.set || !au->ts.set ||
	    (ev->ts.v - au->ts.v >= -before && ev->ts.v - au->ts.v <= after);
}

/* Registers of which one may be shown as a number of 32 bits. */
static bool
is_same_number(uint64_t a, uint64_t b)
{
	uint64_t ha = a >> 32, hb = b >> 32;

	return (uint32_t)a == (uint32_t)b &&
	    (ha == hb || ha == 0 || hb == 0);
}

/* strace writes a mode in octal, which is no number to us. */
static bool
is_number(struct dt_str s, int64_t *num)
{
	return !(s.n > 1 && s.s[0] == '0' && s.s[1] >= '0' && s.s[1] <= '9') &&
	    dt_num_parse(s, num) == 0;
}

/* What the tracer has as a number has to be that of the record. */
static bool
is_same_args(const struct dt_record *ev, const struct dt_audit_clues *c)
{
	int64_t num;
	size_t i;

	for (i = 0; i < 4; i++) {
		if ((c->has >> i & 1) == 0)
			continue;
		if ((int)i == c->flagarg && ev->flags.set &&
		    (uint32_t)ev->flags.v != (uint32_t)c->args[i])
			return false;
		if (i < ev->args.n && is_number(ev->args.v[i], &num) &&
		    !is_same_number((uint64_t)num, c->args[i]))
			return false;
	}
	return true;
}

/* Without slashes at its end, and without ./ at its beginning. */
static struct dt_str
trim(struct dt_str path)
{
	while (path.n > 1 && path.s[path.n - 1] == '/')
		path.n--;
	while (path.n > 2 && dt_str_starts(path, "./"))
		path = dt_str_after(path, 2);
	return path;
}

/* Up to the last slash; "" for a name alone. */
static struct dt_str
parent(struct dt_str path)
{
	size_t n = path.n;

	while (n > 0 && path.s[n - 1] != '/')
		n--;
	return (struct dt_str){path.s, n > 1 ? n - 1 : n};
}

static struct dt_str
last_name(struct dt_str path)
{
	size_t n = path.n;

	while (n > 0 && path.s[n - 1] != '/')
		n--;
	return dt_str_after(path, n);
}

static bool
ends_with(struct dt_str path, struct dt_str tail)
{
	return tail.n > 0 && path.n > tail.n &&
	    path.s[path.n - tail.n - 1] == '/' &&
	    memcmp(path.s + path.n - tail.n, tail.s, tail.n) == 0;
}

/* Is a path DIR/NAME, or DIR if there is no name? */
static bool
is_below(struct dt_str path, struct dt_str dir, struct dt_str name)
{
	if (name.n == 0)
		return dt_str_eq(path, dir);
	if (dir.n == 1)		/* the root */
		dir.n = 0;
	return path.n == dir.n + 1 + name.n && ends_with(path, name) &&
	    (dir.n == 0 || memcmp(path.s, dir.s, dir.n) == 0);
}

/* Is this the path of the record, which is whole? */
static bool
is_path(struct dt_str au, struct dt_str path, struct dt_str dir)
{
	if (path.n > 0 && path.s[0] == '/')
		return dt_str_eq(au, path);
	return dir.s != NULL && is_below(au, trim(dir), path);
}

/* How the path of a record is like one of the event's, of that directory. */
static enum dt_audit_fit
path_fit(const struct dt_audit_clues *c, struct dt_str path, struct dt_str dir)
{
	struct dt_str au = trim(c->rec->path), up, meant, other;

	if (path.n == 0)
		return DT_AUDIT_FIT_CALL;
	path = trim(path);
	up = parent(path);
	meant = c->parent ? up : path;
	other = c->parent ? path : up;
	if (is_path(au, meant, dir))
		return DT_AUDIT_FIT_SAME;
	if (is_path(au, other, dir) || (path.s[0] != '/' && dir.s == NULL &&
	    ends_with(au, meant)))
		return DT_AUDIT_FIT_NEAR;
	return meant.n > 0 && dt_str_eq(last_name(au), last_name(meant)) ?
	    DT_AUDIT_FIT_NAME : DT_AUDIT_FIT_CALL;
}

static enum dt_audit_fit
better(enum dt_audit_fit a, enum dt_audit_fit b)
{
	return a > b ? a : b;
}

static enum dt_audit_fit
paths_fit(const struct dt_record *ev, const struct dt_audit_clues *c)
{
	struct dt_str dir = dt_kvv_get(&ev->fields, "dir");
	struct dt_str dir2 = dt_kvv_get(&ev->fields, "dir2");
	enum dt_audit_fit fit = path_fit(c, ev->path, dir);

	fit = better(fit, path_fit(c, ev->path2, dir2.s != NULL ? dir2 : dir));
	return better(fit, path_fit(c, dt_kvv_get(&ev->fields, "file"),
	    (struct dt_str){0}));
}

/* As strace shows an address: one argument among others. */
static enum dt_audit_fit
port_fit(const struct dt_record *ev, struct dt_str port)
{
	enum dt_audit_fit fit = DT_AUDIT_FIT_CALL;
	char text[32];
	size_t i;

	snprintf(text, sizeof(text), "htons(%.*s)", (int)port.n, port.s);
	for (i = 0; i < ev->args.n; i++) {
		if (contains(ev->args.v[i], text))
			return DT_AUDIT_FIT_NEAR;
		if (contains(ev->args.v[i], "htons("))
			fit = DT_AUDIT_FIT_NOT;
	}
	return fit;
}

/* HOST:PORT as dt has it; the host may not be told. */
static enum dt_audit_fit
addr_fit(const struct dt_record *ev, struct dt_str host, struct dt_str port)
{
	struct dt_str addr = dt_kvv_get(&ev->fields, "addr");
	bool six = host.s != NULL && memchr(host.s, ':', host.n) != NULL;
	char text[64];
	size_t n;

	if (port.s == NULL || port.n > 5 || host.n > 46)
		return DT_AUDIT_FIT_CALL;
	if (addr.s == NULL)
		return port_fit(ev, port);
	n = (size_t)snprintf(text, sizeof(text), "%s%.*s%s:%.*s", six ? "[" :
	    "", (int)host.n, host.n > 0 ? host.s : "", six ? "]" : "",
	    (int)port.n, port.s);
	if (host.n == 0)
		return addr.n > n && memcmp(addr.s + addr.n - n, text, n) ==
		    0 ? DT_AUDIT_FIT_NEAR : DT_AUDIT_FIT_NOT;
	return dt_str_is(addr, text) ? DT_AUDIT_FIT_SAME : DT_AUDIT_FIT_NOT;
}

enum dt_audit_fit
dt_audit_fits(const struct dt_record *ev, const struct dt_audit_clues *c)
{
	enum dt_audit_fit fit;

	if (!is_time(ev, c->rec) || !is_same_call(ev, c) ||
	    !is_same_args(ev, c))
		return DT_AUDIT_FIT_NOT;
	fit = c->rec->path.n > 0 ? paths_fit(ev, c) :
	    addr_fit(ev, c->host, c->port);
	/* Without the call, only what it acted on tells which it was. */
	if ((c->call.s == NULL || dt_audit_doubts(ev, c)) &&
	    fit < DT_AUDIT_FIT_NEAR)
		return DT_AUDIT_FIT_NOT;
	return fit;
}

bool
dt_audit_doubts(const struct dt_record *ev, const struct dt_audit_clues *c)
{
	return ev->denied_by.s != NULL &&
	    !dt_str_eq(ev->denied_by, c->rec->denied_by) &&
	    !dt_str_starts(ev->denied_by, "lsm");
}

static int
put_copy(struct dt_record *rec, const char *key, struct dt_str val)
{
	if (val.s == NULL || dt_kvv_get(&rec->fields, key).s != NULL)
		return 0;
	val = dt_arena_dup(&rec->mem, val);
	return val.s == NULL ? -1 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

int
dt_audit_explain(struct dt_record *ev, const struct dt_record *au)
{
	size_t i;

	ev->denied_by = dt_arena_dup(&ev->mem, au->denied_by);
	if (ev->denied_by.s == NULL || put_copy(ev, "audit_serial",
	    dt_kvv_get(&au->fields, "serial")) == -1)
		return -1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (dt_str_is(au->denied_by, names[i].layer) &&
		    put_copy(ev, names[i].key, au->name) == -1)
			return -1;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (put_copy(ev, words[i], dt_kvv_get(&au->fields,
		    words[i])) == -1)
			return -1;
	return 0;
}
