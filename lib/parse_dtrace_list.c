/* SPDX-License-Identifier: ISC */
/*
 * The format of dtrace -l: the probes that there are, a row each.
 *
 * The columns are 5, 10, 17 and 33 wide, right-aligned, with a blank between
 * them and the name behind.  What is longer than its column pushes the rest to
 * the right.  A module or function may be empty, or hold blanks.
 */
#include "buf.h"
#include "dtrace_rows.h"
#include "dtrace_said.h"
#include "hold.h"
#include "message.h"
#include "scan.h"

enum { ID_WIDTH = 5, PROVIDER_WIDTH = 10, MODULE_WIDTH = 17,
    FUNCTION_WIDTH = 33 };

struct state {
	struct dt_dtrace_said said;
	struct dt_hold hold;	/* a row, for -v tells more behind it */
	size_t indent;		/* of the header, where a text is quoted */
	uint64_t rows;		/* behind the last header */
	bool headed;
	bool about_args;	/* the stability that follows is of arguments */
};

struct row {
	struct dt_str id, provider, module, function, probe;
};

/* Is a line the header?  What stands before it is the text's indent. */
static bool
is_header(struct dt_str line, size_t *indent)
{
	static const char *const words[] = {"ID", "PROVIDER", "MODULE",
	    "FUNCTION", "NAME"};
	struct dt_str rest = dt_scan_ltrim(line);
	size_t i, blanks = line.n - rest.n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!dt_str_is(dt_scan_word(&rest), words[i]))
			return false;
	*indent = blanks > ID_WIDTH - 2 ? blanks - (ID_WIDTH - 2) : 0;
	return dt_scan_trim(rest).n == 0;
}

static bool
has_blank(struct dt_str s)
{
	return dt_scan_until(&s, " \t").n > 0 && s.n > 0;
}

/* The last two: a function that fills its column ends at the last blank. */
static bool
take_tail(struct dt_str *rest, struct row *row)
{
	size_t last;

	if (rest->n > 0 && rest->s[0] == ' ') {
		if (!dt_dtrace_column(rest, FUNCTION_WIDTH, &row->function))
			return false;
	} else {
		last = dt_scan_find_last(*rest, " ");
		if (last < FUNCTION_WIDTH || last == rest->n)
			return false;
		row->function = (struct dt_str){rest->s, last};
		*rest = dt_str_after(*rest, last + 1);
	}
	row->probe = *rest;
	return row->probe.n > 0 && row->probe.s[0] != ' ' &&
	    !has_blank(row->probe);
}

static bool
by_columns(struct dt_str line, struct row *row)
{
	return dt_dtrace_column(&line, ID_WIDTH, &row->id) &&
	    dt_scan_digits(row->id) &&
	    dt_dtrace_column(&line, PROVIDER_WIDTH, &row->provider) &&
	    row->provider.n > 0 && !has_blank(row->provider) &&
	    !dt_scan_digits((struct dt_str){row->provider.s, 1}) &&
	    dt_dtrace_column(&line, MODULE_WIDTH, &row->module) &&
	    take_tail(&line, row);
}

/* Five words are the five columns however they stand. */
static bool
by_words(struct dt_str line, struct row *row)
{
	row->id = dt_scan_word(&line);
	row->provider = dt_scan_word(&line);
	row->module = dt_scan_word(&line);
	row->function = dt_scan_word(&line);
	row->probe = dt_scan_word(&line);
	return dt_scan_digits(row->id) && row->probe.n > 0 &&
	    dt_scan_trim(line).n == 0;
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	if (val.n == 0)
		return 0;
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

static int
fill(struct dt_record *rec, const struct row *row)
{
	struct dt_buf name = {.mem = &rec->mem};

	dt_buf_put(&name, row->provider);
	dt_buf_c(&name, ":");
	dt_buf_put(&name, row->module);
	dt_buf_c(&name, ":");
	dt_buf_put(&name, row->function);
	dt_buf_c(&name, ":");
	dt_buf_put(&name, row->probe);
	rec->kind = DT_KIND_PROBE_LISTING;
	rec->name = dt_buf_end(&name);
	if (rec->name.s == NULL ||
	    put(rec, "id", row->id) == -1 ||
	    put(rec, "provider", row->provider) == -1 ||
	    put(rec, "module", row->module) == -1 ||
	    put(rec, "function", row->function) == -1)
		return -1;
	return put(rec, "probe", row->probe);
}

static int
give_row(struct state *st, const struct row *row, const struct dt_sink *sink)
{
	if (dt_hold_fresh(&st->hold, sink) == -1 ||
	    fill(&st->hold.rec, row) == -1)
		return -1;
	st->rows++;
	st->about_args = false;
	return dt_hold_keep(&st->hold);
}

/* A stability is of a name, of data and of a class: N/D/C, as dtrace has it. */
static int
stability(struct state *st, struct dt_str val)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_buf buf = {.mem = &rec->mem};
	struct dt_str key = dt_str_c(st->about_args ? "args_stability" :
	    "stability");
	struct dt_kv *last = rec->fields.n == 0 ? NULL :
	    &rec->fields.v[rec->fields.n - 1];
	bool more = last != NULL && dt_str_eq(last->key, key);

	if (more) {
		dt_buf_put(&buf, last->val);
		dt_buf_c(&buf, "/");
	}
	dt_buf_put(&buf, val);
	val = dt_buf_end(&buf);
	if (val.s == NULL)
		return -1;
	if (!more)
		return dt_record_put(rec, &rec->fields, key, val);
	last->val = val;
	return 0;
}

