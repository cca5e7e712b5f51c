/* SPDX-License-Identifier: ISC */
/* What dt-tojsonl does with a text: its records, and what to say of it. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "detect.h"
#include "stream.h"
#include "tojsonl_job.h"

static void
write_record(struct tojsonl_job *job, struct dt_record *rec)
{
	if (dt_jsonl_write(job->out, rec) == -1)
		cli_write_error();
}

static void
write_left(struct tojsonl_job *job)
{
	struct dt_record rec;

	if (dt_left_take(&job->left, &rec))
		write_record(job, &rec);
}

int
tojsonl_leave(void *ctx, struct dt_record *rec)
{
	struct tojsonl_job *job = ctx;

	if (dt_left_is_other(&job->left, rec))
		write_left(job);
	return dt_left_add(&job->left, rec);
}

int
tojsonl_keep(void *ctx, struct dt_record *rec)
{
	struct tojsonl_job *job = ctx;

	if (job->select != NULL && !dt_select_keeps(job->select, rec))
		return tojsonl_leave(job, rec);
	if (rec->kind == DT_KIND_END)
		write_left(job);
	write_record(job, rec);
	return 0;
}

static int
emit(void *ctx, struct dt_record *rec)
{
	struct tojsonl_job *job = ctx;

	if (rec->kind == DT_KIND_UNPARSED)
		cli_refuse(&job->refused, (uint64_t)rec->line.v, rec->reason);
	return job->lineage != NULL ? dt_lineage_take(job->lineage, rec) :
	    tojsonl_keep(job, rec);
}

void
tojsonl_flush(void *ctx)
{
	struct tojsonl_job *job = ctx;

	if (dt_jsonl_flush(job->out) == -1)
		cli_write_error();
}

static void
diagnose(struct dt_stream *st, const char *code, const char *text)
{
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.level = DT_STR("error"),
		.diag_code = dt_str_c(code),
		.text = dt_str_c(text),
	};

	if (dt_stream_give(st, &rec) == -1)
		err(CLI_LOST, NULL);
}

/*
 * Say so if there is nothing in the text.  One without an event, of totals or
 * of the program's own output alone, would go unnoticed beside another that is
 * complete; what is missing from dt text dt-sigs sees by itself.
 */
static int
look(const struct tojsonl_job *job, struct dt_stream *st)
{
	if (st->given == 0) {
		warnx("%s: no record: nothing was captured", job->refused.name);
		diagnose(st, "empty-input", "the text has no record");
		return CLI_LOST;
	}
	if (st->telling > 0 || st->fmt == NULL || st->fmt->tracer == NULL)
		return CLI_OK;
	warnx("%s: no event: what was refused is not in it", job->refused.name);
	diagnose(st, "empty-input", "the text has no event");
	return CLI_LOST;
}

/* Say why the format of a text is not known. */
static void
unknown(const struct tojsonl_job *job, struct dt_stream *st,
    const struct dt_detect *det, bool empty)
{
	const char *name = job->refused.name;
	char text[128];

	if (det->may[0] != NULL) {
		snprintf(text, sizeof(text), "it may be %s or %s",
		    det->may[0]->name, det->may[1]->name);
		warnx("%s: %s; -f says which", name, text);
		diagnose(st, "format-unclear", text);
	} else if (empty) {
		warnx("%s: empty: nothing was captured", name);
		diagnose(st, "empty-input", "the input is empty");
	} else {
		warnx("%s: no format known; -f list lists them", name);
		diagnose(st, "no-format", "no line is of a known format");
	}
}

/* Open the stream on the format given or found; say so if there is none. */
static int
begin(struct tojsonl_job *job, struct dt_stream *st, struct dt_lines *ls)
{
	struct dt_detect det = {.fmt = job->fmt};
	struct dt_str held = {0};
	bool told = job->fmt != NULL;
	int r = 1;

	while (!told && (r = dt_lines_peek(ls, &held)) == 1)
		told = dt_detect_more(&det, held);
	if (!told && r == 0)
		dt_detect_end(&det, held);
	if (dt_stream_open(st, det.fmt) == -1)
		err(CLI_LOST, NULL);
	if (det.fmt != NULL || r == -1)
		return CLI_OK;
	unknown(job, st, &det, held.n == 0);
	return CLI_LOST;
}

/* Give what still waits to be known whose it is, and say what never was. */
static int
end_lineage(struct tojsonl_job *job, struct dt_stream *st)
{
	struct dt_lineage_sum sum;
	char text[128];

	if (job->lineage == NULL)
		return CLI_OK;
	if (dt_lineage_end(job->lineage, &sum) == -1)
		err(CLI_LOST, NULL);
	if (sum.forgot) {
		snprintf(text, sizeof(text), "too many processes to remember "
		    "where all of them were started from");
		warnx("%s: %s", job->refused.name, text);
		diagnose(st, "path-prefix-unknown", text);
	}
	if (sum.unknown == 0)
		return sum.forgot ? CLI_LOST : CLI_OK;
	snprintf(text, sizeof(text), "where the processes of %" PRIu64 " of %"
	    PRIu64 " events were started from is not known", sum.unknown,
	    sum.events);
	warnx("%s: %s", job->refused.name, text);
	diagnose(st, "path-prefix-unknown", text);
	return CLI_LOST;
}

/* Say what makes the text less than a whole capture. */
static int
verdict(const struct tojsonl_job *job, const struct dt_stream *st)
{
	int status = cli_refused_end(&job->refused);

	if (st->orphans > 0) {
		warnx("%s: an END without its TRACE: the beginning is lost",
		    job->refused.name);
		status = CLI_LOST;
	}
	if (st->ends - st->orphans >= st->traces)
		return status;
	warnx("%s: the capture has no END: it was cut short",
	    job->refused.name);
	return CLI_LOST;
}

static void
account(const struct tojsonl_job *job, const struct dt_stream *st)
{
	warnx("%s: %s: %" PRIu64 " lines, %" PRIu64 " records, %" PRIu64
	    " unparsed", job->refused.name, st->fmt != NULL ? st->fmt->name :
	    "no format", st->lines, st->given, st->unparsed);
}

int
tojsonl_convert(void *ctx, struct dt_lines *ls, const char *name)
{
	struct tojsonl_job *job = ctx;
	struct dt_stream st = {.out = {emit, job}};
	struct dt_line line;
	int r, status;

	job->refused = (struct cli_refused){.name = name};
	status = begin(job, &st, ls);
	while ((r = dt_lines_next(ls, &line)) == 1)
		if (dt_stream_line(&st, &line) == -1)
			err(CLI_LOST, "%s:%" PRIu64, name, line.no);
	if (dt_stream_end(&st) == -1)
		err(CLI_LOST, "%s", name);
	if (r == 0 && look(job, &st) != CLI_OK)
		status = CLI_LOST;
	if (end_lineage(job, &st) != CLI_OK)
		status = CLI_LOST;
	write_left(job);
	if (r == -1)
		status = cli_read_error(name);
	if (verdict(job, &st) != CLI_OK)
		status = CLI_LOST;
	if (job->verbose)
		account(job, &st);
	dt_stream_close(&st);
	return status;
}
