/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a text of each format: every byte of every record is looked
 * at, and every line must be accounted for.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "parse.h"

/* What a sink has seen, kept so that no read of it can be left out. */
struct seen {
	const struct dt_format *fmt;
	unsigned long sum;
	unsigned long records;
};

static void
look_str(struct seen *seen, struct dt_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		seen->sum = seen->sum * 31 + (unsigned char)s.s[i];
}

static void
look_member(struct seen *seen, const void *field, enum dt_type type)
{
	const struct dt_strv *vec = field;
	const struct dt_kvv *pairs = field;
	size_t i;

	switch (type) {
	case DT_T_STR:
		look_str(seen, *(const struct dt_str *)field);
		break;
	case DT_T_INT:
	case DT_T_HEX:
		seen->sum += ((const struct dt_int *)field)->set;
		break;
	case DT_T_BOOL:
		seen->sum += ((const struct dt_bool *)field)->set;
		break;
	case DT_T_STRV:
		for (i = 0; i < vec->n; i++)
			look_str(seen, vec->v[i]);
		break;
	case DT_T_KVV:
		for (i = 0; i < pairs->n; i++) {
			look_str(seen, pairs->v[i].key);
			look_str(seen, pairs->v[i].val);
		}
		break;
	}
}

static int
look(void *ctx, struct dt_record *rec)
{
	struct seen *seen = ctx;
	size_t i;

	/* dt text states what it likes, of kinds yet to come as well. */
	if (seen->fmt != &dt_format_dt) {
		if (rec->kind <= DT_KIND_UNKNOWN || rec->kind >= DT_KIND_MAX)
			abort();
		/* A refusal that somebody witnessed is one of something. */
		if (rec->denied_by.s != NULL && rec->name.s == NULL)
			abort();
	}
	seen->records++;
	for (i = 0; i < dt_nmembers; i++)
		look_member(seen, dt_field_const(rec, &dt_members[i]),
		    dt_members[i].type);
	return 0;
}

/* By itself in memory, so that reading past its end is noticed. */
static char *
copy(struct dt_str text)
{
	char *p = malloc(text.n + (text.n == 0));

	if (p == NULL)
		err(2, NULL);
	memcpy(p, text.s, text.n);
	return p;
}

static void
take(const struct dt_format *fmt, void *state, struct dt_line line,
    struct seen *seen)
{
	const struct dt_sink sink = {look, seen};
	unsigned long before = seen->records;
	char *text = copy(line.text);
	int r;

	line.text.s = text;
	line.size = line.text.n;
	seen->sum += (unsigned long)fmt->is(line.text);
	r = fmt->line(state, &line, &sink);
	if (r == -1)
		err(2, "%s: line %lu", fmt->name, (unsigned long)line.no);
	if (r == 0 && seen->records == before)
		errx(2, "%s: line %lu is lost", fmt->name,
		    (unsigned long)line.no);
	free(text);
}

/* Parse a text; a last line without a newline is left to the tools. */
static void
parse(const struct dt_format *fmt, struct dt_str text, struct seen *seen)
{
	const struct dt_sink sink = {look, seen};
	struct dt_line line = {0};
	const char *nl;
	void *state = calloc(1, fmt->size);

	if (state == NULL)
		err(2, NULL);
	seen->fmt = fmt;
	while (text.n > 0 && (nl = memchr(text.s, '\n', text.n)) != NULL) {
		line.no++;
		line.text = (struct dt_str){text.s, (size_t)(nl - text.s)};
		text = dt_str_after(text, line.text.n + 1);
		take(fmt, state, line, seen);
	}
	if (fmt->end(state, &sink) == -1)
		err(2, "%s", fmt->name);
	fmt->free(state);
	free(state);
}

void
fuzz_bytes(struct dt_str bytes)
{
	const struct dt_format *const *fmt;
	struct seen seen = {0};

	for (fmt = dt_formats; *fmt != NULL; fmt++)
		parse(*fmt, bytes, &seen);
	printf("%lu records, sum %lx\n", seen.records, seen.sum);
}
