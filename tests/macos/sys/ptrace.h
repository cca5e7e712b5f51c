/* SPDX-License-Identifier: ISC */
/*
 * What the targets take of macOS's sys/ptrace.h, which zig lacks: ptrace(2).
 * Only tests/check-macos.bash compiles with this.
 */
#ifndef DT_MACOS_SYS_PTRACE_H
#define DT_MACOS_SYS_PTRACE_H

#include <sys/types.h>

#define PT_DETACH	11
#define PT_ATTACHEXC	14

int ptrace(int, pid_t, caddr_t, int);

#endif
