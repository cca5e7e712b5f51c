/* SPDX-License-Identifier: ISC */
/*
 * dt-sigs - fold normalized records into deny signatures
 *
 * Reads normalized records, counts each denial by what makes it the same from
 * run to run, and writes one document that sorts and diffs well.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "jsonl.h"
#include "sigs.h"

struct job {
	struct dt_sigs *sigs;
	struct dt_jsonl_reader *in;
	struct cli_refused refused;
};

static const struct cli_opt opts[] = {
	{'T', "table", NULL, "a table for people instead of JSON"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-T] [file ...]",
	.about = "Fold normalized records into deny signatures.",
	.opts = opts,
};

static void
refuse(struct job *job, const struct dt_line *line, const char *why)
{
	if (why == NULL || dt_sigs_add_bad(job->sigs, line->text, why) == -1)
		err(CLI_LOST, "%s", job->refused.name);
	cli_refuse(&job->refused, line->no, dt_str_c(why));
}

static void
one(struct job *job, const struct dt_line *line, struct dt_record *rec)
{
	const char *errstr = line->oversize ? "line too long" : "torn line";

	if (line->oversize || line->torn || dt_jsonl_read(job->in, line->text,
	    rec, &errstr) == -1 ||
	    dt_sigs_add(job->sigs, rec, &errstr) == -1)
		refuse(job, line, errstr);
}

static int
fold(void *ctx, struct dt_lines *ls, const char *name)
{
	struct job *job = ctx;
	struct dt_record rec = {0};
	struct dt_line line;
	int r, status;

	job->refused = (struct cli_refused){.name = name};
	while ((r = dt_lines_next(ls, &line)) == 1)
		if (line.text.n > 0)
			one(job, &line, &rec);
	status = r == -1 ? cli_read_error(name) : CLI_OK;
	dt_record_free(&rec);
	return cli_refused_end(&job->refused) != CLI_OK ? CLI_LOST : status;
}

/* The document says so too; but nobody should have to open it to learn it. */
static void
warn_incomplete(const struct dt_sigs *sigs)
{
	const struct dt_sig_input *in;
	unsigned why, r;
	size_t i;

	if (dt_sigs_inputs(sigs) == 0)
		warnx("no capture in the input: nothing can be said");
	for (i = 0; i < dt_sigs_inputs(sigs); i++) {
		in = dt_sigs_input(sigs, i);
		why = dt_sig_incomplete(in);
		for (r = 0; r < DT_REASONS; r++)
			if ((why & 1u << r) != 0)
				warnx("phase '%.*s' is incomplete: %s",
				    (int)in->phase.n, in->phase.n > 0 ?
				    in->phase.s : "", dt_sig_reason_name(r));
	}
}

static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}

static void
print(struct dt_sigs *sigs, bool table)
{
	struct dt_str worlds[2];
	int r;

	if (dt_sigs_mixed(sigs, worlds))
		errx(CLI_LOST, "two worlds in one fold: '%.*s' and '%.*s'",
		    (int)worlds[0].n, worlds[0].s,
		    (int)worlds[1].n, worlds[1].s);
	if (dt_sigs_sort(sigs) == -1)
		err(CLI_LOST, NULL);
	r = table ? dt_sigs_write_table(sigs, stdout, wants_colour()) :
	    dt_sigs_write_json(sigs, stdout);
	if (r == -1)
		cli_write_error();
	cli_close_stdout();
	if (!table)
		warn_incomplete(sigs);
}

int
main(int argc, char *argv[])
{
	struct job job = {0};
	const struct cli_filter filter = {fold, NULL, &job};
	bool table = false;
	int status;

	cli_std_fds();
	while (cli_getopt(&cli, argc, argv) != -1)
		table = true;
	job.sigs = dt_sigs_new();
	job.in = dt_jsonl_reader_new(dt_sigs_keys);
	if (job.sigs == NULL || job.in == NULL)
		err(CLI_LOST, NULL);
	status = cli_files(&filter, argv + optind);
	print(job.sigs, table);
	dt_jsonl_reader_free(job.in);
	dt_sigs_free(job.sigs);
	return status;
}
