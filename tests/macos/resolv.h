/* SPDX-License-Identifier: ISC */
/*
 * What dt takes of macOS's resolv.h, which zig lacks: Base64, by the names that
 * the library has for it.  Only tests/check-macos.bash compiles with this.
 */
#ifndef DT_MACOS_RESOLV_H
#define DT_MACOS_RESOLV_H

#include <sys/types.h>

#define b64_ntop res_9_b64_ntop
#define b64_pton res_9_b64_pton

int b64_ntop(const u_char *, size_t, char *, size_t);
int b64_pton(const char *, u_char *, size_t);

#endif
