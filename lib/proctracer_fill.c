/* SPDX-License-Identifier: ISC */
/* What a record says of an event that proctracer printed. */
#include <stdio.h>

#include "csflags.h"
#include "proctracer.h"
#include "scan.h"

enum { NSEC_DIGITS = 9 };

/* Fields of ours, which no key that is not known may be taken for. */
static const char *const ours[] = {"ambiguous", "contradiction", "cut",
    "exe_error", "missing", "path2_error", "path_error", "time"};

/* An event that becomes a record, and what has to be said of it. */
struct fill {
	struct dt_pt_event *ev;
	struct dt_record *rec;
	struct dt_buf missing, ambiguous, contradiction;
};

static int
put(struct fill *f, const char *key, struct dt_str val)
{
	return dt_record_put(f->rec, &f->rec->fields, dt_str_c(key), val);
}

/* The same for a key and what is put behind it. */
static int
put_as(struct fill *f, struct dt_str key, const char *suffix,
    struct dt_str val)
{
	struct dt_buf buf = {.mem = &f->rec->mem};
	struct dt_str whole;

	dt_buf_put(&buf, key);
	dt_buf_c(&buf, suffix);
	whole = dt_buf_end(&buf);
	if (whole.s == NULL)
		return -1;
	return dt_record_put_more(f->rec, &f->rec->fields, whole, val);
}

static void
list(struct dt_buf *buf, struct dt_str key)
{
	if (buf->n > 0)
		dt_buf_c(buf, ",");
	dt_buf_put(buf, key);
}

static struct dt_pt_pair *
find(const struct dt_pt_event *ev, bool block, struct dt_str key)
{
	size_t i;

	for (i = 0; i < ev->n; i++)
		if (ev->v[i].block == block && dt_str_eq(ev->v[i].key, key))
			return &ev->v[i];
	return NULL;
}

/* The nanoseconds as nine digits, so that they read like what they are. */
static int
put_time(struct fill *f)
{
	struct dt_buf buf = {.mem = &f->rec->mem};
	struct dt_str day, nsec, out = f->ev->time;
	size_t i;

	if (out.s == NULL)
		return 0;
	if (dt_pt_time(out, &day, &nsec) && nsec.n < NSEC_DIGITS &&
	    (nsec.n == 1 || nsec.s[0] != '0')) {
		dt_buf_put(&buf, day);
		dt_buf_c(&buf, ".");
		for (i = nsec.n; i < NSEC_DIGITS; i++)
			dt_buf_c(&buf, "0");
		dt_buf_put(&buf, nsec);
		out = dt_buf_end(&buf);
	}
	return out.s == NULL ? -1 : put(f, "time", out);
}

/* Why a pair cannot be a path; NULL if it can. */
static const char *
not_path(const struct dt_pt_pair *pair)
{
	if (pair->doubt)
		return "ambiguous";
	return pair->val.n == 0 ? "empty" : NULL;
}

/* DIR/NAME as one path; the pairs stay fields. */
static int
join(struct fill *f, const struct dt_pt_pair *dir,
    const struct dt_pt_pair *name, struct dt_str *path, const char **why)
{
	struct dt_buf buf = {.mem = &f->rec->mem};

	if (dir == NULL || name == NULL || dir->val.n == 0 ||
	    name->val.n == 0 || name->val.s[0] == '/')
		*why = "partial";
	else if (dir->doubt || name->doubt)
		*why = "ambiguous";
	if (*why != NULL)
		return 0;
	dt_buf_put(&buf, dir->val);
	if (!dt_scan_ends(dir->val, "/"))
		dt_buf_c(&buf, "/");
	dt_buf_put(&buf, name->val);
	*path = dt_buf_end(&buf);
	return path->s != NULL ? 0 : -1;
}

/*
 * One way to the path.  Returns 1 if the event has its keys, with the path or
 * why there is none.
 */
static int
way(struct fill *f, struct dt_str keys, struct dt_str *path, const char **why)
{
	struct dt_str first = dt_scan_until(&keys, "/");
	struct dt_pt_pair *a = find(f->ev, false, first), *b;

	if (dt_scan_take(&keys, "/")) {
		b = find(f->ev, false, keys);
		if (a == NULL && b == NULL)
			return 0;
		return join(f, a, b, path, why) == -1 ? -1 : 1;
	}
	if (a == NULL)
		return 0;
	*why = not_path(a);
	if (*why == NULL) {
		*path = a->val;
		a->used = true;
	}
	return 1;
}

