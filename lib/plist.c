/* SPDX-License-Identifier: ISC */
/* The XML of a property list that holds entitlements, line by line. */
#include <stdlib.h>
#include <string.h>

#include "plist.h"
#include "scan.h"

enum { TEXT_MAX = 2 << 20 };

/* Elements that hold text, and those that are a value by themselves. */
static const char *const texts[] = {"data", "date", "integer", "key", "real",
    "string"};
static const char *const bools[] = {"false", "true"};

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static int
refuse(struct dt_plist *p, const char *why)
{
	p->why = why;
	return -1;
}

/* The entitlements' answer, with their reason. */
static int
answer(struct dt_plist *p, int r)
{
	if (r == -1)
		p->why = p->to->why;
	return r;
}

static int
put(struct dt_plist *p, struct dt_str s)
{
	char *buf;

	if (p->n + s.n > TEXT_MAX)
		return refuse(p, "a value that is too long");
	if (p->n + s.n > p->cap) {
		buf = realloc(p->buf, 2 * (p->n + s.n));
		if (buf == NULL)
			return -1;
		p->buf = buf;
		p->cap = 2 * (p->n + s.n);
	}
	if (s.n > 0)
		memcpy(p->buf + p->n, s.s, s.n);
	p->n += s.n;
	return 0;
}

/* A character as UTF-8; it is none, or not of XML, when that is empty. */
static struct dt_str
encode(unsigned long c, char utf8[4])
{
	if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
		return DT_STR("");
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return DT_STR("");
	if (c < 0x80) {
		utf8[0] = (char)c;
		return (struct dt_str){utf8, 1};
	}
	utf8[3] = (char)(0x80 | (c & 0x3f));
	utf8[2] = (char)(0x80 | (c >> 6 & 0x3f));
	utf8[1] = (char)(0x80 | (c >> 12 & 0x3f));
	utf8[0] = (char)(0xf0 | c >> 18);
	if (c >= 0x10000)
		return (struct dt_str){utf8, 4};
	if (c >= 0x800) {
		utf8[1] = (char)(0xe0 | c >> 12);
		return (struct dt_str){utf8 + 1, 3};
	}
	utf8[2] = (char)(0xc0 | c >> 6);
	return (struct dt_str){utf8 + 2, 2};
}

/* What an entity stands for, by its name; empty if it is not known. */
static struct dt_str
entity(struct dt_str name, char utf8[4])
{
	static const struct {
		const char *name, *text;
	} known[] = {{"amp", "&"}, {"apos", "'"}, {"gt", ">"}, {"lt", "<"},
	    {"quot", "\""}};
	char num[16] = "0";
	int64_t c;
	size_t i;

	for (i = 0; i < NELEM(known); i++)
		if (dt_str_is(name, known[i].name))
			return dt_str_c(known[i].text);
	if (!dt_str_starts(name, "#") || name.n < 2 || name.n > 10)
		return DT_STR("");
	/* #xN is a number as others are when it begins with 0x. */
	i = name.s[1] == 'x';
	memcpy(num + i, name.s + 1, name.n - 1);
	if (dt_num_parse(dt_str_c(num), &c) == -1 || c < 0)
		return DT_STR("");
	return encode((unsigned long)c, utf8);
}

/* Text of an element, up to a tag or the end of the line. */
static int
text(struct dt_plist *p, struct dt_str *line)
{
	struct dt_str part, name;
	char utf8[4];

	while (line->n > 0 && line->s[0] != '<') {
		part = dt_scan_until(line, "<&");
		if (put(p, part) == -1)
			return -1;
		if (line->n == 0 || line->s[0] == '<')
			continue;
		*line = dt_str_after(*line, 1);
		name = dt_scan_until(line, ";<&");
		if (line->n == 0 || line->s[0] != ';')
			return refuse(p, "an entity without an end");
		*line = dt_str_after(*line, 1);
		part = entity(name, utf8);
		if (part.n == 0)
			return refuse(p, "an entity that is not known");
		if (put(p, part) == -1)
			return -1;
	}
	return line->n > 0 ? 0 : put(p, DT_STR("\n"));
}

/* The text of an element is whole. */
static int
text_end(struct dt_plist *p)
{
	struct dt_str s = {p->buf != NULL ? p->buf : "", p->n};
	const char *name = p->text;
	size_t i, n = 0;

	p->text = NULL;
	p->n = 0;
	if (strcmp(name, "key") == 0)
		return answer(p, dt_entitle_key(p->to, s));
	if (strcmp(name, "data") == 0) {
		for (i = 0; i < s.n; i++)
			if (!dt_scan_blank(s.s[i]))
				p->buf[n++] = s.s[i];
		s.n = n;
	}
	return answer(p, dt_entitle_value(p->to, name, s));
}

static const char *
find(const char *const *names, size_t n, struct dt_str name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (dt_str_is(name, names[i]))
			return names[i];
	return NULL;
}

