/* SPDX-License-Identifier: ISC */
/*
 * Events of EndpointSecurity as proctracer prints them: the tables, what values
 * look like, flags of signatures, and arguments in quotes.  With an argument,
 * prints each event with its keys instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csflags.h"
#include "es_args.h"
#include "proctracer.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct dt_es_event events[] = {
#define EVENT(name, path, path2) {#name, path, path2},
#include "esevents.def"
};

static const struct dt_es_key keys[] = {
#define KEY(event, key, type, need) \
	{#event, key, DT_ES_##type, DT_ES_##need},
#include "esevents.def"
};

static const struct dt_es_key block[] = {
#define BLOCK(key, type, need) {NULL, key, DT_ES_##type, DT_ES_##need},
#include "esevents.def"
};

static const struct {
	const char *name;
	uint32_t bit;
} csflags[] = {
#define C(name, bit) {#name, bit},
#include "csflags.def"
#undef C
};

/* Values, and what they are taken apart into; all NULL if they are none. */
static const struct {
	enum dt_es_type type;
	const char *text;
	bool ok;
	const char *names, *number, *unnamed;
} values[] = {
	{DT_ES_TEXT, "", true, NULL, NULL, NULL},
	{DT_ES_TEXT, "any (1) : \r", true, NULL, NULL, NULL},
	{DT_ES_NUM, "0", true, NULL, NULL, NULL},
	{DT_ES_NUM, "-2", true, NULL, NULL, NULL},
	{DT_ES_NUM, "18446744073709551615", true, NULL, NULL, NULL},
	{DT_ES_NUM, "", false, NULL, NULL, NULL},
	{DT_ES_NUM, "-", false, NULL, NULL, NULL},
	{DT_ES_NUM, "--1", false, NULL, NULL, NULL},
	{DT_ES_NUM, "1 ", false, NULL, NULL, NULL},
	{DT_ES_NUM, "0x1", false, NULL, NULL, NULL},
	{DT_ES_BOOL, "true", true, NULL, NULL, NULL},
	{DT_ES_BOOL, "false", true, NULL, NULL, NULL},
	{DT_ES_BOOL, "1", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD|O_NONBLOCK (5)", true, "FREAD|O_NONBLOCK", "5",
	    NULL},
	{DT_ES_MASK, "FREAD [64?] (65)", true, "FREAD", "65", "64"},
	{DT_ES_MASK, " [64?] (64)", true, "", "64", "64"},
	{DT_ES_MASK, " (0)", true, "", "0", NULL},
	{DT_ES_MASK, "7", true, NULL, "7", NULL},
	{DT_ES_MASK, "", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD (x)", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD ()", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD [?] (1)", false, NULL, NULL, NULL},
	{DT_ES_MASK, "fread (1)", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD (1) ", false, NULL, NULL, NULL},
	{DT_ES_MASK, "FREAD (-1)", false, NULL, NULL, NULL},
	{DT_ES_ENUM, "F_GETFL (3)", true, "F_GETFL", "3", NULL},
	{DT_ES_ENUM, "[?] (99)", true, "", "99", NULL},
	{DT_ES_ENUM, "99", false, NULL, NULL, NULL},
	{DT_ES_ENUM, " (3)", false, NULL, NULL, NULL},
	{DT_ES_ENUM, "F_GETFL", false, NULL, NULL, NULL},
	{DT_ES_DATE, "2023-05-11 08:02:44", true, NULL, NULL, NULL},
	{DT_ES_DATE, "-44-05-11 08:02:44", true, NULL, NULL, NULL},
	{DT_ES_DATE, "12023-05-11 08:02:44", true, NULL, NULL, NULL},
	{DT_ES_DATE, "2023-05-11 08:02", false, NULL, NULL, NULL},
	{DT_ES_DATE, "2023-05-11 08:02:44 ", false, NULL, NULL, NULL},
	{DT_ES_DATE, "-05-11 08:02:44", false, NULL, NULL, NULL},
	{DT_ES_DATE, "", false, NULL, NULL, NULL},
	{DT_ES_EXTRA, "", true, NULL, NULL, NULL},
	{DT_ES_EXTRA, "(platform_binary) (es_client) ", true, NULL, NULL,
	    NULL},
	{DT_ES_EXTRA, "(platform_binary)(es_client)", true, NULL, NULL, NULL},
	{DT_ES_EXTRA, "platform_binary", false, NULL, NULL, NULL},
	{DT_ES_EXTRA, "()", false, NULL, NULL, NULL},
	{DT_ES_EXTRA, "((x))", false, NULL, NULL, NULL},
	{DT_ES_EXTRA, "(x", false, NULL, NULL, NULL},
};

static const struct {
	const char *text, *day, *nsec;
} times[] = {
	{"2023-05-11 08:02:44.5", "2023-05-11 08:02:44", "5"},
	{"2023-05-11 08:02:44.0", "2023-05-11 08:02:44", "0"},
	{"2023-05-11 08:02:44.999999999", "2023-05-11 08:02:44", "999999999"},
	{"2023-05-11 08:02:44", NULL, NULL},
	{"2023-05-11 08:02:44.", NULL, NULL},
	{"2023-05-11 08:02:44.5 ", NULL, NULL},
	{"2023-05-11 08:02:44.-5", NULL, NULL},
	{"08:02:44.5", NULL, NULL},
};

static int failures;
static unsigned long checks;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "es: %s: '%s'\n", what, row);
}

