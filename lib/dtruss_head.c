/* SPDX-License-Identifier: ISC */
/* The columns of dtruss's text: its header, and records behind other text. */
#include "dtruss.h"
#include "scan.h"

enum { PID_WIDTH = 5, TRIES_MAX = 16, NAME_MAX_LEN = 64 };

static const struct {
	const char *head;
	size_t width;
} times[DT_DTRUSS_TIMES] = {
	{"RELATIVE", 8},
	{"ELAPSD", 7},
	{"CPU", 6},
};

/* Take a word off the end. */
static bool
take_last(struct dt_str *s, const char *word)
{
	struct dt_str front = dt_scan_rtrim(*s);

	if (!dt_scan_ends(front, word))
		return false;
	s->n = front.n - strlen(word);
	return true;
}

bool
dt_dtruss_header(struct dt_str line, struct dt_dtruss_layout *lay,
    struct dt_str *before)
{
	struct dt_str s = line, tail;
	size_t n = dt_scan_find(line, "SYSCALL(args)"), i;

	if (n == line.n)
		return false;
	tail = dt_str_after(line, n);
	dt_scan_word(&tail);
	if (!dt_str_is(dt_scan_word(&tail), "=") ||
	    !dt_str_is(dt_scan_word(&tail), "return") ||
	    dt_scan_trim(tail).n > 0)
		return false;
	*lay = (struct dt_dtruss_layout){.known = true, .header = true};
	s.n = n;
	for (i = DT_DTRUSS_TIMES; i-- > 0; lay->ntimes += lay->time[i])
		lay->time[i] = take_last(&s, times[i].head);
	if (take_last(&s, "PID/THRD"))
		lay->whose = DT_DTRUSS_APPLE;
	else if (take_last(&s, "PID/LWP"))
		lay->whose = DT_DTRUSS_TOOLKIT;
	lay->id = lay->whose != DT_DTRUSS_UNTOLD;
	*before = dt_scan_rtrim(s);
	return true;
}

bool
dt_dtruss_alike(const struct dt_dtruss_layout *a,
    const struct dt_dtruss_layout *b)
{
	size_t i;

	for (i = 0; i < DT_DTRUSS_TIMES; i++)
		if (a->time[i] != b->time[i])
			return false;
	return a->id == b->id && (!a->id || a->whose == b->whose);
}

bool
dt_dtruss_fits(const struct dt_dtruss_line *ln,
    const struct dt_dtruss_layout *lay)
{
	if (ln->pid.set != lay->id || ln->ntimes != lay->ntimes)
		return false;
	return !lay->id || ln->lwp == (lay->whose == DT_DTRUSS_TOOLKIT);
}

/* Is it a number that fills a column, on the right of blanks? */
static bool
is_column(struct dt_str s)
{
	while (s.n > 0 && s.s[0] == ' ')
		s = dt_str_after(s, 1);
	return dt_scan_digits(s);
}

/*
 * Can a column begin here?  A number that fills its column may have a digit of
 * the program's in front of it only where no number can be wider.
 */
static bool
is_start(struct dt_str text, size_t at, size_t width, bool widest)
{
	struct dt_str col = {text.s + at, width};

	if (at + width >= text.n || !is_column(col))
		return false;
	return widest || col.s[0] == ' ' || at == 0 ||
	    !dt_scan_digits((struct dt_str){text.s + at - 1, 1});
}

/* A column of numbers begins here: of ids, or of the first of the times. */
static bool
begins(struct dt_str text, size_t at, const struct dt_dtruss_layout *lay)
{
	size_t i = 0;

	if (lay->id)
		return is_start(text, at, PID_WIDTH,
		    lay->whose == DT_DTRUSS_APPLE) &&
		    text.s[at + PID_WIDTH] == '/';
	while (i < DT_DTRUSS_TIMES && !lay->time[i])
		i++;
	if (i == DT_DTRUSS_TIMES ||
	    !is_start(text, at, times[i].width, false))
		return false;
	return text.s[at + times[i].width] == ' ' ||
	    text.s[at + times[i].width] == ':';
}

/* Is an end of a name the name of a call? */
static bool
has_call(struct dt_str name)
{
	size_t i;

	if (name.n > NAME_MAX_LEN)
		return true;
	for (i = 1; i < name.n; i++)
		if (dt_dtruss_iscall(dt_str_after(name, i)))
			return true;
	return false;
}

bool
dt_dtruss_named(const struct dt_dtruss_line *ln)
{
	return ln->pid.set || ln->ntimes > 0 || dt_dtruss_iscall(ln->name) ||
	    (dt_scan_find(ln->args, "\"") == ln->args.n &&
	    !has_call(ln->name));
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* Where no columns are, a call begins behind what can be no part of it. */
static bool
begins_call(struct dt_str text, size_t at)
{
	struct dt_str name;
	size_t n = at;

	if (at == 0 || is_letter(text.s[at - 1]) || !is_letter(text.s[at]))
		return false;
	while (n < text.n && is_letter(text.s[n]))
		n++;
	name = (struct dt_str){text.s + at, n - at};
	return n < text.n && text.s[n] == '(' && dt_dtruss_iscall(name) &&
	    !has_call(name);
}

bool
dt_dtruss_glued(struct dt_str text, const struct dt_dtruss_layout *lay,
    struct dt_dtruss_line *ln)
{
	bool bare = !lay->id && lay->ntimes == 0;
	size_t i, tries = 0;

	if (!lay->known)
		return false;
	for (i = 1; i < text.n && tries < TRIES_MAX; i++) {
		if (!(bare ? begins_call(text, i) : begins(text, i, lay)))
			continue;
		tries++;
		if (dt_dtruss_cut(dt_str_after(text, i), ln) ==
		    DT_DTRUSS_WHOLE && dt_dtruss_fits(ln, lay)) {
			ln->before = (struct dt_str){text.s, i};
			return true;
		}
	}
	return false;
}
