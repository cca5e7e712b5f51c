/* SPDX-License-Identifier: ISC */
/* Kinds, members, numbers and times: as they are written, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "record.h"
#include "stamp.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static unsigned checks;

static void
check(int ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "record: %s: '%s'\n", what, row);
	exit(1);
}

static const char *const kind_names[] = {
#define K(tag, name, word, class, evidence, refusal) name,
#include "kinds.def"
#undef K
};

static const char *const facts[] = {
#define H(key, source) key,
#include "hostfacts.def"
#undef H
};

static const char *const tracer_names[] = {
#define T(name, os) name,
#include "tracers.def"
#undef T
};

static void
kinds(void)
{
	char miss[64];
	enum dt_kind kind;
	size_t i;

	for (i = 0; i < NELEM(kind_names); i++) {
		check(i == 0 || strcmp(kind_names[i - 1], kind_names[i]) < 0,
		    "kinds out of order", kind_names[i]);
		kind = dt_kind_byname(dt_str_c(kind_names[i]));
		check(kind == i + 1, "kind not found", kind_names[i]);
		check(strcmp(dt_kind_name(kind), kind_names[i]) == 0,
		    "kind has another name", kind_names[i]);
		check(dt_kind_byword(dt_str_c(dt_kind_word(kind))) ==
		    (strcmp(dt_kind_word(kind), "EVENT") == 0 ?
		    DT_KIND_SYSCALL : kind), "word is of another kind",
		    kind_names[i]);
		check(dt_kind_class(kind) != DT_CLASS_EVENT ||
		    strcmp(dt_kind_word(kind), "EVENT") == 0,
		    "an event with a word of its own", kind_names[i]);
		snprintf(miss, sizeof(miss), "%s_", kind_names[i]);
		check(dt_kind_byname(dt_str_c(miss)) == DT_KIND_UNKNOWN,
		    "found", miss);
	}
	check(dt_kind_byname((struct dt_str){0}) == DT_KIND_UNKNOWN,
	    "found", "");
}

/* Does one row of two with a key lead to the other? */
static int
leads(const struct dt_member *from, const struct dt_member *to)
{
	while (from != NULL && from != to)
		from = dt_keys_next(from);
	return from == to;
}

static void
members(void)
{
	const char *only[] = {"name", "errno", NULL};
	struct dt_keys all, two;
	const struct dt_member *m, *found;
	char miss[64];
	size_t i, k;

	dt_keys_init(&all, NULL);
	dt_keys_init(&two, only);
	for (i = 0; i < dt_nmembers; i++) {
		m = &dt_members[i];
		found = dt_keys_find(&all, dt_str_c(m->key));
		check(leads(found, m), "member not found", m->key);
		check((dt_keys_find(&two, dt_str_c(m->key)) != NULL) ==
		    (strcmp(m->key, "name") == 0 ||
		    strcmp(m->key, "errno") == 0), "wrong subset", m->key);
		for (k = 0; k < i; k++)
			check(dt_members[k].offset != m->offset,
			    "field of two rows", m->key);
		snprintf(miss, sizeof(miss), "%sx", m->key);
		check(dt_keys_find(&all, dt_str_c(miss)) == NULL, "found",
		    miss);
		check(dt_keys_find(&all, (struct dt_str){m->key,
		    m->keylen - 1}) != m, "found short", m->key);
		check(strcmp(m->key, "kind") != 0 && strcmp(m->key, "v") != 0,
		    "a key with a meaning of its own", m->key);
	}
	check(dt_keys_find(&all, DT_STR("")) == NULL, "found", "");
}

static void
hostfacts(void)
{
	size_t i;

	for (i = 0; i < NELEM(facts); i++) {
		check(i == 0 || strcmp(facts[i - 1], facts[i]) < 0,
		    "facts out of order", facts[i]);
		check(dt_hostfact_is(dt_str_c(facts[i])), "not a fact",
		    facts[i]);
	}
	check(!dt_hostfact_is(DT_STR("pid")), "a fact", "pid");
}

