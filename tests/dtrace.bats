load helper

# The arguments that dtrace was given, in one line.
args() { paste -sd ' ' args; }
last_note() { grep '^DIAGNOSTIC' out | tail -n 1; }

@test "dtrace's events are passed on, and its TRACE becomes part of ours" {
	fake_dtrace '
		echo "TRACE v=1 tracer=dtrace errnos=failures probes=14"
		ready
		until [ -e ran ]; do sleep 0.02; done
		echo "EVENT kind=syscall name=open pid=$target execname=\"sh\\0\" errno=13 path=\"/x y\\0\""
		follow'
	run -0 dt-spawn -t dtrace -s x.d -m meta.json -o out -- sh -c 'touch ran; exit 5'
	[ -e ran ]
	run -0 cat out
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == *' tracer_version="Oracle D 2.0" script=x.d script_sha256='"$(sha256sum <x.d | cut -c1-64)"' errnos=failures '* ]]
	[[ ${lines[0]} == *" probes=14" ]]
	[[ ${lines[1]} == *' execname=sh name=open errno=13 path="/x y"' ]]
	[[ ${lines[2]} == "END events=1 dropped=0 status=exited code=5 complete=1 ts="* ]]
}

@test "the flags of a call are known by its arguments" {
	[ "$(uname -s)" = Linux ] || skip "the numbers are Linux's"
	fake_dtrace '
		ready
		echo "EVENT kind=syscall name=openat pid=$target errno=13 arg0=0xffffff9c arg1=0x1 arg2=0xffffffff00000001"
		echo "EVENT kind=syscall name=open pid=$target errno=13 arg0=0x1 arg1=0x0"
		echo "EVENT kind=syscall name=openat2 pid=$target errno=13 arg0=0x1 arg1=0x0 arg2=0x0"
		echo "EVENT kind=syscall name=openat pid=$target errno=13 arg0=0x1"
		echo "EVENT kind=syscall name=close pid=$target errno=13 arg0=0x1"
		follow'
	run -0 dt-spawn -t dtrace -s x.d -o out -- true
	[ "$(values 'name flags')" = "openat 0x1
open 0x0
openat2 -
openat -
close -" ]
}

@test "dtrace gets a process that waits, options, and never leave to destroy" {
	fake_dtrace
	run -0 dt-spawn -t dtrace -s x.d -b 16M -O strsize=4k -O switchrate=5hz -o out -- true "a b"
	[[ $(args) == "-q -x strsize=2k -x switchrate=10hz -x bufsize=16777216 -x strsize=4k -x switchrate=5hz -s x.d -n dtrace:::BEGIN {"*"} -o /dev/fd/3 -p "$(sed -n 's/.* pid=\([0-9]*\).*/\1/p;q' out) ]]
	run -1 grep -x -e -w -e -Z args
	for wrong in destructive=1 quiet=1 strsize =2 -w=1; do
		run -2 --separate-stderr dt-spawn -t dtrace -s x.d -O "$wrong" -o out -- touch ran
		[[ $stderr == *"--option '$wrong': "* ]]
	done
	[ ! -e ran ]
	run -2 --separate-stderr dt-spawn -t strace -O strsize=2k -o out -- true
	[[ $stderr == *"strace takes none"* ]]
}

@test "a script that asks for destructive actions is refused, and nothing runs" {
	fake_dtrace
	for pragma in '#pragma D option destructive' '# pragma	D  option /* x */ destructive=1'; do
		printf '%s\nBEGIN { system("touch ran"); }\n' "$pragma" >x.d
		run -3 dt-spawn -t dtrace -s x.d -o out -- touch ran
		[[ $(last_note) == "DIAGNOSTIC level=error code=dtrace.destructive-off "* ]]
		run -3 dt-attach -t dtrace -s x.d -p $$ -o out
	done
	[ ! -e ran ] && [ ! -e args ]
	printf '/* #pragma D option destructive */\n#pragma D option quiet\n' >x.d
	run -0 dt-spawn -t dtrace -s x.d -o out -- true
}

@test "the script that comes with dt is found beside the program" {
	[ -z "${DT_SANITIZED-}" ] || skip "that build is a folder further down"
	fake_dtrace
	run -0 dt-spawn -t dtrace -o out -- true
	[[ $(head -n 1 out) =~ script=[^\ ]*/d-scripts/deny.d\  ]]
}

@test "dtrace's drops and faults make the capture incomplete" {
	fake_dtrace '
		ready
		echo "dtrace: 12 drops on CPU 1" >&2
		echo "dtrace: error in dt_clause_1 for probe ID 3566 (syscall:vmlinux:openat:entry): invalid address (0x10) at BPF pc 143" >&2
		follow'
	run -1 dt-spawn -t dtrace -s x.d -o out -- sleep 0.2
	run -0 grep ^DROP out
	[[ ${lines[0]} == "DROP code=dtrace.drops count=12 "* ]]
	[[ ${lines[1]} == "DROP code=dtrace.fault count=1 "* ]]
	[ "$(ending out)" = "END events=0 dropped=13 status=exited code=0 complete=0" ]
}

@test "what dtrace says is kept byte for byte beside what it means" {
	fake_dtrace '
		ready
		printf "dtrace: 1 drop on CPU 0\n\377\001 no message\n\ndtrace: torn" >&2
		follow'
	run -1 dt-spawn -t dtrace -s x.d -E said -o out -- true
	printf 'dtrace: 1 drop on CPU 0\n\377\001 no message\n\ndtrace: torn' | cmp - said
	[ "$(count_of DROP out)" -eq 1 ]
	[ "$(count_of DIAGNOSTIC out)" -eq 2 ]
}

@test "dtrace that cannot begin is status 3 with a code and a remedy, and nothing runs" {
	fake_dtrace
	export DTRACE_FAILS
	while IFS='|' read -r code text; do
		DTRACE_FAILS="echo '$text' >&2; exit 1"
		run -3 --separate-stderr dt-spawn -t dtrace -s x.d -o out touch ran
		[[ $(last_note) == "DIAGNOSTIC level=error code=$code "* ]]
		[ "$(ending out)" = "END events=0 dropped=0 complete=0" ]
		[[ ${stderr_lines[0]} == "dt-spawn: $text" ]]
		[ "${#stderr_lines[@]}" -eq 2 ]
	done <<-'EOF'
	dtrace.compile|dtrace: failed to compile script x.d: line 4: syntax error near "trace"
	dtrace.privileges|dtrace: failed to initialize dtrace: DTrace requires additional privileges
	dtrace.exec-denied|dtrace: failed to execute /bin/ls: Operation not permitted
	dtrace.sip-provider|dtrace: invalid probe specifier x: probe description syscall:::entry does not match any probes. System Integrity Protection is on
	dtrace.no-probe|dtrace: failed to compile script x.d: line 1: probe description a:::b does not match any probes
	target-gone|dtrace: failed to grab pid 812: No such process
	EOF
	[ ! -e ran ]
}

@test "dtrace lets go at a signal, and the program lives on" {
	fake_dtrace
	start dt-spawn -t dtrace -s x.d -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	await test -s cmd
	kill -TERM "$pid"
	wait "$pid"
	[[ $(ending out) == *" status=detached complete=1" ]]
	kill "$(<cmd)"
	await gone "$(<cmd)"
}

@test "a tracer that does not let go is ended when patience is" {
	fake_dtrace 'trap "" TERM; ready; follow'
	start dt-spawn -t dtrace -T 2 -s x.d -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	await test -s cmd
	kill -TERM "$pid"
	sleep 0.5
	kill -TERM "$pid"
	ends_with 1 "$pid"
	[[ $(tail -n 2 out | head -n 1) == "DIAGNOSTIC level=error code=tracer-died "* ]]
	[[ $(ending out) == *" status=detached complete=0" ]]
	kill "$(<cmd)"
	await gone "$(<cmd)"
}

@test "dtrace that dies, or just ends, before the program leaves no clean trace" {
	for end in 'kill -9 $$' 'exit 0' 'exit 1'; do
		fake_dtrace "ready; until [ -e cmd ]; do sleep 0.02; done; $end"
		rm -f cmd
		start dt-spawn -t dtrace -s x.d -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
		ends_with 1 "$pid"
		[[ $(last_note) == "DIAGNOSTIC level=error code=tracer-died "* ]]
		[[ $(ending out) == *" status=detached complete=0" ]]
		kill "$(<cmd)"
		await gone "$(<cmd)"
	done
}

@test "dtrace that does not see the program end is told so, and nothing is lost" {
	fake_dtrace 'ready; follow; while :; do sleep 0.1; done'
	run -0 dt-spawn -t dtrace -s x.d -o out -- true
	[[ $(ending out) == *" status=exited code=0 complete=1" ]]
	fake_dtrace 'ready; follow; trap "" TERM; while :; do sleep 0.1; done'
	run -1 dt-spawn -t dtrace -T 2 -s x.d -o out -- true
	[[ $(last_note) == "DIAGNOSTIC level=error code=tracer-died "* ]]
	[[ $(ending out) == *" status=exited code=0 complete=0" ]]
}

@test "dtrace that hangs before its probes are on is given up in time" {
	fake_dtrace 'while :; do sleep 0.1; done'
	run -3 dt-spawn -t dtrace -T 0.5 -s x.d -o out -- touch ran
	[[ $(last_note) == *'code=tracer-died text="dtrace: did not put its probes on in time"' ]]
	[ ! -e ran ]
}

@test "on a terminal one is told what takes long" {
	command -v script || skip "script(1) is not installed"
	fake_dtrace 'sleep 3.2; ready; follow'
	run -0 script -qec 'dt-spawn -t dtrace -s x.d -o out -- echo said' /dev/null
	[[ $output == *$'\r'"dtrace: beginning, 2 s"$'\r'"dtrace: beginning, 3 s"$'\r\033[K'*said* ]]
	run -0 --separate-stderr dt-spawn -t dtrace -s x.d -o out -- true
	[ -z "$stderr" ]
}

@test "a script may choose to end before the program does" {
	fake_dtrace 'ready; until [ -e cmd ]; do sleep 0.02; done; echo "EVENT kind=firing name=x"; echo END events=1'
	start dt-spawn -t dtrace -s x.d -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	ends_with 0 "$pid"
	[ "$(ending out)" = "END events=1 dropped=0 status=detached complete=1" ]
	kill "$(<cmd)"
	await gone "$(<cmd)"
}

@test "processes that dtrace lost sight of leave no clean trace" {
	fake_dtrace 'ready; echo COUNT name=dt-forked pid=1; echo COUNT name=dt-forked pid=2; echo COUNT name=dt-exited pid=1; follow'
	run -1 dt-spawn -t dtrace -s x.d -o out -- true
	[[ $(last_note) == *'code=left-behind text="dtrace: lost sight of 1 processes'* ]]
	[[ $(ending out) == "END events=0 dropped=0 status=exited code=0 complete=0" ]]
}

@test "the buffers of CPUs come in any order: who comes last was there, too" {
	fake_dtrace 'ready; follow; echo COUNT name=dt-forked pid=1'
	run -1 dt-spawn -t dtrace -s x.d -o out -- true
	[[ $(last_note) == *'code=left-behind text="dtrace: lost sight of 1 processes'* ]]
	fake_dtrace 'ready; echo COUNT name=dt-exited pid=1; follow; echo COUNT name=dt-forked pid=1'
	run -0 dt-spawn -t dtrace -s x.d -o out -- true
}

@test "what dtrace does not see to the end of an attached process is no clean trace" {
	fake_dtrace 'ready; sleep 0.3; exit 0'
	start sleep 0.8
	run -1 dt-attach -t dtrace -s x.d -p "$pid" -o out
	[[ $(last_note) == *code=target-unseen* ]]
	[[ $(ending out) == *" status=ended complete=0" ]]
	fake_dtrace 'ready; echo COUNT name=dt-exited pid=7; echo COUNT name=dt-forked pid=8; follow'
	start sleep 0.5
	run -1 dt-attach -t dtrace -s x.d -p "$pid" -o out
	[[ $(last_note) == *code=left-behind* ]]
}

@test "the command cannot hide dtrace's losses behind its own stderr" {
	echo 'pid$target::open:entry { }' >p.d
	printf '#!/bin/sh\nprintf "$BEFORE" >&2; touch said; until [ -e finished ]; do sleep 0.02; done\nprintf end >&2\n' >cmd
	chmod +x cmd
	export BEFORE
	while IFS='|' read -r BEFORE text n; do
		rm -f said finished
		fake_dtrace 'ready; until [ -e said ]; do sleep 0.02; done; echo "'"$text"'" >&2; touch finished; follow'
		run -1 --separate-stderr dt-spawn -t dtrace -s p.d -o out -- ./cmd
		[[ $(ending out) == "END events=0 dropped=$n status=ended complete=0" ]]
		[[ $stderr == *"$text"* ]]
	done <<-'EOF'
	busy ...|dtrace: 9 drops on CPU 1|9
	dtrace: ,\n|9 drops on CPU 1|9
	busy ...|dtrace: error in dt_clause_1 for probe ID 3566 (syscall:vmlinux:openat:entry): invalid address (0x10) at BPF pc 143|1
	EOF
	BEFORE='12 monkeys'
	fake_dtrace 'ready; until [ -e said ]; do sleep 0.02; done; touch finished; follow'
	rm -f said finished
	run -0 --separate-stderr dt-spawn -t dtrace -s p.d -o out -- ./cmd
	[[ $stderr == *monkeysend ]]
}

@test "a signal ends it when it comes before the tracer, too" {
	fake_dtrace 'sleep 20'
	printf '#!/bin/sh\ntouch asked; exec sleep 20\n' >bin/codesign
	chmod +x bin/codesign
	for line in "dt-spawn -t dtrace -s x.d -U -o out -- $(type -P true)" "dt-world --doctor"; do
		rm -f asked
		read -ra cmd <<<"$line"
		DTRACE_LISTS='touch asked; exec sleep 20' start "${cmd[@]}"
		await test -e asked
		SECONDS=0
		kill -TERM "$pid"
		wait "$pid" || status=$?
		[ "$SECONDS" -lt 5 ]
	done
	[[ $(last_note) == *code=capture-aborted* ]]
}

@test "a script has to be a regular file" {
	fake_dtrace
	mkfifo fifo
	for script in fifo /dev/null .; do
		run -2 timeout -k 1 5 dt-spawn -t dtrace -s "$script" -o out -- touch ran
		[ "$output" = "dt-spawn: --script '$script': not a regular file" ]
	done
	[ ! -e ran ]
}

@test "a copy of what dtrace said that is not whole is told" {
	[ -e /dev/full ] || skip "no /dev/full"
	fake_dtrace 'ready; echo what >&2; follow'
	run -1 --separate-stderr dt-spawn -t dtrace -s x.d -E /dev/full -o out -- true
	[[ $stderr == *"/dev/full: not all that dtrace said could be written" ]]
	[[ $(ending out) == *" complete=1" ]]
}

@test "a program for which no probe fires is not said to be clean" {
	fake_dtrace 'ready; clauses=; follow'
	run -1 dt-spawn -t dtrace -s x.d -o out -- true
	[[ $(last_note) == "DIAGNOSTIC level=error code=target-unseen "* ]]
	[[ $(ending out) == *" complete=0" ]]
}

@test "a script with pid probes has dtrace run the command, output and messages apart" {
	fake_dtrace '
		ready
		echo "EVENT kind=sandbox_api name=sandbox_check pid=$target ret=1"
		until [ -e "said" ]; do sleep 0.02; done
		echo "dtrace: 2 drops on CPU 0" >&2
		follow'
	cat >x.d <<-'EOF'
	/* pid$target:::entry */
	#pragma D option quiet
	pid$target::sandbox_check:entry { printf("%d", pid); }
	EOF
	printf '#!/bin/sh\necho "out $*"; echo "err $*" >&2; touch said; exit 3\n' >cmd
	chmod +x cmd
	run -1 --separate-stderr dt-spawn -t dtrace -s x.d -o out -- ./cmd one two
	[ "$output" = "out one two" ]
	[ "${stderr_lines[0]}" = "err one two" ]
	[[ $(args) == *" -o "*/dt-trace.??????/fifo" -c ./cmd one two" ]]
	[[ $(head -n 1 out) =~ " pid="[0-9]+ ]]
	[ "$(count_of EVENT out)" -eq 1 ]
	[ "$(count_of DIAGNOSTIC out)" -eq 0 ]
	[ "$(ending out)" = "END events=1 dropped=2 status=ended complete=0" ]
}

@test "a command that dtrace runs has no part in the trace, whatever it opens" {
	fake_dtrace 'ready; until [ -e done ]; do sleep 0.02; done; echo "EVENT kind=firing name=real"; follow'
	echo 'pid$target::open:entry { }' >x.d
	cat >forge <<-'EOF'
	#!/bin/bash
	for fd in {3..20}; do
		[ ! -e /dev/fd/$fd ] || eval "echo 'EVENT kind=firing name=forged' >&$fd"
	done
	sleep 0.3
	for f in "$TMPDIR"/*/*; do
		[ ! -p "$f" ] || echo 'EVENT kind=firing name=forged' >"$f"
	done
	touch done
	EOF
	chmod +x forge
	mkdir tmp
	export TMPDIR=$PWD/tmp
	run -0 bash -c 'exec 3>&- 4>&-; dt-spawn -t dtrace -s x.d -o out -- ./forge'
	[ "$(values name)" = real ]
	[ -z "$(ls -A tmp)" ]
	exec 9>passed
	printf '#!/bin/sh\necho through >&9; touch done\n' >forge
	run -0 dt-spawn -t dtrace -s x.d -o out -- ./forge
	exec 9>&-
	[ "$(<passed)" = through ]
}

@test "a command that is not there is not given to dtrace" {
	fake_dtrace
	echo 'pid$target::open:entry { }' >x.d
	run -3 dt-spawn -t dtrace -s x.d -o out -- ./nowhere
	[[ $(last_note) == *code=exec-failed*"./nowhere: No such file or directory"* ]]
	[ ! -e args ]
}

@test "a quoted quote does not hide a pid probe" {
	fake_dtrace
	printf '%s\n' "BEGIN /'\"' == 34/ { } pid\$target::open:entry { }" >x.d
	run -0 dt-spawn -t dtrace -s x.d -o out -- true
	[[ $(args) == *" -c "* ]]
}

@test "what dtrace cannot be given to run is refused, and nothing runs" {
	fake_dtrace
	echo 'pid$target::open:entry { }' >x.d
	for arg in "a b" "" $'a\tb' 'a\b'; do
		run -3 --separate-stderr dt-spawn -t dtrace -s x.d -o out -- touch ran "$arg"
		[[ $(last_note) == "DIAGNOSTIC level=error code=dtrace.quoting "* ]]
		[ "${#stderr_lines[@]}" -eq 2 ]
	done
	run -3 --separate-stderr dt-spawn -t dtrace -u 65534 -s x.d -o out -- touch ran
	[[ $stderr == *"not as another user"* ]]
	[ ! -e ran ] && [ ! -e args ]
	: >x.d
	run -0 dt-spawn -t dtrace -s x.d -o out -- touch "a b"
	[ -e "a b" ]
}

@test "-w has dtrace wait by itself where it can, and its script tried first" {
	fake_dtrace
	export DTRACE_WAITS=1
	start dt-attach -t dtrace -s x.d -w dt-waited -o out
	await grep -qx -e -W args
	cp "$(type -P sleep)" dt-waited
	start ./dt-waited 0.5
	waited=$pid
	ends_with 0 "${started[0]}"
	[[ $(args) == *" -o /dev/fd/3 -W dt-waited" ]]
	[[ $(head -n 1 out) == *" target=dt-waited pid=$waited"* ]]
	[[ $(ending out) == "END events=0 dropped=0 status=ended complete=1" ]]
	export DTRACE_FAILS='[ -z "${exec-}" ] || { echo "dtrace: failed to compile script x.d: line 1: probe description syscall:::entry does not match any probes. System Integrity Protection is on" >&2; exit 1; }'
	run -3 dt-attach -t dtrace -s x.d -w dt-waited -o out
	[[ $(last_note) == "DIAGNOSTIC level=error code=dtrace.sip-provider "* ]]
	run -1 grep -x -e -W args
}

@test "-w without help from dtrace finds the process itself" {
	fake_dtrace
	start dt-attach -t dtrace -s x.d -w dt-waited -o out
	cp "$(type -P sleep)" dt-waited
	sleep 0.3
	start ./dt-waited 2
	ends_with 0 "${started[0]}"
	[[ $(args) == *" -p $pid" ]]
	[[ $(ending out) == *" status=ended complete=1" ]]
}

@test "a process that is gone before dtrace comes is status 3" {
	fake_dtrace
	run -3 dt-attach -t dtrace -s x.d -p 4194000 -o out
	[[ $(last_note) == "DIAGNOSTIC level=error code=target-gone "* ]]
}

@test "the phases are captured with dtrace, too" {
	[ -z "${DT_SANITIZED-}" ] || skip "that build is a folder further down"
	fake_dtrace '
		echo "TRACE v=1 tracer=dtrace errnos=EPERM,EACCES"
		ready
		echo "EVENT kind=syscall name=openat pid=$target errno=13 path=/refused"
		follow'
	[ "$(uname -s)" = Linux ] || skip "the targets' phases are tried on Linux only"
	bin=$(dirname "$(type -P dt-spawn)")
	for phase in smoke idle interaction; do
		BIN=$bin OUT=$PWD/phases TRACER=dtrace DURATION=0.5 \
		    "$BATS_TEST_DIRNAME/../fixtures/targets/run-phase" "$phase"
		run -0 dt-normalize "phases/raw/$phase.jsonl"
		[[ $output == *'"path":"/refused"'*'"deny":true'* ]]
		jq -es 'last.kind == "end" and last.complete and
		    first.tracer == "dtrace" and first.errnos == "EPERM,EACCES" and
		    first.phase == "'"$phase"'"' "phases/raw/$phase.jsonl"
	done
}

@test "a script of everybody needs no process, and END tells whether something came" {
	fake_dtrace 'ready; stay'
	run -0 dt-attach -t dtrace -s x.d -d 0.3 -o out
	[[ $(args) == *" -n dtrace:::BEGIN { printf(\"TRACE v=1 ready=1\\n\"); } -o /dev/fd/3" ]]
	[[ $(head -n 1 out) != *" pid="* ]]
	[[ $(tail -n 1 out) =~ ^END\ events=0\ dropped=0\ status=detached\ complete=1\ ts=[0-9]{19}\ attached_ns=[0-9]+\ outcome=no-event$ ]]
	fake_dtrace 'ready; echo EVENT kind=firing name=x pid=1; stay'
	run -0 dt-attach -t dtrace -s x.d -d 0.3 -o out
	[[ $(tail -n 1 out) == "END events=1 "*" complete=1 ts="*" outcome=events" ]]
}

@test "what was lost, cut short or ended by itself has no outcome without an event" {
	fake_dtrace 'ready; echo "dtrace: 1 drop on CPU 0" >&2; stay'
	run -1 dt-attach -t dtrace -s x.d -d 0.3 -o out
	[[ $(tail -n 1 out) == *" complete=0 ts="* && $(tail -n 1 out) != *outcome* ]]
	fake_dtrace 'ready; exit 0'
	run -1 dt-attach -t dtrace -s x.d -d 5 -o out
	[[ $(last_note) == *code=tracer-died*"ended by itself: the trace has nothing of what came then"* ]]
	[[ $(tail -n 1 out) == *" complete=0 ts="* && $(tail -n 1 out) != *outcome* ]]
	fake_dtrace 'ready; echo END events=0'
	run -0 dt-attach -t dtrace -s x.d -d 5 -o out
	[[ $(tail -n 1 out) == *" complete=1 ts="* && $(tail -n 1 out) != *outcome* ]]
	fake_dtrace 'ready; touch attached; stay'
	start dt-attach -t dtrace -s x.d -d 60 -o out
	await test -e attached
	sleep 0.3
	kill "$pid"
	ends_with 0 "$pid"
	[[ $(tail -n 1 out) == *" complete=1 ts="* && $(tail -n 1 out) != *outcome* ]]
}

@test "a script that has a target is not run without one" {
	fake_dtrace 'ready; stay'
	for text in 'syscall:::entry /pid == $target/ { }' 'pid$target::x:entry { }' 'syscall:::entry /progenyof($$target)/ { }'; do
		echo "$text" >x.d
		run -2 dt-attach -t dtrace -s x.d -d 1 -o out
		[ "${lines[0]}" = "dt-attach: --script 'x.d': it has \$target: one of -p, -n and -w is wanted" ]
	done
	echo '/* $target */ syscall:::entry /x == "$target" || $targets/ { }' >x.d
	run -0 dt-attach -t dtrace -s x.d -d 0.2 -o out
}

@test "another probe takes the place of the script's, and the TRACE says which" {
	fake_dtrace 'ready; stay'
	export DTRACE_WAITS=1
	echo 'fbt:mach_kernel:mac_policy_register:entry { }' >x.d
	run -0 dt-attach -t dtrace -s x.d -R syscall -F read -d 0.2 -o out
	[[ $(args) == *" -C -D fbt=syscall -D mach_kernel=* -D mac_policy_register=read -s x.d -n "* ]]
	[[ $(head -n 1 out) == *" target_provider=syscall target_module=* target_func=read" ]]
	run -0 dt-attach -t dtrace -s x.d --target-func=vfs_open --target-module=vmlinux -d 0.2 -o out
	[[ $(args) == *" -C -D mach_kernel=vmlinux -D mac_policy_register=vfs_open -s x.d -n "* ]]
	[[ $(head -n 1 out) == *" target_module=vmlinux target_func=vfs_open" ]]
	run -0 dt-attach -t dtrace -s x.d --target-provider=fbt -d 0.2 -o out
	[[ $(args) == *" -C -D fbt=fbt -s x.d -n "* ]]
	run -0 dt-spawn -t dtrace -s x.d -R syscall -M vmlinux -F read -d 0.2 -o out sleep 0.3
	[[ $(args) == *" -C -D fbt=syscall -D mach_kernel=vmlinux -D mac_policy_register=read -s x.d -n "*" -p "* ]]
	export DTRACE_FAILS='[ -z "${exec-}" ] || { echo "dtrace: failed to compile script x.d: line 1: probe description a:::b does not match any probes" >&2; exit 1; }'
	run -3 dt-attach -t dtrace -s x.d -F read -w dt-waited -o out
	[[ $(args) == *" -e -C -D mac_policy_register=read -s x.d" ]]
	run -0 dt-attach -t dtrace -s x.d -d 0.2 -o out
	[[ $(args) != *" -C "* && $(head -n 1 out) != *target_* ]]
}

@test "a probe that the script does not have is not put in its place" {
	fake_dtrace
	run -2 dt-attach -F read -d 1 -o out
	[ "${lines[0]}" = "dt-attach: one of -p, -n and -w is wanted, or a script (-s) of everybody" ]
	run -2 dt-spawn -F read -o out touch ran
	[ "$output" = "dt-spawn: --target-func 'read': only with a script (-s)" ]
	run -2 dt-spawn -t strace -F read -o out touch ran
	[ "$output" = "dt-spawn: --target-func 'read': only with a script (-s)" ]
	for text in '' '/* fbt:mach_kernel:mac_policy_register: */' 'fbt:mach_kernel:mac_policy_registers:entry { }' \
	    'syscall:::entry { x = "fbt:mach_kernel:mac_policy_register:"; }'; do
		echo "$text" >x.d
		run -2 dt-spawn -t dtrace -s x.d -M vmlinux -o out touch ran
		[ "$output" = "dt-spawn: --target-module 'vmlinux': x.d has no probe fbt:mach_kernel:mac_policy_register:" ]
	done
	echo 'fbt:mach_kernel:mac_policy_register:entry { }' >x.d
	run -2 dt-spawn -t strace -s x.d -F read -o out touch ran
	[[ $output == *"strace takes no script" ]]
	for bad in '' 'a b' 'a:b' 'a/b' 'a{' $'a\nb' 'a"' '$1' 'a=b' 'a,b' 'a`b' '(a)'; do
		run -2 dt-spawn -t dtrace -s x.d -F "$bad" -o out touch ran
		[ "$output" = "dt-spawn: --target-func '$bad': not a part of a probe's name" ]
	done
	run -2 dt-spawn -t dtrace -s x.d -R "$(printf 'p%.0s' {1..200})" -o out touch ran
	[[ $output == *": too long" ]]
	[ ! -e ran ] && [ ! -e args ]
}

@test "dt-spawn stops when time is up, and the command lives on" {
	fake_dtrace
	run -0 dt-spawn -t dtrace -s x.d -d 0.5 -o out -- sh -c 'echo $$ >cmd; exec sleep 60 >/dev/null 2>&1 3>&-'
	[[ $(tail -n 1 out) == *" status=detached complete=1 ts="*" outcome=no-event" ]]
	kill "$(<cmd)"
	await gone "$(<cmd)"
}

@test "the real dtrace sees what a program and its children are refused" {
	need_dtrace
	need_nobody
	cat >x.d <<-'EOF'
	syscall::openat:return
	/progenyof($target) && errno == 13/
	{
		printf("EVENT kind=syscall name=%s pid=%d execname=\"%S\" errno=%d\n", probefunc, pid, execname, errno);
	}
	EOF
	run -0 dt-spawn -t dtrace -s x.d -u 65534 -o out -- sh -c 'cat /etc/shadow; exit 3'
	[ "$(values 'execname name errno')" = "cat openat 13" ]
	[ "$(ending out)" = "END events=1 dropped=0 status=exited code=3 complete=1" ]
	run -1 dt-spawn -t dtrace -s x.d -u 65534 -o out -- sh -c '(sleep 2; cat /etc/shadow) & exit 0'
	[[ $(last_note) == *code=left-behind* ]]
	echo 'syscall::nosuch:entry { trace(1); }' >x.d
	run -3 dt-spawn -t dtrace -s x.d -o out -- touch ran
	[[ $(last_note) == *code=dtrace.no-probe* ]]
	[ ! -e ran ]
}

@test "the real dtrace runs the command itself for pid probes" {
	need_dtrace
	[ -x /bin/cat ] || skip "no /bin/cat"
	cat >x.d <<-'EOF'
	pid$target::open*:entry
	{
		printf("EVENT kind=firing name=%s pid=%d\n", probefunc, pid);
	}
	EOF
	run -0 dt-spawn -t dtrace -s x.d -o out -- /bin/cat /etc/hostname
	grep -q '^EVENT .* name=open' out
	[ "$(ending out | sed 's/events=[0-9]*/events=N/')" = "END events=N dropped=0 status=ended complete=1" ]
}
