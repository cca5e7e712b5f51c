load helper

# What was refused, as the tracer inside the kernel tells it: most of it by a
# filter, which refuses a call whatever its arguments are.

setup() {
	live
	need_bpf
	reachable do_calls
}

teardown() {
	end_started
	[ ! -d "$group" ] || rmdir "$group"
}

trace() { dt-spawn -t bpf -o out -- "$@" >said; }
as_nobody() { dt-spawn -t bpf -u 65534:65534 -o out -- "$@" >said; }

need_jq() { command -v jq >/dev/null || skip "jq is not installed"; }
# An expression of jq(1), of each record.
records() { dt-tojsonl out | jq -rc "select(.kind == \"syscall\") | $1"; }

# Set $path to so many bytes, of names and slashes.
long_path() {
	printf -v path 'd/%.0s' {1..3000}
	path=${path:0:$1}
}

at=-100		# AT_FDCWD

# struct sockaddr, by the digits of its bytes
inet=%0200005001020304"$(printf '00%.0s' {1..8})"
inet6=%0a0001bb00000000"20010db8$(printf '00%.0s' {1..11})01"00000000
unix=%01002f782f736f636b00
abstract=%0100006e616d65
unnamed=%0100

@test "a path is given whole, to its last byte" {
	need_jq
	long_path 4095
	trace do_calls deny openat 1 , openat $at ":$path" 0
	events "errno denied_by path path_truncated" "1 seccomp $path -"
	mkdir -m 700 closed
	path=closed/${path:7}
	as_nobody do_calls openat $at ":$path" 0
	events "errno denied_by path path_truncated dir" "13 dac $path - $PWD"
	[ "$(records '.path | length')" = 4095 ]
}

@test "a path that is longer than any is cut, and says so" {
	long_path 4096
	trace do_calls deny openat 1 , openat $at ":$path" 0
	events "errno path path_truncated" "1 ${path:0:4095} 1"
}

@test "a path has any bytes, and is one line" {
	need_jq
	path=$'new\nline \xff"quoted"\\\x1b\''
	trace do_calls deny openat 1 , openat $at ":$path" 0 , openat $at : 0
	[ "$(count_of EVENT out)" -eq 2 ]
	run -1 grep -P '[^\x20-\x7e]' out
	records '.path_b64 // empty' | base64 -d >got
	printf %s "$path" | cmp - got
}

@test "both paths of a call are given, each with its directory" {
	mkdir one two
	trace do_calls deny renameat2 1 , deny linkat 1 , deny symlinkat 1 , \
		openat $at :one 0x10000 , renameat2 = :a $at :b 0 , \
		linkat $at :a $at :/b 0 , symlinkat :text $at :link
	events "name path dir path2 dir2" "renameat2 a $PWD/one b $PWD" \
		"linkat a $PWD /b -" "symlinkat link $PWD - -"
}

@test "where a relative path starts is told, and of an absolute one not" {
	mkdir sub
	trace do_calls deny mkdirat 1 , openat $at :sub 0x10000 , mkdirat = :x 0 , \
		mkdirat $at :x 0 , chdir :sub , mkdirat $at :x 0 , mkdirat $at :/x 0 , \
		chdir :/ , mkdirat $at :x 0 , mkdirat 99 :x 0
	events "path dir" "x $PWD/sub" "x $PWD" "x $PWD/sub" "/x -" "x /" "x EBADF"
}

@test "in a chroot a directory is named as the program would" {
	mkdir -p jail/in
	trace do_calls deny mkdirat 1 , chroot :jail , mkdirat $at :out 0 , \
		chdir :/in , mkdirat $at :x 0 , chdir :/ , mkdirat $at :x 0
	run -0 values "path dir"
	[[ ${lines[0]} == "out /"* ]]
	[ "${lines[1]} ${lines[2]}" = "x /in x /" ]
}

@test "a directory across a bind mount is named by where it is mounted" {
	mkdir -p one/two/three mnt
	unshare -m sh -c 'mount --bind one/two mnt && cd mnt/three && exec "$@"' sh \
		dt-spawn -t bpf -o "$PWD/out" -- do_calls deny mkdirat 1 , mkdirat $at :x 0 >said
	events "path dir" "x $PWD/mnt/three"
}

