/* SPDX-License-Identifier: ISC */
/* A comparison as SARIF 2.1.0, the results format of code scanners. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff_own.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/" \
	"schemas/sarif-schema-2.1.0.json"

enum { HASH_MAX = 16 };

struct sarif {
	struct dt_json *j;
	const struct dt_diff *d;
	struct dt_arena mem;
	struct dt_arena tmp;	/* for one row or notification */
	struct dt_str golden, known;	/* the files as URI references */
	struct dt_str *rules;	/* their ids, sorted, each once */
	size_t nrules;
	bool failed;		/* no memory */
};

/* What a change is in the format's words. */
static const struct word {
	const char *kind, *level, *state;	/* state NULL: new or updated */
} words[DT_CHANGES] = {
	[DT_NEW] = {"fail", "error", "new"},
	[DT_GREW] = {"fail", "error", "updated"},
	[DT_KNOWN] = {"fail", "note", NULL},
	[DT_SHRANK] = {"fail", "note", "updated"},
	[DT_GONE] = {"pass", "none", "absent"},
	/*
	 * Not absent, since a run that might not show a denial never makes
	 * it gone; and not without a state, since then no result may have
	 * one, and what is new would not be told.  What has changed is that
	 * a question is open that was answered before.
	 */
	[DT_UNSEEN] = {"open", "none", "updated"},
	[DT_SAME] = {"fail", "note", "unchanged"},
};

static void
key_open(struct dt_json *j, const char *key)
{
	dt_json_key(j, key);
	dt_json_open(j);
}

static void
key_array(struct dt_json *j, const char *key)
{
	dt_json_key(j, key);
	dt_json_array(j);
}

static void
member_c(struct dt_json *j, const char *key, const char *val)
{
	dt_json_member(j, key, dt_str_c(val));
}

/*
 * A message of plain text, in which braces are doubled because one would be a
 * placeholder, and no [text](link) may arise from a path.
 */
static void
message(struct sarif *w, const char *key, struct dt_str text)
{
	char *buf = dt_arena_alloc(&w->tmp, 2 * text.n + 1);
	size_t i, n = 0, slashes = 0;

	if (text.s == NULL || buf == NULL) {
		w->failed = true;
		text.n = 0;
	}
	for (i = 0; i < text.n; i++) {
		if (text.s[i] == '{' || text.s[i] == '}')
			buf[n++] = text.s[i];
		if (text.s[i] == ']' && i + 1 < text.n &&
		    text.s[i + 1] == '(' && slashes % 2 == 0)
			buf[n++] = '\\';
		slashes = text.s[i] == '\\' ? slashes + 1 : 0;
		buf[n++] = text.s[i];
	}
	key_open(w->j, key);
	dt_json_member(w->j, "text", (struct dt_str){buf != NULL ? buf : "",
	    n});
	dt_json_close(w->j);
}

/* Percent-encode what is not plain.  Returns the length. */
static size_t
encode(struct dt_str path, char *buf)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~/";
	static const char hex[] = "0123456789ABCDEF";
	size_t i, n = 0;
	unsigned char c;

	for (i = 0; i < path.n; i++) {
		c = (unsigned char)path.s[i];
		if (memchr(plain, c, sizeof(plain) - 1) != NULL) {
			buf[n++] = (char)c;
			continue;
		}
		buf[n++] = '%';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	return n;
}

/* A file's name as a URI reference; NULL without memory. */
static struct dt_str
uri(struct dt_arena *mem, struct dt_str name)
{
	static const char file[] = "file://";
	size_t n = dt_str_starts(name, "/") ? sizeof(file) - 1 : 0;
	char *buf = dt_arena_alloc(mem, sizeof(file) + 3 * name.n);

	if (buf == NULL)
		return (struct dt_str){0};
	/* One file has one location, be it named ./so or .//so. */
	while (n == 0 &&
	    (dt_str_starts(name, "./") || dt_str_starts(name, "/")))
		name = dt_str_after(name, name.s[0] == '.' ? 2 : 1);
	memcpy(buf, file, n);
	n += encode(name, buf + n);
	return (struct dt_str){buf, n};
}

/* The id of the rule that a signature is a result of. */
static struct dt_str
rule_id(struct dt_arena *mem, const struct dt_sig *sig)
{
	static const char deny[] = "deny/";
	size_t n = sizeof(deny) - 1;
	char *buf;

	if (sig->op.n == 0)
		return sig->name.n > 0 ? sig->name : sig->kind;
	buf = dt_arena_alloc(mem, n + sig->op.n);
	if (buf == NULL)
		return (struct dt_str){0};
	memcpy(buf, deny, n);
	memcpy(buf + n, sig->op.s, sig->op.n);
	return (struct dt_str){buf, n + sig->op.n};
}

