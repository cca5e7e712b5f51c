#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * promisc.d - network interfaces that are switched to promiscuous mode
 *
 * Each system has one of three functions; hence -Z. If there is none, as
 * dtrace -l -P fbt would tell, the trace stays empty and proves nothing.
 *
 * USAGE: dtrace -Z -s promisc.d -o FILE
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		syscall: some call is behind it, though it is not seen
 *			which
 *	name		the function of the kernel
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	on		what to add: 1 or more for on, 0 or less for off
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

fbt::ifnet_set_promiscuous:entry,		/* macOS */
fbt::ifpromisc:entry,				/* FreeBSD */
fbt::dev_set_promiscuity:entry			/* Linux */
{
	printf("EVENT kind=syscall name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" on=%d\n", (int)arg1);
}
