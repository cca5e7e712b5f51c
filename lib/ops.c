/* SPDX-License-Identifier: ISC */
/* Operations, and which of them a call with its flags asks for. */
#include <stdlib.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum class {
#define C(class, family) CLASS_##class,
#define M(class, a, b, op, status)
#include "opmap.def"
#undef C
#undef M
};

static const char MAPPED[] = "mapped";
static const char PARTIAL[] = "partial";

enum vocabulary { SBPL, LINUX };

static const struct {
	const char *name;
	enum vocabulary vocabulary;
} ops[] = {
#define OP(tag, name, vocabulary) {name, vocabulary},
#include "ops.def"
#undef OP
};

static const struct callclass {
	const char *name;
	enum class class;
} callclasses[] = {
#define CALL(name, class, origin) {#name, CLASS_##class},
#include "callclass.def"
#undef CALL
};

static const struct map {
	enum class class;
	enum dt_flag a, b;
	enum dt_op op;
	const char *status;
} map[] = {
#define C(class, family)
#define M(class, a, b, op, status) \
	{CLASS_##class, DT_FLAG_##a, DT_FLAG_##b, DT_OP_##op, status},
#include "opmap.def"
#undef C
#undef M
};

static int
classcmp(const void *key, const void *row)
{
	enum class k = *(const enum class *)key;
	enum class r = ((const struct map *)row)->class;

	return (k > r) - (k < r);
}

/* The first row of a class; every class has one. */
static const struct map *
map_byclass(enum class class)
{
	const struct map *m;

	m = bsearch(&class, map, NELEM(map), sizeof(map[0]), classcmp);
	while (m > map && m[-1].class == class)
		m--;
	return m;
}

static bool
holds(struct dt_sys sys, enum dt_flag flag, bool known, int64_t flags)
{
	if (flag == DT_FLAG_ANY)
		return true;
	return known && dt_flag_isset(sys, flag, flags);
}

static const struct callclass *
class_of(struct dt_str call)
{
	return bsearch(&call, callclasses, NELEM(callclasses),
	    sizeof(callclasses[0]), dt_rowcmp);
}

bool
dt_call_executes(struct dt_str call)
{
	const struct callclass *c = class_of(call);

	return c != NULL && c->class == CLASS_EXEC;
}

bool
dt_call_forks(struct dt_str call)
{
	const struct callclass *c = class_of(call);

	return c != NULL && (c->class == CLASS_FORK || c->class == CLASS_CLONE);
}

struct dt_opref
dt_op_bycall(struct dt_sys sys, struct dt_str call, bool known, int64_t flags)
{
	const struct dt_opref none = {NULL, NULL};
	const struct callclass *c = class_of(call);
	const struct map *m;

	if (c == NULL)
		return none;
	m = map_byclass(c->class);
	while (!holds(sys, m->a, known, flags) ||
	    !holds(sys, m->b, known, flags))
		if (++m == map + NELEM(map) || m->class != c->class)
			return none;
	if (dt_op_islinux(m->op) && sys.os != DT_OS_LINUX &&
	    sys.os != DT_OS_UNKNOWN)
		return none;
	return (struct dt_opref){dt_op_name(m->op), m->status};
}

const char *
dt_op_name(enum dt_op op)
{
	return op > DT_OP_NONE && op < DT_OP_MAX ? ops[op - 1].name : NULL;
}

enum dt_op
dt_op_byname(struct dt_str name)
{
	size_t i = 0, end = NELEM(ops), mid;
	int r;

	while (i < end) {
		mid = i + (end - i) / 2;
		r = dt_rowcmp(&name, &ops[mid]);
		if (r == 0)
			return (enum dt_op)(mid + 1);
		if (r > 0)
			i = mid + 1;
		else
			end = mid;
	}
	return DT_OP_NONE;
}

bool
dt_op_is(struct dt_str name)
{
	return dt_op_byname(name) != DT_OP_NONE;
}

bool
dt_op_islinux(enum dt_op op)
{
	return op > DT_OP_NONE && op < DT_OP_MAX &&
	    ops[op - 1].vocabulary == LINUX;
}