static bool
is(struct dt_str s, const char *want)
{
	return want == NULL ? s.s == NULL : dt_str_is(s, want);
}

/* Each key that a column of paths names is one of the event's, and text. */
static void
test_path(const struct dt_es_event *ev, const char *column)
{
	struct dt_str s = dt_str_c(column), key;
	const struct dt_es_key *row;

	while (s.n > 0) {
		key = dt_scan_until(&s, "/|");
		row = dt_es_key(ev, key);
		check(row != NULL && row->type == DT_ES_TEXT, "no such key",
		    column);
		if (s.n > 0)
			s = dt_str_after(s, 1);
	}
}

static void
test_events(void)
{
	char miss[64];
	size_t i, n;

	check(NELEM(events) == 51, "not the number of events", "");
	for (i = 0; i < NELEM(events); i++) {
		const struct dt_es_event *ev = &events[i], *found;

		check(i == 0 || strcmp(events[i - 1].name, ev->name) < 0,
		    "out of order", ev->name);
		found = dt_es_byname(dt_str_c(ev->name));
		check(found != NULL && strcmp(found->name, ev->name) == 0,
		    "not found", ev->name);
		snprintf(miss, sizeof(miss), "%s_", ev->name);
		check(dt_es_byname(dt_str_c(miss)) == NULL, "found", miss);
		miss[strlen(ev->name) - 1] = '\0';
		check(dt_es_byname(dt_str_c(miss)) == NULL, "found", miss);
		dt_es_keys(ev, &n);
		check((n == 0) == (strcmp(ev->name, "settime") == 0),
		    "no keys", ev->name);
		check(ev->path != NULL || ev->path2 == NULL,
		    "a second path alone", ev->name);
		test_path(ev, ev->path);
		test_path(ev, ev->path2);
	}
}

static void
test_keys(void)
{
	char miss[64];
	size_t i, n, seen = 0;

	for (i = 0; i < NELEM(keys); i++) {
		const struct dt_es_key *k = &keys[i], *found = NULL;
		const struct dt_es_event *ev = dt_es_byname(dt_str_c(k->event));

		check(i == 0 || strcmp(k[-1].event, k->event) < 0 ||
		    (strcmp(k[-1].event, k->event) == 0 &&
		    strcmp(k[-1].key, k->key) < 0), "out of order", k->key);
		check(ev != NULL, "no such event", k->event);
		if (ev != NULL)
			found = dt_es_key(ev, dt_str_c(k->key));
		check(found != NULL && found->type == k->type &&
		    found->need == k->need, "not found", k->key);
		snprintf(miss, sizeof(miss), "%s_", k->key);
		check(ev == NULL || dt_es_key(ev, dt_str_c(miss)) == NULL,
		    "found", miss);
	}
	for (i = 0; i < NELEM(events); i++) {
		dt_es_keys(&events[i], &n);
		seen += n;
	}
	check(seen == NELEM(keys), "a key of no event", "");
}

