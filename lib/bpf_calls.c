/* SPDX-License-Identifier: ISC */
/* What the program in the kernel is to read of each system call. */
#include "bpf.h"
#include "tables.h"

/* The calls of 32-bit Arm have no column in syscalls.def. */
static const enum dt_arch arches[DT_BPF_ABIS] = {
#if defined(__x86_64__)
	[DT_BPF_NATIVE] = DT_ARCH_X86_64,
	[DT_BPF_COMPAT] = DT_ARCH_I386,
#elif defined(__aarch64__)
	[DT_BPF_NATIVE] = DT_ARCH_AARCH64,
#endif
};

const struct dt_call *
dt_bpf_call(enum dt_bpf_abi abi, int nr)
{
	struct dt_sys sys = {DT_OS_LINUX, arches[abi]};

	return sys.arch != DT_ARCH_UNKNOWN ? dt_call_bynumber(sys, nr) : NULL;
}

static const struct {
	int op;
	const char *call;
} ring_ops[] = {
#define U(op, call) {op, #call},
#include "uringops.def"
#undef U
};

const struct dt_call *
dt_bpf_ring_call(int op)
{
	size_t i;

	for (i = 0; i < sizeof(ring_ops) / sizeof(ring_ops[0]); i++)
		if (ring_ops[i].op == op)
			return dt_call_byname(dt_str_c(ring_ops[i].call));
	return dt_call_byname(DT_STR("io_uring_enter"));
}

void
dt_bpf_calls(struct dt_bpf_call calls[DT_BPF_ABIS * DT_BPF_CALLS])
{
	const struct dt_call *call;
	struct dt_bpf_call *to;
	int i;

	for (i = 0; i < DT_BPF_ABIS * DT_BPF_CALLS; i++) {
		to = &calls[i];
		*to = (struct dt_bpf_call){-1, -1, -1, -1, -1};
		call = dt_bpf_call(i / DT_BPF_CALLS, i % DT_BPF_CALLS);
		if (call == NULL)
			continue;
		to->path = (__s8)dt_call_path(call, DT_OS_LINUX);
		to->path2 = (__s8)dt_call_path2(call, DT_OS_LINUX);
		to->fd = (__s8)dt_call_fd(call);
		to->addr = (__s8)dt_call_sockaddr(call);
		if (dt_call_flags_far(call))
			to->flags = (__s8)dt_call_flagarg(call, DT_OS_LINUX);
	}
}
