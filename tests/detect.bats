# SPDX-License-Identifier: ISC
# Which format a text is taken for, and what becomes of a text of two.

load helper

setup() {
	live
	strace='openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)'
	dtrace='  1   4712                       open:entry cat -1 /etc/hosts'
	dt='EVENT kind=syscall name=openat errno=13 path="/etc/shadow"'
}

# times N LINE: a line N times.
times() {
	local i

	for ((i = 0; i < $1; i++)); do
		echo "$2"
	done
}

taken() { dt-tojsonl -v "$@" 2>&1 >/dev/null | tail -n 1; }

@test "a text that may be of two formats is taken for neither, and both are named" {
	{ times 3 "$strace"; times 1 "$dtrace"; } >text
	run -1 --separate-stderr dt-tojsonl text
	[ "${stderr_lines[0]}" = "dt-tojsonl: text: it may be strace or dtrace; -f says which" ]
	[[ "${lines[0]}" = *'"level":"error","code":"format-unclear","text":"it may be strace or dtrace"'* ]]
	[ "$(grep -c '"reason":"no format known"' <<<"$output")" -eq 4 ]
	run -0 bash -c "dt-tojsonl text 2>/dev/null | dt-normalize | dt-sigs 2>/dev/null"
	[[ "$output" = *'"complete": false'* ]]
}

@test "a format that has four times the lines of another is certain" {
	{ times 4 "$strace"; times 1 "$dtrace"; } >text
	[[ "$(taken text)" = *": strace: 5 lines, "* ]]
}

@test "the format does not depend on the pieces in which a text comes" {
	{ times 7 "$dtrace"; times 100 "$strace"; } >text
	run -1 --separate-stderr dt-tojsonl -v - <text
	[[ "${stderr_lines[-1]}" = *": strace: 107 lines, "* ]]
	printf '%s\n' "$output" "$stderr" >whole
	run -1 --separate-stderr dt-tojsonl -v - < <(
		while IFS= read -r line; do
			echo "$line"
			sleep 0.01
		done <text)
	diff -u whole <(printf '%s\n' "$output" "$stderr")
}

@test "what stands behind the first 64 KiB decides nothing" {
	{
		times 3 "$strace"
		head -c 70000 /dev/zero | tr '\0' x | fold -w 2000
		echo
		times 30 "$dtrace"
	} >text
	[[ "$(taken text)" = *": strace: "* ]]
}

@test "a trace is followed from its first lines on" {
	mkfifo pipe
	start dt-tojsonl pipe >out
	exec 7>pipe
	times 9 "$strace" >&7
	await [ -s out ]
	[ "$(wc -l <out)" -ge 8 ]
	exec 7>&-
	ends_with 0 "$pid"
	start dt-tojsonl pipe >out
	exec 7>pipe
	echo "TRACE v=1 run=1" >&7
	await [ -s out ]
	echo "END events=0" >&7
	exec 7>&-
	ends_with 0 "$pid"
}

@test "a line of another format among a program's output is unparsed, not passed over" {
	{ times 8 "$strace"; echo "$dt"; echo hello; } >text
	run -1 --separate-stderr dt-tojsonl text
	[ "$stderr" = "dt-tojsonl: text:9: a line of another format: dt" ]
	[ "$(jq -c 'select(.kind == "unparsed") | [.line, .text]' <<<"$output")" = \
	    "[9,$(jq -Rc . <<<"$dt")]" ]
	[[ "${lines[9]}" = *'"kind":"output"'*'"text":"hello"'* ]]
}

@test "rows of opensnoop without their header are no probes" {
	cat >text <<-'EOF'
	88123456       2026 Nov  2 07:05:59   501    812  -1  13 /etc/ledger          notes -v /etc/ledger\0
	88123999       2026 Nov  2 07:05:59   501    812  -1  13 /private/var/db/the-ledger notes\0
	EOF
	run -1 --separate-stderr dt-tojsonl text
	[[ "$output" != *'"probe_listing"'* ]]
}
