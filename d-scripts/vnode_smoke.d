#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * vnode_smoke.d - one event of fbt, to prove that tracer and pipeline work
 *
 * It prints the first open of a file by anyone, and ends: END tells the
 * launcher that this was meant.
 *
 * USAGE: dtrace -s vnode_smoke.d -o FILE
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
 *	events		of END: 1
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

/* VNOP_OPEN, vnode_open, VOP_OPEN_APV, vn_open; vfs_open of Linux. */
fbt::v[fn]*_open:entry
/pid != $pid && !done/
{
	done = 1;
	printf("EVENT kind=firing name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf("\n");
	exit(0);
}

dtrace:::END
/done/
{
	printf("END events=1\n");
}
