load helper

@test "a refused open is an event with its path and errno" {
	need_strace
	need_nobody
	run -0 "${nobody[@]}" dt-spawn -t strace cat /etc/shadow
	[[ $output =~ EVENT\ .*name=openat.*\ errno=13\ .*path=/etc/shadow ]]
}

@test "the first line is a TRACE, the last an END that counts the events" {
	need_strace
	run -0 dt-spawn -t strace -o out -P smoke -- ls /nonexistent/a /nonexistent/b
	run -0 head -n 1 out
	[[ $output =~ ^TRACE\ v=1\ run=[0-9a-f]{16}\ phase=smoke\ tracer=strace ]]
	[[ $output == *' tool="dt-spawn 0.1" '*' errnos=failures '* ]]
	[[ $output == *' target=ls '*" uid=$(id -u) arg0=ls "* ]]
	[[ $output == *" sysname=$(uname -s)"* ]]
	run -0 ending out
	[ "$output" = "END events=$(count_of EVENT out) dropped=0 \
status=exited code=2 complete=1" ]
}

@test "what succeeds is not in the trace" {
	need_strace
	run -0 dt-spawn -t strace -o out -- ls /
	run -1 grep -E '^EVENT .* errno=0 ' out
	run -1 grep -E '^EVENT .* name=exit_group' out
}

@test "what failed is shown while the program does nothing more" {
	need_strace
	start dt-spawn -t strace -o out sleep_loop -i 60000 none
	await grep -qs 'path=none' out
	kill "$(sed -n 's/^TRACE .* pid=\([0-9]*\) .*/\1/p' out)"
	ends_with 0 "$pid"
}

@test "nothing of ours before the command's execve is in the trace" {
	need_strace
	run -0 dt-spawn -t strace -o out -- true
	run -1 grep 'execname=dt-spawn' out
}

@test "what the command starts is followed" {
	need_strace
	run -0 dt-spawn -t strace -o out -- sh -c 'ls /nonexistent/child; (exec ls /nonexistent/two) & wait'
	run -0 grep -c 'path=/nonexistent/child' out
	run -0 grep -c 'path=/nonexistent/two' out
}

@test "the capture goes on while what the command started does" {
	need_strace
	run -0 dt-spawn -t strace -o out -- sh -c '(sleep 0.3; ls /nonexistent/late) & exit 4'
	run -0 grep -c 'path=/nonexistent/late' out
	[[ $(ending out) == *"status=exited code=4 complete=1" ]]
}

@test "stdout and stderr of the command stay out of the trace" {
	need_strace
	echo 'echo EVENT fake=1; echo TRACE v=1 >&2' >script
	run -0 --separate-stderr dt-spawn -t strace sh script
	[[ $output != *fake=1* ]]
	[ "$(printf '%s\n' "${lines[@]}" | grep -c '^TRACE ')" -eq 1 ]
	[[ $stderr == *"EVENT fake=1"* && $stderr == *"TRACE v=1"* ]]
}

@test "with -o the command's stdout stays where it was" {
	need_strace
	run -0 --separate-stderr dt-spawn -t strace -o out -- echo hello
	[ "$output" = hello ]
	[[ $(head -n 1 out) == TRACE* ]]
}

@test "stdin passes through" {
	need_strace
	run -0 --separate-stderr dt-spawn -t strace -o out -- cat <<<"some text"
	[ "$output" = "some text" ]
}

@test "a descriptor that was passed to us passes through" {
	need_strace
	run -0 --separate-stderr dt-spawn -t strace -o out -- sh -c 'cat <&7' 7<<<"some text"
	[ "$output" = "some text" ]
}

@test "the command gets no descriptor of ours" {
	need_strace
	run -0 --separate-stderr ls /proc/self/fd
	own=$output
	run -0 --separate-stderr dt-spawn -t strace -o out -m meta -E err -- ls /proc/self/fd
	[ "$output" = "$own" ]
}

