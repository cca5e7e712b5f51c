/* SPDX-License-Identifier: ISC */
/* A text that is being written, in an arena. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "show.h"

void
dt_buf_put(struct dt_buf *b, struct dt_str str)
{
	size_t cap = 2 * (b->n + str.n) + 32;
	char *s;

	if (b->lost || str.n == 0)
		return;
	if (str.n > b->cap - b->n) {
		s = dt_arena_alloc(b->mem, cap);
		if (s == NULL) {
			b->lost = true;
			return;
		}
		if (b->n > 0)
			memcpy(s, b->s, b->n);
		b->s = s;
		b->cap = cap;
	}
	memcpy(b->s + b->n, str.s, str.n);
	b->n += str.n;
}

void
dt_buf_c(struct dt_buf *b, const char *c)
{
	dt_buf_put(b, dt_str_c(c));
}

void
dt_buf_num(struct dt_buf *b, int64_t num)
{
	char dec[24];

	snprintf(dec, sizeof(dec), "%" PRId64, num);
	dt_buf_c(b, dec);
}

void
dt_buf_shown(struct dt_buf *b, struct dt_str str)
{
	char one[DT_SHOW_MAX];

	while (str.n > 0)
		dt_buf_put(b, dt_show_next(&str, one));
}

struct dt_str
dt_buf_end(struct dt_buf *b)
{
	dt_buf_put(b, (struct dt_str){"", 1});
	if (!b->lost)
		return (struct dt_str){b->s, b->n - 1};
	errno = ENOMEM;
	return (struct dt_str){0};
}
