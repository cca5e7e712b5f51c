/* SPDX-License-Identifier: ISC */
/* Diagnostics: every code and text both ways, misses, and random lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum tag {
#define D(tag, code, level, remedy) TAG_##tag,
#include "diagnostics.def"
};

static const struct dt_diag diags[] = {
#define D(tag, code, level, remedy) {code, DT_LEVEL_##level, remedy},
#include "diagnostics.def"
};

static const struct {
	enum tag tag;
	const char *pattern;
	uint64_t count;
	const char *example;
} texts[] = {
#define T(tag, pattern, count, example) \
	{TAG_##tag, pattern, count, example},
#include "diagnostics.def"
};

/* What our own tools raise. */
static const char *const own[] = {
	"already-traced",
	"audit-backlog",
	"audit-missing",
	"audit-namespace",
	"audit-nobody",
	"audit-off",
	"audit-overrun",
	"audit-privileges",
	"audit-unknown",
	"blind-spot",
	"bpf-lockdown",
	"bpf-missed",
	"bpf-privileges",
	"bpf-untracked",
	"codesign-failed",
	"codesign-missing",
	"copy-failed",
	"copy-useless",
	"document-cut",
	"dtrace.no-fbt",
	"dtrace.quoting",
	"empty-input",
	"es-drops",
	"es-order",
	"exec-failed",
	"format-unclear",
	"kernel-too-old",
	"left-behind",
	"no-entitlements",
	"no-executable",
	"no-format",
	"no-tracer",
	"not-built",
	"not-permitted",
	"orphan-unfinished",
	"oversize-line",
	"path-prefix-unknown",
	"probe-error",
	"probe-session",
	"probe-skipped",
	"ring-full",
	"self-test",
	"strings-failed",
	"strings-missing",
	"target-gone",
	"target-unseen",
	"trace-lost",
	"tracer-died",
	"tracer-missing",
	"tracer-too-old",
	"usable",
};

/* More of what tracers were seen to say. */
static const struct {
	const char *line, *code;
	uint64_t count;
} more[] = {
#define MORE(line, code, count) {line, code, count},
#include "diags.def"
};

/* What is no tracer's message, however like one. */
static const char *const misses[] = {
#define MISS(line) line,
#include "diags.def"
};

/* What dtrace says before its reasons, and what it means with any other. */
static const struct {
	const char *prefix, *code;
} prefixes[] = {
#define PREFIX(prefix, code) {prefix, code},
#include "diags.def"
};

/* dtrace's reasons; without a code, one means what its prefix does. */
static const struct {
	const char *text, *code;
} whys[] = {
#define WHY(text, code) {text, code},
#include "diags.def"
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
	fprintf(stderr, "diags: %s: '%s'\n", what, row);
}

/* xorshift64: the same numbers everywhere. */
static size_t
rnd(size_t below)
{
	static uint64_t x = 88172645463325252U;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (size_t)(x % below);
}

static bool
isdig(char c)
{
	return c >= '0' && c <= '9';
}

/* Matching, the slow way: all the places that each step can lead to. */
static bool
matches(const char *pat, const char *s)
{
	static bool now[8192], next[8192];
	size_t i, j, n = strlen(s);

	memset(now, 0, n + 1);
	for (now[0] = true; *pat != '\0'; pat += *pat == '%' ? 2 : 1) {
		memset(next, 0, n + 1);
		for (i = 0; i <= n; i++) {
			if (*pat == '*')
				next[i] = now[i] || (i > 0 && next[i - 1]);
			else if (*pat != '%' && i < n && s[i] == *pat)
				next[i + 1] = now[i];
			for (j = i; *pat == '%' && isdig(s[j]); j++)
				;
			if (j > i && now[i] && (i == 0 || !isdig(s[i - 1])))
				next[j] = true;
		}
		memcpy(now, next, n + 1);
	}
	return now[n];
}

/* The first row that matches a line; NELEM(texts) if none does. */
static size_t
first(const char *line)
{
	size_t i;

	for (i = 0; i < NELEM(texts); i++)
		if (matches(texts[i].pattern, line))
			break;
	return i;
}

