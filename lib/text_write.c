/* SPDX-License-Identifier: ISC */
/* Writing dt text: one record a line, made here and given away in one piece. */
#include <string.h>

#include "text.h"

/*
 * A tracer may see a million denials a second.  So where the next byte goes is
 * not kept here: it is passed to whatever puts something, which returns where
 * it ended, and stays in a register.
 */
struct out {
	FILE *f;
	char buf[4096];		/* a longer line takes more than one piece */
};

static char *
spill(struct out *o, const char *p)
{
	fwrite(o->buf, 1, (size_t)(p - o->buf), o->f);
	return o->buf;
}

/* Where n bytes fit, which are no more than the buffer holds. */
static inline char *
room(struct out *o, char *p, size_t n)
{
	return n > (size_t)(o->buf + sizeof(o->buf) - p) ? spill(o, p) : p;
}

static inline char *
put(struct out *o, char *p, struct dt_str str)
{
	if (str.n > sizeof(o->buf)) {
		p = spill(o, p);
		fwrite(str.s, 1, str.n, o->f);
		return p;
	}
	p = room(o, p, str.n);
	memcpy(p, str.s, str.n);
	return p + str.n;
}

static char *
put_decimal(struct out *o, char *p, int64_t num)
{
	uint64_t v = num < 0 ? 0 - (uint64_t)num : (uint64_t)num, ten = 10;
	size_t i, n;

	p = room(o, p, sizeof("-9223372036854775808"));
	if (num < 0)
		*p++ = '-';
	for (n = 1; n < 19 && v >= ten; n++)
		ten *= 10;
	for (i = n; i > 0; v /= 10)
		p[--i] = (char)('0' + v % 10);
	return p + n;
}

