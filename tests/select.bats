# SPDX-License-Identifier: ISC
# Which events dt-tojsonl keeps: by name, and by where processes come from.

load helper

setup() {
	live
	cat >trace <<-'EOF'
	100 execve("/bin/sh", ["sh"], 0x7ffd /* 3 vars */) = 0
	100 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
	101 openat(AT_FDCWD, "/early", O_RDONLY) = -1 EACCES (Permission denied)
	100 <... clone resumed>, child_tidptr=0x7f) = 101
	101 openat(AT_FDCWD, "/before", O_RDONLY) = -1 EACCES (Permission denied)
	101 execve("/Users/test/bin/x", ["x"], 0x7ffd /* 3 vars */) = -1 EACCES (Permission denied)
	101 unlink("/still-before") = -1 EACCES (Permission denied)
	101 execve("/Users/test/bin/x", ["x"], 0x7ffd /* 3 vars */) = 0
	101 openat(AT_FDCWD, "/own", O_RDONLY) = -1 EACCES (Permission denied)
	101 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
	102 openat(AT_FDCWD, "/child", O_RDONLY) = -1 EACCES (Permission denied)
	101 <... clone resumed>, child_tidptr=0x7f) = 102
	102 execve("/bin/cat", ["cat"], 0x7ffd /* 3 vars */) = 0
	102 openat(AT_FDCWD, "/grandchild", O_RDONLY) = -1 EACCES (Permission denied)
	100 openat(AT_FDCWD, "/parent", O_RDONLY) = -1 EACCES (Permission denied)
	EOF
}

# The paths of what was refused, with these options.
refused() {
	dt-tojsonl "$@" | jq -r 'select(.errno == 13) | .path' | paste -sd ' '
}

@test "-e takes all, and what to leave out of it" {
	[ "$(refused -e open,unlink trace)" = /still-before ]
	[ "$(refused -e all,-openat trace)" = "/Users/test/bin/x /still-before" ]
	[ "$(refused -e -openat,-execve trace)" = /still-before ]
	[ "$(refused -e '!openat,execve' trace)" = /still-before ]
	[ "$(refused -e syscall,-openat,-unlink trace)" = /Users/test/bin/x ]
	[ "$(refused -e -all,unlink trace)" = /still-before ]
	run -2 dt-tojsonl -e open,,close trace
	[ "$output" = "dt-tojsonl: --events 'open,,close': an empty word" ]
	run -2 dt-tojsonl -e open, trace
	[ "$output" = "dt-tojsonl: --events 'open,': an empty word" ]
	for word in ' open' +open '-+open' '!-open' --open; do
		run -2 dt-tojsonl -e "$word" trace
		[ "$output" = "dt-tojsonl: --events '$word': no event has such a name" ]
	done
	run -2 dt-tojsonl -e all,- trace
	[ "$output" = "dt-tojsonl: --events 'all,-': an empty word" ]
}

@test "--path-prefix keeps processes started from there, and those they start" {
	[ "$(refused --path-prefix /Users/test trace)" = "/own /child /grandchild" ]
	[ "$(refused -p /Users/test/bin/x trace)" = "/own /child /grandchild" ]
	[ "$(refused -p /Users/test/ -e unlink,clone trace)" = "" ]
	[ -z "$(refused -p /Users/te trace)" ]
	[ "$(refused -p / trace)" = "$(refused trace)" ]
}

@test "what --path-prefix left out is counted, and not called clean" {
	run -0 --separate-stderr dt-tojsonl -p /Users/test trace
	[ "$(jq -s '[.[] | select(.kind != "count")] | length' <<<"$output")" -eq 6 ]
	[ "$(jq 'select(.kind == "count") | .events' <<<"$output")" -eq 7 ]
	run -0 bash -c "dt-tojsonl -p /Users/test trace | dt-normalize | dt-sigs 2>/dev/null"
	[[ "$output" = *'"incomplete": ['*'"not-selected"'* ]]
}

@test "--path-prefix says so when nothing tells where a process was started from" {
	run -1 --separate-stderr dt-tojsonl -p /Users \
	    <<<'openat(AT_FDCWD, "/x", O_RDONLY) = -1 EACCES (Permission denied)'
	[ "$stderr" = "dt-tojsonl: <stdin>: where the processes of 1 of 1 events were started from is not known" ]
	[[ "${lines[0]}" = *'"level":"error","code":"path-prefix-unknown"'* ]]
	[[ "${lines[1]}" = *'"kind":"count"'*'"events":1'* ]]
	run -2 dt-tojsonl -p bin trace
	[ "$output" = "dt-tojsonl: --path-prefix 'bin': not an absolute path without dots" ]
	run -2 dt-tojsonl -p /srv/../bin trace
	[ "$output" = "dt-tojsonl: --path-prefix '/srv/../bin': not an absolute path without dots" ]
}

