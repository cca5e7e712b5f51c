load helper

# Who refused, as the tracer inside the kernel tells it.

setup() {
	live
	need_bpf
	reachable do_calls
	touch secret
	chmod 600 secret
}

teardown() {
	[ ! -e fixed ] || chattr -i fixed
	end_started
}

who="name errno denied_by capability"

trace() { dt-spawn -t bpf -o out -- "$@" >said; }
as_nobody() { dt-spawn -t bpf -u 65534:65534 -o out -- "$@" >said; }
# The trace is whole, besides the events that it has.
who() {
	events "$who" "$@"
	[[ $(ending out) == *" dropped=0 "*" complete=1" ]]
}

# Run a command of the shell in a directory of its own kind, for it alone.
on_mount() {
	mkdir mnt
	unshare -m sh -c 'mount -t tmpfs -o mode=755 none mnt && '"$2"'
		mount -o "remount,'"$1"'" mnt && shift 2 && exec "$@"' \
		sh "$1" "$2" "${@:3}"
}

@test "what the mode of a file refuses is dac, and the capability that would do" {
	as_nobody do_calls openat -100 :secret 0 , openat -100 :secret 1 , \
		openat -100 :secret 2 , fchmodat -100 :secret 0777 , \
		mkdirat -100 :dir 0777
	who "openat 13 dac CAP_DAC_READ_SEARCH" \
		"openat 13 dac CAP_DAC_OVERRIDE" \
		"openat 13 dac CAP_DAC_OVERRIDE" \
		"fchmodat 1 dac CAP_FOWNER" \
		"mkdirat 13 dac CAP_DAC_OVERRIDE"
}

@test "what a capability alone would have allowed names it" {
	start sleep 60
	as_nobody do_calls fchownat -100 :secret 65534 -1 0 , kill "$pid" 0 , \
		mount :none :/mnt :tmpfs 0 0 , chroot :/ , setuid 0
	who "fchownat 1 capability CAP_CHOWN" \
		"kill 1 capability CAP_KILL" \
		"mount 1 capability CAP_SYS_ADMIN" \
		"chroot 1 capability CAP_SYS_CHROOT" \
		"setuid 1 capability CAP_SETUID"
}

