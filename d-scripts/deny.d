#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * deny.d - file calls that failed, of one process and all it starts.
 *
 * Prints a line of dt text for each call that takes a path, and for connect,
 * bind and kill, when it fails.  dt-spawn and dt-attach run this script
 * unless another is named with -s; it runs by itself, too.
 *
 * USAGE: dtrace -q -x strsize=2k -s deny.d -o trace -p PID
 *        dtrace -q -x strsize=2k -s deny.d -o trace -c COMMAND
 *
 * FIELDS: of a TRACE line, printed once all probes are on:
 *	v		version of dt text
 *	tracer		dtrace
 *	errnos		which outcomes are printed: failures
 *
 *	of an EVENT line, printed for each call that failed:
 *	kind		syscall
 *	name		the call, as the syscall provider names it
 *	pid, tid	process and thread
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	ret		-1, what the program gets
 *	errno		why, in numbers of this system
 *	arg0 - arg2	the arguments as they were at entry
 *	path		the path as the program gave it
 *	path2		the second one, of calls that take two
 *
 * There is no END line: whoever runs the script knows how it ended.
 *
 * A path's page may not be in yet when a call begins, so that copyinstr()
 * faults there, or worse: self-> keeps what an earlier call left.  So only
 * the pointer is saved at entry, the string is copied at return, and every
 * return clears what its entry saved.  %S keeps a newline in a name from
 * looking like a line of ours.
 *
 * A description that matches no probe is an error.  -Z would hide it, and
 * with it that SIP hides all probes.  So each matches on macOS and on Linux,
 * some by help of a call that is told apart by its name afterwards.
 *
 * SEE ALSO: dt-spawn(1), dt-attach(1), dt-tojsonl(1)
 */

#pragma D option quiet
#pragma D option strsize=2k
#pragma D option switchrate=10hz

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace errnos=failures\n");
}

/* The path is the first argument. */
syscall::access:entry,
syscall::chdir:entry,
syscall::chmod*:entry,
syscall::chown:entry,
syscall::chroot:entry,
syscall::getxattr:entry,
syscall::lchown:entry,
syscall::link:entry,
syscall::listxattr:entry,
syscall::*lstat*:entry,
syscall::open:entry,
syscall::readlink:entry,
syscall::removexattr:entry,
syscall::rename:entry,
syscall::rmdir:entry,
syscall::setxattr:entry,
syscall::truncate:entry,
syscall::unlink:entry,
syscall::utimes:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = arg0;
}

/* The path is the second argument, after a directory's descriptor. */
syscall::faccessat*:entry,
syscall::fchmodat*:entry,
syscall::fchownat:entry,
syscall::*fstatat*:entry,
syscall::linkat:entry,
syscall::mount:entry,
syscall::openat*:entry,
syscall::readlinkat:entry,
syscall::renameat*:entry,
syscall::unlinkat:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = arg1;
}

/* A symbolic link's text is not looked up, its own name is. */
syscall::symlink:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = arg1;
}

syscall::symlinkat:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = arg2;
}

/* mkdir, mkfifo, mknod; and each with a directory's descriptor. */
syscall::mk*:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = index(probefunc, "at") == -1 ? arg0 : arg1;
}

/* stat, statfs and their kin of macOS; statx of Linux. */
syscall::stat*:entry
/progenyof($target) && probefunc != "statmount"/
{
	self->in = 1;
	self->path = probefunc == "statx" ? arg1 : arg0;
}

/* open_nocancel and more of macOS; open_tree of Linux. */
syscall::open_*:entry
/progenyof($target) && probefunc != "open_by_handle_at"/
{
	self->in = 1;
	self->path = index(probefunc, "open_tree") == 0 ? arg1 : arg0;
}

/* guarded_open_np and its kin of macOS. */
syscall::*d_open*:entry
/progenyof($target) && probefunc != "pidfd_open"/
{
	self->in = 1;
	self->path = arg0;
}

/* execve of both; posix_spawn of macOS, execveat of Linux. */
syscall::[ep][xo]*[vs]*:entry
/progenyof($target)/
{
	self->in = 1;
	self->path = probefunc == "execve" ? arg0 : arg1;
}

