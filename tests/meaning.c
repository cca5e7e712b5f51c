/* SPDX-License-Identifier: ISC */
/* What the tables say of the cases a reader would look up. */
#include <stdio.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { REFUSED = -99999 };

enum which { X86, I386, ARM, MAC, BSD };

static const struct dt_sys syses[] = {
	[X86] = {DT_OS_LINUX, DT_ARCH_X86_64},
	[I386] = {DT_OS_LINUX, DT_ARCH_I386},
	[ARM] = {DT_OS_LINUX, DT_ARCH_AARCH64},
	[MAC] = {DT_OS_DARWIN, DT_ARCH_AARCH64},
	[BSD] = {DT_OS_FREEBSD, DT_ARCH_X86_64},
};

static const char MAPPED[] = "mapped";
static const char PARTIAL[] = "partial";

static unsigned long checks, failures;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (!ok) {
		failures++;
		fprintf(stderr, "meaning: %s: '%s'\n", what, row);
	}
}

static void
test_systems(void)
{
	check(dt_os_bysysname(DT_STR("Linux")) == DT_OS_LINUX, "os", "Linux");
	check(dt_os_bysysname(DT_STR("Darwin")) == DT_OS_DARWIN,
	    "os", "Darwin");
	check(dt_os_bysysname(DT_STR("FreeBSD")) == DT_OS_FREEBSD,
	    "os", "FreeBSD");
	check(dt_os_bysysname(DT_STR("SunOS")) == DT_OS_SUNOS, "os", "SunOS");
	check(dt_os_bysysname(DT_STR("linux")) == DT_OS_UNKNOWN, "os", "linux");
	check(dt_arch_bymachine(DT_STR("amd64")) == DT_ARCH_X86_64,
	    "machine", "amd64");
	check(dt_arch_bymachine(DT_STR("arm64e")) == DT_ARCH_AARCH64,
	    "machine", "arm64e");
	check(dt_arch_bymachine(DT_STR("i686")) == DT_ARCH_I386,
	    "machine", "i686");
	check(dt_arch_bymachine(DT_STR("riscv64")) == DT_ARCH_UNKNOWN,
	    "machine", "riscv64");
}

static void
test_errnos(void)
{
	check(dt_errno_denies(DT_OS_LINUX, 13), "denies", "EACCES");
	check(dt_errno_denies(DT_OS_FREEBSD, 93), "denies", "ENOTCAPABLE");
	check(!dt_errno_denies(DT_OS_DARWIN, 93), "denies", "ENOATTR");
	check(dt_errno_denies(DT_OS_UNKNOWN, 1), "denies", "EPERM");
	check(dt_errno_denies(DT_OS_UNKNOWN, 13), "denies", "EACCES");
	check(!dt_errno_denies(DT_OS_UNKNOWN, 94), "denies", "94");
	check(dt_errno_name(DT_OS_UNKNOWN, 11) == NULL, "is one name", "11");
	check(dt_errno_name(DT_OS_UNKNOWN, 2) != NULL, "is one name", "2");
	check(!dt_errno_name(DT_OS_LINUX, 0), "is an error", "0");
	check(dt_errno_name(DT_OS_SUNOS, 35) == NULL, "is one name", "35");
	check(dt_notdeny(DT_STR("csrctl"), DT_OS_DARWIN, 1),
	    "denied", "csrctl");
	check(!dt_notdeny(DT_STR("open"), DT_OS_LINUX, 1), "allowed", "open");
}

/* Names on one system and not on another keep their arguments. */
static void
test_call_fallback(void)
{
	const struct dt_call *c = dt_call_byname(DT_STR("openat2"));

	check(dt_call_path(c, DT_OS_DARWIN) == 1, "elsewhere", "openat2");
	c = dt_call_byname(DT_STR("chflags"));
	check(dt_call_path(c, DT_OS_LINUX) == 0, "elsewhere", "chflags");
	c = dt_call_byname(DT_STR("truncate64"));
	check(dt_call_path(c, DT_OS_DARWIN) == 0, "elsewhere", "truncate64");
	c = dt_call_byname(DT_STR("quotactl"));
	check(dt_call_path(c, DT_OS_LINUX) == 1, "Linux", "quotactl");
	check(dt_call_path(c, DT_OS_DARWIN) == 0, "Darwin", "quotactl");
	check(dt_call_path(c, DT_OS_FREEBSD) == 0, "FreeBSD", "quotactl");
	check(dt_call_bynumber(syses[BSD], 1) == NULL, "FreeBSD", "1");
	check(dt_call_bynumber((struct dt_sys){0}, 2) ==
	    dt_call_byname(DT_STR("open")), "of an unknown system", "2");
}

