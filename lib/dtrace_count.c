/* SPDX-License-Identifier: ISC */
/* The keys of an aggregation in its record. */
#include "buf.h"
#include "dtrace_count.h"

int
dt_dtrace_add_key(struct dt_record *rec, struct dt_str val)
{
	struct dt_buf name = {.mem = &rec->mem};
	struct dt_str key;

	dt_buf_c(&name, "key");
	dt_buf_num(&name, (int64_t)rec->fields.n + 1);
	key = dt_buf_end(&name);
	return key.s == NULL ? -1 :
	    dt_record_put(rec, &rec->fields, key, val);
}

int
dt_dtrace_add_keys(struct dt_record *rec, const struct dt_dtrace_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		if (dt_dtrace_add_key(rec, keys->v[i]) == -1)
			return -1;
	return 0;
}

int
dt_dtrace_count_key(struct dt_record *rec)
{
	struct dt_buf num = {.mem = &rec->mem};
	struct dt_str key;

	dt_buf_num(&num, rec->count.v);
	rec->count.set = false;
	key = dt_buf_end(&num);
	return key.s == NULL ? -1 : dt_dtrace_add_key(rec, key);
}

int
dt_dtrace_name(struct dt_record *rec)
{
	struct dt_buf name = {.mem = &rec->mem};
	size_t i;

	for (i = 0; i < rec->fields.n; i++) {
		if (i > 0)
			dt_buf_c(&name, ",");
		dt_buf_put(&name, rec->fields.v[i].val);
	}
	rec->name = dt_buf_end(&name);
	return rec->name.s == NULL ? -1 : 0;
}
