/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/*
 * Runs inside the kernel: follows the processes that are traced, and gives
 * their refused system calls to the reader.  What is not refused costs as
 * little as can be: on_exit looks at the return value first.
 */
#include "bpf_give.bpf.h"
#include "bpf_stack.bpf.h"
#include "bpf_who.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Tell the reader of a call that was refused. */
static __always_inline void
report(void *ctx, struct task_struct *task, struct pt_regs *regs,
    enum dt_bpf_type type, __s64 ret)
{
	struct scratch *s = scratch();
	__u32 off;

	if (s == NULL)
		return;
	describe(s, task);
	s->ev.ret = ret;
	read_args(&s->ev, regs);
	off = put_call(s, s->ev.nr);
	if (stacks)
		off = put_stack(ctx, s, off);
	if (lossless != 0)
		give_safely(s, task, type, off);
	else
		give(s, type, off);
}

static __always_inline void
forget(struct dt_bpf_task *st)
{
	if (!st->marked)
		return;
	st->marked = false;
	st->caps = 0;
	st->lsm = false;
	st->killed = false;
	__sync_fetch_and_add(&marked, -1);
}

static __always_inline bool
is_refusal(long ret)
{
	return ret == -EPERM || ret == -EACCES || ret == -EROFS;
}

/*
 * What a filter may answer with; but for what says that a signal came while its
 * supervisor thought, and that the call is begun again.
 */
static __always_inline bool
is_error(long ret)
{
	return ret < 0 && ret >= -ERRNO_MAX &&
	    (ret > -RESTART_FIRST || ret < -RESTART_LAST);
}

static __always_inline bool
is_filtered(struct task_struct *task)
{
	return task->seccomp.mode == SECCOMP_FILTER;
}

static __always_inline bool
is_followed(struct task_struct *task)
{
	return task != NULL && bpf_task_storage_get(&tasks, task, NULL, 0) !=
	    NULL;
}

/*
 * Who is found while it starts or ends is found twice, by the tracepoint and
 * by `adopt`, but counted once.
 */
static __always_inline void
count(struct dt_bpf_task *st)
{
	if (__sync_lock_test_and_set(&st->counted, 1) == 0)
		__sync_fetch_and_add(&live, 1);
}

static __always_inline void
uncount(struct dt_bpf_task *st)
{
	if (__sync_lock_test_and_set(&st->counted, 0) == 1)
		__sync_fetch_and_add(&live, -1);
}

/* Is this a task that on_fork had no state for?  Once only. */
static __always_inline bool
claim(struct task_struct *task)
{
	__u32 pid = task->pid;

	if (late == 0 || bpf_map_delete_elem(&latecomers, &pid) != 0)
		return false;
	__sync_fetch_and_add(&late, -1);
	__sync_fetch_and_add(&live, -1);
	return true;
}

