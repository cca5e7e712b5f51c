/* SPDX-License-Identifier: ISC */
/* The tables keep their promises: sorted, unique, findable, and no more. */
#include <stdio.h>
#include <string.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))
#define FIND(key, rows) find((key), (rows), NELEM(rows), sizeof((rows)[0]))

enum { NONE = -99999, SELF = 0, ALL = -1 };
enum { BIAS = 100000 };		/* tells an alias from its number */
enum { NUMBERS = 2000 };	/* no row has as high a number */
enum { PLAIN, DENY, SBPL, LINUX };
enum { SYSCALL, FREEBSD, SUNOS, TRACEFS, MACHTRAP, PROBE };

static const struct errno_row {
	const char *name;
	int num[3];		/* in the order of oses[] */
	bool denies;
} errnos[] = {
#define ALIAS(n) (n) + BIAS
#define E(name, lin, dar, fre, deny) {#name, {lin, dar, fre}, deny == DENY},
#include "errnos.def"
#undef E
#undef ALIAS
};

static const enum dt_os oses[] = {DT_OS_LINUX, DT_OS_DARWIN, DT_OS_FREEBSD};

static const struct call_row {
	const char *name;
	int num[4];		/* in the order of syses[] */
	int nargs, fd;
	int lpath, lpath2, dpath, dpath2, sockaddr;
	enum dt_family family;
	int lflags, dflags;
} calls[] = {
#define S(name, lx, li, la, dw, na, fd, lp, lp2, dp, dp2, sa, fam, lf, df) \
	{#name, {lx, li, la, dw}, na, fd, lp, lp2, dp, dp2, sa, \
	    DT_FAMILY_##fam, lf, df},
#include "syscalls.def"
#undef S
};

static const struct flag_row {
	const char *name;
	enum dt_flag flag;
	enum dt_family family;
	int64_t val[6];		/* in the order of syses[] */
	int64_t mask;
} flags[] = {
#define F(name, family, lx, la, dw, fb, so, mask) {#name, DT_FLAG_##name, \
	DT_FAMILY_##family, {lx, lx, la, dw, fb, so}, mask},
#include "flags.def"
#undef F
};

static const struct dt_sys syses[] = {
	{DT_OS_LINUX,	DT_ARCH_X86_64},
	{DT_OS_LINUX,	DT_ARCH_I386},
	{DT_OS_LINUX,	DT_ARCH_AARCH64},
	{DT_OS_DARWIN,	DT_ARCH_AARCH64},
	{DT_OS_FREEBSD,	DT_ARCH_X86_64},
	{DT_OS_SUNOS,	DT_ARCH_X86_64},
};

static const struct op_row {
	const char *name;
	enum dt_op op;
	int vocabulary;
} ops[] = {
#define OP(tag, name, vocabulary) {name, DT_OP_##tag, vocabulary},
#include "ops.def"
#undef OP
};

enum class {
#define C(class, family) CLASS_##class,
#define M(class, a, b, op, status)
#include "opmap.def"
#undef C
#undef M
};

static const struct class_row {
	const char *name;
	enum dt_family family;
} classes[] = {
#define C(class, family) {#class, DT_FAMILY_##family},
#define M(class, a, b, op, status)
#include "opmap.def"
#undef C
#undef M
};

static const char MAPPED[] = "mapped";
static const char PARTIAL[] = "partial";

static const struct map_row {
	const char *name;	/* of the class */
	enum class class;
	enum dt_flag a, b;
	enum dt_op op;
	const char *status;
} map[] = {
#define C(class, family)
#define M(class, a, b, op, status) {#class, CLASS_##class, DT_FLAG_##a, \
	DT_FLAG_##b, DT_OP_##op, status},
#include "opmap.def"
#undef C
#undef M
};

static const struct callclass_row {
	const char *name;
	enum class class;
	int origin;
} callclasses[] = {
#define CALL(name, class, origin) {#name, CLASS_##class, origin},
#include "callclass.def"
#undef CALL
};

static const struct notdeny_row {
	const char *name, *errsym, *reason;
} notdeny[] = {
#define N(call, errsym, reason) {#call, #errsym, reason},
#include "notdeny.def"
#undef N
};

static unsigned long checks, failures;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (!ok) {
		failures++;
		fprintf(stderr, "tables: %s: '%s'\n", what, row);
	}
}

/* Every row begins with its name. */
static const char *
name_of(const void *rows, size_t i, size_t size)
{
	const char *row = (const char *)rows + i * size;

	return *(const char *const *)(const void *)row;
}

