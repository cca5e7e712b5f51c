#!/usr/sbin/dtrace -s
/* SPDX-License-Identifier: ISC */
/*
 * mac_policy_register.d - policy modules that register with the MAC framework
 *
 * For macOS. Modules of the system register while it boots, before any script
 * runs: one that comes later is a kernel extension.
 *
 * USAGE: dtrace -s mac_policy_register.d -o FILE
 *	dtrace -C -D fbt=syscall -D mach_kernel=* -D mac_policy_register=read
 *	    -s mac_policy_register.d -o FILE
 *
 * The words of the probe's name are the macros that put another one in its
 * place, as the launcher's --target-provider, --target-module, --target-func
 * do: where fbt is refused, syscall::read proves the rest. Neither #ifndef nor
 * $1 would do: without -C dtrace knows no #ifndef, and a probe's name with $1
 * has no default.
 *
 * FIELDS:
 *	v		of TRACE: version of dt text
 *	tracer		of TRACE: dtrace
 *	parts, parts_end
 *			first and last of a line that several clauses print,
 *			each with the same number
 *	kind		mac_policy_register
 *	name		the function of the kernel
 *	at		entry or return
 *	pid, tid	process and thread
 *	uid		user on whose behalf it runs
 *	execname	name of the program
 *	ts		wall clock, nanoseconds since the epoch
 *	provider, module
 *			of the probe
 *	target_symbol	the function again
 *	mpc		address of the struct mac_policy_conf; of a return,
 *			that of its entry, and none if that was before us
 *	handlep		where its handle goes
 *	xd		the third argument, data for the module
 *	caller		where it returns to
 *	caller_symbol	the same by name, or as a number where there is none
 *	q0..q11		the first twelve words of 64 bits at mpc
 *	policy_name, policy_fullname
 *			what the first two point to, at most 63 bytes
 *	mpc_ops		the fifth of them: where its operations are
 *	o0..o127	the first 128 words there
 *	ret		of the return: 0, or an errno
 *
 * What could not be read is not printed, nor what its address would have told.
 * There is nothing to be read below 4096: a target that is no registration
 * gives small numbers for pointers.
 *
 * PRIVILEGES: root, on macOS; the provider fbt. With -C, cpp(1).
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

/*
 * A clause that faults prints nothing, so each prints what it reads and no
 * more. A line that begins with one event and ends with another, because what
 * was between them is lost, has not the same number in both places, and
 * dt-tojsonl does not take it for a record.
 */
fbt:mach_kernel:mac_policy_register:entry
{
	self->in = 1;
	self->mpc = arg0;
	this->id = timestamp;
	this->q = (uint64_t *)arg0;
	this->name = (uint64_t)0;
	this->fullname = (uint64_t)0;
	this->ops = (uint64_t)0;
	printf("EVENT parts=%d kind=mac_policy_register name=%s at=entry",
	    this->id, probefunc);
	printf(" pid=%d tid=%d uid=%d execname=\"%S\" ts=%d", pid, tid, uid,
	    execname, walltimestamp);
	printf(" provider=%s module=%s target_symbol=%s", probeprov, probemod,
	    probefunc);
	printf(" mpc=0x%x handlep=0x%x xd=0x%x", arg0, arg1, arg2);
}

fbt:mach_kernel:mac_policy_register:entry
{
	printf(" caller=0x%x caller_symbol=\"%a\"", caller, caller);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	this->name = this->q[0];
	printf(" q0=0x%x", this->name);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	this->fullname = this->q[1];
	printf(" q1=0x%x", this->fullname);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q2=0x%x", this->q[2]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q3=0x%x", this->q[3]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	this->ops = this->q[4];
	this->o = (uint64_t *)this->ops;
	printf(" q4=0x%x mpc_ops=0x%x", this->ops, this->ops);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q5=0x%x", this->q[5]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q6=0x%x", this->q[6]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q7=0x%x", this->q[7]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q8=0x%x", this->q[8]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q9=0x%x", this->q[9]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q10=0x%x", this->q[10]);
}

fbt:mach_kernel:mac_policy_register:entry
/(uint64_t)arg0 >= 4096/
{
	printf(" q11=0x%x", this->q[11]);
}

/* DTrace 2.0 takes a string that it cannot read for an empty one. */
fbt:mach_kernel:mac_policy_register:entry
/this->name >= 4096/
{
	this->byte = *(char *)this->name;
	printf(" policy_name=\"%S\"",
	    substr(stringof((char *)this->name), 0, 63));
}