static char *
put_hex(struct out *o, char *p, uint64_t v)
{
	int shift;

	p = room(o, p, sizeof("0xffffffffffffffff"));
	*p++ = '0';
	*p++ = 'x';
	for (shift = 0; shift < 60 && v >> shift > 15; shift += 4)
		continue;
	for (; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[v >> shift & 15];
	return p;
}

/* Not 0 if any of eight bytes is no printable ASCII, a space or a quote. */
static inline uint64_t
odd8(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101;

	return (w | (w + ones) | (w - ones * '!') |
	    ((w ^ ones * '"') - ones)) & ones * 0x80;
}

/* Copy a value.  Says whether it can stand without quotes. */
static inline bool
copy_bare(char *to, struct dt_str val)
{
	uint64_t w, odd = 0;
	size_t i;

	for (i = 0; i + 8 <= val.n; i += 8) {
		memcpy(&w, val.s + i, 8);
		memcpy(to + i, &w, 8);
		odd |= odd8(w);
	}
	memset(&w, '!', sizeof(w));
	for (; i < val.n; i++) {
		to[i] = val.s[i];
		w = w << 8 | (unsigned char)val.s[i];
	}
	return (odd | odd8(w)) == 0 && val.n > 0;
}

static char *
put_escape(char *p, unsigned char c)
{
	static const char letters[] = {
		['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',
		['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['"'] = '"',
		['\\'] = '\\',
	};

	*p++ = '\\';
	if (c < sizeof(letters) && letters[c] != '\0') {
		*p++ = letters[c];
		return p;
	}
	*p++ = (char)('0' + (c >> 6));
	*p++ = (char)('0' + (c >> 3 & 7));
	*p++ = (char)('0' + (c & 7));
	return p;
}

/*
 * Bytes inside double quotes with the escapes of D's %S, except that a NUL is
 * always three octal digits.
 */
static char *
put_quoted(struct out *o, char *p, struct dt_str val)
{
	unsigned char c;
	size_t i;

	p = put(o, p, DT_STR("\""));
	for (i = 0; i < val.n; i++) {
		c = (unsigned char)val.s[i];
		p = room(o, p, sizeof("\\377"));
		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			p = put_escape(p, c);
		else
			*p++ = (char)c;
	}
	return put(o, p, DT_STR("\""));
}

/* A value that the buffer does not hold: look at all of it, then write it. */
static char *
put_long(struct out *o, char *p, struct dt_str val)
{
	struct dt_str rest, part;
	bool bare = true;

	p = spill(o, p);
	for (rest = val; rest.n > 0; rest = dt_str_after(rest, part.n)) {
		part = rest;
		if (part.n > sizeof(o->buf))
			part.n = sizeof(o->buf);
		bare &= copy_bare(p, part);
	}
	return bare ? put(o, p, val) : put_quoted(o, p, val);
}

static char *
put_value(struct out *o, char *p, struct dt_str val)
{
	if (val.n > sizeof(o->buf))
		return put_long(o, p, val);
	p = room(o, p, val.n);
	return copy_bare(p, val) ? p + val.n : put_quoted(o, p, val);
}

/*
 * A member of each type of members.def, its key given as " key=".  Inline,
 * because that is a constant and because most members are not set.
 */
static inline char *
put_STR(struct out *o, char *p, struct dt_str key, const struct dt_str *str)
{
	if (str->s == NULL || dt_is_null(*str))
		return p;
	return put_value(o, put(o, p, key), *str);
}

static inline char *
put_INT(struct out *o, char *p, struct dt_str key, const struct dt_int *num)
{
	return num->set ? put_decimal(o, put(o, p, key), num->v) : p;
}

static inline char *
put_HEX(struct out *o, char *p, struct dt_str key, const struct dt_int *num)
{
	return num->set ? put_hex(o, put(o, p, key), (uint64_t)num->v) : p;
}

static inline char *
put_BOOL(struct out *o, char *p, struct dt_str key, const struct dt_bool *b)
{
	if (!b->set)
		return p;
	return put(o, put(o, p, key), b->v ? DT_STR("1") : DT_STR("0"));
}

/* Arguments, each with a key of its own.  A stack follows the line instead. */
static inline char *
put_STRV(struct out *o, char *p, struct dt_str key, const struct dt_strv *vec)
{
	size_t i;

	if (strcmp(key.s, " stack=") == 0)
		return p;
	for (i = 0; i < vec->n; i++) {
		p = put(o, p, DT_STR(" arg"));
		p = put_decimal(o, p, (int64_t)i);
		p = put(o, p, DT_STR("="));
		p = put_value(o, p, vec->v[i]);
	}
	return p;
}

static char *
put_KVV(struct out *o, char *p, struct dt_str key, const struct dt_kvv *vec)
{
	size_t i;

	(void)key;
	for (i = 0; i < vec->n; i++) {
		p = put(o, p, DT_STR(" "));
		p = put(o, p, vec->v[i].key);
		p = put(o, p, DT_STR("="));
		p = put_value(o, p, vec->v[i].val);
	}
	return p;
}

static char *
put_members(struct out *o, char *p, const struct dt_record *rec)
{
#define M(group, key, field, type) \
	if (DT_##group != DT_NORM) \
		p = put_##type(o, p, DT_STR(" " key "="), &rec->field);
#include "members.def"
#undef M
	return p;
}

/*
 * Frames, one a line.  A newline in one would forge a line, so it is cut
 * there; and a name of the program's would, at the start of a line.
 */
static char *
put_stack(struct out *o, char *p, const struct dt_strv *stack)
{
	struct dt_str frame;
	const char *nl;
	size_t i;

	for (i = 0; i < stack->n; i++) {
		frame = stack->v[i];
		nl = memchr(frame.s, '\n', frame.n);
		if (nl != NULL)
			frame.n = (size_t)(nl - frame.s);
		p = put(o, p, DT_STR(" "));
		p = put(o, p, frame);
		p = put(o, p, DT_STR("\n"));
	}
	return put(o, p, DT_STR("ENDSTACK\n"));
}

int
dt_text_write(FILE *f, const struct dt_record *rec)
{
	const char *word = dt_kind_word(rec->kind);
	const char *name = dt_kind_name(rec->kind);
	struct out o;
	char *p = o.buf;

	o.f = f;
	p = put(&o, p, dt_str_c(word));
	if (rec->kind == DT_KIND_TRACE)
		p = put(&o, p, DT_STR(" v=1"));
	if (strcmp(word, "EVENT") == 0) {
		p = put(&o, p, DT_STR(" kind="));
		p = put_value(&o, p, name != NULL ? dt_str_c(name) :
		    rec->kind_name);
	}
	p = put_members(&o, p, rec);
	if (rec->stack.n > 0)
		p = put(&o, p, DT_STR(" stack=1"));
	p = put(&o, p, DT_STR("\n"));
	if (rec->stack.n > 0)
		p = put_stack(&o, p, &rec->stack);
	spill(&o, p);
	return ferror(f) ? -1 : 0;
}