static void
tracers(void)
{
	size_t i;

	for (i = 1; i < NELEM(tracer_names); i++)
		check(strcmp(tracer_names[i - 1], tracer_names[i]) < 0,
		    "tracers out of order", tracer_names[i]);
	/* A bit for each member, where they are ticked off. */
	check(dt_nmembers <= 64, "too many", "members");
}

static void
numbers(void)
{
	static const struct {
		const char *text;
		int ok;
		int64_t num;
	} rows[] = {
		{"0", 1, 0}, {"-0", 1, 0}, {"42", 1, 42}, {"-1", 1, -1},
		{"9223372036854775807", 1, INT64_MAX},
		{"-9223372036854775808", 1, INT64_MIN},
		{"9223372036854775808", 0, 0},
		{"-9223372036854775809", 0, 0},
		{"99999999999999999999", 0, 0},
		{"0x0", 1, 0}, {"0xff", 1, 255}, {"0XFF", 1, 255},
		{"0xffffffffffffffff", 1, -1}, {"0x10000000000000000", 0, 0},
		{"-0x8000000000000000", 1, INT64_MIN},
		{"-0x8000000000000001", 0, 0}, {"-0x1", 1, -1},
		{"", 0, 0}, {"-", 0, 0}, {"0x", 0, 0}, {"x", 0, 0},
		{"1 ", 0, 0}, {" 1", 0, 0}, {"+1", 0, 0}, {"1.0", 0, 0},
		{"1e3", 0, 0}, {"12a", 0, 0}, {"0xfg", 0, 0}, {"--1", 0, 0},
	};
	int64_t num;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		check((dt_num_parse(dt_str_c(rows[i].text), &num) == 0) ==
		    rows[i].ok, "number taken or not", rows[i].text);
		check(!rows[i].ok || num == rows[i].num, "another number",
		    rows[i].text);
	}
}

static void
stamps(void)
{
	static const struct {
		const char *text;
		int ok;
		int64_t ns;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 1, 0},
		{"1970-01-01T01:00:00+01:00", 1, 0},
		{"1969-12-31T23:59:59Z", 0, 0},
		{"1970-01-01T00:00:00+00:01", 0, 0},
		{"1970-01-01T00:00:00-00:01", 1, 60000000000},
		{"2000-02-29T00:00:00.5Z", 1, 951782400500000000},
		{"2001-02-29T00:00:00Z", 0, 0},
		{"2100-02-29T00:00:00Z", 0, 0},
		{"2026-03-01T12:34:56.000000001Z", 1, 1772368496000000001},
		{"2026-12-31T23:59:59.999999999Z", 1, 1798761599999999999},
		{"2026-03-01T12:34:56.1234567890Z", 1, 1772368496123456789},
		{"2026-03-01T12:34:56.1234567891Z", 0, 0},
		{"2262-04-11T23:47:15Z", 1, 9223372035000000000},
		{"2262-04-11T23:47:17Z", 0, 0}, {"9999-01-01T00:00:00Z", 0, 0},
		{"2026-03-01T12:34:56", 0, 0}, {"2026-03-01T12:34:56.Z", 0, 0},
		{"2026-03-01 12:34:56Z", 0, 0}, {"2026-3-1T12:34:56Z", 0, 0},
		{"2026-13-01T12:34:56Z", 0, 0}, {"2026-00-01T12:34:56Z", 0, 0},
		{"2026-03-00T12:34:56Z", 0, 0}, {"2026-04-31T12:34:56Z", 0, 0},
		{"2026-03-01T24:00:00Z", 0, 0}, {"2026-03-01T12:60:00Z", 0, 0},
		{"2026-03-01T12:34:60Z", 0, 0}, {"2026-03-01T12:34:56Zx", 0, 0},
		{"2026-03-01T12:34:56+1:00", 0, 0}, {"", 0, 0}, {"Z", 0, 0},
	};
	int64_t ns;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		check(dt_stamp_rfc3339(dt_str_c(rows[i].text), &ns) ==
		    rows[i].ok, "time taken or not", rows[i].text);
		check(!rows[i].ok || ns == rows[i].ns, "another time",
		    rows[i].text);
	}
}

int
main(void)
{
	kinds();
	members();
	hostfacts();
	tracers();
	numbers();
	stamps();
	printf("record: %u checks\n", checks);
	return 0;
}
