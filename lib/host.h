/* SPDX-License-Identifier: ISC */
/* Facts of the host that this runs on. */
#ifndef DT_HOST_H
#define DT_HOST_H

#include "record.h"

/*
 * Append the facts of hostfacts.def that can be known here to a record's
 * `host`, sorted by key and the same each time for the same state of the
 * host; what is not known is left out.  The record owns the strings.
 * -1 with errno.
 */
int dt_host_facts(struct dt_record *);

/*
 * The system's own part: one fact into a buffer that takes its text with a
 * NUL.  Returns false when this system does not tell it.
 */
bool dt_host_fact(const char *key, char *buf, size_t size);

#endif