/* What the lookups must agree with: the row of that name, the slow way. */
static const void *
find(struct dt_str key, const void *rows, size_t n, size_t size)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_str_is(key, name_of(rows, i, size)))
			return (const char *)rows + i * size;
	return NULL;
}

static void
check_sorted(const void *rows, size_t n, size_t size)
{
	size_t i;

	for (i = 1; i < n; i++)
		check(strcmp(name_of(rows, i - 1, size),
		    name_of(rows, i, size)) < 0,
		    "not after the row before", name_of(rows, i, size));
}

/* Every lookup by name finds what is in its table, and nothing else. */
static void
check_name(struct dt_str name)
{
	const struct callclass_row *cc = FIND(name, callclasses);
	const struct call_row *call = FIND(name, calls);
	const struct flag_row *flag = FIND(name, flags);
	const struct errno_row *e = FIND(name, errnos);
	const struct dt_call *c = dt_call_byname(name);
	struct dt_opref ref = dt_op_bycall(syses[0], name, true, 0);
	int64_t num;
	char s[64];

	snprintf(s, sizeof(s), "%.*s", (int)name.n, name.n > 0 ? name.s : "");
	check(c == NULL || call == NULL ? c == NULL && call == NULL :
	    strcmp(dt_call_name(c), call->name) == 0, "call by name", s);
	check(dt_flag_byname(name) == (flag ? flag->flag : DT_FLAG_MAX),
	    "flag by name", s);
	check(dt_op_is(name) == (FIND(name, ops) != NULL), "operation", s);
	check((dt_errno_bysymbol(DT_OS_LINUX, name, &num) == 0) ==
	    (e != NULL && e->num[0] != NONE), "errno by name", s);
	check(cc != NULL || ref.name == NULL, "operation of no call", s);
	check((ref.name == NULL) == (ref.status == NULL), "half a result", s);
}

/* A name and what is nearly it: longer, shorter, changed at either end. */
static void
check_near(const char *name)
{
	size_t n = strlen(name);
	char buf[80];

	memcpy(buf, name, n + 1);
	check_name((struct dt_str){buf, n});
	check_name((struct dt_str){buf, n + 1});
	check_name((struct dt_str){buf, n - 1});
	check_name((struct dt_str){buf + 1, n - 1});
	buf[n] = '_';
	check_name((struct dt_str){buf, n + 1});
	buf[n - 1]++;
	check_name((struct dt_str){buf, n});
	buf[n - 1] = name[n - 1];
	buf[0]--;
	check_name((struct dt_str){buf, n});
	buf[0] ^= 'a' ^ 'A';
	check_name((struct dt_str){buf, n});
}

static void
check_names(const void *rows, size_t n, size_t size)
{
	size_t i;

	check_sorted(rows, n, size);
	for (i = 0; i < n; i++)
		check_near(name_of(rows, i, size));
}

/* Names of nothing, the same ones every time. */
static void
test_misses(void)
{
	uint32_t x = 2463534242u;
	char buf[24];
	size_t i, n;

	for (i = 0; i < 20000; i++) {
		for (n = 0; n < sizeof(buf); n++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			buf[n] = "abcdefghijklmnopqrstuvwxyz_*-\0\xff" "EO"
			    [x % 33];
		}
		check_name((struct dt_str){buf, x / 33 % sizeof(buf)});
	}
	check_name((struct dt_str){NULL, 0});
}

static void
check_errno(const struct errno_row *e, size_t col)
{
	bool alias = e->num[col] > BIAS / 2;
	int num = alias ? e->num[col] - BIAS : e->num[col];
	const char *name = dt_errno_name(oses[col], num);
	int64_t got = NONE;
	int r = dt_errno_bysymbol(oses[col], dt_str_c(e->name), &got);

	check((r == 0) == (num != NONE), "number of an errno", e->name);
	check(got == num, "another number", e->name);
	if (num == NONE)
		return;
	check(name != NULL && (strcmp(name, e->name) == 0) == !alias,
	    "name of a number", e->name);
	check(dt_errno_denies(oses[col], num) == e->denies, "deny", e->name);
}

/* Every number has the one name that its column gives it. */
static void
check_errno_number(int64_t num, size_t col)
{
	const char *name = dt_errno_name(oses[col], num);
	const char *want = NULL;
	size_t i;

	for (i = 0; i < NELEM(errnos); i++)
		if (errnos[i].num[col] == num && num != NONE) {
			check(want == NULL, "number twice", errnos[i].name);
			want = errnos[i].name;
		}
	check(name == NULL || want == NULL ? name == want :
	    strcmp(name, want) == 0, "errno by number", want ? want : "");
	check(want != NULL || !dt_errno_denies(oses[col], num), "deny", "");
}

