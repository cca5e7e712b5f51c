/* SPDX-License-Identifier: ISC */
/* What a tracer says of itself, as a record. */
#ifndef DT_MESSAGE_H
#define DT_MESSAGE_H

#include "record.h"

/*
 * Fill a record from a line of a tracer's standard error, whose bytes it
 * shares: a DROP for what was lost (1 when the line names no number), else a
 * DIAGNOSTIC.  False if no message is known to read like that; the record is
 * then a DIAGNOSTIC of this level and code.
 */
bool dt_message(struct dt_str line, const char *level, const char *code,
    struct dt_record *);

#endif