/* A path by its column of esevents.def. */
static int
fill_path(struct fill *f, const char *column, const char *error,
    struct dt_str *path)
{
	struct dt_str rest = dt_str_c(column);
	const char *why = NULL;
	int r = 0;

	if (rest.s == NULL)
		return 0;
	while (r == 0 && rest.n > 0) {
		r = way(f, dt_scan_until(&rest, "|"), path, &why);
		dt_scan_take(&rest, "|");
	}
	if (r == -1)
		return -1;
	/* What comes before the block may still be there, cut off. */
	if (r == 0 && dt_pt_has_keys(f->ev))
		why = "not-printed";
	if (why == NULL)
		return 0;
	*path = dt_null;
	return put(f, error, dt_str_c(why));
}

static int
fill_exe(struct fill *f)
{
	struct dt_pt_pair *pair = find(f->ev, true, DT_STR("path"));
	const char *why;

	if (pair == NULL)
		return 0;
	why = not_path(pair);
	if (why != NULL)
		return put(f, "exe_error", dt_str_c(why));
	f->rec->exe = pair->val;
	pair->used = true;
	return 0;
}

/* A number of the block as a member, if it is one of 32 bits. */
static void
fill_int(struct fill *f, const char *key, struct dt_int *member)
{
	struct dt_pt_pair *pair = find(f->ev, true, dt_str_c(key));

	if (pair == NULL || pair->doubt ||
	    dt_num_parse(pair->val, &member->v) == -1 ||
	    member->v < INT32_MIN || member->v > UINT32_MAX)
		return;
	member->set = pair->used = true;
}

/* A user id is printed with a sign: -2 is 4294967294, nobody. */
static void
fill_uid(struct fill *f)
{
	struct dt_int *uid = &f->rec->uid;

	fill_int(f, "EUID", uid);
	if (uid->set && uid->v < 0)
		uid->v += INT64_C(1) << 32;
}

/* The pair whose number a pair spells out; NULL if there is none. */
static const struct dt_pt_pair *
spelt(const struct fill *f, const struct dt_pt_pair *pair)
{
	struct dt_str key = pair->key;

	if (pair->block || !dt_scan_ends(key, "_desc"))
		return NULL;
	key.n -= sizeof("_desc") - 1;
	return find(f->ev, false, key);
}

static bool
contradicts(const struct dt_pt_pair *pair, const struct dt_pt_value *val)
{
	int64_t flags, unnamed = 0;

	if (val->names.s == NULL)
		return false;
	if (!dt_str_is(pair->key, "csflags") &&
	    !dt_scan_ends(pair->key, "_csflags_desc"))
		return false;
	if (dt_num_parse(val->number, &flags) == -1 || flags > UINT32_MAX ||
	    (val->unnamed.s != NULL &&
	    (dt_num_parse(val->unnamed, &unnamed) == -1 ||
	    unnamed > UINT32_MAX)))
		return true;
	return dt_csflags_contradict(val->names, (uint32_t)unnamed,
	    (uint32_t)flags);
}

/* Names and number, the number only where no other pair has it. */
static int
put_named(struct fill *f, const struct dt_pt_pair *pair)
{
	const struct dt_pt_pair *num = spelt(f, pair);
	struct dt_pt_value val;
	bool differs;

	dt_pt_value(pair->type, pair->val, &val);
	differs = num == NULL || !dt_str_eq(num->val, val.number);
	if ((num != NULL && differs) || contradicts(pair, &val))
		list(&f->contradiction, pair->key);
	if (val.names.n > 0 && put_as(f, pair->key, "", val.names) == -1)
		return -1;
	if (differs && put_as(f, pair->key, "_value", val.number) == -1)
		return -1;
	return val.unnamed.s == NULL ? 0 :
	    put_as(f, pair->key, "_unnamed", val.unnamed);
}

/* Arguments that can be taken apart in one way only. */
static int
put_args(struct fill *f, struct dt_pt_pair *pair)
{
	int r = pair->doubt ? 0 : dt_es_args_split(f->rec, pair->val);

	if (r == 0) {
		pair->doubt = true;
		return put_as(f, pair->key, "", pair->val);
	}
	return r == -1 ? -1 : 0;
}

