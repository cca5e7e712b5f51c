/* SPDX-License-Identifier: ISC */
/* Records as JSON lines.  Of the record files only jsonl_*.c know yajl. */
#ifndef DT_JSONL_H
#define DT_JSONL_H

#include <stdio.h>

#include "record.h"

struct dt_jsonl_writer;
struct dt_jsonl_reader;

/* A writer onto a file that stays the caller's.  NULL with errno. */
struct dt_jsonl_writer *dt_jsonl_writer_new(FILE *);
/* Write a record as one line.  -1 with errno. */
int dt_jsonl_write(struct dt_jsonl_writer *, const struct dt_record *);
/*
 * Write the line a record was read from as it is, with `extra` and the
 * record's NORM members put before its last brace.  The line must be an
 * object as dt_jsonl_read takes it.  -1 with errno.
 */
int dt_jsonl_append(struct dt_jsonl_writer *, struct dt_str line,
    const struct dt_record *, const struct dt_kvv *extra);
/* Write a line as it is.  -1 with errno. */
int dt_jsonl_pass(struct dt_jsonl_writer *, struct dt_str line);
/* Hand what is held to the file and flush that.  -1 with errno. */
int dt_jsonl_flush(struct dt_jsonl_writer *);
/* Free the writer, without flushing; the file stays open. */
void dt_jsonl_writer_free(struct dt_jsonl_writer *);

/*
 * A reader of the members with these keys, ended by NULL, and of the kind; of
 * all members if that is NULL.  The others are passed over.  NULL with errno.
 */
struct dt_jsonl_reader *dt_jsonl_reader_new(const char *const *keys);
/*
 * Read one line into a record, which is reset first.  Members the record does
 * not know are passed over.  Strings are slices of the line or copies in the
 * record's memory.  Returns 0, or -1 with *errstr saying why the line is no
 * record (until the next call), or with *errstr NULL and errno.
 */
int dt_jsonl_read(struct dt_jsonl_reader *, struct dt_str line,
    struct dt_record *, const char **errstr);
void dt_jsonl_reader_free(struct dt_jsonl_reader *);

#endif
