/* SPDX-License-Identifier: ISC */
/* Documents for people and for git: pretty-printed JSON onto a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_copy.h"
#include "utf8.h"

/* A token is a few bytes; they go to the file together. */
enum { BUF_SIZE = 32768 };

struct dt_json {
	FILE *f;
	char buf[BUF_SIZE];
	size_t n;
	bool pretty;
	yajl_gen gen;
	int err;
};

static void
flush(struct dt_json *j)
{
	if (j->err == 0 && fwrite(j->buf, 1, j->n, j->f) != j->n)
		j->err = errno;
	j->n = 0;
}

static void
print(void *ctx, const char *s, size_t n)
{
	struct dt_json *j = ctx;

	while (n > BUF_SIZE - j->n) {
		memcpy(j->buf + j->n, s, BUF_SIZE - j->n);
		s += BUF_SIZE - j->n;
		n -= BUF_SIZE - j->n;
		j->n = BUF_SIZE;
		flush(j);
	}
	memcpy(j->buf + j->n, s, n);
	j->n += n;
}

/* The generator refuses only what would not be JSON, which is our bug. */
static void
check(struct dt_json *j, yajl_gen_status status)
{
	if (j->err == 0 && status != yajl_gen_status_ok &&
	    status != yajl_gen_generation_complete)
		j->err = EINVAL;
}

struct dt_json *
dt_json_new(FILE *f, bool pretty)
{
	struct dt_json *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->f = f;
	j->pretty = pretty;
	j->gen = yajl_gen_alloc(NULL);
	if (j->gen == NULL) {
		free(j);
		errno = ENOMEM;
		return NULL;
	}
	yajl_gen_config(j->gen, yajl_gen_beautify, pretty);
	yajl_gen_config(j->gen, yajl_gen_indent_string, "  ");
	yajl_gen_config(j->gen, yajl_gen_print_callback, print, j);
	return j;
}

void
dt_json_open(struct dt_json *j)
{
	check(j, yajl_gen_map_open(j->gen));
}

void
dt_json_close(struct dt_json *j)
{
	check(j, yajl_gen_map_close(j->gen));
}

void
dt_json_array(struct dt_json *j)
{
	check(j, yajl_gen_array_open(j->gen));
}

void
dt_json_array_close(struct dt_json *j)
{
	check(j, yajl_gen_array_close(j->gen));
}

static void
gen_string(struct dt_json *j, struct dt_str str)
{
	check(j, yajl_gen_string(j->gen, (const unsigned char *)str.s, str.n));
}

void
dt_json_key(struct dt_json *j, const char *key)
{
	gen_string(j, dt_str_c(key));
}

void
dt_json_str(struct dt_json *j, struct dt_str str)
{
	char *p;

	if (str.s == NULL) {
		dt_json_null(j);
		return;
	}
	if (dt_utf8_class(str) != DT_BROKEN) {
		gen_string(j, str);
		return;
	}
	p = malloc(dt_utf8_mend(str, NULL));
	if (p == NULL) {
		j->err = ENOMEM;
		return;
	}
	gen_string(j, (struct dt_str){p, dt_utf8_mend(str, p)});
	free(p);
}

void
dt_json_int(struct dt_json *j, int64_t num)
{
	check(j, yajl_gen_integer(j->gen, num));
}

void
dt_json_bool(struct dt_json *j, bool b)
{
	check(j, yajl_gen_bool(j->gen, b));
}

void
dt_json_null(struct dt_json *j)
{
	check(j, yajl_gen_null(j->gen));
}

void
dt_json_member(struct dt_json *j, const char *key, struct dt_str str)
{
	dt_json_key(j, key);
	dt_json_str(j, str);
}

void
dt_json_member_int(struct dt_json *j, const char *key, int64_t num)
{
	dt_json_key(j, key);
	dt_json_int(j, num);
}

void
dt_json_member_bool(struct dt_json *j, const char *key, bool b)
{
	dt_json_key(j, key);
	dt_json_bool(j, b);
}

/* Parse a text into a generator. */
static bool
copy(struct dt_str text, yajl_gen gen)
{
	yajl_handle h = yajl_alloc(&dt_json_copy, NULL, gen);
	bool ok = h != NULL && yajl_parse(h, (const unsigned char *)text.s,
	    text.n) == yajl_status_ok &&
	    yajl_complete_parse(h) == yajl_status_ok;

	if (h != NULL)
		yajl_free(h);
	return ok;
}

void
dt_json_text(struct dt_json *j, struct dt_str text)
{
	if (!copy(text, j->gen) && j->err == 0)
		j->err = EINVAL;
}

struct dt_str
dt_json_compact(struct dt_arena *mem, struct dt_str text)
{
	yajl_gen gen = yajl_gen_alloc(NULL);
	struct dt_str out = {0};
	const unsigned char *s;

	errno = ENOMEM;
	if (gen == NULL)
		return out;
	if (!copy(text, gen))
		errno = EINVAL;
	else if (yajl_gen_get_buf(gen, &s, &out.n) == yajl_gen_status_ok)
		out = dt_arena_dup(mem, (struct dt_str){(const char *)s, out.n});
	yajl_gen_free(gen);
	return out;
}

int
dt_json_end(struct dt_json *j)
{
	int e;

	if (!j->pretty)
		print(j, "\n", 1);
	flush(j);
	if (j->err == 0 && ferror(j->f))
		j->err = EIO;
	e = j->err;
	yajl_gen_free(j->gen);
	free(j);
	if (e == 0)
		return 0;
	errno = e;
	return -1;
}
