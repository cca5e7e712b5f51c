/* SPDX-License-Identifier: ISC */
/* Worlds: the hosts whose results may be compared. */
#include <ctype.h>
#include <errno.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_tree.h>

#include "slurp.h"
#include "world.h"

/* More than this is no world.json. */
enum { FILE_MAX = 1 << 20 };

struct world {
	struct dt_str id;
	struct dt_kvv facts;
	struct dt_kvv beside;	/* other strings that are known of it */
};

struct dt_worlds {
	struct dt_arena mem;
	struct world *v;
	size_t n;
};

static struct dt_str
dup_string(struct dt_worlds *ws, yajl_val val)
{
	return YAJL_IS_STRING(val) ?
	    dt_arena_dup(&ws->mem, dt_str_c(YAJL_GET_STRING(val))) :
	    (struct dt_str){0};
}

static yajl_val
get(yajl_val obj, const char *key, yajl_type type)
{
	const char *path[] = {key, NULL};

	return yajl_tree_get(obj, path, type);
}

static const char *
put(struct dt_worlds *ws, struct dt_kvv *vec, const char *key,
    struct dt_str val)
{
	struct dt_kv *p = dt_arena_grow(&ws->mem, vec->v, vec->n, sizeof(*p));

	if (p == NULL)
		return "no memory";
	vec->v = p;
	p[vec->n].key = dt_arena_dup(&ws->mem, dt_str_c(key));
	p[vec->n++].val = val;
	return p[vec->n - 1].key.s != NULL ? NULL : "no memory";
}

/* Add a fact to a world.  Returns why it is none, or NULL. */
static const char *
add_fact(struct dt_worlds *ws, struct world *w, const char *key, yajl_val val)
{
	struct dt_str fact = dup_string(ws, val);

	if (!dt_hostfact_is(dt_str_c(key)) || fact.s == NULL)
		return "a fact that is no fact of a host, or no string";
	return put(ws, &w->facts, key, fact);
}

/* Keep what stands beside the facts, if it is a string. */
static const char *
add_beside(struct dt_worlds *ws, struct world *w, const char *key, yajl_val val)
{
	struct dt_str str = dup_string(ws, val);

	return str.s != NULL ? put(ws, &w->beside, key, str) : NULL;
}

/* Add one element of `worlds`.  Returns why it is none, or NULL. */
static const char *
add_world(struct dt_worlds *ws, yajl_val val)
{
	yajl_val facts = get(val, "facts", yajl_t_object);
	struct world w = {.id = dup_string(ws, get(val, "id", yajl_t_string))};
	const char *why;
	size_t i;

	if (w.id.s == NULL || facts == NULL)
		return "a world needs an 'id' and 'facts'";
	for (i = 0; i < facts->u.object.len; i++) {
		why = add_fact(ws, &w, facts->u.object.keys[i],
		    facts->u.object.values[i]);
		if (why != NULL)
			return why;
	}
	for (i = 0; i < val->u.object.len; i++) {
		why = add_beside(ws, &w, val->u.object.keys[i],
		    val->u.object.values[i]);
		if (why != NULL)
			return why;
	}
	ws->v[ws->n++] = w;
	return NULL;
}

static const struct world *
by_id(const struct dt_worlds *ws, struct dt_str id)
{
	size_t i;

	for (i = 0; ws != NULL && i < ws->n; i++)
		if (dt_str_eq(ws->v[i].id, id))
			return &ws->v[i];
	return NULL;
}

struct dt_str
dt_world_says(const struct dt_worlds *ws, struct dt_str id, struct dt_str key)
{
	const struct world *w = by_id(ws, id);
	struct dt_str val = {0};

	if (w != NULL)
		val = dt_kvv_find(&w->facts, key);
	if (w != NULL && val.s == NULL)
		val = dt_kvv_find(&w->beside, key);
	return val;
}

static const char *
add_worlds(struct dt_worlds *ws, yajl_val root)
{
	yajl_val list = get(root, "worlds", yajl_t_array);
	struct dt_str baseline;
	const char *why;
	size_t i;

	if (list == NULL)
		return "no array 'worlds'";
	baseline = dup_string(ws, get(root, "baseline", yajl_t_string));
	ws->v = dt_arena_alloc(&ws->mem,
	    (list->u.array.len + 1) * sizeof(*ws->v));
	if (ws->v == NULL)
		return "no memory";
	for (i = 0; i < list->u.array.len; i++) {
		why = add_world(ws, list->u.array.values[i]);
		if (why != NULL)
			return why;
	}
	if (baseline.s != NULL && by_id(ws, baseline) == NULL)
		return "the baseline is none of the worlds";
	return NULL;
}

