/* SPDX-License-Identifier: ISC */
/* One call of mac_policy_register(9) of XNU, as a record states it. */
#ifndef DT_MACREG_H
#define DT_MACREG_H

#include "record.h"

enum {
	DT_MAC_SLOTS = 12,	/* words of the struct that are printed */
	DT_MAC_OPS = 512,	/* most entries of its table of hooks */
	DT_MAC_STRING = 64,	/* bytes of a string that are read, with a NUL */
};

/*
 * The words of struct mac_policy_conf, which has ten of 64 bits; what stands
 * behind it is kept as well.  From security/mac_policy.h of XNU 10063.
 */
enum dt_mac_slot {
	DT_MAC_NAME,
	DT_MAC_FULLNAME,
	DT_MAC_LABELNAMES,
	DT_MAC_LABELNAME_COUNT,	/* 32 bits, and padding */
	DT_MAC_OPS_PTR,
	DT_MAC_LOADTIME_FLAGS,	/* 32 bits, and padding */
	DT_MAC_FIELD_OFF,
	DT_MAC_RUNTIME_FLAGS,	/* 32 bits, and padding */
	DT_MAC_LIST,
	DT_MAC_DATA,
};

/* A word as the trace has it; text is NULL where there is none. */
struct dt_mac_word {
	struct dt_str text;
	uint64_t v;
	bool ok;		/* the text is a number, and v is it */
};

struct dt_macreg {
	bool is_return;		/* of the call's end, which tells ret alone */
	struct dt_str target_symbol, provider, module;
	struct dt_str caller_symbol, policy_name, policy_fullname, note;
	struct dt_mac_word mpc, handlep, xd, caller;
	struct dt_mac_word mpc_ops;	/* or the slot's, where it is not said */
	struct dt_mac_word slot[DT_MAC_SLOTS];
	struct dt_mac_word op[DT_MAC_OPS];
	size_t nops;		/* one more than the last that is there */
	struct dt_str op_symbol[DT_MAC_OPS];
};

/*
 * Read a record of kind MAC_POLICY_REGISTER, of today's probe or the older one
 * with its lists; strings are the record's.
 */
void dt_macreg_read(const struct dt_record *, struct dt_macreg *);
/* Is a field of such a record one that dt_macreg_read knows? */
bool dt_macreg_knows(struct dt_str key);

#endif
