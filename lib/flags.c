/* SPDX-License-Identifier: ISC */
/* Flags of system calls: their numbers, and reading them from text. */
#include <stdlib.h>

#include "tables.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { LINUX_X86_64, LINUX_AARCH64, DARWIN, FREEBSD, SUNOS, NCOL };
#define NONE (-1)
#define SELF 0		/* no real mask: it would let every number pass */
#define ALL (-1)

static const struct row {
	const char *name;
	enum dt_family family;
	int64_t val[NCOL];
	int64_t mask;
} rows[] = {
#define F(name, family, lx, la, dw, fb, so, mask) \
	{#name, DT_FAMILY_##family, {lx, la, dw, fb, so}, mask},
#include "flags.def"
#undef F
};

static const char *const prefixes[] = {
	[DT_FAMILY_AT] = "AT_",
	[DT_FAMILY_CLONE] = "CLONE_",
	[DT_FAMILY_MODE] = "S_",
	[DT_FAMILY_MOUNT] = "MS_",
	[DT_FAMILY_OPEN] = "O_",
	[DT_FAMILY_PROT] = "PROT_",
};

/* NetBSD and OpenBSD kept the numbers that FreeBSD has from 4.4BSD. */
static int
column(struct dt_sys sys)
{
	switch (sys.os) {
	case DT_OS_DARWIN:
		return DARWIN;
	case DT_OS_BSD:
	case DT_OS_FREEBSD:
	case DT_OS_NETBSD:
	case DT_OS_OPENBSD:
		return FREEBSD;
	case DT_OS_SUNOS:
		return SUNOS;
	default:
		return sys.arch == DT_ARCH_AARCH64 ?
		    LINUX_AARCH64 : LINUX_X86_64;
	}
}

static const struct row *
row_byname(struct dt_str name)
{
	return bsearch(&name, rows, NELEM(rows), sizeof(rows[0]), dt_rowcmp);
}

static const struct row *
row_byflag(enum dt_flag flag)
{
	if (flag <= DT_FLAG_KNOWN || flag >= DT_FLAG_MAX)
		return NULL;
	return &rows[flag - DT_FLAG_KNOWN - 1];
}

/* A row by its name without the prefix of its family. */
static const struct row *
row_bysuffix(enum dt_family family, struct dt_str name)
{
	const char *prefix;
	char buf[64];
	size_t n;

	if ((size_t)family >= NELEM(prefixes) || prefixes[family] == NULL)
		return NULL;
	prefix = prefixes[family];
	n = strlen(prefix);
	if (name.n > sizeof(buf) - n)
		return NULL;
	memcpy(buf, prefix, n);
	memcpy(buf + n, name.s, name.n);
	return row_byname((struct dt_str){buf, n + name.n});
}

/* Cut what begins with one of the given bytes off the front of a slice. */
static struct dt_str
take(struct dt_str *text, const char *set)
{
	struct dt_str got = {text->s, 0};

	while (got.n < text->n && text->s[got.n] != '\0' &&
	    strchr(set, text->s[got.n]) != NULL)
		got.n++;
	*text = dt_str_after(*text, got.n);
	return got;
}

static int
digit(char c, int base)
{
	static const char digits[] = "0123456789abcdef";
	const char *d;

	if (c >= 'A' && c <= 'F')
		c += 'a' - 'A';
	d = c != '\0' ? strchr(digits, c) : NULL;
	return d != NULL && d - digits < base ? (int)(d - digits) : -1;
}

static int
number(struct dt_str s, int64_t *out)
{
	int base = 10, d;
	int64_t v = 0;

	if (dt_str_starts(s, "0x") || dt_str_starts(s, "0X")) {
		base = 16;
		s = dt_str_after(s, 2);
	} else if (s.n > 1 && s.s[0] == '0')
		base = 8;
	if (s.n == 0)
		return -1;
	for (; s.n > 0; s = dt_str_after(s, 1)) {
		d = digit(s.s[0], base);
		if (d == -1 || v > (INT64_MAX - d) / base)
			return -1;
		v = v * base + d;
	}
	*out = v;
	return 0;
}

static int
named(struct dt_sys sys, enum dt_family family, struct dt_str name,
    int64_t *out)
{
	const struct row *row = row_byname(name);

	if (row == NULL)
		row = row_bysuffix(family, name);
	if (row == NULL || row->family != family ||
	    row->val[column(sys)] == NONE)
		return -1;
	*out = row->val[column(sys)];
	return 0;
}

/* Skip what a tracer says to explain a number: a comment or <...>. */
static int
explained(struct dt_str *text)
{
	const char *end;

	if (dt_str_starts(*text, "<")) {
		end = memchr(text->s, '>', text->n);
		if (end == NULL)
			return -1;
		*text = dt_str_after(*text, (size_t)(end - text->s) + 1);
	} else if (dt_str_starts(*text, "/*")) {
		*text = dt_str_after(*text, 2);
		while (text->n > 0 && !dt_str_starts(*text, "*/"))
			*text = dt_str_after(*text, 1);
		if (text->n == 0)
			return -1;
		*text = dt_str_after(*text, 2);
	}
	take(text, " \t");
	return 0;
}

/* Take one name or number, with what explains it, off the front. */
static int
term(struct dt_sys sys, enum dt_family family, struct dt_str *text,
    int64_t *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_";
	struct dt_str word;
	int r;

	take(text, " \t");
	word = take(text, letters);
	if (word.n == 0)
		return -1;
	r = digit(word.s[0], 10) != -1 ? number(word, out) :
	    named(sys, family, word, out);
	take(text, " \t");
	return r == 0 ? explained(text) : -1;
}

int
dt_flags_parse(struct dt_sys sys, enum dt_family family, struct dt_str text,
    int64_t *flags)
{
	int64_t all = 0, one;

	if (text.n == 0)
		return -1;
	while (term(sys, family, &text, &one) == 0) {
		all |= one;
		if (text.n == 0) {
			*flags = all;
			return 0;
		}
		if (text.s[0] != '|')
			return -1;
		text = dt_str_after(text, 1);
	}
	return -1;
}

bool
dt_flag_isset(struct dt_sys sys, enum dt_flag flag, int64_t flags)
{
	const struct row *row = row_byflag(flag);
	int64_t val, mask;

	if (row == NULL)
		return flag == DT_FLAG_ANY || flag == DT_FLAG_KNOWN;
	val = row->val[column(sys)];
	mask = row->mask != SELF ? row->mask : val;
	return val != NONE && (flags & mask) == val;
}

enum dt_flag
dt_flag_byname(struct dt_str name)
{
	const struct row *row = row_byname(name);

	if (row == NULL)
		return DT_FLAG_MAX;
	return (enum dt_flag)(row - rows + DT_FLAG_KNOWN + 1);
}

enum dt_family
dt_flag_family(enum dt_flag flag)
{
	const struct row *row = row_byflag(flag);

	return row != NULL ? row->family : DT_FAMILY_NOFLAGS;
}