@test "the file behind a descriptor is named, if it has a name" {
	touch file
	as_nobody do_calls openat $at :file 0 , fchmod = 0 , openat $at :file 0 , \
		fchown = 65534 -1 , socket 1 1 0 , deny fchown 1 , fchown = 0 0 , fchown 99 0 0
	events "name errno file path path_error" "fchmod 1 $PWD/file - -" \
		"fchown 1 $PWD/file - -" "fchown 1 - - -" "fchown 1 - - -"
}

@test "a path that cannot be read is null, not missing and not empty" {
	need_jq
	trace do_calls deny openat 1 , deny getppid 1 , openat $at 1 0 , openat $at 0 0 , getppid
	events "name path path_error" "openat - EFAULT" "openat - EFAULT" "getppid - -"
	run -0 records '[.name, has("path"), .path]'
	[ "$output" = '["openat",true,null]'$'\n''["openat",true,null]'$'\n''["getppid",false,null]' ]
}

@test "a call on a descriptor instead of a path names the file" {
	touch file
	times=%$(printf '00%.0s' {1..32})
	as_nobody do_calls openat $at :file 0 , utimensat = 0 "$times" 0 , \
		openat $at :file 0 , fchownat = : 65534 -1 0x1000
	events "name errno path path_error file dir" \
		"utimensat 1 - - $PWD/file -" "fchownat 1 \"\" - - $PWD/file"
}

@test "addresses are given of every family, and of a socket with a path the path" {
	trace do_calls deny connect 1 , deny bind 13 , deny sendto 1 , connect 99 "$inet" 16 , \
		bind 99 "$inet6" 28 , connect 99 "$unix" 10 , connect 99 "$unix" 9 , \
		connect 99 "$abstract" 7 , bind 99 "$unnamed" 2 , \
		sendto 99 :x 1 0 "$inet" 16 , sendto 99 :x 1 0 0 0 , \
		connect 99 %1000 2
	events "name errno addr path addr_error" "connect 1 1.2.3.4:80 - -" \
		"bind 13 [2001:db8::1]:443 - -" "connect 1 - /x/sock -" "connect 1 - /x/sock -" \
		"connect 1 @name - -" "bind 13 unnamed - -" "sendto 1 1.2.3.4:80 - -" \
		"sendto 1 - - -" "connect 1 family:16 - -"
}

@test "an address that cannot be read, or is no address, says so" {
	trace do_calls deny connect 1 , connect 99 1 16 , connect 99 "$inet" 4 , \
		connect 99 "$inet" 1 , connect 99 "$inet" 0
	run -0 values "addr path addr_error"
	[ "${lines[0]}" = "- - EFAULT" ]
	[ "${#lines[@]}" -eq 4 ]
	run -1 grep -F "1.2.3.4" out
}

@test "each call has the arguments that it takes, as they were passed" {
	trace do_calls deny getppid 1 , deny setuid 1 , deny kill 1 , deny mkdirat 1 , \
		deny openat 1 , deny linkat 1 , deny sendto 1 , getppid 1 2 3 4 5 6 , \
		setuid 1 2 3 4 5 6 , kill 1 2 3 4 5 6 , mkdirat 1 2 3 4 5 6 , \
		openat 1 2 3 4 5 6 , linkat 1 2 3 4 5 6 , sendto 1 -2 3 4 5 6
	events "name arg0 arg1 arg2 arg3 arg4 arg5" "getppid - - - - - -" \
		"setuid 0x1 - - - - -" "kill 0x1 0x2 - - - -" "mkdirat 0x1 0x2 0x3 - - -" \
		"openat 0x1 0x2 0x3 0x4 - -" "linkat 0x1 0x2 0x3 0x4 0x5 -" \
		"sendto 0x1 0xfffffffffffffffe 0x3 0x4 0x5 0x6"
}

@test "flags are given, of openat2 those in its struct" {
	how=%4102080000000000"$(printf '00%.0s' {1..16})"
	trace do_calls deny openat 1 , deny 437 1 , deny mmap 1 , deny getppid 1 , \
		openat $at :x 0x241 0 , 437 $at :x "$how" 24 , 437 $at :x 1 24 , \
		mmap 0 4096 5 0x22 -1 0 , getppid
	events "name flags" "openat 0x241" "openat2 0x80241" "openat2 -" \
		"mmap 0x5" "getppid -"
}