/* The state of the current task; the first time for one that came late. */
static __always_inline struct dt_bpf_task *
state_of(struct task_struct *task)
{
	struct dt_bpf_task *st = bpf_task_storage_get(&tasks, task, NULL, 0);
	__u32 pid = task->pid;

	if (late == 0 || bpf_map_lookup_elem(&latecomers, &pid) == NULL)
		return st;
	/* `adopt` may have found it first. */
	if (st == NULL)
		st = bpf_task_storage_get(&tasks, task, NULL,
		    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (st != NULL)
		count(st);
	else
		__sync_fetch_and_add(&untracked, 1);
	claim(task);
	return st;
}

static __always_inline void
blame(struct dt_bpf_event *ev, const struct dt_bpf_task *st, bool filtered,
    bool killed)
{
	ev->caps = st->caps;
	ev->cap = st->cap;
	if (killed)
		ev->by = DT_BPF_BY_SECCOMP;
	else if (filtered && !st->entered)
		ev->by = st->armed ? DT_BPF_BY_SECCOMP : DT_BPF_BY_UNKNOWN;
	/* Who traces the process, by ptrace(2), had the call skipped. */
	else if (ev->nr < 0)
		ev->by = DT_BPF_BY_UNKNOWN;
	else if (st->lsm)
		ev->by = DT_BPF_BY_LSM;
	else if (!ask_caps)
		ev->by = DT_BPF_BY_UNKNOWN;
	else
		ev->by = st->caps != 0 ? DT_BPF_BY_CAPABILITY :
		    DT_BPF_BY_LSM_OR_FS;
}

/*
 * Did a filter send the signal?  A process can send itself one that looks like
 * it; but for that the call has to get past the filter.
 */
static __always_inline bool
is_killed(struct task_struct *task, const struct dt_bpf_task *st)
{
	return st->killed && task->seccomp.mode >= SECCOMP_FILTER &&
	    !st->entered;
}

/* Could this call, which did not fail, have given the task a filter? */
static __always_inline bool
may_filter(struct pt_regs *regs)
{
	int nr = call_number(regs);

	return nr == NR_SECCOMP || nr == NR_PRCTL || nr == NR_COMPAT_SECCOMP ||
	    nr == NR_COMPAT_PRCTL;
}

/*
 * A seccomp filter answers in place of the call: then there is no sys_enter.
 * What a filter returns without one may be any errno.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long ret)
{
	bool refused = is_refusal(ret), filtered, killed;
	struct task_struct *task;
	struct dt_bpf_task *st;
	struct scratch *s;

	if (!refused && filters == 0 && marked == 0 && late == 0 &&
	    (ret < 0 || !may_filter(regs)))
		return 0;
	task = bpf_get_current_task_btf();
	st = state_of(task);
	if (st == NULL)
		return 0;
	filtered = is_filtered(task);
	if (filtered && filters == 0)
		filters = 1;
	killed = is_killed(task, st);
	if (killed || (filtered && st->armed && !st->entered && is_error(ret)))
		refused = true;
	/* The registers are those of whom a signal handler interrupted. */
	else if (st->returning && call_number(regs) < 0)
		refused = false;
	s = refused ? scratch() : NULL;
	if (s != NULL) {
		s->ev.nr = call_number(regs);
		blame(&s->ev, st, filtered, killed);
	}
	forget(st);
	st->entered = st->returning = false;
	st->armed = filtered;
	if (s != NULL)
		report(ctx, task, regs, killed ? DT_BPF_KILLED :
		    DT_BPF_REFUSED, killed ? 0 : ret);
	return 0;
}

/* The return of a signal handler, by which no call ends. */
static __always_inline bool
is_sigreturn(long nr)
{
	return nr == NR_SIGRETURN || nr == NR_COMPAT_SIGRETURN ||
	    nr == NR_COMPAT_RT_SIGRETURN;
}

/* What was missed before is no business of this call: a fault can miss, too. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long nr)
{
	struct dt_bpf_task *st;

	/* A call that is skipped has no number; it clears `returning`. */
	if (filters == 0 && marked == 0 && nr >= 0 && !is_sigreturn(nr))
		return 0;
	st = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), NULL, 0);
	if (st == NULL)
		return 0;
	forget(st);
	st->entered = filters != 0;
	/* Other calls that have these numbers keep them to their end. */
	st->returning = is_sigreturn(nr);
	return 0;
}

/* Who ends is in no call: nothing would clear what it misses. */
static __always_inline struct dt_bpf_task *
mark(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct dt_bpf_task *st = bpf_task_storage_get(&tasks, task, NULL, 0);

	if ((task->flags & EXITING) != 0)
		return NULL;
	if (st != NULL && !st->marked) {
		st->marked = true;
		__sync_fetch_and_add(&marked, 1);
	}
	return st;
}

static __always_inline void
missed(int cap)
{
	struct dt_bpf_task *st = mark();

	if (st == NULL)
		return;
	st->caps |= 1ULL << (cap & 63);
	st->cap = cap;
}

