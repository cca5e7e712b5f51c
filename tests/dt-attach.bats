load helper

# A process of a name of its own that is refused /nonexistent/NAME for ever.
start_loop() {
	[ -e "$1" ] || cp "$(type -P bash)" "./$1"
	cat >"$1.sh" <<-'EOF'
		while [ ! -e stop ]; do
			[ -e "/nonexistent/$1" ]
			read -rt 0.02 <>pipe
		done
		exit 7
	EOF
	[ -p pipe ] || mkfifo pipe
	start "./$1" "$1.sh" "$1"
	await grep -qx "${1:0:15}" "/proc/$pid/comm"
}

@test "what a running process is refused is an event" {
	need_strace
	start_loop dtloop
	run -0 dt-attach -t strace -p "$pid" -d 0.5 -o out -P idle
	[[ $(head -n 1 out) == "TRACE v=1 run="*" phase=idle tracer=strace "* ]]
	[[ $(head -n 1 out) == *" target=dtloop pid=$pid uid=$(id -u) arg0=./dtloop arg1=dtloop.sh "* ]]
	[ "$(grep -c path=/nonexistent/dtloop out)" -ge 5 ]
	[ "$(ending out)" = "END events=$(count_of EVENT out) dropped=0 status=detached complete=1" ]
	kill -0 "$pid"
	untraced "$pid"
}

@test "the END tells how the process ended" {
	need_strace
	start_loop dtloop
	target=$pid
	start dt-attach -t strace -p "$target" -o out
	await test -s out
	touch stop
	wait "$pid"
	[[ $(ending out) == *" status=exited code=7 complete=1" ]]
	rm stop
	start_loop dtloop
	target=$pid
	start dt-attach -t strace -p "$target" -o out2
	await test -s out2
	kill -KILL "$target"
	wait "$pid"
	[[ $(ending out2) == *" status=signaled signal=SIGKILL complete=1" ]]
}

@test "what the process starts is followed" {
	need_strace
	mkfifo go
	start bash -c 'read -r _ <go; ls /nonexistent/child; exit 3'
	target=$pid
	start dt-attach -t strace -p "$target" -o out
	await test -s out
	echo >go
	wait "$pid"
	run -0 grep -c 'path=/nonexistent/child' out
	[[ $(ending out) == *" status=exited code=3 complete=1" ]]
}

@test "SIGINT, SIGTERM and SIGHUP end the capture and leave the process alive" {
	need_strace
	start_loop dtloop
	target=$pid
	for sig in INT TERM $(hangs_up && echo HUP); do
		start dt-attach -t strace -p "$target" -o "$sig"
		await test -s "$sig"
		kill -"$sig" "$pid"
		wait "$pid"
		[[ $(ending "$sig") == *" status=detached complete=1" ]]
		untraced "$target"
	done
	kill -0 "$target"
}

@test "a capture that is killed leaves the process alive and untraced" {
	need_strace
	start_loop dtloop
	target=$pid
	start dt-attach -t strace -p "$target" -o out
	await test -s out
	kill -KILL "$pid"
	await untraced "$target"
	[[ $(sed -n 's/^State:\t//p' "/proc/$target/status") != [tTZ]* ]]
}

@test "a lost write lets go of the process" {
	need_strace
	start_loop dtloop
	run -1 dt-attach -t strace -p "$pid" -o /dev/full
	[[ ${lines[-1]} == "dt-attach: /dev/full: No space left on device" ]]
	untraced "$pid"
	kill -0 "$pid"
}

@test "a process that is traced already is a diagnostic that names the tracer" {
	need_strace
	start_loop dtloop
	target=$pid
	start strace -o own -p "$target"
	await traced "$target"
	run -3 --separate-stderr dt-attach -t strace -p "$target" -m meta.json
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=already-traced text=\"process $target: already traced by strace, process $pid\"" ]]
	[[ ${lines[2]} == "END events=0 dropped=0 complete=0 ts="* ]]
	[[ $stderr == *"Detach the debugger or tracer"* ]]
	run -0 grep -c '"complete": false' meta.json
	traced "$target"
}

@test "a process that is gone is a diagnostic" {
	need_strace
	start true
	wait "$pid"
	run -3 --separate-stderr dt-attach -t strace -p "$pid"
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=target-gone "* ]]
}

@test "a process of somebody else is a diagnostic" {
	need_strace
	need_root
	need_nobody
	start_loop dtloop
	run -3 --separate-stderr "${nobody[@]}" dt-attach -t strace -p "$pid"
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=ptrace-refused "* ]]
	[[ $stderr == *"Run as root"* ]]
}

@test "a missing tracer is a diagnostic" {
	run -3 --separate-stderr env PATH=/nonexistent "$(command -v dt-attach)" -t strace -p 1
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=tracer-missing "* ]]
}

@test "-n takes the one process of a name" {
	need_strace
	start_loop dtonly
	run -0 dt-attach -t strace -n dtonly -d .2 -o out
	[[ $(head -n 1 out) == *" target=dtonly pid=$pid "* ]]
}