@test "in a capture all processes descend from its target" {
	cat >text <<-'EOF'
	TRACE v=1 run=1 pid=7 arg0="/srv/app/run"
	EVENT kind=syscall name=openat pid=9 errno=13 path="/x"
	END events=1
	TRACE v=1 run=2 pid=7 arg0="/bin/sh"
	EVENT kind=syscall name=openat pid=7 errno=13 path="/y"
	EVENT kind=syscall name=openat pid=10 ppid=7 errno=13 path="/z"
	END events=2
	EOF
	run -0 --separate-stderr dt-tojsonl -p /srv text
	[ "$(jq -r '[.kind, .path // .events] | join(" ")' <<<"$output" | paste -sd ,)" = \
	    "trace ,syscall /x,end 1,trace ,count 2,end 2" ]
	[ -z "$stderr" ]
	run -1 --separate-stderr dt-tojsonl -p /bin text
	[ "$(jq -r '[.kind, .path // .events] | join(" ")' <<<"$output" | paste -sd ,)" = \
	    "trace ,count 1,end 1,trace ,syscall /y,syscall /z,end 2,diagnostic " ]
	[[ "$stderr" = *" 1 of 3 events "* ]]
}

@test "only so many records wait for a process to be known" {
	{
		for ((i = 0; i < 2000; i++)); do
			echo "101 openat(AT_FDCWD, \"/$i\", O_RDONLY) = -1 EACCES (Permission denied)"
		done
		echo '101 execve("/srv/x", ["x"], 0x7ffd /* 3 vars */) = 0'
	} >text
	run -1 --separate-stderr dt-tojsonl -p /srv text
	[[ "$stderr" = *"the processes of 976 of 2001 events"* ]]
	[ "$(grep -c '"kind":"syscall"' <<<"$output")" -eq 1025 ]
}

@test "--path-prefix has what a child did before its parent was seen to make it" {
	cat >text <<-'EOF'
	100 execve("/srv/x", ["x"], 0x7ffd /* 3 vars */) = 0
	100 vfork( <unfinished ...>
	101 execve("/opt/ls", ["ls"], 0x7ffd /* 3 vars */) = -1 EACCES (Permission denied)
	101 execve("/bin/ls", ["ls"], 0x7ffd /* 3 vars */) = 0
	101 openat(AT_FDCWD, "/secret", O_RDONLY) = -1 EACCES (Permission denied)
	100 <... vfork resumed>)                = 101
	EOF
	[ "$(refused -p /srv text)" = "/opt/ls /secret" ]
	cat >text <<-'EOF'
	TRACE v=1 run=1 pid=7 arg0="/srv/x"
	EVENT kind=syscall name=execve pid=8 ret=0 errno=0 path="/bin/ls"
	EVENT kind=syscall name=openat pid=8 ret=-1 errno=13 path="/secret"
	END events=2
	EOF
	[ "$(refused -p /srv text)" = /secret ]
}

@test "--path-prefix does not know where a program is that is named by no whole path" {
	local path

	for path in ./x x /srv/../bin/x /bin/../srv/x /bin//x ''; do
		cat >text <<-EOF
		100 execve("/bin/sh", ["sh"], 0x7ffd /* 3 vars */) = 0
		100 fork()                              = 101
		101 execve("$path", ["x"], 0x7ffd /* 3 vars */) = 0
		101 openat(AT_FDCWD, "/y", O_RDONLY) = -1 EACCES (Permission denied)
		101 execve("/bin/ls", ["ls"], 0x7ffd /* 3 vars */) = 0
		101 fork()                              = 102
		102 execve("/bin/ls", ["ls"], 0x7ffd /* 3 vars */) = 0
		EOF
		run -1 --separate-stderr dt-tojsonl -p /srv text
		[[ "$stderr" = *"the processes of 5 of 7 events"* ]]
	done
}

@test "--path-prefix takes a process for another when one of its number has exited" {
	cat >text <<-'EOF'
	100 execve("/bin/sh", ["sh"], 0x7ffd /* 3 vars */) = 0
	100 fork()                              = 101
	101 execve("/srv/x", ["x"], 0x7ffd /* 3 vars */) = 0
	101 openat(AT_FDCWD, "/first", O_RDONLY) = -1 EACCES (Permission denied)
	101 +++ exited with 0 +++
	100 fork()                              = 101
	101 openat(AT_FDCWD, "/second", O_RDONLY) = -1 EACCES (Permission denied)
	EOF
	[ "$(refused -p /srv text)" = /first ]
}

@test "--path-prefix says so when there were too many processes" {
	awk 'BEGIN {
		print "1 execve(\"/srv/a\", [\"a\"], 0x1) = 0"
		for (i = 2; i < 50002; i++)
			print "1 fork() = " i
	}' >text
	run -1 --separate-stderr dt-tojsonl -p /srv text
	[[ "$stderr" = *"too many processes to remember"* ]]
}

@test "what waits for a process to be known does not fill the memory" {
	awk 'BEGIN {
		for (s = "a 50-byte word that is written again and again ..."; length(s) < 800000; s = s s)
			continue
		for (i = 0; i < 100; i++)
			print "9 open(\"/" s "\", O_RDONLY) = -1 EACCES (x)"
	}' >text
	[ -n "${DT_SANITIZED-}" ] || ulimit -v 120000
	run -1 --separate-stderr dt-tojsonl -p /srv -e '!syscall' text
}