static void
test_codes(void)
{
	const struct dt_diag *d;
	const char *dot;
	char miss[64];
	size_t i;

	for (i = 0; i < NELEM(diags); i++) {
		check(i == 0 || strcmp(diags[i - 1].code, diags[i].code) < 0,
		    "out of order", diags[i].code);
		d = dt_diag_bycode(diags[i].code);
		check(d != NULL && strcmp(d->code, diags[i].code) == 0 &&
		    d->level == diags[i].level &&
		    strcmp(d->remedy, diags[i].remedy) == 0,
		    "not found", diags[i].code);
		check(strspn(diags[i].code, "abcdefghijklmnopqrstuvwxyz-.") ==
		    strlen(diags[i].code), "not kebab-case with dots", diags[i].code);
		dot = strchr(diags[i].remedy, '.');
		while (dot != NULL && dot[1] != '\0' && dot[1] != ' ')
			dot = strchr(dot + 1, '.');
		check(dot != NULL && dot[1] == '\0', "not one sentence",
		    diags[i].remedy);
		snprintf(miss, sizeof(miss), "%s-", diags[i].code);
		check(dt_diag_bycode(miss) == NULL, "found", miss);
		miss[strlen(diags[i].code) - 1] = '\0';
		check(dt_diag_bycode(miss) == NULL, "found", miss);
	}
	for (i = 0; i < NELEM(own); i++)
		check(dt_diag_bycode(own[i]) != NULL, "no code", own[i]);
	check(dt_diag_bycode("") == NULL, "found", "");
}

/* Every code is in a text, or is one of our own. */
static void
test_used(void)
{
	size_t i, j;
	bool used;

	for (i = 0; i < NELEM(diags); i++) {
		used = false;
		for (j = 0; j < NELEM(texts); j++)
			used = used || texts[j].tag == (enum tag)i;
		for (j = 0; j < NELEM(own); j++)
			used = used || strcmp(own[j], diags[i].code) == 0;
		check(used, "never raised", diags[i].code);
	}
}

/* A line has this code and count; no code is NULL. */
static void
expect(const char *line, size_t n, const char *code, uint64_t want)
{
	uint64_t count = 12345;
	const struct dt_diag *d;
	const char *got;

	d = dt_diag_bytext((struct dt_str){line, n}, &count);
	got = d != NULL ? d->code : NULL;
	check((got == NULL) == (code == NULL) &&
	    (code == NULL || strcmp(got, code) == 0),
	    got != NULL ? got : "no code", line);
	check(count == want, "count", line);
}

static void
test_texts(void)
{
	char line[1024];
	const char *code, *pat;
	size_t i, len;

	for (i = 0; i < NELEM(texts); i++) {
		code = diags[texts[i].tag].code;
		pat = texts[i].pattern;
		check(first(texts[i].example) == i, "row never reached", pat);
		expect(texts[i].example, strlen(texts[i].example), code,
		    texts[i].count);
		len = (size_t)snprintf(line, sizeof(line), " \t%s \r\n",
		    texts[i].example);
		expect(line, len, code, texts[i].count);
		check(strcmp(dt_level_name(diags[texts[i].tag].level),
		    "lost") == 0 || strstr(pat, "%u") != NULL ||
		    texts[i].count == 0, "count but no loss", pat);
		if (pat[0] == '*')
			continue;
		snprintf(line, sizeof(line), "x%s", texts[i].example);
		len = first(line);
		check(len == NELEM(texts) || texts[len].pattern[0] == '*',
		    "matches within", line);
	}
	for (i = 0; i < NELEM(more); i++)
		expect(more[i].line, strlen(more[i].line), more[i].code,
		    more[i].count);
	for (i = 0; i < NELEM(misses); i++)
		expect(misses[i], strlen(misses[i]), NULL, 0);
	expect("dtrace: 5 drops\0 on CPU 1", 25, "dtrace.drops", 5);
	expect("dtrace: 5 drops on CPU 1\0", 25, NULL, 0);
	expect(NULL, 0, NULL, 0);
}

/* The code that a line has in MORE, else this one. */
static const char *
stated(const char *line, const char *code)
{
	size_t i;

	for (i = 0; i < NELEM(more); i++)
		if (strcmp(more[i].line, line) == 0)
			return more[i].code;
	return code;
}

