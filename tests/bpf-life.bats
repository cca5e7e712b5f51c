# The life of a capture by the tracer inside the kernel: whom it follows, from
# when on and how long, and what it leaves.

load helper

setup() {
	live
	need_bpf
	as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
}

spawn() { dt-spawn -t bpf -u 65534:65534 -o out -- "$@"; }

# Process and thread of each line that kin(s) wrote, of each event about it.
told() { cat "$@" | cut -d' ' -f1,2 | sort; }
seen() {
	sed -n 's,^EVENT .* pid=\([0-9]*\) .* tid=\([0-9]*\) .* path=/etc/shadow .*,\1 \2,p' "$@" | sort
}

# Is each refusal that a log tells of an event, and the other way round?
agree() { diff -u <(told "$1") <(seen "$2"); }

# Is each that a log tells of from a time on an event?
agree_since() {
	diff -u <(awk -v t="$1" '$3 > t' "$2" | told) \
	    <(awk -v t="$1" '$3 > t' "$2" | told | comm -12 - <(seen "$3"))
}

# Put dt-attach on a process, its pid in $dt, and wait until it sees all.
attach() {
	start dt-attach -t bpf -o out "${@:2}" -p "$1" 7>&-
	dt=$pid
	await test -s out
}

# A kin as nobody that does what is written to descriptor 7, its pid in $kin;
# with tree it waits until that is closed.
start_kin() {
	[ -p fifo ] || mkfifo fifo
	exec 7<>fifo
	start sh -c 'exec "$@" <fifo >>log' sh setsid "${as_nobody[@]}" kin "$@" 7>&-
	kin=$pid
	await grep -sqx kin "/proc/$kin/comm"
}

# Have the kin that serves do something, and wait until it has.
order() {
	echo "$*" >&7
	await lines_are "$2" log
}

lines_are() { [ "$(wc -l <"$2")" -eq "$1" ]; }
tasks_are() { [ "$(ps -L -o lwp= -s "$1" | wc -l)" -eq "$2" ]; }
last_is() { [[ $(ending "${2:-out}") == "END "*" $1" ]]; }
zombie_child() { [[ $(ps -o stat= --ppid "$1") == Z* ]]; }
runs() { [[ $(ps -o stat= -p "$1") =~ ^[RSD] ]]; }

# The kinds and numbers of what a process holds in the kernel.
held() {
	sed -n 's/^\(map\|prog\|link\)_id:\t/\1 /p' "/proc/$1/fdinfo/"* | sort -u
}

is_free() {
	local kind id

	while read -r kind id; do
		bpftool "$kind" show id "$id" >/dev/null 2>&1 && return 1
	done <"$1"
	return 0
}

# A variable of the program that a process has brought into the kernel.
variable() {
	local kind id

	held "$1" | while read -r kind id; do
		[ "$kind" = map ] || continue
		bpftool -j map show id "$id" | jq -e '.name | endswith(".bss")' \
		    >/dev/null || continue
		bpftool -j map dump id "$id" |
			jq "[.. | .\"$2\"? | values][0]"
	done
}
variable_is() { [ "$(variable "$1" "$2")" = "$3" ]; }

need_bpftool() {
	PATH=$PATH:/usr/sbin
	command -v bpftool >/dev/null || skip "bpftool is not installed"
}

@test "the first thing a command is refused, its execution, is an event" {
	echo text >plain
	run -1 --separate-stderr dt-spawn -t bpf ./plain
	[[ ${lines[1]} =~ ^EVENT\ .*name=execve\ .*errno=13\ path=./plain\  ]]
	[[ ${lines[-1]} == "END events=1 dropped=0 status=exec-failed complete=0 ts="*" errno=13 "*"outcome=events" ]]
}

@test "what the dynamic loader is refused is an event" {
	mkdir -m 700 locked
	LD_LIBRARY_PATH=$PWD/locked run -0 spawn "$(type -P true)"
	grep "^EVENT .* name=openat .* path=$PWD/locked/.*libc.so.6" out
}

