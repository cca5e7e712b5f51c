/* SPDX-License-Identifier: ISC */
/*
 * dt-sigs - fold normalized records into deny signatures
 *
 * Counts each denial by what makes it the same from run to run, and writes one
 * document that sorts and diffs well; merges and compares such documents.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "sigs_agree.h"
#include "sigs_diff.h"
#include "sigs_doc.h"
#include "sigs_group.h"
#include "sigs_job.h"
#include "sigs_table.h"

enum { OPT_TOLERANCE_MAX = 1000000 };

enum format { F_DEFAULT, F_JSON, F_JSONL, F_TABLE, F_SARIF, F_JUNIT };

static const char *const formats[] = {
	[F_DEFAULT] = "", [F_JSON] = "json", [F_JSONL] = "jsonl",
	[F_TABLE] = "table", [F_SARIF] = "sarif", [F_JUNIT] = "junit",
};

struct run {
	struct sigs_job job;
	bool merge, diff, agree;
	const char *group;
	enum format format;
	struct dt_diff_opts opts;
	bool incomplete_ok;
	const char *known, *today;
	struct dt_knowns knowns;
	struct output out;	/* if it is not stdout */
	const char *output;
};

static const struct cli_opt opts[] = {
	{'1', "once", NULL, "with -M: no document counts twice"},
	{'A', "agree", NULL, "what the program reported beside what was seen"},
	{'D', "diff", NULL, "compare two documents: GOLDEN NEW"},
	{'E', "evidence", "[all]", "where each was seen; all: the records"},
	{'I', "incomplete-ok", NULL, "with -D: an incomplete NEW may pass"},
	{'K', "known", "file", "with -D: denials that are known"},
	{'M', "merge", NULL, "read signature documents, not records"},
	{'T', "table", NULL, "a table for people; as -f table"},
	{'X', "across-worlds", NULL, "take together what is of several worlds"},
	{'c', "counts", NULL, "with -D: more often is new too"},
	{'d', "today", "date", "with -K: what has expired by this day"},
	{'f', "format", "name", "json, jsonl, table; with -D sarif, junit"},
	{'g', "group-by", "member", "totals by members, separated by commas"},
	{'o', "output", "file", "write there, all or nothing"},
	{'t', "tolerance", "number", "with -c: by how many, or N% of them"},
#define B(ch, key, field, arg, help) {ch, key, arg, help},
#include "match.def"
#undef B
	{0},
};

static const struct cli cli = {
	.synopsis = "[-1ADIMTXc] [-B pattern] [-d date] [-E[all]] [-e errno] "
	    "[-f format] [-g member] [-K file] [-k pattern] [-n pattern] "
	    "[-O pattern] [-o file] [-P pattern] [-p glob] [-t number] "
	    "[file ...]",
	.about = "Fold normalized records into deny signatures, merge and "
	    "compare those.",
	.opts = opts,
};

static void
set_format(struct run *run, const char *name)
{
	enum format f;

	for (f = F_JSON; f <= F_JUNIT; f++)
		if (strcmp(name, formats[f]) == 0) {
			run->format = f;
			return;
		}
	cli_usage(&cli, "--format '%s': no such format", name);
}

static void
set_tolerance(struct run *run, const char *value)
{
	size_t n = strlen(value);
	char num[24];

	if (n == 0 || n >= sizeof(num) || value[n - 1] != '%') {
		run->opts.tolerance = cli_number("--tolerance", value, 0,
		    INT64_MAX);
		return;
	}
	memcpy(num, value, n - 1);
	num[n - 1] = '\0';
	run->opts.percent = cli_number("--tolerance", num, 0,
	    OPT_TOLERANCE_MAX);
}

static void
set_evidence(struct run *run, const char *value)
{
	if (value != NULL && strcmp(value, "all") != 0)
		cli_usage(&cli, "--evidence '%s': 'all' or nothing", value);
	run->job.keep = value != NULL ? DT_KEEP_RECORDS : DT_KEEP_SOURCES;
}

static void
set_today(struct run *run, const char *value)
{
	if (!dt_is_day(dt_str_c(value)))
		cli_usage(&cli, "--today '%s': no day as YYYY-MM-DD", value);
	run->today = value;
}

