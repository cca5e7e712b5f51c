/* SPDX-License-Identifier: ISC */
/* Makes a record of what the program in the kernel tells. */
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bpf.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* linux/capability.h of Linux 6.1. */
static const char *const capabilities[] = {
#define C(name) [name] = #name
	C(CAP_CHOWN),
	C(CAP_DAC_OVERRIDE),
	C(CAP_DAC_READ_SEARCH),
	C(CAP_FOWNER),
	C(CAP_FSETID),
	C(CAP_KILL),
	C(CAP_SETGID),
	C(CAP_SETUID),
	C(CAP_SETPCAP),
	C(CAP_LINUX_IMMUTABLE),
	C(CAP_NET_BIND_SERVICE),
	C(CAP_NET_BROADCAST),
	C(CAP_NET_ADMIN),
	C(CAP_NET_RAW),
	C(CAP_IPC_LOCK),
	C(CAP_IPC_OWNER),
	C(CAP_SYS_MODULE),
	C(CAP_SYS_RAWIO),
	C(CAP_SYS_CHROOT),
	C(CAP_SYS_PTRACE),
	C(CAP_SYS_PACCT),
	C(CAP_SYS_ADMIN),
	C(CAP_SYS_BOOT),
	C(CAP_SYS_NICE),
	C(CAP_SYS_RESOURCE),
	C(CAP_SYS_TIME),
	C(CAP_SYS_TTY_CONFIG),
	C(CAP_MKNOD),
	C(CAP_LEASE),
	C(CAP_AUDIT_WRITE),
	C(CAP_AUDIT_CONTROL),
	C(CAP_SETFCAP),
	C(CAP_MAC_OVERRIDE),
	C(CAP_MAC_ADMIN),
	C(CAP_SYSLOG),
	C(CAP_WAKE_ALARM),
	C(CAP_BLOCK_SUSPEND),
	C(CAP_AUDIT_READ),
	C(CAP_PERFMON),
	C(CAP_BPF),
	C(CAP_CHECKPOINT_RESTORE),
#undef C
};

