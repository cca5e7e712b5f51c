/* SPDX-License-Identifier: ISC */
/* What a security module or a seccomp filter decided, of one audit record. */
#include <string.h>

#include "audit_own.h"
#include "buf.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { SECCOMP = 1326, AVC = 1400, LANDLOCK_ACCESS = 1423,
    APPARMOR_AUDIT = 1501 };

static const char CUT[] = "a decision that is cut off";
static const char CALL_CUT[] = "a call that is cut off";
static const char TWICE[] = "a key of a decision stands twice";
static const char FAKE[] = "a program's own text that looks like a decision";

/* Operations of AppArmor whose `name` is that of something else than a file. */
static const char *const unnamed[] = {"capable", "change_", "dbus_",
    "exec_profile", "mqueue_", "profile_", "ptrace", "signal", "stack",
    "sysv_mqueue", "userns_"};

/* What in a program's own text looks like the kernel's word. */
static const char *const fakes[] = {"avc: ", "apparmor=\"", "blockers=",
    " audit("};

struct dt_str
dt_audit_pull(struct dt_kvv *pairs, const char *key)
{
	struct dt_str val;
	size_t i;

	for (i = 0; i < pairs->n; i++) {
		if (!dt_str_is(pairs->v[i].key, key))
			continue;
		val = pairs->v[i].val;
		pairs->n--;
		memmove(&pairs->v[i], &pairs->v[i + 1],
		    (pairs->n - i) * sizeof(pairs->v[0]));
		return val;
	}
	return (struct dt_str){0};
}

struct dt_int
dt_audit_pull_num(struct dt_kvv *pairs, const char *key)
{
	struct dt_str val = dt_kvv_get(pairs, key);
	struct dt_int num = {0, true};

	if (val.s == NULL || dt_num_parse(val, &num.v) == -1)
		return (struct dt_int){0};
	dt_audit_pull(pairs, key);
	return num;
}

int
dt_audit_claim(struct dt_record *rec, const char *key, struct dt_str val)
{
	struct dt_str own = dt_audit_pull(&rec->fields, key);

	if (dt_record_put(rec, &rec->fields, dt_str_c(key), val) == -1)
		return -1;
	return own.s == NULL ? 0 :
	    dt_record_put_more(rec, &rec->fields, dt_str_c(key), own);
}

static struct dt_str
get(const struct dt_audit_rec *a, const char *key)
{
	return dt_kvv_get(&a->pairs, key);
}

/* `avc: denied { read open } for` taken apart; false if it is not that. */
static bool
avc_words(struct dt_str words, struct dt_str *decision, struct dt_str *perms)
{
	dt_scan_take(&words, "user ");
	if (!dt_scan_take(&words, "avc:"))
		return false;
	*decision = dt_scan_word(&words);
	words = dt_scan_ltrim(words);
	if (!dt_scan_take(&words, "{"))
		return false;
	*perms = dt_scan_trim(dt_scan_until(&words, "}"));
	return perms->n > 0 && dt_scan_take(&words, "}") &&
	    (dt_str_is(*decision, "denied") ||
	    dt_str_is(*decision, "granted"));
}

/* Does it tell of a decision of SELinux, though it may be cut off? */
static bool
is_selinux(const struct dt_audit_rec *a)
{
	struct dt_str words = a->words;

	dt_scan_take(&words, "user ");
	return dt_scan_take(&words, "avc:") &&
	    (words.n == 0 || dt_scan_find(words, "{") < words.n ||
	    dt_str_starts(dt_scan_ltrim(words), "denied") ||
	    dt_str_starts(dt_scan_ltrim(words), "granted"));
}

static bool
is_module(const struct dt_audit_rec *a)
{
	return (a->role == DT_AUDIT_DECISION && a->type != SECCOMP &&
	    a->type != LANDLOCK_ACCESS) || a->role == DT_AUDIT_OBJECT_MANAGER;
}

/* What kernels before 2.6.36 said by the type alone. */
static struct dt_str
apparmor_word(const struct dt_audit_rec *a)
{
	static const char *const words[] = {"AUDIT", "ALLOWED", "DENIED",
	    "HINT", "STATUS", "ERROR", "KILLED"};
	struct dt_str word = get(a, "apparmor");

	if (word.s == NULL && a->type >= APPARMOR_AUDIT &&
	    a->type < APPARMOR_AUDIT + (int)NELEM(words))
		return dt_str_c(words[a->type - APPARMOR_AUDIT]);
	return word;
}

static bool
denies(struct dt_str word)
{
	return dt_str_is(word, "DENIED") || dt_str_is(word, "KILLED");
}

static bool
is_apparmor(const struct dt_audit_rec *a)
{
	return apparmor_word(a).s != NULL;
}

/* Does a text look like the kernel's decision? */
static bool
is_fake(struct dt_str body)
{
	size_t i;

	for (i = 0; i < NELEM(fakes); i++)
		if (dt_scan_find(body, fakes[i]) < body.n)
			return true;
	return false;
}

