/* SPDX-License-Identifier: ISC */
/* JSON lines as pairs: each where it stands, found, and none invented. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flat.h"

enum { ROUNDS = 3000, LEAVES = 400 };

static unsigned checks;
static uint64_t seed = 88172645463325252;
static struct dt_flat *flat;
static struct dt_arena mem;
static struct dt_kvv pairs;

/* A line as it is made, and the pairs that it ought to give. */
static struct {
	char *line;
	size_t size;
	FILE *f;
	char key[LEAVES][200];
	char val[LEAVES][8];
	enum dt_flat_type type[LEAVES];
	size_t n;
} made;

static void
check(int ok, const char *what, const char *about)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "flat: %s: '%.200s'\n", what, about);
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

/* Why a line is refused, or NULL. */
static const char *
read_line(const char *s, size_t n)
{
	const char *errstr;

	dt_arena_reset(&mem);
	if (dt_flat_read(flat, (struct dt_str){s, n}, &mem, &pairs,
	    &errstr) == 0)
		return NULL;
	check(errstr != NULL, "no memory", s);
	return errstr;
}

static struct dt_flat_val
get(const char *key)
{
	return dt_flat_get(flat, dt_str_c(key));
}

static void
begin(void)
{
	free(made.line);
	made.line = NULL;
	made.n = 0;
	made.f = open_memstream(&made.line, &made.size);
	check(made.f != NULL, "no memory", "");
}

static const char *
finish(void)
{
	check(fclose(made.f) == 0, "no memory", "");
	return read_line(made.line, made.size);
}

static void
refusals(void)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{"", "not a JSON object"}, {"{", "not a JSON object"},
		{"[1]", "not a JSON object"}, {"5", "not a JSON object"},
		{"null", "not a JSON object"}, {"\"a\"", "not a JSON object"},
		{"{\"a\":1}x", "not a JSON object"},
		{"{\"a\":1}{\"a\":1}", "not a JSON object"},
		{"{\"a\":\"\xff\"}", "not a JSON object"},
		{"{\"a\":1,\"b\":{\"c\":2", "not a JSON object"},
		{"{\"a\":1,\"a\":1}", "a key that is there twice"},
		{"{\"a\":1,\"a\":null}", "a key that is there twice"},
		{"{\"a\":null,\"a\":{}}", "a key that is there twice"},
		{"{\"a\":{\"b\":1},\"a\":{\"c\":1}}",
		    "a key that is there twice"},
		{"{\"a\":[],\"a\":[]}", "a key that is there twice"},
		{"{\"a.b\":1,\"a\":{\"b\":1}}", "a key that is there twice"},
		{"{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", NULL},
		{"{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
		    "nested too deep"},
		{"{\"a\":\"\\ud800\"}", "half a surrogate pair"},
		{"{\"a\":\"\\ud800\\n\"}", "half a surrogate pair"},
		{"{\"a\":\"\\ud800\\ud800\"}", "half a surrogate pair"},
		{"{\"a\":\"\\uDbFf\\u0041\"}", "half a surrogate pair"},
		{"{\"\\udc00\":\"\"}", "half a surrogate pair"},
		{"{\"a\":\"\\\\ud800 \\ud83d\\uDE00\"}", NULL},
		{"{}", NULL}, {" {\"a\" : 1 } ", NULL},
	};
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		why = read_line(rows[i].line, strlen(rows[i].line));
		check((why == NULL) == (rows[i].why == NULL) && (why == NULL ||
		    strcmp(why, rows[i].why) == 0), "taken or refused",
		    rows[i].line);
		check(why == NULL || get("a").type == DT_FLAT_NONE,
		    "something of a refused line", rows[i].line);
	}
}