@test "signals are for the command as they were for us" {
	need_strace
	run -0 grep -E '^Sig(Blk|Ign)' /proc/self/status
	own=$output
	run -0 --separate-stderr dt-spawn -t strace -o out -- grep -E '^Sig(Blk|Ign)' /proc/self/status
	[ "$output" = "$own" ]
}

@test "the command's locale is left alone, and the tracer's is C" {
	need_strace
	LC_ALL=xx_XX run -0 --separate-stderr dt-spawn -t strace -o out -- sh -c 'echo "$LC_ALL"'
	[ "$output" = xx_XX ]
}

@test "-u runs the command as a user by name, number or uid:gid" {
	need_strace
	need_root
	run -0 --separate-stderr dt-spawn -t strace -u nobody -o out -- id -u
	[ "$output" = "$(id -u nobody)" ]
	[[ $(head -n 1 out) == *" uid=$(id -u nobody) "* ]]
	run -0 --separate-stderr dt-spawn -t strace -u "$(id -u nobody)" -o out -- id -g
	[ "$output" = "$(id -g nobody)" ]
	run -0 --separate-stderr dt-spawn -t strace -u 12345:54321 -o out -- id -G
	[ "$output" = 54321 ]
	run -0 --separate-stderr dt-spawn -t strace -u 12345:54321 -o out -- id -u
	[ "$output" = 12345 ]
}

@test "-u of a user that is none, or that we may not become, says so" {
	run -2 dt-spawn -t strace -u no:such true
	[ "$output" = "dt-spawn: --user 'no:such': no such user" ]
	run -2 dt-spawn -t strace -u 0: true
	[ "$output" = "dt-spawn: --user '0:': not uid:gid in numbers" ]
	run -2 dt-spawn -t strace -u 4294967295:0 true
	[ "$output" = "dt-spawn: --user '4294967295:0': no such user" ]
	need_strace
	need_nobody
	run -1 --separate-stderr "${nobody[@]}" dt-spawn -t strace -u 0 touch "$PWD/ran"
	[[ $stderr == *"dt-spawn: set groups: Operation not permitted" ]]
	[ ! -e ran ]
}

@test "the END tells how the command ended" {
	need_strace
	run -0 dt-spawn -t strace -o out -- sh -c 'exit 3'
	[[ $(ending out) == *" status=exited code=3 complete=1" ]]
	run -0 dt-spawn -t strace -o out -- sh -c 'kill -TERM $$'
	[[ $(ending out) == *" status=signaled signal=SIGTERM complete=1" ]]
}

@test "a command that cannot be executed is an event, and the END says why" {
	need_strace
	echo text >plain
	run -1 --separate-stderr dt-spawn -t strace ./plain
	[[ $output =~ EVENT\ .*name=execve\ .*errno=13\ path=./plain ]]
	[[ ${lines[-2]} == 'DIAGNOSTIC level=error code=exec-failed text="./plain: Permission denied"' ]]
	[[ ${lines[-1]} == "END events=1 dropped=0 status=exec-failed complete=0 ts="*" errno=13 "*"outcome=events" ]]
	[[ $stderr == *"dt-spawn: ./plain: Permission denied"* ]]
}

@test "-x passes on the command's status" {
	need_strace
	echo text >plain
	run -7 dt-spawn -t strace -x -o out -- sh -c 'exit 7'
	run -143 dt-spawn -t strace -x -o out -- sh -c 'kill -TERM $$'
	run -126 dt-spawn -t strace -x -o out -- ./plain
	run -127 dt-spawn -t strace -x -o out -- ./missing
	run -0 dt-spawn -t strace -x -o out -- true
}

@test "SIGINT, SIGTERM and SIGHUP end the capture and leave the command alive" {
	need_strace
	for sig in INT TERM $(hangs_up && echo HUP); do
		start dt-spawn -t strace -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
		await test -s cmd
		cmd=$(<cmd)
		await traced "$cmd"
		kill -"$sig" "$pid"
		wait "$pid"
		[[ $(ending out) == *" status=detached complete=1" ]]
		untraced "$cmd"
		kill "$cmd"
		await gone "$cmd"
		rm cmd
	done
}