fbt:mach_kernel:mac_policy_register:entry
/this->fullname >= 4096/
{
	this->byte = *(char *)this->fullname;
	printf(" policy_fullname=\"%S\"",
	    substr(stringof((char *)this->fullname), 0, 63));
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o0=0x%x o1=0x%x o2=0x%x o3=0x%x",
	    this->o[0], this->o[1],
	    this->o[2], this->o[3]);
	printf(" o4=0x%x o5=0x%x o6=0x%x o7=0x%x",
	    this->o[4], this->o[5],
	    this->o[6], this->o[7]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o8=0x%x o9=0x%x o10=0x%x o11=0x%x",
	    this->o[8], this->o[9],
	    this->o[10], this->o[11]);
	printf(" o12=0x%x o13=0x%x o14=0x%x o15=0x%x",
	    this->o[12], this->o[13],
	    this->o[14], this->o[15]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o16=0x%x o17=0x%x o18=0x%x o19=0x%x",
	    this->o[16], this->o[17],
	    this->o[18], this->o[19]);
	printf(" o20=0x%x o21=0x%x o22=0x%x o23=0x%x",
	    this->o[20], this->o[21],
	    this->o[22], this->o[23]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o24=0x%x o25=0x%x o26=0x%x o27=0x%x",
	    this->o[24], this->o[25],
	    this->o[26], this->o[27]);
	printf(" o28=0x%x o29=0x%x o30=0x%x o31=0x%x",
	    this->o[28], this->o[29],
	    this->o[30], this->o[31]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o32=0x%x o33=0x%x o34=0x%x o35=0x%x",
	    this->o[32], this->o[33],
	    this->o[34], this->o[35]);
	printf(" o36=0x%x o37=0x%x o38=0x%x o39=0x%x",
	    this->o[36], this->o[37],
	    this->o[38], this->o[39]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o40=0x%x o41=0x%x o42=0x%x o43=0x%x",
	    this->o[40], this->o[41],
	    this->o[42], this->o[43]);
	printf(" o44=0x%x o45=0x%x o46=0x%x o47=0x%x",
	    this->o[44], this->o[45],
	    this->o[46], this->o[47]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o48=0x%x o49=0x%x o50=0x%x o51=0x%x",
	    this->o[48], this->o[49],
	    this->o[50], this->o[51]);
	printf(" o52=0x%x o53=0x%x o54=0x%x o55=0x%x",
	    this->o[52], this->o[53],
	    this->o[54], this->o[55]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o56=0x%x o57=0x%x o58=0x%x o59=0x%x",
	    this->o[56], this->o[57],
	    this->o[58], this->o[59]);
	printf(" o60=0x%x o61=0x%x o62=0x%x o63=0x%x",
	    this->o[60], this->o[61],
	    this->o[62], this->o[63]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o64=0x%x o65=0x%x o66=0x%x o67=0x%x",
	    this->o[64], this->o[65],
	    this->o[66], this->o[67]);
	printf(" o68=0x%x o69=0x%x o70=0x%x o71=0x%x",
	    this->o[68], this->o[69],
	    this->o[70], this->o[71]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o72=0x%x o73=0x%x o74=0x%x o75=0x%x",
	    this->o[72], this->o[73],
	    this->o[74], this->o[75]);
	printf(" o76=0x%x o77=0x%x o78=0x%x o79=0x%x",
	    this->o[76], this->o[77],
	    this->o[78], this->o[79]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o80=0x%x o81=0x%x o82=0x%x o83=0x%x",
	    this->o[80], this->o[81],
	    this->o[82], this->o[83]);
	printf(" o84=0x%x o85=0x%x o86=0x%x o87=0x%x",
	    this->o[84], this->o[85],
	    this->o[86], this->o[87]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o88=0x%x o89=0x%x o90=0x%x o91=0x%x",
	    this->o[88], this->o[89],
	    this->o[90], this->o[91]);
	printf(" o92=0x%x o93=0x%x o94=0x%x o95=0x%x",
	    this->o[92], this->o[93],
	    this->o[94], this->o[95]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o96=0x%x o97=0x%x o98=0x%x o99=0x%x",
	    this->o[96], this->o[97],
	    this->o[98], this->o[99]);
	printf(" o100=0x%x o101=0x%x o102=0x%x o103=0x%x",
	    this->o[100], this->o[101],
	    this->o[102], this->o[103]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o104=0x%x o105=0x%x o106=0x%x o107=0x%x",
	    this->o[104], this->o[105],
	    this->o[106], this->o[107]);
	printf(" o108=0x%x o109=0x%x o110=0x%x o111=0x%x",
	    this->o[108], this->o[109],
	    this->o[110], this->o[111]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o112=0x%x o113=0x%x o114=0x%x o115=0x%x",
	    this->o[112], this->o[113],
	    this->o[114], this->o[115]);
	printf(" o116=0x%x o117=0x%x o118=0x%x o119=0x%x",
	    this->o[116], this->o[117],
	    this->o[118], this->o[119]);
}

fbt:mach_kernel:mac_policy_register:entry
/this->ops >= 4096/
{
	printf(" o120=0x%x o121=0x%x o122=0x%x o123=0x%x",
	    this->o[120], this->o[121],
	    this->o[122], this->o[123]);
	printf(" o124=0x%x o125=0x%x o126=0x%x o127=0x%x",
	    this->o[124], this->o[125],
	    this->o[126], this->o[127]);
}

fbt:mach_kernel:mac_policy_register:entry
{
	printf(" parts_end=%d\n", this->id);
}

fbt:mach_kernel:mac_policy_register:return
/self->in/
{
	printf("EVENT kind=mac_policy_register name=%s at=return", probefunc);
	printf(" pid=%d tid=%d uid=%d execname=\"%S\" ts=%d", pid, tid, uid,
	    execname, walltimestamp);
	printf(" provider=%s module=%s target_symbol=%s", probeprov, probemod,
	    probefunc);
	printf(" mpc=0x%x ret=%d\n", self->mpc, (int)arg1);
	self->in = 0;
	self->mpc = 0;
}
