/* SPDX-License-Identifier: ISC */
/* JSON from a parser's events straight into a generator. */
#ifndef DT_JSON_COPY_H
#define DT_JSON_COPY_H

#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

/* Callbacks of a parser whose context is the generator. */
extern const yajl_callbacks dt_json_copy;

#endif
