/* SPDX-License-Identifier: ISC */
/* Threads in strace's text: halves of calls, and refusals told by signals. */
#include <string.h>

#include "strace.h"
#include "tables.h"

/* The longest call that is kept after it was given. */
enum { LAST_MAX = 8 * 1024 };

static int64_t
tid_of(const struct dt_strace_line *ln)
{
	return ln->prefix.pid.set ? ln->prefix.pid.v : -1;
}

static int
put(struct dt_record *rec, const char *key, struct dt_str val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), val);
}

static int
set(struct dt_strace *st, int64_t tid, enum dt_strace_state state,
    struct dt_str text)
{
	return dt_strace_calls_set(&st->calls, tid, state, text) == NULL ?
	    -1 : 0;
}

/*
 * The slot in a state that a line speaks of.  strace leaves the pid out while
 * there is one process only, so that one may be known by its number already.
 */
static struct dt_strace_slot *
whose(struct dt_strace *st, int64_t tid, enum dt_strace_state state)
{
	struct dt_strace_slot *slot = dt_strace_calls_find(&st->calls, tid);

	if (slot != NULL && slot->state == state)
		return slot;
	return tid == -1 ? dt_strace_calls_only(&st->calls, state) : NULL;
}

static struct dt_str
name_of(const struct dt_strace_slot *slot)
{
	struct dt_str s = {slot->text, slot->n};
	struct dt_strace_prefix p;
	const char *paren;

	dt_strace_prefix(s, &p);
	s = dt_str_after(s, p.n);
	paren = memchr(s.s, '(', s.n);
	s.n = paren != NULL ? (size_t)(paren - s.s) : 0;
	return s;
}

/* The same by the name of the call, or before its number was known. */
static struct dt_strace_slot *
whose_named(struct dt_strace *st, int64_t tid, enum dt_strace_state state,
    struct dt_str name)
{
	struct dt_strace_slot *slot = whose(st, tid, state);

	if (slot == NULL && tid != -1)
		slot = dt_strace_calls_find(&st->calls, -1);
	return slot != NULL && slot->state == state &&
	    dt_str_eq(name_of(slot), name) ? slot : NULL;
}

/*
 * Did a call return its own number?  That is what is left in the register
 * when seccomp did not let it begin.  -n prints the number, whatever the
 * architecture.
 */
static bool
is_own_number(const struct dt_record *rec, struct dt_str printed)
{
	static const struct dt_sys x86 = {DT_OS_LINUX, DT_ARCH_X86_64};
	static const struct dt_sys arm = {DT_OS_LINUX, DT_ARCH_AARCH64};
	const struct dt_call *call = dt_call_byname(rec->name);
	int64_t nr;

	if (!rec->ret.set || rec->ret.v < 0)
		return false;
	if (printed.s != NULL && dt_num_parse(printed, &nr) == 0)
		return rec->ret.v == nr;
	return call != NULL && (rec->ret.v == dt_call_number(call, x86) ||
	    rec->ret.v == dt_call_number(call, arm));
}

static bool
is_exit(struct dt_str name)
{
	return dt_str_is(name, "exit") || dt_str_is(name, "exit_group");
}

/*
 * How a call that is given now is remembered.  One without a result ended with
 * its thread.  If another was refused at that time, then because of it; and
 * one that had been waiting was not refused itself.
 */
static enum dt_strace_state
state_of(const struct dt_strace *st, const struct dt_strace_line *ln)
{
	if (ln->what != DT_STRACE_CALL || ln->result.digits.s != NULL ||
	    ln->result.symbol.s != NULL || is_exit(ln->name) ||
	    st->calls.count[DT_STRACE_HELD] > 0 ||
	    (ln->joined && st->refused))
		return DT_STRACE_DONE;
	return DT_STRACE_DYING;
}

