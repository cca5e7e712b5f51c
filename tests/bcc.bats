bats_require_minimum_version 1.5.0

# The formats bcc and bpftrace.
setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$top"
}

# denials FILE: the calls that were refused, with errno, name and path
denials() {
	"$bin/dt-tojsonl" "$@" 2>/dev/null | "$bin/dt-normalize" |
		jq -r 'select(.deny) | [.name, .errno, .execname, .path] |
		    map(tostring) | join(" ")'
}

@test "a name that looks like the columns behind it moves no column" {
	run -0 denials -f bcc fixtures/bcc/odd.txt
	[[ $output != *looks-refused* ]]
	[[ $output != *'number in a name'* ]]
	[[ $output = *'open 13 reader   /srv/begins-with-blanks'* ]]
	run -0 denials fixtures/bcc/killsnoop.txt
	[ "$output" = 'kill 1 ledger warden null' ]
}

@test "what the programs of bcc and bpftrace check is no denial" {
	for f in fixtures/bcc/capable.txt fixtures/bpftrace/capable.txt; do
		run -0 denials "$f"
		[ -z "$output" ]
		run -0 bash -c "'$bin/dt-tojsonl' $f | grep -c denied_by || :"
		[ "$output" = 0 ]
	done
}

@test "opensnoop of bcc, bpftrace and DTrace are told apart by their headers" {
	while read -r want header; do
		printf '%s\n' "${header#|}" >"$BATS_TEST_TMPDIR/in"
		run --separate-stderr "$bin/dt-tojsonl" -v "$BATS_TEST_TMPDIR/in"
		[[ ${stderr_lines[-1]} = *": $want: "* ]] ||
			{ echo "$header: $stderr"; false; }
	done <<-'END'
	bcc |PID    COMM               FD ERR PATH
	bcc |UID   PID    COMM               FD ERR PATH
	bcc |PID    COMM              FD ERR PATH
	bpftrace |Attaching 6 probes...
	bpftrace |PID    COMM             ERR PATH
	opensnoop |  UID    PID COMM          FD PATH
	opensnoop |  UID    PID COMM          FD ERR PATH
	opensnoop |TIME              UID    PID COMM          FD ERR PATH
	execsnoop |  UID    PID   PPID ARGS
	bcc |PCOMM            PID    PPID   RET ARGS
	END
}

@test "a header that bpftrace shares is its own behind its greeting" {
	printf '%s\n' 'Attaching 3 probes...' \
	    'PID    COMM               FD ERR PATH' \
	    '12     x                  -1  13 /x' >"$BATS_TEST_TMPDIR/bt"
	run -0 --separate-stderr "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/bt"
	[[ $output = *'"tracer":"bpftrace"'*'"errno":13'* ]]
	run -0 --separate-stderr "$bin/dt-tojsonl" -f bcc \
	    <(sed 1d "$BATS_TEST_TMPDIR/bt")
	[[ $output = *'"tracer":"bcc"'*'"errno":13'* ]]
}

@test "100000 rows, and lines of a megabyte, take no time" {
	awk 'BEGIN {
		print "PID    COMM               FD ERR PATH"
		for (i = 0; i < 100000; i++)
			printf "%-6d %-16s %4d %3d /srv/%d\n", i % 4194304,
			    "two words", -1, 13, i
		x = sprintf("%1000000s", "x")
		print "12     x                  -1  13 /" x
		gsub(/ /, "a ", x)
		print x
	}' >"$BATS_TEST_TMPDIR/bcc"
	run --separate-stderr timeout 10 "$bin/dt-tojsonl" -f bcc \
	    "$BATS_TEST_TMPDIR/bcc"
	[ "${#lines[@]}" -eq 100002 ]
}
