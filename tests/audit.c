/* SPDX-License-Identifier: ISC */
/* Walks the tables of audit records and of security modules' words. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	int num;
	enum dt_audit_role role;
} types[] = {
#define T(name, num, role) {#name, num, DT_AUDIT_##role},
#include "auditypes.def"
};

static const struct {
	uint32_t num;
	const char *name;
} archs[] = {
#define A(num, name, arch) {num, name},
#include "auditarch.def"
};

static const char *const hexkeys[] = {
#define H(key, where) key,
#include "audithex.def"
};

static const char *const glued[] = {
#define G(key) key,
#include "auditglue.def"
};

enum class {
#define C(class) CLASS_##class,
#define W(class, word, op, status)
#include "lsmops.def"
	NCLASSES
};

static const char *const classnames[] = {
#define C(class) #class,
#define W(class, word, op, status)
#include "lsmops.def"
};

static const struct {
	enum class class;
	const char *word;
	enum dt_op op;
	const char *status;
} words[] = {
#define C(class)
#define W(class, word, op, status) {CLASS_##class, word, DT_OP_##op, #status},
#include "lsmops.def"
};

enum layer { APPARMOR, APPARMOR_CLASS, LANDLOCK, SELINUX };

static const char *const layers[] = {"apparmor", "apparmor-class", "landlock",
    "selinux"};

static const struct {
	enum layer layer;
	const char *name;
	enum class class;
} classes[] = {
#define L(layer, name, class) {layer, name, CLASS_##class},
#include "lsmclass.def"
};

static unsigned long checks;
static int failures;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (!ok) {
		failures++;
		fprintf(stderr, "audit: %s: '%s'\n", what, row);
	}
}

static void
check_sorted(const char *const *rows, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		check(strcmp(rows[i - 1], rows[i]) < 0,
		    "not after the row before", rows[i]);
}

static void
test_types(void)
{
	char buf[64];
	size_t i, k;

	for (i = 0; i < NELEM(types); i++) {
		const char *name = types[i].name;

		check(i == 0 || strcmp(types[i - 1].name, name) < 0,
		    "not after the row before", name);
		check(dt_audit_type_byname(dt_str_c(name)) == types[i].num,
		    "by name", name);
		check(dt_audit_type_role(types[i].num) == types[i].role,
		    "role", name);
		snprintf(buf, sizeof(buf), "UNKNOWN[%d]", types[i].num);
		check(dt_audit_type_byname(dt_str_c(buf)) == types[i].num,
		    "by number", buf);
		snprintf(buf, sizeof(buf), "%d", types[i].num);
		check(dt_audit_type_byname(dt_str_c(buf)) == types[i].num,
		    "by number", buf);
		snprintf(buf, sizeof(buf), "%sX", name);
		check(dt_audit_type_byname(dt_str_c(buf)) == -1, "near", buf);
		for (k = 0; k < i && types[k].num != types[i].num; k++)
			continue;
		check(strcmp(dt_audit_type_name(types[i].num),
		    types[k].name) == 0, "name", name);
		check(k == i || strcmp(name, "LANDLOCK_DENY") == 0,
		    "a number twice", name);
	}
	for (i = 0; i < 3000; i++) {
		for (k = 0; k < NELEM(types); k++)
			if (types[k].num == (int)i)
				break;
		check((dt_audit_type_name((int)i) == NULL) ==
		    (k == NELEM(types)), "a name of no row", "a number");
	}
}

static void
test_no_types(void)
{
	static const char *const none[] = {"", "avc", "UNKNOWN", "UNKNOWN[",
	    "UNKNOWN[]", "UNKNOWN[1423", "UNKNOWN[x]", "1400x", "-1", "0x578",
	    "999999999999"};
	size_t i;

	for (i = 0; i < NELEM(none); i++)
		check(dt_audit_type_byname(dt_str_c(none[i])) == -1,
		    "a type", none[i]);
	check(dt_audit_type_role(1199) == DT_AUDIT_USER, "role", "1199");
	check(dt_audit_type_role(1399) == DT_AUDIT_OTHER, "role", "1399");
}

/* An operation by a word alone, and none by what is nearly it. */
static void
check_word(size_t c, size_t w)
{
	struct dt_str layer = dt_str_c(layers[classes[c].layer]);
	struct dt_str name = dt_str_c(classes[c].name), word;
	bool star = strcmp(words[w].word, "*") == 0;
	struct dt_opref ref;
	char near[64];

	word = star ? DT_STR("nosuchword") : dt_str_c(words[w].word);
	ref = dt_op_bylsm(layer, name, word);
	check(ref.name != NULL && strcmp(ref.name,
	    dt_op_name(words[w].op)) == 0, words[w].word, classes[c].name);
	check(ref.status != NULL && strcmp(ref.status,
	    words[w].status[0] == 'M' ? "mapped" : "partial") == 0,
	    "status", words[w].word);
	snprintf(near, sizeof(near), "%s_", words[w].word);
	ref = dt_op_bylsm(layer, name, dt_str_c(near));
	check((ref.name == NULL) == (ref.status == NULL), "half", near);
	snprintf(near, sizeof(near), "%s_", classes[c].name);
	ref = dt_op_bylsm(layer, dt_str_c(near), word);
	check(ref.name == NULL, "near", near);
}