@test "a capture that is killed leaves the command alive and untraced" {
	need_strace
	start dt-spawn -t strace -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	await test -s cmd
	cmd=$(<cmd)
	await traced "$cmd"
	kill -KILL "$pid"
	await untraced "$cmd"
	kill "$cmd"
	await gone "$cmd"
}

@test "a tracer that dies is an error, and the command survives it" {
	need_strace
	start dt-spawn -t strace -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	await test -s cmd
	cmd=$(<cmd)
	await traced "$cmd"
	kill -KILL "$(sed -n 's/^TracerPid:\t//p' "/proc/$cmd/status")"
	ends_with 1 "$pid"
	[[ $(tail -n 2 out | head -n 1) == "DIAGNOSTIC level=error code=tracer-died "* ]]
	[[ $(ending out) == *" status=detached complete=0" ]]
	kill "$cmd"
	await gone "$cmd"
}

@test "-m summarises the capture as JSON, and nothing else is left" {
	need_strace
	run -0 dt-spawn -t strace -P idle -m meta.json -o out -- ls /nonexistent
	run -0 json_verify <meta.json
	run -0 cat meta.json
	[[ $output == *"\"run\": \"$(sed -n 's/.* run=\([0-9a-f]*\).*/\1/p;q' out)\""* ]]
	[[ $output == *'"phase": "idle"'*'"--absolute-timestamps='*'"status": "exited"'* ]]
	[[ $output == *"\"events\": $(count_of EVENT out),"* ]]
	[[ $output == *'"code": 2,'*'"complete": true'* ]]
	[ "$(echo *)" = "meta.json out" ]
}

@test "-m is written when nothing could be traced" {
	run -3 env PATH=/nonexistent "$(command -v dt-spawn)" -t strace -m meta.json /bin/true
	run -0 cat meta.json
	[[ $output == *'"complete": false'*'"code": "tracer-missing"'* ]]
}

@test "-m does not replace what is no file" {
	need_strace
	mkfifo pipe
	start sh -c 'cat pipe >got'
	run -0 dt-spawn -t strace -o out -m pipe -- true
	wait "$pid"
	[ -p pipe ]
	[[ $(<got) == *'"complete": true'* ]]
}

@test "-E keeps the tracer's words and is made even if there are none" {
	need_strace
	run -0 dt-spawn -t strace -o out -E err -- true
	run -0 cat err
	[[ $output =~ ^strace:\ Process\ [0-9]+\ attached$ ]]
	run -3 env PATH=/nonexistent "$(command -v dt-spawn)" -t strace -E none /bin/true
	[ -f none ]
	[ ! -s none ]
}

@test "a missing tracer is a diagnostic, status 3 and a remedy" {
	run -3 --separate-stderr env PATH=/nonexistent "$(command -v dt-spawn)" -t strace /bin/touch ran
	[[ ${lines[0]} == TRACE* ]]
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=tracer-missing "* ]]
	[[ ${lines[2]} == "END events=0 dropped=0 complete=0 ts="* ]]
	[[ $stderr == *"Install the tracer, or choose another with -t." ]]
	[ ! -e ran ]
}

@test "an old tracer is a diagnostic" {
	mkdir bin
	printf '#!/bin/sh\necho "strace -- version 4.5.20"\n' >bin/strace
	chmod +x bin/strace
	PATH=$PWD/bin:$PATH run -3 --separate-stderr dt-spawn -t strace touch ran
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=tracer-too-old "* ]]
	[ ! -e ran ]
}

@test "a lost write stops the capture before the command runs" {
	need_strace
	run -1 --separate-stderr sh -c 'dt-spawn -t strace touch ran >/dev/full'
	[[ $stderr == *"dt-spawn: <stdout>: No space left on device" ]]
	run -1 --separate-stderr dt-spawn -t strace -o /dev/full -- touch ran
	[[ $stderr == *"dt-spawn: /dev/full: No space left on device" ]]
	[ ! -e ran ]
}

