/* SPDX-License-Identifier: ISC */
/* The system call that an audit record is about. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_own.h"
#include "scan.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { URINGOP = 1336 };
enum { X32 = 0x40000000, X32_OWN = 512 };	/* asm/unistd_x32.h */

static const struct arch {
	uint32_t num;
	const char *name;
	enum dt_arch arch;
} archs[] = {
#define A(num, name, arch) {num, name, DT_ARCH_##arch},
#include "auditarch.def"
};

static const struct {
	int num;
	const char *call;
} ringops[] = {
#define U(num, call) {num, #call},
#include "uringops.def"
};

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* By number, hexadecimal without 0x, or by name. */
static const struct arch *
arch_of(struct dt_str text)
{
	char hex[16], *end;
	unsigned long num;
	size_t i;

	if (text.n == 0 || text.n >= sizeof(hex))
		return NULL;
	memcpy(hex, text.s, text.n);
	hex[text.n] = '\0';
	num = strtoul(hex, &end, 16);
	for (i = 0; i < NELEM(archs); i++)
		if ((*end == '\0' && archs[i].num == num) ||
		    strcmp(archs[i].name, hex) == 0)
			return &archs[i];
	return NULL;
}

/* A constant, or a number behind a word in the record's memory. */
static int
named(struct dt_record *rec, const char *known, const char *word, int64_t num,
    struct dt_str *name)
{
	char buf[40];

	if (known != NULL) {
		*name = dt_str_c(known);
		return 0;
	}
	snprintf(buf, sizeof(buf), "%s%" PRId64, word, num);
	*name = dt_arena_dup(&rec->mem, dt_str_c(buf));
	return name->s == NULL ? -1 : 0;
}

/* The name of a call by number, where this architecture's are known. */
static const char *
call_of(const struct arch *arch, int64_t num)
{
	struct dt_sys sys = {.os = DT_OS_LINUX};
	const struct dt_call *call;

	if (arch == NULL || arch->arch == DT_ARCH_UNKNOWN)
		return NULL;
	sys.arch = arch->arch;
	if (sys.arch == DT_ARCH_X86_64 && num >= X32) {
		num -= X32;
		if (num >= X32_OWN)
			return NULL;
	}
	call = dt_call_bynumber(sys, num);
	return call != NULL ? dt_call_name(call) : NULL;
}

int
dt_audit_callname(struct dt_record *rec, struct dt_str *name)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str nr = dt_audit_pull(f, "syscall");
	struct dt_str archname = dt_audit_pull(f, "arch");
	struct dt_str told = dt_audit_pull(f, "SYSCALL");
	const struct arch *arch = arch_of(archname);
	const char *call;
	int64_t num;

	if (archname.s != NULL && put(rec, "arch", arch != NULL ?
	    dt_str_c(arch->name) : archname) == -1)
		return -1;
	dt_audit_pull(f, "ARCH");
	/* It was made readable. */
	if (nr.s != NULL && dt_num_parse(nr, &num) == -1) {
		*name = nr;
		return 0;
	}
	if (nr.s == NULL)
		return 0;
	if (put(rec, "nr", nr) == -1)
		return -1;
	call = call_of(arch, num);
	if (call == NULL && told.s != NULL) {
		*name = told;
		return 0;
	}
	return named(rec, call, "syscall_", num, name);
}

/* An operation of a ring stands for a call. */
static int
ring_name(struct dt_record *rec, struct dt_str *name)
{
	struct dt_str op = dt_audit_pull(&rec->fields, "uring_op");
	size_t i;
	int64_t num;

	if (op.s == NULL)
		return 0;
	if (put(rec, "io_uring", op) == -1)
		return -1;
	if (dt_num_parse(op, &num) == -1) {
		*name = op;
		return 0;
	}
	for (i = 0; i < NELEM(ringops); i++)
		if (ringops[i].num == num)
			return named(rec, ringops[i].call, "", 0, name);
	return named(rec, NULL, "uring_", num, name);
}

/* `-13`, or `EACCES(Permission denied)` or `-13(Permission denied)`. */
static bool
exit_value(struct dt_str text, int64_t *num)
{
	struct dt_str word = dt_scan_until(&text, "(");

	if (dt_num_parse(word, num) == 0)
		return true;
	if (dt_errno_bysymbol(DT_OS_LINUX, word, num) == -1)
		return false;
	*num = -*num;
	return true;
}

