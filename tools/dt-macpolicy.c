/* SPDX-License-Identifier: ISC */
/*
 * dt-macpolicy - a document of mac_policy registrations seen at run time
 *
 * Reads normalized records, and says of each registration who made it, what was
 * in it and where that points, and how its hooks compare with a static table.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "jsonl.h"
#include "macdoc.h"
#include "slurp.h"

/* The largest file of regions, of a table or of a vocabulary. */
enum { FILE_MAX = 256 << 20 };

struct job {
	struct dt_macdoc *doc;
	struct dt_jsonl_reader *in;
	struct cli_refused refused;	/* of the input that is read */
	struct dt_macdoc_opts opts;
	struct dt_regions *regions;
	struct dt_optable *optable;
	struct dt_worlds *worlds;
	struct dt_record facts;		/* in its fields */
	uint64_t slide;
	bool slid;			/* no regions have it yet */
	char optable_sha256[SHA256_DIGEST_STRING_LENGTH];
	char vocabulary_sha256[SHA256_DIGEST_STRING_LENGTH];
};

static const struct cli_opt opts[] = {
	{'H', "host", "key=value", "a fact of the host that no capture says"},
	{'p', "pac-mask", "mask", "bits of a pointer that may be its signature"},
	{'r', "regions", "file", "what is where in the kernel; several add up"},
	{'s', "slide", "offset", "of the regions that follow"},
	{'t', "op-table", "file", "hooks to compare with"},
	{'v', "vocabulary", "file", "operations that the table's hooks are of"},
	{'w', "worlds", "file", "the known worlds: a world.json"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-H key=value] [-p mask] [-t file] [-v file] [-w file] "
	    "[[-s offset] -r file] [file ...]",
	.about = "Make a document of mac_policy registrations.",
	.opts = opts,
};

/* A file named by an option; one that cannot be read is the end. */
static struct dt_str
read_file(const char *option, const char *name)
{
	FILE *f = fopen(name, "r");
	struct dt_str text = {0};

	if (f != NULL) {
		text = dt_slurp(f, FILE_MAX);
		fclose(f);
	}
	if (text.s == NULL)
		err(CLI_USAGE, "%s '%s'", option, name);
	return text;
}

static _Noreturn void
bad_file(const char *option, const char *name, uint64_t line, const char *why)
{
	if (why == NULL)
		err(CLI_LOST, NULL);
	if (line == 0)
		errx(CLI_USAGE, "%s '%s': %s", option, name, why);
	errx(CLI_USAGE, "%s '%s':%" PRIu64 ": %s", option, name, line, why);
}

static uint64_t
word(const char *option, const char *value)
{
	int64_t v;

	if (*value == '-' || dt_num_parse(dt_str_c(value), &v) == -1)
		cli_usage(&cli, "%s '%s': not a number", option, value);
	return (uint64_t)v;
}

static void
add_regions(struct job *job, const char *name)
{
	struct dt_str text = read_file("--regions", name);
	struct dt_regions_text add = {.text = text, .from = dt_str_c(name),
	    .slide = job->slide};
	struct dt_regions_read got;
	const char *errstr;

	job->slid = false;
	if (job->regions == NULL)
		job->regions = dt_regions_new();
	if (job->regions == NULL)
		err(CLI_LOST, NULL);
	if (dt_regions_add(job->regions, &add, &got, &errstr) == -1)
		bad_file("--regions", name, dt_regions_line(job->regions),
		    errstr);
	job->opts.partial = job->opts.partial || got.unplaced > 0;
	if (got.unplaced > 0)
		warnx("--regions '%s': %zu rows say no address: these images "
		    "are not known", name, got.unplaced);
	free((char *)text.s);
	job->opts.regions = job->regions;
}

/* Only when all texts are there it is known if any of their ranges overlap. */
static void
end_regions(struct job *job)
{
	const char *errstr;
	size_t again;

	if (job->slid)
		cli_usage(&cli, "--slide without --regions behind it");
	if (job->regions == NULL ||
	    dt_regions_end(job->regions, &again, &errstr) == 0)
		return;
	if (errstr == NULL)
		err(CLI_LOST, NULL);
	errx(CLI_USAGE, "--regions: %s", errstr);
}

static void
digest(struct dt_str text, char sha256[SHA256_DIGEST_STRING_LENGTH])
{
	SHA256Data((const uint8_t *)text.s, text.n, sha256);
}

static void
set_optable(struct job *job, const char *name)
{
	struct dt_str text = read_file("--op-table", name);
	const char *errstr;

	dt_optable_free(job->optable);
	job->optable = dt_optable_new();
	if (job->optable == NULL)
		err(CLI_LOST, NULL);
	if (dt_optable_add(job->optable, text, dt_str_c(name), &errstr) == -1)
		bad_file("--op-table", name, dt_optable_line(job->optable),
		    errstr);
	digest(text, job->optable_sha256);
	free((char *)text.s);
	job->opts.optable = job->optable;
	job->opts.optable_sha256 = dt_str_c(job->optable_sha256);
}

