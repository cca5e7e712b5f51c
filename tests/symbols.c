/* SPDX-License-Identifier: ISC */
/* Names of functions: of this program, of libc, and of files that lie. */
#define _GNU_SOURCE 1	/* dl_iterate_phdr(3) */
#include <sys/stat.h>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "symbols.h"

/*
 * Symbols without instructions, which nobody runs: a function and what fills
 * the gap behind it, one without a size, and what is no function.
 */
__asm__(".text\n"
    ".globl fn_sized\n.type fn_sized, %function\n"
    "fn_sized: .skip 16\n.size fn_sized, 16\n"
    ".skip 16\n"
    ".globl fn_sizeless\n.type fn_sizeless, %function\n"
    "fn_sizeless: .skip 16\n"
    ".globl not_fn\n.type not_fn, %object\n"
    "not_fn: .skip 16\n.size not_fn, 16\n"
    ".globl label\n"
    "label: .skip 16\n"
    ".globl fn_last\n.type fn_last, %function\n"
    "fn_last: .skip 16\n.size fn_last, 16\n");
extern const char fn_sized[], fn_sizeless[], not_fn[], label[], fn_last[];

/* Where an address of this process comes from. */
struct place {
	uintptr_t addr;
	char path[4096];
	unsigned char id[64];
	size_t idlen;
	uint64_t offset;
};

static const char copy[] = "copy";
static int failures;
static unsigned long checks;

int main(void);

static void
check(bool ok, const char *what, struct dt_str got)
{
	checks++;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "symbols: %s: '%.*s'\n", what, (int)got.n,
	    got.s != NULL ? got.s : "");
}

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static struct dt_symbols *
new(void)
{
	struct dt_symbols *s = dt_symbols_new();

	need(s != NULL, "new");
	return s;
}

static void
read_id(struct place *p, const char *note, size_t n)
{
	ElfW(Nhdr) nh;
	size_t at, size;

	for (; n >= sizeof(nh); note += size, n -= size) {
		memcpy(&nh, note, sizeof(nh));
		at = sizeof(nh) + (nh.n_namesz + 3) / 4 * 4;
		size = at + (nh.n_descsz + 3) / 4 * 4;
		if (size > n)
			return;
		if (nh.n_type != NT_GNU_BUILD_ID || nh.n_namesz != 4 ||
		    memcmp(note + sizeof(nh), "GNU", 4) != 0 ||
		    nh.n_descsz > sizeof(p->id))
			continue;
		memcpy(p->id, note + at, nh.n_descsz);
		p->idlen = nh.n_descsz;
	}
}

static int
match(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct place *p = arg;
	const ElfW(Phdr) *ph = info->dlpi_phdr, *in = NULL;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (ph[i].p_type == PT_LOAD &&
		    p->addr - info->dlpi_addr - ph[i].p_vaddr < ph[i].p_filesz)
			in = &ph[i];
	if (in == NULL)
		return 0;
	p->offset = p->addr - info->dlpi_addr - in->p_vaddr + in->p_offset;
	if (info->dlpi_name[0] != '\0')
		snprintf(p->path, sizeof(p->path), "%s", info->dlpi_name);
	else
		need(readlink("/proc/self/exe", p->path,
		    sizeof(p->path) - 1) > 0, "/proc/self/exe");
	for (i = 0; i < info->dlpi_phnum; i++)
		if (ph[i].p_type == PT_NOTE)
			read_id(p, (const char *)
			    (info->dlpi_addr + ph[i].p_vaddr), ph[i].p_memsz);
	return 1;
}

static struct place
locate(uintptr_t addr)
{
	struct place p = {.addr = addr};

	need(dl_iterate_phdr(match, &p) == 1, "dl_iterate_phdr");
	need(p.idlen > 0, "no build id");
	return p;
}

/* A name is what is wanted, which is NULL for none, at `off`. */
static void
expect(struct dt_symbols *s, const struct place *p, uint64_t offset,
    const char *want, uint64_t off)
{
	struct dt_str name = {0};
	uint64_t got = 12345;
	bool ok = dt_symbols_find(s, p->path, p->id, p->idlen, offset, &name,
	    &got);

	check(ok == (want != NULL), want != NULL ? want : "none", name);
	check(ok || (name.s == NULL && got == 12345), "set all the same",
	    name);
	check(!ok || (dt_str_is(name, want) && got == off), want, name);
}

static void
expect_none(const struct place *p, const char *path)
{
	struct dt_symbols *s = new();
	struct place q = *p;

	snprintf(q.path, sizeof(q.path), "%s", path);
	expect(s, &q, q.offset, NULL, 0);
	expect(s, &q, q.offset, NULL, 0);
	dt_symbols_free(s);
}

