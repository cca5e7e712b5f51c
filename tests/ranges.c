/* SPDX-License-Identifier: ISC */
/* Address ranges: what each is, and the right one of very many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regions.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { RANGES = 10000, LOOKUPS = 2000 };

static unsigned long checks;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "ranges: %s: '%s'\n", what, row);
	exit(1);
}

static const struct {
	const char *name;
	enum { NAME, TAIL, START } how;
	enum { OTHER, KERNEL, SANDBOX } owner;
} images[] = {
#define I(name, how, owner) {name, how, owner},
#define G(name, holds)
#include "regionclass.def"
#undef I
#undef G
};

static const struct {
	const char *name;
	enum { UNKNOWN, TEXT, DATA, HOLDS } holds;
} segments[] = {
#define I(name, how, owner)
#define G(name, holds) {name, holds},
#include "regionclass.def"
#undef I
#undef G
};

static const char *
class_of(const char *image, const char *segment)
{
	struct dt_region r = {
		.image = dt_str_c(image),
		.segment = dt_str_c(segment),
	};

	return dt_region_class_name(dt_region_class(&r));
}

static const char *
owner_of(const char *image)
{
	struct dt_region r = {.image = dt_str_c(image)};

	return dt_region_owner_name(dt_region_owner(&r));
}

static void
check_class(size_t i, size_t g)
{
	static const char *const want[][2] = {
		[KERNEL] = {"kernel_text", "kernel_data"},
		[SANDBOX] = {"sandbox_text", "sandbox_data"},
	};
	bool known = segments[g].holds == TEXT || segments[g].holds == DATA;
	char near[64];

	check(strcmp(class_of(images[i].name, segments[g].name), known ?
	    want[images[i].owner][segments[g].holds == DATA] : "other") == 0,
	    "class", segments[g].name);
	check(strcmp(class_of("org.example.kernel", segments[g].name),
	    "other") == 0, "class of another image", segments[g].name);
	snprintf(near, sizeof(near), "%s_", segments[g].name);
	check(strcmp(class_of(images[i].name, near), "other") == 0,
	    "class of another segment", near);
}

/* Names that are nearly a row's. */
static void
check_near(size_t i)
{
	char name[128];

	snprintf(name, sizeof(name), "/a/b/%s", images[i].name);
	check(strcmp(owner_of(name), owner_of(images[i].name)) == 0,
	    "with a directory", name);
	snprintf(name, sizeof(name), "x%s", images[i].name);
	check(strcmp(owner_of(name), "other") == 0, "owner", name);
	snprintf(name, sizeof(name), "%sx", images[i].name);
	check(images[i].how == START ||
	    strcmp(owner_of(name), "other") == 0, "owner", name);
	snprintf(name, sizeof(name), "%s/x", images[i].name);
	check(strcmp(owner_of(name), "other") == 0, "owner", name);
}

static void
classes(void)
{
	size_t i, g;

	for (i = 0; i < NELEM(images); i++) {
		check(i == 0 || strcmp(images[i - 1].name, images[i].name) < 0,
		    "out of order", images[i].name);
		check(strcmp(owner_of(images[i].name), images[i].owner ==
		    KERNEL ? "kernel" : "sandbox_kext") == 0, "owner",
		    images[i].name);
		check(strcmp(class_of(images[i].name, ""), "other") == 0,
		    "class of a whole image", images[i].name);
		check_near(i);
		for (g = 0; g < NELEM(segments); g++)
			check_class(i, g);
	}
	for (g = 1; g < NELEM(segments); g++)
		check(strcmp(segments[g - 1].name, segments[g].name) < 0,
		    "out of order", segments[g].name);
	/* What the kernel is linked to be, whatever the rows say. */
	check(strcmp(class_of("kernel", "__KLD"), "kernel_text") == 0 &&
	    strcmp(class_of("kernel", "__KLDDATA"), "kernel_data") == 0 &&
	    strcmp(class_of("kernel", "__PPLTEXT"), "kernel_text") == 0 &&
	    strcmp(class_of("kernel", "__PRELINK_TEXT"), "other") == 0,
	    "class", "kernel");
	check(strcmp(class_of("com.apple.security.sandbox", "__DATA_CONST"),
	    "sandbox_data") == 0, "class", "com.apple.security.sandbox");
	check(strcmp(owner_of("/x/kernel.release.t8103"), "kernel") == 0,
	    "owner", "kernel.release.t8103");
	check(strcmp(owner_of("/x/Sandbox"), "other") == 0, "owner",
	    "/x/Sandbox");
	check(dt_region_class(NULL) == DT_REGION_OTHER &&
	    dt_region_owner(NULL) == DT_OWNER_OTHER, "of none", "NULL");
}

/* A text that is put together. */
struct text {
	char *s;
	size_t n, cap;
};

static void
put(struct text *t, const char *s, size_t n)
{
	if (t->n + n > t->cap) {
		t->cap = 2 * (t->n + n);
		t->s = realloc(t->s, t->cap);
		if (t->s == NULL)
			exit(2);
	}
	if (n > 0)
		memcpy(t->s + t->n, s, n);
	t->n += n;
}

static int
add(struct dt_regions *set, const struct text *t, const char **why)
{
	const struct dt_regions_text in = {
		.text = {t->s, t->n},
		.from = DT_STR("text"),
	};
	struct dt_regions_read read;
	size_t again;
	int r = dt_regions_add(set, &in, &read, why);

	return r == 0 ? dt_regions_end(set, &again, why) : r;
}

/* The same numbers each time. */
static uint64_t
next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return *state >> 33;
}

struct range {
	uint64_t start, end;
	bool whole;
};

/*
 * Ranges with gaps and without, in the upper half; some are images with a
 * segment inside.  They are written in another order.
 */
