/* SPDX-License-Identifier: ISC */
/* A reader of signature documents; for sigs_read.c and sigs_check.c only. */
#ifndef DT_SIGS_READ_H
#define DT_SIGS_READ_H

#include "json_copy.h"
#include "jsonl.h"
#include "sigs_doc.h"
#include "sigs_own.h"

/* Where in a document a value stands. */
#define DT_DOC_PLACES(P) \
	P(NONE,		"the file") \
	P(DOC,		"a signature document") \
	P(WORLDS,	"'worlds'") \
	P(SELECTION,	"'selection'") \
	P(MERGED,	"'merged'") \
	P(INPUTS,	"'inputs'") \
	P(INPUT,	"an input") \
	P(TRACERS,	"'tracers'") \
	P(REASONS,	"'incomplete'") \
	P(SIGS,		"'deny_signatures'") \
	P(SIG,		"a signature") \
	P(SIG_WORLDS,	"'worlds'") \
	P(SOURCES,	"'sources'") \
	P(SOURCE,	"a source") \
	P(RECORDS,	"'records'") \
	P(SHAPE,	"'path_shape'") \
	P(RULES,	"'rules'") \
	P(ERRORS,	"'parse_errors'") \
	P(ERROR,	"the errors of a phase")

enum place {
#define P(place, name) P_##place,
	DT_DOC_PLACES(P)
#undef P
	P_PLACES
};

/* Their names for messages. */
extern const char *const dt_doc_places[P_PLACES];

struct dt_doc_level {
	enum place place;
	uint64_t seen;		/* rows, by a bit each */
};

enum { DT_DOC_DEPTH = 8 };	/* more places are never open at once */

/* What the document says of an input that follows from its sums. */
struct dt_doc_claim {
	struct dt_sig_input *in;
	bool made;		/* `inputs` has it */
	bool errors;		/* `parse_errors` has it */
	bool complete;
	unsigned reasons;
	int64_t counted;	/* of its signatures */
};

struct dt_doc_reader {
	yajl_handle h;
	enum dt_sigs_keep keep;
	struct dt_doc_sink sink;
	size_t ndocs;
	uint64_t lines;
	size_t quiet;		/* bytes since the last value */
	bool ending, ended;	/* at the end of the file, and found so */
	int err;
	char why[256];

	struct dt_doc_level at[DT_DOC_DEPTH];
	unsigned depth;
	const struct row *row;	/* of the next value */
	yajl_gen copy;		/* where a record goes, while in one */
	unsigned copy_depth;
	struct dt_jsonl_reader *record_reader;

	/* Of the document: */
	struct dt_arena mem;
	struct dt_sigs *ss;
	struct dt_str schema, world;
	bool complete;
	size_t nworlds;		/* listed in `worlds` */
	size_t nwith_worlds;	/* signatures that list theirs */
	struct dt_doc_claim *claims;	/* by the input's number */
	size_t nclaims;
	struct dt_sig_input *error_in;	/* whose errors are read */

	/* Of the input, signature or source that is open: */
	struct dt_arena obj;
	struct dt_sig_input input;
	struct dt_str run_balance;
	bool input_complete;
	unsigned reasons;
	struct dt_sig sig;
	size_t *sig_worlds;
	size_t nsig_worlds;
	struct dt_sig_source source;
	struct dt_sig_source *sources;
	struct dt_sig_record *records;
};

/* Why the document is none, as for printf; and an errno.  Both return 0. */
int dt_doc_refuse(struct dt_doc_reader *, const char *fmt, ...)
    __attribute__((__format__(__printf__, 2, 3)));
int dt_doc_failed(struct dt_doc_reader *);

/*
 * What sigs_check.c does with what is read.  Each returns 1, or 0 for a
 * document that is refused.
 */
int dt_doc_open(struct dt_doc_reader *, enum place);
int dt_doc_close(struct dt_doc_reader *, enum place);
/* A string, NULL for null, that is an element of an array. */
int dt_doc_element(struct dt_doc_reader *, enum place, struct dt_str);
/* A string member of the document itself is there. */
int dt_doc_head(struct dt_doc_reader *);
int dt_doc_error_phase(struct dt_doc_reader *, struct dt_str phase);
int dt_doc_record(struct dt_doc_reader *, struct dt_str text);

#endif
