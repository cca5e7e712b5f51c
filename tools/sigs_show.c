/* SPDX-License-Identifier: ISC */
/* What dt-sigs writes: documents, totals, agreement, comparisons. */
#include <err.h>
#include <signal.h>
#include <string.h>

#include "output.h"
#include "sigs_agree.h"
#include "sigs_doc.h"
#include "sigs_group.h"
#include "sigs_job.h"
#include "sigs_table.h"

/* The document says so too; but nobody should have to open it to learn it. */
static void
warn_incomplete(const struct dt_sigs *sigs)
{
	const struct dt_sig_input *in;
	char phase[CLI_TEXT_MAX];
	unsigned why, r;
	size_t i;

	if (dt_sigs_inputs(sigs) == 0)
		warnx("no capture in the input: nothing can be said");
	for (i = 0; i < dt_sigs_inputs(sigs); i++) {
		in = dt_sigs_input(sigs, i);
		why = dt_sig_incomplete(in);
		for (r = 0; r < DT_REASONS; r++)
			if ((why & 1u << r) != 0)
				warnx("phase '%s' is incomplete: %s",
				    cli_text(in->phase, phase),
				    dt_sig_reason_name(r));
	}
}

/* Where the result goes, which is opened only now that there is one. */
struct target {
	struct output file;	/* if it is one */
	FILE *f;
	bool colour;
	sigset_t signals;	/* as they were before */
};

/* From here to the end of a file nobody stops us half-way; it is not long. */
static void
hold_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, before);
	/* A file that would grow too large is a failed write. */
	signal(SIGXFSZ, SIG_IGN);
}

static struct target
begin(const struct sigs_job *job)
{
	struct target to = {.f = stdout, .colour = cli_wants_colour()};

	if (job->output == NULL)
		return to;
	hold_signals(&to.signals);
	if (output_open(&to.file, job->output) == -1)
		err(cli_lost(), "--output '%s'", job->output);
	to.f = to.file.f;
	to.colour = false;
	return to;
}

/* Prove that all of it was written. */
static void
finish(struct target *to, int written)
{
	if (to->file.f == NULL) {
		if (written == -1)
			cli_write_error();
		cli_close_stdout();
		return;
	}
	if (output_close(&to->file, written == 0) == -1)
		err(cli_lost(), "%s", to->file.path);
	sigprocmask(SIG_SETMASK, &to->signals, NULL);
}

static void
write_groups(struct sigs_job *job, const struct dt_sigs *sigs)
{
	const char *errstr;
	struct dt_groups *g = dt_groups_new(sigs, job->group, &errstr);
	struct target to;

	if (g == NULL && errstr == NULL)
		err(cli_lost(), NULL);
	if (g == NULL)
		errx(CLI_USAGE, "--group-by '%s': %s", job->group, errstr);
	to = begin(job);
	finish(&to, job->format == F_DEFAULT || job->format == F_TABLE ?
	    dt_groups_write_table(g, to.f, to.colour) :
	    dt_groups_write_json(g, to.f, job->format == F_JSON));
	dt_groups_free(g);
}

/* Exits as a comparison does. */
static int
write_agreement(struct sigs_job *job, const struct dt_sigs *sigs)
{
	struct dt_agree *a = dt_agree_new(sigs);
	struct target to;
	int status = CLI_OK;

	if (a == NULL)
		err(cli_lost(), NULL);
	to = begin(job);
	finish(&to, job->format == F_DEFAULT || job->format == F_TABLE ?
	    dt_agree_write_table(a, to.f, to.colour) :
	    dt_agree_write_json(a, to.f, job->format == F_JSON));
	if (dt_agree_phases(a) == 0) {
		warnx("no phase has records of both a program and a tracer");
		status = CLI_USAGE;
	} else if (dt_agree_count(a, DT_ONLY_PROGRAM) > 0 ||
	    dt_agree_count(a, DT_ONLY_TRACER) > 0) {
		status = CLI_LOST;
	} else if (!dt_sigs_complete(sigs)) {
		status = CLI_USAGE;
	}
	dt_agree_free(a);
	return status;
}

