#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * sandbox_api.d - what a program asks of libsandbox, and what it is told
 *
 * For macOS, where libSystem has functions that each description matches;
 * sandbox_apply is another library's. FreeBSD and Linux have none, unless a
 * program brings its own. A function that returns a pointer, as those that
 * issue extensions do, has its low 32 bits in ret. Names are quoted since they
 * are the program's.
 *
 * USAGE: dtrace -s sandbox_api.d -o FILE -p PID
 *        dtrace -s sandbox_api.d -o FILE -c COMMAND
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		sandbox_api; sandbox_lifecycle of sandbox_init and
 *			sandbox_apply
 *	name		the function
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	ret		what it returned
 *	errno		of the last system call of the thread, if ret is not 0
 *	op		of sandbox_check: the operation it was asked about
 *	op_error	instead of an operation that could not be read: fault
 *
 * PRIVILEGES: root; on FreeBSD the module dtraceall, on Linux a kernel with
 * BTF.
 *
 * SIP: System Integrity Protection hides the pid provider of Apple's own
 * programs; of others it is there with csrutil enable --without dtrace.
 *
 * SEE ALSO: deny.d, dt-tojsonl(1), docs/d-scripts.md
 */

#pragma D option quiet
#pragma D option strsize=1k

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace\n");
}

pid$target::sandbox_check:entry
{
	self->op = arg1;
}

pid$target::sandbox_check:return
{
	this->bad = 1;
}

/* A clause of its own: a fault costs the operation, not the line. */
pid$target::sandbox_check:return
/self->op/
{
	this->op = copyinstr(self->op);
	this->bad = 0;
}

pid$target::sandbox_check:return
/self->op && (int)arg1 == 0/
{
	printf("EVENT kind=sandbox_api name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d op%s=\"%S\"\n", (int)arg1,
	    this->bad ? "_error" : "", this->bad ? "fault" : this->op);
}

pid$target::sandbox_check:return
/self->op && (int)arg1 != 0/
{
	printf("EVENT kind=sandbox_api name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d errno=%d op%s=\"%S\"\n", (int)arg1, errno,
	    this->bad ? "_error" : "", this->bad ? "fault" : this->op);
}

pid$target::sandbox_check:return
{
	self->op = 0;
}

/* Their operation is not the second argument on every processor. */
pid$target::sandbox_check_*:return,
pid$target::sandbox_extension_*:return
/(int)arg1 == 0/
{
	printf("EVENT kind=sandbox_api name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d\n", (int)arg1);
}

pid$target::sandbox_check_*:return,
pid$target::sandbox_extension_*:return
/(int)arg1 != 0/
{
	printf("EVENT kind=sandbox_api name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d errno=%d\n", (int)arg1, errno);
}

/* sandbox_init, sandbox_apply, and their kin. */
pid$target::sandbox_[ai][np][ip][lt]*:return
/(int)arg1 == 0/
{
	printf("EVENT kind=sandbox_lifecycle name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d\n", (int)arg1);
}

pid$target::sandbox_[ai][np][ip][lt]*:return
/(int)arg1 != 0/
{
	printf("EVENT kind=sandbox_lifecycle name=\"%S\" pid=%d", probefunc,
	    pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=%d errno=%d\n", (int)arg1, errno);
}