static int
make_rules(struct sarif *w)
{
	const struct dt_diff *d = w->d;
	size_t i, n = 0;

	w->rules = dt_arena_alloc(&w->mem, (d->nrows + 1) * sizeof(*w->rules));
	if (w->rules == NULL)
		return -1;
	for (i = 0; i < d->nrows; i++) {
		w->rules[i] = rule_id(&w->mem, &d->rows[i].sig);
		if (w->rules[i].s == NULL)
			return -1;
	}
	if (d->nrows > 0)
		qsort(w->rules, d->nrows, sizeof(*w->rules), dt_str_by_bytes);
	for (i = 0; i < d->nrows; i++)
		if (n == 0 || !dt_str_eq(w->rules[n - 1], w->rules[i]))
			w->rules[n++] = w->rules[i];
	w->nrules = n;
	return 0;
}

static void
write_rule(struct sarif *w, struct dt_str id)
{
	struct dt_json *j = w->j;

	dt_json_open(j);
	dt_json_member(j, "id", id);
	message(w, "shortDescription", id);
	message(w, "fullDescription",
	    DT_STR("The system refused this operation or call."));
	message(w, "help", DT_STR("Let the program do without it, allow it, "
	    "take the new signatures for the golden ones, or put the denial "
	    "with a reason on the list of known ones."));
	key_open(j, "defaultConfiguration");
	member_c(j, "level", "error");
	dt_json_close(j);
	dt_json_close(j);
	dt_arena_reset(&w->tmp);
}

static void
write_tool(struct sarif *w)
{
	size_t i;

	key_open(w->j, "tool");
	key_open(w->j, "driver");
	member_c(w->j, "name", "dt-sigs");
	key_array(w->j, "rules");
	for (i = 0; i < w->nrules; i++)
		write_rule(w, w->rules[i]);
	dt_json_array_close(w->j);
	dt_json_close(w->j);
	dt_json_close(w->j);
}

/* Two comparisons of one commit are told apart by the golden file. */
static void
write_id(struct sarif *w)
{
	static const char head[] = "dt-sigs/";
	size_t n = sizeof(head) - 1;
	char *buf = dt_arena_alloc(&w->tmp, n + w->golden.n + 1);

	if (buf == NULL) {
		w->failed = true;
		return;
	}
	memcpy(buf, head, n);
	memcpy(buf + n, w->golden.s, w->golden.n);
	n += w->golden.n;
	buf[n++] = '/';
	key_open(w->j, "automationDetails");
	dt_json_member(w->j, "id", (struct dt_str){buf, n});
	dt_json_close(w->j);
}

/*
 * Where something stands: in a file, on a line, of which the first character
 * stands for all, since consumers ask for columns.
 */
static void
write_physical(struct dt_json *j, struct dt_str file, int64_t line)
{
	key_open(j, "physicalLocation");
	key_open(j, "artifactLocation");
	dt_json_member(j, "uri", file);
	dt_json_close(j);
	key_open(j, "region");
	dt_json_member_int(j, "startLine", line);
	dt_json_member_int(j, "startColumn", 1);
	dt_json_member_int(j, "endLine", line);
	dt_json_member_int(j, "endColumn", 2);
	dt_json_close(j);
	dt_json_close(j);
}

static void
notify(struct sarif *w, const char *id, const char *level, struct dt_str text)
{
	dt_json_open(w->j);
	key_open(w->j, "descriptor");
	member_c(w->j, "id", id);
	dt_json_close(w->j);
	member_c(w->j, "level", level);
	message(w, "message", text);
	dt_json_close(w->j);
	dt_arena_reset(&w->tmp);
}

static void
notify_known(struct sarif *w)
{
	const struct dt_knowns *list = w->d->knowns;
	const struct dt_known *known;
	size_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		known = &list->v[i];
		if (!known->expired && known->matched > 0)
			continue;
		notify(w, known->expired ? "known-expired" : "known-unused",
		    known->expired ? "warning" : "note",
		    dt_diff_known_text(&w->tmp, w->d, known));
	}
}

/* A notification of level error means that the execution has failed. */
static void
write_invocation(struct sarif *w)
{
	const struct dt_diff *d = w->d;
	struct dt_str worlds;
	size_t i;

	key_array(w->j, "invocations");
	dt_json_open(w->j);
	dt_json_member_bool(w->j, "executionSuccessful",
	    !dt_diff_is_doubtful(d));
	key_array(w->j, "toolExecutionNotifications");
	for (i = 0; i < d->ndoubts; i++)
		notify(w, "new-incomplete", "error", dt_diff_doubt_text(
		    &w->tmp, d->now_name, &d->doubts[i]));
	for (i = 0; i < d->ngolden_doubts; i++)
		notify(w, "golden-incomplete", "warning", dt_diff_doubt_text(
		    &w->tmp, d->golden_name, &d->golden_doubts[i]));
	worlds = dt_diff_worlds_text(&w->tmp, d);
	if (worlds.s == NULL || worlds.n > 0)
		notify(w, "worlds-differ", "warning", worlds);
	notify_known(w);
	dt_json_array_close(w->j);
	dt_json_close(w->j);
	dt_json_array_close(w->j);
}

