#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * lifecycle.d - programs that a process and all it starts begin, end and signal
 *
 * USAGE: dtrace -s lifecycle.d -o FILE -p PID
 *        dtrace -s lifecycle.d -o FILE -c COMMAND
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		exec, exit or signal
 *	name		the probe: exec-success, exit or signal-send
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	status		of an exit: exited, or signaled
 *	signo		of a signal: its number on this system
 *	to_pid		of a signal: who gets it; pid is who sends it
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

proc:::exec-success
/progenyof($target)/
{
	printf("EVENT kind=exec name=exec-success pid=%d tid=%d", pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf("\n");
}

/* 1 is CLD_EXITED, the others end by a signal. */
proc:::exit
/progenyof($target)/
{
	printf("EVENT kind=exit name=exit pid=%d tid=%d", pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" status=%s\n", args[0] == 1 ? "exited" : "signaled");
}

proc:::signal-send
/progenyof($target)/
{
	printf("EVENT kind=signal name=signal-send pid=%d tid=%d", pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" signo=%d to_pid=%d to_execname=\"%S\"\n", args[2],
	    args[1]->pr_pid, args[1]->pr_fname);
}
