/* SPDX-License-Identifier: ISC */
/* Names of functions, as libdw finds them in symbol tables. */
#include <sys/stat.h>

#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"
#include "symbols.h"

/* Powers of two, but for the longest build id. */
enum { FILES = 64, SLOTS = 2 * FILES, ANSWERS = 4096, ID_MAX = 64 };

/* A larger file is not read: its symbols would be held in memory. */
static const uint64_t file_max = UINT64_C(1) << 31;

struct file {
	struct dt_str path, id;	/* no path: an empty slot */
	uint64_t hash;
	Dwfl *dwfl;		/* NULL: no name of this file is known */
	Dwfl_Module *mod;
	Elf *elf;		/* of the module */
	GElf_Addr bias;		/* what the module adds to its addresses */
};

struct answer {
	const struct file *file;	/* NULL: an empty slot */
	uint64_t offset, off;
	struct dt_str name;
};

struct dt_symbols {
	struct dt_arena mem;		/* paths and ids */
	struct file file[SLOTS];	/* open addressing */
	size_t nfiles;
	struct answer answer[ANSWERS];	/* the last one of each slot */
};

/* A file on its way into a module. */
struct opened {
	Elf *elf;
	int fd;
};

static void
shut(struct opened *o)
{
	elf_end(o->elf);
	if (o->fd != -1)
		close(o->fd);
	*o = (struct opened){NULL, -1};
}

/*
 * libdw would map the file by itself, and whoever truncates it then ends this
 * process by a SIGBUS; ours is read.
 */
static int
find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
    char **path, Elf **elf)
{
	struct opened *o = *userdata;
	int fd = o->fd;

	(void)mod;
	(void)name;
	(void)base;
	(void)path;
	*elf = o->elf;
	*o = (struct opened){NULL, -1};
	return fd;
}

/*
 * dwfl_standard_find_debuginfo() ends by asking the servers of DEBUGINFOD_URLS,
 * as dwfl_build_id_find_elf() does.  dwfl_build_id_find_debuginfo(), which is
 * its first step, only looks at .build-id below /usr/lib/debug, and takes
 * nothing that has another build id (elfutils 0.188).  The steps left out go
 * by the names of files, next to this one too.
 */
static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = dwfl_build_id_find_debuginfo,
};

/* Open a regular file, and never wait for another kind of one. */
static int
open_file(const char *path, uint64_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size > file_max) {
		close(fd);
		return -1;
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

/* A program or shared object that ends no sooner than its headers say. */
static bool
is_whole(Elf *elf, uint64_t size)
{
	GElf_Ehdr eh;
	GElf_Phdr ph;
	size_t i, n;

	if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &eh) == NULL ||
	    (eh.e_type != ET_EXEC && eh.e_type != ET_DYN) ||
	    eh.e_shoff > size ||
	    (uint64_t)eh.e_shnum * eh.e_shentsize > size - eh.e_shoff ||
	    elf_getphdrnum(elf, &n) == -1)
		return false;
	for (i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &ph) == NULL ||
		    (ph.p_type == PT_LOAD && (ph.p_offset > size ||
		    ph.p_filesz > size - ph.p_offset)))
			return false;
	return true;
}

static bool
has_id(Elf *elf, struct dt_str id)
{
	const void *own;
	ssize_t n = dwelf_elf_gnu_build_id(elf, &own);
	size_t i;

	if (n <= 0 || (size_t)n > id.n || memcmp(own, id.s, (size_t)n) != 0)
		return false;
	for (i = (size_t)n; i < id.n; i++)
		if (id.s[i] != '\0')
			return false;
	return true;
}

/* Make the only module of a session of what was opened. */
static void
report(struct file *f, struct opened *o)
{
	void **userdata;

	f->dwfl = dwfl_begin(&callbacks);
	if (f->dwfl == NULL)
		return;
	dwfl_report_begin(f->dwfl);
	f->mod = dwfl_report_module(f->dwfl, "", 0, UINT64_MAX);
	if (f->mod != NULL) {
		dwfl_module_info(f->mod, &userdata, NULL, NULL, NULL, NULL,
		    NULL, NULL);
		*userdata = o;
	}
	if (dwfl_report_end(f->dwfl, NULL, NULL) == 0 && f->mod != NULL)
		f->elf = dwfl_module_getelf(f->mod, &f->bias);
	if (f->elf == NULL) {
		dwfl_end(f->dwfl);
		f->dwfl = NULL;
	}
}