/* A vocabulary has an entry on each line that is no comment. */
static void
set_vocabulary(struct job *job, const char *name)
{
	struct dt_str text = read_file("--vocabulary", name), rest = text;
	const char *nl;
	size_t n;

	job->opts.vocabulary_entries = 0;
	while (rest.n > 0) {
		nl = memchr(rest.s, '\n', rest.n);
		n = nl != NULL ? (size_t)(nl - rest.s) : rest.n;
		job->opts.vocabulary_entries += n > 0 && *rest.s != '#';
		rest = dt_str_after(rest, n + (nl != NULL));
	}
	digest(text, job->vocabulary_sha256);
	free((char *)text.s);
	job->opts.vocabulary_sha256 = dt_str_c(job->vocabulary_sha256);
}

static void
add_fact(struct job *job, const char *arg)
{
	struct dt_str key = {arg, strcspn(arg, "=")};
	const char *val = arg + key.n;

	if (*val != '=' || key.n == 0)
		cli_usage(&cli, "--host '%s': not key=value", arg);
	if (!dt_macdoc_is_fact(key))
		cli_usage(&cli, "--host '%s': no such fact", arg);
	if (dt_kvv_find(&job->facts.fields, key).s != NULL)
		cli_usage(&cli, "--host '%s': given twice", arg);
	if (dt_record_put(&job->facts, &job->facts.fields, key,
	    dt_str_c(val + 1)) == -1)
		err(CLI_LOST, NULL);
	job->opts.facts = &job->facts.fields;
}

static void
set_worlds(struct job *job, const char *name)
{
	dt_worlds_free(job->worlds);
	job->opts.worlds = job->worlds = cli_worlds(name);
}

static void
option(struct job *job, int ch)
{
	switch (ch) {
	case 'H': add_fact(job, optarg); break;
	case 'r': add_regions(job, optarg); break;
	case 's':
		job->slide = word("--slide", optarg);
		job->slid = true;
		break;
	case 't': set_optable(job, optarg); break;
	case 'v': set_vocabulary(job, optarg); break;
	case 'w': set_worlds(job, optarg); break;
	case 'p':
		job->opts.pac_given = true;
		job->opts.pac_mask = word("--pac-mask", optarg);
		break;
	}
}

static void
add(struct job *job, const struct dt_line *line, struct dt_record *rec)
{
	const char *why = line->oversize ? "line too long" : "torn line";
	int r = 1;

	if (!line->oversize && !line->torn &&
	    dt_jsonl_read(job->in, line->text, rec, &why) == 0)
		r = dt_macdoc_add(job->doc, rec, line->text, &why);
	if (r == 0)
		return;
	if (why == NULL)
		err(CLI_LOST, NULL);
	if (r == -1)
		errx(CLI_LOST, "%s:%" PRIu64 ": %s", job->refused.name,
		    line->no, why);
	if (dt_macdoc_add_bad(job->doc, line->text, why) == -1)
		err(CLI_LOST, NULL);
	cli_refuse(&job->refused, line->no, dt_str_c(why));
}

static int
take(void *ctx, struct dt_lines *ls, const char *name)
{
	struct job *job = ctx;
	struct dt_record rec = {0};
	struct dt_line line;
	int r, status;

	job->refused = (struct cli_refused){.name = name};
	while ((r = dt_lines_next(ls, &line)) == 1)
		if (line.text.n > 0)
			add(job, &line, &rec);
	status = cli_refused_end(&job->refused);
	dt_record_free(&rec);
	return r == -1 ? cli_read_error(name) : status;
}

int
main(int argc, char *argv[])
{
	struct job job = {.doc = dt_macdoc_new(),
	    .in = dt_jsonl_reader_new(NULL)};
	const struct cli_filter filter = {take, NULL, &job};
	const char *errstr;
	int ch, status;

	if (job.doc == NULL || job.in == NULL)
		err(CLI_LOST, NULL);
	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1)
		option(&job, ch);
	end_regions(&job);
	status = cli_files(&filter, argv + optind);
	/* What is not there cannot be counted as a line can. */
	if (cli_missed_input())
		exit(status);
	if (dt_macdoc_write(job.doc, stdout, &job.opts, &errstr) == -1) {
		if (errstr != NULL)
			errx(CLI_LOST, "%s", errstr);
		cli_write_error();
	}
	if (!dt_macdoc_complete(job.doc))
		warnx("the capture is not whole: what is missing may be a "
		    "registration");
	dt_macdoc_free(job.doc);
	dt_jsonl_reader_free(job.in);
	dt_regions_free(job.regions);
	dt_optable_free(job.optable);
	dt_worlds_free(job.worlds);
	dt_record_free(&job.facts);
	cli_close_stdout();
	return status;
}
