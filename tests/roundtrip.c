/* SPDX-License-Identifier: ISC */
/*
 * Any bytes survive: a record written as dt text and read again is the same,
 * and so it is as JSON, by way of the base64 companions where it must be.
 */
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flat.h"
#include "jsonl.h"
#include "keys.h"
#include "text.h"
#include "utf8.h"

static unsigned checks;
static uint64_t seed = 88172645463325252;

static void
check(int ok, const char *what, unsigned round)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "roundtrip: %s, round %u\n", what, round);
	exit(1);
}

static unsigned
rnd(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* Bytes of a kind: any, ASCII, or valid UTF-8 now and then. */
static struct dt_str
bytes(struct dt_record *rec)
{
	static const char *const odd[] = {"\303\251", "\342\202\254", "\\",
	    "\"", "\n", "\\0", "\\000", "\177", "\355\240\200", " ", "="};
	char buf[64];
	size_t n = 0, len = rnd(20), k;
	unsigned how = rnd(3);

	while (n < len) {
		if (how == 0 || (how == 2 && rnd(4) > 0)) {
			buf[n++] = (char)(how == 0 ? rnd(256) : ' ' + rnd(95));
			continue;
		}
		k = rnd(sizeof(odd) / sizeof(odd[0]));
		memcpy(buf + n, odd[k], strlen(odd[k]));
		n += strlen(odd[k]);
	}
	return dt_arena_dup(&rec->mem, (struct dt_str){buf, n});
}

/* What may be longer than any buffer, with an odd byte or none. */
static struct dt_str
lengthy(struct dt_record *rec)
{
	char buf[10000];
	size_t n = rnd(sizeof(buf)) + 1;

	memset(buf, 'a', n);
	if (rnd(2))
		buf[rnd((unsigned)n)] = (char)rnd(256);
	return dt_arena_dup(&rec->mem, (struct dt_str){buf, n});
}

/* Numbers of any length. */
static struct dt_int
number(void)
{
	unsigned shift = rnd(64);

	return DT_INT((int64_t)seed >> shift);
}

static int
is_printable(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return 0;
	return 1;
}

static void
fill(struct dt_record *rec)
{
	unsigned i, n = rnd(4);

	rec->kind = DT_KIND_SYSCALL;
	rec->name = DT_STR("openat");
	rec->execname = bytes(rec);
	rec->path = bytes(rec);
	rec->path2 = bytes(rec);
	rec->ret = number();
	rec->flags = number();
	for (i = 0; i < n; i++)
		dt_record_push(rec, &rec->args,
		    rnd(50) > 0 ? bytes(rec) : lengthy(rec));
	dt_record_put(rec, &rec->fields, DT_STR("odd"), bytes(rec));
}

static int
same_vec(const struct dt_strv *a, const struct dt_strv *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (!dt_str_eq(a->v[i], b->v[i]))
			return 0;
	return a->n == b->n;
}

static void
text(const struct dt_keys *keys, const struct dt_record *rec, unsigned round)
{
	struct dt_record back = {0};
	const char *errstr;
	char *buf = NULL;
	size_t n = 0;
	bool stack;
	FILE *f = open_memstream(&buf, &n);

	check(f != NULL && dt_text_write(f, rec) == 0 && fclose(f) == 0,
	    "not written as text", round);
	check(n > 0 && memchr(buf, '\n', n) == buf + n - 1,
	    "a record is not one line of text", round);
	check(is_printable(buf, n - 1), "text is not printable", round);
	check(dt_text_read(keys, (struct dt_str){buf, n - 1}, &back, &stack,
	    &errstr) == 0, "text not read back", round);
	check(dt_str_eq(back.path, rec->path) &&
	    dt_str_eq(back.path2, rec->path2) &&
	    dt_str_eq(back.execname, rec->execname) &&
	    back.ret.v == rec->ret.v && back.flags.v == rec->flags.v &&
	    same_vec(&back.args, &rec->args) &&
	    dt_str_eq(dt_kvv_get(&back.fields, "odd"),
	    dt_kvv_get(&rec->fields, "odd")), "text is not the same", round);
	dt_record_free(&back);
	free(buf);
}

/* A string of a JSON line: as it stands, or by its companion. */
static void
exact(const struct dt_kvv *pairs, const char *key, struct dt_str want,
    unsigned round)
{
	struct dt_str plain = dt_kvv_get(pairs, key), b64;
	unsigned char raw[256];
	char name[64];
	int n;

	snprintf(name, sizeof(name), "%s_b64", key);
	b64 = dt_kvv_get(pairs, name);
	if (dt_utf8_class(want) != DT_BROKEN) {
		check(b64.s == NULL && dt_str_eq(plain, want),
		    "JSON string is not the same", round);
		return;
	}
	n = b64.s != NULL ? b64_pton(b64.s, raw, sizeof(raw)) : -1;
	check(n >= 0 && dt_str_eq((struct dt_str){(char *)raw, (size_t)n},
	    want), "base64 is not the same", round);
	check(dt_utf8_class(plain) != DT_BROKEN, "JSON is not UTF-8", round);
}

static void
json(struct dt_flat *flat, struct dt_jsonl_reader *rd,
    const struct dt_record *rec, unsigned round)
{
	struct dt_record back = {0};
	struct dt_arena mem = {0};
	struct dt_jsonl_writer *w;
	struct dt_kvv pairs;
	const char *errstr;
	char *buf = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&buf, &n);

	w = dt_jsonl_writer_new(f);
	check(w != NULL && dt_jsonl_write(w, rec) == 0 &&
	    dt_jsonl_flush(w) == 0, "not written as JSON", round);
	dt_jsonl_writer_free(w);
	fclose(f);
	check(memchr(buf, '\n', n) == buf + n - 1,
	    "a record is not one line of JSON", round);
	check(dt_flat_read(flat, (struct dt_str){buf, n - 1}, &mem, &pairs,
	    &errstr) == 0, "JSON not read", round);
	exact(&pairs, "path", rec->path, round);
	exact(&pairs, "path2", rec->path2, round);
	exact(&pairs, "execname", rec->execname, round);
	exact(&pairs, "fields.odd", dt_kvv_get(&rec->fields, "odd"), round);
	check(dt_jsonl_read(rd, (struct dt_str){buf, n - 1}, &back,
	    &errstr) == 0, "record not read", round);
	check(back.ret.v == rec->ret.v && back.flags.v == rec->flags.v &&
	    back.args.n == rec->args.n, "record is not the same", round);
	dt_record_free(&back);
	dt_arena_free(&mem);
	free(buf);
}

int
main(void)
{
	struct dt_jsonl_reader *rd = dt_jsonl_reader_new(NULL);
	struct dt_flat *flat = dt_flat_new();
	struct dt_record rec = {0};
	struct dt_keys keys;
	unsigned round;

	dt_keys_init(&keys, NULL);
	for (round = 0; round < 20000; round++) {
		dt_record_reset(&rec);
		fill(&rec);
		text(&keys, &rec, round);
		json(flat, rd, &rec, round);
	}
	dt_record_free(&rec);
	dt_flat_free(flat);
	dt_jsonl_reader_free(rd);
	printf("roundtrip: %u checks\n", checks);
	return 0;
}
