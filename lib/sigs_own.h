/* SPDX-License-Identifier: ISC */
/* What a fold is made of; for sigs*.c and match.c only. */
#ifndef DT_SIGS_OWN_H
#define DT_SIGS_OWN_H

#include "sigs.h"

enum {
#define S(key, field, from, none) DT_SIG_STR_##field,
#define I(key, field, from)
#include "sigmembers.def"
#undef S
#undef I
	DT_SIG_STRS
};

/* A signature as it is kept. */
struct dt_sig_row {
	struct dt_sig_row *next;	/* in the order they came */
	const struct dt_str *str[DT_SIG_STRS];	/* of the pool */
	struct dt_int errnum;
	int64_t count;
	uint64_t hash;
	uint64_t *worlds;	/* see dt_sigs_see */
	struct dt_sig_source *sources;
	struct dt_sig_record *records;
};

struct dt_sigs {
	struct dt_arena mem;
	struct dt_pool pool;
	struct dt_sig_row **table;	/* open addressing, a power of two */
	size_t cap, n;
	struct dt_sig_row *first, **end;	/* as they came: near to it */
	struct dt_sig_row **order;	/* sorted; NULL when not current */
	struct dt_pool phases;
	struct dt_sig_input **by_no;	/* by the phase's number in the pool */
	struct dt_sig_input *nameless;	/* of no phase */
	struct dt_sig_input **inputs;
	size_t ninputs;
	struct dt_sig_input *last;
	struct dt_str *worlds;	/* as they came */
	size_t nworlds;
	size_t *world_order;	/* sorted; NULL when not current */
	size_t last_world;
	enum dt_sigs_keep keep;
	struct dt_sig_set rules, selection, merged;
};

/* Sums are exact or an error. */
extern const char dt_sigs_range[];

/* Forget what dt_sigs_sort has made. */
void dt_sigs_touch(struct dt_sigs *);
/* The input of a phase, made if it is not there.  NULL with errno. */
struct dt_sig_input *dt_sigs_phase(struct dt_sigs *, struct dt_str phase);
/* Add to a sum; false if it is out of range. */
bool dt_sigs_sum(int64_t *, int64_t);
/*
 * Count a signature as often as it says, and keep nothing else of it.  *row is
 * where it is then.  -1 with *errstr, or NULL and errno.
 */
int dt_sigs_count_in(struct dt_sigs *, const struct dt_sig *,
    struct dt_sig_row **row, const char **errstr);
/* The number of a world, which is added if it is not there; -1 with errno. */
int dt_sigs_world_no(struct dt_sigs *, struct dt_str world, size_t *no);
/*
 * A row comes from this world; `first` if it comes from no other so far.  A
 * row without a set comes from world number 0.  -1 with errno.
 */
int dt_sigs_see(struct dt_sigs *, struct dt_sig_row *, size_t world,
    bool first);
bool dt_sig_row_has(const struct dt_sig_row *, size_t world);
/* Put a string in a set.  1 if it is new there, 0 if not, -1 with errno. */
int dt_sig_set_put(struct dt_sig_set *, struct dt_str);
void dt_sig_set_free(struct dt_sig_set *);
/* Keep a source, or a record and its source, if that is wanted. */
int dt_sigs_source(struct dt_sigs *, struct dt_sig_row *,
    const struct dt_sig_source *);
int dt_sigs_record(struct dt_sigs *, struct dt_sig_row *,
    const struct dt_sig_record *);
/* Put a row's records in order. */
void dt_sig_row_sort(struct dt_sig_row *);
/* A row as others see it. */
struct dt_sig dt_sig_row_view(const struct dt_sig_row *);

/*
 * Keep a reason and the beginning of the text it is about, as JSON can hold
 * them, if they are among the first in sorted order.  -1 with errno.
 */
int dt_sig_error(struct dt_sigs *, struct dt_sig_input *, struct dt_str why,
    struct dt_str text);
/* Keep an error that was made by dt_sig_error. */
int dt_sig_error_keep(struct dt_sigs *, struct dt_sig_input *, struct dt_str);

#endif
