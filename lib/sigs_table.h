/* SPDX-License-Identifier: ISC */
/* Deny signatures as a table for people. */
#ifndef DT_SIGS_TABLE_H
#define DT_SIGS_TABLE_H

#include "columns.h"
#include "sigs.h"

/* The last columns of every table of signatures, and their cells. */
#define DT_SIG_COLUMNS \
	{"CALL", false}, {"ERRNO", false}, {"OPERATION", false}, \
	{"BY", false}, {"PATH", false}, {NULL, false}
void dt_sig_cells(struct dt_columns *, const struct dt_sig *);
/* Write a line for each phase that says if it is complete.  -1 with errno. */
int dt_sigs_write_inputs(const struct dt_sigs *, FILE *, bool colour);

/* Write a sorted fold as a table, in colour or not.  -1 with errno. */
int dt_sigs_write_table(const struct dt_sigs *, FILE *, bool colour);

#endif
