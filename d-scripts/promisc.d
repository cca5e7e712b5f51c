#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * promisc.d - network interfaces that are switched to promiscuous mode
 *
 * Each system has one of three functions, and one pattern has them all, and
 * more, so that dtrace fails where fbt has none of them.
 *
 * USAGE: dtrace -s promisc.d -o FILE
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		firing
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

/* ifnet_set_promiscuous, ifpromisc; dev_set_promiscuity of Linux. */
fbt::[di][ef]*promisc*:entry
{
	printf("EVENT kind=firing name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" on=%d\n", (int)arg1);
}
