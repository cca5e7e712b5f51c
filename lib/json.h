/* SPDX-License-Identifier: ISC */
/* Documents for people and for git: pretty-printed JSON onto a file. */
#ifndef DT_JSON_H
#define DT_JSON_H

#include <stdint.h>
#include <stdio.h>

#include "arena.h"

struct dt_json;

/*
 * A writer of a document, indented, or else on one line.  NULL with errno; the
 * file stays the caller's.
 */
struct dt_json *dt_json_new(FILE *, bool pretty);
/* Each writes one token; failures are kept for dt_json_end. */
void dt_json_open(struct dt_json *);		/* { */
void dt_json_close(struct dt_json *);		/* } */
void dt_json_array(struct dt_json *);		/* [ */
void dt_json_array_close(struct dt_json *);	/* ] */
void dt_json_key(struct dt_json *, const char *);
/* A JSON value, given as text that must be one. */
void dt_json_text(struct dt_json *, struct dt_str);
/* As a value or a key; U+FFFD stands for what is not UTF-8; NULL is null. */
void dt_json_str(struct dt_json *, struct dt_str);
void dt_json_int(struct dt_json *, int64_t);
void dt_json_bool(struct dt_json *, bool);
void dt_json_null(struct dt_json *);
/* A key with its value. */
void dt_json_member(struct dt_json *, const char *key, struct dt_str);
void dt_json_member_int(struct dt_json *, const char *key, int64_t);
void dt_json_member_bool(struct dt_json *, const char *key, bool);
/* A JSON value as text without any space, or a NULL string with errno. */
struct dt_str dt_json_compact(struct dt_arena *, struct dt_str text);
/* End the document and free the writer: 0, or -1 with errno if any was lost. */
int dt_json_end(struct dt_json *);

#endif
