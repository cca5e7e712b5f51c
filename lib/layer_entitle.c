/* SPDX-License-Identifier: ISC */
/* What an application says that it may do, one record each. */
#include <string.h>

#include "layer.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* What a snapshot calls an entitlement. */
static const struct {
	const char *member, *name;
} snapshot[] = {
	{"has_allow_dyld_env",
	    "com.apple.security.cs.allow-dyld-environment-variables"},
	{"has_allow_jit", "com.apple.security.cs.allow-jit"},
	{"has_allow_unsigned_exec_mem",
	    "com.apple.security.cs.allow-unsigned-executable-memory"},
	{"has_app_sandbox", "com.apple.security.app-sandbox"},
	{"has_bookmarks_app_scope",
	    "com.apple.security.files.bookmarks.app-scope"},
	{"has_disable_library_validation",
	    "com.apple.security.cs.disable-library-validation"},
	{"has_downloads_rw", "com.apple.security.files.downloads.read-write"},
	{"has_get_task_allow", "com.apple.security.get-task-allow"},
	{"has_network_client", "com.apple.security.network.client"},
	{"has_user_selected_executable",
	    "com.apple.security.files.user-selected.executable"},
	{"has_user_selected_read_only",
	    "com.apple.security.files.user-selected.read-only"},
	{"has_user_selected_read_write",
	    "com.apple.security.files.user-selected.read-write"},
};

/* Before the names of entitlements; `has_` is of the name. */
static const char *const capabilities[] = {"data.details.has_", "has_",
    "data.details.capabilities.", "data.details.entitlements.",
    "data.capabilities.", "data.entitlements.", "capabilities.",
    "entitlements."};

/* Which of the prefixes of entitlements a key has; NULL if it has none. */
static const char *
capability(struct dt_str key)
{
	size_t i;

	for (i = 0; i < NELEM(capabilities); i++)
		if (dt_str_starts(key, capabilities[i]))
			return capabilities[i];
	return NULL;
}

/* The name of an entitlement, from a key with this prefix. */
static struct dt_str
entitlement_name(struct dt_str key, const char *prefix, struct dt_str *member)
{
	static const char details[] = "data.details.";
	size_t i;

	*member = (struct dt_str){0};
	if (!dt_scan_ends(dt_str_c(prefix), "has_"))
		return dt_str_after(key, strlen(prefix));
	*member = key;
	dt_scan_take(member, details);
	for (i = 0; i < NELEM(snapshot); i++)
		if (dt_str_is(*member, snapshot[i].member))
			return dt_str_c(snapshot[i].name);
	return *member;
}

/* Take the number of an element off the end of a name. */
static bool
element(struct dt_str *name, struct dt_str *index)
{
	size_t dot = dt_scan_find_last(*name, ".");

	if (dot == name->n)
		return false;
	*index = dt_str_after(*name, dot + 1);
	if (!dt_scan_digits(*index))
		return false;
	name->n = dot;
	return true;
}

static int
field(struct dt_record *rec, const char *key, struct dt_str val)
{
	return val.s == NULL ? 0 :
	    dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

/* `value.N`, in the record's memory. */
static int
put_element(struct dt_record *rec, struct dt_str index, struct dt_str val)
{
	static const char value[] = "value.";
	struct dt_str key = {NULL, sizeof(value) - 1 + index.n};
	char *p = dt_arena_alloc(&rec->mem, key.n);

	if (p == NULL)
		return -1;
	memcpy(p, value, sizeof(value) - 1);
	memcpy(p + sizeof(value) - 1, index.s, index.n);
	key.s = p;
	return dt_record_put(rec, &rec->fields, key, val);
}

/* Begin the record of an entitlement that the application says it has. */
static int
begin_entitlement(struct dt_record *rec, const struct dt_record *from,
    struct dt_str name, struct dt_str member)
{
	dt_record_reset(rec);
	rec->kind = DT_KIND_ENTITLEMENT;
	rec->name = name;
	rec->pid = from->pid;
	rec->ts = from->ts;
	rec->execname = from->execname;
	if (field(rec, "source", DT_STR("probe")) == -1)
		return -1;
	return field(rec, "member", member);
}

static int
put_value(struct dt_record *rec, struct dt_str val)
{
	if ((dt_str_is(val, "true") || dt_str_is(val, "false")) &&
	    field(rec, "type", DT_STR("bool")) == -1)
		return -1;
	return field(rec, "value", val);
}

/* Give the entitlements, one record each; an array's elements are of one. */
int
dt_layer_entitlements(const struct dt_layer *doc,
    const struct dt_record *from, struct dt_record *rec,
    const struct dt_sink *sink)
{
	struct dt_str key, name, member, index, open = {0};
	const char *prefix;
	size_t i;
	bool array;

	for (i = 0; i < doc->pairs.n; i++) {
		key = dt_layer_key(doc, i);
		if ((prefix = capability(key)) == NULL)
			continue;
		name = entitlement_name(key, prefix, &member);
		array = element(&name, &index);
		if (array && dt_str_eq(name, open)) {
			if (put_element(rec, index,
			    doc->pairs.v[i].val) == -1)
				return -1;
			continue;
		}
		if (open.s != NULL && dt_emit(sink, rec) == -1)
			return -1;
		open = name;
		if (begin_entitlement(rec, from, name, member) == -1)
			return -1;
		if (array ? field(rec, "type", DT_STR("array")) == -1 ||
		    put_element(rec, index, doc->pairs.v[i].val) == -1 :
		    put_value(rec, doc->pairs.v[i].val) == -1)
			return -1;
	}
	return open.s != NULL ? dt_emit(sink, rec) : 0;
}

bool
dt_layer_is_entitlement(const struct dt_layer *doc, size_t i)
{
	return capability(dt_layer_key(doc, i)) != NULL;
}
