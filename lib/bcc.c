/* SPDX-License-Identifier: ISC */
/* The text of bcc's and bpftrace's programs, as records. */
#include "bcc.h"
#include "frame.h"
#include "message.h"
#include "scan.h"

enum {
	FRAME_INDENT = 4,
	/* Where bcc and bpftrace cut a path, unless bpftrace is told to. */
	BCC_CUT = 254,
	BPFTRACE_CUT = 63,
	BPFTRACE_CUT_NEW = 1023,
};

/* What the programs say when they begin. */
static const struct {
	const char *front, *back;
	unsigned int makers;
} greetings[] = {
	{"Attached ", " probe", DT_BPFTRACE},
	{"Attached ", " probes", DT_BPFTRACE},
	{"Attaching ", " probe...", DT_BPFTRACE},
	{"Attaching ", " probes...", DT_BPFTRACE},
	{"Tracing binds ...", " Hit Ctrl-C to end", DT_BCC},
	{"Tracing cap_capable syscalls...", " Hit Ctrl-C to end.",
	    DT_BPFTRACE},
	{"Tracing kill()", " signals... Hit Ctrl-C to end.", DT_BPFTRACE},
	{"Tracing open syscalls...", " Hit Ctrl-C to end.", DT_BPFTRACE},
	{"Tracing stat syscalls...", " Hit Ctrl-C to end.", DT_BPFTRACE},
};

/* How a message begins that is not known; all of its level. */
static const struct {
	const char *front;
	const char *level;
} said[] = {
	{"BUG: ", "error"},
	{"ERROR: ", "error"},
	{"Exception: ", "error"},
	{"HINT: ", "info"},
	{"Traceback (most recent call last):", "error"},
	{"WARNING: ", "warning"},
	{"failed to ", "error"},
	{"libbpf: ", "warning"},
	{"modprobe: ", "warning"},
};

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_greeting(struct dt_str line, unsigned int makers)
{
	size_t i;

	for (i = 0; i < NELEM(greetings); i++)
		if ((greetings[i].makers & makers) != 0 &&
		    dt_str_starts(line, greetings[i].front) &&
		    dt_scan_ends(line, greetings[i].back))
			return true;
	return false;
}

static const struct dt_bcc_prog *
header(unsigned int makers, struct dt_str line, struct dt_cells *lay)
{
	size_t i;

	for (i = 0; i < dt_bcc_nprogs; i++)
		if ((dt_bcc_progs[i].makers & makers) != 0 &&
		    dt_cells_header(dt_bcc_progs[i].cols,
		    dt_bcc_progs[i].ncols, line, lay))
			return &dt_bcc_progs[i];
	return NULL;
}

/* The line without what a terminal left in front of it and behind. */
static struct dt_str
bare(struct dt_str line)
{
	while (dt_scan_take(&line, "^C"))
		continue;
	line.n -= dt_scan_ends(line, "\r");
	return line;
}

enum dt_is
dt_bcc_is(enum dt_bcc_maker maker, struct dt_str line)
{
	const struct dt_bcc_prog *prog;
	struct dt_cells lay;

	line = bare(line);
	if (is_greeting(line, maker))
		return DT_IS_SURE;
	prog = header(maker, line, &lay);
	return prog != NULL && (maker == DT_BCC ||
	    (prog->makers & DT_BCC) == 0) ? DT_IS_SURE : DT_IS_NOT;
}

/*
 * The level of a message that begins as one does, behind a place too.  A place
 * is a word: behind anything else it is a row that holds what it likes.
 */
static const char *
level_of(struct dt_str line)
{
	struct dt_str place = {line.s, dt_scan_find(line, " ")}, rest;
	size_t i;

	for (i = 0; i < NELEM(said); i++)
		if (dt_str_starts(line, said[i].front))
			return said[i].level;
	rest = dt_str_after(line, place.n);
	if (!dt_scan_ends(place, ":"))
		return NULL;
	if (dt_str_starts(rest, " ERROR: "))
		return "error";
	return dt_str_starts(rest, " WARNING: ") ? "warning" : NULL;
}

