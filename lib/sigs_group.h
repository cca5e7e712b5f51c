/* SPDX-License-Identifier: ISC */
/* Totals of signatures by some of their members. */
#ifndef DT_SIGS_GROUP_H
#define DT_SIGS_GROUP_H

#include <stdio.h>

#include "sigs.h"

struct dt_groups;

/*
 * Add up the signatures of a sorted fold by members, whose keys are separated
 * by commas.  The fold must outlive the result.  NULL with *errstr, or with
 * *errstr NULL and errno.
 */
struct dt_groups *dt_groups_new(const struct dt_sigs *, const char *members,
    const char **errstr);
void dt_groups_free(struct dt_groups *);
/* Write the totals, the greatest first.  -1 with errno. */
int dt_groups_write_table(const struct dt_groups *, FILE *, bool colour);
int dt_groups_write_json(const struct dt_groups *, FILE *, bool pretty);

#endif
