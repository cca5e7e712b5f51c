/* SPDX-License-Identifier: ISC */
/*
 * dt-normalize - say what traced calls mean, in one vocabulary
 *
 * Reads records as JSON lines and writes them as they came, with the world,
 * the operation, the outcome and the path shapes added.  A line that is no
 * record is reported and kept as one of kind `unparsed`.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "jsonl.h"
#include "normalize.h"
#include "select.h"

/* Of a line that is no record this much is kept. */
enum { TEXT_KEPT = 4096 };

struct job {
	const struct dt_norm_opts *opts;
	struct dt_worlds *worlds;	/* what the options point to */
	struct dt_normalizer *no;
	struct dt_jsonl_reader *in;
	struct dt_jsonl_writer *out;
	bool denials;			/* leave out other events */
	struct dt_left left;
	struct cli_refused refused;
};

static const struct cli_opt opts[] = {
	{'d', "denials", NULL, "keep denials and stream records only"},
	{'P', "phase", "name", "the phase of records that name none"},
	{'r', "rules", "file", "more path shape rules, after our own"},
	{'W', "world-id", "id", "the world of every capture, by hand"},
	{'w', "worlds", "file", "the known worlds: a world.json"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-d] [-P phase] [-r rules] [-W id] [-w worlds] "
	    "[file ...]",
	.about = "Add world, operation, outcome and path shapes to records.",
	.opts = opts,
};

static void
write_left(struct job *job)
{
	struct dt_record rec;

	if (dt_left_take(&job->left, &rec) &&
	    dt_jsonl_write(job->out, &rec) == -1)
		cli_write_error();
}

/* Is a record kept by -d?  What counts events always is. */
static bool
is_kept(const struct dt_record *rec)
{
	switch (dt_kind_class(rec->kind)) {
	case DT_CLASS_EVENT:
		return rec->deny.v;
	case DT_CLASS_NOTE:
		return rec->events.set;
	default:
		return true;
	}
}

/* A line that is no record, kept as one. */
static void
refuse(struct job *job, const struct dt_line *line, const char *why)
{
	struct dt_record rec = {
		.kind = DT_KIND_UNPARSED,
		.line = DT_INT((int64_t)line->no),
		.text = line->text,
		.reason = dt_str_c(why),
		.phase = job->opts->phase,
		.world_id = job->opts->world.s != NULL ? job->opts->world :
		    dt_null,
	};

	if (rec.text.n > TEXT_KEPT) {
		rec.size = DT_INT((int64_t)line->size);
		rec.text.n = TEXT_KEPT;
	}
	cli_refuse(&job->refused, line->no, rec.reason);
	if (dt_jsonl_write(job->out, &rec) == -1)
		cli_write_error();
}

/* Write a record as it came, with what was added unless it had that. */
static void
pass(struct job *job, const struct dt_line *line, const struct dt_record *rec,
    const struct dt_kvv *extra, bool was_done)
{
	int r;

	if (rec->kind == DT_KIND_END)
		write_left(job);
	r = was_done ? dt_jsonl_pass(job->out, line->text) :
	    dt_jsonl_append(job->out, line->text, rec, extra);
	if (r == -1)
		cli_write_error();
}

static void
leave_out(struct job *job, const struct dt_record *rec)
{
	if (dt_left_is_other(&job->left, rec))
		write_left(job);
	if (dt_left_add(&job->left, rec) == -1)
		err(CLI_LOST, NULL);
}

static void
flush(void *ctx)
{
	struct job *job = ctx;

	if (dt_jsonl_flush(job->out) == -1)
		cli_write_error();
}