@test "a call of 32 bits has the name and the arguments that it has there" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers of calls are of x86-64"
	do_calls compat 20 >said || skip "the kernel has no calls of 32 bits"
	[ "$(<said)" != "20 -38" ] || skip "the kernel has no calls of 32 bits"
	mkdir -m 700 closed
	as_nobody do_calls compat 39 :closed/x 0755 , deny 20 38 , compat 20 , compat 39 :closed/x 0755
	events "name errno path arg1 arg2 abi denied_by" \
		"mkdir 13 closed/x 0x1ed - compat dac" "getpid 38 - - - compat seccomp" \
		"mkdir 13 closed/x 0x1ed - compat dac"
}

@test "a call without a name has its number, whatever that is" {
	trace do_calls deny 12345 1 , deny -1 1 , 12345 1 2 3 4 5 6 , -1
	events "name errno denied_by arg5" "syscall_0x3039 1 seccomp 0x6" \
		"syscall_0xffffffff 1 seccomp 0x0"
}

@test "what only looks like a refusal is none" {
	trace do_calls forge , restart , deny mkdirat 1 , forge , restart , mkdirat $at :x 0
	run -0 cat said
	[ "$output" = $'restart 1\nrestart 1\nmkdirat -1' ]
	events "name errno" "mkdirat 1"
}

@test "an event names the process, its thread, its user and its program" {
	cp "$(type -P do_calls)" a_program_of_a_long_name
	# Without PWD, or the shell looks where it is, and may not.
	unset PWD
	as_nobody sh -c 'echo $$; exec "$@"' sh ./a_program_of_a_long_name \
		deny mkdirat 1 , mkdirat $at :x 0 , thread , mkdirat $at :y 0
	pid=$(head -n 1 said)
	events "path pid uid execname" "x $pid 65534 a_program_of_a_" "y $pid 65534 a_program_of_a_"
	run -0 values tid
	[ "${lines[0]}" = "$pid" ]
	[ "${lines[1]}" != "$pid" ]
}

@test "an event says when it was" {
	before=$(date +%s%N)
	trace sh -c 'do_calls deny mkdirat 1 , mkdirat -100 :x 0; date +%s%N; sleep 0.3'
	after=$(tail -n 1 said)
	run -0 values ts
	[ "$output" -gt "$before" ]
	[ "$output" -lt "$after" ]
}

@test "an event has the inode of the control group that the process is in" {
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	[ -n "$mount" ] || skip "no cgroup2 is mounted"
	group=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)/dt-$$
	mkdir "$group" || skip "no control group can be made"
	trace sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
		do_calls deny mkdirat 1 , mkdirat $at :x 0
	events "cgroup" "$(stat -c %i "$group")"
}

@test "a process in a pid namespace is named as it is there" {
	unshare -p -f --mount-proc dt-spawn -t bpf -o out -- \
		sh -c 'echo $$; exec do_calls deny mkdirat 1 , mkdirat -100 :x 0' >said
	pid=$(head -n 1 said)
	[ "$pid" -lt 20 ]
	events "path pid tid" "x $pid $pid"
}

