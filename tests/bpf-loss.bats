# A reader that cannot keep up with the tracer inside the kernel: what is lost
# is told, and with -L nothing is.

load helper

setup() {
	live
	need_bpf
}

teardown() {
	end_started
	if [ -s session ]; then
		pkill -KILL -s "$(<session)" || [ $? -eq 1 ]
	fi
}

# dt-spawn with the least buffer; its stdout is the trace, the command's is in
# `calls'.
spawn() { dt-spawn -t bpf -u 65534:65534 "$@" 2>calls; }
# A command that fails with status 1, if it fails.
lossy() { "$@" || [ $? -eq 1 ]; }
# A reader that begins late.
late() { sleep "${nap:-0.5}"; cat >out; }

# A capture with -L in a session of its own, $pid, whose reader never reads.
stuck() {
	mkfifo pipe
	exec 8<>pipe
	start setsid dt-spawn -L -b 64K -t bpf -u 65534:65534 -- "$@" >pipe 2>calls 8>&-
	echo "$pid" >session
	await is_stopped
}
of_session() { ps -s "$(<session)" -o stat=,pid=,comm=; }
is_stopped() { grep ^T <(of_session) >/dev/null; }
is_going() { run ! is_stopped; }
is_over() { run ! grep -v ^Z <(of_session); }

opens() { grep -c '^EVENT .* name=openat .*path=/etc/shadow ' out; }
dropped() {
	sed -n 's/^DROP .*count=\([0-9]*\).*/\1/p' out | awk '{ n += $1 } END { print n + 0 }'
}
calls() { sed -n 's/^[0-9.]* //p' calls | awk '{ n += $1 } END { print n }'; }

# Are there as many events as the command made calls, and none lost?
whole() {
	diff -u - <(opens; dropped; ending out) <<-EOF
		$1
		0
		END events=$1 dropped=0 status=exited code=0 complete=1
	EOF
}

@test "what had no room in the ring is told as DROP, to the last one" {
	lossy spawn -b 64K call_loop open 200000 | nap=1.5 late
	[ "$(dropped)" -gt 20000 ]
	[ "$(calls)" -eq 220000 ]
	[ $(($(opens) + $(dropped))) -eq 220000 ]
	[ "$(ending out)" = "END events=$(opens) dropped=$(dropped) status=exited code=0 complete=0" ]
}

@test "a loss is status 1, and said with a remedy" {
	spawn -b 64K call_loop open 20000 | late || status=("${PIPESTATUS[@]}")
	[ "${status[*]}" = "1 0" ]
	grep -x "dt-spawn: bpf: $(dropped) events were lost" calls
	grep '^dt-spawn: Raise -b, ' calls
}

@test "a DROP stands where the loss was, before what came later" {
	lossy spawn -b 64K sh -c 'call_loop open 20000; sleep 1; exec cat /etc/shadow' | late
	[ "$(sed -n '/^DROP/,$p' out | grep -c '^EVENT .* execname=cat ')" -eq 1 ]
	[ "$(sed -n '/ execname=cat /,$p' out | count_of DROP -)" -eq 0 ]
	[ $(($(opens) + $(dropped))) -ge 22001 ]
}

@test "after a loss dt-sigs says that the capture is incomplete" {
	lossy spawn -b 64K call_loop open 20000 | late
	run -0 --separate-stderr sh -c 'dt-tojsonl out | dt-normalize | dt-sigs'
	[[ $stderr == *"is incomplete: dropped"* ]]
}

@test "with -L a late reader loses nothing" {
	spawn -L -b 64K call_loop open 20000 | late
	whole 22000
}

@test "with -L nothing is lost of twenty processes at once" {
	spawn -L -b 64K sh -c 'for i in $(seq 20); do call_loop open 500 & done; wait' | late
	[ "$(calls)" -eq 11000 ]
	[ "$(opens)" -eq 11000 ]
	[[ $(ending out) == *" dropped=0 status=exited code=0 complete=1" ]]
}

@test "with -L nothing is lost of threads" {
	spawn -L -b 64K kin tree 20 </dev/null | late
	whole 80
	spawn -L -b 64K kin thread 1000 | late
	whole 1000
}

@test "with -L nothing is lost when no more than one event fits the buffer" {
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	cat >long.py <<-'EOF'
		import os
		for i in range(14):
		    os.mkdir("n" * 250)
		    os.chdir("n" * 250)
		open("f", "w").close()
		os.mkdir("ro")
		os.setgroups([]); os.setgid(65534); os.setuid(65534)
		pids = []
		for i in range(40):
		    pids.append(os.fork())
		    for j in range(20 if pids[-1] == 0 else 0):
		        try: os.rename("./" * 2040 + "f", "./" * 2040 + "ro/x")
		        except PermissionError: pass
		    if pids[-1] == 0: os._exit(0)
		for pid in pids: os.waitpid(pid, 0)
	EOF
	for size in 16K 64K; do
		rm -rf n*
		dt-spawn -t bpf -L -b $size /usr/bin/python3 long.py | late
		[ "$(grep -c '^EVENT .* name=rename ' out)" -eq 800 ]
		[[ $(ending out) == *" dropped=0 status=exited code=0 complete=1" ]]
	done
}