static void
test_block(void)
{
	const struct dt_es_key *rows;
	size_t i, j, n;

	rows = dt_es_block(&n);
	check(n == NELEM(block), "rows of the block", "");
	for (i = 0; i < n && i < NELEM(block); i++) {
		check(strcmp(rows[i].key, block[i].key) == 0,
		    "not the row of the block", block[i].key);
		check(strlen(block[i].key) < 11, "too wide", block[i].key);
		for (j = 0; j < i; j++)
			check(strcmp(block[i].key, block[j].key) != 0,
			    "there twice", block[i].key);
	}
}

static void
test_values(void)
{
	struct dt_str day, nsec;
	struct dt_pt_value val;
	size_t i;

	for (i = 0; i < NELEM(values); i++) {
		bool ok = dt_pt_value(values[i].type,
		    dt_str_c(values[i].text), &val);

		check(ok == values[i].ok, "type", values[i].text);
		if (!ok)
			continue;
		check(is(val.names, values[i].names) &&
		    is(val.number, values[i].number) &&
		    is(val.unnamed, values[i].unnamed), "parts",
		    values[i].text);
	}
	for (i = 0; i < NELEM(times); i++) {
		bool ok = dt_pt_time(dt_str_c(times[i].text), &day, &nsec);

		check(ok == (times[i].day != NULL), "time", times[i].text);
		check(!ok || (is(day, times[i].day) && is(nsec,
		    times[i].nsec)), "parts of a time", times[i].text);
	}
}

static void
test_csflags(void)
{
	char miss[64];
	size_t i;

	for (i = 0; i < NELEM(csflags); i++) {
		uint32_t bit = csflags[i].bit;
		struct dt_str name = dt_str_c(csflags[i].name);
		bool second = i > 0 && csflags[i - 1].bit == bit;

		check((bit & (bit - 1)) == 0 && bit != 0, "not one bit",
		    name.s);
		check(i == 0 || csflags[i - 1].bit <= bit, "out of order",
		    name.s);
		check(dt_csflag_byname(name) == bit, "not found", name.s);
		check(dt_csflag_name(bit) != NULL &&
		    strcmp(dt_csflag_name(bit), name.s) == 0 ? !second :
		    second, "not the name", name.s);
		snprintf(miss, sizeof(miss), "%s_", name.s);
		check(dt_csflag_byname(dt_str_c(miss)) == 0, "found", miss);
		check(!dt_csflags_contradict(name, 0, bit), "no contradiction",
		    name.s);
		check(dt_csflags_contradict(name, 0, 0), "not set", name.s);
		check(dt_csflags_contradict(DT_STR(""), 0, bit), "not named",
		    name.s);
		check(!dt_csflags_contradict(DT_STR(""), bit, bit),
		    "a bit that had no name yet", name.s);
		check(dt_csflags_contradict(name, bit, bit), "named and not",
		    name.s);
		check(!dt_csflags_contradict(dt_str_c(miss), 0, 0x40),
		    "a later name", miss);
		check(dt_csflags_contradict(dt_str_c(miss), 0, bit),
		    "a later name of an old bit", miss);
	}
	check(dt_csflag_name(0) == NULL && dt_csflag_name(0x40) == NULL &&
	    dt_csflag_name(3) == NULL, "a name of no bit", "");
	check(dt_csflag_byname(DT_STR("")) == 0, "no name", "");
	check(dt_csflags_contradict(DT_STR("CS_VALID"), 0, 0x41),
	    "a bit of nobody", "");
	check(!dt_csflags_contradict(DT_STR(""), 0, 0), "no flags", "");
}

