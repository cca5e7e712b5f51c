/* SPDX-License-Identifier: ISC */
/* JSON from a parser's events straight into a generator. */
#include "json_copy.h"

static int
on_null(void *gen)
{
	return yajl_gen_null(gen) == yajl_gen_status_ok;
}

static int
on_bool(void *gen, int value)
{
	return yajl_gen_bool(gen, value) == yajl_gen_status_ok;
}

static int
on_number(void *gen, const char *s, size_t n)
{
	return yajl_gen_number(gen, s, n) == yajl_gen_status_ok;
}

static int
on_string(void *gen, const unsigned char *s, size_t n)
{
	return yajl_gen_string(gen, s, n) == yajl_gen_status_ok;
}

static int
on_map_open(void *gen)
{
	return yajl_gen_map_open(gen) == yajl_gen_status_ok;
}

static int
on_map_close(void *gen)
{
	return yajl_gen_map_close(gen) == yajl_gen_status_ok;
}

static int
on_array_open(void *gen)
{
	return yajl_gen_array_open(gen) == yajl_gen_status_ok;
}

static int
on_array_close(void *gen)
{
	return yajl_gen_array_close(gen) == yajl_gen_status_ok;
}

const yajl_callbacks dt_json_copy = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_map_open,
	.yajl_map_key = on_string,
	.yajl_end_map = on_map_close,
	.yajl_start_array = on_array_open,
	.yajl_end_array = on_array_close,
};
