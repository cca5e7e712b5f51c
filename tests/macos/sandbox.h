/* SPDX-License-Identifier: ISC */
/*
 * What the targets take of macOS's sandbox.h, which zig lacks: sandbox_init(3).
 * Only tests/check-macos.bash compiles with this.
 */
#ifndef DT_MACOS_SANDBOX_H
#define DT_MACOS_SANDBOX_H

#include <stdint.h>

int sandbox_init(const char *, uint64_t, char **)
    __attribute__((deprecated));

#endif