static int
start(struct dt_plist *p, struct dt_str name, bool empty)
{
	const char *word;
	bool array = dt_str_is(name, "array");

	if (dt_str_is(name, "plist") && !p->in && !empty) {
		p->in = true;
		return 0;
	}
	if (!p->in)
		return refuse(p, "an element outside a property list");
	if (array || dt_str_is(name, "dict")) {
		if (answer(p, dt_entitle_begin(p->to, array)) == -1)
			return -1;
		return empty ? answer(p, dt_entitle_end(p->to, array)) : 0;
	}
	word = find(bools, NELEM(bools), name);
	if (word != NULL && empty)
		return answer(p, dt_entitle_value(p->to, "bool",
		    dt_str_c(word)));
	word = find(texts, NELEM(texts), name);
	if (word == NULL)
		return refuse(p, "an element that is not known");
	p->text = word;
	p->n = 0;
	return empty ? text_end(p) : 0;
}

/* Returns 1 when the whole list has ended. */
static int
finish(struct dt_plist *p, struct dt_str name)
{
	bool array = dt_str_is(name, "array");

	if (p->text != NULL)
		return dt_str_is(name, p->text) ? text_end(p) :
		    refuse(p, "an end without its beginning");
	if (dt_str_is(name, "plist") && p->in && p->to->depth == 0)
		return 1;
	if (array || dt_str_is(name, "dict"))
		return answer(p, dt_entitle_end(p->to, array));
	return refuse(p, "an end without its beginning");
}

/* What begins with a question or exclamation mark; the line is behind it. */
static int
declaration(struct dt_plist *p, struct dt_str line)
{
	if (p->text != NULL)
		return refuse(p, "a declaration inside of a value");
	p->skip = dt_str_starts(line, "<?") ? "?>" :
	    dt_str_starts(line, "<!--") ? "-->" : ">";
	if (p->skip[0] == '>' && (!dt_str_starts(line, "<!DOCTYPE plist") ||
	    memchr(line.s, '[', dt_scan_find(line, ">")) != NULL))
		return refuse(p, "a declaration that is not known");
	return 0;
}

/* A tag, as finish() returns. */
static int
tag(struct dt_plist *p, struct dt_str *line)
{
	struct dt_str name, rest, t = *line;
	size_t n = dt_scan_find(t, ">");
	bool closing;

	if (dt_str_starts(t, "<?") || dt_str_starts(t, "<!"))
		return declaration(p, t);
	if (n == t.n)
		return refuse(p, "a tag that does not end on its line");
	*line = dt_str_after(t, n + 1);
	t = (struct dt_str){t.s + 1, n - 1};
	closing = dt_scan_take(&t, "/");
	rest = t;
	name = dt_scan_until(&rest, " \t\r\n/");
	if (closing)
		return finish(p, name);
	if (p->text != NULL)
		return refuse(p, "an element inside of a value");
	return start(p, name, dt_scan_ends(t, "/"));
}

/* Inside a declaration; false when it goes on behind the line. */
static bool
skipped(struct dt_plist *p, struct dt_str *line)
{
	size_t n = dt_scan_find(*line, p->skip);

	if (n == line->n) {
		line->n = 0;
		return false;
	}
	*line = dt_str_after(*line, n + strlen(p->skip));
	p->skip = NULL;
	return true;
}

static int
take(struct dt_plist *p, struct dt_str *line)
{
	int r = 0;

	p->begun = true;
	do {
		if (p->skip != NULL && !skipped(p, line))
			return 1;
		if (p->text != NULL && (r = text(p, line)) == -1)
			return -1;
		if (p->text == NULL)
			*line = dt_scan_ltrim(*line);
		if (line->n == 0)
			return 1;
		if (line->s[0] != '<')
			return refuse(p, "text where a tag belongs");
		r = tag(p, line);
	} while (r == 0);
	return r == 1 ? 0 : -1;
}

int
dt_plist_line(struct dt_plist *p, struct dt_str *line)
{
	int r;

	p->why = NULL;
	r = take(p, line);
	if (r != 1)
		dt_plist_reset(p);
	return r;
}

bool
dt_plist_is(struct dt_str line)
{
	line = dt_scan_ltrim(line);
	return dt_str_starts(line, "<?xml ") ||
	    dt_str_starts(line, "<!DOCTYPE plist") ||
	    dt_str_starts(line, "<plist");
}

bool
dt_plist_has_key(struct dt_str line)
{
	static const char open[] = "<key>";
	size_t n;

	while ((n = dt_scan_find(line, open)) < line.n) {
		line = dt_str_after(line, n + sizeof(open) - 1);
		if (dt_entitle_is_key(dt_scan_until(&line, "<")))
			return true;
	}
	return false;
}

void
dt_plist_reset(struct dt_plist *p)
{
	p->skip = p->text = NULL;
	p->in = p->begun = false;
	p->n = 0;
}

void
dt_plist_free(struct dt_plist *p)
{
	free(p->buf);
}
