/* SPDX-License-Identifier: ISC */
/*
 * Records to JSON lines.  Member names and strings that need no escape are
 * copied; every other string goes through one generator.
 */
#include <errno.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "jsonl.h"
#include "utf8.h"

enum { HOLD = 64 * 1024 };

struct dt_jsonl_writer {
	FILE *f;
	yajl_gen gen;
	size_t n;
	bool failed;		/* a write was lost; errno is in err */
	int err;
	char *tmp;		/* for strings to be mended */
	size_t tmpcap;
	bool first;		/* no member of this object was written yet */
	char buf[HOLD];
};

static void
spill(struct dt_jsonl_writer *w)
{
	if (w->n > 0 && !w->failed && fwrite(w->buf, 1, w->n, w->f) != w->n) {
		w->failed = true;
		w->err = errno;
	}
	w->n = 0;
}

/* What does not fit behind what is held. */
static void
put_over(struct dt_jsonl_writer *w, const char *s, size_t n)
{
	spill(w);
	if (n <= sizeof(w->buf)) {
		memcpy(w->buf, s, n);
		w->n = n;
	} else if (!w->failed && fwrite(s, 1, n, w->f) != n) {
		w->failed = true;
		w->err = errno;
	}
}

static inline void
put(struct dt_jsonl_writer *w, const char *s, size_t n)
{
	if (n > sizeof(w->buf) - w->n) {
		put_over(w, s, n);
		return;
	}
	memcpy(w->buf + w->n, s, n);
	w->n += n;
}

static void
print(void *ctx, const char *s, size_t n)
{
	put(ctx, s, n);
}

static void
fail(struct dt_jsonl_writer *w)
{
	w->failed = true;
	w->err = ENOMEM;
}

/* A string that is valid UTF-8. */
static void
put_valid(struct dt_jsonl_writer *w, struct dt_str str, bool clean)
{
	if (clean) {
		put(w, "\"", 1);
		put(w, str.s, str.n);
		put(w, "\"", 1);
		return;
	}
	yajl_gen_string(w->gen, (const unsigned char *)str.s, str.n);
	yajl_gen_reset(w->gen, NULL);
}

static char *
room(struct dt_jsonl_writer *w, size_t n)
{
	char *p;

	if (n <= w->tmpcap)
		return w->tmp;
	p = realloc(w->tmp, n);
	if (p == NULL) {
		fail(w);
		return NULL;
	}
	w->tmp = p;
	w->tmpcap = n;
	return w->tmp;
}

static void
put_mended(struct dt_jsonl_writer *w, struct dt_str str)
{
	char *p = room(w, dt_utf8_mend(str, NULL));

	if (p != NULL)
		put_valid(w, (struct dt_str){p, dt_utf8_mend(str, p)}, false);
}

static void
put_base64(struct dt_jsonl_writer *w, struct dt_str str)
{
	size_t cap = (str.n + 2) / 3 * 4 + 1;
	char *p = room(w, cap);

	if (p == NULL)
		return;
	if (b64_ntop((const unsigned char *)str.s, str.n, p, cap) == -1)
		fail(w);
	else
		put_valid(w, dt_str_c(p), true);
}

/* A string as JSON can hold it; says whether it had to be mended. */
static bool
put_str(struct dt_jsonl_writer *w, struct dt_str str)
{
	enum dt_text_class class = dt_utf8_class(str);

	if (class == DT_BROKEN)
		put_mended(w, str);
	else
		put_valid(w, str, class == DT_CLEAN);
	return class == DT_BROKEN;
}

static void
comma(struct dt_jsonl_writer *w)
{
	if (!w->first)
		put(w, ",", 1);
	w->first = false;
}

static void
put_key(struct dt_jsonl_writer *w, const char *key, size_t n)
{
	comma(w);
	put(w, "\"", 1);
	put(w, key, n);
	put(w, "\":", 2);
}

/* The exact bytes of what `key` holds, beside it. */
static void
put_exact(struct dt_jsonl_writer *w, const char *key, size_t n,
    struct dt_str str)
{
	comma(w);
	put(w, "\"", 1);
	put(w, key, n);
	put(w, "_b64\":", 6);
	put_base64(w, str);
}

static void
put_string(struct dt_jsonl_writer *w, const char *key, size_t n,
    struct dt_str str)
{
	if (str.s == NULL)
		return;
	put_key(w, key, n);
	if (dt_is_null(str))
		put(w, "null", 4);
	else if (put_str(w, str))
		put_exact(w, key, n, str);
}

static void
put_int(struct dt_jsonl_writer *w, int64_t num)
{
	char buf[24], *p = buf + sizeof(buf);
	uint64_t v = num < 0 ? 0 - (uint64_t)num : (uint64_t)num;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	if (num < 0)
		*--p = '-';
	put(w, p, (size_t)(buf + sizeof(buf) - p));
}

/* An array of strings; says whether any had to be mended. */
static bool
put_array(struct dt_jsonl_writer *w, const struct dt_strv *vec)
{
	bool mended = false;
	size_t i;

	put(w, "[", 1);
	for (i = 0; i < vec->n; i++) {
		if (i > 0)
			put(w, ",", 1);
		mended |= put_str(w, vec->v[i]);
	}
	put(w, "]", 1);
	return mended;
}