static void
test_modules(void)
{
	bool used[NCLASSES] = {false}, has[NCLASSES] = {false};
	size_t i, k;

	for (i = 1; i < NELEM(words); i++)
		check(words[i - 1].class < words[i].class ||
		    (words[i - 1].class == words[i].class &&
		    strcmp(words[i - 1].word, words[i].word) < 0),
		    "not after the row before", words[i].word);
	check_sorted(classnames, NELEM(classnames));
	for (i = 0; i < NELEM(classes); i++) {
		used[classes[i].class] = true;
		check(i == 0 || classes[i - 1].layer < classes[i].layer ||
		    (classes[i - 1].layer == classes[i].layer &&
		    strcmp(classes[i - 1].name, classes[i].name) < 0),
		    "not after the row before", classes[i].name);
		for (k = 0; k < NELEM(words); k++)
			if (words[k].class == classes[i].class)
				check_word(i, k);
	}
	for (i = 0; i < NELEM(words); i++)
		has[words[i].class] = true;
	for (i = 0; i < NCLASSES; i++)
		check(used[i] && has[i], "without a name or words",
		    classnames[i]);
}

/* Several words at once. */
static void
test_together(void)
{
	static const struct {
		const char *layer, *class, *words, *op, *status;
	} cases[] = {
		{"selinux", "file", "read,open", "file-read-data", "mapped"},
		{"selinux", "file", "open", "file*", "partial"},
		{"selinux", "file", "read,write", "file*", "partial"},
		{"selinux", "file", "write,create", "file-write*", "partial"},
		{"selinux", "file", "read,nosuch", "file-read-data",
		    "partial"},
		{"selinux", "file", "nosuch", NULL, NULL},
		{"selinux", "dir", "write,add_name", "file-write-create",
		    "partial"},
		{"selinux", "dbus", "send_msg", NULL, NULL},
		{"selinux", "nosuch", "read", NULL, NULL},
		{"nosuch", "file", "read", NULL, NULL},
		{"", "", "", NULL, NULL},
		{"landlock", "*", "fs.remove_file,fs.make_reg", "file-write*",
		    "partial"},
		{"landlock", "*", "fs.execute,fs.read_file", "process-exec*",
		    "partial"},
		{"apparmor", "open", "r", "file-read-data", "mapped"},
		{"apparmor", "open", "wa", "file-write-data", "mapped"},
		{"apparmor", "open", "wc", "file-write*", "partial"},
		{"apparmor", "open", "r::w", "file*", "partial"},
		{"apparmor", "open", "", "file*", "partial"},
		{"apparmor", "file_perm", "send receive", "network*",
		    "partial"},
		{"apparmor", "capable", "sys_time", "system-set-time",
		    "partial"},
		{"apparmor-class", "posix_mqueue", "read", "linux-posix-mq",
		    "mapped"},
	};
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		struct dt_opref ref = dt_op_bylsm(dt_str_c(cases[i].layer),
		    dt_str_c(cases[i].class), dt_str_c(cases[i].words));

		check(cases[i].op == NULL ? ref.name == NULL :
		    ref.name != NULL && strcmp(ref.name, cases[i].op) == 0 &&
		    strcmp(ref.status, cases[i].status) == 0,
		    cases[i].class, cases[i].words);
	}
}

int
main(void)
{
	size_t i;

	test_types();
	test_no_types();
	test_modules();
	test_together();
	check_sorted(hexkeys, NELEM(hexkeys));
	check_sorted(glued, NELEM(glued));
	for (i = 1; i < NELEM(archs); i++)
		check(archs[i - 1].num < archs[i].num, "order",
		    archs[i].name);
	if (failures > 0)
		return 1;
	printf("audit: %lu checks\n", checks);
	return 0;
}