static void
one(struct job *job, const struct dt_line *line, struct dt_record *rec)
{
	const char *errstr = line->oversize ? "line too long" : "torn line";
	struct dt_kvv extra;
	int r;

	if (line->oversize || line->torn || dt_jsonl_read(job->in, line->text,
	    rec, &errstr) == -1) {
		if (errstr == NULL)
			err(CLI_LOST, "%s", job->refused.name);
		refuse(job, line, errstr);
		return;
	}
	errstr = dt_normalize_refuses(rec);
	if (errstr != NULL) {
		refuse(job, line, errstr);
		return;
	}
	r = dt_normalize(job->no, rec, &extra, &errstr);
	if (r == -1) {
		flush(job);
		if (errstr == NULL)
			err(CLI_LOST, "%s", job->refused.name);
		errx(CLI_LOST, "%s:%" PRIu64 ": %s", job->refused.name,
		    line->no, errstr);
	}
	if (job->denials && !is_kept(rec))
		leave_out(job, rec);
	else
		pass(job, line, rec, &extra, r == 1);
}

static int
normalize(void *ctx, struct dt_lines *ls, const char *name)
{
	struct job *job = ctx;
	struct dt_record rec = {0};
	struct dt_line line;
	int r, status;

	job->refused = (struct cli_refused){.name = name};
	dt_normalizer_begin(job->no);
	while ((r = dt_lines_next(ls, &line)) == 1)
		if (line.text.n > 0)
			one(job, &line, &rec);
	status = r == -1 ? cli_read_error(name) : CLI_OK;
	write_left(job);
	dt_record_free(&rec);
	return cli_refused_end(&job->refused) != CLI_OK ? CLI_LOST : status;
}

static void
read_rules(struct dt_shapes *shapes, const char *path)
{
	FILE *f = fopen(path, "r");
	const char *errstr;
	char *buf = NULL;
	size_t cap = 0, no = 0;
	ssize_t n;

	if (f == NULL)
		err(CLI_USAGE, "--rules '%s'", path);
	while ((n = getline(&buf, &cap, f)) != -1) {
		no++;
		if (buf[n - 1] == '\n')
			buf[n - 1] = '\0';
		if (dt_shapes_add(shapes, buf, &errstr) == -1)
			errx(CLI_USAGE, "%s:%zu: %s", path, no, errstr);
	}
	if (ferror(f))
		err(CLI_USAGE, "--rules '%s'", path);
	free(buf);
	fclose(f);
}

static void
options(int argc, char *argv[], struct job *job, struct dt_norm_opts *no,
    struct dt_shapes *shapes)
{
	int ch;

	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		switch (ch) {
		case 'd':
			job->denials = true;
			break;
		case 'P':
			if (*optarg == '\0')
				errx(CLI_USAGE, "--phase '': an empty name");
			no->phase = dt_str_c(optarg);
			break;
		case 'r':
			read_rules(shapes, optarg);
			break;
		case 'W':
			no->world = dt_str_c(optarg);
			break;
		case 'w':
			dt_worlds_free(job->worlds);
			no->worlds = job->worlds = cli_worlds(optarg);
			break;
		}
	}
}

static void
end(struct job *job)
{
	dt_normalizer_free(job->no);
	dt_jsonl_reader_free(job->in);
	dt_jsonl_writer_free(job->out);
	dt_left_end(&job->left);
	dt_worlds_free(job->worlds);
}

int
main(int argc, char *argv[])
{
	struct dt_shapes *shapes = dt_shapes_new();
	struct dt_norm_opts no = {.shapes = shapes};
	struct job job = {.opts = &no};
	const struct cli_filter filter = {normalize, flush, &job};
	int status;

	cli_std_fds();
	if (shapes == NULL)
		err(CLI_LOST, NULL);
	options(argc, argv, &job, &no, shapes);
	job.no = dt_normalizer_new(&no);
	job.in = dt_jsonl_reader_new(dt_normalize_keys);
	job.out = dt_jsonl_writer_new(stdout);
	if (job.no == NULL || job.in == NULL || job.out == NULL)
		err(CLI_LOST, NULL);
	status = cli_files(&filter, argv + optind);
	flush(&job);
	cli_close_stdout();
	end(&job);
	dt_shapes_free(shapes);
	return status;
}