@test "nothing of ours is in the trace" {
	spawn true
	run -1 grep ^EVENT out
	last_is "status=exited code=0 complete=1"
}

@test "what is refused is told, and what is not is not" {
	spawn cat /etc/passwd /nonexistent /etc/shadow || [ $? -eq 1 ]
	[ "$(count_of EVENT out)" -eq 1 ]
	grep -c '^EVENT .* path=/etc/shadow ' out
}

@test "processes and threads made in any way are followed" {
	for how in once fork vfork spawn sibling thread exec daemon; do
		spawn kin "$how" 3 >log
		agree log out
		last_is "status=exited code=0 complete=1"
	done
}

@test "the capture goes on until a daemon that was left behind has ended" {
	spawn kin daemon 2 >log
	lines_are 2 log
	agree log out
}

@test "a thread's refusal has its own thread id" {
	spawn kin thread 2 >log
	agree log out
	[ "$(seen out | awk '$1 != $2' | wc -l)" -eq 2 ]
}

@test "of 5000 short-lived children none is lost" {
	spawn kin fork 5000 >log
	agree log out
	[ "$(seen out | cut -d' ' -f1 | sort -u | wc -l)" -eq 5000 ]
	[ "$(ending out)" = "END events=5000 dropped=0 status=exited code=0 complete=1" ]
}

@test "children that have ended are not held in the kernel" {
	need_bpftool
	start_kin serve
	attach "$kin"
	order fork 2000
	await variable_is "$dt" live 1
	variable_is "$dt" untracked 0
	exec 7>&-
	ends_with 0 "$dt"
	agree log out
}

@test "when a capture has ended, nothing of it is in the kernel" {
	need_bpftool
	start_kin serve
	attach "$kin"
	held "$dt" >ids
	grep -c ^prog ids
	grep -c ^map ids
	run ! is_free ids
	exec 7>&-
	ends_with 0 "$dt"
	await is_free ids
}

@test "a capture that is killed leaves nothing in the kernel, and the command alive" {
	need_bpftool
	start dt-spawn -t bpf -o out -- sh -c 'echo $$ >cmd; exec sleep 60'
	await test -s cmd
	held "$pid" >ids
	grep -c ^prog ids
	kill -KILL "$pid"
	await is_free ids
	runs "$(<cmd)"
	kill "$(<cmd)"
	await gone "$(<cmd)"
}

@test "all threads and generations of a running process are followed, nobody else" {
	start_kin tree 3
	await tasks_are "$kin" 12
	attach "$kin"
	run -1 "${as_nobody[@]}" cat /etc/shadow
	exec 7>&-
	ends_with 0 "$dt"
	lines_are 12 log
	agree log out
	last_is "status=exited code=0 complete=1"
}

@test "children forked while it attaches are not missed" {
	start_kin serve
	echo fork 1000000 >&7
	await test -s log
	attach "$kin"
	since=$(date +%s%N)
	sleep 0.5
	kill -KILL "$kin"
	ends_with 0 "$dt"
	[ "$(awk -v t="$since" '$3 > t' log | wc -l)" -gt 100 ]
	agree_since "$since" log out
	last_is "status=signaled signal=SIGKILL complete=1"
}

@test "two captures of one process both see everything" {
	start_kin serve
	attach "$kin"
	first=$dt
	start dt-attach -t bpf -o out2 -p "$kin" 7>&-
	await test -s out2
	order fork 200
	exec 7>&-
	ends_with 0 "$first"
	ends_with 0 "$pid"
	agree log out
	agree log out2
}

@test "a process that strace holds can be attached to" {
	need_strace
	start_kin serve
	start strace -o own -p "$kin" 7>&-
	await traced "$kin"
	attach "$kin"
	order once 3
	kill -TERM "$dt"
	ends_with 0 "$dt"
	agree log out
	traced "$kin"
}