@test "-n knows a name that the kernel cuts" {
	need_strace
	start_loop dt-a-name-longer-than-fifteen
	run -0 dt-attach -t strace -n dt-a-name-longer-than-fifteen -d 0.2 -o out
	[[ $(head -n 1 out) == *" pid=$pid "* ]]
	run -2 dt-attach -t strace -n dt-a-name-longer-than-others
}

@test "-n of no process, or of several, is an error" {
	run -2 dt-attach -n dt-no-such
	[ "$output" = "dt-attach: --name 'dt-no-such': no such process" ]
	start_loop dtmany
	one=$pid
	start_loop dtmany
	run -2 dt-attach -n dtmany
	[[ $output == "dt-attach: --name 'dtmany': more than one: choose with -p from "* ]]
	[[ " $output " == *" $one "* && " $output " == *" $pid "* ]]
}

@test "-w takes the first new process of a name, not an old one" {
	need_strace
	start_loop dtwait
	old=$pid
	start dt-attach -t strace -w dtwait -d 0.3 -o out
	waiter=$pid
	sleep 0.3
	[ ! -s out ]
	start_loop dtwait
	wait "$waiter"
	[[ $(head -n 1 out) == *" target=dtwait pid=$pid "* ]]
	run -0 grep -c 'path=/nonexistent/dtwait' out
	kill -0 "$old"
}

@test "-w takes an old process that executes a program of the name" {
	need_strace
	mkfifo go
	cp "$(type -P sleep)" dtlater
	start bash -c 'read -r _ <go; exec ./dtlater 60'
	target=$pid
	start dt-attach -t strace -w dtlater -d 0.2 -o out
	sleep 0.3
	echo >go
	wait "$pid"
	[[ $(head -n 1 out) == *" target=dtlater pid=$target "* ]]
}

@test "END tells that nothing came, if time was up and not before" {
	need_strace
	start sleep 60
	target=$pid
	run -0 dt-attach -t strace -p "$target" -d 0.5 -o out
	[[ $(tail -n 1 out) =~ ^END\ events=0\ .*\ complete=1\ ts=[0-9]{19}\ attached_ns=[0-9]+\ outcome=no-event$ ]]
	start dt-attach -t strace -p "$target" -d 60 -o out
	await traced "$target"
	sleep 0.3
	kill "$pid"
	ends_with 0 "$pid"
	[[ $(tail -n 1 out) =~ ^END\ events=0\ .*\ complete=1\ ts=[0-9]{19}\ attached_ns=[0-9]+$ ]]
	start sh -c 'until [ -e /nonexistent ]; do sleep 0.05; done'
	run -0 dt-attach -t strace -p "$pid" -d 0.5 -o out
	[[ $(tail -n 1 out) == *" outcome=events" ]]
}

@test "a signal ends the waiting with status 3 and a diagnostic" {
	need_strace
	start dt-attach -t strace -w dt-no-such -o out
	sleep 0.3
	kill -INT "$pid"
	ends_with 3 "$pid"
	[[ $(sed -n 2p out) == "DIAGNOSTIC level=error code=capture-aborted "* ]]
}

@test "bad options say which value and why" {
	run -2 dt-attach
	[ "${lines[0]}" = "dt-attach: one of -p, -n and -w is wanted, or a script (-s) of everybody" ]
	run -2 dt-attach -p 1 -n init
	[ "${lines[0]}" = "dt-attach: one of -p, -n and -w is wanted" ]
	run -2 dt-attach -p 1 extra
	[ "${lines[0]}" = "dt-attach: 'extra': not wanted here" ]
	run -2 dt-attach -p abc
	[ "$output" = "dt-attach: --pid 'abc': not a whole number" ]
	run -2 dt-attach -p 0
	[ "$output" = "dt-attach: --pid '0': not between 1 and 2147483647" ]
	for bad in '' . x 1x 1.x -1 1e3 inf; do
		run -2 dt-attach -p 1 -d "$bad"
		[ "$output" = "dt-attach: --duration '$bad': not a number of seconds" ]
	done
	run -2 dt-attach -p 1 -d 0.0
	[ "$output" = "dt-attach: --duration '0.0': not more than 0" ]
	run -2 dt-attach -p 1 -d 99999999999
	[ "$output" = "dt-attach: --duration '99999999999': more than 2147483647" ]
}

@test "it does not trace itself" {
	run -2 sh -c 'exec dt-attach -p $$'
	[[ $output =~ ^dt-attach:\ --pid\ \'[0-9]+\':\ that\ is\ dt-attach\ itself$ ]]
}

@test "it does not trace its own tracer" {
	need_strace
	mkfifo tracer
	# LeakSanitizer cannot do its work in a process that is traced.
	export ASAN_OPTIONS=detect_leaks=0
	start strace -f -o own sh -c 'read -r p <tracer; exec dt-attach -t strace -p "$p" 2>err'
	echo "$pid" >tracer
	ends_with 2 "$pid"
	[ "$(<err)" = "dt-attach: --pid '$pid': that traces dt-attach" ]
}

@test "the manual's synopsis is the usage line" {
	run -2 dt-attach -Q
	mandoc -Tascii -Owidth=400 "$BATS_TEST_DIRNAME/../tools/dt-attach.1" | sed $'s/.\b//g' |
		grep -xF "     ${lines[-1]#usage: }" >/dev/null
}
