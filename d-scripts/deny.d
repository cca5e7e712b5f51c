#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * deny.d - system calls that were refused, of a process and all it starts.
 *
 * Prints a line of dt text for each call, whichever it is, that fails with
 * EPERM or EACCES.  dt-spawn and dt-attach run this script unless another is
 * named with -s; it runs by itself, too.
 *
 * USAGE: dtrace -q -s deny.d -o FILE -p PID [1]
 *        dtrace -q -s deny.d -o FILE -c COMMAND [1]
 *
 *	With the argument 1, each event is followed by the stack of the
 *	program, as far as its frame pointers lead.  DTrace 2.0 on Linux names
 *	functions only while the process lives, and may hang where a program
 *	runs another one.
 *
 * FIELDS: of the TRACE line, printed once all probes are on:
 *	v		version of dt text
 *	tracer		dtrace
 *	errnos		which outcomes are printed: EPERM,EACCES
 *
 *	of an EVENT line, printed for each call that was refused:
 *	kind		syscall
 *	name		the call, as the syscall provider names it
 *	pid, tid	process and thread
 *	uid		user on whose behalf it was made
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	ret		-1, what the program gets
 *	errno		1 is EPERM and 13 is EACCES, everywhere
 *	arg0, arg1, arg2
 *			arguments as they were at entry; none of calls that
 *			are not listed below, had begun before the tracing, or
 *			were refused by seccomp, which comes before entry
 *	path		the path as the program gave it
 *	path2		the second one, of calls that take two
 *	path_error, path2_error
 *			instead of a path that could not be read: fault
 *	stack		1: frames follow, innermost first, one a line, and
 *			a line ENDSTACK
 *
 * There is no END line: whoever runs the script knows how it ended.
 *
 * PRIVILEGES: root; on FreeBSD the module dtraceall, on Linux a kernel with
 * BTF.  A process whose parent has ended is no longer known to be of the
 * target; dt-spawn says so, and calls the capture incomplete.
 *
 * SIP: System Integrity Protection hides the syscall provider, and the script
 * ends with "does not match any probes".  It runs with SIP off, or with
 * csrutil enable --without dtrace; Apple's own programs can then be traced
 * with -p once they run, or be copied to a place where SIP does not reach.
 *
 * SEE ALSO: dt-spawn(1), dt-attach(1), dt-tojsonl(1), docs/dt-text.md
 */

/*
 * How a path is read.  Its page may not be in yet when a call begins, so that
 * copyinstr() faults there.  So only the pointer is saved at entry, and the
 * string is copied at return, in a clause that does nothing else: a fault ends
 * the clause it is in, and what that would have printed is lost.  The clause
 * that prints sees by this->bad that it did.
 *
 * How a line is printed.  By one clause, since what a clause prints is kept or
 * dropped as a whole.  Strings by %S, lest a newline in the name of a file
 * begin a line of its own; %s has only words of ours and names of probes.
 *
 * How calls are listed.  A description that matches no probe is an error, and
 * -Z would hide not only that but also what SIP hides.  So a call that not
 * every system has shares a pattern with one of each system that takes its
 * path in the same argument.  What a pattern matches stands beside it.  A
 * comparison of probefunc with a string would do, too, but the verifier of
 * Linux finds programs that do that too long.
 */

#pragma D option quiet
#pragma D option strsize=2k
#pragma D option switchrate=10hz
#pragma D option defaultargs

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace errnos=EPERM,EACCES\n");
}

/* The path is the first argument. */
syscall::access:entry,
syscall::[as][ct][ac]t:entry,			/* acct; stat */
syscall::chdir:entry,
/* chmod; chmod_extended, fsctl; eaccess */
syscall::[cef][ahs][cm][cot]*[dls]:entry,
syscall::chown:entry,
syscall::chroot:entry,
syscall::execve:entry,
/* __mac_execve, chflags; newstat */
syscall::[_cn]*[eh][fwx][els][act][agv][est]:entry,
/* creat; __mac_get_link, extattr_get_link and kin */
syscall::*[_c][flr][ei][aln][ekt]:entry,
/* getxattr, listxattr; those of links; mkfifo, mkdir_extended,
   lstat_extended */
syscall::[glm]*[ekx][afn][dit][eft][dor]:entry,
syscall::l[cs][ht][ao]*[4n]:entry,		/* lchown; lstat64 */
syscall::mkdir:entry,
/* mknod; delete, undelete, unmount */
syscall::[dmu][ekn]*[enu][not][det]:entry,
/* lstat, newlstat, getfh, swapoff */
syscall::*[agl][eps][ot][af][fht]:entry,
syscall::open:entry,
/* truncate; open_nocancel, open_dprotected_np */
syscall::[ot][pr][eu]n[_c][adn]*:entry,
syscall::readlink:entry,
syscall::rmdir:entry,
/* removexattr, setxattr; open_extended, revoke, stat_extended */
syscall::[ors]*[ex][anv][dot][ekt][der]:entry,
/* statfs; getattrlist, setattrlist */
syscall::[fgs][ert][aet][aet]*[fos][dst]:entry,
/* umount, lpathconf; guarded_open_dprotected_np */
syscall::[glu][mpu]*[cdo][_ou]n[fpt]:entry,
syscall::unlink:entry,
/* utime, pathconf; stat64, statfs64 */
syscall::[psu][at][ait][hmt]*[4ef]:entry,
/* utimes; guarded_open_np; lchflags, lutimes */
syscall::[glu][ctu]*[iln][_am][egn][ps]:entry
/progenyof($target)/
{
	self->in = 2;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->path = arg0;
}