@test "-d, SIGINT and SIGTERM end it in order, and the process lives on" {
	start_kin serve
	run -0 dt-attach -t bpf -p "$kin" -d 0.3 -o out 7>&-
	last_is "status=detached complete=1"
	for sig in INT TERM; do
		rm out
		attach "$kin"
		order once 1
		kill -"$sig" "$dt"
		ends_with 0 "$dt"
		agree log out
		last_is "status=detached complete=1"
		: >log
	done
	runs "$kin"
	order once 2
}

@test "the END tells how the process ended" {
	for how in 'exit 7' 'kill -KILL $$' 'kill -TERM $$'; do
		rm -f go out
		mkfifo go
		start sh -c "read -r _ <go; $how"
		attach "$pid"
		echo >go
		ends_with 0 "$dt"
		ending out | cut -d' ' -f4- >>ends
	done
	diff -u - ends <<-'EOF'
		status=exited code=7 complete=1
		status=signaled signal=SIGKILL complete=1
		status=signaled signal=SIGTERM complete=1
	EOF
}

@test "threads are followed of a child whose first thread has ended" {
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	cat >headless.py <<-'EOF'
		import ctypes, os, threading
		def thread():
		    open('go').read()
		    try: open('/etc/shadow')
		    except PermissionError: os._exit(3)
		threading.Thread(target=thread).start()
		ctypes.CDLL(None).pthread_exit(None)
	EOF
	mkfifo go
	start "${as_nobody[@]}" sh -c '/usr/bin/python3 -c "$1"; exit $?' sh "$(<headless.py)"
	await zombie_child "$pid"
	attach "$pid"
	echo >go
	ends_with 0 "$dt"
	[ "$(seen out | wc -l)" -eq 1 ]
	last_is "status=exited code=3 complete=1"
}

@test "a child that is a zombie already does not keep the capture" {
	mkfifo go
	start bash -c 'sleep 0.1 & exec sh -c "read -r _ <go; exit 4"'
	await zombie_child "$pid"
	attach "$pid"
	echo >go
	ends_with 0 "$dt"
	last_is "status=exited code=4 complete=1"
}

@test "a process that ends while the tracer is loaded is a diagnostic" {
	start bash -c 'sleep 0.08 & exec sleep 60'
	await pgrep -P "$pid"
	run -3 --separate-stderr timeout 10 dt-attach -t bpf -p "$(pgrep -P "$pid")"
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=target-gone "* ]]
	[[ ${lines[2]} == "END events=0 dropped=0 complete=0 ts="* ]]
}

@test "in a pid namespace, pids and the end are told as there, also of one below" {
	mkfifo go
	cat >inside <<-'EOF'
		unshare -pf setpriv --reuid=65534 --clear-groups \
		    sh -c 'read -r _ <go; read -r _ </etc/shadow' &
		target=$!
		dt-attach -t bpf -p "$target" -o out &
		until [ -s out ]; do sleep 0.02; done
		pgrep -P "$target" >child
		echo >go
		wait
	EOF
	unshare -pf --mount-proc sh inside
	[ "$(seen out | wc -l)" -eq 1 ]
	[[ $(seen out) == "$(<child) $(<child)" ]]
	last_is "status=exited code=2 complete=1"
}

@test "signals that the traced program sends do not end its capture" {
	cat >cleanup <<-'EOF'
		trap '' TERM INT HUP
		kill -TERM 0; kill -HUP "$PPID"; kill -INT 0
		sleep 0.2
		exec setpriv --reuid=65534 --clear-groups cat /etc/shadow
	EOF
	run -0 setsid -w dt-spawn -t bpf -o out -- sh cleanup
	[ "$(seen out | wc -l)" -eq 1 ]
	last_is "status=exited code=1 complete=1"
}

@test "captures at the same time do not mix" {
	for i in 1 2 3 4; do
		start sh -c "dt-spawn -t bpf -u 65534:65534 -o out$i -- kin fork 300 >log$i"
	done
	for i in "${started[@]}"; do
		ends_with 0 "$i"
	done
	for i in 1 2 3 4; do
		agree "log$i" "out$i"
		[ "$(count_of EVENT "out$i")" -eq 300 ]
		last_is "status=exited code=0 complete=1" "out$i"
	done
}
