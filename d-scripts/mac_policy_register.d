#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * mac_policy_register.d - policy modules that register with the MAC framework
 *
 * For macOS alone. Modules of the system register while it boots, before any
 * script runs: one that comes later is a kernel extension.
 *
 * USAGE: dtrace -s mac_policy_register.d -o FILE
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	kind		mac_policy_register
 *	name		the function of the kernel
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	target_symbol	mac_policy_register
 *	mpc		address of the struct mac_policy_conf
 *	handlep		where its handle goes
 *	xd		the third argument, data for the module
 *	q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11
 *			the first twelve words of 64 bits at mpc; none if they
 *			could not be read
 *	policy_name, policy_fullname
 *			what the first two point to, at most 63 bytes; none if
 *			they could not be read
 *
 * PRIVILEGES: root, on macOS; the provider fbt.
 *
 * SIP: System Integrity Protection hides fbt, and nothing is left. Whether
 * csrutil enable --without dtrace brings it back depends on the machine;
 * csrutil disable does.
 *
 * SEE ALSO: deny.d, dt-tojsonl(1), docs/d-scripts.md
 */

#pragma D option quiet
#pragma D option strsize=64

dtrace:::BEGIN
{
	printf("TRACE v=1 tracer=dtrace\n");
}

fbt:mach_kernel:mac_policy_register:entry
{
	this->raw = 0;
	this->str = 0;
}

/* Clauses of their own: a fault costs what they read, not the line. */
fbt:mach_kernel:mac_policy_register:entry
{
	this->q0 = *(uint64_t *)(arg0 + 0);
	this->q1 = *(uint64_t *)(arg0 + 8);
	this->q2 = *(uint64_t *)(arg0 + 16);
	this->q3 = *(uint64_t *)(arg0 + 24);
	this->q4 = *(uint64_t *)(arg0 + 32);
	this->q5 = *(uint64_t *)(arg0 + 40);
	this->q6 = *(uint64_t *)(arg0 + 48);
	this->q7 = *(uint64_t *)(arg0 + 56);
	this->q8 = *(uint64_t *)(arg0 + 64);
	this->q9 = *(uint64_t *)(arg0 + 72);
	this->q10 = *(uint64_t *)(arg0 + 80);
	this->q11 = *(uint64_t *)(arg0 + 88);
	this->raw = 1;
}

fbt:mach_kernel:mac_policy_register:entry
/this->raw/
{
	this->name = stringof((char *)this->q0);
	this->fullname = stringof((char *)this->q1);
	this->str = 1;
}

fbt:mach_kernel:mac_policy_register:entry
/!this->raw/
{
	printf("EVENT kind=mac_policy_register name=%s pid=%d tid=%d",
	    probefunc, pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" target_symbol=mac_policy_register mpc=0x%x", arg0);
	printf(" handlep=0x%x xd=0x%x", arg1, arg2);
	printf("\n");
}

fbt:mach_kernel:mac_policy_register:entry
/this->raw && !this->str/
{
	printf("EVENT kind=mac_policy_register name=%s pid=%d tid=%d",
	    probefunc, pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" target_symbol=mac_policy_register mpc=0x%x", arg0);
	printf(" handlep=0x%x xd=0x%x", arg1, arg2);
	printf(" q0=0x%x q1=0x%x q2=0x%x", this->q0, this->q1,
	    this->q2);
	printf(" q3=0x%x q4=0x%x q5=0x%x", this->q3, this->q4,
	    this->q5);
	printf(" q6=0x%x q7=0x%x q8=0x%x", this->q6, this->q7,
	    this->q8);
	printf(" q9=0x%x q10=0x%x q11=0x%x", this->q9, this->q10,
	    this->q11);
	printf("\n");
}

fbt:mach_kernel:mac_policy_register:entry
/this->raw && this->str/
{
	printf("EVENT kind=mac_policy_register name=%s pid=%d tid=%d",
	    probefunc, pid, tid);
	printf(" uid=%d execname=\"%S\" ts=%d", uid, execname,
	    walltimestamp);
	printf(" target_symbol=mac_policy_register mpc=0x%x", arg0);
	printf(" handlep=0x%x xd=0x%x", arg1, arg2);
	printf(" q0=0x%x q1=0x%x q2=0x%x", this->q0, this->q1,
	    this->q2);
	printf(" q3=0x%x q4=0x%x q5=0x%x", this->q3, this->q4,
	    this->q5);
	printf(" q6=0x%x q7=0x%x q8=0x%x", this->q6, this->q7,
	    this->q8);
	printf(" q9=0x%x q10=0x%x q11=0x%x", this->q9, this->q10,
	    this->q11);
	printf(" policy_name=\"%S\" policy_fullname=\"%S\"\n",
	    this->name, this->fullname);
}
