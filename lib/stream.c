/* SPDX-License-Identifier: ISC */
/* One text through one parser, each record stamped with its capture. */
#include <stdlib.h>

#include "stream.h"

static int
copy(struct dt_stream *st, struct dt_str from, struct dt_str *to)
{
	*to = from;
	if (from.s == NULL)
		return 0;
	*to = dt_arena_dup(&st->mem, from);
	return to->s == NULL ? -1 : 0;
}

/* A capture begins: what it says of itself holds for what follows. */
static int
begin(struct dt_stream *st, struct dt_record *rec)
{
	if (rec->tracer.s == NULL && st->fmt != NULL)
		rec->tracer = dt_str_c(st->fmt->tracer);
	dt_arena_reset(&st->mem);
	st->seq = 0;
	st->traces++;
	if (copy(st, rec->run, &st->run) == -1 ||
	    copy(st, rec->phase, &st->phase) == -1)
		return -1;
	return copy(st, rec->tracer, &st->tracer);
}

static int stamp(void *, struct dt_record *);

/* An END of a capture whose beginning is not in the text. */
static int
orphan_end(struct dt_stream *st)
{
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = DT_STR("trace-lost"),
		.text = DT_STR("an END whose TRACE is not in the text"),
	};

	st->orphans++;
	return stamp(st, &rec);
}

/* Does it leave a capture incomplete, or say that there is one? */
static bool
is_telling(const struct dt_record *rec)
{
	switch (rec->kind) {
	case DT_KIND_TRACE:
	case DT_KIND_DROP:
	case DT_KIND_UNPARSED:
		return true;
	case DT_KIND_DIAGNOSTIC:
		return dt_str_is(rec->level, "error");
	default:
		return dt_kind_class(rec->kind) == DT_CLASS_EVENT;
	}
}

static int
stamp(void *ctx, struct dt_record *rec)
{
	struct dt_stream *st = ctx;

	if (rec->kind == DT_KIND_TRACE && begin(st, rec) == -1)
		return -1;
	if (rec->kind == DT_KIND_END && st->ends - st->orphans == st->traces &&
	    orphan_end(st) == -1)
		return -1;
	st->given++;
	st->unparsed += rec->kind == DT_KIND_UNPARSED;
	st->telling += is_telling(rec);
	st->ends += rec->kind == DT_KIND_END;
	if (rec->run.s == NULL)
		rec->run = st->run;
	if (rec->phase.s == NULL)
		rec->phase = st->phase;
	if (rec->tracer.s == NULL)
		rec->tracer = st->tracer;
	rec->seq = DT_INT(++st->seq);
	return dt_emit(&st->out, rec);
}

int
dt_stream_give(struct dt_stream *st, struct dt_record *rec)
{
	return stamp(st, rec);
}

int
dt_stream_open(struct dt_stream *st, const struct dt_format *fmt)
{
	st->fmt = fmt;
	if (fmt == NULL)
		return 0;
	st->tracer = dt_str_c(fmt->tracer);
	st->state = calloc(1, fmt->size);
	return st->state != NULL ? 0 : -1;
}

int
dt_stream_line(struct dt_stream *st, const struct dt_line *line)
{
	const struct dt_sink sink = {stamp, st};

	st->lines++;
	/* It is the last: what the parser still holds was before it. */
	if (line->torn && (st->fmt == NULL || !st->fmt->own_end) &&
	    dt_stream_end(st) == -1)
		return -1;
	return dt_format_line(st->fmt, st->state, line, &sink) == -1 ? -1 : 0;
}

int
dt_stream_end(struct dt_stream *st)
{
	const struct dt_sink sink = {stamp, st};

	if (st->fmt == NULL || st->ended)
		return 0;
	st->ended = true;
	return st->fmt->end(st->state, &sink);
}

void
dt_stream_close(struct dt_stream *st)
{
	if (st->fmt != NULL && st->state != NULL)
		st->fmt->free(st->state);
	free(st->state);
	dt_arena_free(&st->mem);
}