/* Each type, and what is in what. */
static void
types(void)
{
	static const char line[] = "{\"s\":\"1\",\"n\":1,\"t\":true,"
	    "\"z\":null,\"e\":{},\"o\":{\"a\":[5,null,\"x\\u0000y\",[]]}}";

	check(read_line(line, strlen(line)) == NULL, "refused", line);
	check(pairs.n == 5, "number of pairs", line);
	check(get("s").type == DT_FLAT_STRING, "type", "s");
	check(get("n").type == DT_FLAT_NUMBER, "type", "n");
	check(get("t").type == DT_FLAT_BOOL, "type", "t");
	check(get("z").type == DT_FLAT_NULL && get("z").n == 0, "type", "z");
	check(get("e").type == DT_FLAT_OBJECT && get("e").n == 0, "type", "e");
	check(get("o").type == DT_FLAT_OBJECT && get("o").first == 3 &&
	    get("o").n == 2, "what is in it", "o");
	check(get("o").members == 1 && dt_str_is(get("o").member, "a") &&
	    get("o.a").members == 4 && dt_str_is(get("o.a").member, "0") &&
	    get("e").members == 0 && get("e").member.s == NULL &&
	    get("s").members == 0, "members", line);
	check(get("o.a").type == DT_FLAT_ARRAY && get("o.a").first == 3 &&
	    get("o.a").n == 2, "what is in it", "o.a");
	check(get("o.a.1").type == DT_FLAT_NULL, "type", "o.a.1");
	check(dt_str_eq(get("o.a.2").str, DT_STR("x\0y")), "value", "o.a.2");
	check(get("o.a.3").type == DT_FLAT_ARRAY, "type", "o.a.3");
	check(get("o.a.4").type == DT_FLAT_NONE, "found", "o.a.4");
	check(get("").type == DT_FLAT_NONE && get("o.").type == DT_FLAT_NONE &&
	    get("o.a.").type == DT_FLAT_NONE, "found", "near misses");
}

/* n pairs k0, k1 and so on, then what is added. */
static const char *
many(unsigned n, const char *more)
{
	unsigned i;

	begin();
	for (i = 0; i < n; i++)
		fprintf(made.f, "%s\"k%u\":\"%u\"", i == 0 ? "{" : ",", i, i);
	fprintf(made.f, "%s}", more);
	return finish();
}

static void
bounds(void)
{
	static const char twice[] = "a key that is there twice";
	static const char much[] = "too much in one line";
	char key[16];
	unsigned i;

	check(many(10000, "") == NULL && pairs.n == 10000, "refused", "10000");
	for (i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		check(dt_str_is(pairs.v[i].key, key) &&
		    dt_str_is(pairs.v[i].val, key + 1), "order", key);
		check(get(key).first == i && get(key).n == 1 &&
		    dt_str_is(get(key).str, key + 1), "not found", key);
	}
	check(get("k10000").type == DT_FLAT_NONE, "found", "k10000");
	check(strcmp(many(10000, ",\"k0\":1"), twice) == 0, "k0", twice);
	check(strcmp(many(10000, ",\"k5000\":1"), twice) == 0, "k5000", twice);
	check(strcmp(many(10000, ",\"k9999\":1"), twice) == 0, "k9999", twice);
	check(many(DT_FLAT_KEYS, "") == NULL, "refused", "all that fit");
	check(strcmp(many(DT_FLAT_KEYS, ",\"x\":1"), much) == 0, "x", much);
	check(strcmp(many(DT_FLAT_KEYS, ",\"x\":{}"), much) == 0, "{}", much);
	check(strcmp(many(DT_FLAT_KEYS, ",\"x\":null"), much) == 0, "0", much);
	check(many(1, "") == NULL && pairs.n == 1 &&
	    get("k1").type == DT_FLAT_NONE, "kept", "from lines before");
}