/* A number behind a word; there is one for each argument of each event. */
static struct dt_str
number(struct dt_record *rec, const char *word, uint64_t n, unsigned base)
{
	enum { DIGITS = 20 };
	size_t len = strlen(word);
	char *end, *p, *buf = dt_arena_alloc(&rec->mem, len + DIGITS);

	if (buf == NULL)
		return (struct dt_str){0};
	p = end = buf + len + DIGITS;
	do
		*--p = "0123456789abcdef"[n % base];
	while ((n /= base) != 0);
	memcpy(p - len, word, len);
	return (struct dt_str){p - len, (size_t)(end - p) + len};
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? -1 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* The parts hold the names on the way up; a path has them the other way. */
struct dt_str
dt_bpf_names(struct dt_record *rec, struct dt_str part)
{
	size_t room = part.n + 1, n;
	char *buf = dt_arena_alloc(&rec->mem, room), *p;

	if (buf == NULL)
		return (struct dt_str){0};
	p = buf + room;
	while (part.n > 0) {
		n = strnlen(part.s, part.n);
		p -= n;
		memcpy(p, part.s, n);
		*--p = '/';
		part = dt_str_after(part, n < part.n ? n + 1 : n);
	}
	if (p == buf + room)
		*--p = '/';
	return (struct dt_str){p, (size_t)(buf + room - p)};
}

bool
dt_bpf_next(struct dt_str *rest, struct dt_bpf_part *part, struct dt_str *bytes)
{
	size_t n;

	if (rest->n < sizeof(*part))
		return false;
	memcpy(part, rest->s, sizeof(*part));
	*rest = dt_str_after(*rest, sizeof(*part));
	n = part->len > 0 ? (size_t)part->len : 0;
	if (n > rest->n)
		return false;
	*bytes = (struct dt_str){rest->s, n};
	*rest = dt_str_after(*rest, n);
	return true;
}

static int
unreadable(struct dt_record *rec, const char *key, int err)
{
	const char *name = dt_errno_name(DT_OS_LINUX, err);

	return put(rec, key, name != NULL ? dt_str_c(name) :
	    number(rec, "", (uint64_t)err, 10));
}

/* A path as the program gave it; what could not be read is not "". */
static int
path(struct dt_record *rec, const struct dt_bpf_part *part,
    struct dt_str bytes)
{
	bool second = part->what == DT_BPF_PART_PATH2;
	struct dt_str *to = second ? &rec->path2 : &rec->path;

	if (part->len <= 0) {
		*to = dt_null;
		return unreadable(rec, second ? "path2_error" : "path_error",
		    -part->len);
	}
	*to = (struct dt_str){bytes.s, bytes.n - 1};
	if (part->cut)
		rec->path_truncated = DT_BOOL(true);
	return 0;
}

static int
names(struct dt_record *rec, const char *key, const struct dt_bpf_part *part,
    struct dt_str bytes)
{
	struct dt_str val;

	if (part->len < 0)
		return unreadable(rec, key, -part->len);
	val = dt_bpf_names(rec, bytes);
	/* Where it begins is not known. */
	if (val.s != NULL && part->cut)
		val = dt_str_after(val, 1);
	return put(rec, key, val);
}

static int
unix_addr(struct dt_record *rec, struct dt_str name)
{
	struct dt_str abstract;
	char *p;

	if (name.n == 0)
		return put(rec, "addr", DT_STR("unnamed"));
	if (name.s[0] != '\0') {
		rec->path = (struct dt_str){name.s, strnlen(name.s, name.n)};
		return 0;
	}
	abstract = dt_arena_dup(&rec->mem, name);
	if (abstract.s == NULL)
		return -1;
	p = (char *)abstract.s;
	*p = '@';
	return put(rec, "addr", abstract);
}

/* HOST:PORT, as docs/probe-report.md has it. */
static int
addr(struct dt_record *rec, struct dt_str bytes)
{
	enum { NAME = offsetof(struct sockaddr_un, sun_path) };
	union {
		struct sockaddr_storage ss;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a = {0};
	char host[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 16];

	if (bytes.n > sizeof(a))
		bytes.n = sizeof(a);
	memcpy(&a, bytes.s, bytes.n);
	if (a.ss.ss_family == AF_UNIX && bytes.n >= NAME)
		return unix_addr(rec, dt_str_after(bytes, NAME));
	if (a.ss.ss_family == AF_INET && bytes.n >= sizeof(a.in))
		snprintf(text, sizeof(text), "%s:%d", inet_ntop(AF_INET,
		    &a.in.sin_addr, host, sizeof(host)), ntohs(a.in.sin_port));
	else if (a.ss.ss_family == AF_INET6 &&
	    bytes.n >= offsetof(struct sockaddr_in6, sin6_scope_id))
		snprintf(text, sizeof(text), "[%s]:%d", inet_ntop(AF_INET6,
		    &a.in6.sin6_addr, host, sizeof(host)),
		    ntohs(a.in6.sin6_port));
	else
		snprintf(text, sizeof(text), "family:%d", a.ss.ss_family);
	return put(rec, "addr", dt_arena_dup(&rec->mem, dt_str_c(text)));
}

/* What stands for them so far is where they are. */
static int
flags(struct dt_record *rec, struct dt_str bytes)
{
	uint64_t v;

	rec->flags = (struct dt_int){0};
	if (bytes.n != sizeof(v))
		return 0;
	memcpy(&v, bytes.s, sizeof(v));
	rec->flags = DT_INT((int64_t)v);
	return 0;
}

static int
part(struct dt_record *rec, const struct dt_bpf_part *part,
    struct dt_str bytes)
{
	switch (part->what) {
	case DT_BPF_PART_PATH:
	case DT_BPF_PART_PATH2:
		return path(rec, part, bytes);
	case DT_BPF_PART_DIR:
		return names(rec, "dir", part, bytes);
	case DT_BPF_PART_DIR2:
		return names(rec, "dir2", part, bytes);
	case DT_BPF_PART_FILE:
		return names(rec, "file", part, bytes);
	case DT_BPF_PART_ADDR:
		return part->len < 0 ? unreadable(rec, "addr_error",
		    -part->len) : addr(rec, bytes);
	case DT_BPF_PART_FLAGS:
		return flags(rec, bytes);
	default:
		return 0;
	}
}

/* The parts up to a stack, which takes the rest. */
static int
parts(struct dt_bpf *b, struct dt_str rest)
{
	struct dt_str before = rest, bytes;
	struct dt_bpf_part head;

	for (; dt_bpf_next(&rest, &head, &bytes); before = rest) {
		if (head.what == DT_BPF_PART_FRAMES)
			return dt_bpf_stack(b, before);
		if (part(&b->rec, &head, bytes) == -1)
			return -1;
	}
	return 0;
}

/*
 * The missing one.  A file is searched with CAP_DAC_READ_SEARCH where that is
 * enough, and only then with CAP_DAC_OVERRIDE; the lesser would have done.
 */
static unsigned
missing(const struct dt_bpf_event *ev)
{
	return ev->cap == CAP_DAC_OVERRIDE &&
	    (ev->caps >> CAP_DAC_READ_SEARCH & 1) != 0 ?
	    CAP_DAC_READ_SEARCH : ev->cap;
}

static bool
overrides_dac(unsigned cap)
{
	return cap == CAP_DAC_OVERRIDE || cap == CAP_DAC_READ_SEARCH ||
	    cap == CAP_FOWNER;
}

/*
 * Whoever takes memory is asked for CAP_SYS_ADMIN, which may have the last of
 * it, and does without.  None of these calls is refused for want of it.
 */
static bool
is_by_the_way(const struct dt_record *rec, const struct dt_bpf_event *ev)
{
	return ev->cap == CAP_SYS_ADMIN && (dt_str_is(rec->name, "execve") ||
	    dt_str_is(rec->name, "execveat") || dt_str_is(rec->name, "mmap") ||
	    dt_str_is(rec->name, "mmap2"));
}

/*
 * In a user namespace whoever may override the mode of a file there is not
 * asked whether it may here: then nothing tells the mode from the others.
 */
static void
blame_others(struct dt_record *rec, const struct dt_bpf_event *ev)
{
	if (!ev->userns || ev->ret == -EROFS)
		rec->denied_by = DT_STR("lsm-or-fs");
}

static void
blame(struct dt_record *rec, const struct dt_bpf_event *ev)
{
	unsigned cap;

	switch (ev->by) {
	case DT_BPF_BY_SECCOMP:
		rec->denied_by = DT_STR("seccomp");
		break;
	case DT_BPF_BY_LSM:
		rec->denied_by = DT_STR("lsm");
		break;
	case DT_BPF_BY_LSM_OR_FS:
		blame_others(rec, ev);
		break;
	case DT_BPF_BY_CAPABILITY:
		if (is_by_the_way(rec, ev)) {
			blame_others(rec, ev);
			break;
		}
		cap = missing(ev);
		rec->denied_by = overrides_dac(cap) ? DT_STR("dac") :
		    DT_STR("capability");
		rec->capability = cap < NELEM(capabilities) ?
		    dt_str_c(capabilities[cap]) :
		    number(rec, "CAP_", cap, 10);
		break;
	default:
		break;
	}
}

/* The call's name; strace(1) has the same words for one without. */
static struct dt_str
call_name(struct dt_record *rec, const struct dt_bpf_event *ev,
    const struct dt_call *call)
{
	return call != NULL ? dt_str_c(dt_call_name(call)) :
	    number(rec, "syscall_0x", (uint32_t)ev->nr, 16);
}

static int
arguments(struct dt_record *rec, const struct dt_bpf_event *ev,
    const struct dt_call *call)
{
	int n = call != NULL ? dt_call_nargs(call) : DT_BPF_ARGS, i;

	for (i = 0; i < n; i++)
		if (dt_record_push(rec, &rec->args, number(rec, "0x",
		    ev->args[i], 16)) == -1)
			return -1;
	return 0;
}

static void
process(struct dt_bpf *b, const struct dt_bpf_event *ev)
{
	struct dt_record *rec = &b->rec;

	rec->ts = DT_INT((int64_t)ev->ts + b->clock);
	rec->pid = DT_INT(ev->pid);
	rec->tid = DT_INT(ev->tid);
	rec->uid = DT_INT(ev->uid);
	rec->execname = (struct dt_str){ev->comm, strnlen(ev->comm,
	    sizeof(ev->comm))};
}

/* What can be told of a call by its registers. */
static int
call(struct dt_bpf *b, const struct dt_bpf_event *ev)
{
	const struct dt_call *c = dt_bpf_call(ev->abi, ev->nr);
	struct dt_record *rec = &b->rec;
	int i = c != NULL ? dt_call_flagarg(c, DT_OS_LINUX) : -1;

	rec->name = call_name(rec, ev, c);
	if (i >= 0 && dt_call_family(c) != DT_FAMILY_NOFLAGS)
		rec->flags = DT_INT((int64_t)(uint32_t)ev->args[i]);
	if (arguments(rec, ev, c) == -1 || (ev->abi == DT_BPF_COMPAT &&
	    put(rec, "abi", DT_STR("compat")) == -1))
		return -1;
	return put(rec, "cgroup", number(rec, "", ev->cgroup, 10));
}

static int
refused(struct dt_bpf *b, const struct dt_bpf_event *ev, struct dt_str rest)
{
	struct dt_record *rec = &b->rec;

	rec->kind = DT_KIND_SYSCALL;
	process(b, ev);
	if (call(b, ev) == -1)
		return -1;
	rec->ret = DT_INT(-1);
	rec->errnum = DT_INT(-ev->ret);
	blame(rec, ev);
	return parts(b, rest);
}

/* As a tracer sees it that is told of signals: SIGSYS, because of a call. */
static int
killed(struct dt_bpf *b, const struct dt_bpf_event *ev, struct dt_str rest)
{
	struct dt_record *rec = &b->rec;
	struct dt_str name;

	rec->kind = DT_KIND_SIGNAL;
	process(b, ev);
	if (call(b, ev) == -1)
		return -1;
	name = rec->name;
	rec->name = DT_STR("SIGSYS");
	blame(rec, ev);
	return put(rec, "call", name) == -1 ? -1 : parts(b, rest);
}

/* The kernel has let go of the arguments by now. */
static int
ring_refused(struct dt_bpf *b, const struct dt_bpf_event *ev)
{
	struct dt_record *rec = &b->rec;
	const struct dt_call *c = dt_bpf_ring_call(ev->nr);

	rec->kind = DT_KIND_SYSCALL;
	process(b, ev);
	rec->name = dt_str_c(dt_call_name(c));
	rec->ret = DT_INT(-1);
	rec->errnum = DT_INT(-ev->ret);
	if (dt_call_path(c, DT_OS_LINUX) >= 0) {
		rec->path = dt_null;
		if (put(rec, "path_error", DT_STR("released")) == -1)
			return -1;
	}
	return put(rec, "io_uring", ev->nr < 0 ? DT_STR("?") :
	    number(rec, "", (uint64_t)ev->nr, 10));
}

static void
blind(struct dt_record *rec)
{
	rec->kind = DT_KIND_DIAGNOSTIC;
	rec->level = DT_STR("error");
	rec->diag_code = DT_STR("blind-spot");
	rec->text = DT_STR("io_uring: what is asked through a ring is no "
	    "call, and is not seen");
}

int
dt_bpf_event(struct dt_tracing *t, const struct dt_bpf_event *ev, size_t size)
{
	struct dt_bpf *b = t->state;
	struct dt_str rest = {(const char *)(ev + 1), size - sizeof(*ev)};
	int r = 0;

	dt_record_reset(&b->rec);
	if (ev->type == DT_BPF_WAKE)
		return 0;
	if (ev->type == DT_BPF_REFUSED)
		r = refused(b, ev, rest);
	else if (ev->type == DT_BPF_KILLED)
		r = killed(b, ev, rest);
	else if (ev->type == DT_BPF_RING_REFUSED)
		r = ring_refused(b, ev);
	else
		blind(&b->rec);
	return r == -1 ? -1 : dt_emit(&t->sink, &b->rec);
}
