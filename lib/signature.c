/* SPDX-License-Identifier: ISC */
/* What codesign shows of one file's signature, line by line. */
#include <string.h>

#include "scan.h"
#include "signature.h"

enum { MEM_MAX = 1 << 20, KEY_MAX = 40, FIELDS_MAX = 512 };

/* Lines that begin with one of these hold several pairs. */
static const char *const heads[] = {"CandidateCDHash", "CandidateCDHashFull",
    "CodeDirectory", "Internal requirements", "Sealed Resources"};

/* A pair of the file that is shown; HEAD.KEY if there is a head. */
static int
put(struct dt_signature *sig, struct dt_str head, struct dt_str key,
    struct dt_str val)
{
	struct dt_record *rec = &sig->rec;
	char *p = dt_arena_alloc(&rec->mem, head.n + key.n + val.n + 1);
	struct dt_str whole = {p, head.n + (head.n > 0) + key.n}, copy;

	if (p == NULL)
		return -1;
	if (head.n > 0) {
		memcpy(p, head.s, head.n);
		p[head.n] = '.';
	}
	if (key.n > 0)
		memcpy(p + head.n + (head.n > 0), key.s, key.n);
	copy = dt_arena_dup(&rec->mem, val);
	return copy.s == NULL ? -1 :
	    dt_record_put_more(rec, &rec->fields, whole, copy);
}

/* 0x10000(runtime,hard) as the number and the names. */
static int
put_flags(struct dt_signature *sig, struct dt_str head, struct dt_str val)
{
	struct dt_str num = dt_scan_until(&val, "(");

	if (put(sig, head, DT_STR("flags"), num) == -1)
		return -1;
	if (!dt_scan_take(&val, "("))
		return 0;
	return put(sig, head, DT_STR("flag_names"), dt_scan_until(&val, ")"));
}

/* KEY=VALUE KEY=VALUE ... behind a head. */
static int
pairs(struct dt_signature *sig, struct dt_str head, struct dt_str s)
{
	struct dt_str word, key;
	int r = 0;

	while (r == 0 && (word = dt_scan_word(&s)).n > 0) {
		key = dt_scan_until(&word, "=");
		if (word.n == 0)
			r = put(sig, head, DT_STR("text"), key);
		else if (dt_str_is(key, "flags"))
			r = put_flags(sig, head, dt_str_after(word, 1));
		else
			r = put(sig, head, key, dt_str_after(word, 1));
	}
	return r;
}

/* Can this be a key that codesign prints, such as `Executable Segment base`? */
static bool
is_key(struct dt_str key)
{
	size_t i;

	for (i = 0; i < key.n; i++)
		if (!((key.s[i] | 0x20) >= 'a' && (key.s[i] | 0x20) <= 'z') &&
		    !(key.s[i] >= '0' && key.s[i] <= '9') &&
		    strchr(" .-_", key.s[i]) == NULL)
			return false;
	return key.n > 0 && key.n <= KEY_MAX && key.s[0] >= 'A' &&
	    key.s[0] <= 'Z';
}

/* Take the head of a line with several pairs off its front. */
static bool
headed(struct dt_str *s, struct dt_str *head)
{
	struct dt_str rest;
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		rest = *s;
		if (!dt_scan_take(&rest, heads[i]) || !dt_scan_take(&rest, " "))
			continue;
		*head = dt_str_c(heads[i]);
		*s = rest;
		return true;
	}
	return false;
}

/* KEY=VALUE, of which `Hash type` has one more behind it. */
static int
pair(struct dt_signature *sig, struct dt_str s)
{
	struct dt_str key = dt_scan_until(&s, "="), val;

	s = dt_str_after(s, 1);
	if (dt_str_is(key, "Identifier")) {
		sig->rec.name = dt_arena_dup(&sig->rec.mem, s);
		return sig->rec.name.s != NULL ? 0 : -1;
	}
	if (!dt_str_is(key, "Hash type"))
		return put(sig, DT_STR(""), key, s);
	val = dt_scan_word(&s);
	return put(sig, DT_STR(""), key, val) == -1 ? -1 : pairs(sig, key, s);
}

/* Lines with blanks before them: hashes of slots, or of a block. */
static int
indented(struct dt_signature *sig, struct dt_str s, bool *taken)
{
	struct dt_str key = dt_scan_until(&s, "="), digits = key;

	dt_scan_take(&digits, "-");
	*taken = true;
	if (s.n > 0 && dt_scan_digits(digits))
		return put(sig, DT_STR("slot"), key, dt_str_after(s, 1));
	if (sig->block != NULL && s.n == 0)
		return put(sig, DT_STR(""), dt_str_c(sig->block), key);
	*taken = false;
	return 0;
}

/* `designated => identifier x`, with a # before it when it is implied. */
static int
requirement(struct dt_signature *sig, struct dt_str s, size_t arrow,
    bool *taken)
{
	struct dt_str key = {s.s, arrow}, val = dt_str_after(s, arrow + 4);

	dt_scan_take(&key, "# ");
	*taken = dt_str_is(key, "designated") || dt_str_is(key, "host") ||
	    dt_str_is(key, "guest") || dt_str_is(key, "library") ||
	    dt_str_is(key, "plugin");
	return *taken ? put(sig, DT_STR("requirement"), key, val) : 0;
}

int
dt_signature_line(struct dt_signature *sig, struct dt_str s, bool *taken)
{
	static const char launch[] = "Launch Constraints";
	struct dt_str head, rest = s;
	size_t n;

	*taken = true;
	if (dt_scan_blank(s.s[0]))
		return indented(sig, dt_scan_trim(s), taken);
	sig->block = NULL;
	if (headed(&s, &head))
		return pairs(sig, head, s);
	n = dt_scan_find(s, " => ");
	if (n < s.n)
		return requirement(sig, s, n, taken);
	if (dt_scan_take(&rest, launch) && dt_scan_take(&rest, ":")) {
		rest = dt_scan_trim(rest);
		sig->block = launch;
		return rest.n == 0 ? 0 : put(sig, DT_STR(""), DT_STR(launch),
		    rest);
	}
	if (dt_scan_take(&s, "In architecture: "))
		return put(sig, DT_STR(""), DT_STR("architecture"), s);
	n = dt_scan_find(s, "=");
	*taken = n < s.n && is_key((struct dt_str){s.s, n});
	return *taken ? pair(sig, s) : 0;
}

int
dt_signature_begin(struct dt_signature *sig, struct dt_str path)
{
	dt_record_reset(&sig->rec);
	sig->rec.kind = DT_KIND_CODE_SIGNATURE;
	sig->held = true;
	sig->block = NULL;
	if (path.s == NULL)
		return 0;
	sig->rec.path = dt_arena_dup(&sig->rec.mem, path);
	return sig->rec.path.s != NULL ? 0 : -1;
}

int
dt_signature_unsigned(struct dt_signature *sig)
{
	return put(sig, DT_STR(""), DT_STR("signed"), DT_STR("false"));
}

int
dt_signature_flush(struct dt_signature *sig, const struct dt_sink *sink)
{
	if (!sig->held)
		return 0;
	sig->held = false;
	return dt_emit(sink, &sig->rec);
}

bool
dt_signature_full(const struct dt_signature *sig)
{
	return sig->rec.mem.total >= MEM_MAX ||
	    sig->rec.fields.n >= FIELDS_MAX;
}
