#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * setuid.d - setuid and setgid as the kernel carries them out
 *
 * The functions are setuid and setgid on macOS, sys_setuid on FreeBSD, and on
 * Linux __x64_sys_setuid or __arm64_sys_setuid: one pattern has them all, and
 * what they call, so that dtrace fails where fbt has none of them. The kernel
 * returns the errno, on Linux negative.
 *
 * USAGE: dtrace -s setuid.d -o FILE
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

/* One is called by another: only what the outermost returns is printed. */
fbt::*set[gu]id:entry
{
	self->depth++;
}

fbt::*set[gu]id:return
/self->depth == 1/
{
	this->err = (int)arg1 < 0 ? -(int)arg1 : (int)arg1;
	printf("EVENT kind=syscall name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d errno=%d\n", this->err ? -1 : 0, this->err);
}

fbt::*set[gu]id:return
/self->depth > 0/
{
	self->depth--;
}