static void
test_errnos(void)
{
	size_t i, col;
	int64_t num;

	check_names(errnos, NELEM(errnos), sizeof(errnos[0]));
	for (i = 0; i < NELEM(errnos); i++)
		check(errnos[i].num[0] != NONE || errnos[i].num[1] != NONE ||
		    errnos[i].num[2] != NONE, "on no system", errnos[i].name);
	for (col = 0; col < NELEM(oses); col++) {
		for (i = 0; i < NELEM(errnos); i++)
			check_errno(&errnos[i], col);
		for (num = -NUMBERS; num < NUMBERS; num++)
			check_errno_number(num, col);
		check_errno_number(INT64_MAX, col);
		check_errno_number(INT64_MIN, col);
	}
}

/* What every system agrees on is known of an unknown one, and no more. */
static void
test_unknown_errnos(void)
{
	int64_t num = 0;
	size_t i;

	for (i = 0; i < NELEM(errnos); i++) {
		const int *n = errnos[i].num;
		bool same = n[0] == n[1] && n[0] == n[2];

		check((dt_errno_bysymbol(DT_OS_UNKNOWN,
		    dt_str_c(errnos[i].name), &num) == 0) == same,
		    "errno of an unknown system", errnos[i].name);
	}
}

static void
check_call(const struct call_row *row, const struct dt_call *c, size_t col)
{
	bool dar = syses[col].os == DT_OS_DARWIN;
	int num = row->num[col] != NONE ? row->num[col] : -1;
	int path = dar ? row->dpath : row->lpath;
	int path2 = dar ? row->dpath2 : row->lpath2;
	int arg = dar ? row->dflags : row->lflags;

	check(dt_call_number(c, syses[col]) == num, "number", row->name);
	if (num == -1)
		return;
	check(dt_call_bynumber(syses[col], num) == c, "by number", row->name);
	check(dt_call_path(c, syses[col].os) == (path != NONE ? path : -1),
	    "path", row->name);
	check(dt_call_path2(c, syses[col].os) == (path2 != NONE ? path2 : -1),
	    "second path", row->name);
	check(dt_call_flagarg(c, syses[col].os) == (arg != NONE ? arg : -1),
	    "flags", row->name);
	check(path2 == NONE || (path != NONE && path < path2),
	    "second path before the first", row->name);
	check(path < 6 && path2 < 6 && arg < 6, "argument 7", row->name);
	check(arg == NONE || row->family != DT_FAMILY_NOFLAGS,
	    "flags of no family", row->name);
}

static bool
is_on_linux(const struct call_row *r)
{
	return r->num[0] != NONE || r->num[1] != NONE || r->num[2] != NONE;
}

/* Of a call that Linux has not, every index there must be NONE. */
static void
check_arguments(const struct call_row *r, const struct dt_call *c)
{
	int n = is_on_linux(r) ? r->nargs : 0;

	check((r->nargs != NONE) == is_on_linux(r), "arguments of no call",
	    r->name);
	check(r->nargs == NONE || (r->nargs >= 0 && r->nargs <= 6),
	    "number of arguments", r->name);
	check(dt_call_nargs(c) == (r->nargs != NONE ? r->nargs : -1),
	    "another number of arguments", r->name);
	check(dt_call_fd(c) == (r->fd != NONE ? r->fd : -1),
	    "descriptor", r->name);
	check(r->fd < n && r->lpath < n && r->lpath2 < n && r->lflags < n,
	    "argument behind the last", r->name);
	check(!is_on_linux(r) || r->sockaddr < n, "sockaddr behind the last",
	    r->name);
	check(r->fd == NONE || r->lpath == NONE || r->fd == r->lpath - 1,
	    "descriptor not in front of the path", r->name);
	check(r->fd == NONE || r->lpath2 == NONE || r->lpath2 == r->lpath + 2,
	    "no descriptor in front of the second path", r->name);
}

static void
check_call_number(int64_t num, size_t col)
{
	const struct dt_call *c = dt_call_bynumber(syses[col], num);
	const char *want = NULL;
	size_t i;

	for (i = 0; i < NELEM(calls); i++)
		if (calls[i].num[col] == num) {
			check(want == NULL, "number twice", calls[i].name);
			want = calls[i].name;
		}
	check(c == NULL || want == NULL ? c == NULL && want == NULL :
	    strcmp(dt_call_name(c), want) == 0,
	    "call by number", want ? want : "");
}

