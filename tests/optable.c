/* SPDX-License-Identifier: ISC */
/* Slots and flags of mac_policy: by number, by name, and from tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "macpolicy.h"
#include "optable.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static unsigned long checks;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "optable: %s: '%s'\n", what, row);
	exit(1);
}

static const struct {
	int index;
	const char *name;
} ops[] = {
#define O(index, name) {index, #name},
#include "macpolicyops.def"
#undef O
};

static const struct {
	enum dt_macflags of;
	const char *name;
	uint64_t bit;
} flags[] = {
#define F(of, name, bit) {DT_MACFLAGS_##of, #name, bit},
#include "macflags.def"
#undef F
};

static void
slots(void)
{
	char miss[96];
	size_t i, k;

	for (i = 0; i < NELEM(ops); i++) {
		check(ops[i].index == (int)i, "out of order", ops[i].name);
		check(strncmp(ops[i].name, "mpo_", 4) == 0, "prefix",
		    ops[i].name);
		for (k = 0; k < i; k++)
			check(strcmp(ops[i].name, ops[k].name) != 0, "twice",
			    ops[i].name);
		check(dt_macop_name(i) != NULL &&
		    strcmp(dt_macop_name(i), ops[i].name) == 0, "name",
		    ops[i].name);
		check(dt_macop_byname(dt_str_c(ops[i].name)) == (int)i,
		    "by name", ops[i].name);
		snprintf(miss, sizeof(miss), "%s_", ops[i].name);
		check(dt_macop_byname(dt_str_c(miss)) == -1, "found", miss);
		check(dt_macop_isreserved(i) ==
		    (strstr(ops[i].name, "reserved") != NULL), "reserved",
		    ops[i].name);
	}
	/* What the header has, whatever the rows say. */
	check(dt_macop_byname(DT_STR("mpo_audit_check_postselect")) == 0 &&
	    dt_macop_byname(DT_STR("mpo_policy_initbsd")) == 116 &&
	    dt_macop_byname(DT_STR("mpo_iokit_check_get_property")) == 334,
	    "slot", "of a known hook");
	check(NELEM(ops) == 335, "slots of version 84", "ops");
	check(dt_macop_name(NELEM(ops)) == NULL &&
	    dt_macop_name(UINT64_MAX) == NULL, "name", "behind the last");
	check(dt_macop_byname((struct dt_str){0}) == -1 &&
	    dt_macop_byname(DT_STR("")) == -1, "found", "no name");
}

/* Every number of five bits, and bits that have no name. */
static void
policy_flags(void)
{
	static const uint64_t high[] = {0, UINT64_C(1) << 63, 0xfffffff0};
	const char *names[DT_MACFLAGS_MAX];
	enum dt_macflags of;
	uint64_t bits, rest;
	size_t i, h, n, k;

	for (i = 0; i < NELEM(flags); i++)
		check((flags[i].bit & (flags[i].bit - 1)) == 0 &&
		    (i == 0 || flags[i - 1].of < flags[i].of ||
		    (flags[i - 1].of == flags[i].of &&
		    flags[i - 1].bit < flags[i].bit)), "order", flags[i].name);
	for (of = DT_MACFLAGS_LOADTIME; of <= DT_MACFLAGS_RUNTIME; of++)
		for (h = 0; h < NELEM(high); h++)
			for (bits = high[h]; bits < high[h] + 32; bits++) {
				n = dt_macflags_names(of, bits, names, &rest);
				for (i = k = 0; i < NELEM(flags); i++)
					if (flags[i].of == of &&
					    (flags[i].bit & bits) != 0) {
						check(k < n && strcmp(names[k],
						    flags[i].name) == 0,
						    "name", flags[i].name);
						rest |= flags[i].bit;
						k++;
					}
				check(k == n && rest == bits, "rest", "flags");
			}
	n = dt_macflags_names(DT_MACFLAGS_LOADTIME, 0x1a, names, &rest);
	check(n == 2 && rest == 0x10 &&
	    strcmp(names[0], "MPC_LOADTIME_FLAG_UNLOADOK") == 0 &&
	    strcmp(names[1], "MPC_LOADTIME_BASE_POLICY") == 0, "names", "0x1a");
	n = dt_macflags_names(DT_MACFLAGS_RUNTIME, 3, names, &rest);
	check(n == 1 && rest == 2 &&
	    strcmp(names[0], "MPC_RUNTIME_FLAG_REGISTERED") == 0, "names", "3");
}

static int
add(struct dt_optable *t, struct dt_str text, const char **why)
{
	char *p = malloc(text.n + (text.n == 0));
	int r;

	if (p == NULL)
		exit(2);
	if (text.n > 0)
		memcpy(p, text.s, text.n);
	r = dt_optable_add(t, (struct dt_str){p, text.n}, DT_STR("text"), why);
	free(p);
	return r;
}

