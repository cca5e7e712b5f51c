/* SPDX-License-Identifier: ISC */
/*
 * dt-sigs - fold normalized records into deny signatures
 *
 * Counts each denial by what makes it the same from run to run, and writes one
 * document that sorts and diffs well; merges and compares such documents.
 */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "sigs_job.h"

enum { OPT_TOLERANCE_MAX = 1000000 };

static const char *const formats[] = {
	[F_DEFAULT] = "", [F_JSON] = "json", [F_JSONL] = "jsonl",
	[F_TABLE] = "table", [F_SARIF] = "sarif", [F_JUNIT] = "junit",
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
set_format(struct sigs_job *job, const char *name)
{
	enum format f;

	for (f = F_JSON; f <= F_JUNIT; f++)
		if (strcmp(name, formats[f]) == 0) {
			job->format = f;
			return;
		}
	cli_usage(&cli, "--format '%s': no such format", name);
}

static void
set_tolerance(struct sigs_job *job, const char *value)
{
	size_t n = strlen(value);
	char num[24];

	if (n == 0 || n >= sizeof(num) || value[n - 1] != '%') {
		job->diff_opts.tolerance = cli_number("--tolerance", value, 0,
		    INT64_MAX);
		return;
	}
	memcpy(num, value, n - 1);
	num[n - 1] = '\0';
	job->diff_opts.percent = cli_number("--tolerance", num, 0,
	    OPT_TOLERANCE_MAX);
}

static void
set_evidence(struct sigs_job *job, const char *value)
{
	if (value != NULL && strcmp(value, "all") != 0)
		cli_usage(&cli, "--evidence '%s': 'all' or nothing", value);
	job->keep = value != NULL ? DT_KEEP_RECORDS : DT_KEEP_SOURCES;
}

static void
set_today(struct sigs_job *job, const char *value)
{
	if (!dt_is_day(dt_str_c(value)))
		cli_usage(&cli, "--today '%s': no day as YYYY-MM-DD", value);
	job->today = value;
}

/* One of match.def. */
static void
set_match(struct sigs_job *job, int ch)
{
	const struct cli_opt *opt = opts;
	const char *errstr;

	while (opt->ch != ch)
		opt++;
	if (dt_match_add(job->match, opt->name, dt_str_c(optarg),
	    &errstr) == 0)
		return;
	if (errstr == NULL)
		err(CLI_LOST, NULL);
	cli_usage(&cli, "--%s: %s", opt->name, errstr);
}

static void
option(struct sigs_job *job, int ch)
{
	switch (ch) {
	case '1': job->once = true; break;
	case 'A': job->agree = true; break;
	case 'D': job->diff = true; break;
	case 'E': set_evidence(job, optarg); break;
	case 'I': job->incomplete_ok = true; break;
	case 'K': job->known = optarg; break;
	case 'M': job->merge = true; break;
	case 'T': job->format = F_TABLE; break;
	case 'X': job->across_worlds = true; break;
	case 'c': job->diff_opts.counts = true; break;
	case 'd': set_today(job, optarg); break;
	case 'f': set_format(job, optarg); break;
	case 'g': job->group = optarg; break;
	case 'o': job->output = optarg; break;
	case 't': set_tolerance(job, optarg); break;
	default: set_match(job, ch); break;
	}
}

/* Options that are of no use together are a mistake. */
static void
check(const struct sigs_job *job, int nfiles)
{
	bool diff = job->diff;

	if (job->merge + diff > 1 || job->agree + diff > 1 ||
	    (job->group != NULL) + job->agree + diff > 1)
		cli_usage(&cli, "only one of --merge and --diff; of --agree, "
		    "--group-by and --diff");
	if (job->once && !job->merge)
		cli_usage(&cli, "--once without --merge");
	if (!diff && (job->known != NULL || job->diff_opts.counts ||
	    job->incomplete_ok))
		cli_usage(&cli, "--known, --counts and --incomplete-ok are for "
		    "--diff");
	if ((job->diff_opts.tolerance > 0 || job->diff_opts.percent > 0) &&
	    !job->diff_opts.counts)
		cli_usage(&cli, "--tolerance without --counts");
	if (job->today != NULL && job->known == NULL)
		cli_usage(&cli, "--today without --known");
	if (job->format >= F_SARIF && !diff)
		cli_usage(&cli, "--format %s is for --diff",
		    formats[job->format]);
	if (job->keep != DT_KEEP_NOTHING && !diff && (job->agree ||
	    job->group != NULL || job->format == F_TABLE))
		cli_usage(&cli, "--evidence is for documents, and for --diff");
	if (diff && nfiles < 2)
		cli_usage(&cli, "--diff needs two documents");
	if (diff && nfiles > 2 && job->keep != DT_KEEP_RECORDS)
		cli_usage(&cli, "--diff takes two documents; records need "
		    "--evidence=all");
}

int
main(int argc, char *argv[])
{
	struct sigs_job job = {.match = dt_match_new()};
	int ch, status;

	if (job.match == NULL)
		err(CLI_LOST, NULL);
	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1)
		option(&job, ch);
	check(&job, argc - optind);
	status = job.diff ? sigs_compare(&job, argv + optind) :
	    sigs_show(&job, argv + optind);
	dt_match_free(job.match);
	return status;
}
