/* SPDX-License-Identifier: ISC */
/*
 * dt-tojsonl - turn tracer text into JSON lines
 *
 * Reads the text of a tracer, finds out its format unless told, and writes
 * one record a line.  What is no record is reported and kept as one of kind
 * `unparsed`.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "jsonl.h"
#include "select.h"
#include "stream.h"

struct job {
	const struct dt_format *fmt;	/* as given; NULL to find it */
	struct dt_select *select;	/* NULL to keep every event */
	struct dt_left left;
	struct dt_jsonl_writer *out;
	struct cli_refused refused;
	bool verbose;
};

static const struct cli_opt opts[] = {
	{'e', "events", "list", "keep events of these names or kinds only"},
	{'f', "format", "name", "the text's format; 'list' lists them"},
	{'v', "verbose", NULL, "say what format it is, and what became of it"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-v] [-f format] [-e events] [file ...]",
	.about = "Turn tracer text into JSON lines.",
	.opts = opts,
};

static void
write_record(struct job *job, struct dt_record *rec)
{
	if (dt_jsonl_write(job->out, rec) == -1)
		cli_write_error();
}

static void
write_left(struct job *job)
{
	struct dt_record rec;

	if (dt_left_take(&job->left, &rec))
		write_record(job, &rec);
}

static int
emit(void *ctx, struct dt_record *rec)
{
	struct job *job = ctx;

	if (rec->kind == DT_KIND_UNPARSED)
		cli_refuse(&job->refused, (uint64_t)rec->line.v, rec->reason);
	if (job->select != NULL && !dt_select_keeps(job->select, rec)) {
		if (dt_left_is_other(&job->left, rec))
			write_left(job);
		return dt_left_add(&job->left, rec);
	}
	if (rec->kind == DT_KIND_END)
		write_left(job);
	write_record(job, rec);
	return 0;
}

/* Whoever follows along sees all there is before we wait for more. */
static void
flush(void *ctx)
{
	struct job *job = ctx;

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
look(const struct job *job, struct dt_stream *st)
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

/* Open the stream on the format given or found; say so if there is none. */
static int
begin(struct job *job, struct dt_stream *st, struct dt_lines *ls)
{
	const struct dt_format *fmt = job->fmt;
	struct dt_str held = {0};
	int r = 1;

	while (fmt == NULL && (r = dt_lines_peek(ls, &held)) == 1)
		fmt = dt_format_detect(held);
	if (dt_stream_open(st, fmt) == -1)
		err(CLI_LOST, NULL);
	if (fmt != NULL || r == -1)
		return CLI_OK;
	if (held.n == 0) {
		warnx("%s: empty: nothing was captured", job->refused.name);
		diagnose(st, "empty-input", "the input is empty");
	} else {
		warnx("%s: no format known; -f list lists them",
		    job->refused.name);
		diagnose(st, "no-format", "no line is of a known format");
	}
	return CLI_LOST;
}

/* Say what makes the text less than a whole capture. */
static int
verdict(const struct job *job, const struct dt_stream *st)
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
account(const struct job *job, const struct dt_stream *st)
{
	warnx("%s: %s: %" PRIu64 " lines, %" PRIu64 " records, %" PRIu64
	    " unparsed", job->refused.name, st->fmt != NULL ? st->fmt->name :
	    "no format", st->lines, st->given, st->unparsed);
}

static int
convert(void *ctx, struct dt_lines *ls, const char *name)
{
	struct job *job = ctx;
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

static void
list_formats(void)
{
	const struct dt_format *const *fmt;

	for (fmt = dt_formats; *fmt != NULL; fmt++)
		printf("%-16s %s\n", (*fmt)->name, (*fmt)->what);
	cli_close_stdout();
	exit(CLI_OK);
}

static const struct dt_format *
format(const char *name)
{
	const struct dt_format *fmt = dt_format_byname(dt_str_c(name));

	if (strcmp(name, "list") == 0)
		list_formats();
	if (fmt == NULL)
		errx(CLI_USAGE, "--format '%s': no such format; "
		    "-f list lists them", name);
	return fmt;
}

int
main(int argc, char *argv[])
{
	struct job job = {.left = {.name = "not-selected"}};
	const struct cli_filter filter = {convert, flush, &job};
	const char *errstr;
	int ch, status;

	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		if (ch == 'f')
			job.fmt = format(optarg);
		if (ch == 'v')
			job.verbose = true;
		if (ch != 'e')
			continue;
		dt_select_free(job.select);
		job.select = dt_select_new(dt_str_c(optarg), &errstr);
		if (job.select == NULL)
			errx(CLI_USAGE, "--events '%s': %s", optarg, errstr);
	}
	job.out = dt_jsonl_writer_new(stdout);
	if (job.out == NULL)
		err(CLI_LOST, NULL);
	status = cli_files(&filter, argv + optind);
	flush(&job);
	dt_jsonl_writer_free(job.out);
	dt_select_free(job.select);
	dt_left_end(&job.left);
	cli_close_stdout();
	return status;
}