@test "a port below those that are free is refused by CAP_NET_BIND_SERVICE" {
	[ "$(</proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 80 ] ||
		skip "port 80 is free here"
	as_nobody do_calls socket 2 1 0 , bind = %020000507f0000010000000000000000 16
	who "bind 13 capability CAP_NET_BIND_SERVICE"
}

@test "what the same user may do with privileges is not in the trace" {
	trace do_calls openat -100 :secret 0 , fchownat -100 :secret 65534 -1 0
	who
}

@test "an immutable file is refused by the file system, without a capability" {
	touch fixed
	chattr +i fixed 2>/dev/null || {
		rm fixed
		skip "no file is immutable on this file system"
	}
	trace do_calls openat -100 :fixed 1 , openat -100 :fixed 0
	who "openat 1 lsm-or-fs -"
}

@test "a read-only mount is EROFS, and refused by the file system" {
	on_mount ro 'touch mnt/file &&' dt-spawn -t bpf -o out -- \
		do_calls openat -100 :mnt/file 1 , openat -100 :mnt/file 0 , mkdirat -100 :mnt/new 0700
	who "openat 30 lsm-or-fs -" "mkdirat 30 lsm-or-fs -"
}

@test "a noexec mount is refused by the file system" {
	on_mount noexec 'cp /bin/true mnt &&' dt-spawn -t bpf -u 65534:65534 -o out -- \
		do_calls execve :mnt/true 0 0
	who "execve 13 lsm-or-fs -"
}

@test "an interpreter that is refused is not blamed on memory" {
	printf '#!mnt/true\n' >script
	chmod 755 script
	on_mount noexec 'cp /bin/true mnt &&' dt-spawn -t bpf -u 65534:65534 -o out -- \
		do_calls execve :script 0 0
	who "execve 13 lsm-or-fs -"
}

@test "a capability missed in a call that succeeded is not blamed later" {
	on_mount noexec 'cp /bin/true mnt &&' dt-spawn -t bpf -u 65534:65534 -o out -- \
		do_calls brk 0 , mmap 0 1048576 3 0x22 -1 0 , fork , execve :mnt/true 0 0 , \
		openat -100 :secret 0 , execve :mnt/true 0 0
	who "execve 13 lsm-or-fs -" "openat 13 dac CAP_DAC_READ_SEARCH" \
		"execve 13 lsm-or-fs -"
}

@test "a capability missed outside any call is not blamed later" {
	on_mount noexec 'cp /bin/true mnt &&' dt-spawn -t bpf -u 65534:65534 -o out -- \
		do_calls grow , execve :mnt/true 0 0
	who "execve 13 lsm-or-fs -"
}

@test "what jail_probe was refused is what the trace has, by whom too" {
	command -v jq >/dev/null || skip "jq is not installed"
	trace jail_probe -q -d "$PWD"
	jq -r 'select(.probe == "outcome" and (.signal == "SIGSYS" or
	    .errno == 1 or .errno == 13)) | [.pid, .call,
	    (.path_b64 // .path // .addr // "-"), (.path2 // "-"),
	    (.errno // .signal), if .by == "landlock" then "lsm-or-fs"
	    else .by end] | @tsv' said | sort >reported
	dt-tojsonl out | jq -r 'select(.kind == "syscall" or
	    .kind == "signal") | [.pid, (.fields.call // .name),
	    (.path_b64 // .path // .fields.addr // "-"), (.path2 // "-"),
	    (.errno // .name), .denied_by] | @tsv' | sort >seen
	[ "$(wc -l <reported)" -ge 7 ]
	diff -u reported seen
}

@test "a filter that answers with EPERM is seccomp" {
	trace do_calls deny mkdirat 1 , mkdirat -100 :dir 0700
	who "mkdirat 1 seccomp -"
	[ ! -e dir ]
}

@test "a filter may answer with any errno, and is seen" {
	trace do_calls deny mkdirat 38 , deny getppid 2 , deny setuid 11 , \
		mkdirat -100 :dir 0700 , getppid , setuid 0
	who "mkdirat 38 seccomp -" "getppid 2 seccomp -" "setuid 11 seccomp -"
}

@test "what fails behind a filter without a refusal is not in the trace" {
	trace do_calls openat -100 :none 0 , deny mkdirat 38 , \
		openat -100 :none 0 , setuid -1 , 12345 , openat -100 :none 0
	run -0 grep -c '^openat -2$' said
	[ "$output" -eq 3 ]
	who
}

@test "a call that the filter lets through and the mode refuses is dac" {
	as_nobody do_calls deny mkdirat 1 , openat -100 :secret 0 , mkdirat -100 :d 0 , \
		openat -100 :secret 0 , mkdirat -100 :d 0 , mkdirat -100 :d 0 , \
		openat -100 :secret 1
	who "openat 13 dac CAP_DAC_READ_SEARCH" "mkdirat 1 seccomp -" \
		"openat 13 dac CAP_DAC_READ_SEARCH" "mkdirat 1 seccomp -" \
		"mkdirat 1 seccomp -" "openat 13 dac CAP_DAC_OVERRIDE"
}

@test "children and programs inherit the filter" {
	as_nobody do_calls deny mkdirat 38 , fork , mkdirat -100 :child 0 , fork , \
		openat -100 :secret 0 , exec do_calls mkdirat -100 :program 0
	run -0 values "$who path"
	events "$who path" "mkdirat 38 seccomp - child" \
		"openat 13 dac CAP_DAC_READ_SEARCH secret" \
		"mkdirat 38 seccomp - program"
}

@test "threads inherit the filter, or have one of their own" {
	as_nobody do_calls deny mkdirat 38 , thread , mkdirat -100 :d 0 , \
		openat -100 :secret 0 , deny getppid 1 , getppid
	who "mkdirat 38 seccomp -" "openat 13 dac CAP_DAC_READ_SEARCH" "getppid 1 seccomp -"
}

@test "a thread that was there before the filter is seen to get it" {
	as_nobody do_calls tsync mkdirat 38 , mkdirat -100 :d 0 , openat -100 :secret 0
	who "mkdirat 38 seccomp -" "openat 13 dac CAP_DAC_READ_SEARCH"
}

@test "a program that was given its filter before the tracer is seen" {
	do_calls deny mkdirat 38 , exec dt-spawn -t bpf -u 65534:65534 -o out -- \
		do_calls mkdirat -100 :d 0 , openat -100 :secret 0 >said
	who "mkdirat 38 seccomp -" "openat 13 dac CAP_DAC_READ_SEARCH"
}

@test "a filter from before the tracer is seen of a user in many groups" {
	setpriv --groups "$(seq -s, 100000 101200)" do_calls deny mkdirat 38 , \
		exec dt-spawn -t bpf -o out -- do_calls mkdirat -100 :d 0 >said
	who "mkdirat 38 seccomp -"
}

@test "a filter that traps is a SIGSYS that names the call, survived or not" {
	trace do_calls survive , trap mkdirat , mkdirat -100 :dir 0 , mkdirat -100 :two 0
	events "kind $who call path" "signal SIGSYS - seccomp - mkdirat dir" \
		"signal SIGSYS - seccomp - mkdirat two"
	trace do_calls survive , trap -1 , -1
	events "kind $who call" "signal SIGSYS - seccomp - syscall_0xffffffff"
	trace do_calls trap mkdirat , mkdirat -100 :dir 0
	events "kind $who call path" "signal SIGSYS - seccomp - mkdirat dir"
	[[ $(ending out) == *" status=signaled signal=SIGSYS complete=1" ]]
}

@test "a filter that kills is a SIGSYS that names the call" {
	trace do_calls kill_process mkdirat , thread , mkdirat -100 :dir 0
	events "kind $who call path" "signal SIGSYS - seccomp - mkdirat dir"
	[[ $(ending out) == *" status=signaled signal=SIGSYS complete=1" ]]
	trace do_calls kill_thread mkdirat , mkdirat -100 :dir 0
	events "kind $who call path" "signal SIGSYS - seccomp - mkdirat dir"
	[[ $(ending out) == *" status=signaled signal=SIGSYS complete=1" ]]
}

@test "a filter that kills one thread of several is a SIGSYS of that thread" {
	trace do_calls kill_thread mkdirat , thread , mkdirat -100 :dir 0
	events "kind $who call path" "signal SIGSYS - seccomp - mkdirat dir"
	[[ $(ending out) == *" status=exited code=0 complete=1" ]]
	run -0 values "pid tid"
	[ "${output% *}" != "${output#* }" ]
}

@test "a SIGSYS that no filter sent is not in the trace" {
	trace sh -c 'kill -SYS $$ & sh -c "kill -SYS \$\$"; true'
	who
}

@test "in a user namespace the mode of a file is not taken for something else" {
	unshare -Ur true || skip "no user namespaces here"
	as_nobody unshare -Ur ./do_calls openat -100 :secret 0 , kill 1 0
	who "openat 13 - -" "kill 1 capability CAP_KILL"
}

@test "a SIGSYS like that of a filter, which the process sends itself, is not in the trace" {
	info=%1f00000000000000"01000000$(printf '00%.0s' {1..116})"
	trace sh -c "exec do_calls rt_sigqueueinfo \$\$ 31 $info"
	who
	[[ $(ending out) == *" status=signaled signal=SIGSYS complete=1" ]]
	trace sh -c "exec do_calls deny mkdirat 1 , rt_sigqueueinfo \$\$ 31 $info"
	who
	[[ $(ending out) == *" status=signaled signal=SIGSYS complete=1" ]]
}

@test "a filter may answer with an errno that no call has" {
	trace do_calls deny mkdirat 517 , mkdirat -100 :dir 0
	who "mkdirat 517 seccomp -"
	trace do_calls deny mkdirat 4095 , mkdirat -100 :dir 0
	who "mkdirat 4095 seccomp -"
}

@test "a supervisor that answers for the filter is seccomp, one that lets go on is not" {
	as_nobody do_calls notify mkdirat 1 , mkdirat -100 :dir 0 , openat -100 :secret 0
	who "mkdirat 1 seccomp -" "openat 13 dac CAP_DAC_READ_SEARCH"
	as_nobody do_calls notify openat 0 , openat -100 :secret 0 , openat -100 :/ 0
	who "openat 13 dac CAP_DAC_READ_SEARCH"
	as_nobody do_calls notify openat 2 , openat -100 :secret 0
	who "openat 2 seccomp -"
}

@test "a call that a signal interrupts while the supervisor thinks is not in the trace" {
	as_nobody do_calls notify read 0 , restart
	[ "$(<said)" = "restart 1" ]
	who
}