static void
write_logical(struct dt_json *j, const char *kind, struct dt_str name)
{
	if (name.n == 0)
		return;
	dt_json_open(j);
	dt_json_member(j, "name", name);
	member_c(j, "kind", kind);
	dt_json_close(j);
}

/*
 * A denial happens in no file.  The golden one is where it is, or would be,
 * kept; its first line stands for all.
 */
static void
write_location(struct sarif *w, const struct dt_sig *sig)
{
	struct dt_json *j = w->j;

	key_array(j, "locations");
	dt_json_open(j);
	write_physical(j, w->golden, 1);
	key_array(j, "logicalLocations");
	write_logical(j, "resource", sig->path_shape);
	if (!dt_str_eq(sig->path_shape, sig->path2_shape))
		write_logical(j, "resource", sig->path2_shape);
	write_logical(j, "resource", sig->target_shape);
	write_logical(j, "operation", sig->op);
	write_logical(j, "call", sig->name);
	dt_json_array_close(j);
	dt_json_close(j);
	dt_json_array_close(j);
}

/* The second is the one that GitHub looks at, in the form it has there. */
static void
write_fingerprints(struct dt_json *j, const struct dt_sig *sig)
{
	char hex[DT_SIG_DIGEST_MAX];

	dt_sig_digest(sig, hex);
	key_open(j, "partialFingerprints");
	member_c(j, "denySignature/v1", hex);
	memcpy(hex + HASH_MAX, ":1", 3);
	member_c(j, "primaryLocationLineHash", hex);
	dt_json_close(j);
}

/* All results have the array or none has, so most have an empty one. */
static void
write_suppressions(struct sarif *w, const struct dt_diff_row *row)
{
	struct dt_json *j = w->j;

	key_array(j, "suppressions");
	if (row->known != NULL) {
		dt_json_open(j);
		member_c(j, "kind", "external");
		member_c(j, "status", "accepted");
		dt_json_member(j, "justification", row->known->reason);
		key_open(j, "location");
		write_physical(j, w->known, (int64_t)row->known->line);
		dt_json_close(j);
		dt_json_close(j);
	}
	dt_json_array_close(j);
}

static const char *
state(const struct dt_diff_row *row)
{
	if (words[row->change].state != NULL)
		return words[row->change].state;
	return row->golden > 0 ? "updated" : "new";
}

static void
write_result(struct sarif *w, const struct dt_diff_row *row)
{
	struct dt_str id = rule_id(&w->tmp, &row->sig);
	struct dt_str *rule = bsearch(&id, w->rules, w->nrules, sizeof(id),
	    dt_str_by_bytes);
	struct dt_json *j = w->j;

	if (rule == NULL) {
		w->failed = true;
		return;
	}
	dt_json_open(j);
	dt_json_member(j, "ruleId", id);
	dt_json_member_int(j, "ruleIndex", rule - w->rules);
	member_c(j, "kind", words[row->change].kind);
	member_c(j, "level", words[row->change].level);
	member_c(j, "baselineState", state(row));
	message(w, "message", dt_diff_sentence(&w->tmp, row));
	write_location(w, &row->sig);
	write_fingerprints(j, &row->sig);
	write_suppressions(w, row);
	dt_json_key(j, "properties");
	dt_diff_json_row(j, row);
	dt_json_close(j);
	dt_arena_reset(&w->tmp);
}

static void
write_run(struct sarif *w)
{
	size_t i;

	dt_json_open(w->j);
	write_tool(w);
	write_id(w);
	write_invocation(w);
	key_array(w->j, "results");
	for (i = 0; i < w->d->nrows; i++)
		write_result(w, &w->d->rows[i]);
	dt_json_array_close(w->j);
	key_open(w->j, "properties");
	dt_diff_json_head(w->j, w->d);
	dt_json_close(w->j);
	dt_json_close(w->j);
}

static int
write_log(struct sarif *w, FILE *f)
{
	w->golden = uri(&w->mem, w->d->golden_name);
	w->known = uri(&w->mem, w->d->known_name);
	if (w->golden.s == NULL || w->known.s == NULL || make_rules(w) == -1)
		return -1;
	w->j = dt_json_new(f, true);
	if (w->j == NULL)
		return -1;
	dt_json_open(w->j);
	member_c(w->j, "$schema", SCHEMA);
	member_c(w->j, "version", "2.1.0");
	key_array(w->j, "runs");
	write_run(w);
	dt_json_array_close(w->j);
	dt_json_close(w->j);
	if (dt_json_end(w->j) == -1)
		return -1;
	errno = w->failed ? ENOMEM : errno;
	return w->failed ? -1 : 0;
}

int
dt_diff_write_sarif(const struct dt_diff *d, FILE *f)
{
	struct sarif w = {.d = d};
	int r = write_log(&w, f), e = errno;

	dt_arena_free(&w.mem);
	dt_arena_free(&w.tmp);
	errno = e;
	return r;
}