static void
test_own(const struct place *p)
{
	struct dt_symbols *s = new();
	struct place q = locate((uintptr_t)fn_sized);
	uint64_t i;

	expect(s, p, p->offset, "main", 0);
	expect(s, p, p->offset + 1, "main", 1);
	expect(s, p, p->offset, "main", 0);
	for (i = 0; i < 16; i++) {
		expect(s, &q, q.offset + i, "fn_sized", i);
		expect(s, &q, q.offset + 16 + i, NULL, 0);
		expect(s, &q, q.offset + 32 + i, "fn_sizeless", i);
		expect(s, &q, q.offset + 48 + i, NULL, 0);
		expect(s, &q, q.offset + 64 + i, NULL, 0);
		expect(s, &q, q.offset + 80 + i, "fn_last", i);
	}
	expect(s, p, 0, NULL, 0);
	expect(s, p, UINT64_MAX, NULL, 0);
	q = locate((uintptr_t)copy);
	expect(s, &q, q.offset, NULL, 0);
	dt_symbols_free(s);
}

/* libc calls it __getpid as well. */
static void
test_libc(void)
{
	struct dt_symbols *s = new();
	struct place p = locate((uintptr_t)getpid);
	struct dt_str name = {0};
	uint64_t off = 1;

	check(dt_symbols_find(s, p.path, p.id, p.idlen, p.offset, &name,
	    &off), "getpid", name);
	check(dt_str_is(name, "getpid") || dt_str_is(name, "__getpid"),
	    "getpid", name);
	check(off == 0, "getpid is not at its beginning", name);
	dt_symbols_free(s);
}

static void
test_ids(const struct place *p)
{
	struct dt_symbols *s = new();
	struct place q = *p;
	size_t i;

	q.idlen = 0;
	expect(s, &q, q.offset, NULL, 0);
	for (i = 1; i <= sizeof(q.id); i++) {
		q.idlen = i;
		expect(s, &q, q.offset, i >= p->idlen ? "main" : NULL, 0);
	}
	for (i = 0; i < sizeof(q.id); i++) {
		q.id[i] ^= 1;
		expect(s, &q, q.offset, NULL, 0);
		q.id[i] ^= 1;
	}
	dt_symbols_free(s);
}

static void
put(const char *path, const char *s, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	need(fd != -1 && write(fd, s, n) == (ssize_t)n && close(fd) == 0,
	    path);
}

static char *
get(const char *path, size_t *n)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	char *s;

	need(fd != -1 && fstat(fd, &st) == 0, path);
	*n = (size_t)st.st_size;
	s = malloc(*n);
	need(s != NULL && read(fd, s, *n) == st.st_size && close(fd) == 0,
	    path);
	return s;
}

static void
test_no_file(const struct place *p)
{
	need(mkfifo("fifo", 0600) == 0, "fifo");
	need(symlink("loop", "loop") == 0, "loop");
	put(copy, "not an ELF file\n", 16);
	expect_none(p, copy);
	put(copy, "\177ELF", 4);
	expect_none(p, copy);
	put(copy, "", 0);
	expect_none(p, copy);
	expect_none(p, "");
	expect_none(p, ".");
	expect_none(p, "fifo");
	expect_none(p, "loop");
	expect_none(p, "nowhere");
	expect_none(p, "/dev/null");
	expect_none(p, "/dev/zero");
	need(unlink("fifo") == 0 && unlink("loop") == 0, "unlink");
}

static void
test_truncated(const struct place *p, const char *s, size_t n)
{
	size_t i;

	for (i = 1; i < n; i = i < 1024 ? i + 13 : i + n / 50) {
		put(copy, s, i);
		expect_none(p, copy);
	}
	put(copy, s, n - 1);
	expect_none(p, copy);
}

/* What is cut off after it was opened ends nobody. */
static void
test_cut_later(const struct place *p, const char *s, size_t n)
{
	struct dt_symbols *sym = new();
	struct place q = *p;

	put(copy, s, n);
	strcpy(q.path, copy);
	expect(sym, &q, 0, NULL, 0);
	expect(sym, &q, q.offset, "main", 0);
	need(truncate(copy, 0) == 0, copy);
	expect(sym, &q, q.offset, "main", 0);
	expect(sym, &q, q.offset + 1, "main", 1);
	dt_symbols_free(sym);
	sym = new();
	put(copy, s, n);
	expect(sym, &q, 0, NULL, 0);
	need(truncate(copy, 0) == 0, copy);
	expect(sym, &q, q.offset, NULL, 0);
	dt_symbols_free(sym);
}

static ElfW(Shdr) *
section(char *s, uint32_t type)
{
	ElfW(Ehdr) *eh = (void *)s;
	ElfW(Shdr) *sh = (void *)(s + eh->e_shoff);
	size_t i;

	for (i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_type == type)
			return &sh[i];
	need(false, "no such section");
	return NULL;
}

