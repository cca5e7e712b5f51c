/* SPDX-License-Identifier: ISC */
/* Operations that the words of Linux security modules stand for. */
#include <stdlib.h>
#include <string.h>

#include "scan.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { WORDS_MAX = 64 };	/* of one decision */

enum layer { APPARMOR, APPARMOR_CLASS, LANDLOCK, SELINUX };

enum class {
#define C(class) CLASS_##class,
#define W(class, word, op, status)
#include "lsmops.def"
};

static const char MAPPED[] = "mapped";
static const char PARTIAL[] = "partial";

static const char *const layers[] = {
	[APPARMOR] = "apparmor",
	[APPARMOR_CLASS] = "apparmor-class",
	[LANDLOCK] = "landlock",
	[SELINUX] = "selinux",
};

static const struct lsmclass {
	enum layer layer;
	const char *name;
	enum class class;
} classes[] = {
#define L(layer, name, class) {layer, name, CLASS_##class},
#include "lsmclass.def"
};

static const struct lsmop {
	enum class class;
	const char *word;
	enum dt_op op;
	const char *status;
} ops[] = {
#define C(class)
#define W(class, word, op, status) \
	{CLASS_##class, word, DT_OP_##op, status},
#include "lsmops.def"
};

struct key {
	int group;		/* a layer or a class */
	struct dt_str name;
};

static int
classcmp(const void *key, const void *row)
{
	const struct key *k = key;
	const struct lsmclass *r = row;

	if (k->group != (int)r->layer)
		return k->group < (int)r->layer ? -1 : 1;
	return dt_str_cmp(k->name, dt_str_c(r->name));
}

static int
opcmp(const void *key, const void *row)
{
	const struct key *k = key;
	const struct lsmop *r = row;

	if (k->group != (int)r->class)
		return k->group < (int)r->class ? -1 : 1;
	return dt_str_cmp(k->name, dt_str_c(r->word));
}

static const struct lsmclass *
find_class(struct dt_str layer, struct dt_str name)
{
	struct key key = {0, name};

	while (key.group < (int)NELEM(layers) &&
	    !dt_str_is(layer, layers[key.group]))
		key.group++;
	return bsearch(&key, classes, NELEM(classes), sizeof(classes[0]),
	    classcmp);
}

static const struct lsmop *
find_op(enum class class, struct dt_str word)
{
	struct key key = {(int)class, word};
	const struct lsmop *op;

	op = bsearch(&key, ops, NELEM(ops), sizeof(ops[0]), opcmp);
	if (op != NULL)
		return op;
	key.name = DT_STR("*");
	return bsearch(&key, ops, NELEM(ops), sizeof(ops[0]), opcmp);
}

/* Does an operation with a * cover another? */
static bool
covers(const char *all, const char *one)
{
	size_t n = strlen(all);

	return strcmp(all, one) == 0 || (all[n - 1] == '*' &&
	    strncmp(all, one, n - 1) == 0);
}

/* The narrowest operation that covers both; the first if there is none. */
static const char *
parent(const char *a, const char *b)
{
	char buf[64];
	enum dt_op op;
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n] && n < sizeof(buf) - 1)
		n++;
	for (; n > 0; n--) {
		memcpy(buf, a, n);
		buf[n] = '*';
		op = dt_op_byname((struct dt_str){buf, n + 1});
		if (op != DT_OP_NONE)
			return dt_op_name(op);
	}
	return a;
}

/* What two words ask for together. */
static struct dt_opref
both(struct dt_opref a, struct dt_opref b)
{
	if (a.name == NULL)
		return b;
	if (b.name == NULL)
		return a;
	if (strcmp(a.name, b.name) == 0)
		return (struct dt_opref){a.name,
		    a.status == MAPPED ? b.status : a.status};
	if (covers(a.name, b.name))
		return b;
	if (covers(b.name, a.name))
		return a;
	return (struct dt_opref){parent(a.name, b.name), PARTIAL};
}

/* Letters of a mask, with a colon between those of owner and others. */
static bool
is_letters(enum class class, struct dt_str words)
{
	size_t i;

	for (i = 0; i < words.n; i++)
		if (words.s[i] == '\0' || strchr("acdklmrwx:", words.s[i]) ==
		    NULL)
			return false;
	return class == CLASS_MASK && words.n > 0;
}

static struct dt_str
next_word(struct dt_str *words, bool letters)
{
	const char *between = letters ? ":" : ", ";
	struct dt_str word;

	while (words->n > 0 && strchr(between, words->s[0]) != NULL)
		*words = dt_str_after(*words, 1);
	if (!letters)
		return dt_scan_until(words, between);
	word = (struct dt_str){words->s, words->n > 0};
	*words = dt_str_after(*words, word.n);
	return word;
}

struct dt_opref
dt_op_bylsm(struct dt_str layer, struct dt_str class, struct dt_str words)
{
	const struct lsmclass *c = find_class(layer, class);
	struct dt_opref all = {NULL, NULL}, one;
	const struct lsmop *op;
	struct dt_str word;
	bool letters, unknown = false;
	unsigned n;

	if (words.s == NULL)
		words = DT_STR("");
	if (c == NULL)
		return all;
	letters = is_letters(c->class, words);
	for (n = 0; n < WORDS_MAX; n++) {
		word = next_word(&words, letters);
		if (word.n == 0 && n > 0)
			break;
		op = find_op(c->class, word);
		unknown |= op == NULL;
		if (op == NULL)
			continue;
		one = (struct dt_opref){dt_op_name(op->op), op->status};
		all = both(all, one);
	}
	if (all.name != NULL && (unknown || words.n > 0))
		all.status = PARTIAL;
	return all;
}
