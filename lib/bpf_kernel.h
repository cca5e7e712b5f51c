/* SPDX-License-Identifier: ISC */
/*
 * The members of Linux' own structs that the program inside the kernel looks
 * at.  Offsets come from the running kernel's BTF (CO-RE), so only names and
 * types matter here.  Source: include/linux and fs/mount.h of Linux 6.12.
 */
#ifndef DT_BPF_KERNEL_H
#define DT_BPF_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), \
    apply_to = record)

struct inode {
	__u16 i_mode;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_pgoff;
	struct file *vm_file;
};

struct seccomp {
	int mode;
};

struct signal_struct {
	int group_exit_code;
	unsigned int flags;
	struct {
		int counter;
	} live;
};

struct thread_info {
	unsigned long flags;	/* arm64: _TIF_32BIT */
	__u32 status;		/* x86: TS_COMPAT */
};

struct user_namespace {
	int level;
};

struct cred {
	struct {
		__u32 val;
	} uid;
	struct user_namespace *user_ns;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct ns_common {
	__u32 inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	__u32 level;
	struct upid numbers[1];	/* level + 1 of them */
};

struct task_struct {
	struct thread_info thread_info;
	__u32 flags;
	int pid, tgid;
	struct pid *thread_pid;
	char comm[16];
	const struct cred *cred;
	struct css_set *cgroups;
	int exit_code;
	struct task_struct *group_leader, *real_parent;
	struct files_struct *files;
	struct fs_struct *fs;
	struct signal_struct *signal;
	struct seccomp seccomp;
};

struct kernel_siginfo {
	int si_code;
	union {
		struct {
			int _syscall;
		} _sigsys;
	} _sifields;
};

struct io_cqe {
	__s32 res;
};

struct io_kiocb {
	struct io_cqe cqe;
	__u8 opcode;
};

struct selinux_audit_data {
	int result;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bp, bx, r10, r9, r8, cx, dx, si, di, orig_ax, ip;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};
#else
#error "which registers hold the arguments of a system call is not known"
#endif

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

struct io_ring_ctx;
struct io_uring_cqe;
#endif
