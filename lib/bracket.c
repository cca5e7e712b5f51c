/* SPDX-License-Identifier: ISC */
/* Entitlements as codesign prints them since macOS 12: [Dict], [Key] ... */
#include <string.h>

#include "bracket.h"
#include "scan.h"

/* What is in brackets, and the type of value that it is. */
static const struct {
	const char *word;
	const char *type;
} types[] = {
	{"Bool", "bool"},
	{"Data", "data"},
	{"Date", "date"},
	{"Int", "integer"},
	{"Integer", "integer"},
	{"Number", "integer"},
	{"Real", "real"},
	{"String", "string"},
};

static const char *
type_of(struct dt_str word)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (dt_str_is(word, types[i].word))
			return types[i].type;
	return NULL;
}

/* Take the word in brackets off the front, and the blank behind it. */
static bool
bracketed(struct dt_str *s, struct dt_str *word)
{
	if (!dt_scan_take(s, "["))
		return false;
	*word = dt_scan_until(s, "]");
	if (!dt_scan_take(s, "]"))
		return false;
	return s->n == 0 || dt_scan_take(s, " ");
}

bool
dt_bracket_is(struct dt_str line)
{
	struct dt_str s = dt_scan_trim(line), word;

	if (!bracketed(&s, &word))
		return false;
	return dt_str_is(word, "Key") ? s.n > 0 :
	    dt_str_is(word, "Dict") || dt_str_is(word, "Value") ||
	    dt_str_is(word, "Array") || type_of(word) != NULL;
}

/* The entitlements' answer, with their reason. */
static int
answer(struct dt_bracket *b, int r)
{
	if (r == -1)
		b->why = b->to->why;
	return r;
}

static int
close_one(struct dt_bracket *b)
{
	return answer(b, dt_entitle_end(b->to, b->to->at[b->to->depth].array));
}

/* Close what a line that stands here is not in. */
static int
close_to(struct dt_bracket *b, size_t at, bool key)
{
	while (b->to->depth > 1 &&
	    (b->alike ? key : at <= b->at[b->to->depth]))
		if (close_one(b) == -1)
			return -1;
	return 0;
}

static int
open_one(struct dt_bracket *b, size_t at, bool array)
{
	if (b->alike && !array && b->to->depth > 0) {
		b->why = "a dictionary in another, and no blanks to tell";
		return -1;
	}
	if (answer(b, dt_entitle_begin(b->to, array)) == -1)
		return -1;
	b->at[b->to->depth] = at;
	return 0;
}

static int
key(struct dt_bracket *b, size_t at, struct dt_str name)
{
	if (b->to->depth == 0 && open_one(b, 0, false) == -1)
		return -1;
	if (close_to(b, at, true) == -1)
		return -1;
	b->key_at = at;
	b->keyed = true;
	return answer(b, dt_entitle_key(b->to, name));
}

int
dt_bracket_line(struct dt_bracket *b, struct dt_str line)
{
	struct dt_str s = dt_scan_trim(line), word;
	size_t at = line.n - dt_scan_ltrim(line).n;
	bool array;

	b->why = NULL;
	b->in = true;
	if (!bracketed(&s, &word)) {
		b->why = "not of this form";
		return -1;
	}
	array = dt_str_is(word, "Array");
	if (dt_str_is(word, "Key"))
		return key(b, at, s);
	if (dt_str_is(word, "Value")) {
		b->why = "a value without a key";
		return b->keyed ? 0 : -1;
	}
	if (b->keyed)
		b->alike = at <= b->key_at;
	else if (close_to(b, at, false) == -1)
		return -1;
	b->keyed = false;
	if (array || dt_str_is(word, "Dict"))
		return open_one(b, at, array);
	return answer(b, dt_entitle_value(b->to, type_of(word), s));
}

int
dt_bracket_end(struct dt_bracket *b)
{
	struct dt_entitle *to = b->to;
	int r;

	b->why = NULL;
	r = close_to(b, 0, true);
	if (r == 0 && to->depth == 1)
		r = close_one(b);
	*b = (struct dt_bracket){.to = to, .why = b->why};
	return r;
}
