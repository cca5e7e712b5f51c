/* SPDX-License-Identifier: ISC OR GPL-2.0-only */
/* The head of an event: who runs, when, and the registers of a call. */
#ifndef DT_BPF_WHO_H
#define DT_BPF_WHO_H

#include "bpf_state.bpf.h"

static __always_inline bool
is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return (task->thread_info.status & COMPAT_X86) != 0;
#else
	return (task->thread_info.flags & COMPAT_ARM64) != 0;
#endif
}

/* Registers of a tracepoint and of bpf_task_pt_regs() are read as they are. */
static __always_inline int
call_number(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

static __always_inline void
read_args(struct dt_bpf_event *ev, struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	if (ev->abi == DT_BPF_COMPAT) {
		ev->args[0] = (__u32)regs->bx;
		ev->args[1] = (__u32)regs->cx;
		ev->args[2] = (__u32)regs->dx;
		ev->args[3] = (__u32)regs->si;
		ev->args[4] = (__u32)regs->di;
		ev->args[5] = (__u32)regs->bp;
		return;
	}
	ev->args[0] = regs->di;
	ev->args[1] = regs->si;
	ev->args[2] = regs->dx;
	ev->args[3] = regs->r10;
	ev->args[4] = regs->r8;
	ev->args[5] = regs->r9;
#else
	/* The return value stands in the first register by now. */
	ev->args[0] = regs->orig_x0;
	ev->args[1] = regs->regs[1];
	ev->args[2] = regs->regs[2];
	ev->args[3] = regs->regs[3];
	ev->args[4] = regs->regs[4];
	ev->args[5] = regs->regs[5];
#endif
}

/* The number of a pid in the reader's namespace. */
__noinline int
seen_pid(__u64 pid_)
{
	struct pid *pid = (void *)pid_;
	struct upid *numbers = (void *)pid + bpf_core_field_offset(struct pid,
	    numbers);
	__u32 level = BPF_CORE_READ(pid, level), i;

	for (i = 0; i < PIDNS_LEVELS && i <= level; i++)
		if (BPF_CORE_READ(&numbers[i], ns, ns.inum) == pidns)
			return BPF_CORE_READ(&numbers[i], nr);
	return BPF_CORE_READ(&numbers[0], nr);
}

static __always_inline __u32
seen_tgid(struct task_struct *task)
{
	return pidns == 0 ? (__u32)task->tgid :
	    (__u32)seen_pid((__u64)BPF_CORE_READ(task, group_leader,
	    thread_pid));
}

/*
 * Who runs, and when.  Members of structs cost less than the helpers that give
 * the same.
 */
static __always_inline void
describe(struct scratch *s, struct task_struct *task)
{
	s->ev.ts = bpf_ktime_get_ns();
	s->ev.pid = seen_tgid(task);
	s->ev.tid = pidns == 0 ? task->pid :
	    seen_pid((__u64)BPF_CORE_READ(task, thread_pid));
	s->ev.uid = task->cred->uid.val;
	s->ev.userns = task->cred->user_ns->level != 0;
	s->ev.cgroup = task->cgroups->dfl_cgrp->kn->id;
	s->ev.abi = is_compat(task) ? DT_BPF_COMPAT : DT_BPF_NATIVE;
	__builtin_memcpy(s->ev.comm, task->comm, sizeof(s->ev.comm));
}

#endif
