/* SPDX-License-Identifier: ISC */
/* Deny signatures as a table for people. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sigs.h"
#include "utf8.h"

enum { COLS = 7 };

static const char *const heads[COLS] = {"PHASE", "COUNT", "CALL", "ERRNO",
    "OPERATION", "BY", "PATH"};

/* Of text that may hold anything: no control byte reaches a terminal. */
static void
put_text(FILE *f, struct dt_str str)
{
	size_t i, n, bad;

	for (i = 0; i < str.n; i += n != 0 ? n : bad) {
		n = dt_utf8_len(dt_str_after(str, i), &bad);
		if (n == 0)
			fputs("\357\277\275", f);
		else if (n == 1 && ((unsigned char)str.s[i] < ' ' ||
		    str.s[i] == 0x7f))
			fprintf(f, "\\x%02x", (unsigned char)str.s[i]);
		else if (n == 2 && (unsigned char)str.s[i] == 0xc2 &&
		    (unsigned char)str.s[i + 1] < 0xa0)
			fprintf(f, "\\u%04x", (unsigned char)str.s[i + 1]);
		else
			fwrite(str.s + i, 1, n, f);
	}
}

/* The cell of a row as text in the buffer given, or elsewhere. */
static struct dt_str
cell(const struct dt_sig *sig, int col, char buf[24])
{
	struct dt_str none = DT_STR("-"), str = none;

	switch (col) {
	case 0:
		str = sig->phase;
		break;
	case 1:
		snprintf(buf, 24, "%" PRId64, sig->count);
		return dt_str_c(buf);
	case 2:
		str = sig->name;
		break;
	case 3:
		str = sig->errno_name;
		if (str.s == NULL && sig->errnum.v != 0) {
			snprintf(buf, 24, "%" PRId64, sig->errnum.v);
			return dt_str_c(buf);
		}
		break;
	case 4:
		str = sig->op;
		break;
	case 5:
		str = sig->denied_by;
		break;
	case 6:
		str = sig->path_shape.n > 0 ? sig->path_shape : none;
		break;
	}
	return str.s != NULL ? str : none;
}

static void
pad(FILE *f, size_t n)
{
	while (n-- > 0)
		putc(' ', f);
}

static void
put_row(FILE *f, const struct dt_sig *sig, const size_t width[COLS])
{
	struct dt_str str;
	char buf[24];
	int col;

	for (col = 0; col < COLS; col++) {
		str = cell(sig, col, buf);
		if (col == 1)
			pad(f, width[col] - str.n);
		put_text(f, str);
		if (col == COLS - 1)
			break;
		if (col != 1 && str.n < width[col])
			pad(f, width[col] - str.n);
		fputs("  ", f);
	}
	if (sig->path2_shape.n > 0) {
		fputs(" -> ", f);
		put_text(f, sig->path2_shape);
	}
	putc('\n', f);
}

static void
put_head(FILE *f, const size_t width[COLS], bool colour)
{
	int col;

	fputs(colour ? "\033[1m" : "", f);
	for (col = 0; col < COLS - 1; col++) {
		if (col == 1)
			pad(f, width[col] - strlen(heads[col]));
		fputs(heads[col], f);
		if (col != 1)
			pad(f, width[col] - strlen(heads[col]));
		fputs("  ", f);
	}
	fputs(heads[COLS - 1], f);
	fputs(colour ? "\033[0m\n" : "\n", f);
}

static void
put_input(FILE *f, const struct dt_sig_input *in, bool colour)
{
	unsigned i, why = dt_sig_incomplete(in);
	const char *sep = " (";

	put_text(f, in->phase.s != NULL ? in->phase : DT_STR("-"));
	fprintf(f, ": %" PRId64 " event%s, %" PRId64 " denied, ",
	    in->event_count, in->event_count == 1 ? "" : "s", in->deny_count);
	if (why == 0) {
		fputs(colour ? "\033[32mcomplete\033[0m\n" : "complete\n", f);
		return;
	}
	fputs(colour ? "\033[31mINCOMPLETE\033[0m" : "INCOMPLETE", f);
	for (i = 0; i < DT_REASONS; i++)
		if ((why & 1u << i) != 0) {
			fprintf(f, "%s%s", sep, dt_sig_reason_name(i));
			sep = ", ";
		}
	fputs(")\n", f);
}

int
dt_sigs_write_table(const struct dt_sigs *ss, FILE *f, bool colour)
{
	size_t i, n = dt_sigs_count(ss), width[COLS];
	struct dt_str str;
	char buf[24];
	int col;

	for (col = 0; col < COLS; col++) {
		width[col] = strlen(heads[col]);
		for (i = 0; i < n; i++) {
			str = cell(dt_sigs_at(ss, i), col, buf);
			if (str.n > width[col])
				width[col] = str.n;
		}
	}
	if (n > 0)
		put_head(f, width, colour);
	for (i = 0; i < n; i++)
		put_row(f, dt_sigs_at(ss, i), width);
	if (n > 0)
		putc('\n', f);
	for (i = 0; i < dt_sigs_inputs(ss); i++)
		put_input(f, dt_sigs_input(ss, i), colour);
	if (dt_sigs_inputs(ss) == 0)
		fputs("nothing was captured\n", f);
	return ferror(f) ? -1 : 0;
}
