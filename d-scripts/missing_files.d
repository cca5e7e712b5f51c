#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * missing_files.d - files that were opened and do not exist
 *
 * As opensnoop -ex does. Looks at open, openat and those of their kin that
 * share a pattern with them: see deny.d about patterns.
 *
 * USAGE: dtrace -s missing_files.d -o FILE                 everybody
 *        dtrace -s missing_files.d -o FILE -p PID
 *        dtrace -s missing_files.d -o FILE -c COMMAND
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	errnos		of TRACE: ENOENT
 *	kind		syscall
 *	name		the call, as the syscall provider names it
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	ret		-1, what the program gets
 *	errno		2, which is ENOENT everywhere
 *	path		the path as the program gave it
 *	path_error	instead of a path that could not be read: fault
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
#pragma D option strsize=2k

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace errnos=ENOENT\n");
}

/* The path is the first argument. */
syscall::open:entry,
syscall::[ot][pr][eu]n[_c][adn]*:entry		/* open_nocancel; truncate */
/($target == 0 || progenyof($target)) && pid != $pid/
{
	self->in = 1;
	self->path = arg0;
}

/* openat and its kin; some more that look a file up. */
syscall::[fno][aps][emt][aen][_at][at]*:entry
/($target == 0 || progenyof($target)) && pid != $pid/
{
	self->in = 1;
	self->path = arg1;
}

syscall::open:return,
syscall::[ot][pr][eu]n[_c][adn]*:return,
syscall::[fno][aps][emt][aen][_at][at]*:return
{
	this->bad = 1;
}

/* A clause of its own: a fault costs the path, not the line. */
syscall::open:return,
syscall::[ot][pr][eu]n[_c][adn]*:return,
syscall::[fno][aps][emt][aen][_at][at]*:return
/self->in && errno == ENOENT/
{
	this->path = copyinstr(self->path);
	this->bad = 0;
}

syscall::open:return,
syscall::[ot][pr][eu]n[_c][adn]*:return,
syscall::[fno][aps][emt][aen][_at][at]*:return
/self->in && errno == ENOENT/
{
	printf("EVENT kind=syscall name=%s pid=%d", probefunc, pid);
	printf(" tid=%d uid=%d execname=\"%S\" ts=%d", tid, uid,
	    execname, walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" path%s=\"%S\"\n", this->bad ? "_error" : "",
	    this->bad ? "fault" : this->path);
}

syscall::open:return,
syscall::[ot][pr][eu]n[_c][adn]*:return,
syscall::[fno][aps][emt][aen][_at][at]*:return
/self->in/
{
	self->in = 0;
	self->path = 0;
}
