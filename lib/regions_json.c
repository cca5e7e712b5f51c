/* SPDX-License-Identifier: ISC */
/* Address ranges from a JSON document. */
#include "jsonrows.h"
#include "regions_own.h"

enum { IMAGE, SEGMENT, START, END, SLIDE, UUID };

static const char *const keys[] = {
	[IMAGE] = "image",
	[SEGMENT] = "segment",
	[START] = "start",
	[END] = "end",
	[SLIDE] = "slide",
	[UUID] = "uuid",
	NULL
};

static const char *const head[] = {NULL};

/* A string, or nothing for null; `need` says that the member must be there. */
static int
string(struct dt_regions *set, const struct dt_jsonval *vals, int key,
    bool need, uint64_t line, struct dt_str *s)
{
	if (vals[key].type == DT_JSON_NUMBER)
		return dt_fault_set(&set->fault, line, "'%s' is no string",
		    keys[key]);
	if (vals[key].type == DT_JSON_ABSENT && need)
		return dt_fault_set(&set->fault, line, "a range without '%s'",
		    keys[key]);
	*s = vals[key].s;
	return 0;
}

static int
number(struct dt_regions *set, const struct dt_jsonval *vals, int key,
    bool need, uint64_t line, uint64_t *num)
{
	if (!need && (vals[key].type == DT_JSON_ABSENT ||
	    vals[key].type == DT_JSON_NULL))
		return 0;
	if (vals[key].type == DT_JSON_ABSENT)
		return dt_fault_set(&set->fault, line, "a range without '%s'",
		    keys[key]);
	if (dt_jsonval_unsigned(&vals[key], num) == -1)
		return dt_fault_set(&set->fault, line, "'%s' is no address: "
		    "'%.*s'", keys[key], DT_FAULT_STR(vals[key].s));
	return 0;
}

static int
on_row(void *ctx, const struct dt_jsonval *vals, uint64_t line)
{
	struct dt_regions *set = ctx;
	struct dt_region r = {.line = line};

	if (string(set, vals, IMAGE, true, line, &r.image) == -1 ||
	    string(set, vals, SEGMENT, true, line, &r.segment) == -1 ||
	    string(set, vals, UUID, false, line, &r.uuid) == -1 ||
	    number(set, vals, START, true, line, &r.start) == -1 ||
	    number(set, vals, END, true, line, &r.end) == -1 ||
	    number(set, vals, SLIDE, false, line, &r.slide) == -1)
		return -1;
	if (r.segment.s == NULL)
		r.segment = DT_STR("");
	if (r.uuid.s != NULL && !dt_uuid_is(r.uuid))
		return dt_fault_set(&set->fault, line, "'%s' is none: '%.*s'",
		    keys[UUID], DT_FAULT_STR(r.uuid));
	return dt_regions_put(set, &r, 0);
}

int
dt_regions_json(struct dt_regions *set)
{
	const struct dt_jsonrows want = {
		.list = "regions",
		.keys = keys,
		.head = head,
		.on_row = on_row,
		.ctx = set,
	};

	return dt_jsonrows_read(set->in->text, &want, &set->fault);
}
