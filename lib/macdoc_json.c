/* SPDX-License-Identifier: ISC */
/* The document of mac_policy registrations: the whole, and its host. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "macdoc_own.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/*
 * The bits of an address of an arm64e kernel that may hold a signature: all
 * above its 47, but for the one that says which half it is of.
 */
#define PAC_ARM64E UINT64_C(0xff7f800000000000)

/* What the names of macpolicyops.def are good for. */
#define HOOK_NAMES "struct mac_policy_ops of XNU 10063, macOS 14.4 to 14.6; " \
    "valid for no other"

/* Facts of the host: the member, and the key in a TRACE or given by hand. */
static const struct {
	const char *member, *key;
} facts[] = {
	{"os_build", "build"},
	{"os_version", "version"},
	{"kernel_release", "release"},
	{"kernel_version", "kernel_version"},
	{"machine", "machine"},
	{"boot_mode", "boot_mode"},
	{"kc_hash", "kc_hash"},
	{"sandbox_kext_hash", "sandbox_kext_hash"},
	{"kaslr_slide", "kaslr_slide"},
	{NULL, "sip"},		/* is one of the protections */
};

bool
dt_macdoc_is_fact(struct dt_str key)
{
	size_t i;

	for (i = 0; i < NELEM(facts); i++)
		if (dt_str_is(key, facts[i].key))
			return true;
	return false;
}

/* What was given by hand may not be other than what a capture says. */
static bool
contradicts(struct dt_macdoc *doc, const struct dt_macdoc_opts *opts)
{
	const struct dt_kv *kv;
	struct dt_str val;
	size_t i;

	for (i = 0; opts->facts != NULL && i < opts->facts->n; i++) {
		kv = &opts->facts->v[i];
		val = dt_kvv_find(&doc->facts.host, kv->key);
		if (val.s == NULL || dt_str_eq(val, kv->val))
			continue;
		dt_fault_set(&doc->why, 0, "the capture's %.*s is '%.*s', "
		    "not '%.*s'", DT_FAULT_STR(kv->key), DT_FAULT_STR(val),
		    DT_FAULT_STR(kv->val));
		return true;
	}
	return false;
}

static struct dt_str
world(const struct dt_sigs *sigs)
{
	return dt_sigs_worlds(sigs) == 1 ? dt_sigs_world(sigs, 0) :
	    (struct dt_str){0};
}

/* What the captures say, or who runs this, or what is known of the world. */
static struct dt_str
fact(const struct dt_macdoc *doc, const struct dt_macdoc_opts *opts,
    const char *key)
{
	struct dt_str val = dt_kvv_get(&doc->facts.host, key);

	if (val.s == NULL && opts->facts != NULL)
		val = dt_kvv_get(opts->facts, key);
	if (val.s == NULL && opts->worlds != NULL)
		val = dt_world_says(opts->worlds, world(doc->sigs),
		    dt_str_is(dt_str_c(key), "kernel_version") ?
		    DT_STR("kernel") : dt_str_c(key));
	return val;
}

static void
number(struct dt_json *j, const char *key, struct dt_int num)
{
	dt_json_key(j, key);
	if (num.set)
		dt_json_int(j, num.v);
	else
		dt_json_null(j);
}

/* How long the probes were on, which is less than from TRACE to END. */
static struct dt_int
attached(const struct dt_macdoc_capture *cap)
{
	struct dt_int ns = {0};

	ns.set = dt_num_parse(dt_kvv_get(&cap->end.fields, "attached_ns"),
	    &ns.v) == 0 && ns.v >= 0;
	return ns.set ? ns : (struct dt_int){0};
}

/* What was on, and with what: not every capture need be of one script. */
static void
config(struct dt_json *j, const struct dt_record *trace)
{
	static const char *const target[] = {"target_provider",
	    "target_module", "target_func"};
	size_t i;

	dt_json_member(j, "tracer", trace->tracer);
	dt_json_member(j, "tracer_version", trace->tracer_version);
	dt_json_member(j, "tool", trace->tool);
	dt_json_member(j, "script", trace->script);
	dt_json_member(j, "script_sha256", trace->script_sha256);
	for (i = 0; i < NELEM(target); i++)
		dt_json_member(j, target[i],
		    dt_kvv_get(&trace->fields, target[i]));
}

static void
capture(struct dt_json *j, const struct dt_macdoc_capture *cap)
{
	const struct dt_record *trace = &cap->trace, *end = &cap->end;

	dt_json_open(j);
	dt_json_member(j, "run", trace->run);
	dt_json_member(j, "phase", trace->phase);
	config(j, trace);
	dt_json_member_bool(j, "ended", cap->ended);
	number(j, "attached_ns", attached(cap));
	dt_json_member(j, "status", end->status);
	dt_json_member(j, "outcome", dt_kvv_get(&end->fields, "outcome"));
	number(j, "events", end->events);
	number(j, "dropped", end->dropped);
	dt_json_key(j, "complete");
	if (end->complete.set)
		dt_json_bool(j, end->complete.v);
	else
		dt_json_null(j);
	dt_json_close(j);
}

/* Why nothing came may be here. */
static void
notes(struct dt_json *j, const struct dt_macdoc *doc)
{
	const struct dt_macdoc_note *note;
	size_t i;

	dt_json_key(j, "diagnostics");
	dt_json_array(j);
	for (i = 0; i < doc->nnotes; i++) {
		note = &doc->notes[i];
		dt_json_open(j);
		dt_json_member(j, "run", note->run);
		dt_json_member(j, "level", note->level);
		dt_json_member(j, "code", note->code);
		dt_json_member(j, "text", note->text);
		dt_json_close(j);
	}
	dt_json_array_close(j);
}

