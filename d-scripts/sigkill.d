#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * sigkill.d - who sends SIGKILL to whom, on the whole system
 *
 * USAGE: dtrace -s sigkill.d -o FILE
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		signal
 *	name		SIGKILL
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	to_pid		who gets it; pid is who sends it
 *	to_execname	the name of that program
 *
 * PRIVILEGES: root; on FreeBSD the module dtraceall, on Linux a kernel with
 * BTF.  There proc:::signal-send also needs the provider fbt: DTrace 2.0
 * aborts without it.  FreeBSD's has the kernel's struct proc where others have
 * a psinfo_t: write p_pid and p_comm for pr_pid and pr_fname there.
 *
 * SIP: System Integrity Protection hides the provider proc; with csrutil
 * enable --without dtrace it is all there.
 *
 * SEE ALSO: deny.d, dt-tojsonl(1), docs/d-scripts.md
 */

#pragma D option quiet

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace\n");
}

/* 9 on every system. */
proc:::signal-send
/args[2] == 9/
{
	printf("EVENT kind=signal name=SIGKILL pid=%d tid=%d", pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" to_pid=%d to_execname=\"%S\"\n", args[1]->pr_pid,
	    args[1]->pr_fname);
}
