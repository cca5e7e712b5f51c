/* SPDX-License-Identifier: ISC */
/*
 * Address ranges from what kextstat and `kmutil showloaded` print.  Columns by
 * kextstat_main.c of apple-oss-distributions/kext_tools: Index, Refs, Address,
 * Size, Wired, with -a Architecture, Name (Version), UUID or `no UUID` or, in
 * old versions, nothing, and <Linked Against>.
 */
#include "record.h"
#include "regions_own.h"
#include "scan.h"

struct row {
	uint64_t index, addr, size;
	struct dt_str name, uuid;
	bool hidden;		/* the address or the size is not told */
};

bool
dt_uuid_is(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s.s[i] != '-' :
		    s.s[i] == '\0' ||
		    strchr("0123456789abcdefABCDEF", s.s[i]) == NULL)
			return false;
	return s.n == 36;
}

/* Take a number, or what is printed for one that is not known. */
static bool
number(struct dt_str *s, const char *unknown, uint64_t *num, bool *hidden)
{
	struct dt_str word = dt_scan_word(s);

	if (!dt_str_is(word, unknown))
		return dt_num_unsigned(word, num) == 0;
	*hidden = true;
	return true;
}

static bool
numbers(struct dt_str *s, struct row *row)
{
	uint64_t unused;
	bool any;

	*row = (struct row){0};
	return number(s, "??", &row->index, &any) &&
	    number(s, "??", &unused, &any) &&
	    number(s, "????", &row->addr, &row->hidden) &&
	    number(s, "????", &row->size, &row->hidden) &&
	    number(s, "????", &unused, &any);
}

/* Where the bracket that a text begins with is closed; n if it is not. */
static size_t
closing(struct dt_str s)
{
	size_t i, depth = 0;

	for (i = 0; i < s.n; i++) {
		depth += s.s[i] == '(';
		if (s.s[i] == ')' && --depth == 0)
			return i;
	}
	return s.n;
}

/* The name, behind an architecture or not, and the version in brackets. */
static const char *
name(struct dt_str *s, struct row *row)
{
	size_t end;

	row->name = dt_scan_word(s);
	*s = dt_scan_ltrim(*s);
	if (!dt_str_starts(*s, "(")) {
		row->name = dt_scan_word(s);
		*s = dt_scan_ltrim(*s);
	}
	if (row->name.n == 0 || !dt_str_starts(*s, "("))
		return "a row without a name and a version";
	end = closing(*s);
	if (end == s->n)
		return "a row that is cut in its version";
	*s = dt_scan_trim(dt_str_after(*s, end + 1));
	return NULL;
}

/* What is behind the version. */
static const char *
tail(struct dt_str s, struct row *row)
{
	if (dt_scan_take(&s, "no UUID"))
		s = dt_scan_ltrim(s);
	else if (s.n > 0 && s.s[0] != '<') {
		row->uuid = dt_scan_word(&s);
		if (!dt_uuid_is(row->uuid))
			return "a row with a UUID that is none, or cut";
		s = dt_scan_ltrim(s);
	}
	if (s.n > 0 && (s.s[0] != '<' || dt_scan_find(s, ">") != s.n - 1))
		return "a row that is cut, or goes on where it should end";
	return NULL;
}

/* Returns why a line is no row, or NULL. */
static const char *
parse(struct dt_str s, struct row *row)
{
	const char *why;

	if (!numbers(&s, row))
		return "neither a row nor a header of kextstat";
	why = name(&s, row);
	return why != NULL ? why : tail(s, row);
}

static bool
is_header(struct dt_str line)
{
	return dt_str_is(dt_scan_word(&line), "Index") &&
	    dt_str_is(dt_scan_word(&line), "Refs") &&
	    dt_str_is(dt_scan_word(&line), "Address");
}

bool
dt_kextstat_is(struct dt_str line)
{
	struct row row;

	return is_header(line) || numbers(&line, &row);
}

/*
 * Interfaces of the kernel are at 0 (OSKext::copyInfo of xnu-10063), and
 * drivers outside of it have their index for an address, and a size of 1.
 */
static bool
is_unplaced(const struct row *row)
{
	return row->hidden || row->addr == 0 || row->size == 0 ||
	    (row->addr == row->index && row->size == 1);
}

static int
put(struct dt_regions *set, struct dt_str line, uint64_t no)
{
	struct dt_region r = {.segment = DT_STR(""), .line = no};
	struct row row;
	const char *why = parse(line, &row);

	if (why != NULL)
		return dt_fault_set(&set->fault, no, "%s", why);
	if (is_unplaced(&row)) {
		set->read->unplaced++;
		return 0;
	}
	r.image = row.name;
	r.uuid = row.uuid;
	r.start = row.addr;
	return dt_regions_put_size(set, r, row.size, 0);
}

int
dt_regions_kextstat(struct dt_regions *set)
{
	struct dt_str rest = set->in->text, line;
	bool torn, begun = false;
	uint64_t no = 0;

	while (dt_scan_line(&rest, &line, &torn)) {
		no++;
		/* What stands before is of the shell, or of kmutil itself. */
		begun = begun || dt_kextstat_is(line);
		if (!begun || is_header(line) || dt_scan_trim(line).n == 0)
			continue;
		if (put(set, line, no) == -1)
			return -1;
	}
	return 0;
}
