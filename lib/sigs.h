/* SPDX-License-Identifier: ISC */
/* Deny signatures: normalized records folded into what was refused. */
#ifndef DT_SIGS_H
#define DT_SIGS_H

#include <stdio.h>

#include "record.h"

/* A denial, whatever differs from run to run left out, and how often. */
struct dt_sig {
#define S(key, field, from, none) struct dt_str field;
#define I(key, field, from) struct dt_int field;
#include "sigmembers.def"
#undef S
#undef I
	int64_t count;
	uint64_t hash;
};

enum { DT_PARSE_ERRORS_MAX = 100 };

/* What was folded of one phase: sums, so that documents can be merged. */
struct dt_sig_input {
	struct dt_str phase;
	int64_t traces;		/* captures begun */
	int64_t ends;		/* captures that ended as they should */
	int64_t ended_events;	/* events that those say there were */
	int64_t event_count;	/* events seen, or known to be left out */
	int64_t deny_count;
	int64_t dropped;	/* by the tracer, as it went */
	int64_t ended_dropped;	/* as the ends say */
	int64_t unparsed_count;	/* lines of the text that were no records */
	int64_t parse_error_count;	/* lines that were no JSON records */
	int64_t blocked_count;	/* diagnostics that say error */
	struct dt_str errors[DT_PARSE_ERRORS_MAX];	/* sorted, the first */
	size_t nerrors;
};

/* Why an input is not complete; a bit for each name dt_sig_reason gives. */
enum dt_sig_reason {
	DT_NO_END,
	DT_DROPPED,
	DT_MISSING_EVENTS,
	DT_FORMAT_HAS_NO_END,
	DT_PARSE_ERRORS,
	DT_BLOCKED,
	DT_REASONS
};

struct dt_sigs;

/* The keys of the members it looks at, ended by NULL. */
extern const char *const dt_sigs_keys[];

/* NULL with errno. */
struct dt_sigs *dt_sigs_new(void);
void dt_sigs_free(struct dt_sigs *);

/*
 * Fold a normalized record in.  Returns 0, or -1 with *errstr: the record is
 * not normalized; or with *errstr NULL and errno.
 */
int dt_sigs_add(struct dt_sigs *, const struct dt_record *,
    const char **errstr);
/* Fold in a line that is no record, and why.  -1 with errno. */
int dt_sigs_add_bad(struct dt_sigs *, struct dt_str line, const char *why);
/*
 * Two different worlds that were folded into one; false if there were not.
 * Records of no known world contradict nobody.
 */
bool dt_sigs_mixed(const struct dt_sigs *, struct dt_str worlds[2]);

/*
 * Sort, after which signatures, inputs and rules are in the document's order
 * until the next add.  -1 with errno when there is no memory.
 */
int dt_sigs_sort(struct dt_sigs *);
size_t dt_sigs_count(const struct dt_sigs *);
const struct dt_sig *dt_sigs_at(const struct dt_sigs *, size_t);
size_t dt_sigs_inputs(const struct dt_sigs *);
const struct dt_sig_input *dt_sigs_input(const struct dt_sigs *, size_t);
struct dt_str dt_sigs_world(const struct dt_sigs *);
const struct dt_strv *dt_sigs_rules(const struct dt_sigs *);

/*
 * Keep a reason and the beginning of the text it is about, as JSON can hold
 * them, if they are among the first in sorted order.  -1 with errno.
 */
int dt_sig_error(struct dt_arena *, struct dt_sig_input *, struct dt_str why,
    struct dt_str text);
/* The reasons as bits (1 << reason); 0 when the input is complete. */
unsigned dt_sig_incomplete(const struct dt_sig_input *);
const char *dt_sig_reason_name(enum dt_sig_reason);
/* Is every input complete, and is there any? */
bool dt_sigs_complete(const struct dt_sigs *);

/* Write the sorted signatures as a document.  -1 with errno. */
int dt_sigs_write_json(const struct dt_sigs *, FILE *);
/* Write them as a table for people, in colour or not.  -1 with errno. */
int dt_sigs_write_table(const struct dt_sigs *, FILE *, bool colour);

#endif