/* A process that has exited: -1 stands for what is not known. */
static bool
is_gone(const struct dt_pt_pair *pair)
{
	return !pair->block && pair->type == DT_ES_NUM &&
	    dt_scan_ends(pair->key, "_pid") && dt_str_is(pair->val, "-1");
}

static int
put_text(struct fill *f, const struct dt_pt_pair *pair)
{
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (dt_str_is(pair->key, ours[i]))
			return put_as(f, pair->key, ".2", pair->val);
	return put_as(f, pair->key, "", pair->val);
}

static int
put_pair(struct fill *f, struct dt_pt_pair *pair)
{
	struct dt_str key = pair->key;
	int r = 0;

	if (pair->used)
		return 0;
	if (is_gone(pair)) {
		key.n -= sizeof("pid") - 1;
		return put_as(f, key, "error", DT_STR("exited"));
	}
	switch (pair->type) {
	case DT_ES_MASK:
	case DT_ES_ENUM:
		r = put_named(f, pair);
		break;
	case DT_ES_ARGS:
		r = put_args(f, pair);
		break;
	case DT_ES_EXTRA:
		r = put_as(f, key, "", dt_scan_trim(pair->val));
		break;
	default:
		r = put_text(f, pair);
		break;
	}
	if (pair->doubt)
		list(&f->ambiguous, key);
	return r;
}

/* Is the process that a key is of, by its first word, known to have exited? */
static bool
has_exited(const struct fill *f, const char *key)
{
	struct dt_str s = dt_str_c(key), word = dt_scan_until(&s, "_");
	char pid[40];
	const struct dt_pt_pair *pair;

	snprintf(pid, sizeof(pid), "%.*s_pid", (int)word.n, word.s);
	pair = find(f->ev, false, dt_str_c(pid));
	return pair != NULL && is_gone(pair);
}

/* What should have been printed, as far as the event was. */
static void
look_missing(struct fill *f, const struct dt_es_key *row, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct dt_str key = dt_str_c(row[i].key);

		if (row[i].need == DT_ES_MAY ||
		    find(f->ev, row[i].event == NULL, key) != NULL ||
		    (row[i].need == DT_ES_ALIVE &&
		    has_exited(f, row[i].key)))
			continue;
		list(&f->missing, key);
	}
}

static int
put_list(struct fill *f, const char *key, struct dt_buf *buf)
{
	struct dt_str val;

	if (buf->n == 0 && !buf->lost)
		return 0;
	val = dt_buf_end(buf);
	return val.s == NULL ? -1 : put(f, key, val);
}

static int
put_lists(struct fill *f)
{
	const struct dt_pt_event *ev = f->ev;
	const struct dt_es_key *row;
	size_t n;

	if (ev->time.s == NULL && ev->n > 0)
		list(&f->missing, DT_STR("time"));
	if (dt_pt_has_keys(ev) && ev->row != NULL) {
		row = dt_es_keys(ev->row, &n);
		look_missing(f, row, n);
	}
	if (ev->at == DT_PT_WHOLE) {
		row = dt_es_block(&n);
		look_missing(f, row, n);
	}
	if (ev->at != DT_PT_WHOLE && put(f, "cut", DT_STR("1")) == -1)
		return -1;
	if (put_list(f, "missing", &f->missing) == -1 ||
	    put_list(f, "ambiguous", &f->ambiguous) == -1)
		return -1;
	return put_list(f, "contradiction", &f->contradiction);
}

int
dt_pt_fill(struct dt_pt_event *ev, struct dt_record *rec)
{
	struct fill f = {ev, rec, {.mem = &rec->mem}, {.mem = &rec->mem},
	    {.mem = &rec->mem}};
	size_t i;

	rec->kind = DT_KIND_ES_EVENT;
	rec->name = ev->name;
	fill_int(&f, "PID", &rec->pid);
	fill_int(&f, "PPID", &rec->ppid);
	fill_uid(&f);
	if (put_time(&f) == -1 || fill_exe(&f) == -1)
		return -1;
	if (ev->row != NULL &&
	    (fill_path(&f, ev->row->path, "path_error", &rec->path) == -1 ||
	    fill_path(&f, ev->row->path2, "path2_error", &rec->path2) == -1))
		return -1;
	for (i = 0; i < ev->n; i++)
		if (put_pair(&f, &ev->v[i]) == -1)
			return -1;
	return put_lists(&f);
}