/*
 * Does a key stand twice that says what was decided?  systemd(1) prints the
 * arguments of a program in quotes as they are.
 */
static bool
is_doubtful(const struct dt_audit_rec *a)
{
	return (a->repeats && a->role == DT_AUDIT_OBJECT_MANAGER) ||
	    get(a, "permissive.2").s != NULL || get(a, "apparmor.2").s != NULL;
}

/* Is there no call, or nothing behind its result, which may be cut off? */
static bool
cut_call(const struct dt_audit_rec *a)
{
	size_t n = a->pairs.n;

	if (get(a, "syscall").s == NULL && get(a, "uring_op").s == NULL)
		return true;
	return n > 0 && a->words.n == 0 &&
	    dt_str_is(a->pairs.v[n - 1].key, "exit");
}

static const char *
refuses_module(const struct dt_audit_rec *a, struct dt_str body)
{
	struct dt_str decision, perms;

	if (is_doubtful(a))
		return TWICE;
	if (is_selinux(a)) {
		if (!avc_words(a->words, &decision, &perms) ||
		    get(a, "tclass").s == NULL)
			return CUT;
		/* Which of the two was in the record, and which in a name? */
		return a->interpreted && get(a, "name").s != NULL &&
		    get(a, "path").s != NULL ?
		    "a name and a path in readable text" : NULL;
	}
	if (is_apparmor(a))
		return get(a, "operation").s == NULL &&
		    (get(a, "info").s == NULL || denies(apparmor_word(a))) ?
		    CUT : NULL;
	if (dt_str_starts(a->words, "REJECTING "))
		return "a record of AppArmor before 2.1";
	if (a->role == DT_AUDIT_OBJECT_MANAGER)
		return is_fake(body) && !dt_str_starts(a->words, "avc:") ?
		    FAKE : NULL;
	if (get(a, "lsm").s != NULL)
		return get(a, "requested").s == NULL ? CUT : NULL;
	return a->type == AVC ? CUT : NULL;
}

const char *
dt_audit_refuses(const struct dt_audit_rec *a, struct dt_str body)
{
	if (is_module(a))
		return refuses_module(a, body);
	if (a->role == DT_AUDIT_DECISION && a->type == SECCOMP)
		return get(a, "syscall").s == NULL ||
		    (get(a, "code").s == NULL && get(a, "sig").s == NULL) ?
		    CUT : NULL;
	if (a->role == DT_AUDIT_DECISION)
		return get(a, "blockers").n == 0 && get(a, "op").s == NULL ?
		    CUT : NULL;
	if (a->role == DT_AUDIT_SYSCALL)
		return cut_call(a) ? CALL_CUT : NULL;
	return (a->role == DT_AUDIT_USER || a->type == 0) && is_fake(body) ?
	    FAKE : NULL;
}

/* "read open" as "read,open". */
static struct dt_str
joined(struct dt_record *rec, struct dt_str perms)
{
	struct dt_buf buf = {.mem = &rec->mem};
	struct dt_str word;

	while ((word = dt_scan_word(&perms)).n > 0) {
		if (buf.n > 0)
			dt_buf_c(&buf, ",");
		dt_buf_put(&buf, word);
	}
	return dt_buf_end(&buf);
}

/* "sys_admin" as "CAP_SYS_ADMIN". */
static struct dt_str
capability(struct dt_record *rec, struct dt_str word)
{
	char *p = dt_arena_alloc(&rec->mem, word.n + 4);
	size_t i;

	if (p == NULL)
		return (struct dt_str){0};
	memcpy(p, "CAP_", 4);
	for (i = 0; i < word.n; i++)
		p[4 + i] = word.s[i] >= 'a' && word.s[i] <= 'z' ?
		    (char)(word.s[i] - 'a' + 'A') : word.s[i];
	return (struct dt_str){p, word.n + 4};
}

/* A path that was printed, or what stood for one. */
static int
set_path(struct dt_record *rec, struct dt_str path)
{
	char *addr;

	if (path.s == NULL)
		return 0;
	if (dt_str_is(path, "<too_long>") || dt_str_is(path, "<no_memory>")) {
		rec->path = dt_null;
		return dt_audit_claim(rec, "path_error", path);
	}
	if (path.n == 0 || path.s[0] != '\0') {
		rec->path = path;
		return 0;
	}
	/* The address of an abstract socket. */
	addr = dt_arena_alloc(&rec->mem, path.n);
	if (addr == NULL)
		return -1;
	memcpy(addr, path.s, path.n);
	addr[0] = '@';
	return dt_audit_claim(rec, "addr", (struct dt_str){addr, path.n});
}

