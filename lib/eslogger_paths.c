/* SPDX-License-Identifier: ISC */
/* The paths of an event of eslogger(1). */
#include "eslogger.h"

enum how { FILE_AT, UNDER_AT, TEXT_AT };
enum which { WHICH_path, WHICH_path2 };

static const struct row {
	const char *event;
	enum which which;
	enum how how;
	const char *a, *b;
} rows[] = {
#define P(event, which, how, a, b) {event, WHICH_##which, how##_AT, "." a, \
	"." b},
#include "espaths.def"
};

struct dt_flat_val
dt_es_get2(struct dt_es *es, const char *key, const char *more)
{
	bool within = key[0] == '.';
	size_t name = within ? es->name.n : 0;
	size_t n = strcmp(key, ".") == 0 ? 0 : strlen(key);
	size_t event = within ? strlen("event.") : 0, m = strlen(more);
	char *p;

	p = dt_arena_alloc(&es->rec->mem, event + name + n + m + 1);
	if (p == NULL) {
		es->oom = true;
		return (struct dt_flat_val){.type = DT_FLAT_NONE};
	}
	memcpy(p, "event.", event);
	if (name > 0)
		memcpy(p + event, es->name.s, name);
	memcpy(p + event + name, key, n);
	memcpy(p + event + name + n, more, m);
	return dt_flat_get(es->flat, (struct dt_str){p, event + name + n + m});
}

struct dt_flat_val
dt_es_get(struct dt_es *es, const char *key)
{
	return dt_es_get2(es, key, "");
}

void
dt_es_take(struct dt_es *es, struct dt_flat_val val)
{
	if (val.str.s != NULL)
		es->taken[val.first] = true;
}

/* The path that stands where a row says, with what else is of it. */
struct found {
	struct dt_flat_val path, name, cut;
};

static bool
find(struct dt_es *es, const struct row *row, struct found *f)
{
	*f = (struct found){0};
	if (row->how == TEXT_AT) {
		f->path = dt_es_get(es, row->a);
		return f->path.type == DT_FLAT_STRING;
	}
	f->path = dt_es_get2(es, row->a, ".path");
	f->cut = dt_es_get2(es, row->a, ".path_truncated");
	if (row->how == UNDER_AT)
		f->name = dt_es_get(es, row->b);
	return f->path.type == DT_FLAT_STRING &&
	    (row->how != UNDER_AT || f->name.type == DT_FLAT_STRING);
}

static struct dt_str
join(struct dt_es *es, struct dt_str dir, struct dt_str name)
{
	size_t slash = dir.n == 0 || dir.s[dir.n - 1] != '/';
	char *p = dt_arena_alloc(&es->rec->mem, dir.n + slash + name.n + 1);

	if (p == NULL) {
		es->oom = true;
		return (struct dt_str){0};
	}
	memcpy(p, dir.s, dir.n);
	p[dir.n] = '/';
	memcpy(p + dir.n + slash, name.s, name.n);
	return (struct dt_str){p, dir.n + slash + name.n};
}

static void
give(struct dt_es *es, enum which which, const struct found *f)
{
	struct dt_str *to = which == WHICH_path ? &es->rec->path :
	    &es->rec->path2;

	*to = f->path.str;
	dt_es_take(es, f->path);
	if (f->name.str.s != NULL) {
		*to = join(es, f->path.str, f->name.str);
		dt_es_take(es, f->name);
	}
	if (f->cut.type != DT_FLAT_BOOL)
		return;
	/* Which of two was cut only the fields tell. */
	if (dt_str_is(f->cut.str, "true"))
		es->rec->path_truncated = DT_BOOL(true);
	else
		dt_es_take(es, f->cut);
}

/* One of the paths; none where two places contradict each other. */
static void
fill(struct dt_es *es, enum which which)
{
	struct found f, found;
	size_t i, n = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].which == which &&
		    dt_str_is(es->name, rows[i].event) &&
		    find(es, &rows[i], &f)) {
			found = f;
			n++;
		}
	if (n == 1)
		give(es, which, &found);
}

void
dt_es_paths(struct dt_es *es)
{
	fill(es, WHICH_path);
	fill(es, WHICH_path2);
}
