/* SPDX-License-Identifier: ISC */
/* Names of functions in executables and shared objects. */
#ifndef DT_SYMBOLS_H
#define DT_SYMBOLS_H

#include <stdint.h>

#include "str.h"

/* What was read of files: up to 64 of them, which are kept open. */
struct dt_symbols;

/* NULL with errno when there is no memory. */
struct dt_symbols *dt_symbols_new(void);
void dt_symbols_free(struct dt_symbols *);

/*
 * Whether the function is known that has the instruction at an offset of a
 * file, the offset being one of the file and not an address: its name as the
 * symbol table has it, not demangled, which lasts until the next call, and how
 * far behind its beginning the instruction is.  Nothing is set when it is not
 * known.  What follows a call may belong to the next function, so look a
 * return address up at one less.
 *
 * The path is opened as this process sees it, wherever it came from; the file
 * there is the one that was meant if it has the build id that is given.  Any
 * other file gives no name, and without a build id (idlen 0) none does, so
 * that no name is ever a guess.  Zeros may follow the id, as Linux fills up to
 * 20 bytes (bpf_stack_build_id of linux/bpf.h, 6.1).
 *
 * Symbols are those of the file, else those that were stripped from it, in its
 * .gnu_debugdata or in /usr/lib/debug by build id, else the dynamic ones; no
 * server is asked.  What was found, or not, is remembered and not looked for
 * again until more files were asked for than are kept.
 */
bool dt_symbols_find(struct dt_symbols *, const char *path,
    const unsigned char *id, size_t idlen, uint64_t offset,
    struct dt_str *name, uint64_t *off);

#endif
