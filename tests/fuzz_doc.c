/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a file of signature documents: what is taken is written and
 * read again without a difference, and can be merged and compared.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "known.h"
#include "sigs_diff.h"
#include "sigs_doc.h"

/* What has been read, or NULL; more than one document become one. */
static int
take(void *ctx, struct dt_sigs *doc, const char **errstr)
{
	struct dt_sigs **all = ctx;
	int r = 0;

	*errstr = NULL;
	if (*all == NULL) {
		*all = doc;
		return 0;
	}
	r = dt_sigs_merge(*all, doc, errstr);
	dt_sigs_free(doc);
	return r;
}

/* Read bytes in pieces, of one byte or of many. */
static struct dt_sigs *
read_bytes(struct dt_str bytes, size_t piece)
{
	struct dt_sigs *all = NULL;
	const struct dt_doc_sink sink = {take, &all};
	struct dt_doc_reader *rd = dt_doc_reader_new(DT_KEEP_RECORDS, &sink);
	const char *errstr = "";
	size_t n;
	int r = 0;

	if (rd == NULL)
		err(2, NULL);
	while (bytes.n > 0 && r == 0) {
		n = piece < bytes.n ? piece : bytes.n;
		r = dt_doc_read(rd, (struct dt_str){bytes.s, n}, &errstr);
		bytes = dt_str_after(bytes, n);
	}
	if (r == 0)
		r = dt_doc_end(rd, &n, &errstr);
	if (r == -1 && (errstr == NULL || *errstr == '\0'))
		errx(2, "refused without a reason");
	dt_doc_reader_free(rd);
	if (r == 0)
		return all;
	dt_sigs_free(all);
	return NULL;
}

static struct dt_str
written(struct dt_sigs *ss)
{
	struct dt_str text = {0};
	char *s = NULL;
	FILE *f = open_memstream(&s, &text.n);

	if (f == NULL || dt_sigs_sort(ss) == -1 ||
	    dt_sigs_write_json(ss, f, false) == -1 || fclose(f) == EOF)
		err(2, NULL);
	text.s = s;
	return text;
}

static void
compare(struct dt_sigs *ss)
{
	struct dt_match *any = dt_match_new();
	const struct dt_diff_opts opts = {.match = any, .counts = true};
	struct dt_diff *d;
	FILE *f = fopen("/dev/null", "w");

	if (any == NULL || f == NULL)
		err(2, NULL);
	d = dt_diff_new(ss, ss, &opts);
	if (d == NULL || dt_diff_is_new(d) ||
	    d->count[DT_SAME] != dt_sigs_count(ss))
		errx(2, "a document differs from itself");
	if (dt_diff_write_table(d, f, true) == -1 ||
	    dt_diff_write_json(d, f, true) == -1 ||
	    dt_diff_write_sarif(d, f) == -1 || dt_diff_write_junit(d, f) == -1)
		err(2, NULL);
	dt_diff_free(d);
	dt_match_free(any);
	fclose(f);
}

/* The same bytes as a list of known denials. */
static void
read_list(struct dt_str bytes)
{
	struct dt_knowns list = {0};
	const char *errstr, *nl;
	size_t n;
	int r = 0;

	while (bytes.n > 0 && r == 0) {
		nl = memchr(bytes.s, '\n', bytes.n);
		n = nl != NULL ? (size_t)(nl - bytes.s) : bytes.n;
		r = dt_knowns_add(&list, (struct dt_str){bytes.s, n}, 1,
		    DT_STR("2026-01-01"), &errstr);
		if (r == -1 && errstr == NULL)
			err(2, NULL);
		bytes = dt_str_after(bytes, n + (nl != NULL));
	}
	dt_knowns_free(&list);
}

void
fuzz_bytes(struct dt_str bytes)
{
	struct dt_sigs *once, *again;
	struct dt_str a, b;

	read_list(bytes);
	once = read_bytes(bytes, 65536);
	again = read_bytes(bytes, 1);
	if ((once == NULL) != (again == NULL))
		errx(2, "it depends on the pieces");
	dt_sigs_free(again);
	if (once == NULL)
		return;
	a = written(once);
	again = read_bytes(a, 4096);
	if (again == NULL)
		errx(2, "what was written cannot be read");
	b = written(again);
	if (!dt_str_eq(a, b))
		errx(2, "what was read is not what was written");
	compare(again);
	dt_sigs_free(once);
	dt_sigs_free(again);
	free((char *)(uintptr_t)a.s);
	free((char *)(uintptr_t)b.s);
}