/* One of match.def. */
static void
set_match(struct run *run, int ch)
{
	const struct cli_opt *opt = opts;
	const char *errstr;

	while (opt->ch != ch)
		opt++;
	if (dt_match_add(run->job.match, opt->name, dt_str_c(optarg),
	    &errstr) == 0)
		return;
	if (errstr == NULL)
		err(CLI_LOST, NULL);
	cli_usage(&cli, "--%s: %s", opt->name, errstr);
}

static void
option(struct run *run, int ch)
{
	switch (ch) {
	case '1': run->job.once = true; break;
	case 'A': run->agree = true; break;
	case 'D': run->diff = true; break;
	case 'E': set_evidence(run, optarg); break;
	case 'I': run->incomplete_ok = true; break;
	case 'K': run->known = optarg; break;
	case 'M': run->merge = true; break;
	case 'T': run->format = F_TABLE; break;
	case 'X': run->job.across_worlds = true; break;
	case 'c': run->opts.counts = true; break;
	case 'd': set_today(run, optarg); break;
	case 'f': set_format(run, optarg); break;
	case 'g': run->group = optarg; break;
	case 'o': run->output = optarg; break;
	case 't': set_tolerance(run, optarg); break;
	default: set_match(run, ch); break;
	}
}

/* Options that are of no use together are a mistake. */
static void
check(const struct run *run, int nfiles)
{
	bool diff = run->diff;

	if (run->merge + diff > 1 || run->agree + diff > 1 ||
	    (run->group != NULL) + run->agree + diff > 1)
		cli_usage(&cli, "only one of --merge and --diff; of --agree, "
		    "--group-by and --diff");
	if (run->job.once && !run->merge)
		cli_usage(&cli, "--once without --merge");
	if (!diff && (run->known != NULL || run->opts.counts ||
	    run->incomplete_ok))
		cli_usage(&cli, "--known, --counts and --incomplete-ok are for "
		    "--diff");
	if ((run->opts.tolerance > 0 || run->opts.percent > 0) &&
	    !run->opts.counts)
		cli_usage(&cli, "--tolerance without --counts");
	if (run->today != NULL && run->known == NULL)
		cli_usage(&cli, "--today without --known");
	if (run->format >= F_SARIF && !diff)
		cli_usage(&cli, "--format %s is for --diff",
		    formats[run->format]);
	if (diff && nfiles < 2)
		cli_usage(&cli, "--diff needs two documents");
	if (diff && nfiles > 2 && run->job.keep != DT_KEEP_RECORDS)
		cli_usage(&cli, "--diff takes two documents; records need "
		    "--evidence=all");
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

/* Where the result goes, which is opened only now that there is one. */
static FILE *
out(struct run *run)
{
	if (run->output == NULL)
		return stdout;
	if (output_open(&run->out, run->output) == -1)
		err(cli_lost(), "--output '%s'", run->output);
	return run->out.f;
}

static void
close_out(struct run *run, int written)
{
	if (run->output == NULL) {
		if (written == -1)
			cli_write_error();
		cli_close_stdout();
	} else if (output_close(&run->out, written == 0) == -1) {
		err(cli_lost(), "%s", run->output);
	}
}

static bool
colour(const struct run *run)
{
	return run->output == NULL && cli_wants_colour();
}

static void
write_groups(struct run *run, const struct dt_sigs *sigs)
{
	const char *errstr;
	struct dt_groups *g = dt_groups_new(sigs, run->group, &errstr);
	FILE *f;

	if (g == NULL && errstr == NULL)
		err(cli_lost(), NULL);
	if (g == NULL)
		errx(CLI_USAGE, "--group-by '%s': %s", run->group, errstr);
	f = out(run);
	close_out(run, run->format == F_DEFAULT || run->format == F_TABLE ?
	    dt_groups_write_table(g, f, colour(run)) :
	    dt_groups_write_json(g, f, run->format == F_JSON));
	dt_groups_free(g);
}

/* Exits as a comparison does. */
static int
write_agreement(struct run *run, const struct dt_sigs *sigs)
{
	struct dt_agree *a = dt_agree_new(sigs);
	int status = CLI_OK;
	FILE *f;

	if (a == NULL)
		err(cli_lost(), NULL);
	f = out(run);
	close_out(run, run->format == F_DEFAULT || run->format == F_TABLE ?
	    dt_agree_write_table(a, f, colour(run)) :
	    dt_agree_write_json(a, f, run->format == F_JSON));
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
write_document(struct run *run, const struct dt_sigs *sigs)
{
	FILE *f = out(run);
	bool table = run->format == F_TABLE;

	close_out(run, table ? dt_sigs_write_table(sigs, f, colour(run)) :
	    dt_sigs_write_json(sigs, f, run->format != F_JSONL));
	if (!table)
		warn_incomplete(sigs);
}

static int
fold(struct run *run, char *files[])
{
	struct dt_sigs *sigs;

	if (run->agree)
		cli_comparing();
	sigs = run->merge ? sigs_merge(&run->job, files) :
	    sigs_fold(&run->job, files);
	if (run->group != NULL)
		write_groups(run, sigs);
	else if (!run->agree)
		write_document(run, sigs);
	else if (run->job.status == CLI_OK)
		run->job.status = write_agreement(run, sigs);
	dt_sigs_free(sigs);
	return run->job.status;
}

/* Results are compared on one world, and of one selection. */
static void
check_comparable(const struct run *run, const struct dt_sigs *golden,
    const struct dt_sigs *now)
{
	struct dt_str a, b;
	size_t i, k;

	if (!dt_sigs_alike(golden, now))
		errx(cli_lost(), "'%.*s' and '%.*s': their signatures were "
		    "selected in different ways",
		    (int)run->opts.golden_name.n, run->opts.golden_name.s,
		    (int)run->opts.now_name.n, run->opts.now_name.s);
	for (i = 0; !run->job.across_worlds && i < dt_sigs_worlds(golden); i++)
		for (k = 0; k < dt_sigs_worlds(now); k++) {
			a = dt_sigs_world(golden, i);
			b = dt_sigs_world(now, k);
			if (a.s != NULL && b.s != NULL && !dt_str_eq(a, b))
				errx(cli_lost(), "two worlds: the golden one "
				    "is of '%.*s', the new one of '%.*s'; "
				    "-X compares them all the same",
				    (int)a.n, a.s, (int)b.n, b.s);
		}
}

static int
write_diff(const struct run *run, const struct dt_diff *d, FILE *f)
{
	switch (run->format) {
	case F_JSON:
	case F_JSONL:
		return dt_diff_write_json(d, f, run->format == F_JSON);
	case F_SARIF:
		return dt_diff_write_sarif(d, f);
	case F_JUNIT:
		return dt_diff_write_junit(d, f);
	default:
		return dt_diff_write_table(d, f, colour(run));
	}
}

/* The file's name, as in messages. */
static struct dt_str
name(const char *file)
{
	return dt_str_c(strcmp(file, "-") == 0 ? "<stdin>" : file);
}

static int
diff(struct run *run, char *files[])
{
	char *golden_file[] = {files[0], NULL}, *now_file[] = {files[1], NULL};
	struct dt_sigs *golden, *now, *seen = NULL;
	struct dt_diff *d;
	int status;

	cli_comparing();
	run->opts.golden_name = name(files[0]);
	run->opts.now_name = name(files[1]);
	if (run->known != NULL) {
		sigs_knowns(&run->knowns, run->known, run->today);
		run->opts.knowns = &run->knowns;
		run->opts.known_name = name(run->known);
	}
	golden = sigs_merge(&run->job, golden_file);
	now = sigs_merge(&run->job, now_file);
	check_comparable(run, golden, now);
	if (files[2] != NULL)
		seen = sigs_fold(&run->job, files + 2);
	if (run->job.status != CLI_OK)
		return run->job.status;
	run->opts.match = run->job.match;
	run->opts.seen = seen;
	d = dt_diff_new(golden, now, &run->opts);
	if (d == NULL)
		err(cli_lost(), NULL);
	close_out(run, write_diff(run, d, out(run)));
	status = dt_diff_is_new(d) ? CLI_LOST :
	    dt_diff_is_doubtful(d) && !run->incomplete_ok ? CLI_USAGE : CLI_OK;
	dt_diff_free(d);
	dt_sigs_free(golden);
	dt_sigs_free(now);
	dt_sigs_free(seen);
	dt_knowns_free(&run->knowns);
	return status;
}

int
main(int argc, char *argv[])
{
	struct run run = {.job = {.match = dt_match_new()}};
	int ch, status;

	if (run.job.match == NULL)
		err(CLI_LOST, NULL);
	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1)
		option(&run, ch);
	check(&run, argc - optind);
	status = run.diff ? diff(&run, argv + optind) :
	    fold(&run, argv + optind);
	dt_match_free(run.job.match);
	return status;
}
