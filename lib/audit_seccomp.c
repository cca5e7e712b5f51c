/* SPDX-License-Identifier: ISC */
/* What a seccomp filter decided, of its audit record. */
#include "audit_own.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/*
 * What a filter answered: linux/seccomp.h.  The low half is the errno.  The
 * names are those that ausearch(8) prints, with a low line.
 */
static const struct action {
	int64_t code;
	const char *name;
	bool denies;
} actions[] = {
	{0x00000000, "kill_thread", true},
	{0x00030000, "trap", true},
	{0x00050000, "errno", true},
	{0x7fc00000, "user_notif", false},
	{0x7ff00000, "trace", false},
	{0x7ffc0000, "log", false},
	{0x7fff0000, "allow", false},
	{0x80000000, "kill_process", true},
};

/* Is it this name, with - for _? */
static bool
is_named(struct dt_str text, const char *name)
{
	size_t i;

	for (i = 0; i < text.n && name[i] != '\0'; i++)
		if (text.s[i] != name[i] &&
		    (text.s[i] != '-' || name[i] != '_'))
			return false;
	return i == text.n && name[i] == '\0';
}

/* By its number, or, where that was made readable, by its name. */
static const struct action *
action_of(struct dt_str code)
{
	int64_t num;
	bool number = dt_num_parse(code, &num) == 0;
	size_t i;

	for (i = 0; i < NELEM(actions); i++)
		if (number ? actions[i].code == (num & 0xffff0000) :
		    is_named(code, actions[i].name))
			return &actions[i];
	return NULL;
}

int
dt_audit_seccomp(struct dt_record *rec)
{
	struct dt_kvv *f = &rec->fields;
	struct dt_str code = dt_kvv_get(f, "code");
	const struct action *act = NULL;
	struct dt_str sig = dt_kvv_get(f, "sig");

	if (dt_audit_callname(rec, &rec->name) == -1)
		return -1;
	rec->exe = dt_audit_pull(f, "exe");
	if (code.s != NULL)
		act = action_of(code);
	/* What it does not know the kernel takes for a kill. */
	if (act != NULL ? act->denies : sig.s != NULL && !dt_str_is(sig, "0"))
		rec->denied_by = DT_STR("seccomp");
	if (dt_audit_claim(rec, "layer", DT_STR("seccomp")) == -1)
		return -1;
	return act == NULL ||
	    dt_audit_claim(rec, "decision", dt_str_c(act->name)) == 0 ? 1 : -1;
}
