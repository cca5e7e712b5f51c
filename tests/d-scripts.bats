#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# d-scripts.bats - D scripts: what d-check refuses, and what they see.

load helper

setup() {
	root=$BATS_TEST_DIRNAME/..
	PATH=$DT_BIN:$PATH
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() { end_started; }

# A script with nothing wrong, each time anew.
good() {
	cat >x.d <<-'EOF'
		#!/usr/sbin/dtrace -s
		/* SPDX-License-Identifier: ISC */
		/*
		 * x.d - calls that were refused
		 *
		 * USAGE: dtrace -s x.d -p PID
		 *
		 * FIELDS:
		 *	v, tracer	of TRACE
		 *	kind, name	what, and which
		 *	pid		process
		 *	ts		when
		 *	path, path_error	on what
		 *
		 * PRIVILEGES: root.
		 *
		 * SIP: nothing is left.
		 *
		 * SEE ALSO: deny.d
		 */

		dtrace:::BEGIN
		{
			printf("TRACE v=1 tracer=dtrace\n");
		}

		/* Braces in a comment } or a string are none. */
		syscall::open*:return,
		syscall::chdir:return
		/errno == EACCES && (pid == $target)/
		{
			this->brace = "{";
			printf("EVENT kind=syscall name=%s pid=%d", probefunc, pid);
			printf(" ts=%d path%s=\"%S\"\n", walltimestamp,
			    this->bad ? "_error" : "", this->path);
		}
	EOF
}

# refused LINE MESSAGE SED: after this edit the script is refused, there and so.
refused() {
	good
	sed -i.orig "$3" x.d
	run -1 cmp -s x.d x.d.orig
	run -1 "$root/tests/d-check.bash" "$PWD/x.d"
	grep -F "x.d:$1: $2" <<<"$output"
}

@test "d-check takes a script with nothing wrong" {
	good
	run -0 --separate-stderr env PATH=/usr/bin:/bin "$root/tests/d-check.bash" "$PWD/x.d"
	[ "$output" = "" ]
}

@test "d-check takes the scripts that come with dt" {
	run -0 "$root/tests/d-check.bash"
}

# The same, with its line in parts: from line 27 on.
in_parts() {
	good
	sed -i '/^\/\* Braces/,$d; s/^ \*\tkind, name.*/&\n *\tparts, parts_end, q0..q2\tof a line in parts/; s/^ \*\tpath, .*/ *\tcaller/' x.d
	cat >>x.d <<-'EOF'
		syscall::read:entry
		{
			this->id = timestamp;
			printf("EVENT parts=%d kind=x name=%s pid=%d ts=%d", this->id,
			    probefunc, pid, walltimestamp);
		}

		syscall::read:entry
		/arg0 > 4096/
		{
			printf(" q0=0x%x q1=0x%x q2=0x%x", arg0, arg1, arg2);
		}

		syscall::read:entry
		{
			printf(" caller=\"%a\" parts_end=%d\n", caller, this->id);
		}
	EOF
}

# parts_refused LINE MESSAGE SED: of the line in parts.
parts_refused() {
	in_parts
	sed -i.orig "$3" x.d
	run -1 cmp -s x.d x.d.orig
	run -1 "$root/tests/d-check.bash" "$PWD/x.d"
	grep -F "x.d:$1: $2" <<<"$output"
}

@test "d-check takes a line that several clauses print, if one can tell it is whole" {
	in_parts
	run -0 --separate-stderr env PATH=/usr/bin:/bin "$root/tests/d-check.bash" "$PWD/x.d"
	[ "$output" = "" ]
	parts_refused 28 "a line without its newline" 's/EVENT parts=%d/EVENT nr=%d/'
	parts_refused 41 "parts= without parts_end=" 's/ parts_end=%d/ end=%d/'
	parts_refused 41 "parts= without parts_end=" 's/parts_end=%d\\n", caller, this->id/parts_end=%d x=%d\\n", caller, this->id, pid/'
	parts_refused 44 "a line of several clauses without its end" 's/ parts_end=%d\\n/ parts_end=%d/'
	parts_refused 35 "a part of a line that does not begin with a blank" 's/" q0/"q0/'
	parts_refused 35 "a line that clauses of two probes print" '35s/read/write/'
	parts_refused 28 "an EVENT without kind=" 's/ kind=x/ x=x/'
	parts_refused 43 "%a without quotes around it" 's/\\"%a\\"/%a/'
	parts_refused 11 "'q3' is never printed" 's/q0\.\.q2/q0..q3/'
	parts_refused 38 "'q2' is not explained" 's/q0\.\.q2/q0..q1/'
}

@test "d-check refuses a header without a section" {
	refused 19 "no USAGE in the header" '/USAGE/d'
	refused 19 "no PRIVILEGES in the header" '/PRIVILEGES/d'
	refused 19 "no SIP in the header" '/SIP:/d'
	refused 19 "no SEE ALSO in the header" '/SEE ALSO/d'
	refused 4 "not ' * x.d - purpose'" '4s/x.d/y.d/'
	refused 2 "not '/* SPDX" '2s/ISC/MIT/'
	refused 6 "a USAGE that does not run the script" 's/dtrace -s x.d -p/x.d/'
}

@test "d-check refuses a key that FIELDS does not explain, and one too many" {
	refused 34 "'uid' is not explained in FIELDS" 's/ ts=%d/ uid=0 ts=%d/'
	refused 34 "'path_error' is not explained in FIELDS" 's/path, path_error/path/'
	refused 11 "'tid' is never printed" 's/^ \*\tpid\t/ *\tpid, tid\t/'
}

@test "d-check refuses strings that the target could forge a line with" {
	refused 33 "%s of what the target may control: 'execname'" 's/probefunc, pid/execname, pid/'
	refused 33 "%s of what the target may control: 'probefunc'" 's/syscall::chdir/pid$target::chdir/'
	refused 34 "%S without quotes around it" 's/\\"%S\\"/%S/'
	refused 34 "%S without quotes around it" 's/\\"%S\\"/\\"x%S\\"/'
	refused 34 "%s of what the target may control" 's/"_error" : ""/execname : ""/'
}

@test "d-check refuses what does not end a line once, at its end" {
	refused 28 "a line without its newline" 's/%S\\"\\n/%S\\"/'
	refused 33 "a newline inside a line" 's/ pid=%d"/\\n pid=%d"/'
	refused 33 "a tab or return in a format" 's/ pid=%d"/\\tpid=%d"/'
	refused 28 "more than one line" 's/ pid=%d"/ pid=%d\\n"/'
	refused 33 "2 conversions and 1 arguments" 's/probefunc, pid)/probefunc)/'
}

@test "d-check refuses an event without what every event has" {
	refused 28 "an EVENT without kind=" 's/kind=syscall/sort=syscall/'
	refused 28 "an EVENT without pid=" 's/ pid=%d/ who=%d/'
	refused 28 "an EVENT without ts=" 's/ ts=%d/ at=%d/'
	refused 28 "not a line of dt text" 's/EVENT/EVNT/'
	refused 36 "TRACE is printed 0 times" 's/TRACE v=1/COUNT v=1/'
}

@test "d-check refuses a stack that is not ended" {
	refused 28 "stack=1 without ustack() and ENDSTACK" 's/ pid=%d"/ stack=1 pid=%d"/'
	refused 28 "more than one line" 's/this->brace = .*/ustack();/'
}

@test "d-check refuses a clause that is not well formed" {
	refused 28 "not provider:module:function:name: 'syscall::chdir'" 's/^syscall::chdir:return/syscall::chdir/'
	refused 28 "a predicate without its second /" 's/target)\/$/target)/'
	refused 28 "parentheses of a predicate" 's/(pid ==/pid ==/'
	refused 28 "no } for this clause" '$d'
	refused 37 "a } too many" '$s/$/\n}\ndtrace:::END { }/'
	refused 32 "a string without an end" 's/"{"/"{/'
	refused 27 "a comment without an end" 's/ or a string are none. \*\///'
}

@test "d-check refuses actions that change the system, and other printing" {
	refused 32 "a destructive action: system" 's/this->brace = .*/system("true");/'
	refused 32 "a destructive action: copyout" 's/this->brace = .*/copyout(a, b, 1);/'
	refused 32 "a destructive action: raise" 's/this->brace = .*/raise(9);/'
	refused 32 "prints, and not by printf: trace" 's/this->brace = .*/trace(pid);/'
	refused 21 "a destructive script" '21s/^/#pragma D option destructive/'
}

@test "d-check refuses a deny.d that reads the wrong argument, or no path" {
	sed '/^syscall::chdir:entry/d' "$root/d-scripts/deny.d" >deny.d
	run -1 "$root/tests/d-check.bash" "$PWD/deny.d"
	[[ $output == *"Linux: nothing saves the path of chdir"* ]]
	sed 's/^syscall::chown:entry/syscall::[cf]*chown:entry/' "$root/d-scripts/deny.d" >deny.d
	run -1 "$root/tests/d-check.bash" "$PWD/deny.d"
	[[ $output == *"Darwin: [cf]*chown saves 0,NONE of fchown, which has NONE,NONE"* ]]
	sed 's/^syscall::chroot:entry/syscall::chroo:entry/' "$root/d-scripts/deny.d" >deny.d
	run -1 "$root/tests/d-check.bash" "$PWD/deny.d"
	[[ $output == *"Linux: chroo matches nothing"* ]]
}

# Skip the test unless a real dtrace can trace here.
need_dtrace() {
	need_root
	command -v dtrace >/dev/null || skip "there is no dtrace on the PATH"
	[ "$(uname -s)" = Linux ] || skip "what it is refused is of Linux"
	command -v setpriv >/dev/null || skip "setpriv is not installed"
}

# Forged names, bad pointers, two paths, children: refused by Linux, each once.
@test "deny.d sees each refusal, and loses only paths that cannot be read" {
	need_dtrace
	install -m 755 "$DT_BIN/do_calls" .
	chmod 711 .
	mkdir -m 700 closed
	run -0 timeout -s INT 110 dtrace -q -s "$root/d-scripts/deny.d" -o out \
		-c "setpriv --reuid=65534 --clear-groups $PWD/do_calls openat 0xffffff9c %2f6574632f736861646f7700 0 , openat 0xffffff9c %636c6f7365642f0a4556454e5420ff2200 0 , 155 :/one :/two , 155 :/one 0x20 , fork , openat 0xffffff9c :/etc/shadow 0"
	run -0 bash -c 'dt-tojsonl <out | jq -c "select(.kind == \"syscall\") | [.name, .errno, .path, .path2, .fields.path2_error]" | sort -u'
	cat out
	[ "$(grep -c 'path="/etc/shadow' out)" -eq 2 ]
	[[ $output == *'["openat",13,"/etc/shadow",null,null]'* ]]
	[[ $output == *'["openat",13,"closed/\nEVENT �\"",null,null]'* ]]
	[[ $output == *'["pivot_root",1,"/one",null,"fault"]'* ]]
	[[ $output != *unparsed* ]]
}

# Linux has kernel memory with words known to us: what names a file system.
# A call of read whose number of the file is its address stands for a module.
@test "mac_policy_register.d reads words, names and operations, and loses only what faults" {
	need_dtrace
	cat >where.d <<-'EOF'
	syscall::getppid:entry
	/execname == "do_calls"/
	{
		printf("%d %S", (int64_t)((struct task_struct *)curthread)->fs->root.mnt->mnt_sb->s_type,
		    stringof(((struct task_struct *)curthread)->fs->root.mnt->mnt_sb->s_type->name));
		exit(0);
	}
	EOF
	run -0 --separate-stderr timeout -s INT 60 dtrace -q -s where.d -c "$DT_BIN/do_calls getppid"
	[[ $output =~ (-[0-9]+)\ ([a-z0-9]+)\\0 ]]
	at=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]}
	# Its first word is a name; five words on is a function; no page is at all.
	run dt-spawn -t dtrace -s "$root/d-scripts/mac_policy_register.d" -R syscall -F read -o out -- \
	    do_calls 0 "$at" 0 0 , 0 "$((at + 8))" 0x77 0x88 , 0 0xffffffffff000 0 0 , 0 99 0 0
	run -0 bash -c "dt-tojsonl out | jq -c 'select(.execname == \"do_calls\") | select(.fields.mpc | test(\"^0x(f{6,}.*|63)$\"))' >rows"
	printf -v hex 0x%x "$at"
	jq -es --arg at "$hex" --arg name "$name" '
	    (map(select(.fields.at == "entry")) | length) == 4 and
	    (map(select(.fields.at == "return")) | map([.name, .ret]) | unique) == [["read", -9]] and
	    .[0].fields.mpc == $at and .[0].fields.policy_name == $name and
	    .[0].fields.mpc_ops == .[0].fields.q4 and
	    (.[0].fields | [range(12) | "q\(.)"] - keys) == [] and
	    .[2].fields.handlep == "0x77" and .[2].fields.xd == "0x88" and
	    .[2].fields.q4 == .[0].fields.q5 and
	    (.[2].fields | [range(128) | "o\(.)"] - keys) == [] and
	    (.[4].fields | keys | map(select(test("^[qop][0-9o]"))) == []) and
	    (.[6].fields.mpc == "0x63") and
	    (.[6].fields | keys | map(select(test("^[qop][0-9o]"))) == []) and
	    (map(select(.fields.at == "entry").fields | has("caller_symbol")) | all)' rows
	[ "$(grep -c '^DROP code=dtrace.fault .*(0xffffffffff0' out)" -eq 12 ]
	[[ $(head -n 1 out) == *" target_provider=syscall target_module=* target_func=read" ]]
	[[ $(tail -n 1 out) == *" outcome=events" ]]
}

@test "mac_policy_register.d waits for nothing, or is refused, and says which" {
	need_dtrace
	run -0 dt-attach -t dtrace -s "$root/d-scripts/mac_policy_register.d" -R syscall -F swapoff -d 1 -o out
	[[ $(tail -n 1 out) == "END events=0 dropped=0 status=detached complete=1 "*" outcome=no-event" ]]
	[ "$(uname -s)" = Linux ] || skip "only Linux lacks the probe for certain"
	run -3 dt-attach -t dtrace -s "$root/d-scripts/mac_policy_register.d" -d 1 -o out
	[[ $(tail -n 1 out) == "END events=0 dropped=0 complete=0 "* ]]
	[[ $(grep ^DIAGNOSTIC out) == *"level=error code=dtrace.no-probe "* ]]
}