/* What is no row. */
static int
take_other(enum dt_bcc_maker maker, const struct dt_line *line,
    struct dt_str text, const char *errstr, const struct dt_sink *sink)
{
	const char *level = level_of(text);
	struct dt_record rec = {0};

	if (dt_message(text, level, "unrecognised", &rec) || level != NULL)
		return dt_emit(sink, &rec);
	/* What was left in a table of the script, as calls that go on. */
	if (maker != DT_BPFTRACE || !dt_str_starts(text, "@"))
		return dt_unparsed(line, errstr, sink);
	rec = (struct dt_record){.kind = DT_KIND_OUTPUT, .text = text};
	return dt_emit(sink, &rec);
}

static bool
may_be_cut(enum dt_bcc_maker maker, size_t n)
{
	return maker == DT_BCC ? n == BCC_CUT :
	    n == BPFTRACE_CUT || n >= BPFTRACE_CUT_NEW;
}

static int
take_row(enum dt_bcc_maker maker, struct dt_bcc_state *st,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_record *rec = &st->hold.rec;
	struct dt_str text = bare(line->text);
	const char *errstr = NULL;
	int r;

	if (dt_hold_fresh(&st->hold, sink) == -1)
		return -1;
	if (st->prog == NULL)
		return take_other(maker, line, text,
		    "no header tells the columns", sink);
	r = dt_cells_row(&st->cells, text, rec);
	if (r != 0)
		return r == -1 ? -1 : take_other(maker, line, text,
		    "no row of the columns in the header", sink);
	if (st->prog->fill(rec, &st->cells, &errstr) == -1)
		return -1;
	if (errstr != NULL)
		return dt_unparsed(line, errstr, sink);
	if (may_be_cut(maker, rec->path.n))
		rec->path_truncated = DT_BOOL(true);
	if (!st->prog->stacks)
		return dt_emit(sink, rec);
	return dt_hold_keep(&st->hold) == -1 ? -1 : 1;
}

/* 1 if it went to the row before it, 2 if it is no frame, -1 with errno. */
static int
take_frame(struct dt_bcc_state *st, struct dt_str text)
{
	struct dt_str frame = dt_scan_trim(text);

	if (!st->hold.held || frame.n == 0 || text.n - frame.n < FRAME_INDENT ||
	    dt_scan_ltrim(text).n > text.n - FRAME_INDENT)
		return 2;
	/* Below a stack of libbpf-tools stands whose it is once more. */
	if (dt_str_starts(frame, "- "))
		return 1;
	frame = dt_frame(&st->hold.rec.mem, frame);
	return frame.s == NULL || dt_hold_frame(&st->hold, frame) == -1 ?
	    -1 : 1;
}

int
dt_bcc_line(enum dt_bcc_maker maker, struct dt_bcc_state *st,
    const struct dt_line *line, const struct dt_sink *sink)
{
	struct dt_str text = bare(line->text);
	struct dt_cells lay;
	int r;

	if (header(DT_BCC | DT_BPFTRACE, text, &lay) != NULL) {
		st->prog = header(maker, text, &st->cells);
		if (dt_hold_flush(&st->hold, sink) == -1)
			return -1;
		return st->prog != NULL ? 1 : dt_unparsed(line,
		    "the header of another tracer", sink);
	}
	r = take_frame(st, text);
	if (r != 2)
		return r;
	if (dt_scan_trim(text).n == 0 || is_greeting(text, maker))
		return 1;
	return take_row(maker, st, line, sink);
}

int
dt_bcc_end(void *state, const struct dt_sink *sink)
{
	struct dt_bcc_state *st = state;

	return dt_hold_flush(&st->hold, sink);
}

void
dt_bcc_free(void *state)
{
	struct dt_bcc_state *st = state;

	dt_hold_free(&st->hold);
}
