#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * setuid.d - setuid and setgid as the kernel carries them out
 *
 * The functions are setuid and setgid on macOS, sys_setuid on FreeBSD, and on
 * Linux __x64_sys_setuid or __arm64_sys_setuid; hence -Z. If there is none, as
 * dtrace -l -P fbt would tell, the trace stays empty and proves nothing. The
 * kernel returns the errno, on Linux negative.
 *
 * USAGE: dtrace -Z -s setuid.d -o FILE
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		syscall
 *	name		the function of the kernel
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	ret		0, or -1
 *	errno		why it failed, in numbers of this system; 0 if not
 *
 * PRIVILEGES: root; the provider fbt, which on Linux needs a kernel that can
 * attach to its functions.
 *
 * SIP: System Integrity Protection hides fbt, and nothing is left. Whether
 * csrutil enable --without dtrace brings it back depends on the machine;
 * csrutil disable does.
 *
 * SEE ALSO: deny.d, dt-tojsonl(1), docs/d-scripts.md
 */

#pragma D option quiet

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace\n");
}

fbt::set[gu]id:return,
fbt::sys_set[gu]id:return,
fbt::__*64_sys_set[gu]id:return
{
	this->err = (int)arg1 < 0 ? -(int)arg1 : (int)arg1;
	printf("EVENT kind=syscall name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d errno=%d\n", this->err ? -1 : 0, this->err);
}