static void
write_document(struct sigs_job *job, const struct dt_sigs *sigs)
{
	struct target to = begin(job);
	bool table = job->format == F_TABLE;

	finish(&to, table ? dt_sigs_write_table(sigs, to.f, to.colour) :
	    dt_sigs_write_json(sigs, to.f, job->format != F_JSONL));
	if (!table)
		warn_incomplete(sigs);
}

int
sigs_show(struct sigs_job *job, char *files[])
{
	struct dt_sigs *sigs;

	if (job->agree)
		cli_comparing();
	sigs = job->merge ? sigs_merge(job, files) :
	    sigs_fold(job, files);
	if (job->group != NULL)
		write_groups(job, sigs);
	else if (!job->agree)
		write_document(job, sigs);
	else if (job->status == CLI_OK)
		job->status = write_agreement(job, sigs);
	dt_sigs_free(sigs);
	return job->status;
}

static _Noreturn void
two_worlds(struct dt_str golden, struct dt_str now)
{
	char a[CLI_TEXT_MAX], b[CLI_TEXT_MAX];

	errx(cli_lost(), "two worlds: the golden one is of '%s', the new one "
	    "of '%s'; -X compares them all the same", cli_text(golden, a),
	    cli_text(now, b));
}

/* Results are compared on one world, and of one selection. */
static void
check_comparable(const struct sigs_job *job, const struct dt_sigs *golden,
    const struct dt_sigs *now)
{
	struct dt_str a, b;
	size_t i, k;

	if (!dt_sigs_alike(golden, now))
		errx(cli_lost(), "'%s' and '%s': their signatures were "
		    "selected in different ways", job->diff_opts.golden_name.s,
		    job->diff_opts.now_name.s);
	for (i = 0; !job->across_worlds && i < dt_sigs_worlds(golden); i++)
		for (k = 0; k < dt_sigs_worlds(now); k++) {
			a = dt_sigs_world(golden, i);
			b = dt_sigs_world(now, k);
			if (a.s != NULL && b.s != NULL && !dt_str_eq(a, b))
				two_worlds(a, b);
		}
}

static void
write_diff(const struct sigs_job *job, const struct dt_diff *d)
{
	struct target to = begin(job);
	int r;

	switch (job->format) {
	case F_JSON:
	case F_JSONL:
		r = dt_diff_write_json(d, to.f, job->format == F_JSON);
		break;
	case F_SARIF:
		r = dt_diff_write_sarif(d, to.f);
		break;
	case F_JUNIT:
		r = dt_diff_write_junit(d, to.f);
		break;
	default:
		r = dt_diff_write_table(d, to.f, to.colour);
		break;
	}
	finish(&to, r);
}

/* The file's name, as in messages. */
static struct dt_str
name(const char *file)
{
	return dt_str_c(strcmp(file, "-") == 0 ? "<stdin>" : file);
}

int
sigs_compare(struct sigs_job *job, char *files[])
{
	char *golden_file[] = {files[0], NULL}, *now_file[] = {files[1], NULL};
	struct dt_sigs *golden, *now, *seen = NULL;
	struct dt_diff_opts *opts = &job->diff_opts;
	struct dt_knowns knowns = {0};
	struct dt_diff *d;
	int status;

	cli_comparing();
	opts->golden_name = name(files[0]);
	opts->now_name = name(files[1]);
	opts->match = job->match;
	opts->evidence = job->keep != DT_KEEP_NOTHING;
	if (job->known != NULL) {
		sigs_knowns(&knowns, job->known, job->today);
		opts->knowns = &knowns;
		opts->known_name = name(job->known);
	}
	golden = sigs_merge(job, golden_file);
	now = sigs_merge(job, now_file);
	check_comparable(job, golden, now);
	if (files[2] != NULL)
		opts->seen = seen = sigs_fold(job, files + 2);
	if (job->status != CLI_OK)
		return job->status;
	d = dt_diff_new(golden, now, opts);
	if (d == NULL)
		err(cli_lost(), NULL);
	write_diff(job, d);
	status = dt_diff_is_new(d) ? CLI_LOST : dt_diff_is_missing(d) ||
	    (dt_diff_is_doubtful(d) && !job->incomplete_ok) ? CLI_USAGE :
	    CLI_OK;
	dt_diff_free(d);
	dt_sigs_free(golden);
	dt_sigs_free(now);
	dt_sigs_free(seen);
	dt_knowns_free(&knowns);
	return status;
}