@test "a reader that has had enough ends the capture quietly" {
	need_strace
	echo 'until [ -e stop ]; do ls /nonexistent; sleep 0.01; done; touch done' >loop
	bash -c 'dt-spawn -t strace sh loop 2>err | head -n 1 >out; echo "${PIPESTATUS[0]}" >status' 3>&-
	[ "$(<status)" -eq 141 ]
	[[ $(<out) == TRACE* ]]
	run -1 grep -E 'dt-spawn: .*(Broken|stdout)' err
	touch stop
	await test -e "done"
}

@test "a command that is not there is reported before anything starts" {
	run -2 --separate-stderr dt-spawn no-such-command
	[ "$stderr" = "dt-spawn: no-such-command: command not found" ]
	[ -z "$output" ]
}

@test "bad options say which value and why" {
	run -2 dt-spawn
	[ "${lines[0]}" = "dt-spawn: no command" ]
	run -2 dt-spawn -t ktrace true
	[ "$output" = "dt-spawn: --tracer 'ktrace': no such tracer here; -t list lists them" ]
	run -2 dt-spawn -P '' true
	[ "$output" = "dt-spawn: --phase '': empty" ]
	run -2 dt-spawn -o no/dir true
	[ "$output" = "dt-spawn: --output 'no/dir': No such file or directory" ]
	run -2 dt-spawn -m no/dir true
	[ "$output" = "dt-spawn: --meta 'no/dir': No such file or directory" ]
	run -2 dt-spawn -E no/dir true
	[ "$output" = "dt-spawn: --tracer-stderr 'no/dir': No such file or directory" ]
	run -2 dt-spawn -t strace -s x.d true
	[ "$output" = "dt-spawn: --script 'x.d': strace takes no script" ]
}

@test "-t list lists the tracers and whether each can work here" {
	run -0 dt-spawn -t list
	[[ $output =~ (^|$'\n')dtrace\ +(yes|no)\  ]]
	run -0 env PATH=/nonexistent "$(command -v dt-spawn)" -t list
	[[ $output == *": not found in PATH"* ]]
}

@test "unprivileged users can trace their own" {
	need_strace
	need_nobody
	run -0 --separate-stderr "${nobody[@]}" dt-spawn -t strace ls /nonexistent
	[[ $output == *" path=/nonexistent "* ]]
	[[ ${lines[-1]} == *" status=exited code=2 complete=1 ts="* ]]
}

@test "a call that a seccomp filter kills for is named" {
	need_strace
	command -v jail_probe >/dev/null || skip "jail_probe is not built"
	dt-spawn -t strace -o out -- jail_probe -q -d "$PWD" >report
	run -0 grep -c '^EVENT kind=signal .*name=SIGSYS .*denied_by=seccomp .*call=chroot' out
	run -0 grep -c '^EVENT kind=signal .*name=SIGSYS .*denied_by=seccomp .*call=ptrace' out
	[[ $(ending out) == *" complete=1" ]]
}

@test "names and paths with any bytes do not forge a line" {
	need_strace
	evil=$'e\nEVENT kind=syscall pid=1 "\\\xff\x1b[31m'
	run dt-spawn -t strace -o out -- ls "/nonexistent/$evil"
	cp "$(type -P true)" "./$evil"
	run -0 --separate-stderr dt-spawn -t strace "./$evil"
	printf '%s\n' "${lines[@]}" >>out
	run -1 grep -vE '^(TRACE|EVENT|END) ' out
	run -1 grep -P '[^\x20-\x7e]' out
	run -0 grep -cF 'path="/nonexistent/e\nEVENT kind=syscall pid=1 \"\\\377\033[31m"' out
	run -0 grep -cF 'target="e\nEVENT kind=syscall pid=1 \"\\\377\033[31m"' out
}