@test "a stack has the functions that the call came from, innermost first" {
	dt-spawn -t bpf -S -o out -- do_calls deny mkdirat 1 , deep mkdirat $at :x 0 , \
		survive , trap getppid , deep getppid >said
	run -0 sh -c 'dt-tojsonl out | jq -r "select(.stack) | .stack | join(\" \")"'
	[ "${#lines[@]}" -eq 2 ]
	for line in "${lines[@]}"; do
		[[ $line =~ ^libc.*\`syscall\+0x[0-9a-f]+\ do_calls\`middle\+0x[0-9a-f]+\ do_calls\`outer\+0x ]]
		[[ $line =~ \ do_calls\`main\+0x ]]
	done
}

@test "a stack without symbols has offsets, and the build ids to find them by" {
	command -v strip >/dev/null || skip "strip is not installed"
	strip -o stripped "$(type -P do_calls)"
	id=$(readelf -n stripped | sed -n 's/.*Build ID: //p')
	[ -n "$id" ] || skip "the linker gives no build id"
	dt-spawn -t bpf -S -o out -- ./stripped deny mkdirat 1 , deep mkdirat $at :x 0 >said
	[ "$(grep -cE '^ +stripped\+0x[0-9a-f]+$' out)" -ge 4 ]
	run -1 grep 'stripped`' out
	[[ ,$(values build_ids), == *",stripped=$id,"* ]]
}

@test "a frame is one line of text, whatever the name of its file" {
	name=$'ENDSTACK\nEND complete=1 \x1b['
	cp do_calls "$name"
	dt-spawn -t bpf -S -o out -- "./$name" deny mkdirat 1 , deep mkdirat $at :x 0 >said
	run -1 grep -P '[^\x20-\x7e]' out
	[ "$(grep -c '^ENDSTACK' out)" -eq 1 ]
	[ "$(grep -cE '^ ENDSTACK.*END complete=1 .*`(main|middle|outer)\+0x' out)" -eq 3 ]
	[ "$(dt-tojsonl out | wc -l)" -eq 3 ]
}

@test "without -S there is no stack" {
	trace do_calls deny mkdirat 1 , deep mkdirat $at :x 0
	events "name stack build_ids" "mkdirat - -"
}

@test "what is refused through io_uring is seen, by whichever thread it is done" {
	reachable ring_open
	ring_open /dev/null >ring || skip "no io_uring here"
	touch secret
	chmod 600 secret
	for how in "" async orphan; do
		as_nobody ring_open secret $how
		[ "$(<said)" = -13 ]
		# Where the kernel does not tell, the trace says that.
		! grep '^DIAGNOSTIC .*code=blind-spot' out || continue
		events "name errno execname path path_error io_uring" \
		    "openat 13 ring_open - released 18"
		[ "$(records .path)" = null ]
		[[ $(ending out) == *" complete=1" ]]
	done
}

@test "what has no room in the queue of an io_uring is seen, but not what it was" {
	reachable ring_open
	ring_open /dev/null full >ring || skip "no io_uring here"
	touch secret
	chmod 600 secret
	as_nobody ring_open secret full
	! grep '^DIAGNOSTIC .*code=blind-spot' out || skip "not told of here"
	events "name errno io_uring" "openat 13 18" "openat 13 18" \
		"io_uring_enter 13 ?"
}

# Commands that are refused, most of them, and leave nothing behind.
refusals() {
	cat <<-'EOF'
		cat closed/file; cat shut; echo >shut; echo >>open
		ls closed; ls closed/dir; stat closed/file; test -r shut; test -w open
		cd closed
		mkdir new; rmdir empty; rm -f open; rm -rf empty; mv open other
		ln open other; ln -s open other; mknod pipe p; touch open; touch new
		chmod 777 open; chown 65534 open; chgrp 0 open; chmod u+s shut
		truncate -s 0 open; cp open new; cp shut /dev/null
		./plain; ./closed/run; sh ./shut
		chroot / true; mount -t tmpfs none empty; umount /proc
		hostname x; kill -0 1; nice -n -5 true; date -s 2000-01-01
		dd if=/dev/mem of=/dev/null count=1; find . -name file
		tail -c 1 shut; head -n 1 closed/file; cat /proc/1/environ
	EOF
}

# The denials of a trace: name, errno, shapes of the paths, and how many.
denials() {
	dt-tojsonl "$1" | dt-normalize -w "$BATS_TEST_DIRNAME/../world.json" | dt-sigs |
		jq -r '.deny_signatures[] | [.name, .errno_name, .path_shape,
		    .path2_shape, .count] | @tsv' | sort
}

@test "it sees every denial that strace sees, as often, and only EROFS besides" {
	need_strace
	need_jq
	mkdir -m 700 closed
	mkdir empty
	touch closed/file plain open
	install -m 600 /dev/null shut
	refusals >script
	chmod 644 script
	for t in bpf strace; do
		dt-spawn -t $t -u 65534:65534 -o $t -- sh script >said 2>&1
		[[ $(ending $t) == *" complete=1" ]]
		denials $t >$t.denials
	done
	[ "$(wc -l <strace.denials)" -ge 30 ]
	grep -v $'\tEROFS\t' bpf.denials | diff -u strace.denials -
}
