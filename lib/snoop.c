/* SPDX-License-Identifier: ISC */
/* The text of the DTraceToolkit's snoop programs, as records. */
#include <errno.h>

#include "scan.h"
#include "snoop.h"
#include "text.h"

/* What a person's terminal and the programs themselves leave in a text. */
static const char *const chatter[] = {
	"^C",
	"Tracing... Hit Ctrl-C to end.",
};

static bool
is_chatter(struct dt_str line)
{
	size_t i;

	line = dt_scan_trim(line);
	for (i = 0; i < sizeof(chatter) / sizeof(chatter[0]); i++)
		if (dt_str_is(line, chatter[i]))
			return true;
	return line.n == 0;
}

/* Is the last cell what it is, and not the columns of some option? */
static bool
is_plain(const struct dt_snoop_col *col, struct dt_str last)
{
	if (col->member == offsetof(struct dt_record, path))
		return dt_scan_find(last, " ") == last.n && last.n > 0 &&
		    (last.s[0] == '/' || col->first != NULL);
	return last.n > 0 && !dt_scan_blank(last.s[0]) &&
	    dt_scan_find(last, "  ") == last.n &&
	    (last.s[0] < '0' || last.s[0] > '9');
}

/* A row without its header is taken for one of no options, if it can be. */
static const char *
split(const struct dt_snoop_prog *prog, struct dt_snoop_layout *lay,
    struct dt_str line, struct dt_snoop_row *row)
{
	size_t last;

	if (lay->n > 0)
		return dt_snoop_split(lay, line, row);
	if (!dt_snoop_header(prog, dt_str_c(prog->plain), lay))
		return "no header";
	last = lay->n - 1;
	lay->strict = true;
	if (dt_snoop_split(lay, line, row) != NULL || row->tail.s != NULL ||
	    row->guessed || !is_plain(lay->col[last], row->cell[last]))
		return "no header tells the columns";
	return NULL;
}

/* The bytes that %S printed; as they are where it did not print them. */
static int
unescape(struct dt_record *rec, struct dt_str *cell)
{
	struct dt_str plain;

	if (!dt_scan_ends(*cell, "\\0"))
		return 0;
	errno = 0;
	plain = dt_unescape(&rec->mem, *cell, true);
	if (plain.s == NULL)
		return errno == 0 ? 0 : -1;
	*cell = plain;
	return 0;
}

static int
store(struct dt_record *rec, const struct dt_snoop_col *col,
    struct dt_str cell)
{
	void *member = (char *)rec + col->member;
	int64_t num;

	if (col->kind == DT_SNOOP_ESC && unescape(rec, &cell) == -1)
		return -1;
	if (col->member != 0 && col->kind == DT_SNOOP_NUM) {
		if (dt_num_parse(cell, &num) == 0)
			*(struct dt_int *)member = DT_INT(num);
	} else if (col->member != 0)
		*(struct dt_str *)member = cell;
	if (col->field == NULL)
		return 0;
	return dt_record_put(rec, &rec->fields, dt_str_c(col->field), cell);
}

/* Every cell to its place; of what is not known, that it is not. */
static int
store_row(struct dt_record *rec, const struct dt_snoop_layout *lay,
    const struct dt_snoop_row *row)
{
	size_t i;

	for (i = 0; i < lay->n; i++)
		if (row->cell[i].s != NULL &&
		    store(rec, lay->col[i], row->cell[i]) == -1)
			return -1;
		else if (row->cell[i].s == NULL &&
		    lay->col[i]->member == offsetof(struct dt_record, path))
			rec->path = dt_null;
	if (dt_is_null(rec->path) && dt_record_put(rec, &rec->fields,
	    DT_STR("path_error"), DT_STR("ambiguous")) == -1)
		return -1;
	if (row->guessed && dt_record_put(rec, &rec->fields, DT_STR("split"),
	    DT_STR("padding")) == -1)
		return -1;
	return row->tail.s == NULL ? 0 : dt_record_put(rec, &rec->fields,
	    DT_STR("tail"), row->tail);
}

/* What is no row: a frame of a stack, or nothing that is known. */
static int
take_other(const struct dt_snoop_prog *prog, struct dt_snoop *st,
    const struct dt_line *line, const char *errstr,
    const struct dt_sink *sink)
{
	struct dt_str frame;
	int r;

	if (prog->stacks && dt_dtrace_frame(line->text, &frame)) {
		r = dt_hold_frame(&st->hold, frame);
		if (r < 1)
			return r == 0 ? 1 : -1;
		errstr = "a frame of no row";
	}
	if (dt_hold_flush(&st->hold, sink) == -1)
		return -1;
	return dt_unparsed(line, errstr, sink);
}

static int
take_row(const struct dt_snoop_prog *prog, struct dt_snoop *st,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_snoop_layout lay = st->layout;
	struct dt_record *rec = &st->hold.rec;
	struct dt_snoop_row row;
	const char *errstr;

	errstr = split(prog, &lay, line->text, &row);
	if (errstr != NULL)
		return take_other(prog, st, line, errstr, sink);
	if (dt_hold_fresh(&st->hold, sink) == -1 ||
	    store_row(rec, &lay, &row) == -1 ||
	    prog->fill(rec, &lay, &errstr) == -1)
		return -1;
	if (errstr != NULL)
		return dt_unparsed(line, errstr, sink);
	if (!prog->stacks)
		return dt_emit(sink, rec);
	return dt_hold_keep(&st->hold) == -1 ? -1 : 1;
}

int
dt_snoop_line(const struct dt_snoop_prog *prog, struct dt_snoop *st,
    const struct dt_line *line, const struct dt_sink *sink)
{
	int r;

	if (dt_snoop_header(prog, dt_dtrace_unglue(line->text), &st->layout)) {
		st->said.echo = false;
		return dt_hold_flush(&st->hold, sink) == -1 ? -1 : 1;
	}
	r = dt_dtrace_said(&st->said, line, sink);
	/* What has printed a header has been compiled: there is no echo. */
	if (st->layout.n > 0)
		st->said.echo = false;
	if (r != 2)
		return r;
	if (is_chatter(line->text))
		return 1;
	return take_row(prog, st, line, sink);
}

enum dt_is
dt_snoop_is(const struct dt_snoop_prog *prog, struct dt_str line)
{
	struct dt_snoop_layout lay = {0};
	struct dt_snoop_row row;

	if (dt_snoop_header(prog, dt_dtrace_unglue(line), &lay))
		return DT_IS_SURE;
	return split(prog, &lay, line, &row) == NULL ? DT_IS_MAYBE :
	    DT_IS_NOT;
}

int
dt_snoop_end(void *state, const struct dt_sink *sink)
{
	struct dt_snoop *st = state;

	return dt_hold_flush(&st->hold, sink);
}

void
dt_snoop_free(void *state)
{
	struct dt_snoop *st = state;

	dt_hold_free(&st->hold);
}
