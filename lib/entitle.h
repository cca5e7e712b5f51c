/* SPDX-License-Identifier: ISC */
/* Entitlements as they are read, piece by piece, one record a key. */
#ifndef DT_ENTITLE_H
#define DT_ENTITLE_H

#include "record.h"

enum { DT_ENTITLE_DEPTH = 8, DT_ENTITLE_FIELDS = 512 };

/*
 * A dictionary of entitlements that is being read.  Zero-initialised is one
 * that has not begun; source and sink are the caller's to set, path may be.
 */
struct dt_entitle {
	const char *source;		/* the field of that name; NULL: none */
	const struct dt_sink *sink;	/* takes the records */
	struct dt_str path;		/* of the file they are of, or NULL */
	struct dt_record rec;		/* of the key that is open */
	const char *why;		/* of what was refused */
	unsigned depth;
	bool open;			/* a key has come */
	struct {
		bool array;
		unsigned index;
		bool keyed;		/* a key has come, and no value */
		struct dt_str path;	/* of its fields */
		struct dt_str key;
	} at[DT_ENTITLE_DEPTH + 1];
};

/*
 * What comes next: a key, the beginning or end of an array or a dictionary, or
 * a value of a type.  Strings need not last.  The record is given when the
 * value of its key is whole.  -1 with errno, or with `why` set when it can not
 * come here; dt_entitle_cut has to follow then.
 */
int dt_entitle_key(struct dt_entitle *, struct dt_str key);
int dt_entitle_begin(struct dt_entitle *, bool array);
int dt_entitle_end(struct dt_entitle *, bool array);
int dt_entitle_value(struct dt_entitle *, const char *type,
    struct dt_str value);
/*
 * It breaks off: give what is open with the field `cut`, and begin anew.  -1
 * with errno.
 */
int dt_entitle_cut(struct dt_entitle *);
void dt_entitle_free(struct dt_entitle *);

/* Does a string look like an entitlement's key? */
bool dt_entitle_is_key(struct dt_str);

#endif