/* clonefileat of macOS. */
syscall::clone*:entry
/progenyof($target) && probefunc == "clonefileat"/
{
	self->in = 1;
	self->path = arg1;
	self->path2 = arg3;
}

/* getattrlist, setattrlist and their kin of macOS. */
syscall::*etattr*:entry
/progenyof($target) && (probefunc == "getattrlist" ||
    probefunc == "setattrlist")/
{
	self->in = 1;
	self->path = arg0;
}

syscall::*etattr*:entry
/progenyof($target) && (probefunc == "getattrlistat" ||
    probefunc == "setattrlistat" || probefunc == "file_getattr" ||
    probefunc == "file_setattr")/
{
	self->in = 1;
	self->path = arg1;
}

/* Calls without a path of their own. */
syscall::bind:entry,
syscall::connect*:entry,
syscall::kill:entry
/progenyof($target)/
{
	self->in = 1;
}

syscall::link:entry,
syscall::rename:entry
/self->in/
{
	self->path2 = arg1;
}

syscall::linkat:entry,
syscall::renameat*:entry
/self->in/
{
	self->path2 = arg3;
}

syscall::access:entry, syscall::bind:entry, syscall::chdir:entry,
syscall::chmod*:entry, syscall::chown:entry, syscall::chroot:entry,
syscall::clone*:entry, syscall::connect*:entry, syscall::*d_open*:entry,
syscall::*etattr*:entry, syscall::[ep][xo]*[vs]*:entry,
syscall::faccessat*:entry, syscall::fchmodat*:entry,
syscall::fchownat:entry, syscall::*fstatat*:entry,
syscall::getxattr:entry, syscall::kill:entry, syscall::lchown:entry,
syscall::link:entry, syscall::linkat:entry, syscall::listxattr:entry,
syscall::*lstat*:entry, syscall::mk*:entry, syscall::mount:entry,
syscall::open:entry, syscall::open_*:entry, syscall::openat*:entry,
syscall::readlink:entry, syscall::readlinkat:entry,
syscall::removexattr:entry, syscall::rename:entry,
syscall::renameat*:entry, syscall::rmdir:entry, syscall::setxattr:entry,
syscall::stat*:entry, syscall::symlink:entry, syscall::symlinkat:entry,
syscall::truncate:entry, syscall::unlink:entry, syscall::unlinkat:entry,
syscall::utimes:entry
/self->in/
{
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
}

syscall::access:return, syscall::bind:return, syscall::chdir:return,
syscall::chmod*:return, syscall::chown:return, syscall::chroot:return,
syscall::clone*:return, syscall::connect*:return, syscall::*d_open*:return,
syscall::*etattr*:return, syscall::[ep][xo]*[vs]*:return,
syscall::faccessat*:return, syscall::fchmodat*:return,
syscall::fchownat:return, syscall::*fstatat*:return, syscall::getxattr:return,
syscall::kill:return, syscall::lchown:return, syscall::link:return,
syscall::linkat:return, syscall::listxattr:return, syscall::*lstat*:return,
syscall::mk*:return, syscall::mount:return, syscall::open:return,
syscall::open_*:return, syscall::openat*:return, syscall::readlink:return,
syscall::readlinkat:return, syscall::removexattr:return,
syscall::rename:return, syscall::renameat*:return, syscall::rmdir:return,
syscall::setxattr:return, syscall::stat*:return, syscall::symlink:return,
syscall::symlinkat:return, syscall::truncate:return, syscall::unlink:return,
syscall::unlinkat:return, syscall::utimes:return
/self->in && errno > 0 && self->path != 0 && self->path2 != 0/
{
	printf("EVENT kind=syscall name=%s", probefunc);
	printf(" pid=%d tid=%d execname=\"%S\"", pid, tid, execname);
	printf(" ts=%d ret=-1 errno=%d", walltimestamp, errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1, self->a2);
	printf(" path=\"%S\"", copyinstr(self->path));
	printf(" path2=\"%S\"\n", copyinstr(self->path2));
}