static void
put_strv(struct dt_jsonl_writer *w, const char *key, size_t n,
    const struct dt_strv *vec)
{
	size_t i;

	if (vec->n == 0)
		return;
	put_key(w, key, n);
	if (!put_array(w, vec))
		return;
	comma(w);
	put(w, "\"", 1);
	put(w, key, n);
	put(w, "_b64\":[", 7);
	for (i = 0; i < vec->n; i++) {
		if (i > 0)
			put(w, ",", 1);
		if (dt_utf8_class(vec->v[i]) == DT_BROKEN)
			put_base64(w, vec->v[i]);
		else
			put(w, "null", 4);
	}
	put(w, "]", 1);
}

static void
put_kvv(struct dt_jsonl_writer *w, const struct dt_member *m,
    const struct dt_kvv *vec)
{
	struct dt_str key;
	size_t i;

	if (vec->n == 0)
		return;
	put_key(w, m->key, m->keylen);
	put(w, "{", 1);
	w->first = true;
	for (i = 0; i < vec->n; i++) {
		key = vec->v[i].key;
		comma(w);
		put_str(w, key);
		put(w, ":", 1);
		if (put_str(w, vec->v[i].val) &&
		    dt_utf8_class(key) == DT_CLEAN)
			put_exact(w, key.s, key.n, vec->v[i].val);
	}
	put(w, "}", 1);
	w->first = false;
}

static void
put_member(struct dt_jsonl_writer *w, const struct dt_member *m,
    const struct dt_record *rec)
{
	const void *field = dt_field_const(rec, m);
	const struct dt_bool *b = field;
	const struct dt_int *num = field;

	switch (m->type) {
	case DT_T_STR:
		put_string(w, m->key, m->keylen,
		    *(const struct dt_str *)field);
		break;
	case DT_T_INT:
	case DT_T_HEX:
		if (num->set) {
			put_key(w, m->key, m->keylen);
			put_int(w, num->v);
		}
		break;
	case DT_T_BOOL:
		if (b->set) {
			put_key(w, m->key, m->keylen);
			put(w, b->v ? "true" : "false", b->v ? 4 : 5);
		}
		break;
	case DT_T_STRV:
		put_strv(w, m->key, m->keylen, field);
		break;
	case DT_T_KVV:
		put_kvv(w, m, field);
		break;
	}
}

/* The object `target` of a trace record; absent if it would be empty. */
static void
put_target(struct dt_jsonl_writer *w, const struct dt_record *rec)
{
	size_t i;

	if (rec->target.s == NULL && !rec->pid.set && !rec->uid.set &&
	    rec->argv.n == 0)
		return;
	put_key(w, "target", 6);
	put(w, "{", 1);
	w->first = true;
	put_string(w, "name", 4, rec->target);
	for (i = 0; i < dt_nmembers; i++)
		if (dt_members[i].group == DT_TARGET &&
		    dt_field_const(rec, &dt_members[i]) !=
		    (const void *)&rec->target)
			put_member(w, &dt_members[i], rec);
	put(w, "}", 1);
	w->first = false;
}

static int
done(struct dt_jsonl_writer *w)
{
	put(w, "\n", 1);
	if (!w->failed)
		return 0;
	errno = w->err;
	return -1;
}

int
dt_jsonl_write(struct dt_jsonl_writer *w, const struct dt_record *rec)
{
	const char *kind = dt_kind_name(rec->kind);
	bool trace = rec->kind == DT_KIND_TRACE;
	size_t i;

	put(w, "{\"v\":1,\"kind\":", 14);
	w->first = false;
	put_str(w, kind != NULL ? dt_str_c(kind) : rec->kind_name);
	for (i = 0; i < dt_nmembers; i++)
		if (dt_members[i].group != DT_TARGET || !trace)
			put_member(w, &dt_members[i], rec);
	if (trace)
		put_target(w, rec);
	put(w, "}", 1);
	return done(w);
}

int
dt_jsonl_append(struct dt_jsonl_writer *w, struct dt_str line,
    const struct dt_record *rec, const struct dt_kvv *extra)
{
	size_t i;

	while (line.n > 0 && line.s[line.n - 1] != '}')
		line.n--;
	put(w, line.s, line.n > 0 ? line.n - 1 : 0);
	w->first = false;
	for (i = 0; i < extra->n; i++)
		put_string(w, extra->v[i].key.s, extra->v[i].key.n,
		    extra->v[i].val);
	for (i = 0; i < dt_nmembers; i++)
		if (dt_members[i].group == DT_NORM)
			put_member(w, &dt_members[i], rec);
	put(w, "}", 1);
	return done(w);
}

int
dt_jsonl_pass(struct dt_jsonl_writer *w, struct dt_str line)
{
	put(w, line.s, line.n);
	return done(w);
}

int
dt_jsonl_flush(struct dt_jsonl_writer *w)
{
	spill(w);
	if (!w->failed && fflush(w->f) == EOF) {
		w->failed = true;
		w->err = errno;
	}
	if (!w->failed)
		return 0;
	errno = w->err;
	return -1;
}

struct dt_jsonl_writer *
dt_jsonl_writer_new(FILE *f)
{
	struct dt_jsonl_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->f = f;
	w->gen = yajl_gen_alloc(NULL);
	if (w->gen == NULL) {
		free(w);
		errno = ENOMEM;
		return NULL;
	}
	yajl_gen_config(w->gen, yajl_gen_print_callback, print, w);
	return w;
}

void
dt_jsonl_writer_free(struct dt_jsonl_writer *w)
{
	if (w == NULL)
		return;
	yajl_gen_free(w->gen);
	free(w->tmp);
	free(w);
}
