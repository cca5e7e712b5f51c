/* SPDX-License-Identifier: ISC */
/* A comparison as JUnit XML, the test results that CI systems read. */
#include <errno.h>

#include "diff_own.h"
#include "xml.h"

/* Digits of the digest that tell apart what the words do not. */
enum { TAG_MAX = 8 };

static const char self[] = "dt-sigs";

static size_t
count_notes(const struct dt_knowns *list)
{
	size_t i, n = 0;

	for (i = 0; list != NULL && i < list->n; i++)
		n += list->v[i].expired || list->v[i].matched == 0;
	return n;
}

static void
put_totals(FILE *f, const struct dt_diff *d)
{
	fprintf(f, " tests=\"%zu\" failures=\"%zu\" errors=\"%d\"",
	    1 + d->nrows + count_notes(d->knowns),
	    d->count[DT_NEW] + d->count[DT_GREW], dt_diff_is_doubtful(d));
}

/* Open a test case whose name may end in a tag. */
static void
open_case(FILE *f, struct dt_str class, struct dt_str name, const char *tag)
{
	fputs("    <testcase", f);
	dt_xml_attr(f, "classname", class);
	fputs(" name=\"", f);
	dt_xml_text(f, name);
	fprintf(f, "%s%s\"", tag != NULL ? " #" : "", tag != NULL ? tag : "");
}

static void
put_outcome(FILE *f, const char *what, const char *type, struct dt_str message)
{
	fprintf(f, ">\n      <%s", what);
	dt_xml_attr(f, "type", dt_str_c(type));
	dt_xml_attr(f, "message", message);
	fputs("/>\n    </testcase>\n", f);
}

static void
put_passed(FILE *f, struct dt_str out)
{
	fputs(">\n      <system-out>", f);
	dt_xml_text(f, out);
	fputs("</system-out>\n    </testcase>\n", f);
}

/* A reason is an outsider's text, so it is kept apart from our sentence. */
static void
put_known(FILE *f, const struct dt_known *known, struct dt_str sentence)
{
	fputs(">\n      <skipped type=\"known\" message=\"known: ", f);
	if (known != NULL)
		dt_xml_text(f, known->reason);
	fputs("\"/>\n      <system-out>", f);
	dt_xml_text(f, sentence);
	fputs("</system-out>\n    </testcase>\n", f);
}

static void
put_change(FILE *f, const struct dt_diff_row *row, struct dt_str sentence)
{
	const char *change = dt_change_name(row->change);

	switch (row->change) {
	case DT_NEW:
	case DT_GREW:
		put_outcome(f, "failure", change, sentence);
		break;
	case DT_KNOWN:
		put_known(f, row->known, sentence);
		break;
	case DT_UNSEEN:
		put_outcome(f, "skipped", change, sentence);
		break;
	case DT_SHRANK:
	case DT_GONE:
		put_passed(f, sentence);
		break;
	default:
		fputs("/>\n", f);
	}
}

static int
put_row(FILE *f, struct dt_arena *mem, const struct dt_diff_row *row)
{
	struct dt_str title = dt_diff_title(mem, &row->sig);
	struct dt_str sentence = dt_diff_sentence(mem, row);
	struct dt_str class = row->sig.phase;
	char tag[DT_SIG_DIGEST_MAX];

	if (title.s == NULL || sentence.s == NULL)
		return -1;
	dt_sig_digest(&row->sig, tag);
	tag[TAG_MAX] = '\0';
	open_case(f, class.s != NULL ? class : dt_str_c(self), title, tag);
	put_change(f, row, sentence);
	return 0;
}

static int
put_doubts(FILE *f, struct dt_arena *mem, struct dt_str file,
    const struct dt_diff_doubt *v, size_t n)
{
	struct dt_str text;
	size_t i;

	for (i = 0; i < n; i++) {
		text = dt_diff_doubt_text(mem, file, &v[i]);
		if (text.s == NULL)
			return -1;
		dt_xml_text(f, text);
		putc('\n', f);
	}
	return 0;
}

/* Is the new capture one that can tell what is gone? */
static int
put_complete(FILE *f, struct dt_arena *mem, const struct dt_diff *d)
{
	open_case(f, dt_str_c(self), DT_STR("capture is complete"), NULL);
	if (!dt_diff_is_doubtful(d)) {
		fputs("/>\n", f);
		return 0;
	}
	fputs(">\n      <error type=\"incomplete\""
	    " message=\"what is gone cannot be told\">\n", f);
	if (put_doubts(f, mem, d->now_name, d->doubts, d->ndoubts) == -1)
		return -1;
	fputs("</error>\n    </testcase>\n", f);
	return 0;
}

/* Entries of the list to look at; they decide nothing, so they do not fail. */
static int
put_list(FILE *f, struct dt_arena *mem, const struct dt_diff *d)
{
	const struct dt_known *known;
	struct dt_str text;
	size_t i;

	for (i = 0; d->knowns != NULL && i < d->knowns->n; i++) {
		known = &d->knowns->v[i];
		if (!known->expired && known->matched > 0)
			continue;
		text = dt_diff_known_text(mem, d, known);
		if (text.s == NULL)
			return -1;
		open_case(f, DT_STR("known"), known->pattern, NULL);
		put_outcome(f, "skipped", known->expired ? "expired" :
		    "unused", text);
	}
	return 0;
}

static int
put_notes(FILE *f, struct dt_arena *mem, const struct dt_diff *d)
{
	struct dt_str worlds = dt_diff_worlds_text(mem, d);

	if (worlds.s == NULL)
		return -1;
	if (worlds.n == 0 && d->ngolden_doubts == 0)
		return 0;
	fputs("    <system-out>\n", f);
	dt_xml_text(f, worlds);
	fputs(worlds.n > 0 ? "\n" : "", f);
	if (put_doubts(f, mem, d->golden_name, d->golden_doubts,
	    d->ngolden_doubts) == -1)
		return -1;
	fputs("</system-out>\n", f);
	return 0;
}

static int
put_suite(FILE *f, struct dt_arena *mem, const struct dt_diff *d)
{
	size_t i;

	fputs("  <testsuite name=\"dt-sigs ", f);
	dt_xml_text(f, d->golden_name);
	putc('"', f);
	put_totals(f, d);
	fprintf(f, " skipped=\"%zu\">\n", d->count[DT_KNOWN] +
	    d->count[DT_UNSEEN] + count_notes(d->knowns));
	if (put_complete(f, mem, d) == -1)
		return -1;
	for (i = 0; i < d->nrows; i++) {
		if (put_row(f, mem, &d->rows[i]) == -1)
			return -1;
		dt_arena_reset(mem);
	}
	if (put_list(f, mem, d) == -1 || put_notes(f, mem, d) == -1)
		return -1;
	fputs("  </testsuite>\n", f);
	return 0;
}

int
dt_diff_write_junit(const struct dt_diff *d, FILE *f)
{
	struct dt_arena mem = {0};
	int r, e;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", f);
	put_totals(f, d);
	fputs(">\n", f);
	r = put_suite(f, &mem, d);
	e = errno;
	fputs("</testsuites>\n", f);
	if (r == 0 && ferror(f)) {
		r = -1;
		e = errno;
	}
	dt_arena_free(&mem);
	errno = e;
	return r;
}