syscall::access:return, syscall::bind:return, syscall::chdir:return,
syscall::chmod*:return, syscall::chown:return, syscall::chroot:return,
syscall::clone*:return, syscall::connect*:return, syscall::*d_open*:return,
syscall::*etattr*:return, syscall::[ep][xo]*[vs]*:return,
syscall::faccessat*:return, syscall::fchmodat*:return,
syscall::fchownat:return, syscall::*fstatat*:return, syscall::getxattr:return,
syscall::kill:return, syscall::lchown:return, syscall::link:return,
syscall::linkat:return, syscall::listxattr:return, syscall::*lstat*:return,
syscall::mk*:return, syscall::mount:return, syscall::open:return,
syscall::open_*:return, syscall::openat*:return, syscall::readlink:return,
syscall::readlinkat:return, syscall::removexattr:return,
syscall::rename:return, syscall::renameat*:return, syscall::rmdir:return,
syscall::setxattr:return, syscall::stat*:return, syscall::symlink:return,
syscall::symlinkat:return, syscall::truncate:return, syscall::unlink:return,
syscall::unlinkat:return, syscall::utimes:return
/self->in && errno > 0 && self->path != 0 && self->path2 == 0/
{
	printf("EVENT kind=syscall name=%s", probefunc);
	printf(" pid=%d tid=%d execname=\"%S\"", pid, tid, execname);
	printf(" ts=%d ret=-1 errno=%d", walltimestamp, errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1, self->a2);
	printf(" path=\"%S\"\n", copyinstr(self->path));
}

syscall::access:return, syscall::bind:return, syscall::chdir:return,
syscall::chmod*:return, syscall::chown:return, syscall::chroot:return,
syscall::clone*:return, syscall::connect*:return, syscall::*d_open*:return,
syscall::*etattr*:return, syscall::[ep][xo]*[vs]*:return,
syscall::faccessat*:return, syscall::fchmodat*:return,
syscall::fchownat:return, syscall::*fstatat*:return, syscall::getxattr:return,
syscall::kill:return, syscall::lchown:return, syscall::link:return,
syscall::linkat:return, syscall::listxattr:return, syscall::*lstat*:return,
syscall::mk*:return, syscall::mount:return, syscall::open:return,
syscall::open_*:return, syscall::openat*:return, syscall::readlink:return,
syscall::readlinkat:return, syscall::removexattr:return,
syscall::rename:return, syscall::renameat*:return, syscall::rmdir:return,
syscall::setxattr:return, syscall::stat*:return, syscall::symlink:return,
syscall::symlinkat:return, syscall::truncate:return, syscall::unlink:return,
syscall::unlinkat:return, syscall::utimes:return
/self->in && errno > 0 && self->path == 0/
{
	printf("EVENT kind=syscall name=%s", probefunc);
	printf(" pid=%d tid=%d execname=\"%S\"", pid, tid, execname);
	printf(" ts=%d ret=-1 errno=%d", walltimestamp, errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1, self->a2);
	printf("\n");
}

syscall::access:return, syscall::bind:return, syscall::chdir:return,
syscall::chmod*:return, syscall::chown:return, syscall::chroot:return,
syscall::clone*:return, syscall::connect*:return, syscall::*d_open*:return,
syscall::*etattr*:return, syscall::[ep][xo]*[vs]*:return,
syscall::faccessat*:return, syscall::fchmodat*:return,
syscall::fchownat:return, syscall::*fstatat*:return, syscall::getxattr:return,
syscall::kill:return, syscall::lchown:return, syscall::link:return,
syscall::linkat:return, syscall::listxattr:return, syscall::*lstat*:return,
syscall::mk*:return, syscall::mount:return, syscall::open:return,
syscall::open_*:return, syscall::openat*:return, syscall::readlink:return,
syscall::readlinkat:return, syscall::removexattr:return,
syscall::rename:return, syscall::renameat*:return, syscall::rmdir:return,
syscall::setxattr:return, syscall::stat*:return, syscall::symlink:return,
syscall::symlinkat:return, syscall::truncate:return, syscall::unlink:return,
syscall::unlinkat:return, syscall::utimes:return
/self->in/
{
	self->in = 0;
	self->path = 0;
	self->path2 = 0;
	self->a0 = 0;
	self->a1 = 0;
	self->a2 = 0;
}