SEC("tp_btf/cap_capable")
int BPF_PROG(on_cap, const struct cred *cred, struct user_namespace *ns,
    const struct user_namespace *capable_ns, int cap, int ret)
{
	if (ret != 0)
		missed(cap);
	return 0;
}

/* The same for kernels before 6.14, which have no such tracepoint. */
SEC("fexit/cap_capable")
int BPF_PROG(on_cap_exit, const struct cred *cred, struct user_namespace *ns,
    int cap, unsigned int opts, int ret)
{
	if (ret != 0 && (opts & CAP_NOAUDIT) == 0)
		missed(cap);
	return 0;
}

SEC("tp_btf/selinux_audited")
int BPF_PROG(on_selinux, struct selinux_audit_data *sad)
{
	struct dt_bpf_task *st;

	if (BPF_CORE_READ(sad, result) == 0)
		return 0;
	st = mark();
	if (st != NULL)
		st->lsm = true;
	return 0;
}

/* A call by the page of vsyscalls, which is a fault and not seen to end. */
static __always_inline bool
is_vsyscall(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->ip >> 12 == 0xffffffffff600;
#else
	return false;
#endif
}

/* No process can be stopped here, and that page has no stack of its own. */
static __always_inline void
report_vsyscall(struct task_struct *task, struct pt_regs *regs, int nr)
{
	struct scratch *s = scratch();

	if (s == NULL || !is_followed(task))
		return;
	describe(s, task);
	s->ev.by = DT_BPF_BY_SECCOMP;
	s->ev.caps = 0;
	s->ev.ret = 0;
	s->ev.nr = nr;
	read_args(&s->ev, regs);
	give(s, DT_BPF_KILLED, 0);
}

/*
 * What a filter kills for.  The call ends without having begun, and there the
 * stack can be read; here a lock is held.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int sig, struct kernel_siginfo *info)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs;
	struct dt_bpf_task *st;

	/* 0 and 1 stand for signals without a siginfo. */
	if (sig != SIGSYS_ || (unsigned long)info <= 1 ||
	    BPF_CORE_READ(info, si_code) != SYS_SECCOMP_)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (is_vsyscall(regs)) {
		report_vsyscall(task, regs, BPF_CORE_READ(info,
		    _sifields._sigsys._syscall));
		return 0;
	}
	st = mark();
	if (st != NULL)
		st->killed = true;
	return 0;
}

/* Of several threads a filter kills one without a signal. */
static __always_inline void
report_killed(void *ctx, struct task_struct *task)
{
	struct scratch *s = scratch();

	if (s == NULL)
		return;
	s->ev.by = DT_BPF_BY_SECCOMP;
	s->ev.caps = 0;
	s->ev.nr = call_number((struct pt_regs *)bpf_task_pt_regs(task));
	report(ctx, task, (struct pt_regs *)bpf_task_pt_regs(task),
	    DT_BPF_KILLED, 0);
}

/*
 * There is no state to be had while something on this CPU is at work on that of
 * any task; then the child gets it when its first call ends, this one.
 */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct dt_bpf_task *st;
	__u32 pid = child->pid;

	if (bpf_task_storage_get(&tasks, parent, NULL, 0) == NULL)
		return 0;
	st = bpf_task_storage_get(&tasks, child, NULL,
	    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (st != NULL) {
		st->armed = is_filtered(parent);
		count(st);
	} else if (bpf_map_update_elem(&latecomers, &pid, &pid, BPF_ANY) == 0) {
		__sync_fetch_and_add(&live, 1);
		__sync_fetch_and_add(&late, 1);
	} else
		__sync_fetch_and_add(&untracked, 1);
	return 0;
}

/* How the first process ended, as its parent will be told. */
static __always_inline void
note_end(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct signal_struct *sig = task->signal;

	if (sig->live.counter != 0 || seen_tgid(task) != target)
		return;
	status = (sig->flags & GROUP_EXIT) != 0 ? sig->group_exit_code :
	    leader->exit_code;
	ended = 1;
}