/* What came of the call.  Linux has no errno above 4095. */
static void
result(struct dt_record *rec)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str text = dt_kvv_get(f, "exit");
	bool failed = dt_str_is(dt_kvv_get(f, "success"), "no");
	int64_t num;

	if (text.s == NULL || !exit_value(text, &num))
		return;
	if (num < 0 && num >= -4095) {
		rec->ret = DT_INT(-1);
		rec->errnum = DT_INT(-num);
	} else {
		rec->ret = DT_INT(num);
		if (!failed)
			rec->errnum = DT_INT(0);
	}
	dt_audit_pull(f, "exit");
	dt_audit_pull(f, "success");
}

/* The flags are in one of the four arguments that are printed, in hex. */
static void
flags(struct dt_record *rec, struct dt_str name)
{
	const struct dt_call *call = dt_call_byname(name);
	char key[4] = "a0", hex[20], *end;
	struct dt_str text;
	int arg;

	if (call == NULL || dt_call_flags_far(call))
		return;
	arg = dt_call_flagarg(call, DT_OS_LINUX);
	if (arg < 0 || arg > 3)
		return;
	key[1] = (char)('0' + arg);
	text = dt_kvv_get(&rec->fields, key);
	if (text.n == 0 || text.n >= sizeof(hex))
		return;
	memcpy(hex, text.s, text.n);
	hex[text.n] = '\0';
	errno = 0;
	rec->flags.v = (int64_t)strtoull(hex, &end, 16);
	rec->flags.set = *end == '\0' && errno == 0;
}

/* A key of ours that the record has already: the same is said once. */
static int
merge(struct dt_record *rec, struct dt_str key, struct dt_str val)
{
	if (dt_str_eq(dt_kvv_find(&rec->fields, key), val))
		return 0;
	return dt_record_put_more(rec, &rec->fields, key, val);
}

static int
put_num(struct dt_record *rec, const char *key, int64_t num)
{
	struct dt_str val;

	return named(rec, NULL, "", num, &val) == -1 ? -1 :
	    put(rec, key, val);
}

static void
first(struct dt_int *to, struct dt_int from)
{
	if (!to->set)
		*to = from;
}

/* Everything that it says, in a record of its own. */
static int
read_call(struct dt_record *call, const struct dt_audit_rec *a,
    struct dt_str *name)
{
	struct dt_kvv *f = &call->fields;
	size_t i;

	for (i = 0; i < a->pairs.n; i++)
		if (dt_record_put_more(call, f, a->pairs.v[i].key,
		    a->pairs.v[i].val) == -1)
			return -1;
	call->pid = dt_audit_pull_num(f, "pid");
	call->ppid = dt_audit_pull_num(f, "ppid");
	call->uid = dt_audit_pull_num(f, "euid");
	call->execname = dt_audit_pull(f, "comm");
	call->exe = dt_audit_pull(f, "exe");
	result(call);
	if ((a->type == URINGOP ? ring_name(call, name) :
	    dt_audit_callname(call, name)) == -1)
		return -1;
	flags(call, *name);
	return 0;
}

int
dt_audit_call(struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_record call = {0};
	struct dt_str name = {0};
	size_t i;
	int r;

	call.mem = rec->mem;
	r = read_call(&call, a, &name);
	rec->mem = call.mem;
	if (r == 0 && rec->pid.set && call.pid.set &&
	    rec->pid.v != call.pid.v)
		r = put_num(rec, "call_pid", call.pid.v);
	first(&rec->pid, call.pid);
	first(&rec->ppid, call.ppid);
	first(&rec->uid, call.uid);
	first(&rec->ret, call.ret);
	first(&rec->errnum, call.errnum);
	first(&rec->flags, call.flags);
	if (rec->execname.s == NULL)
		rec->execname = call.execname;
	if (rec->exe.s == NULL)
		rec->exe = call.exe;
	for (i = 0; r == 0 && i < call.fields.n; i++)
		r = merge(rec, call.fields.v[i].key, call.fields.v[i].val);
	if (r == 0 && rec->kind == DT_KIND_SYSCALL)
		rec->name = name;
	else if (r == 0 && name.s != NULL)
		r = merge(rec, DT_STR("syscall"), name);
	return r;
}