/* A call that is as whole as it will be. */
static int
whole(struct dt_strace *st, const struct dt_strace_line *ln)
{
	struct dt_str text = dt_str_after(ln->text, ln->before.n);
	int64_t tid = tid_of(ln);
	int r;

	if ((ln->inside.s != NULL &&
	    dt_strace_output(st, ln->inside) == -1) ||
	    dt_strace_room(st, tid, text.n) == -1)
		return -1;
	r = dt_strace_begin(st, ln);
	if (r != 0)
		return r == 1 ? 0 : -1;
	st->frames_tid = tid;
	st->frames = is_own_number(&st->rec, ln->prefix.nr) &&
	    text.n <= DT_STRACE_CALL_MAX;
	if (st->frames)
		return set(st, tid, DT_STRACE_HELD, text);
	if (ln->result.digits.s != NULL && !ln->result.failed)
		st->succeeded = true;
	if (dt_strace_give(st) == -1)
		return -1;
	return set(st, tid, state_of(st, ln),
	    text.n <= LAST_MAX ? text : (struct dt_str){"", 0});
}

/* The first half of a call. */
static int
unfinished(struct dt_strace *st, const struct dt_strace_line *ln)
{
	struct dt_str text = dt_str_after(ln->text, ln->before.n);
	int64_t tid = tid_of(ln);
	int r;

	text.n = (size_t)(ln->args.s + ln->args.n - text.s);
	if (dt_strace_room(st, tid, text.n) == -1)
		return -1;
	r = dt_strace_begin(st, ln);
	if (r != 0)
		return r == 1 ? 0 : -1;
	if (text.n > DT_STRACE_CALL_MAX)
		return dt_strace_give(st);
	return set(st, tid, DT_STRACE_PENDING, text);
}

int
dt_strace_take_call(struct dt_strace *st, const struct dt_strace_line *ln)
{
	return ln->what == DT_STRACE_UNFINISHED ? unfinished(st, ln) :
	    whole(st, ln);
}

/* Three pieces of text as one, for the time of a line. */
static struct dt_str
join(struct dt_strace *st, struct dt_str a, struct dt_str b, struct dt_str c)
{
	char *p = dt_arena_alloc(&st->mem, a.n + b.n + c.n + 1);

	if (p == NULL)
		return (struct dt_str){0};
	if (a.n > 0)
		memcpy(p, a.s, a.n);
	if (b.n > 0)
		memcpy(p + a.n, b.s, b.n);
	if (c.n > 0)
		memcpy(p + a.n + b.n, c.s, c.n);
	return (struct dt_str){p, a.n + b.n + c.n};
}

/* The second half of a call whose first is not in the text. */
static int
resumed_only(struct dt_strace *st, const struct dt_strace_line *half)
{
	struct dt_strace_line ln = {.prefix = half->prefix};
	struct dt_record *rec = &st->rec;
	bool comma = dt_str_starts(half->rest, ", ");
	int r;

	ln.text = join(st, half->name, DT_STR("("),
	    dt_str_after(half->rest, comma ? 2 : 0));
	if (ln.text.s == NULL)
		return -1;
	dt_strace_call(&st->mem, ln.text, 0, &ln);
	if (ln.what != DT_STRACE_CALL && ln.what != DT_STRACE_UNFINISHED &&
	    ln.what != DT_STRACE_DETACHED)
		return dt_strace_unparsed(st, "a call that is not whole");
	ln.what = DT_STRACE_CALL;
	ln.dying = false;
	r = dt_strace_begin(st, &ln);
	if (r != 0)
		return r == 1 ? 0 : -1;
	/* These arguments are not where the call has them. */
	rec->path = rec->path2 = (struct dt_str){0};
	rec->path_truncated.set = rec->flags.set = false;
	if (put(rec, "state", DT_STR("resumed-only")) == -1)
		return -1;
	return dt_strace_give(st);
}

