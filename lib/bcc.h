/* SPDX-License-Identifier: ISC */
/*
 * What the snoop programs and capable of bcc print: those in Python, those of
 * its libbpf-tools, and those of bpftrace, which has the same columns.
 */
#ifndef DT_BCC_H
#define DT_BCC_H

#include "cells.h"
#include "hold.h"
#include "parse.h"

/* Whose program it is. */
enum dt_bcc_maker {
	DT_BCC = 1,
	DT_BPFTRACE = 2,
};

/*
 * A program.  fill() completes a record whose cells are in their places, or
 * says in *errstr why the row is none; -1 with errno when memory ran out.
 */
struct dt_bcc_prog {
	const struct dt_cell_col *cols;
	size_t ncols;
	unsigned int makers;	/* an or of enum dt_bcc_maker */
	bool stacks;		/* its rows may have a stack behind them */
	int (*fill)(struct dt_record *, const struct dt_cells *,
	    const char **errstr);
};

extern const struct dt_bcc_prog dt_bcc_progs[];
extern const size_t dt_bcc_nprogs;

/* Zero-initialised is at the beginning of a text. */
struct dt_bcc_state {
	const struct dt_bcc_prog *prog;	/* NULL: no header yet */
	struct dt_cells cells;
	struct dt_hold hold;
};

/*
 * Take "mount(...) = -EPERM" apart, for a record with the rest of a row in
 * it: name, arguments, path, result.  Returns and says as fill() does.
 */
int dt_bcc_call(struct dt_record *, struct dt_str call, const char **errstr);

/*
 * The callbacks of struct dt_format, but for the maker.  A header that both
 * have is of bcc, until a greeting says otherwise.
 */
enum dt_is dt_bcc_is(enum dt_bcc_maker, struct dt_str line);
int dt_bcc_line(enum dt_bcc_maker, struct dt_bcc_state *,
    const struct dt_line *, const struct dt_sink *);
int dt_bcc_end(void *state, const struct dt_sink *);
void dt_bcc_free(void *state);

#endif
