/* SPDX-License-Identifier: ISC */
/* What a tracer says of itself, as a record. */
#include "diag.h"
#include "message.h"

bool
dt_message(struct dt_str line, const char *level, const char *code,
    struct dt_record *rec)
{
	uint64_t count = 0;
	const struct dt_diag *diag = dt_diag_bytext(line, &count);

	rec->kind = DT_KIND_DIAGNOSTIC;
	rec->level = dt_str_c(level);
	rec->diag_code = dt_str_c(code);
	rec->text = line;
	if (diag == NULL)
		return false;
	rec->level = dt_str_c(dt_level_name(diag->level));
	rec->diag_code = dt_str_c(diag->code);
	if (diag->level == DT_LEVEL_LOST) {
		rec->kind = DT_KIND_DROP;
		rec->level = (struct dt_str){0};
		rec->count = DT_INT(count == 0 ? 1 :
		    count > INT64_MAX ? INT64_MAX : (int64_t)count);
	}
	return true;
}
