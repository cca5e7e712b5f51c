/* SPDX-License-Identifier: ISC */
/* One call of mac_policy_register(9) of XNU, as a record states it. */
#include <stddef.h>
#include <string.h>

#include "macreg.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* Fields that are one string or one word. */
static const struct {
	const char *key;
	size_t offset;
	bool is_word;
} plain[] = {
#define STR(key, field) {key, offsetof(struct dt_macreg, field), false}
#define WORD(key, field) {key, offsetof(struct dt_macreg, field), true}
	WORD("caller", caller),
	STR("caller_symbol", caller_symbol),
	WORD("handlep", handlep),
	STR("module", module),
	WORD("mpc", mpc),
	WORD("mpc_ops", mpc_ops),
	STR("note", note),
	STR("policy_fullname", policy_fullname),
	STR("policy_name", policy_name),
	STR("provider", provider),
	STR("target_symbol", target_symbol),
	WORD("xd", xd),
#undef STR
#undef WORD
};

/* Fields with a number behind their name, and lists of all of them. */
static const struct {
	const char *key;	/* of one */
	const char *list;	/* of the older probe's list, or NULL */
	size_t offset, max;
	bool is_word;
} rows[] = {
	{"o", "ops_sample", offsetof(struct dt_macreg, op), DT_MAC_OPS, true},
	{"q", "slots", offsetof(struct dt_macreg, slot), DT_MAC_SLOTS, true},
	{"s", NULL, offsetof(struct dt_macreg, op_symbol), DT_MAC_OPS, false},
};

static struct dt_mac_word
word(struct dt_str text)
{
	struct dt_mac_word w = {.text = text};

	w.ok = dt_num_unsigned(text, &w.v) == 0;
	if (!w.ok)
		w.v = 0;
	return w;
}

static void
put(struct dt_macreg *reg, size_t offset, bool is_word, size_t i,
    struct dt_str val)
{
	char *base = (char *)reg + offset;

	if (is_word)
		((struct dt_mac_word *)base)[i] = word(val);
	else
		((struct dt_str *)base)[i] = val;
}

static bool
put_plain(struct dt_macreg *reg, struct dt_str key, struct dt_str val)
{
	size_t i;

	for (i = 0; i < NELEM(plain); i++)
		if (dt_str_is(key, plain[i].key)) {
			put(reg, plain[i].offset, plain[i].is_word, 0, val);
			return true;
		}
	return false;
}

/* The words of a list, separated by commas. */
static void
put_list(struct dt_macreg *reg, size_t row, struct dt_str list)
{
	struct dt_str one;
	const char *comma;
	size_t i;

	for (i = 0; i < rows[row].max && list.n > 0; i++) {
		comma = memchr(list.s, ',', list.n);
		one = (struct dt_str){list.s, comma != NULL ?
		    (size_t)(comma - list.s) : list.n};
		list = dt_str_after(list, one.n + (comma != NULL));
		if (one.n > 0)
			put(reg, rows[row].offset, rows[row].is_word, i, one);
	}
}

/* A number as the probe prints it: two ways to write it would be one field. */
static bool
index_of(struct dt_str digits, int64_t *no)
{
	return dt_scan_digits(digits) &&
	    (digits.s[0] != '0' || digits.n == 1) &&
	    dt_num_parse(digits, no) == 0;
}

/* The row a key is of, with the number behind it; rows if of none. */
static size_t
row_of(struct dt_str key, int64_t *no)
{
	struct dt_str digits;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		if (!dt_str_starts(key, rows[i].key))
			continue;
		digits = dt_str_after(key, strlen(rows[i].key));
		if (index_of(digits, no) && *no < (int64_t)rows[i].max)
			break;
	}
	return i;
}

static void
put_row(struct dt_macreg *reg, struct dt_str key, struct dt_str val)
{
	int64_t no;
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].list != NULL && dt_str_is(key, rows[i].list)) {
			put_list(reg, i, val);
			return;
		}
	i = row_of(key, &no);
	if (i < NELEM(rows))
		put(reg, rows[i].offset, rows[i].is_word, (size_t)no, val);
}

bool
dt_macreg_knows(struct dt_str key)
{
	int64_t no;
	size_t i;

	for (i = 0; i < NELEM(plain); i++)
		if (dt_str_is(key, plain[i].key))
			return true;
	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].list != NULL && dt_str_is(key, rows[i].list))
			return true;
	return dt_str_is(key, "at") || row_of(key, &no) < NELEM(rows);
}

void
dt_macreg_read(const struct dt_record *rec, struct dt_macreg *reg)
{
	const struct dt_kv *kv;

	*reg = (struct dt_macreg){0};
	for (kv = rec->fields.v; kv < rec->fields.v + rec->fields.n; kv++) {
		if (dt_str_is(kv->key, "at"))
			reg->is_return = dt_str_is(kv->val, "return");
		else if (!put_plain(reg, kv->key, kv->val))
			put_row(reg, kv->key, kv->val);
	}
	if (reg->mpc_ops.text.s == NULL)
		reg->mpc_ops = reg->slot[DT_MAC_OPS_PTR];
	for (reg->nops = DT_MAC_OPS; reg->nops > 0 &&
	    reg->op[reg->nops - 1].text.s == NULL; reg->nops--)
		;
}
