/* SPDX-License-Identifier: ISC */
/* What dt-sigs does with its files: fold them, or merge them. */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jsonl.h"
#include "once.h"
#include "sigs_doc.h"
#include "sigs_job.h"

/* The work on one fold. */
struct work {
	struct sigs_job *job;
	struct dt_sigs *sigs;
	const char *name;	/* of the file that is read */
	/* Of records: */
	struct dt_jsonl_reader *in;
	struct cli_refused refused;
	/* Of documents that are held, and the files they are from: */
	struct dt_once once;
	struct dt_sigs **docs;
	const char **names;
	size_t ndocs;
};

static _Noreturn void
no_memory(void)
{
	err(cli_lost(), NULL);
}

static void
add(struct work *w, const struct dt_line *line, struct dt_record *rec)
{
	const char *why = line->oversize ? "line too long" : "torn line";
	int r = 1;

	if (!line->oversize && !line->torn &&
	    dt_jsonl_read(w->in, line->text, rec, &why) == 0)
		r = dt_sigs_add(w->sigs, rec, line->text, &why);
	if (r == 0)
		return;
	if (why == NULL)
		no_memory();
	if (r == -1)
		errx(cli_lost(), "%s:%" PRIu64 ": %s", w->name, line->no, why);
	if (dt_sigs_add_bad(w->sigs, line->text, why) == -1)
		no_memory();
	cli_refuse(&w->refused, line->no, dt_str_c(why));
}

static int
fold_file(void *ctx, struct dt_lines *ls, const char *name)
{
	struct work *w = ctx;
	struct dt_record rec = {0};
	struct dt_line line;
	int r, status;

	w->name = name;
	w->refused = (struct cli_refused){.name = name};
	while ((r = dt_lines_next(ls, &line)) == 1)
		if (line.text.n > 0)
			add(w, &line, &rec);
	status = r == -1 ? cli_read_error(name) : CLI_OK;
	dt_record_free(&rec);
	return cli_refused_end(&w->refused) != CLI_OK ? cli_lost() : status;
}

/* Worlds that do not belong together are no result. */
static struct dt_sigs *
finish(struct work *w)
{
	char a[CLI_TEXT_MAX], b[CLI_TEXT_MAX];
	struct dt_str worlds[2];

	if (!w->job->across_worlds && dt_sigs_mixed(w->sigs, worlds))
		errx(cli_lost(), "two worlds in one fold: '%s' and '%s'",
		    cli_text(worlds[0], a), cli_text(worlds[1], b));
	if (dt_sigs_select(w->sigs, w->job->match) == -1 ||
	    dt_sigs_sort(w->sigs) == -1)
		no_memory();
	return w->sigs;
}

static void
worst(struct sigs_job *job, int status)
{
	if (status > job->status)
		job->status = status;
}

struct dt_sigs *
sigs_fold(struct sigs_job *job, char *files[])
{
	struct work w = {.job = job, .sigs = dt_sigs_new(job->keep),
	    .in = dt_jsonl_reader_new(dt_sigs_keys)};
	const struct cli_filter filter = {fold_file, NULL, &w};

	if (w.sigs == NULL || w.in == NULL)
		no_memory();
	worst(job, cli_files(&filter, files));
	dt_jsonl_reader_free(w.in);
	/* What is not there cannot be counted as a line can. */
	if (cli_missed_input())
		exit(job->status);
	return finish(&w);
}

/* Keep a document until it is known which ones count. */
static int
hold(struct work *w, struct dt_sigs **doc)
{
	struct dt_sigs **docs;
	const char **names;

	docs = realloc(w->docs, (w->ndocs + 1) * sizeof(*docs));
	if (docs != NULL)
		w->docs = docs;
	names = realloc(w->names, (w->ndocs + 1) * sizeof(*names));
	if (names != NULL)
		w->names = names;
	if (docs == NULL || names == NULL || dt_sigs_sort(*doc) == -1 ||
	    dt_once_add(&w->once, *doc) == -1)
		return -1;
	names[w->ndocs] = w->name;
	docs[w->ndocs++] = *doc;
	*doc = NULL;
	return 0;
}

/* Merge a document.  The first is not copied but kept. */
static int
merge(struct work *w, struct dt_sigs **doc, const char **errstr)
{
	if (w->sigs != NULL)
		return dt_sigs_merge(w->sigs, *doc, errstr);
	w->sigs = *doc;
	*doc = NULL;
	dt_sigs_clear_merged(w->sigs);
	return 0;
}

static int
take(void *ctx, struct dt_sigs *doc, const char **errstr)
{
	struct work *w = ctx;
	int r;

	*errstr = NULL;
	r = w->job->once ? hold(w, &doc) : merge(w, &doc, errstr);
	dt_sigs_free(doc);
	return r;
}

static int
refuse(struct work *w, const struct dt_doc_reader *rd, const char *why)
{
	char text[CLI_TEXT_MAX];

	if (why == NULL)
		no_memory();
	warnx("%s:%" PRIu64 ": %s", w->name, dt_doc_line(rd),
	    cli_text(dt_str_c(why), text));
	return cli_lost();
}

