/* SPDX-License-Identifier: ISC */
/* Denials that somebody knows of: patterns, each with a reason. */
#include <string.h>

#include "known.h"
#include "text.h"

bool
dt_is_day(struct dt_str str)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31};
	int num[3] = {0}, i, part, leap;

	if (str.n != 10)
		return false;
	for (i = part = 0; i < 10; i++) {
		if (i == 4 || i == 7) {
			if (str.s[i] != '-')
				return false;
			part++;
		} else if (str.s[i] < '0' || str.s[i] > '9') {
			return false;
		} else {
			num[part] = num[part] * 10 + str.s[i] - '0';
		}
	}
	if (num[1] < 1 || num[1] > 12 || num[2] < 1)
		return false;
	leap = num[1] == 2 && (num[0] % 4 == 0 && (num[0] % 100 != 0 ||
	    num[0] % 400 == 0));
	return num[2] <= lengths[num[1] - 1] + leap;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct dt_str
skip_blanks(struct dt_str str)
{
	while (str.n > 0 && is_blank(str.s[0]))
		str = dt_str_after(str, 1);
	return str;
}

/* Take a value off the front of a text.  NULL if it is none. */
static const char *
take_value(struct dt_arena *mem, struct dt_str *rest, struct dt_str *value)
{
	size_t n = 0;

	if (rest->n > 0 && rest->s[0] == '"') {
		n = dt_quoted_len(*rest);
		if (n == 0)
			return "a string that is not closed";
		*value = dt_unescape(mem, (struct dt_str){rest->s + 1, n - 2},
		    false);
		if (value->s == NULL)
			return "a string with a bad escape";
	} else {
		while (n < rest->n && !is_blank(rest->s[n]))
			n++;
		*value = (struct dt_str){rest->s, n};
	}
	*rest = dt_str_after(*rest, n);
	if (rest->n > 0 && !is_blank(rest->s[0]))
		return "no blank after a string";
	return NULL;
}

/* Take `key=value` off the front.  Returns why it is none, or NULL. */
static const char *
take_pair(struct dt_knowns *ks, struct dt_known *k, struct dt_str *rest)
{
	struct dt_str key, value;
	const char *why;
	size_t n = 0;

	while (n < rest->n && rest->s[n] != '=' && !is_blank(rest->s[n]))
		n++;
	if (n == rest->n || rest->s[n] != '=')
		return "a word without '='";
	key = dt_arena_dup(&ks->mem, (struct dt_str){rest->s, n});
	if (key.s == NULL)
		return "no memory";
	*rest = dt_str_after(*rest, n + 1);
	why = take_value(&ks->mem, rest, &value);
	if (why != NULL)
		return why;
	if (dt_str_is(key, "reason")) {
		if (k->reason.s != NULL)
			return "'reason' stands twice";
		k->reason = dt_arena_dup(&ks->mem, value);
		return k->reason.s != NULL ? NULL : "no memory";
	} else if (dt_str_is(key, "until")) {
		if (k->until.s != NULL)
			return "'until' stands twice";
		if (!dt_is_day(value))
			return "'until' is no day as YYYY-MM-DD";
		k->until = dt_arena_dup(&ks->mem, value);
		return k->until.s != NULL ? NULL : "no memory";
	} else if (strlen(key.s) != key.n) {
		return "a NUL in a word";
	} else if (dt_match_add(k->match, key.s, value, &why) == -1) {
		return why != NULL ? why : "no memory";
	}
	return NULL;
}

/* Read a line.  Returns why it is none, or NULL. */
static const char *
read_line(struct dt_knowns *ks, struct dt_known *k, struct dt_str line,
    struct dt_str today)
{
	struct dt_str rest = skip_blanks(line);
	const char *why = NULL;

	while (rest.n > 0 && why == NULL) {
		why = take_pair(ks, k, &rest);
		rest = skip_blanks(rest);
	}
	if (why != NULL)
		return why;
	k->pattern = dt_match_text(k->match);
	if (k->pattern.n == 0)
		return k->pattern.s != NULL ? "no pattern" : "no memory";
	if (k->reason.n == 0)
		return "no reason";
	if (k->until.s != NULL && today.s == NULL)
		return "'until' without today's date: give --today";
	k->expired = k->until.s != NULL && dt_str_cmp(today, k->until) > 0;
	return NULL;
}

int
dt_knowns_add(struct dt_knowns *ks, struct dt_str line, uint64_t no,
    struct dt_str today, const char **errstr)
{
	struct dt_str text = skip_blanks(line);
	struct dt_known *p;

	*errstr = NULL;
	if (text.n > 0 && text.s[text.n - 1] == '\r')
		text.n--;
	if (text.n == 0 || text.s[0] == '#')
		return 0;
	p = dt_arena_grow(&ks->mem, ks->v, ks->n, sizeof(*p));
	if (p == NULL)
		return -1;
	ks->v = p;
	p += ks->n;
	*p = (struct dt_known){.line = no, .match = dt_match_new()};
	if (p->match == NULL)
		return -1;
	ks->n++;
	*errstr = read_line(ks, p, text, today);
	return *errstr == NULL ? 0 : -1;
}

void
dt_knowns_free(struct dt_knowns *ks)
{
	size_t i;

	for (i = 0; i < ks->n; i++)
		dt_match_free(ks->v[i].match);
	dt_arena_free(&ks->mem);
}

const struct dt_known *
dt_known_find(struct dt_knowns *ks, const struct dt_sig *sig)
{
	const struct dt_known *found = NULL;
	size_t i;

	for (i = 0; i < ks->n; i++) {
		if (!dt_match_is(ks->v[i].match, sig))
			continue;
		ks->v[i].matched++;
		if (found == NULL && !ks->v[i].expired)
			found = &ks->v[i];
	}
	return found;
}
