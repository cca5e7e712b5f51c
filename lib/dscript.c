/* SPDX-License-Identifier: ISC */
/* What one has to know of a D script to run it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "dscript.h"

/* A reader of a D program that passes over comments and strings. */
struct reader {
	FILE *f;
	int ahead;		/* read, and not yet given; 0 for none */
};

static int
next(struct reader *r)
{
	int c = r->ahead != 0 ? r->ahead : getc(r->f);

	r->ahead = 0;
	return c;
}

static void
pass_string(struct reader *r, int quote)
{
	int c;

	while ((c = next(r)) != EOF && c != quote && c != '\n')
		if (c == '\\')
			next(r);
}

static void
pass_comment(struct reader *r, int kind)
{
	int c, before = 0;

	for (; (c = next(r)) != EOF; before = c)
		if (kind == '/' ? c == '\n' : before == '*' && c == '/')
			return;
}

/* The next byte of the program itself; a blank for each thing passed over. */
static int
code(struct reader *r)
{
	int c = next(r);

	if (c == '"' || c == '\'') {
		pass_string(r, c);
		return ' ';
	}
	if (c != '/')
		return c;
	r->ahead = next(r);
	if (r->ahead != '/' && r->ahead != '*')
		return c;
	c = r->ahead;
	r->ahead = 0;
	pass_comment(r, c);
	return ' ';
}

/* A provider that is one process's: NAME$target, or pid and its number. */
static bool
is_pid(const char *word)
{
	const char *at = strchr(word, '$');

	if (at != NULL)
		return at != word && strcmp(at, "$target") == 0;
	return strncmp(word, "pid", 3) == 0 && word[3] != '\0' &&
	    strspn(word + 3, "0123456789") == strlen(word + 3);
}

static bool
is_pid_probe(const char *word, bool colon)
{
	return colon && is_pid(word);
}

static bool
is_target(const char *word, bool colon)
{
	const char *at = strstr(word, "$target");

	(void)colon;
	return at != NULL && at[strlen("$target")] == '\0';
}

/* Is there a word of the program that is wanted?  1, 0 or -1 with errno. */
static int
has_word(const char *path, bool (*is)(const char *word, bool colon))
{
	struct reader r = {fopen(path, "r"), 0};
	char word[64];
	size_t n = 0;
	int c, has = 0;

	if (r.f == NULL)
		return -1;
	while (has == 0 && (c = code(&r)) != EOF) {
		if (isalnum(c) || c == '_' || c == '$') {
			if (n < sizeof(word) - 1)
				word[n++] = (char)c;
			continue;
		}
		word[n] = '\0';
		has = is(word, c == ':');
		n = 0;
	}
	if (ferror(r.f))
		has = -1;
	fclose(r.f);
	return has;
}

int
dt_dscript_has_pid(const char *path)
{
	return has_word(path, is_pid_probe);
}

int
dt_dscript_has_target(const char *path)
{
	return has_word(path, is_target);
}

/* A beginning that does not begin anew in itself, as of no name twice. */
int
dt_dscript_has_probe(const char *path, const char *begin)
{
	struct reader r = {fopen(path, "r"), 0};
	size_t n = 0;
	int c;

	if (r.f == NULL)
		return -1;
	while (begin[n] != '\0' && (c = code(&r)) != EOF)
		n = c == begin[n] ? n + 1 : c == begin[0];
	c = ferror(r.f) ? -1 : begin[n] == '\0';
	fclose(r.f);
	return c;
}

/* The rest of a line behind its #, with one blank for any number of them. */
static void
pass_pragma(struct reader *r, char *line, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = code(r)) != EOF && c != '\n') {
		if (isspace(c) && (n == 0 || line[n - 1] == ' '))
			continue;
		if (n < size - 1)
			line[n++] = (char)(isspace(c) ? ' ' : c);
	}
	line[n] = '\0';
}

int
dt_dscript_is_destructive(const char *path)
{
	static const char asks[] = "pragma D option destructive";
	struct reader r = {fopen(path, "r"), 0};
	char line[128];
	int c, is = 0;

	if (r.f == NULL)
		return -1;
	while (is == 0 && (c = code(&r)) != EOF)
		if (c == '#') {
			pass_pragma(&r, line, sizeof(line));
			is = strncmp(line, asks, sizeof(asks) - 1) == 0;
		}
	if (ferror(r.f))
		is = -1;
	fclose(r.f);
	return is;
}
