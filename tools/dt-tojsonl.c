/* SPDX-License-Identifier: ISC */
/*
 * dt-tojsonl - turn tracer text into JSON lines
 *
 * Reads the text of a tracer, finds out its format unless told, and writes
 * one record a line.  What is no record is reported and kept as one of kind
 * `unparsed`.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tojsonl_job.h"

static const struct cli_opt opts[] = {
	{'e', "events", "list", "keep events of these names or kinds only"},
	{'f', "format", "name", "the text's format; 'list' lists them"},
	{'p', "path-prefix", "path",
	    "keep processes started from below it, and those they start"},
	{'v', "verbose", NULL, "say what format it is, and what became of it"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-v] [-f format] [-e events] [-p path] [file ...]",
	.about = "Turn tracer text into JSON lines.",
	.opts = opts,
};

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

static void
options(struct tojsonl_job *job, int argc, char *argv[])
{
	const struct dt_sink in = {tojsonl_keep, job},
	    out = {tojsonl_leave, job};
	const char *errstr;
	int ch;

	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		switch (ch) {
		case 'e':
			dt_select_free(job->select);
			job->select = dt_select_new(dt_str_c(optarg), &errstr);
			if (job->select == NULL)
				errx(CLI_USAGE, "--events '%s': %s", optarg,
				    errstr);
			break;
		case 'f':
			job->fmt = format(optarg);
			break;
		case 'p':
			if (!dt_lineage_prefix(dt_str_c(optarg)))
				errx(CLI_USAGE, "--path-prefix '%s': not an "
				    "absolute path without dots", optarg);
			dt_lineage_free(job->lineage);
			job->lineage = dt_lineage_new(dt_str_c(optarg), &in,
			    &out);
			if (job->lineage == NULL)
				err(CLI_LOST, NULL);
			break;
		case 'v':
			job->verbose = true;
			break;
		}
	}
}

int
main(int argc, char *argv[])
{
	struct tojsonl_job job = {.left = {.name = "not-selected"}};
	const struct cli_filter filter = {
		tojsonl_convert, tojsonl_flush, &job
	};
	int status;

	cli_std_fds();
	options(&job, argc, argv);
	job.out = dt_jsonl_writer_new(stdout);
	if (job.out == NULL)
		err(CLI_LOST, NULL);
	status = cli_files(&filter, argv + optind);
	tojsonl_flush(&job);
	dt_jsonl_writer_free(job.out);
	dt_select_free(job.select);
	dt_lineage_free(job.lineage);
	dt_left_end(&job.left);
	cli_close_stdout();
	return status;
}