static void
tracing(struct dt_json *j, const struct dt_macdoc *doc)
{
	size_t i;

	dt_json_key(j, "tracing_config");
	dt_json_open(j);
	dt_json_key(j, "captures");
	dt_json_array(j);
	for (i = 0; i < doc->ncaptures; i++)
		capture(j, &doc->captures[i]);
	dt_json_array_close(j);
	notes(j, doc);
	dt_json_close(j);
}

static void
host(struct dt_json *j, const struct dt_macdoc *doc,
    const struct dt_macdoc_opts *opts)
{
	size_t i;

	dt_json_key(j, "host");
	dt_json_open(j);
	for (i = 0; i < NELEM(facts); i++)
		if (facts[i].member != NULL)
			dt_json_member(j, facts[i].member,
			    fact(doc, opts, facts[i].key));
	dt_json_key(j, "protections");
	dt_json_open(j);
	dt_json_member(j, "sip", fact(doc, opts, "sip"));
	dt_json_close(j);
	tracing(j, doc);
	dt_json_close(j);
}

static void
reference(struct dt_json *j, const char *key, struct dt_str digest, size_t n)
{
	dt_json_key(j, key);
	if (digest.s == NULL) {
		dt_json_null(j);
		return;
	}
	dt_json_open(j);
	dt_json_member(j, "sha256", digest);
	dt_json_member_int(j, "entries", (int64_t)n);
	dt_json_close(j);
}

static void
references(struct dt_json *j, const struct dt_macdoc_opts *opts)
{
	dt_json_key(j, "static_reference");
	dt_json_open(j);
	reference(j, "op_table", opts->optable_sha256, opts->optable != NULL ?
	    dt_optable_count(opts->optable) : 0);
	reference(j, "vocabulary", opts->vocabulary_sha256,
	    opts->vocabulary_entries);
	dt_json_member(j, "hook_names", DT_STR(HOOK_NAMES));
	dt_json_member(j, "op_table_xnu", opts->optable != NULL ?
	    dt_optable_xnu(opts->optable) : (struct dt_str){0});
	dt_json_member(j, "op_table_source", opts->optable != NULL ?
	    dt_optable_source(opts->optable) : (struct dt_str){0});
	dt_json_close(j);
}

static void
incomplete(struct dt_json *j, const struct dt_sigs *sigs)
{
	unsigned why = 0, i;
	size_t n;

	for (n = 0; n < dt_sigs_inputs(sigs); n++)
		why |= dt_sig_incomplete(dt_sigs_input(sigs, n));
	dt_json_member_bool(j, "complete", dt_sigs_complete(sigs));
	dt_json_key(j, "incomplete");
	dt_json_array(j);
	for (i = 0; i < DT_REASONS; i++)
		if ((why & 1u << i) != 0)
			dt_json_str(j, dt_str_c(dt_sig_reason_name(i)));
	dt_json_array_close(j);
}

/* Whose addresses are signed, if nobody says so. */
static uint64_t
pac_mask(const struct dt_macdoc *doc, const struct dt_macdoc_opts *opts)
{
	struct dt_str machine = fact(doc, opts, "machine");

	if (opts->pac_given)
		return opts->pac_mask;
	return dt_os_bysysname(dt_kvv_get(&doc->facts.host, "sysname")) ==
	    DT_OS_DARWIN && dt_str_starts(machine, "arm64") ? PAC_ARM64E : 0;
}

/* Releases of Darwin that have XNU 10063. */
static const char *const xnu_10063[] = {"23.4.", "23.5.", "23.6."};

/* Are the hooks' names good for this kernel?  Of one not known they may be. */
static bool
has_names(const struct dt_macdoc *doc, const struct dt_macdoc_opts *opts)
{
	struct dt_str sysname = dt_kvv_get(&doc->facts.host, "sysname");
	struct dt_str release = fact(doc, opts, "release");
	size_t i;

	if (sysname.s != NULL && dt_os_bysysname(sysname) != DT_OS_DARWIN)
		return false;
	for (i = 0; i < NELEM(xnu_10063); i++)
		if (dt_str_starts(release, xnu_10063[i]))
			return true;
	return release.s == NULL;
}

int
dt_macdoc_write(struct dt_macdoc *doc, FILE *f,
    const struct dt_macdoc_opts *opts, const char **errstr)
{
	struct dt_macdoc_view view = {.opts = opts};
	struct dt_json *j;
	char mask[24];
	size_t i;

	*errstr = contradicts(doc, opts) ? doc->why.text : NULL;
	if (*errstr != NULL || dt_sigs_sort(doc->sigs) == -1)
		return -1;
	j = dt_json_new(f, true);
	if (j == NULL)
		return -1;
	/* Which world it is, is known now. */
	view.pac_mask = pac_mask(doc, opts);
	view.names = has_names(doc, opts);
	dt_json_open(j);
	dt_json_member(j, "schema", DT_STR("dt-mac-policy/1"));
	dt_json_member(j, "world_id", world(doc->sigs));
	incomplete(j, doc->sigs);
	host(j, doc, opts);
	references(j, opts);
	snprintf(mask, sizeof(mask), "0x%" PRIx64, view.pac_mask);
	dt_json_member(j, "pac_mask", dt_str_c(mask));
	dt_json_key(j, "events");
	dt_json_array(j);
	for (i = 0; i < doc->nevents; i++)
		dt_macdoc_write_event(j, &view, &doc->events[i]);
	dt_json_array_close(j);
	dt_json_close(j);
	return dt_json_end(j);
}
