/* SPDX-License-Identifier: ISC */
/* One line of a trace, whatever wrote it: the struct every room shares. */
#ifndef DT_RECORD_H
#define DT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "str.h"

enum dt_kind {
	DT_KIND_UNKNOWN,	/* a kind of a later version; kept as it is */
#define K(tag, name, word, class, evidence, refusal) DT_KIND_##tag,
#include "kinds.def"
#undef K
	DT_KIND_MAX
};

enum dt_class { DT_CLASS_STREAM, DT_CLASS_EVENT, DT_CLASS_NOTE };

enum dt_evidence {
	DT_EVIDENCE_NONE,
	DT_EVIDENCE_KERNEL_DECISION,
	DT_EVIDENCE_SYSCALL_ERRNO,
	DT_EVIDENCE_API_RETURN,
	DT_EVIDENCE_PROBE_LAYER,
	DT_EVIDENCE_STRING_SCAN,
};

/* What makes a record a denial. */
enum dt_refusal {
	DT_REFUSAL_ERRNO,	/* its errno, or that it names who refused */
	DT_REFUSAL_LAYER,	/* that it names who refused */
	DT_REFUSAL_NEVER,
};

struct dt_int {
	int64_t v;
	bool set;
};

#define DT_INT(n) ((struct dt_int){(n), true})

struct dt_bool {
	bool v;
	bool set;
};

#define DT_BOOL(b) ((struct dt_bool){(b), true})

struct dt_strv {
	struct dt_str *v;
	size_t n;
};

struct dt_kv {
	struct dt_str key;
	struct dt_str val;
};

struct dt_kvv {
	struct dt_kv *v;
	size_t n;
};

/*
 * Every member of members.def under its field's name; docs/records.md says
 * what each means.  Zero-initialised is a record with nothing set.  Strings
 * are slices: of the line a reader holds, of `mem`, or of constants; they last
 * until the reader's next call or the record's reset, whichever is first.
 */
struct dt_record {
	enum dt_kind kind;
	struct dt_str kind_name;	/* as read; NULL for one of ours */
#define FIELD_STR	struct dt_str
#define FIELD_INT	struct dt_int
#define FIELD_HEX	struct dt_int
#define FIELD_BOOL	struct dt_bool
#define FIELD_STRV	struct dt_strv
#define FIELD_KVV	struct dt_kvv
#define M(group, key, field, type) FIELD_##type field;
#include "members.def"
#undef M
#undef FIELD_STR
#undef FIELD_INT
#undef FIELD_HEX
#undef FIELD_BOOL
#undef FIELD_STRV
#undef FIELD_KVV
	struct dt_arena mem;
};

enum dt_group { DT_TOP, DT_TARGET, DT_NORM };
enum dt_type { DT_T_STR, DT_T_INT, DT_T_HEX, DT_T_BOOL, DT_T_STRV, DT_T_KVV };

/* A row of members.def. */
struct dt_member {
	const char *key;
	size_t keylen;
	size_t offset;		/* of the field in struct dt_record */
	enum dt_group group;
	enum dt_type type;
};

extern const struct dt_member dt_members[];
extern const size_t dt_nmembers;

/* Written as null: applies to the record, but is not known. */
extern const struct dt_str dt_null;

static inline bool
dt_is_null(struct dt_str str)
{
	return str.s == dt_null.s;
}

/* The field of a member in a record, to be cast by the member's type. */
static inline void *
dt_field(struct dt_record *rec, const struct dt_member *m)
{
	return (char *)rec + m->offset;
}

static inline const void *
dt_field_const(const struct dt_record *rec, const struct dt_member *m)
{
	return (const char *)rec + m->offset;
}

/* Where a consumer of records stands: returns 0, or -1 to stop with errno. */
struct dt_sink {
	int (*emit)(void *ctx, struct dt_record *);
	void *ctx;
};

static inline int
dt_emit(const struct dt_sink *sink, struct dt_record *rec)
{
	return sink->emit(sink->ctx, rec);
}

/* Unset everything, keeping the memory for the next record. */
void dt_record_reset(struct dt_record *);
/* Free the record's memory and unset everything. */
void dt_record_free(struct dt_record *);

/* Append to an array; the string itself is not copied.  -1 with errno. */
int dt_record_push(struct dt_record *, struct dt_strv *, struct dt_str);
/* Append a pair to an object; the strings are not copied.  -1 with errno. */
int dt_record_put(struct dt_record *, struct dt_kvv *, struct dt_str key,
    struct dt_str val);
/*
 * The same for a key that may be there already: it is KEY.2 then, or KEY.3 and
 * so on.  The key is copied.
 */
int dt_record_put_more(struct dt_record *, struct dt_kvv *, struct dt_str key,
    struct dt_str val);
/*
 * Copy its strings into its own memory, so that it outlives what they are
 * slices of.  -1 with errno.
 */
int dt_record_own(struct dt_record *);
/*
 * Make a record, whatever it was, a copy that shares nothing.  -1 with errno,
 * and it is empty.
 */
int dt_record_copy(struct dt_record *, const struct dt_record *);
/* The value of a key, or a NULL string. */
struct dt_str dt_kvv_find(const struct dt_kvv *, struct dt_str key);
/* The same by a constant. */
static inline struct dt_str
dt_kvv_get(const struct dt_kvv *vec, const char *key)
{
	return dt_kvv_find(vec, dt_str_c(key));
}

/* Can this be the name of a kind, of ours or of a later version? */
bool dt_kind_is_word(struct dt_str);
/* Name a kind as JSON does. */
const char *dt_kind_name(enum dt_kind);
/* Find a kind by its JSON name; DT_KIND_UNKNOWN if it is not one of ours. */
enum dt_kind dt_kind_byname(struct dt_str);
/* The first word of a kind's line in dt text. */
const char *dt_kind_word(enum dt_kind);
/* The kind a first word stands for, SYSCALL for EVENT; UNKNOWN if none. */
enum dt_kind dt_kind_byword(struct dt_str);
/* How a signature fold counts a kind. */
enum dt_class dt_kind_class(enum dt_kind);
enum dt_evidence dt_kind_evidence(enum dt_kind);
enum dt_refusal dt_kind_refusal(enum dt_kind);
/*
 * How many events a record stands for: an event for as many as its count says,
 * and for one if there is none above that; what is no event for none.
 */
int64_t dt_record_events(const struct dt_record *);
/* Name an evidence as JSON does; NULL for NONE. */
const char *dt_evidence_name(enum dt_evidence);
/* Is this key one of hostfacts.def? */
bool dt_hostfact_is(struct dt_str key);

/*
 * A whole string as a number: decimal, or hexadecimal after 0x, with an
 * optional minus.  Hexadecimal may use all 64 bits.  Returns 0, or -1 when it
 * is not a number or does not fit.
 */
int dt_num_parse(struct dt_str, int64_t *);
/* The same without a minus, of up to 64 bits: addresses. */
int dt_num_unsigned(struct dt_str, uint64_t *);

#endif