static void
make(struct text *t, struct range *v)
{
	uint64_t state = 4711, at = UINT64_C(0xfffffe0000000000);
	char row[256];
	size_t i, k;
	bool inside;

	for (i = 0; i < RANGES; i++) {
		inside = i > 0 && v[i - 1].whole;
		v[i].whole = i % 5 == 0 && i + 1 < RANGES;
		at += inside ? 0 : next(&state) % 3 * 0x1000;
		v[i].start = at;
		v[i].end = at + (inside ? 0x800 :
		    0x1000 + next(&state) % 0x9000);
		if (!v[i].whole)
			at = inside ? v[i - 1].end : v[i].end;
	}
	put(t, "[", 1);
	for (i = 0; i < RANGES; i++) {
		k = i * 7919 % RANGES;
		put(t, row, (size_t)snprintf(row, sizeof(row), "%s{\"image\": "
		    "\"i%zu\", \"segment\": \"%s\", \"start\": \"0x%llx\", "
		    "\"end\": %llu}", i > 0 ? ",\n" : "", k / 5,
		    v[k].whole ? "" : "s", (unsigned long long)v[k].start,
		    (unsigned long long)v[k].end));
	}
	put(t, "]\n", 2);
}

static const struct range *
slow(const struct range *v, uint64_t addr)
{
	const struct range *found = NULL;
	size_t i;

	for (i = 0; i < RANGES; i++)
		if (v[i].start <= addr && addr < v[i].end &&
		    (found == NULL || found->whole))
			found = &v[i];
	return found;
}

static void
check_found(const struct dt_regions *set, const struct range *v, uint64_t addr)
{
	const struct dt_region *r = dt_regions_find(set, addr);
	const struct range *want = slow(v, addr);
	char row[32];

	snprintf(row, sizeof(row), "0x%llx", (unsigned long long)addr);
	check(r == NULL || want == NULL ? r == NULL && want == NULL :
	    r->start == want->start && r->end == want->end, "found", row);
}

static void
lookups(void)
{
	struct range *v = calloc(RANGES, sizeof(*v));
	struct dt_regions *set = dt_regions_new();
	struct text t = {0};
	const char *why;
	uint64_t state = 1;
	size_t i, k;
	int r;

	if (v == NULL || set == NULL)
		exit(2);
	make(&t, v);
	r = add(set, &t, &why);
	check(r == 0, "refused", why != NULL ? why : "");
	check(dt_regions_count(set) == RANGES, "count", "10000");
	for (i = 0; i < LOOKUPS; i++) {
		k = next(&state) % RANGES;
		check_found(set, v, v[k].start);
		check_found(set, v, v[k].start - 1);
		check_found(set, v, v[k].end);
		check_found(set, v, v[k].end - 1);
		check_found(set, v, v[0].start + next(&state) *
		    (v[RANGES - 1].end - v[0].start) / UINT32_MAX * 2);
	}
	check_found(set, v, 0);
	check_found(set, v, UINT64_MAX);
	check(dt_regions_at(set, RANGES) == NULL, "behind the last", "10000");
	dt_regions_free(set);
	free(t.s);
	free(v);
}

/* A text of many times the same, between a beginning and an end. */
static void
check_many(const char *begin, const char *again, size_t n, const char *end,
    const char *want)
{
	struct dt_regions *set = dt_regions_new();
	struct text t = {0};
	const char *why;

	if (set == NULL)
		exit(2);
	put(&t, begin, strlen(begin));
	while (n-- > 0)
		put(&t, again, strlen(again));
	put(&t, end, strlen(end));
	if (want == NULL)
		check(add(set, &t, &why) == 0, "refused", begin);
	else
		check(add(set, &t, &why) == -1 && why != NULL &&
		    strstr(why, want) != NULL, "not refused", begin);
	dt_regions_free(set);
	free(t.s);
}

static void
hostile(void)
{
	static const char nuls[] = "1 2 0x3000 0x1 0x1 a\0b (1\0) <>\n\0";
	const struct text t = {(char *)(uintptr_t)nuls, sizeof(nuls) - 2, 0};
	struct dt_regions *set = dt_regions_new();
	const struct dt_region *r;
	const char *why;

	if (set == NULL)
		exit(2);
	check(add(set, &t, &why) == 0, "refused", "NUL bytes");
	r = dt_regions_find(set, 0x3000);
	check(r != NULL && dt_str_eq(r->image, DT_STR("a\0b")), "name",
	    "NUL bytes");
	dt_regions_free(set);
	check_many("[", "[", 1000000, "", "no object");
	check_many("{\"x\":", "[", 1000000, "", "too deep");
	check_many("[{\"x\":", "{\"a\":", 1000000, "", "too deep");
	check_many("{\"x\":", "[", 64, "", "cut short");
	check_many("[{\"x\":\"", "y", 1000000, "\"}]", "without 'image'");
	check_many("[{\"image\":\"a\",\"segment\":\"\",\"end\":1,\"start\":",
	    "9", 1000000, "}]", "no address");
	check_many("1 2 0x3000 0x1 0x1 ", "a", 1000000, " (1)\n", NULL);
	check_many("1 2 0x3000 0x1 0x1 a ", "(", 1000000, "\n", "version");
	check_many("a:\nLoad command 0\n", "x", 1000000, "\n", "cut");
	check_many("a:\nLoad command 0\n cmd LC_NOTE\n", "uuid x\n", 300000,
	    "", NULL);
	check_many("", "1 2 0x3000 0x1 0x1 a (1) <>\n", 100000, "", NULL);
	check_many("", "\n", 1000000, "", "neither");
}

int
main(void)
{
	classes();
	lookups();
	hostile();
	printf("ranges: %lu checks\n", checks);
	return 0;
}
