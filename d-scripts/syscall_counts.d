#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * syscall_counts.d - how often a process and its kin make each system call
 *
 * USAGE: dtrace -s syscall_counts.d -o FILE -p PID
 *        dtrace -s syscall_counts.d -o FILE -c COMMAND
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	name		of COUNT: the call
 *	count		of COUNT: how often
 *
 * PRIVILEGES: root; on FreeBSD the module dtraceall, on Linux a kernel with
 * BTF.
 *
 * SIP: System Integrity Protection hides the syscall provider; with csrutil
 * enable --without dtrace it is all there.
 *
 * SEE ALSO: deny.d, dt-tojsonl(1), docs/d-scripts.md
 */

#pragma D option quiet

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace\n");
}

syscall:::entry
/progenyof($target)/
{
	@calls[probefunc] = count();
}

dtrace:::END
{
	printa("COUNT name=%s count=%@d\n", @calls);
}
