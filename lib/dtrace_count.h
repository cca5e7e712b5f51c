/* SPDX-License-Identifier: ISC */
/* The keys of an aggregation in its record, where they are all its fields. */
#ifndef DT_DTRACE_COUNT_H
#define DT_DTRACE_COUNT_H

#include "dtrace_rows.h"
#include "record.h"

/* Put a key behind those there are; it is not copied.  -1 with errno. */
int dt_dtrace_add_key(struct dt_record *, struct dt_str key);
int dt_dtrace_add_keys(struct dt_record *, const struct dt_dtrace_keys *);
/* Make the count one more key.  -1 with errno. */
int dt_dtrace_count_key(struct dt_record *);
/* Name it: its keys, as a tuple of D has them.  -1 with errno. */
int dt_dtrace_name(struct dt_record *);

#endif