/* What is to be told of a task when it ends, and what to be forgotten. */
static __always_inline void
end(void *ctx, struct task_struct *task, struct dt_bpf_task *st)
{
	__u32 tgid = task->tgid;

	if ((task->exit_code & 0x7f) == SIGSYS_ &&
	    (task->signal->flags & GROUP_EXIT) == 0)
		report_killed(ctx, task);
	if (lossless != 0)
		unspill(task);
	forget(st);
	note_end(task);
	if (task->signal->live.counter == 0)
		bpf_map_delete_elem(&halted, &tgid);
	uncount(st);
	/* By their leader the kernel's own threads of a process are known. */
	if (task != task->group_leader)
		bpf_task_storage_delete(&tasks, task);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_end, struct task_struct *task)
{
	struct dt_bpf_task *st = bpf_task_storage_get(&tasks, task, NULL, 0);
	struct scratch *s = scratch();
	bool claimed = claim(task);

	if (st != NULL)
		end(ctx, task, st);
	else if (!claimed)
		return 0;
	if (live == 0 && s != NULL)
		output(s, DT_BPF_WAKE, 0);
	return 0;
}

/*
 * What is asked for through a ring is no system call.  It is done by the task
 * itself or by workers, which are threads of its process that nobody forked.
 */
static __always_inline void
report_ring(int op, int res)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s;

	if (!is_refusal(res))
		return;
	s = scratch();
	if (s == NULL || (!is_followed(task) &&
	    !is_followed(task->group_leader)))
		return;
	describe(s, task);
	__builtin_memcpy(s->ev.comm, task->group_leader->comm,
	    sizeof(s->ev.comm));
	s->ev.by = DT_BPF_BY_UNKNOWN;
	s->ev.ret = res;
	s->ev.nr = op;
	give(s, DT_BPF_RING_REFUSED, 0);
}

/*
 * The process itself can change what is in the queue, and can choose what
 * comes of nothing (IORING_OP_NOP) and of messages, which have no request.
 */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_complete, struct io_ring_ctx *ring_ctx, struct io_kiocb *req,
    struct io_uring_cqe *cqe)
{
	int op;

	if (req == NULL)
		return 0;
	op = BPF_CORE_READ(req, opcode);
	if (op != OP_NOP)
		report_ring(op, BPF_CORE_READ(req, cqe.res));
	return 0;
}

/* What the queue has no room for is not told of again when it has. */
SEC("tp_btf/io_uring_cqe_overflow")
int BPF_PROG(on_overflow, void *ring_ctx, unsigned long long user_data,
    int res)
{
	report_ring(-1, res);
	return 0;
}

/* For kernels whose io_uring_complete has no struct io_uring_cqe. */
SEC("tp_btf/io_uring_create")
int BPF_PROG(on_ring, int fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = scratch();

	if (s == NULL || bpf_task_storage_get(&tasks, task, NULL, 0) == NULL)
		return 0;
	describe(s, task);
	s->ev.ret = fd;
	give(s, DT_BPF_RING, 0);
	return 0;
}

/*
 * Follow threads and children of what is followed.  To be run until nothing
 * is found any more: then there is no one left to start one unseen.
 */
SEC("iter/task")
int adopt(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct dt_bpf_task *st;

	if (task == NULL)
		return 0;
	st = bpf_task_storage_get(&tasks, task, NULL, 0);
	if (st == NULL && (is_followed(task->group_leader) ||
	    is_followed(task->real_parent))) {
		st = bpf_task_storage_get(&tasks, task, NULL,
		    BPF_LOCAL_STORAGE_GET_F_CREATE);
		__sync_fetch_and_add(st != NULL ? &adopted : &untracked, 1);
		if (st != NULL)
			count(st);
		claim(task);
	}
	if (st == NULL)
		return 0;
	if (is_filtered(task))
		filters = 1;
	/* on_end may have gone by already: a zombie never ends. */
	if ((task->flags & EXITING) != 0)
		uncount(st);
	return 0;
}