struct dt_worlds *
dt_worlds_read(FILE *f, const char **errstr)
{
	struct dt_worlds *ws;
	struct dt_str text = dt_slurp(f, FILE_MAX);
	char why[128];
	yajl_val root;

	*errstr = NULL;
	if (text.s == NULL)
		return NULL;
	root = yajl_tree_parse(text.s, why, sizeof(why));
	free((char *)text.s);
	if (root == NULL) {
		*errstr = "not JSON";
		return NULL;
	}
	ws = calloc(1, sizeof(*ws));
	if (ws != NULL)
		*errstr = add_worlds(ws, root);
	yajl_tree_free(root);
	if (*errstr == NULL)
		return ws;
	dt_worlds_free(ws);
	return NULL;
}

void
dt_worlds_free(struct dt_worlds *ws)
{
	if (ws == NULL)
		return;
	dt_arena_free(&ws->mem);
	free(ws);
}

static bool
is_of(const struct world *w, const struct dt_kvv *host)
{
	size_t i;

	for (i = 0; i < w->facts.n; i++)
		if (!dt_str_eq(w->facts.v[i].val,
		    dt_kvv_find(host, w->facts.v[i].key)))
			return false;
	return w->facts.n > 0;
}

struct dt_str
dt_world_find(const struct dt_worlds *ws, const struct dt_kvv *host)
{
	const struct world *best = NULL;
	size_t i;

	for (i = 0; ws != NULL && i < ws->n; i++)
		if (is_of(&ws->v[i], host) &&
		    (best == NULL || ws->v[i].facts.n > best->facts.n))
			best = &ws->v[i];
	return best != NULL ? best->id : (struct dt_str){0};
}

const char *
dt_world_contradicts(const struct dt_worlds *ws, struct dt_str id,
    const struct dt_kvv *host, struct dt_str *world_val,
    struct dt_str *host_val)
{
	const struct world *w = by_id(ws, id);
	size_t i;

	for (i = 0; w != NULL && i < w->facts.n; i++) {
		*world_val = w->facts.v[i].val;
		*host_val = dt_kvv_find(host, w->facts.v[i].key);
		if (host_val->s != NULL && !dt_str_eq(*world_val, *host_val))
			return w->facts.v[i].key.s;
	}
	return NULL;
}

/* Append a part of an id, in the letters an id may have. */
static size_t
add_part(char *id, size_t n, struct dt_str part)
{
	size_t i;

	if (n > 0 && part.n > 0)
		id[n++] = '-';
	for (i = 0; i < part.n && i < 40; i++) {
		unsigned char c = (unsigned char)part.s[i];

		id[n++] = c < 0x80 && (isalnum(c) || c == '.' || c == '_') ?
		    (char)tolower(c) : '-';
	}
	return n;
}

static void
digest(const struct dt_kvv *host, char hex[SHA256_DIGEST_STRING_LENGTH])
{
	static const char *const keys[] = {
#define H(key, source) key,
#include "hostfacts.def"
#undef H
	};
	struct dt_str val;
	SHA256_CTX ctx;
	size_t i;

	SHA256Init(&ctx);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		val = dt_kvv_get(host, keys[i]);
		if (val.s == NULL)
			continue;
		SHA256Update(&ctx, (const uint8_t *)keys[i], strlen(keys[i]));
		SHA256Update(&ctx, (const uint8_t *)"=", 1);
		SHA256Update(&ctx, (const uint8_t *)val.s, val.n);
		SHA256Update(&ctx, (const uint8_t *)"\n", 1);
	}
	SHA256End(&ctx, hex);
}

size_t
dt_world_derive(const struct dt_kvv *host, char id[DT_WORLD_ID_MAX])
{
	static const char *const parts[] = {"sysname", "product", "version",
	    "release", "machine"};
	char hex[SHA256_DIGEST_STRING_LENGTH];
	size_t i, n = 0;

	if (dt_kvv_get(host, "sysname").n == 0 ||
	    dt_kvv_get(host, "release").n == 0 ||
	    dt_kvv_get(host, "machine").n == 0)
		return 0;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		n = add_part(id, n, dt_kvv_get(host, parts[i]));
	digest(host, hex);
	n = add_part(id, n, (struct dt_str){hex, 8});
	id[n] = '\0';
	return n;
}