static void
load(struct file *f)
{
	uint64_t size;
	struct opened o = {NULL, open_file(f->path.s, &size)};

	if (o.fd == -1)
		return;
	o.elf = elf_begin(o.fd, ELF_C_READ, NULL);
	if (o.elf != NULL && is_whole(o.elf, size) && has_id(o.elf, f->id))
		report(f, &o);
	shut(&o);
}

/* The address that the instruction at an offset has. */
static bool
find_address(const struct file *f, uint64_t offset, GElf_Addr *addr)
{
	GElf_Phdr ph;
	size_t i, n;

	if (elf_getphdrnum(f->elf, &n) == -1)
		return false;
	for (i = 0; i < n; i++)
		if (gelf_getphdr(f->elf, (int)i, &ph) != NULL &&
		    ph.p_type == PT_LOAD && (ph.p_flags & PF_X) != 0 &&
		    offset >= ph.p_offset &&
		    offset - ph.p_offset < ph.p_filesz) {
			*addr = offset - ph.p_offset + ph.p_vaddr + f->bias;
			return true;
		}
	return false;
}

static bool
has_symtab(Elf *elf)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn)) != NULL)
		if (gelf_getshdr(scn, &sh) != NULL &&
		    sh.sh_type == SHT_SYMTAB)
			return true;
	return false;
}

/*
 * libdw gives a symbol without a size to all that follows it, up to the next
 * symbol.  Among dynamic symbols alone, those of other functions are missing.
 */
static bool
is_function(const GElf_Sym *sym, Elf *elf)
{
	int type = GELF_ST_TYPE(sym->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) &&
	    (sym->st_size > 0 || has_symtab(elf));
}

static void
look_up(struct answer *a, const struct file *f, uint64_t offset)
{
	const char *name;
	GElf_Addr addr;
	GElf_Sym sym;
	Elf *elf;

	*a = (struct answer){.file = f, .offset = offset};
	if (!find_address(f, offset, &addr))
		return;
	name = dwfl_module_addrinfo(f->mod, addr, &a->off, &sym, NULL, &elf,
	    NULL);
	if (name != NULL && is_function(&sym, elf))
		a->name = dt_str_c(name);
}

static void
forget(struct dt_symbols *s)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		dwfl_end(s->file[i].dwfl);
	memset(s->file, 0, sizeof(s->file));
	memset(s->answer, 0, sizeof(s->answer));
	s->nfiles = 0;
	dt_arena_reset(&s->mem);
}

static struct file *
slot(struct dt_symbols *s, const struct file *want)
{
	struct file *f;
	size_t i;

	for (i = want->hash % SLOTS;; i = (i + 1) % SLOTS) {
		f = &s->file[i];
		if (f->path.s == NULL || (f->hash == want->hash &&
		    dt_str_eq(f->path, want->path) &&
		    dt_str_eq(f->id, want->id)))
			return f;
	}
}

/* The file of a path and id, known or not.  NULL when there is no memory. */
static const struct file *
file(struct dt_symbols *s, struct dt_str path, struct dt_str id)
{
	struct file *f, new = {.path = path, .id = id};

	new.hash = dt_hash(dt_hash(0, path), id);
	f = slot(s, &new);
	if (f->path.s != NULL)
		return f;
	if (s->nfiles == FILES) {
		forget(s);
		f = slot(s, &new);
	}
	new.path = dt_arena_dup(&s->mem, path);
	new.id = dt_arena_dup(&s->mem, id);
	if (new.path.s == NULL || new.id.s == NULL)
		return NULL;
	*f = new;
	s->nfiles++;
	load(f);
	return f;
}

struct dt_symbols *
dt_symbols_new(void)
{
	elf_version(EV_CURRENT);
	return calloc(1, sizeof(struct dt_symbols));
}

void
dt_symbols_free(struct dt_symbols *s)
{
	if (s == NULL)
		return;
	forget(s);
	dt_arena_free(&s->mem);
	free(s);
}

bool
dt_symbols_find(struct dt_symbols *s, const char *path,
    const unsigned char *id, size_t idlen, uint64_t offset,
    struct dt_str *name, uint64_t *off)
{
	const struct file *f;
	struct answer *a;

	if (idlen == 0 || idlen > ID_MAX)
		return false;
	f = file(s, dt_str_c(path), (struct dt_str){(const char *)id, idlen});
	if (f == NULL || f->dwfl == NULL)
		return false;
	a = &s->answer[((f->hash ^ offset) * 0x9e3779b97f4a7c15 >> 32) %
	    ANSWERS];
	if (a->file != f || a->offset != offset)
		look_up(a, f, offset);
	if (a->name.s == NULL)
		return false;
	*name = a->name;
	*off = a->off;
	return true;
}