/* With dynamic symbols only, one without a size names nothing. */
static void
test_dynamic(char *s, size_t n)
{
	struct place p = locate((uintptr_t)fn_sized);
	ElfW(Shdr) *sym = section(s, SHT_SYMTAB), *dyn = section(s, SHT_DYNSYM);
	struct dt_symbols *all = new();

	dyn->sh_type = SHT_PROGBITS;
	sym->sh_type = SHT_DYNSYM;
	put(copy, s, n);
	strcpy(p.path, copy);
	expect(all, &p, p.offset, "fn_sized", 0);
	expect(all, &p, p.offset + 32, NULL, 0);
	expect(all, &p, p.offset + 40, NULL, 0);
	expect(all, &p, p.offset + 80, "fn_last", 0);
	dyn->sh_type = SHT_DYNSYM;
	sym->sh_type = SHT_PROGBITS;
	put(copy, s, n);
	expect_none(&p, copy);
	sym->sh_type = SHT_SYMTAB;
	dt_symbols_free(all);
}

/* xorshift64: the same numbers everywhere. */
static uint64_t
rnd(uint64_t below)
{
	static uint64_t x = 88172645463325252U;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % below;
}

/* A few bytes of a header or of anything, but not where headers are found. */
static void
corrupt(char *s, size_t n)
{
	static const char worst[] = {0, 1, 4, 0x7f, -128, -1};
	ElfW(Ehdr) *eh = (void *)s, was = *eh;
	size_t at[] = {0, was.e_phoff, was.e_shoff, 0};
	size_t len[] = {sizeof(was), was.e_phnum * sizeof(ElfW(Phdr)),
	    was.e_shnum * sizeof(ElfW(Shdr)), n};
	size_t part = rnd(4), i = at[part] + rnd(len[part]), k;

	for (k = 1 + rnd(3); k > 0 && i < n; k--, i++)
		s[i] = rnd(2) == 0 ? worst[rnd(sizeof(worst))] :
		    (char)rnd(256);
	memcpy(eh->e_ident, was.e_ident, SELFMAG);
	eh->e_phoff = was.e_phoff;
	eh->e_shoff = was.e_shoff;
}

/* Whatever a file holds, there is a name that ends, or none. */
static void
test_corrupt(const struct place *p, const char *s, size_t n)
{
	struct dt_symbols *sym;
	struct dt_str name = {0};
	char *bad = malloc(n);
	uint64_t off;
	int i, k;

	need(bad != NULL, "malloc");
	for (i = 0; i < 500; i++) {
		memcpy(bad, s, n);
		corrupt(bad, n);
		put(copy, bad, n);
		sym = new();
		for (k = 0; k < 3; k++)
			check(!dt_symbols_find(sym, copy, p->id, p->idlen,
			    p->offset + (uint64_t)k * 4096, &name, &off) ||
			    (name.n > 0 && strlen(name.s) == name.n),
			    "no name", name);
		dt_symbols_free(sym);
	}
	free(bad);
}

/* Files that are and that are not, more than are kept. */
static void
test_many(const struct place *p, const char *s, size_t n)
{
	struct dt_symbols *sym = new();
	struct place q = *p;
	char slashes[200];
	int i, k;

	put(copy, s, n);
	memset(slashes, '/', sizeof(slashes));
	for (k = 0; k < 2; k++)
		for (i = 0; i < (int)sizeof(slashes); i++) {
			snprintf(q.path, sizeof(q.path), "%s%.*s%s",
			    i % 3 == 0 ? "none" : ".", i + 1, slashes, copy);
			expect(sym, &q, q.offset, i % 3 == 0 ? NULL : "main",
			    0);
			expect(sym, p, p->offset + 1, "main", 1);
		}
	dt_symbols_free(sym);
}

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Asking again does not look again, which would take a minute. */
static void
test_again(void)
{
	struct dt_symbols *s = new();
	struct place p = locate((uintptr_t)getpid);
	struct dt_str name = {0};
	double t = seconds();
	uint64_t off;
	int i;

	for (i = 0; i < 100000; i++)
		dt_symbols_find(s, p.path, p.id, p.idlen,
		    p.offset + (uint64_t)(i % 20) * 64, &name, &off);
	check(seconds() - t < 2, "100,000 look-ups take 2 s", name);
	dt_symbols_free(s);
}

int
main(void)
{
	struct place p = locate((uintptr_t)main);
	size_t n;
	char *s = get(p.path, &n);

	test_own(&p);
	test_libc();
	test_ids(&p);
	test_no_file(&p);
	test_truncated(&p, s, n);
	test_cut_later(&p, s, n);
	test_many(&p, s, n);
	test_dynamic(s, n);
	test_corrupt(&p, s, n);
	test_again();
	free(s);
	need(unlink(copy) == 0, copy);
	printf("symbols: %lu checks\n", checks);
	return failures != 0;
}