static int
merge_file(void *ctx, struct dt_lines *ls, const char *name)
{
	struct work *w = ctx;
	const struct dt_doc_sink sink = {take, w};
	/* A document's digest is of all there is in it. */
	struct dt_doc_reader *rd = dt_doc_reader_new(w->job->once ?
	    DT_KEEP_RECORDS : w->job->keep, &sink);
	struct dt_str block;
	const char *errstr;
	size_t n = 0;
	int r, status = CLI_OK;

	if (rd == NULL)
		no_memory();
	w->name = name;
	while (status == CLI_OK && (r = dt_lines_block(ls, &block)) != 0) {
		if (r == -1)
			status = cli_read_error(name);
		else if (dt_doc_read(rd, block, &errstr) == -1)
			status = refuse(w, rd, errstr);
	}
	if (status == CLI_OK && dt_doc_end(rd, &n, &errstr) == -1)
		status = refuse(w, rd, errstr);
	/* A job that had nothing to do writes nothing, but no file. */
	if (status == CLI_OK && n == 0 && ls->fd != STDIN_FILENO)
		status = refuse(w, rd, "no document in it");
	dt_doc_reader_free(rd);
	return status;
}

/* Merge one that was held, and say that it was. */
static void
merge_held(struct work *w, size_t no)
{
	const struct dt_strv *digests = &w->once.docs[no].digests;
	const char *errstr = NULL;
	size_t i;
	int r;

	/* What was held has more in it than may be wanted. */
	if (w->sigs == NULL)
		w->sigs = dt_sigs_new(w->job->keep);
	if (w->sigs == NULL)
		no_memory();
	r = merge(w, &w->docs[no], &errstr);
	for (i = 0; i < digests->n && r == 0; i++)
		r = dt_sigs_add_merged(w->sigs, digests->v[i]);
	if (r == -1 && errstr != NULL)
		errx(cli_lost(), "%s: %s", w->names[no], errstr);
	if (r == -1)
		no_memory();
	dt_sigs_free(w->docs[no]);
	w->docs[no] = NULL;
}

/* What is dropped must not have more in it than what is merged. */
static void
check_alike(const struct work *w)
{
	size_t i, first = 0;

	while (first < w->ndocs && dt_sigs_inputs(w->docs[first]) == 0)
		first++;
	for (i = first + 1; i < w->ndocs; i++)
		if (!dt_sigs_alike(w->docs[first], w->docs[i]))
			errx(cli_lost(), "'%s' and '%s': their signatures "
			    "were selected in different ways", w->names[first],
			    w->names[i]);
}

/* Merge what was held, each but once. */
static void
merge_once(struct work *w)
{
	size_t i, pair[2];

	if (dt_once_decide(&w->once, pair) == -1) {
		if (pair[0] == pair[1])
			no_memory();
		errx(cli_lost(), "'%s' and '%s' hold the same document, and "
		    "others", w->names[pair[0]], w->names[pair[1]]);
	}
	check_alike(w);
	for (i = 0; i < w->ndocs; i++)
		if (!w->once.docs[i].drop)
			merge_held(w, i);
		else
			dt_sigs_free(w->docs[i]);
	dt_once_free(&w->once);
	free(w->docs);
	free(w->names);
}

struct dt_sigs *
sigs_merge(struct sigs_job *job, char *files[])
{
	struct work w = {.job = job};
	const struct cli_filter filter = {merge_file, NULL, &w};

	worst(job, cli_files(&filter, files));
	/* Of part of the documents nothing is said. */
	if (job->status != CLI_OK)
		exit(job->status);
	if (job->once)
		merge_once(&w);
	if (w.sigs == NULL)
		w.sigs = dt_sigs_new(job->keep);
	if (w.sigs == NULL)
		no_memory();
	return finish(&w);
}

/* What a file of lines is read into. */
struct list {
	struct dt_knowns *knowns;
	struct dt_str today;
};

static int
knowns_file(void *ctx, struct dt_lines *ls, const char *name)
{
	const struct list *list = ctx;
	const char *errstr;
	struct dt_line line;
	int r;

	while ((r = dt_lines_next(ls, &line)) == 1) {
		errstr = "line too long";
		if (!line.oversize && dt_knowns_add(list->knowns, line.text,
		    line.no, list->today, &errstr) == 0)
			continue;
		if (errstr == NULL)
			no_memory();
		warnx("%s:%" PRIu64 ": %s", name, line.no, errstr);
		return cli_lost();
	}
	return r == -1 ? cli_read_error(name) : CLI_OK;
}

void
sigs_knowns(struct dt_knowns *ks, const char *file, const char *today)
{
	struct list list = {ks, dt_str_c(today)};
	const struct cli_filter filter = {knowns_file, NULL, &list};
	char *files[] = {strdup(file), NULL};
	int status;

	if (files[0] == NULL)
		no_memory();
	status = cli_files(&filter, files);
	free(files[0]);
	if (status != CLI_OK)
		exit(status);
}