static int
selinux(struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str decision, perms, word, rest;
	bool permissive;

	if (!avc_words(a->words, &decision, &perms))
		return 0;
	rec->name = joined(rec, perms);
	if (rec->name.s == NULL)
		return -1;
	permissive = dt_str_is(dt_kvv_get(f, "permissive"), "1");
	if (dt_str_is(decision, "denied") && !permissive)
		rec->denied_by = DT_STR("selinux");
	rest = perms;
	word = dt_scan_word(&rest);
	if (dt_str_starts(dt_kvv_get(f, "tclass"), "cap") && rest.n == 0) {
		rec->capability = capability(rec, word);
		if (rec->capability.s == NULL)
			return -1;
	}
	/* An object of D-Bus is no file. */
	if ((!dt_str_is(dt_kvv_get(f, "tclass"), "dbus") &&
	    set_path(rec, dt_audit_pull(f, "path")) == -1) ||
	    dt_audit_claim(rec, "layer", DT_STR("selinux")) == -1 ||
	    dt_audit_claim(rec, "decision", decision) == -1)
		return -1;
	return 1;
}

static bool
names_file(struct dt_str op, struct dt_str name, bool owned)
{
	size_t i;

	for (i = 0; i < NELEM(unnamed); i++)
		if (dt_str_starts(op, unnamed[i]))
			return false;
	/* A file that is not to be reached from the root has an owner still. */
	return dt_str_starts(name, "/") || owned;
}

static int
apparmor(struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str word = apparmor_word(a), cap;
	int64_t error;

	dt_audit_pull(f, "apparmor");
	rec->name = dt_audit_pull(f, "operation");
	if (denies(word))
		rec->denied_by = DT_STR("apparmor");
	cap = dt_kvv_get(f, "capname");
	/* So up to Linux 2.6.35. */
	if (cap.s == NULL && dt_str_is(rec->name, "capable"))
		cap = dt_kvv_get(f, "name");
	if (cap.s != NULL) {
		rec->capability = capability(rec, cap);
		if (rec->capability.s == NULL)
			return -1;
	}
	if (names_file(rec->name, dt_kvv_get(f, "name"),
	    dt_kvv_get(f, "ouid").s != NULL))
		rec->path = dt_audit_pull(f, "name");
	/* What it answered, which the call may not have returned. */
	if (rec->denied_by.s != NULL &&
	    dt_num_parse(dt_kvv_get(f, "error"), &error) == 0 && error < 0)
		rec->errnum = DT_INT(-error);
	if (dt_audit_claim(rec, "layer", DT_STR("apparmor")) == -1 ||
	    dt_audit_claim(rec, "decision", word) == -1)
		return -1;
	return 1;
}

static int
smack(struct dt_record *rec)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str action = dt_audit_pull(f, "action");

	rec->name = dt_kvv_get(f, "requested");
	if (dt_str_is(action, "denied"))
		rec->denied_by = DT_STR("lsm");
	if (set_path(rec, dt_audit_pull(f, "path")) == -1 ||
	    dt_audit_claim(rec, "layer", DT_STR("smack")) == -1 ||
	    dt_audit_claim(rec, "decision", action) == -1)
		return -1;
	return 1;
}

static int
landlock(struct dt_record *rec)
{
	struct dt_kvv *f = &rec->fields;

	rec->name = dt_kvv_get(f, "blockers");
	if (rec->name.n == 0)
		return 0;
	/* It has no records of what it allowed. */
	rec->denied_by = DT_STR("landlock");
	if (set_path(rec, dt_audit_pull(f, "path")) == -1 ||
	    dt_audit_claim(rec, "layer", DT_STR("landlock")) == -1 ||
	    dt_audit_claim(rec, "decision", DT_STR("denied")) == -1)
		return -1;
	return 1;
}

/* Whose act it was. */
static void
subject(struct dt_record *rec, const struct dt_audit_rec *a)
{
	struct dt_kvv *f = &rec->fields;
	bool user = a->role == DT_AUDIT_OBJECT_MANAGER;

	if (user && dt_kvv_get(f, "spid").s != NULL)
		rec->pid = dt_audit_pull_num(f, "spid");
	else
		rec->pid = dt_audit_pull_num(f, "pid");
	rec->execname = dt_audit_pull(f, "comm");
}

int
dt_audit_decide(struct dt_record *rec, const struct dt_audit_rec *a)
{
	int r = 0;

	if (a->role == DT_AUDIT_DECISION && a->type == SECCOMP)
		r = dt_audit_seccomp(rec);
	else if (a->role == DT_AUDIT_DECISION && a->type == LANDLOCK_ACCESS)
		r = landlock(rec);
	else if (is_module(a) && is_selinux(a))
		r = selinux(rec, a);
	else if (is_module(a) && is_apparmor(a))
		r = apparmor(rec, a);
	else if (is_module(a) && dt_str_is(get(a, "lsm"), "SMACK"))
		r = smack(rec);
	if (r == 1)
		subject(rec, a);
	return r;
}