static void
test_calls(void)
{
	size_t i, col;
	int64_t num;

	check_names(calls, NELEM(calls), sizeof(calls[0]));
	for (i = 0; i < NELEM(calls); i++) {
		const struct call_row *r = &calls[i];
		const struct dt_call *c = dt_call_byname(dt_str_c(r->name));

		check(is_on_linux(r) || r->num[3] != NONE, "on no system",
		    r->name);
		if (c == NULL)
			continue;	/* check_names() has said so */
		check_arguments(r, c);
		for (col = 0; col < NELEM(r->num); col++)
			check_call(r, c, col);
		check(dt_call_family(c) == r->family, "family", r->name);
		check(dt_call_sockaddr(c) ==
		    (r->sockaddr != NONE ? r->sockaddr : -1),
		    "sockaddr", r->name);
		check((r->family == DT_FAMILY_NOFLAGS) ==
		    (r->lflags == NONE && r->dflags == NONE),
		    "family and no flags", r->name);
	}
	for (col = 0; col < NELEM(calls[0].num); col++)
		for (num = -2; num < NUMBERS; num++)
			check_call_number(num, col);
}

static void
check_flag(const struct flag_row *f, size_t col)
{
	int64_t val = f->val[col], mask = f->mask, got = NONE;
	int r = dt_flags_parse(syses[col], f->family, dt_str_c(f->name), &got);

	check((r == 0) == (val != NONE), "parse", f->name);
	check(got == val, "value", f->name);
	if (val == NONE) {
		check(!dt_flag_isset(syses[col], f->flag, -1) &&
		    !dt_flag_isset(syses[col], f->flag, 0), "set", f->name);
		return;
	}
	if (mask == SELF)
		mask = val;
	check(mask != 0, "no mask", f->name);
	check((val & mask) == val, "value outside its mask", f->name);
	check(dt_flag_isset(syses[col], f->flag, val), "not set", f->name);
	check(dt_flag_isset(syses[col], f->flag, val | ~mask),
	    "not set among others", f->name);
	check(!dt_flag_isset(syses[col], f->flag, val ^ (mask & -mask)),
	    "set", f->name);
}

static void
test_flags(void)
{
	size_t i, col;

	check_names(flags, NELEM(flags), sizeof(flags[0]));
	for (i = 0; i < NELEM(flags); i++) {
		const int64_t *v = flags[i].val;

		check(v[0] != NONE || v[2] != NONE || v[3] != NONE ||
		    v[4] != NONE, "on no system", flags[i].name);
		check(dt_flag_family(flags[i].flag) == flags[i].family,
		    "family", flags[i].name);
		check(flags[i].family != DT_FAMILY_NOFLAGS,
		    "no family", flags[i].name);
		for (col = 0; col < NELEM(syses); col++)
			check_flag(&flags[i], col);
	}
}

static void
test_ops(void)
{
	size_t i;

	check_names(ops, NELEM(ops), sizeof(ops[0]));
	for (i = 0; i < NELEM(ops); i++) {
		check(strcmp(dt_op_name(ops[i].op), ops[i].name) == 0,
		    "name", ops[i].name);
		check(dt_op_islinux(ops[i].op) == (ops[i].vocabulary == LINUX),
		    "vocabulary", ops[i].name);
		check(dt_op_islinux(ops[i].op) ==
		    (strncmp(ops[i].name, "linux-", 6) == 0),
		    "name and vocabulary disagree", ops[i].name);
	}
	check(dt_op_name(DT_OP_NONE) == NULL && dt_op_name(DT_OP_MAX) == NULL,
	    "name", "of no operation");
}

static bool
flag_fits(enum dt_flag flag, enum class class)
{
	return flag == DT_FLAG_ANY || (flag == DT_FLAG_KNOWN ?
	    classes[class].family != DT_FAMILY_NOFLAGS :
	    classes[class].family == dt_flag_family(flag));
}

static void
test_map(void)
{
	bool has_rows[NELEM(classes)] = {false};
	size_t i;

	check_sorted(classes, NELEM(classes), sizeof(classes[0]));
	for (i = 0; i < NELEM(map); i++) {
		const struct map_row *m = &map[i];

		has_rows[m->class] = true;
		check(i == 0 || m[-1].class <= m->class, "stray row", m->name);
		check(i == 0 || m[-1].class != m->class ||
		    m[-1].a != DT_FLAG_ANY, "row after the last", m->name);
		check(flag_fits(m->a, m->class) && flag_fits(m->b, m->class),
		    "flag of another family", m->name);
		check(m->a != DT_FLAG_ANY || m->b == DT_FLAG_ANY,
		    "second flag without a first", m->name);
		check(m->op != DT_OP_NONE, "no operation", m->name);
	}
	for (i = 0; i < NELEM(classes); i++)
		check(has_rows[i], "class without rows", classes[i].name);
}

