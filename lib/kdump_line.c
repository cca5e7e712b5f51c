/* SPDX-License-Identifier: ISC */
/* Cutting a line of kdump's text into its columns. */
#include "calltext.h"
#include "kdump.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum {
	COMM_WIDTH = 8,		/* at least; what is shorter is padded */
	COMM_MAX = 24,		/* of all systems the longest */
	TID_WIDTH = 6,
	DATA_INDENT = 6,	/* no row begins with as many blanks */
};

/* Types of rows, and the system that alone has them. */
static const struct type {
	const char *word;
	enum dt_kdump_type type;
	enum dt_os os;
} types[] = {
	{"ARG", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"ARGS", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
	{"CALL", DT_KDUMP_CALL, DT_OS_UNKNOWN},
	{"CAP", DT_KDUMP_CAP, DT_OS_FREEBSD},
	{"CSW", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
	{"EERR", DT_KDUMP_OTHER, DT_OS_FREEBSD},
	{"EMUL", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"ENV", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
	{"ENVS", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
	{"GIO", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
	{"MIB", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"MISC", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"MMSG", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"MOOL", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"NAMI", DT_KDUMP_NAMI, DT_OS_UNKNOWN},
	{"PFLT", DT_KDUMP_OTHER, DT_OS_FREEBSD},
	{"PLDG", DT_KDUMP_PLDG, DT_OS_OPENBSD},
	{"PRET", DT_KDUMP_OTHER, DT_OS_FREEBSD},
	{"PSIG", DT_KDUMP_PSIG, DT_OS_UNKNOWN},
	{"RET", DT_KDUMP_RET, DT_OS_UNKNOWN},
	{"SAU", DT_KDUMP_OTHER, DT_OS_NETBSD},
	{"SCTL", DT_KDUMP_SCTL, DT_OS_FREEBSD},
	{"STRT", DT_KDUMP_OTHER, DT_OS_OPENBSD},
	{"STRU", DT_KDUMP_STRU, DT_OS_UNKNOWN},
	{"USER", DT_KDUMP_OTHER, DT_OS_UNKNOWN},
};

static size_t
indent(struct dt_str s)
{
	size_t n = 0;

	while (n < s.n && s.s[n] == ' ')
		n++;
	return n;
}

static struct dt_str
digits(struct dt_str *s)
{
	struct dt_str d = {s->s, 0};

	while (d.n < s->n && s->s[d.n] >= '0' && s->s[d.n] <= '9')
		d.n++;
	*s = dt_str_after(*s, d.n);
	return d;
}

static bool
number(struct dt_str *s, struct dt_int *num)
{
	struct dt_str d = digits(s);

	num->set = d.n > 0 && d.n < 10 && dt_num_parse(d, &num->v) == 0;
	return num->set;
}

/* "1700000000.000123456 ", "-0.000012 " */
static bool
take_time(struct dt_str *s, struct dt_str *time)
{
	struct dt_str rest = *s, part;

	dt_scan_take(&rest, "-");
	if (digits(&rest).n == 0 || !dt_scan_take(&rest, "."))
		return false;
	part = digits(&rest);
	if ((part.n != 6 && part.n != 9) || !dt_str_starts(rest, " "))
		return false;
	*time = (struct dt_str){s->s, (size_t)(rest.s - s->s)};
	*s = dt_str_after(rest, 1);
	return true;
}

/* The number of the processor, which -c has there in three columns. */
static bool
take_cpu(struct dt_str *s)
{
	struct dt_str rest = *s;

	while (dt_scan_take(&rest, " "))
		;
	if (digits(&rest).n == 0 || !dt_scan_take(&rest, " ") ||
	    rest.s - s->s < 4)
		return false;
	*s = rest;
	return true;
}

/* A type in four columns and two blanks behind it, if text is. */
static bool
take_type(struct dt_str *s, struct dt_kdump_line *ln)
{
	static const struct type unknown = {NULL, DT_KDUMP_OTHER,
	    DT_OS_UNKNOWN};
	struct dt_str rest = *s, word = dt_scan_until(&rest, " ");
	const struct type *type = NULL;
	size_t i, pad;

	for (i = 0; i < NELEM(types); i++)
		if (dt_str_is(word, types[i].word))
			type = &types[i];
	if (dt_str_starts(word, "UNKNOWN(") && dt_scan_ends(word, ")"))
		type = &unknown;
	pad = word.n < 4 ? 6 - word.n : 2;
	if (type == NULL || (indent(rest) < pad && indent(rest) < rest.n))
		return false;
	ln->type = type->type;
	ln->os = type->os;
	ln->word = word;
	*s = dt_str_after(rest, indent(rest) < pad ? rest.n : pad);
	return true;
}

/* "F64  ", which -A has. */
static void
take_abi(struct dt_str *s, struct dt_kdump_line *ln)
{
	struct dt_str rest = *s, word = dt_scan_until(&rest, " ");

	if (word.n != 3 || strchr("FLU", word.s[0]) == NULL ||
	    !dt_scan_digits(dt_str_after(word, 1)) ||
	    !dt_scan_take(&rest, "  "))
		return;
	ln->abi = word;
	*s = rest;
}

/* "open", "open[5]", "[477]" */
static bool
take_name(struct dt_str *s, struct dt_str *name)
{
	struct dt_str rest = *s;
	size_t n;

	*name = dt_calltext_name(rest);
	rest = dt_str_after(rest, name->n);
	n = name->n;
	if (dt_scan_take(&rest, "[")) {
		if (digits(&rest).n == 0 || !dt_scan_take(&rest, "]"))
			return false;
		if (n == 0)
			*name = (struct dt_str){s->s,
			    (size_t)(rest.s - s->s)};
	}
	*s = rest;
	return name->n > 0;
}

static bool
call(struct dt_str s, struct dt_kdump_line *ln)
{
	if (!take_name(&s, &ln->name))
		return false;
	ln->args = (struct dt_str){"", 0};
	if (s.n == 0)
		return true;
	if (!dt_scan_take(&s, "(") || !dt_scan_ends(s, ")"))
		return false;
	ln->args = (struct dt_str){s.s, s.n - 1};
	return true;
}

static bool
result_number(struct dt_str s, struct dt_kdump_line *ln)
{
	struct dt_str num = dt_scan_until(&s, "/<, ");

	if (dt_num_parse(num, &ln->ret.v) == -1)
		return false;
	ln->ret.set = true;
	return s.n == 0 || s.s[0] != ' ';
}

bool
dt_kdump_result(struct dt_str s, struct dt_kdump_line *ln)
{
	struct dt_str num;

	if (!take_name(&s, &ln->name) || !dt_scan_take(&s, " "))
		return false;
	if (dt_scan_take(&s, "-1 errno ") ||
	    dt_scan_take(&s, "-1 unknown errno ")) {
		num = dt_scan_until(&s, " ");
		if (dt_num_parse(num, &ln->errnum.v) == -1)
			return false;
		/* What the Linux of old FreeBSD got was negative. */
		if (ln->errnum.v < 0 && ln->errnum.v > -4096)
			ln->errnum.v = -ln->errnum.v;
		ln->errnum.set = ln->ret.set = true;
		ln->ret.v = -1;
		if (s.n > 1)
			ln->ret_text = dt_str_after(s, 1);
		return true;
	}
	if (dt_str_is(s, "RESTART") || dt_str_is(s, "JUSTRETURN")) {
		ln->ret_text = s;
		return true;
	}
	ln->errnum = DT_INT(0);
	if (result_number(s, ln))
		return true;
	/* OpenBSD: a set of signals, or the name of one. */
	ln->ret.set = false;
	ln->ret_text = s;
	return dt_scan_ends(s, ">") || dt_str_starts(s, "SIG");
}

/* Is the text behind the type what it has to be there? */
static bool
fits(struct dt_kdump_line *ln)
{
	struct dt_str s = ln->text;

	switch (ln->type) {
	case DT_KDUMP_CALL:
		return call(s, ln);
	case DT_KDUMP_RET:
		return dt_kdump_result(s, ln);
	case DT_KDUMP_NAMI:
	case DT_KDUMP_SCTL:
		ln->open = s.n < 2 || s.s[s.n - 1] != '"';
		return dt_str_starts(s, "\"");
	case DT_KDUMP_STRU:
		ln->open = dt_str_starts(s, "struct sockaddr {") &&
		    !dt_scan_ends(s, " }");
		return true;
	case DT_KDUMP_PLDG:
		return dt_calltext_name(s).n > 0 &&
		    dt_scan_find(s, ", errno ") < s.n;
	case DT_KDUMP_CAP:
		return dt_scan_trim(s).n > 0;
	default:
		return true;
	}
}

/* The columns behind the name of the program, which ends at text[at]. */
static bool
columns(struct dt_str s, size_t at, struct dt_kdump_line *ln)
{
	ln->comm = dt_scan_rtrim((struct dt_str){s.s, at});
	s = dt_str_after(s, at + 1);
	if (dt_str_is(s, "Events dropped.")) {
		ln->what = DT_KDUMP_DROPPED;
		return true;
	}
	while (ln->lay.ntimes < DT_KDUMP_TIMES &&
	    take_time(&s, &ln->times[ln->lay.ntimes]))
		ln->lay.ntimes++;
	ln->lay.cpu = take_cpu(&s);
	if (!take_type(&s, ln))
		return false;
	take_abi(&s, ln);
	ln->text = s;
	ln->what = DT_KDUMP_ROW;
	return true;
}

/* Has one reading more columns than another, and so less of a name? */
static int
more(const struct dt_kdump_layout *a, const struct dt_kdump_layout *b)
{
	size_t na = a->ntimes + a->cpu, nb = b->ntimes + b->cpu;

	return (na > nb) - (na < nb);
}

/* Is it what the rows before had? */
static bool
alike(const struct dt_kdump_layout *a, const struct dt_kdump_layout *b)
{
	return !a->known || (a->ntimes == b->ntimes && a->cpu == b->cpu);
}

/*
 * The name of a program may hold blanks and the words of this text, and looks
 * like columns then.  Where two readings are whole neither is believed.
 */
static void
find_columns(struct dt_str s, const struct dt_kdump_layout *lay,
    struct dt_kdump_line *ln)
{
	struct dt_kdump_line one, found = *ln;
	size_t i, whole = 0, part = 0;
	int cmp;

	for (i = COMM_WIDTH; i < s.n && i <= COMM_MAX; i++) {
		one = *ln;
		if (s.s[i] != ' ' || !columns(s, i, &one) ||
		    (one.what == DT_KDUMP_ROW && !alike(lay, &one.lay)))
			continue;
		if (one.what == DT_KDUMP_ROW && !fits(&one)) {
			found = whole == 0 && part == 0 ? one : found;
			part++;
			continue;
		}
		cmp = whole == 0 ? 1 : more(&one.lay, &found.lay);
		whole = cmp > 0 ? 1 : whole + (cmp == 0);
		found = cmp > 0 ? one : found;
	}
	*ln = found;
	if (whole == 1 || whole + part == 0)
		return;
	ln->what = DT_KDUMP_BROKEN;
	ln->reason = whole == 0 ? "a row that is not whole" :
	    "columns that can be read in two ways";
}

/* The column of the thread: digits at the right of six columns. */
static bool
take_thread(struct dt_str *s, struct dt_kdump_line *ln)
{
	struct dt_str rest = dt_str_after(*s, indent(*s));

	if (!number(&rest, &ln->tid) || !dt_str_starts(rest, " ") ||
	    rest.s - s->s < TID_WIDTH)
		return false;
	/* Old traces have none, and it is printed as 0. */
	ln->tid.set = ln->tid.v > 0;
	*s = dt_str_after(rest, 1);
	return true;
}

/* "   812/100077 " */
static bool
take_slash(struct dt_str *s, struct dt_kdump_line *ln)
{
	if (!dt_scan_take(s, "/") || !number(s, &ln->tid))
		return false;
	*s = dt_str_after(*s, indent(*s));
	ln->os = DT_OS_OPENBSD;
	ln->lay.threads = DT_KDUMP_SLASH;
	return true;
}

static void
row(struct dt_str s, const struct dt_kdump_layout *lay,
    struct dt_kdump_line *ln)
{
	struct dt_kdump_line begun;
	struct dt_str rest;

	s = dt_str_after(s, indent(s));
	if (!number(&s, &ln->pid))
		return;
	if (dt_str_starts(s, "/")) {
		if (take_slash(&s, ln))
			find_columns(s, lay, ln);
		return;
	}
	if (!dt_scan_take(&s, " "))
		return;
	begun = *ln;
	rest = s;
	if ((!lay->known || lay->threads == DT_KDUMP_THREADS) &&
	    take_thread(&rest, ln)) {
		ln->lay.threads = DT_KDUMP_THREADS;
		find_columns(rest, lay, ln);
	}
	if (ln->what != DT_KDUMP_TEXT ||
	    (lay->known && lay->threads == DT_KDUMP_THREADS))
		return;
	*ln = begun;
	find_columns(s, lay, ln);
}

void
dt_kdump_line(struct dt_str line, const struct dt_kdump_layout *lay,
    struct dt_kdump_line *ln)
{
	*ln = (struct dt_kdump_line){.what = DT_KDUMP_TEXT};
	if (dt_str_starts(line, "\t") || indent(line) >= DATA_INDENT) {
		ln->what = DT_KDUMP_DATA;
		return;
	}
	row(line, lay, ln);
	ln->lay.known = true;
	if (ln->what != DT_KDUMP_ROW)
		return;
	if (ln->lay.threads == DT_KDUMP_SLASH)
		ln->os = DT_OS_OPENBSD;
	if (ln->os == DT_OS_UNKNOWN && ln->name.s != NULL)
		ln->os = dt_calltext_os(ln->name);
}