@test "with -L what a thread keeps is told, or counted, when it is killed" {
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	cat >killed.py <<-'EOF'
		import os, signal, time
		os.mkdir("ro")
		os.setgroups([]); os.setgid(65534); os.setuid(65534)
		pids = []
		for i in range(12):
		    pids.append(os.fork())
		    if pids[-1] == 0:
		        try: os.rename("./" * 2040 + "f", "./" * 2040 + "ro/x")
		        except PermissionError: pass
		        time.sleep(60)
		time.sleep(0.3)
		for pid in pids: os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)
	EOF
	touch f
	lossy dt-spawn -t bpf -L -b 16K /usr/bin/python3 killed.py | nap=1 late
	told=$(grep -c '^EVENT .* name=rename ' out)
	[ "$told" -ge 1 ]
	[ $((told + $(dropped))) -eq 12 ]
}

@test "a process that ignores or handles SIGCONT goes on with -L" {
	for trap in "" "sleep 0"; do
		spawn -L -b 64K bash -c "trap '$trap' CONT; for ((i = 0; i < 3000; i++)); do [ -r /etc/shadow ] || :; done 2>/dev/null <>/dev/null" | late
		[[ $(ending out) == *" dropped=0 status=exited code=0 complete=1" ]]
		[ "$(count_of EVENT out)" -ge 3000 ]
	done
}

@test "with -L a reader that keeps up lets nobody be stopped" {
	need_strace
	mkdir -m 777 d
	spawn -L -o out -- strace -o d/own -e trace=none call_loop open 5000
	[ "$(opens)" -eq 5500 ]
	grep '+++ exited with 0 +++' d/own
	run -1 grep -E 'SIGSTOP|SIGCONT' d/own
}

@test "with -L a parent can see that its child is stopped and goes on" {
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	cat >parent.py <<-'EOF'
		import os, sys
		pid = os.spawnlp(os.P_NOWAIT, "call_loop", "call_loop", "open", "5000")
		while True:
		    _, status = os.waitpid(pid, os.WUNTRACED | os.WCONTINUED)
		    if os.WIFEXITED(status): break
		    print("stopped" if os.WIFSTOPPED(status) else "continued", file=sys.stderr)
	EOF
	spawn -L -b 64K /usr/bin/python3 -c "$(<parent.py)" | late
	grep -cx stopped calls
	[ "$(opens)" -eq 5500 ]
}

@test "a capture with -L that is killed leaves nobody stopped, and no guard" {
	stuck sh -c 'for i in 1 2 3 4; do call_loop open 20000 & done; wait'
	guard=$(pgrep -P "$pid" -x dt-spawn)
	kill -KILL "$pid"
	tries=250 await is_going
	await is_over
	await gone "$guard"
	[ "$(calls)" -eq 88000 ]
}

@test "a signal ends a capture with -L, and leaves nobody stopped" {
	stuck call_loop open 20000
	kill -TERM "$pid"
	start cat pipe
	await is_going
	await is_over
	[ "$(calls)" -eq 22000 ]
}

@test "dt-attach -L with -d lets those go on that it stopped" {
	start setpriv --reuid=65534 --clear-groups call_loop open 300000
	target=$pid
	dt-attach -t bpf -L -b 64K -p "$target" -d 0.3 | late
	[[ $(ending out) == *" dropped=0 status=detached complete=1" ]]
	[[ $(ps -o stat= -p "$target") == [RS]* ]]
}

@test "a full disk and a reader that went away end the capture, not the command" {
	mkdir -m 777 d
	run -1 --separate-stderr dt-spawn -t bpf -o /dev/full -- touch ran
	[[ $stderr == *"dt-spawn: /dev/full: No space left on device" ]]
	[ ! -e ran ]
	echo 'until [ -e stop ]; do cat /etc/shadow; sleep 0.01; done; touch d/done' >loop
	bash -c 'dt-spawn -t bpf -u 65534:65534 sh loop 2>err | head -n 1 >first; echo "${PIPESTATUS[0]}" >status' 3>&-
	[ "$(<status)" -eq 141 ]
	run -1 grep -E 'dt-spawn: .*(Broken|stdout)' err
	touch stop
	await test -e d/done
}