/* What dt_op_bycall() must agree with: the first row whose flags hold. */
static const struct map_row *
first(enum class class, struct dt_sys sys, bool known, int64_t n)
{
	size_t i;

	for (i = 0; i < NELEM(map); i++)
		if (map[i].class == class && (map[i].a == DT_FLAG_ANY ||
		    (known && dt_flag_isset(sys, map[i].a, n) &&
		    dt_flag_isset(sys, map[i].b, n))))
			return dt_op_islinux(map[i].op) &&
			    sys.os != DT_OS_LINUX ? NULL : &map[i];
	return NULL;
}

static void
check_op(const struct callclass_row *cc, struct dt_sys sys, bool known,
    int64_t n)
{
	struct dt_opref got = dt_op_bycall(sys, dt_str_c(cc->name), known, n);
	const struct map_row *want = first(cc->class, sys, known, n);

	check(want == NULL ? got.name == NULL : got.name != NULL &&
	    got.name == dt_op_name(want->op) &&
	    strcmp(got.status, want->status) == 0, "operation", cc->name);
}

/* Flags unknown, the small numbers, and every bit beside every other. */
static void
check_ops(const struct callclass_row *cc, struct dt_sys sys)
{
	int a, b;

	check_op(cc, sys, false, 0);
	for (a = 0; a < 32; a++)
		check_op(cc, sys, true, a);
	for (a = 0; a < 40; a++)
		for (b = a; b < 40; b++)
			check_op(cc, sys, true, INT64_C(1) << a |
			    INT64_C(1) << b);
}

static void
test_callclasses(void)
{
	bool used[NELEM(classes)] = {false};
	size_t i, col;

	check_names(callclasses, NELEM(callclasses), sizeof(callclasses[0]));
	for (i = 0; i < NELEM(callclasses); i++) {
		const struct callclass_row *cc = &callclasses[i];
		const struct call_row *call = FIND(dt_str_c(cc->name), calls);
		enum dt_family family = classes[cc->class].family;

		used[cc->class] = true;
		check((call != NULL) == (cc->origin == SYSCALL),
		    "origin", cc->name);
		check(family == DT_FAMILY_NOFLAGS || call == NULL ||
		    call->family == DT_FAMILY_NOFLAGS ||
		    call->family == family, "flags of the call", cc->name);
		for (col = 0; col < NELEM(syses); col++)
			check_ops(cc, syses[col]);
	}
	for (i = 0; i < NELEM(classes); i++)
		check(used[i], "class without calls", classes[i].name);
}

static void
test_notdeny(void)
{
	const struct notdeny_row *nd;
	int64_t num = 0, other;

	check_sorted(notdeny, NELEM(notdeny), sizeof(notdeny[0]));
	for (nd = notdeny; nd < notdeny + NELEM(notdeny); nd++) {
		struct dt_str call = dt_str_c(nd->name);
		struct dt_str shorter = {nd->name, strlen(nd->name) - 1};

		check(FIND(call, calls) != NULL, "no call", nd->name);
		check(nd->reason[0] != '\0', "no reason", nd->name);
		check(dt_errno_bysymbol(DT_OS_UNKNOWN, dt_str_c(nd->errsym),
		    &num) == 0, "no errno", nd->errsym);
		check(dt_errno_denies(DT_OS_LINUX, num), "denies not",
		    nd->errsym);
		check(!dt_notdeny(shorter, DT_OS_LINUX, num), "miss", nd->name);
		for (other = -200; other < NUMBERS; other++)
			check(dt_notdeny(call, DT_OS_LINUX, other) ==
			    (other == num), "not denied", nd->name);
	}
}

/* Operations of io_uring and the calls that they stand for. */
static void
test_ring_ops(void)
{
	static const struct {
		int op;
		const char *call;
	} ring[] = {
#define U(op, call) {op, #call},
#include "uringops.def"
#undef U
	};
	size_t i;

	for (i = 0; i < NELEM(ring); i++) {
		check(i == 0 || ring[i - 1].op < ring[i].op, "order",
		    ring[i].call);
		check(dt_call_byname(dt_str_c(ring[i].call)) != NULL,
		    "no such call", ring[i].call);
	}
	check(dt_call_byname(DT_STR("io_uring_enter")) != NULL,
	    "no such call", "io_uring_enter");
}

int
main(void)
{
	test_errnos();
	test_unknown_errnos();
	test_calls();
	test_flags();
	test_ops();
	test_map();
	test_callclasses();
	test_notdeny();
	test_misses();
	test_ring_ops();
	if (failures > 0)
		return 1;
	printf("tables: %lu checks\n", checks);
	return 0;
}