static void
numbers(void)
{
	struct dt_flat_val val;
	char key[16];
	unsigned i;

	begin();
	fprintf(made.f, "{\"before\":0,\"a\":[");
	for (i = 0; i < 10000; i++)
		fprintf(made.f, "%s%u", i == 0 ? "" : ",", i * 7);
	fprintf(made.f, "],\"behind\":0}");
	check(finish() == NULL, "refused", "numbers");
	val = get("a");
	check(val.type == DT_FLAT_ARRAY && val.first == 1 && val.n == 10000 &&
	    pairs.n == 10002, "what is in it", "a");
	for (i = 0; i < val.n; i++) {
		snprintf(key, sizeof(key), "%u", i * 7);
		check(dt_str_is(pairs.v[val.first + i].val, key), "order", key);
	}
}

/* A key that is long in front of many must not take what memory there is. */
static void
long_keys(void)
{
	unsigned i;

	begin();
	fprintf(made.f, "{\"%0200000d\":[", 0);
	for (i = 0; i < 10000; i++)
		fprintf(made.f, "%s[]", i == 0 ? "" : ",");
	fprintf(made.f, "]}");
	check(strcmp(finish(), "too much in one line") == 0, "taken", "long");
	check(mem.total < 20 << 20, "memory", "long");
}

static void
leaf(const char *key)
{
	static const char *const vals[] = {"17", "true", "\"v\"", "\"\"", "-1",
	    "1e5", "false"};
	static const char *const give[] = {"17", "true", "v", "", "-1", "1e5",
	    "false"};
	static const enum dt_flat_type type[] = {DT_FLAT_NUMBER, DT_FLAT_BOOL,
	    DT_FLAT_STRING, DT_FLAT_STRING, DT_FLAT_NUMBER, DT_FLAT_NUMBER,
	    DT_FLAT_BOOL};
	unsigned k = rnd(8);

	if (k == 7 || made.n == LEAVES) {
		fprintf(made.f, "null");
		return;
	}
	fprintf(made.f, "%s", vals[k]);
	snprintf(made.key[made.n], sizeof(made.key[0]), "%s", key);
	snprintf(made.val[made.n], sizeof(made.val[0]), "%s", give[k]);
	made.type[made.n++] = type[k];
}

static void
value(const char *path, unsigned depth)
{
	unsigned i, n = rnd(6), how = depth == 0 ? 1 : rnd(4);
	char key[200];

	if (how > 1 || depth == 6) {
		leaf(path);
		return;
	}
	fputc(how == 0 ? '[' : '{', made.f);
	for (i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "%.150s%s%s%u", path,
		    depth == 0 ? "" : ".", how == 0 ? "" : "k", i);
		if (i > 0)
			fputc(',', made.f);
		if (how == 1)
			fprintf(made.f, "\"k%u\":", i);
		value(key, depth + 1);
	}
	fputc(how == 0 ? ']' : '}', made.f);
}

/* Any object, and then the same with a byte of it changed. */
static void
any(void)
{
	struct dt_flat_val val;
	size_t i;

	begin();
	value("", 0);
	check(finish() == NULL && pairs.n == made.n, "refused", made.line);
	for (i = 0; i < made.n; i++) {
		val = get(made.key[i]);
		check(dt_str_is(pairs.v[i].key, made.key[i]) &&
		    dt_str_is(pairs.v[i].val, made.val[i]) && val.first == i &&
		    val.type == made.type[i], "pair", made.key[i]);
	}
	made.line[rnd((unsigned)made.size)] = (char)rnd(256);
	if (read_line(made.line, made.size) == NULL)
		for (i = 0; i < pairs.n; i++)
			check(dt_flat_get(flat, pairs.v[i].key).first == i,
			    "not found", made.line);
}

int
main(void)
{
	unsigned i;

	flat = dt_flat_new();
	check(flat != NULL, "no memory", "");
	refusals();
	types();
	bounds();
	numbers();
	long_keys();
	for (i = 0; i < ROUNDS; i++)
		any();
	dt_flat_free(flat);
	dt_arena_free(&mem);
	free(made.line);
	printf("flat: %u checks\n", checks);
	return 0;
}
