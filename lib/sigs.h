/* SPDX-License-Identifier: ISC */
/* Deny signatures: normalized records folded into what was refused. */
#ifndef DT_SIGS_H
#define DT_SIGS_H

#include "pool.h"
#include "record.h"

/*
 * Which tracer has shown a denial, and where first: of the least run by its
 * bytes, the least number in it, and what is unknown after what is known.
 */
struct dt_sig_source {
	struct dt_str tracer, run;	/* NULL where the record has none */
	struct dt_int seq;
	struct dt_sig_source *next;	/* sorted by tracer, none first */
};

/* A record that was folded into a signature. */
struct dt_sig_record {
	struct dt_str run;
	struct dt_int seq;
	struct dt_str text;	/* a JSON object on one line */
	struct dt_sig_record *next;	/* sorted by run, number and text */
};

/* A denial, whatever differs from run to run left out, and how often. */
struct dt_sig {
#define S(key, field, from, none) struct dt_str field;
#define I(key, field, from) struct dt_int field;
#include "sigmembers.def"
#undef S
#undef I
	int64_t count;
	/* Only where they are kept; NULL if there are none. */
	const struct dt_sig_source *sources;
	const struct dt_sig_record *records;
};

enum { DT_PARSE_ERRORS_MAX = 100 };

/* Strings, each once; sorted by dt_sigs_sort. */
struct dt_sig_set {
	struct dt_pool pool;
	struct dt_strv list;
};

/* The sums of an input, by which documents are merged. */
#define DT_SIG_SUMS(SUM) \
	SUM(traces)		/* captures begun */ \
	SUM(ends)		/* captures that ended as they should */ \
	SUM(ended_events)	/* events that those say there were */ \
	SUM(event_count)	/* events seen, or known to be left out */ \
	SUM(deny_count) \
	SUM(dropped)		/* by the tracer, as it went */ \
	SUM(ended_dropped)	/* as the ends say */ \
	SUM(unparsed_count)	/* lines of the text that were no records */ \
	SUM(parse_error_count)	/* lines that were no JSON records */ \
	SUM(blocked_count)	/* diagnostics that say error */ \
	SUM(unselected_count)	/* events left out, refused or not */

/* What was folded of one phase. */
struct dt_sig_input {
	struct dt_str phase;
	size_t no;		/* from 0, as they came */
#define SUM(name) int64_t name;
	DT_SIG_SUMS(SUM)
#undef SUM
	/*
	 * What each capture has, less what its END says, times a hash of its
	 * run, modulo 2^64: 0 when every capture is whole by itself.
	 */
	uint64_t run_balance;
	struct dt_sig_set tracers;	/* that records name */
	struct dt_str errors[DT_PARSE_ERRORS_MAX];	/* sorted, the first */
	size_t nerrors;
};

/* Why an input is not complete; dt_sig_reason_name names them. */
enum dt_sig_reason {
	DT_NO_END,
	DT_DROPPED,
	DT_MISSING_EVENTS,
	DT_FORMAT_HAS_NO_END,
	DT_PARSE_ERRORS,
	DT_BLOCKED,
	DT_NOT_SELECTED,
	DT_UNBALANCED,
	DT_REASONS
};

struct dt_sigs;

/* What is kept of the records besides the sums. */
enum dt_sigs_keep {
	DT_KEEP_NOTHING,
	DT_KEEP_SOURCES,
	DT_KEEP_RECORDS,	/* sources and the records themselves */
};

/* The keys of the members it looks at, ended by NULL. */
extern const char *const dt_sigs_keys[];

/* NULL with errno. */
struct dt_sigs *dt_sigs_new(enum dt_sigs_keep);
void dt_sigs_free(struct dt_sigs *);

/*
 * Fold a normalized record in, which was read from the line given.  Returns 0,
 * 1 with *errstr when the record is refused because it is not normalized, or
 * -1 when the fold is of no more use: with *errstr because a sum is out of
 * range, or with *errstr NULL and errno.
 */
int dt_sigs_add(struct dt_sigs *, const struct dt_record *,
    struct dt_str line, const char **errstr);
/* Fold in a line that is no record, and why.  -1 with errno. */
int dt_sigs_add_bad(struct dt_sigs *, struct dt_str line, const char *why);
/*
 * Fold in what was folded elsewhere, all but the list of what was merged into
 * it; it may be freed after.  -1 as for dt_sigs_add, also because the two were
 * selected in different ways.
 */
int dt_sigs_merge(struct dt_sigs *, const struct dt_sigs *,
    const char **errstr);

/* Add to the list of what was merged, -1 with errno; or clear it. */
int dt_sigs_add_merged(struct dt_sigs *, struct dt_str digest);
void dt_sigs_clear_merged(struct dt_sigs *);

/*
 * Sort, after which signatures, inputs and lists are in the document's order
 * until the next change.  -1 with errno when there is no memory.
 */
int dt_sigs_sort(struct dt_sigs *);
size_t dt_sigs_count(const struct dt_sigs *);
/* The strings last as long as the fold. */
struct dt_sig dt_sigs_at(const struct dt_sigs *, size_t);
/* The signature that is the same but for its count; false if there is none. */
bool dt_sigs_find(const struct dt_sigs *, const struct dt_sig *key,
    struct dt_sig *found);
size_t dt_sigs_inputs(const struct dt_sigs *);
const struct dt_sig_input *dt_sigs_input(const struct dt_sigs *, size_t);
/* What the document lists, sorted: */
const struct dt_strv *dt_sigs_rules(const struct dt_sigs *);
const struct dt_strv *dt_sigs_selection(const struct dt_sigs *);
const struct dt_strv *dt_sigs_merged(const struct dt_sigs *);

/*
 * The worlds of all captures and events; a NULL string among them, which is
 * the first, means that of some the world is not known.
 */
size_t dt_sigs_worlds(const struct dt_sigs *);
struct dt_str dt_sigs_world(const struct dt_sigs *, size_t);
/* Does signature i come from world w, both numbered as after sorting? */
bool dt_sigs_has(const struct dt_sigs *, size_t i, size_t w);
/* Were the signatures of both selected alike?  Nothing is like anything. */
bool dt_sigs_alike(const struct dt_sigs *, const struct dt_sigs *);
/* Two different known worlds in the fold; false if there are not. */
bool dt_sigs_mixed(const struct dt_sigs *, struct dt_str worlds[2]);

/* The reasons as bits (1 << reason); 0 when the input is complete. */
unsigned dt_sig_incomplete(const struct dt_sig_input *);
const char *dt_sig_reason_name(enum dt_sig_reason);
/* Is every input complete, and is there any? */
bool dt_sigs_complete(const struct dt_sigs *);

#endif