/* The second; of most, behind a directory's descriptor. */
/* execveat, utimensat; getattrlistat */
syscall::[egu][etx][eit][acm][etv][ent]*at:entry,
/* faccessat, faccessat2; mount_setattr */
syscall::[fm][ao][cu][cn][et][_s]s[ae]t*:entry,
syscall::fchmodat:entry,
/* fchmodat2; symlink, whose first is only a text */
syscall::[fs][cy][hm]*[2k]:entry,
syscall::fchownat:entry,
/* fspick; graftdmg; chflagsat */
syscall::[cfg][hrs][afp][fil][act]*[gkt]:entry,
syscall::[fn][es][tw]*atat:entry,		/* newfstatat; fstatat */
/* inotify_add_watch; posix_spawn; __realpathat */
syscall::[_ip][_no][ors][eit][aix][_fl][psy][_ap][at]*:entry,
syscall::mkdirat:entry,
/* file_getattr, file_setattr; mkfifoat */
syscall::[fm][ikr][efl][ei]*[afo][dot][at][rt]:entry,
syscall::mknodat:entry,
syscall::mount:entry,
/* getxattrat and its kin; __mac_mount; getfhat */
syscall::*[cgx][_ae][mt][fot][hru][an]t:entry,
/* openat and its kin; fstatat64; open_tree, name_to_handle_at */
syscall::[fno][aps][emt][aen][_at][at]*:entry,
syscall::readlinkat:entry,
/* statx, futimesat; setattrlistat; funlinkat */
syscall::[fs][etu][ant]*[at][tx]:entry,
syscall::unlinkat:entry
/progenyof($target)/
{
	self->in = 2;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->path = arg1;
}

/* The third. */
syscall::[fs][cy][lm][lo]*at:entry		/* symlinkat; fclonefileat */
/progenyof($target)/
{
	self->in = 2;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->path = arg2;
}

/* Two paths, the first and the second argument. */
syscall::[el][ix][cn]*[ak]:entry,		/* link; exchangedata */
/* rename, pivot_root; copyfile */
syscall::[cpr][eio][npv][aoy]*[lmo][et]:entry
/progenyof($target)/
{
	self->in = 3;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->path = arg0;
	self->path2 = arg1;
}

/* Two paths, each behind a descriptor. */
syscall::[cl][il][no]*at:entry,			/* linkat; clonefileat */
syscall::[mr][eo][nv][ae][_m]*t:entry,		/* renameat; move_mount */
syscall::renameat[2x]*:entry			/* renameat2; renameatx_np */
/progenyof($target)/
{
	self->in = 3;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
	self->path = arg1;
	self->path2 = arg3;
}

/* No path, but arguments that tell what was asked for. */
syscall::bind:entry,
syscall::connect*:entry,
syscall::ioctl:entry,
syscall::kill:entry,
syscall::ptrace:entry,
syscall::sendto*:entry,
syscall::set[gu]id:entry,
syscall::setpriority:entry,
syscall::setsockopt:entry,
syscall::socket:entry
/progenyof($target)/
{
	self->in = 1;
	self->a0 = arg0;
	self->a1 = arg1;
	self->a2 = arg2;
}

/* Was it refused, and is it one of ours?  The clauses below only ask this. */
syscall:::return
{
	this->deny = (errno == EPERM || errno == EACCES) &&
	    progenyof($target);
	this->bad = 1;
	this->bad2 = 1;
}

syscall:::return
/this->deny && self->in >= 2/
{
	this->path = copyinstr(self->path);
	this->bad = 0;
}

syscall:::return
/this->deny && self->in == 3/
{
	this->path2 = copyinstr(self->path2);
	this->bad2 = 0;
}

/* By how much was saved at entry: nothing, arguments, a path, two. */
syscall:::return
/this->deny && self->in == 0 && $1 != 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf("\n");
}

syscall:::return
/this->deny && self->in == 1 && $1 != 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf("\n");
}

syscall:::return
/this->deny && self->in == 2 && $1 != 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf(" path%s=\"%S\"", this->bad ? "_error" : "",
	    this->bad ? "fault" : this->path);
	printf("\n");
}

syscall:::return
/this->deny && self->in == 3 && $1 != 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf(" path%s=\"%S\"", this->bad ? "_error" : "",
	    this->bad ? "fault" : this->path);
	printf(" path2%s=\"%S\"", this->bad2 ? "_error" : "",
	    this->bad2 ? "fault" : this->path2);
	printf("\n");
}

/* With the stack. */
syscall:::return
/this->deny && self->in == 0 && $1 == 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" stack=1\n");
	ustack();
	printf("ENDSTACK\n");
}

syscall:::return
/this->deny && self->in == 1 && $1 == 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf(" stack=1\n");
	ustack();
	printf("ENDSTACK\n");
}

syscall:::return
/this->deny && self->in == 2 && $1 == 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf(" path%s=\"%S\"", this->bad ? "_error" : "",
	    this->bad ? "fault" : this->path);
	printf(" stack=1\n");
	ustack();
	printf("ENDSTACK\n");
}

syscall:::return
/this->deny && self->in == 3 && $1 == 1/
{
	printf("EVENT kind=syscall name=%s pid=%d tid=%d", probefunc,
	    pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" ret=-1 errno=%d", errno);
	printf(" arg0=0x%x arg1=0x%x arg2=0x%x", self->a0, self->a1,
	    self->a2);
	printf(" path%s=\"%S\"", this->bad ? "_error" : "",
	    this->bad ? "fault" : this->path);
	printf(" path2%s=\"%S\"", this->bad2 ? "_error" : "",
	    this->bad2 ? "fault" : this->path2);
	printf(" stack=1\n");
	ustack();
	printf("ENDSTACK\n");
}

syscall:::return
/self->in/
{
	self->in = 0;
	self->a0 = 0;
	self->a1 = 0;
	self->a2 = 0;
	self->path = 0;
	self->path2 = 0;
}
