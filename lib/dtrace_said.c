/* SPDX-License-Identifier: ISC */
/* What dtrace(1) says of itself in a text, and how it prints a stack. */
#include "dtrace_said.h"
#include "message.h"
#include "scan.h"

static const char invalid[] = "dtrace: invalid probe specifier";

struct dt_str
dt_dtrace_unglue(struct dt_str line)
{
	dt_scan_take(&line, "Password:");
	return line;
}

bool
dt_dtrace_is_said(struct dt_str line)
{
	struct dt_record rec = {0};

	line = dt_scan_trim(line);
	return dt_str_starts(line, "dtrace: ") &&
	    dt_message(line, "warning", "unrecognised", &rec);
}

/*
 * Does the script go on behind this line?  It does where its text has come to
 * no reason yet, which stands behind ": ".
 */
static bool
begins_echo(struct dt_str said)
{
	struct dt_str rest = dt_scan_trim(said);

	if (!dt_scan_take(&rest, invalid))
		return false;
	rest = dt_scan_trim(rest);
	if (rest.n == 0 || dt_scan_ends(rest, "{"))
		return true;
	return dt_scan_find(rest, ": ") == rest.n;
}

/*
 * The reason behind an echoed script.  It begins its line when the script
 * ended in a newline, else it follows the last clause.
 */
static bool
ends_echo(struct dt_str line)
{
	struct dt_str at = dt_scan_trim(line);
	size_t brace = dt_scan_find_last(at, "}: ");

	return dt_str_starts(at, ": ") || dt_str_starts(at, "dtrace: ") ||
	    (brace < at.n && dt_scan_find(at, "\"") == at.n) ||
	    dt_scan_find(at, "does not match any probes") < at.n;
}

static int
give(struct dt_str text, const struct dt_sink *sink)
{
	struct dt_record rec = {0};

	dt_message(text, "error", "dtrace.compile", &rec);
	return dt_emit(sink, &rec);
}

int
dt_dtrace_said(struct dt_dtrace_said *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_str said = dt_scan_trim(dt_dtrace_unglue(line->text));
	struct dt_record rec = {0};

	if (st->echo) {
		st->echo = !ends_echo(said);
		return st->echo ? 1 : give(said, sink);
	}
	if (said.n == 0)
		return dt_str_starts(line->text, "Password:") ? 1 : 2;
	if (!dt_str_starts(said, "dtrace: "))
		return 2;
	st->echo = begins_echo(said);
	dt_message(said, "warning", "unrecognised", &rec);
	return dt_emit(sink, &rec);
}

static bool
is_name(struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == '"')
			return false;
	return s.n > 0;
}

static bool
is_hex(struct dt_str s)
{
	int64_t num;

	return dt_str_starts(s, "0x") && dt_num_parse(s, &num) == 0;
}

bool
dt_dtrace_frame(struct dt_str line, struct dt_str *frame)
{
	static const size_t indent = 8;
	struct dt_str f = dt_scan_ltrim(line);
	size_t tick;

	if (line.n - f.n < indent && !dt_str_starts(line, "\t"))
		return false;
	f = dt_scan_rtrim(f);
	*frame = f;
	if (is_hex(f) || (dt_str_starts(f, "[ ") && dt_scan_ends(f, " ]")))
		return true;
	tick = dt_scan_find(f, "`");
	return tick > 0 && tick < f.n && is_name(f);
}