/* xorshift64: the same numbers everywhere. */
static uint64_t
rnd(uint64_t below)
{
	static uint64_t x = 88172645463325252U;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % below;
}

/* Print arguments as proctracer does. */
static size_t
print(char *out, char argv[][8], size_t argc)
{
	const char *p;
	size_t i, n = 0;

	for (i = 0; i < argc; i++) {
		if (i > 0)
			out[n++] = ' ';
		out[n++] = '"';
		for (p = argv[i]; *p != '\0'; p++) {
			if (*p == '"')
				out[n++] = '\\';
			out[n++] = *p;
		}
		out[n++] = '"';
	}
	out[n] = '\0';
	return n;
}

/* What was not cut off where a line ends is seen to go on there. */
static void
test_lines(const char *text)
{
	struct dt_es_scan scan = {0};
	struct dt_str s = dt_str_c(text), line;
	unsigned may;

	for (;;) {
		line = dt_scan_until(&s, "\n");
		may = dt_es_args_scan(&scan, line);
		if (s.n == 0)
			break;
		check((may & DT_ES_INSIDE) != 0, "does not go on", text);
		dt_es_args_scan(&scan, DT_STR("\n"));
		s = dt_str_after(s, 1);
	}
	check((may & DT_ES_ENDED) != 0, "does not end", text);
}

/* Any arguments come back as they were. */
static void
test_random(void)
{
	static const char bytes[] = "\\\"\" a\n";
	struct dt_record rec = {0};
	char argv[3][8], text[128];
	size_t i, j, argc, n;
	int round;

	for (round = 0; round < 20000; round++) {
		argc = 1 + rnd(NELEM(argv));
		for (i = 0; i < argc; i++) {
			n = rnd(sizeof(argv[i]) - 1);
			for (j = 0; j < n; j++)
				argv[i][j] = bytes[rnd(sizeof(bytes) - 1)];
			argv[i][n] = '\0';
		}
		n = print(text, argv, argc);
		test_lines(text);
		dt_record_reset(&rec);
		check(dt_es_args_split(&rec, (struct dt_str){text, n}) == 1 &&
		    rec.args.n == argc, "number of arguments", text);
		for (i = 0; i < argc && i < rec.args.n; i++)
			check(dt_str_is(rec.args.v[i], argv[i]), "argument",
			    text);
	}
	dt_record_free(&rec);
}

static void
test_args(void)
{
	static const char *const none[] = {"x", "\"", "\"a", "\"a\"\"b\"",
	    "\"a\"  \"b\"", "\"a\" ", " \"a\"", "\"a\" b", "\"a\"b", "a\"",
	    "\"a\\\" b\"c\""};
	struct dt_record rec = {0};
	size_t i;

	for (i = 0; i < NELEM(none); i++) {
		dt_record_reset(&rec);
		check(dt_es_args_split(&rec, dt_str_c(none[i])) == 0 &&
		    rec.args.n == 0, "arguments", none[i]);
	}
	dt_record_reset(&rec);
	check(dt_es_args_split(&rec, DT_STR("")) == 1 && rec.args.n == 0,
	    "no arguments", "");
	dt_record_free(&rec);
}

static void
list(void)
{
	const struct dt_es_key *row;
	size_t i, j, n;

	for (i = 0; i < NELEM(events); i++) {
		row = dt_es_keys(&events[i], &n);
		for (j = 0; j < n; j++)
			printf("%s\t%s\n", events[i].name, row[j].key);
		if (n == 0)
			printf("%s\t\n", events[i].name);
	}
}

int
main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		list();
		return 0;
	}
	test_events();
	test_keys();
	test_block();
	test_values();
	test_csflags();
	test_args();
	test_random();
	printf("es: %lu checks\n", checks);
	return failures != 0;
}