/* The same table in both formats; the second finds all of it there. */
static void
tables(void)
{
	static const char *const texts[] = {
		"{\"note\": [{}], \"xnu\": 10063, \"source\": \"s\", \"ops\": ["
		    "\n{\"index\": 0, \"symbol\": \"_a\"},\n"
		    "{\"index\": \"0x3ff\", \"image\": \"i\", \"segment\": "
		    "\"__T\", \"offset\": \"0xffffffffffffffff\","
		    " \"symbol\": null}, {\"index\": 0, \"symbol\": \"_a\"}]}",
		"# slot\tsymbol\r\n\r\n0\t_a\r\n"
		    "1023\ti\t__T\t18446744073709551615\r\n# torn",
	};
	struct dt_optable *t;
	const struct dt_oprow *row;
	const char *why;
	size_t i;

	for (i = 0; i < 2; i++) {
		t = dt_optable_new();
		check(t != NULL && add(t, dt_str_c(texts[i]), &why) == 0,
		    "refused", texts[i]);
		check(add(t, dt_str_c(texts[!i]), &why) == 0, "again",
		    texts[!i]);
		check(dt_optable_count(t) == 2, "count", texts[i]);
		row = dt_optable_find(t, 0);
		check(row != NULL && dt_str_is(row->symbol, "_a") &&
		    row->image.s == NULL && row->segment.s == NULL &&
		    dt_str_is(row->from, "text") && row->line == (i ? 3 : 2),
		    "symbol", texts[i]);
		row = dt_optable_find(t, 1023);
		check(row != NULL && row->symbol.s == NULL &&
		    dt_str_is(row->image, "i") &&
		    dt_str_is(row->segment, "__T") &&
		    row->offset == UINT64_MAX, "place", texts[i]);
		check(dt_optable_find(t, 1) == NULL &&
		    dt_optable_find(t, 1024) == NULL &&
		    dt_optable_find(t, UINT64_MAX) == NULL, "found", texts[i]);
		check(dt_str_is(dt_optable_xnu(t), "10063") &&
		    dt_str_is(dt_optable_source(t), "s"), "head", texts[i]);
		dt_optable_free(t);
	}
}

static const struct {
	const char *text;
	uint64_t line;
	const char *why;
} refused[] = {
	{"1\n", 1, "neither"},
	{"1 a\n", 1, "neither"},
	{"1\ta\tb\n", 1, "neither"},
	{"1\ta\tb\t4\t5\n", 1, "neither"},
	{"1\ta\t\n", 1, "neither"},
	{"1\t\n", 1, "empty name"},
	{"1\t\tb\t4\n", 1, "empty name"},
	{"1\ta\t\t4\n", 1, "empty name"},
	{"0\ta\n1\ta", 2, "nothing ends"},
	{"\n1024\ta\n", 2, "1024 is greater than 1023"},
	{"-1\ta\n", 1, "'index' is no number"},
	{"18446744073709551616\ta\n", 1, "'index' is no number"},
	{"\ta\n", 1, "'index' is no number"},
	{"x\ta\n", 1, "'index' is no number"},
	{"1\ta\tb\t-4\n", 1, "'offset' is no number"},
	{"1\ta\tb\t0x\n", 1, "'offset' is no number"},
	{"1\ta\tb\t0x10000000000000000\n", 1, "'offset' is no number"},
	{"1\ta\n1\tb\n", 2, "index 1 is another one at text:1"},
	{"1\ta\n1\ta\tb\t0\n", 2, "another"},
	{"1\ta\tb\t0\n1\ta\tb\t1\n", 2, "another"},
	{"[]x", 1, "not JSON"},
	{"{\"ops\":[", 1, "cut short"},
	{"{}", 1, "no array 'ops'"},
	{"[{\"symbol\":\"a\"}]", 1, "without 'index'"},
	{"[{\"index\":1}]", 1, "without a symbol or a place"},
	{"[{\"index\":1,\"symbol\":2}]", 1, "'symbol' is no string"},
	{"[{\"index\":1,\"image\":\"a\"}]", 1, "some of"},
	{"[{\"index\":1,\"image\":\"a\",\"segment\":\"b\"}]", 1, "some of"},
	{"[{\"index\":1,\"symbol\":\"a\",\"offset\":1}]", 1, "some of"},
	{"[\n{\"index\":1.0,\"symbol\":\"a\"}]", 2, "'index' is no number"},
	{"[{\"index\":1024,\"symbol\":\"a\"}]", 1, "greater"},
	{"[{\"index\":1,\"symbol\":\"\"}]", 1, "empty name"},
	{"{\"xnu\":[],\"ops\":[]}", 1, "'xnu' is neither"},
	{"{\"xnu\":1,\n\"xnu\":1,\"ops\":[]}", 2, "stands twice"},
};

static void
refusals(void)
{
	struct dt_optable *t;
	const char *why;
	size_t i;
	int r;

	for (i = 0; i < NELEM(refused); i++) {
		t = dt_optable_new();
		check(t != NULL, "no memory", "table");
		r = add(t, dt_str_c(refused[i].text), &why);
		check(r == -1, "taken", refused[i].text);
		check(why != NULL && strstr(why, refused[i].why) != NULL,
		    why != NULL ? why : "no reason", refused[i].text);
		check(dt_optable_line(t) == refused[i].line, "line",
		    refused[i].text);
		dt_optable_free(t);
	}
	t = dt_optable_new();
	check(t != NULL && add(t, DT_STR("1\ta\0b\n"), &why) == 0 &&
	    dt_str_eq(dt_optable_find(t, 1)->symbol, DT_STR("a\0b")),
	    "name", "NUL byte");
	check(add(t, DT_STR("{\"xnu\":\"1\",\"ops\":[]}"), &why) == 0 &&
	    add(t, DT_STR("{\"xnu\":2,\"ops\":[]}"), &why) == -1 &&
	    strstr(why, "'xnu' is '2'") != NULL, "taken", "another xnu");
	dt_optable_free(t);
}

int
main(void)
{
	slots();
	policy_flags();
	tables();
	refusals();
	printf("optable: %lu checks\n", checks);
	return 0;
}
