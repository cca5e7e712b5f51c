/* SPDX-License-Identifier: ISC */
/* Giving the records of strace's text: when, with what stack, in what order. */
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "parse.h"
#include "strace.h"

enum {
	FRAMES_MAX = 1024,
	FRAME_LEN_MAX = 4096,
	STACK_MAX = 512 * 1024,	/* memory of a record that still takes frames */
	HOLD_MAX = 256 * 1024,	/* a longer record is given at once */
};

int
dt_strace_flush(struct dt_strace *st)
{
	if (!st->held)
		return 0;
	st->held = false;
	return dt_emit(st->sink, &st->rec);
}

int
dt_strace_fresh(struct dt_strace *st)
{
	int r = dt_strace_flush(st);

	dt_record_reset(&st->rec);
	return r;
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

int
dt_strace_give(struct dt_strace *st)
{
	if (st->line == NULL || st->line->text.n > HOLD_MAX)
		return dt_emit(st->sink, &st->rec);
	st->held = true;
	return dt_record_own(&st->rec);
}

/* Give a record that can have no stack, after the one that is held. */
static int
give_now(struct dt_strace *st, struct dt_record *rec)
{
	return dt_strace_flush(st) == -1 ? -1 : dt_emit(st->sink, rec);
}

int
dt_strace_output(struct dt_strace *st, struct dt_str text)
{
	struct dt_record rec = {.kind = DT_KIND_OUTPUT, .text = text};

	if (rec.text.n > 0 && text.s[text.n - 1] == '\n')
		rec.text.n--;
	return give_now(st, &rec);
}

int
dt_strace_message(struct dt_strace *st, struct dt_str text, struct dt_str said)
{
	struct dt_record rec = {0};

	dt_message(said, "info", "strace", &rec);
	rec.text = text;
	return give_now(st, &rec);
}

int
dt_strace_unparsed(struct dt_strace *st, const char *reason)
{
	if (dt_strace_flush(st) == -1)
		return -1;
	return dt_unparsed(st->line, reason, st->sink);
}

void
dt_strace_cut(struct dt_strace *st, struct dt_str text,
    struct dt_strace_line *ln)
{
	*ln = (struct dt_strace_line){.text = text};
	dt_strace_prefix(text, &ln->prefix);
	dt_strace_call(&st->mem, text, ln->prefix.n, ln);
}

int
dt_strace_begin(struct dt_strace *st, const struct dt_strace_line *ln)
{
	const char *errstr;

	if (dt_strace_fresh(st) == -1)
		return -1;
	if (dt_strace_fill(&st->rec, ln, &errstr) == 0)
		return 0;
	if (errstr == NULL)
		return -1;
	return dt_unparsed(st->line, errstr, st->sink) == -1 ? -1 : 1;
}

/* A frame as "module`symbol+0x51" or "module+0x1234". */
static int
frame(struct dt_record *rec, struct dt_str s)
{
	size_t open, close, addr;
	char *p;

	s = dt_str_after(s, 3);
	for (addr = s.n; addr > 0 && s.s[addr - 1] != '[';)
		addr--;
	for (close = addr; close > 0 && s.s[close - 1] != ')';)
		close--;
	for (open = close; open > 0 && s.s[open - 1] != '(';)
		open--;
	if (open == 0)
		return dt_record_push(rec, &rec->stack,
		    dt_arena_dup(&rec->mem, s));
	p = dt_arena_alloc(&rec->mem, s.n);
	if (p == NULL)
		return -1;
	memcpy(p, s.s, open);
	p[open - 1] = close - open > 1 ? '`' : '+';
	if (close - open > 1) {
		memcpy(p + open, s.s + open, close - open - 1);
		open = close - 1;
	} else {
		memcpy(p + open, s.s + addr, s.n - addr - 1);
		open += s.n - addr - 1;
	}
	return dt_record_push(rec, &rec->stack, (struct dt_str){p, open});
}

bool
dt_strace_is_frame(struct dt_str s)
{
	return dt_str_starts(s, " > ") && s.n > 5 && s.s[s.n - 1] == ']' &&
	    s.n < FRAME_LEN_MAX && s.s[3] != ' ';
}

int
dt_strace_frame(struct dt_strace *st)
{
	struct dt_strace_slot *slot;
	int r = 1;

	if (st->held && st->rec.stack.n < FRAMES_MAX &&
	    st->rec.mem.total < STACK_MAX)
		return frame(&st->rec, st->line->text);
	slot = st->frames ? dt_strace_calls_find(&st->calls, st->frames_tid) :
	    NULL;
	if (slot != NULL)
		r = dt_strace_calls_frame(&st->calls, slot, st->line->text);
	return r != 1 ? r :
	    dt_strace_unparsed(st, "a stack frame without its call");
}

/* Give the stack that was kept behind a call to its record. */
static int
kept_frames(struct dt_record *rec, const struct dt_strace_slot *slot)
{
	const char *p = slot->text + slot->n, *nl;
	const char *end = slot->text + slot->all;

	for (; p < end; p = nl) {
		p++;
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl != NULL ? nl : end;
		if (frame(rec, (struct dt_str){p, (size_t)(nl - p)}) == -1)
			return -1;
	}
	return 0;
}

int
dt_strace_give_kept(struct dt_strace *st, struct dt_strace_slot *slot,
    bool refused)
{
	struct dt_record *rec = &st->rec;
	struct dt_strace_line ln;
	const char *errstr;

	if (dt_strace_fresh(st) == -1)
		return -1;
	dt_strace_cut(st, (struct dt_str){slot->text, slot->n}, &ln);
	if (slot->state == DT_STRACE_PENDING)
		ln.what = DT_STRACE_UNFINISHED;
	if (!ln.prefix.pid.set && slot->tid != -1)
		ln.prefix.pid = DT_INT(slot->tid);
	if (dt_strace_fill(rec, &ln, &errstr) == -1 ||
	    kept_frames(rec, slot) == -1)
		return -1;
	if (refused) {
		rec->ret.set = rec->errnum.set = false;
		if (put(rec, "ret_text", ln.result.digits) == -1 ||
		    put(rec, "state", DT_STR("refused")) == -1)
			return -1;
		st->refused = true;
	}
	/* Either way it was printed as if it had succeeded. */
	if (slot->state == DT_STRACE_HELD)
		st->succeeded = true;
	dt_strace_calls_state(&st->calls, slot, DT_STRACE_DONE);
	return dt_emit(st->sink, rec);
}

int
dt_strace_give_drop(struct dt_strace *st, struct dt_strace_slot *slot)
{
	int r = 0;

	if (slot->state == DT_STRACE_PENDING || slot->state == DT_STRACE_HELD)
		r = dt_strace_give_kept(st, slot, false);
	dt_strace_calls_drop(&st->calls, slot);
	return r;
}

int
dt_strace_room(struct dt_strace *st, int64_t tid, size_t n)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&st->calls, tid);

	if (slot != NULL && dt_strace_give_drop(st, slot) == -1)
		return -1;
	while ((slot = dt_strace_calls_oldest(&st->calls, n)) != NULL)
		if (dt_strace_give_drop(st, slot) == -1)
			return -1;
	return 0;
}