@test "a command line too long for a line is cut, and says so" {
	need_strace
	mapfile -t words < <(seq 100000)
	dt-spawn -t strace -o out -- true "${words[@]}"
	[ "$(head -n 1 out | wc -c)" -lt 1048576 ]
	[[ $(head -n 1 out) == *" argv_cut=1"* ]]
}

@test "a storm of failing calls is traced to the last one" {
	need_strace
	cat >storm <<-'EOF'
		for ((i = 0; i < 100000; i++)); do [ -e /nonexistent/storm ]; done
	EOF
	run -0 dt-spawn -t strace -o out -- bash storm
	[ "$(grep -c path=/nonexistent/storm out)" -eq 100000 ]
	[ "$(ending out)" = "END events=$(count_of EVENT out) dropped=0 status=exited code=1 complete=1" ]
	run -1 strace -f -Z -qq -e signal=none -o own bash storm
	[ "$(wc -l <own)" -eq "$(count_of EVENT out)" ]
}

@test "a slow reader loses nothing" {
	need_strace
	echo 'for ((i = 0; i < 5000; i++)); do [ -e /nonexistent/storm ]; done' >storm
	dt-spawn -t strace bash storm | (sleep 1; cat) >out
	[ "$(grep -c path=/nonexistent/storm out)" -eq 5000 ]
	[[ $(ending out) == *" complete=1" ]]
}

@test "whoever follows a capture sees an event while it goes on" {
	need_strace
	mkfifo pipe
	start sh -c 'exec dt-spawn -t strace sh -c "ls /nonexistent/seen; exec sleep 60" >pipe'
	run -0 timeout 10 sed '/path=.nonexistent.seen/q' pipe
	[[ ${lines[-1]} == *"path=/nonexistent/seen"* ]]
	run -0 sed -n 's/^TRACE .* pid=\([0-9]*\).*/\1/p' <<<"$output"
	kill "$output"
}

@test "the manual's synopsis is the usage line" {
	run -2 dt-spawn -Q
	mandoc -Tascii -Owidth=400 "$BATS_TEST_DIRNAME/../tools/dt-spawn.1" | sed $'s/.\b//g' |
		grep -xF "     ${lines[-1]#usage: }" >/dev/null
}

@test "the traced program cannot end its own capture" {
	need_strace
	cat >cleanup <<-'EOF'
	trap '' TERM INT HUP
	kill -TERM 0; kill -HUP "$PPID"; kill -INT 0
	sleep 0.2
	cat /no/such/file
	EOF
	run setsid -w dt-spawn -t strace -o out -- sh cleanup
	[ "$status" -eq 0 ]
	grep 'path=/no/such/file' out
	[[ $(ending out) == *" status=exited code=1 complete=1" ]]
}

@test "what strace cannot see makes the capture incomplete" {
	need_strace
	[ "$(uname -m)" = x86_64 ] || skip "the numbers of calls are of x86-64"
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	cat >untraced.py <<-'EOF'
	import ctypes, os
	if ctypes.CDLL(None).syscall(56, 0x00800000 | 17, 0, 0, 0, 0) == 0:
	    os._exit(0)
	os.waitpid(-1, 0x40000000)
	EOF
	run -1 dt-spawn -t strace -o out -- /usr/bin/python3 untraced.py
	grep 'DIAGNOSTIC level=error code=blind-spot text="a child with CLONE_UNTRACED' out
	[[ $(ending out) == *" complete=0" ]]
	cat >ring.py <<-'EOF'
	import ctypes
	buf = ctypes.create_string_buffer(120)
	raise SystemExit(ctypes.CDLL(None).syscall(425, 4, buf) < 0)
	EOF
	/usr/bin/python3 ring.py || skip "no io_uring here"
	run -1 dt-spawn -t strace -o out -- /usr/bin/python3 ring.py
	grep 'DIAGNOSTIC level=error code=blind-spot text="io_uring' out
}
