/* SPDX-License-Identifier: ISC */
/*
 * How the hooks of a registration compare with a static table.  Nothing goes
 * the other way: what was seen at run time never fills the table.
 */
#include <inttypes.h>
#include <string.h>

#include "macdoc_own.h"

/* What became of one index. */
enum match {
	NOTHING,	/* there is nothing to compare */
	AGREES,
	MOVED,		/* in the same segment, at another offset */
	CONTRADICTS,
};

struct tally {
	size_t n[CONTRADICTS + 1];
	size_t unread;		/* symbols of it that no record can confirm */
	size_t unlisted;	/* hooks of which the table has no row */
	enum match of[DT_MAC_OPS];
};

/* The symbol in module`symbol+0xN; s is NULL where it does not begin there. */
static struct dt_str
symbol_of(struct dt_str text)
{
	size_t tick = dt_scan_find_last(text, "`"), plus;

	if (tick < text.n)
		text = dt_str_after(text, tick + 1);
	plus = dt_scan_find_last(text, "+");
	if (plus < text.n && !dt_str_is(dt_str_after(text, plus), "+0x0"))
		return (struct dt_str){0};
	text.n = plus;
	/* The linker's name of a C function has one more. */
	if (dt_str_starts(text, "_"))
		text = dt_str_after(text, 1);
	return text;
}

static enum match
by_symbol(const struct dt_macreg *reg, size_t i, const struct dt_oprow *row)
{
	if (row->symbol.s == NULL || reg->op_symbol[i].s == NULL)
		return NOTHING;
	return dt_str_eq(symbol_of(reg->op_symbol[i]),
	    symbol_of(row->symbol)) ? AGREES : CONTRADICTS;
}

static enum match
by_place(const struct dt_macdoc_view *view, const struct dt_macreg *reg,
    size_t i, const struct dt_oprow *row)
{
	uint64_t addr = dt_macdoc_strip(reg->op[i].v, view->pac_mask);
	const struct dt_region *at;

	if (row->image.s == NULL || view->opts->regions == NULL)
		return NOTHING;
	at = dt_regions_find(view->opts->regions, addr);
	/* Of a whole image, or of none, it is not known where it points. */
	if (at == NULL || at->segment.n == 0)
		return NOTHING;
	if (!dt_image_same(at->image, row->image) ||
	    !dt_str_eq(at->segment, row->segment))
		return CONTRADICTS;
	return addr - at->start == row->offset ? AGREES : MOVED;
}

static enum match
compare(const struct dt_macdoc_view *view, const struct dt_macreg *reg,
    size_t i, const struct dt_oprow *row)
{
	enum match symbol, place;

	if (!reg->op[i].ok)
		return NOTHING;
	/* The table has a function where there is none. */
	if (reg->op[i].v == 0)
		return CONTRADICTS;
	symbol = by_symbol(reg, i, row);
	place = by_place(view, reg, i, row);
	return symbol > place ? symbol : place;
}

static void
count(const struct dt_macdoc_view *view, const struct dt_macreg *reg,
    struct tally *t)
{
	const struct dt_oprow *row;
	size_t i;

	for (i = 0; i < reg->nops; i++) {
		row = dt_optable_find(view->opts->optable, i);
		t->of[i] = row != NULL ? compare(view, reg, i, row) : NOTHING;
		t->n[t->of[i]]++;
		t->unread += row != NULL && row->symbol.s != NULL &&
		    row->image.s == NULL && reg->op_symbol[i].s == NULL;
		t->unlisted += row == NULL && reg->op[i].ok &&
		    reg->op[i].v != 0;
	}
}

static const char *
status(const struct tally *t)
{
	if (t->n[CONTRADICTS] > 0)
		return "incompatible";
	/* A share of nothing is none. */
	if (t->n[MOVED] > 0)
		return t->n[AGREES] > 0 ? "weak" : "incompatible";
	return t->n[AGREES] > 0 ? "strong" : "unknown";
}

static void
indices(struct dt_json *j, const char *key, const struct tally *t,
    enum match match)
{
	size_t i;

	dt_json_key(j, key);
	dt_json_array(j);
	for (i = 0; i < DT_MAC_OPS; i++)
		if (t->of[i] == match)
			dt_json_int(j, (int64_t)i);
	dt_json_array_close(j);
}

static void
note(struct dt_json *j, size_t n, const char *text)
{
	char buf[128];

	if (n == 0)
		return;
	snprintf(buf, sizeof(buf), "%s: %zu", text, n);
	dt_json_str(j, dt_str_c(buf));
}

static void
notes(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macreg *reg, const struct tally *t)
{
	dt_json_key(j, "notes");
	dt_json_array(j);
	if (view->opts->optable == NULL)
		dt_json_str(j, DT_STR("no op table was given"));
	else if (reg->nops == 0)
		dt_json_str(j, DT_STR("no hook was read"));
	note(j, t->n[CONTRADICTS], "hooks that the table has elsewhere");
	note(j, t->n[MOVED], "hooks at another offset of the same segment");
	note(j, t->unread, "symbols of the table that the capture has none for");
	note(j, t->unlisted, "hooks that the table does not list");
	dt_json_array_close(j);
}

void
dt_macdoc_write_alignment(struct dt_json *j,
    const struct dt_macdoc_view *view, const struct dt_macreg *reg)
{
	struct tally t = {0};

	if (view->opts->optable != NULL)
		count(view, reg, &t);
	dt_json_key(j, "alignment");
	dt_json_open(j);
	dt_json_member(j, "status", dt_str_c(status(&t)));
	dt_json_member_int(j, "compared", (int64_t)(t.n[AGREES] +
	    t.n[MOVED] + t.n[CONTRADICTS]));
	dt_json_member_int(j, "matched", (int64_t)t.n[AGREES]);
	indices(j, "matched_indices", &t, AGREES);
	indices(j, "moved_indices", &t, MOVED);
	indices(j, "contradicted_indices", &t, CONTRADICTS);
	notes(j, view, reg, &t);
	dt_json_close(j);
}