/* What a tracer sees that has only numbers. */
static void
test_raw_calls(void)
{
	static const struct {
		enum which sys;
		int number;
		const char *name;
		int nargs, fd;
	} t[] = {
		{X86, 5, "fstat", 2, 0},
		{I386, 5, "open", 3, -1},
		{ARM, 5, "setxattr", 5, -1},
		{MAC, 5, "open", 3, -1},
		{MAC, 462, "clonefileat", -1, -1},
		{I386, 102, "socketcall", 2, -1},
		{I386, 140, "_llseek", 5, 0},
		{I386, 192, "mmap2", 6, 4},
		{I386, 300, "fstatat64", 4, 0},
		{I386, 469, "file_setattr", 5, 0},
		{X86, 15, "rt_sigreturn", 0, -1},
		{X86, 49, "bind", 3, -1},
		{X86, 254, "inotify_add_watch", 3, -1},
		{X86, 266, "symlinkat", 3, 1},
		{X86, 301, "fanotify_mark", 5, 3},
		{ARM, 222, "mmap", 6, 4},
		{ARM, 276, "renameat2", 5, 0},
	};
	size_t i;

	for (i = 0; i < NELEM(t); i++) {
		const struct dt_call *c = dt_call_byname(dt_str_c(t[i].name));

		check(dt_call_bynumber(syses[t[i].sys], t[i].number) == c,
		    "number", t[i].name);
		check(dt_call_nargs(c) == t[i].nargs, "arguments", t[i].name);
		check(dt_call_fd(c) == t[i].fd, "descriptor", t[i].name);
	}
	check(dt_call_bynumber(syses[I386], 222) == NULL, "i386", "222");
}

static void
test_parse(void)
{
	static const struct {
		enum which sys;
		enum dt_family family;
		const char *text;
		int64_t want;	/* REFUSED: refused */
	} t[] = {
		{X86, DT_FAMILY_OPEN, "O_RDONLY|O_CLOEXEC", 02000000},
		{MAC, DT_FAMILY_OPEN, "O_RDONLY|O_CLOEXEC", 0x1000000},
		{X86, DT_FAMILY_OPEN, "O_RDONLY|O_DIRECTORY", 0200000},
		{ARM, DT_FAMILY_OPEN, "O_RDONLY|O_DIRECTORY", 040000},
		{X86, DT_FAMILY_OPEN, "0x80000", 0x80000},
		{X86, DT_FAMILY_OPEN, "0x80000 /* O_CLOEXEC */", 0x80000},
		{X86, DT_FAMILY_OPEN, "O_RDWR|0x400000 /* O_??? */", 0x400002},
		{X86, DT_FAMILY_OPEN, "O_WRONLY|0x40", 0x41},
		{X86, DT_FAMILY_OPEN, " O_WRONLY | O_CREAT ", 0101},
		{BSD, DT_FAMILY_OPEN, "0x601<O_WRONLY|O_CREAT|O_TRUNC>", 0x601},
		{X86, DT_FAMILY_OPEN, "RDONLY|CLOEXEC", 02000000},
		{X86, DT_FAMILY_MODE, "S_IFREG|0644", 0100644},
		{X86, DT_FAMILY_MODE, "0", 0},
		{X86, DT_FAMILY_ACCESS, "R_OK|W_OK", 6},
		{X86, DT_FAMILY_PROT, "PROT_READ|PROT_EXEC", 5},
		{X86, DT_FAMILY_CLONE, "CLONE_NEWUSER|SIGCHLD", 0x10000011},
		{X86, DT_FAMILY_OPEN, "0x7fffffffffffffff", INT64_MAX},
		{X86, DT_FAMILY_OPEN, "0x8000000000000000", REFUSED},
		{X86, DT_FAMILY_OPEN, "", REFUSED},
		{X86, DT_FAMILY_OPEN, " ", REFUSED},
		{X86, DT_FAMILY_OPEN, "|", REFUSED},
		{X86, DT_FAMILY_OPEN, "O_RDONLY|", REFUSED},
		{X86, DT_FAMILY_OPEN, "O_RDONLY O_CLOEXEC", REFUSED},
		{X86, DT_FAMILY_OPEN, "O_RDONLY|O_NONSENSE", REFUSED},
		{X86, DT_FAMILY_OPEN, "O_EVTONLY", REFUSED},
		{X86, DT_FAMILY_OPEN, "R_OK", REFUSED},
		{X86, DT_FAMILY_OPEN, "-1", REFUSED},
		{X86, DT_FAMILY_OPEN, "0x", REFUSED},
		{X86, DT_FAMILY_OPEN, "08", REFUSED},
		{X86, DT_FAMILY_OPEN, "1x", REFUSED},
		{X86, DT_FAMILY_OPEN, "0x1 /* O_WRONLY", REFUSED},
		{X86, DT_FAMILY_OPEN, "0x1 /*/", REFUSED},
		{X86, DT_FAMILY_OPEN, "1<O_WRONLY", REFUSED},
		{X86, DT_FAMILY_NOFLAGS, "O_RDONLY", REFUSED},
	};
	int64_t got;
	size_t i;
	int r;

	for (i = 0; i < NELEM(t); i++) {
		got = REFUSED;
		r = dt_flags_parse(syses[t[i].sys], t[i].family,
		    dt_str_c(t[i].text), &got);
		check(r == (t[i].want == REFUSED ? -1 : 0) &&
		    got == t[i].want, "flags", t[i].text);
	}
	check(dt_flags_parse(syses[X86], DT_FAMILY_OPEN,
	    (struct dt_str){NULL, 0}, &got) == -1, "flags", "(none)");
}