int
dt_strace_take_resumed(struct dt_strace *st, const struct dt_strace_line *half)
{
	struct dt_strace_slot *slot = whose_named(st, tid_of(half),
	    DT_STRACE_PENDING, half->name);
	struct dt_strace_line ln;
	struct dt_str text;
	int r;

	if (slot == NULL)
		return resumed_only(st, half);
	text = join(st, (struct dt_str){slot->text, slot->n}, half->rest,
	    (struct dt_str){0});
	if (text.s == NULL)
		return -1;
	dt_strace_cut(st, text, &ln);
	if (!ln.prefix.pid.set)
		ln.prefix.pid = half->prefix.pid;
	if (ln.what == DT_STRACE_OPEN || ln.what == DT_STRACE_BROKEN) {
		r = dt_strace_unparsed(st, "a call that is not whole");
		return r == -1 ? r : dt_strace_give_drop(st, slot);
	}
	dt_strace_calls_drop(&st->calls, slot);
	ln.joined = true;
	return dt_strace_take_call(st, &ln);
}

/* What is known of the refused call, for the signal that tells of it. */
static int
borrow(struct dt_strace *st, const struct dt_strace_slot *slot)
{
	struct dt_record *sig = &st->rec, *rec = &st->call;
	struct dt_strace_line ln;
	const char *errstr;

	dt_record_reset(rec);
	dt_strace_cut(st, (struct dt_str){slot->text, slot->n}, &ln);
	if (dt_strace_fill(rec, &ln, &errstr) == -1)
		return errstr == NULL ? -1 : 0;
	sig->path = rec->path;
	sig->path2 = rec->path2;
	sig->path_truncated = rec->path_truncated;
	sig->flags = rec->flags;
	sig->args = rec->args;
	return 0;
}

/* The slot of the call that a signal of seccomp's is about. */
static struct dt_strace_slot *
refused_slot(struct dt_strace *st, int64_t tid, struct dt_str name)
{
	static const enum dt_strace_state states[] = {DT_STRACE_HELD,
	    DT_STRACE_DONE};
	struct dt_strace_slot *slot = NULL;
	size_t i;

	for (i = 0; i < 2 && slot == NULL && name.s != NULL; i++)
		slot = whose_named(st, tid, states[i], name);
	return slot;
}

/*
 * Give the call that seccomp refused, or a held one that it did not.  Returns
 * 1 if a record was given.
 */
static int
give_refused(struct dt_strace *st, struct dt_strace_slot *slot, int64_t tid)
{
	bool refused = slot != NULL;

	if (slot == NULL)
		slot = whose(st, tid, DT_STRACE_HELD);
	if (slot == NULL || slot->state != DT_STRACE_HELD)
		return 0;
	return dt_strace_give_kept(st, slot, refused) == -1 ? -1 : 1;
}

static int
sigsys(struct dt_strace *st, const struct dt_strace_line *ln)
{
	struct dt_strace_slot *slot = NULL;
	int64_t tid = tid_of(ln);
	int r;

	if (st->rec.denied_by.s != NULL)
		slot = refused_slot(st, tid, dt_strace_refused(&st->rec));
	r = give_refused(st, slot, tid);
	if (r == -1 || (r == 1 && dt_strace_begin(st, ln) == -1))
		return -1;
	if (slot != NULL && borrow(st, slot) == -1)
		return -1;
	/*
	 * A program can send itself such a signal, rt_sigqueueinfo(2).  Where
	 * calls that succeed are in the text, so is the one that was refused.
	 */
	if (st->rec.denied_by.s != NULL && slot == NULL && st->succeeded &&
	    put(&st->rec, "inferred", DT_STR("no-such-call")) == -1)
		return -1;
	if (st->rec.denied_by.s == NULL)
		st->sent = true;
	if (dt_strace_give(st) == -1)
		return -1;
	return set(st, slot != NULL ? slot->tid : tid, DT_STRACE_SIGSYS,
	    (struct dt_str){"", 0});
}

int
dt_strace_take_signal(struct dt_strace *st, const struct dt_strace_line *ln)
{
	int r = dt_strace_begin(st, ln);

	if (r != 0)
		return r == 1 ? 0 : -1;
	if (dt_str_is(ln->name, "SIGSYS") && ln->what == DT_STRACE_SIGNAL)
		return sigsys(st, ln);
	return dt_strace_give(st);
}

