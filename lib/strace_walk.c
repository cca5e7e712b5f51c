/* SPDX-License-Identifier: ISC */
/* Walking over strace's text string by string and bracket by bracket. */
#include <string.h>

#include "strace.h"
#include "text.h"

/* The > in the arrow of a connection is no end; in a path it is an escape. */
size_t
dt_strace_annotation(struct dt_str s)
{
	bool path = s.n > 1 && s.s[1] == '/';
	size_t i, n, depth = 0;

	for (i = 0; i < s.n; i++) {
		if (s.s[i] == '\\') {
			i++;
		} else if (s.s[i] == '<') {
			depth++;
		} else if (s.s[i] == '"') {
			n = dt_quoted_len(dt_str_after(s, i));
			if (n == 0)
				return 0;
			i += n - 1;
		} else if (s.s[i] == '>' && (path || s.s[i - 1] != '-') &&
		    --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

static size_t
step_annotation(struct dt_strace_walk *w, struct dt_str rest)
{
	char prev = w->i > 0 ? w->text.s[w->i - 1] : ' ';
	size_t n;

	if (w->flat || rest.n < 2 || rest.s[1] == '<' || rest.s[1] == ' ' ||
	    ((prev < '0' || prev > '9') && prev != 'D'))
		return 1;
	n = dt_strace_annotation(rest);
	w->flat = n == 0;
	return n > 0 ? n : 1;
}

int
dt_strace_step(struct dt_strace_walk *w)
{
	struct dt_str rest;
	size_t n = 1;

	if (w->i >= w->text.n)
		return -1;
	rest = dt_str_after(w->text, w->i);
	switch (rest.s[0]) {
	case '"':
		n = dt_quoted_len(rest);
		if (n == 0)
			return -2;
		break;
	case '<':
		n = step_annotation(w, rest);
		break;
	case '(':
	case '[':
	case '{':
		w->depth++;
		break;
	case ')':
	case ']':
	case '}':
		w->depth -= w->depth > 0;
		break;
	}
	w->i += n;
	return (unsigned char)rest.s[0];
}