static void
test_meaning(void)
{
	static const struct {
		enum which sys;
		const char *call;
		const char *text;	/* of the flags; NULL: not known */
		const char *op, *status;
	} t[] = {
		{X86, "openat", "O_RDONLY|O_CLOEXEC", "file-read-data", MAPPED},
		{X86, "openat", "O_WRONLY|O_TRUNC", "file-write-data", MAPPED},
		{X86, "openat", "O_WRONLY|O_CREAT|O_EXCL", "file-write-create",
		    MAPPED},
		{X86, "openat", "O_WRONLY|O_CREAT", "file-write-create",
		    PARTIAL},
		{X86, "open", "O_RDWR", "file-write-data", PARTIAL},
		{X86, "open", "O_PATH", "file-read-metadata", MAPPED},
		{X86, "open", "O_RDWR|O_TMPFILE", "file-write-create", MAPPED},
		{ARM, "openat", "O_RDONLY|O_DIRECTORY", "file-read-data",
		    MAPPED},
		{X86, "open", "O_ACCMODE", "file*", PARTIAL},
		{X86, "openat2", NULL, "file*", PARTIAL},
		{MAC, "open_nocancel", "0xa01", "file-write-create", MAPPED},
		{MAC, "open", "0x1000000", "file-read-data", MAPPED},
		{MAC, "guarded_open_np", "0x40", "file-read-data", MAPPED},
		{X86, "access", "R_OK", "file-read-data", MAPPED},
		{X86, "access", "W_OK", "file-write-data", MAPPED},
		{X86, "faccessat2", "X_OK", "process-exec*", PARTIAL},
		{X86, "faccessat", "F_OK", "file-test-existence", PARTIAL},
		{X86, "access", "R_OK|W_OK", "file-write-data", PARTIAL},
		{X86, "access", NULL, "file*", PARTIAL},
		{X86, "newfstatat", NULL, "file-read-metadata", MAPPED},
		{MAC, "stat64_extended", NULL, "file-read-metadata", MAPPED},
		{X86, "getdents64", NULL, "file-read-data", MAPPED},
		{X86, "listdir", NULL, "file-read-data", MAPPED},
		{X86, "rename", NULL, "file-write-unlink", PARTIAL},
		{X86, "mkdir", NULL, "file-write-create", MAPPED},
		{X86, "mknod", "S_IFCHR|0600", "file-mknod", MAPPED},
		{X86, "mknod", "S_IFIFO|0600", "file-write-create", MAPPED},
		{X86, "chmod", "04755", "file-write-setugid", PARTIAL},
		{X86, "fchmodat2", "0644", "file-write-mode", MAPPED},
		{X86, "mmap", "PROT_READ", NULL, NULL},
		{X86, "mmap", "PROT_READ|PROT_EXEC", "file-map-executable",
		    PARTIAL},
		{X86, "mount", "MS_REMOUNT|MS_RDONLY", "file-mount-update",
		    MAPPED},
		{MAC, "mount", "0x10000", "file-mount-update", MAPPED},
		{X86, "clone", "CLONE_NEWUSER|SIGCHLD", "linux-namespace",
		    MAPPED},
		{X86, "clone", "CLONE_VM|SIGCHLD", "process-fork", MAPPED},
		{MAC, "__mac_execve", NULL, "process-exec*", MAPPED},
		{X86, "connect", NULL, "network-outbound", MAPPED},
		{X86, "recvfrom", NULL, "network-inbound", MAPPED},
		{X86, "tgkill", NULL, "signal", MAPPED},
		{X86, "init_module", NULL, "system-kext-load", MAPPED},
		{X86, "setuid", NULL, "linux-credentials", MAPPED},
		{MAC, "setuid", NULL, NULL, NULL},
		{MAC, "proc_info", "2", "process-info-pidinfo", MAPPED},
		{X86, "read", NULL, NULL, NULL},
		{X86, "chdir", NULL, NULL, NULL},
	};
	struct dt_opref ref;
	enum dt_family family;
	int64_t n;
	size_t i;

	for (i = 0; i < NELEM(t); i++) {
		struct dt_str call = dt_str_c(t[i].call);
		const struct dt_call *c = dt_call_byname(call);

		n = 0;
		family = c != NULL ? dt_call_family(c) : DT_FAMILY_NOFLAGS;
		check(t[i].text == NULL || dt_flags_parse(syses[t[i].sys],
		    family, dt_str_c(t[i].text), &n) == 0, "flags", t[i].text);
		ref = dt_op_bycall(syses[t[i].sys], call, t[i].text != NULL, n);
		check(t[i].op == NULL ? ref.name == NULL :
		    ref.name != NULL && strcmp(ref.name, t[i].op) == 0 &&
		    strcmp(ref.status, t[i].status) == 0, "meaning", t[i].call);
	}
}

int
main(void)
{
	test_systems();
	test_errnos();
	test_call_fallback();
	test_raw_calls();
	test_parse();
	test_meaning();
	if (failures > 0)
		return 1;
	printf("meaning: %lu checks\n", checks);
	return 0;
}