static int
argument(struct state *st, struct dt_str type)
{
	struct dt_record *rec = &st->hold.rec;

	type = dt_arena_dup(&rec->mem, type);
	return type.s == NULL ? -1 : dt_record_push(rec, &rec->args, type);
}

/* What -v says of the row before.  1 if the line is none of it. */
static int
verbose(struct state *st, struct dt_str line)
{
	enum { ROOM = 64 * 1024 };
	struct dt_str said = dt_scan_trim(line);

	if (!st->hold.held || !dt_str_starts(line, "\t") ||
	    st->hold.rec.mem.total > ROOM)
		return 1;
	if (dt_scan_take(&said, "Identifier Names:") ||
	    dt_scan_take(&said, "Data Semantics:") ||
	    dt_scan_take(&said, "Dependency Class:"))
		return stability(st, dt_scan_trim(said));
	if (dt_scan_take(&said, "args[")) {
		dt_scan_until(&said, "]");
		return dt_scan_take(&said, "]:") ?
		    argument(st, dt_scan_trim(said)) : 1;
	}
	st->about_args = dt_str_is(said, "Argument Attributes");
	return st->about_args || dt_str_is(said, "None") ||
	    dt_str_is(said, "Argument Types") ||
	    dt_str_is(said, "Probe Description Attributes") ? 0 : 1;
}

/* A listing ends; one without a probe is no answer to anything. */
static int
end(void *state, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = DT_STR("dtrace.no-probe"),
		.text = DT_STR("the listing has no probe"),
	};
	bool none = st->headed && st->rows == 0;

	st->headed = false;
	st->rows = 0;
	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	return none ? dt_emit(sink, &rec) : 0;
}

static int
other(struct state *st, const struct dt_line *line,
    const struct dt_sink *sink)
{
	struct dt_record rec = {
		.kind = DT_KIND_OUTPUT,
		.text = line->text,
	};

	if (st->headed || st->rows > 0)
		return dt_unparsed(line, "no row of a listing", sink);
	return dt_emit(sink, &rec);
}

static struct dt_str
unindent(struct dt_str line, size_t n)
{
	while (n > 0 && line.n > 0 && line.s[0] == ' ') {
		line = dt_str_after(line, 1);
		n--;
	}
	return line;
}

static int
parse(void *state, const struct dt_line *line, const struct dt_sink *sink)
{
	struct state *st = state;
	struct dt_str text = dt_scan_rtrim(line->text);
	struct row row = {0};
	size_t indent;
	int r;

	if (is_header(text, &indent)) {
		r = end(st, sink);
		st->said.echo = false;
		st->indent = indent;
		st->headed = true;
		return r == -1 ? -1 : 1;
	}
	if (!st->said.echo) {
		if (text.n == 0 || dt_str_is(text, "^C"))
			return 1;
		text = unindent(text, st->indent);
		if (by_columns(text, &row) ||
		    (st->headed && by_words(text, &row)))
			return give_row(st, &row, sink) == -1 ? -1 : 1;
		r = verbose(st, text);
		if (r != 1)
			return r == -1 ? -1 : 1;
	}
	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	r = dt_dtrace_said(&st->said, line, sink);
	return r != 2 ? r : other(st, line, sink);
}

static void
release(void *state)
{
	struct state *st = state;

	dt_hold_free(&st->hold);
}

static enum dt_is
is(struct dt_str line)
{
	struct row row = {0};
	size_t indent;

	if (is_header(line, &indent))
		return DT_IS_SURE;
	return by_columns(dt_scan_rtrim(line), &row) ? DT_IS_MAYBE :
	    DT_IS_NOT;
}

const struct dt_format dt_format_dtrace_list = {
	.name = "dtrace-list",
	.tracer = "dtrace",
	.what = "probes that dtrace -l lists",
	.size = sizeof(struct state),
	.is = is,
	.line = parse,
	.end = end,
	.free = release,
};
