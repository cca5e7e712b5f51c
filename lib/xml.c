/* SPDX-License-Identifier: ISC */
/* XML 1.0, as much of it as a report needs. */
#include "show.h"
#include "xml.h"

static const char *
entity(struct dt_str one)
{
	switch (one.n == 1 ? one.s[0] : '\0') {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':	/* always, since ]]> may stand nowhere */
		return "&gt;";
	case '"':
		return "&quot;";
	}
	return NULL;
}

void
dt_xml_text(FILE *f, struct dt_str str)
{
	char buf[DT_SHOW_MAX];
	struct dt_str one;
	const char *as;

	while (str.n > 0) {
		one = dt_show_next(&str, buf);
		as = entity(one);
		if (as != NULL)
			fputs(as, f);
		else
			fwrite(one.s, 1, one.n, f);
	}
}

void
dt_xml_attr(FILE *f, const char *name, struct dt_str str)
{
	fprintf(f, " %s=\"", name);
	dt_xml_text(f, str);
	putc('"', f);
}