/* Give the signal of which strace told only that it killed the thread. */
static int
give_sigsys(struct dt_strace *st, const struct dt_strace_line *ln,
    const struct dt_strace_slot *slot, bool inferred)
{
	struct dt_strace_line sig = *ln;
	struct dt_record *rec = &st->rec;

	sig.what = DT_STRACE_SIGNAL;
	sig.rest.n = 0;
	if (dt_strace_begin(st, &sig) != 0)
		return -1;
	rec->denied_by = DT_STR("seccomp");
	if (slot != NULL && (put(rec, "call", name_of(slot)) == -1 ||
	    borrow(st, slot) == -1))
		return -1;
	if ((inferred ? put(rec, "inferred", DT_STR("killed-by-SIGSYS")) :
	    put(rec, "killed", DT_STR("1"))) == -1)
		return -1;
	return dt_emit(st->sink, rec);
}

/*
 * Killed by SIGSYS: the call before it was refused, if it returned its own
 * number.  If it returned nothing that is likely; and if calls that succeed
 * are not in the text, there is nothing to tell by.
 */
static int
killed(struct dt_strace *st, const struct dt_strace_line *ln)
{
	int64_t tid = tid_of(ln);
	struct dt_strace_slot *slot = whose(st, tid, DT_STRACE_HELD);

	/* Others are killed along when somebody sent the signal. */
	if (slot != NULL)
		return dt_strace_give_kept(st, slot, true) == -1 ? -1 :
		    give_sigsys(st, ln, slot, st->sent);
	if (whose(st, tid, DT_STRACE_SIGSYS) != NULL)
		return 0;
	slot = whose(st, tid, DT_STRACE_DYING);
	if (slot != NULL || !st->succeeded)
		return give_sigsys(st, ln, slot, true);
	return 0;
}

int
dt_strace_take_end(struct dt_strace *st, const struct dt_strace_line *ln)
{
	struct dt_strace_slot *slot;
	int64_t tid = tid_of(ln);

	if (ln->what == DT_STRACE_KILLED &&
	    dt_str_is(ln->name, "SIGSYS") && killed(st, ln) == -1)
		return -1;
	if (dt_strace_begin(st, ln) != 0 || dt_emit(st->sink, &st->rec) == -1)
		return -1;
	slot = dt_strace_calls_find(&st->calls, tid);
	if (slot != NULL)
		dt_strace_calls_drop(&st->calls, slot);
	if (ln->what == DT_STRACE_SUPERSEDED)
		dt_strace_calls_rename(&st->calls, ln->num.v, tid);
	return 0;
}

static bool
is_end(const struct dt_strace_line *ln)
{
	return ln->what == DT_STRACE_EXITED || ln->what == DT_STRACE_KILLED ||
	    ln->what == DT_STRACE_SUPERSEDED;
}

int
dt_strace_settle(struct dt_strace *st, const struct dt_strace_line *ln)
{
	bool is_sigsys = dt_str_is(ln->name, "SIGSYS") &&
	    (ln->what == DT_STRACE_SIGNAL || ln->what == DT_STRACE_KILLED);
	int64_t tid = tid_of(ln);
	struct dt_strace_slot *slot = whose(st, tid, DT_STRACE_HELD);

	if (slot != NULL && !is_sigsys &&
	    dt_strace_give_kept(st, slot, false) == -1)
		return -1;
	slot = whose(st, tid, DT_STRACE_PENDING);
	/* The execve that supersedes a thread is not over yet. */
	if (slot != NULL && ln->what == DT_STRACE_SUPERSEDED &&
	    slot->tid == ln->num.v)
		slot = NULL;
	if (slot != NULL && (is_sigsys || is_end(ln)) &&
	    dt_strace_give_kept(st, slot, false) == -1)
		return -1;
	slot = dt_strace_calls_find(&st->calls, tid);
	if (slot != NULL && ln->what != DT_STRACE_KILLED &&
	    (slot->state == DT_STRACE_SIGSYS ||
	    slot->state == DT_STRACE_DYING))
		dt_strace_calls_state(&st->calls, slot, DT_STRACE_DONE);
	return 0;
}
