/* SPDX-License-Identifier: ISC */
/* A record that waits for the stack which may follow it. */
#include "hold.h"

enum {
	FRAMES_MAX = 1024,
	STACK_MAX = 512 * 1024,	/* memory of a record that still takes frames */
};

int
dt_hold_flush(struct dt_hold *hold, const struct dt_sink *sink)
{
	if (!hold->held)
		return 0;
	hold->held = false;
	return dt_emit(sink, &hold->rec);
}

int
dt_hold_fresh(struct dt_hold *hold, const struct dt_sink *sink)
{
	int r = dt_hold_flush(hold, sink);

	dt_record_reset(&hold->rec);
	/* Memory that one great record needed would keep frames out. */
	if (hold->rec.mem.total >= STACK_MAX)
		dt_record_free(&hold->rec);
	return r;
}

int
dt_hold_keep(struct dt_hold *hold)
{
	hold->held = true;
	return dt_record_own(&hold->rec);
}

int
dt_hold_frame(struct dt_hold *hold, struct dt_str frame)
{
	struct dt_record *rec = &hold->rec;
	struct dt_str copy;

	if (!hold->held || rec->stack.n >= FRAMES_MAX ||
	    rec->mem.total >= STACK_MAX)
		return 1;
	copy = dt_arena_dup(&rec->mem, frame);
	if (copy.s == NULL)
		return -1;
	return dt_record_push(rec, &rec->stack, copy);
}

void
dt_hold_free(struct dt_hold *hold)
{
	dt_record_free(&hold->rec);
}