/* Every reason keeps its meaning behind every prefix, and is an error. */
static void
test_whys(void)
{
	char line[1024];
	const char *code;
	const struct dt_diag *d;
	uint64_t count;
	size_t i, j, len;

	for (i = 0; i < NELEM(whys); i++) {
		for (j = 0; j < NELEM(prefixes); j++) {
			len = (size_t)snprintf(line, sizeof(line), "%s%s",
			    prefixes[j].prefix, whys[i].text);
			code = whys[i].code != NULL ? whys[i].code :
			    prefixes[j].code;
			expect(line, len, stated(line, code), 0);
			d = dt_diag_bytext((struct dt_str){line, len}, &count);
			check(d == NULL || d->level == DT_LEVEL_ERROR,
			    "no error", line);
		}
	}
}

/* Pieces of two examples glued together mean what the slow way says. */
static void
test_random(void)
{
	char line[2048];
	const char *a, *b;
	size_t i, n, row;
	uint64_t count;
	const struct dt_diag *d;

	for (i = 0; i < 2000; i++) {
		a = texts[rnd(NELEM(texts))].example;
		b = texts[rnd(NELEM(texts))].example;
		n = rnd(strlen(a) + 1);
		b += rnd(strlen(b) + 1);
		n = (size_t)snprintf(line, sizeof(line), "%.*s%s", (int)n, a,
		    b);
		row = rnd(n + 1);
		if (row < n && rnd(3) == 0)
			line[row] = "*%9: \n"[rnd(6)];
		if (n == 0 || strchr(" \n", line[0]) != NULL ||
		    strchr(" \n", line[n - 1]) != NULL)
			continue;	/* the slow way does not trim */
		row = first(line);
		d = dt_diag_bytext((struct dt_str){line, n}, &count);
		check(row == NELEM(texts) ? d == NULL : d != NULL &&
		    strcmp(d->code, diags[texts[row].tag].code) == 0,
		    "not as the slow way has it", line);
	}
}

/* A long line that almost matches, over and over, takes no longer than it. */
static void
test_long(void)
{
	static const char again[] = "7 drops on CPU 7 probe description 7: ";
	static char line[1 << 20];
	uint64_t count;
	size_t i;

	for (i = 0; i < sizeof(line); i++)
		line[i] = again[i % (sizeof(again) - 1)];
	memcpy(line, "dtrace: ", 8);
	check(dt_diag_bytext((struct dt_str){line, sizeof(line)}, &count) ==
	    NULL, "long line", "found");
}

/* What each line of stdin means: code, level, count and the line. */
static int
show(void)
{
	static char line[1 << 16];
	const struct dt_diag *d;
	uint64_t count;
	size_t len;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		len = strcspn(line, "\n");
		line[len] = '\0';
		d = dt_diag_bytext((struct dt_str){line, len}, &count);
		printf("%s\t%s\t%ju\t%s\n", d != NULL ? d->code : "-",
		    d != NULL ? dt_level_name(d->level) : "-",
		    (uintmax_t)count, line);
	}
	return ferror(stdin) || fflush(stdout) == EOF;
}

/* Print every code with its level and remedy. */
static int
list(void)
{
	size_t i;

	for (i = 0; i < NELEM(diags); i++)
		printf("%s\t%s\t%s\n", diags[i].code,
		    dt_level_name(diags[i].level), diags[i].remedy);
	return fflush(stdout) == EOF;
}

static void
test_levels(void)
{
	check(strcmp(dt_level_name(DT_LEVEL_ERROR), "error") == 0, "level",
	    "error");
	check(strcmp(dt_level_name(DT_LEVEL_LOST), "lost") == 0, "level",
	    "lost");
	check(strcmp(dt_level_name(DT_LEVEL_WARN), "warning") == 0, "level",
	    "warning");
	check(strcmp(dt_level_name(DT_LEVEL_INFO), "info") == 0, "level",
	    "info");
	check(dt_level_name(DT_LEVEL_MAX) == NULL, "level", "one more");
}

/* With "-", say what the lines of stdin mean; with "-l", list the codes. */
int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "-") == 0)
		return show();
	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		return list();
	test_levels();
	test_codes();
	test_used();
	test_texts();
	test_whys();
	test_random();
	test_long();
	printf("diags: %lu checks\n", checks);
	return failures != 0;
}
