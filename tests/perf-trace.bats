bats_require_minimum_version 1.5.0

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

@test "neither a path nor a name can make perf trace say what it did not" {
	run -0 denials fixtures/perf-trace/odd.txt
	[ "${#lines[@]}" -eq 4 ]
	[[ $output != *EPERM* ]]
	run -0 bash -c "'$bin/dt-tojsonl' fixtures/perf-trace/strings.txt |
	    jq -c 'select(.path == \"/srv/x) = -1 EPERM (y)\") | [.ret, .errno]'"
	[ "$output" = '[4,0]' ]
}

@test "a wrapped copy of perf trace's text is never clean" {
	run -0 denials fixtures/perf-trace/mail.txt
	[ -z "$output" ]
	run -1 --separate-stderr "$bin/dt-tojsonl" fixtures/perf-trace/mail.txt
	[ "$(grep -c '"unparsed"' <<<"$output")" -eq 3 ]
}

@test "the same program is refused the same under perf trace and bpftrace" {
	run -0 denials fixtures/perf-trace/denied.txt
	[ "$(grep -c '^openat 13 two words' <<<"$output")" -eq 2 ]
	run -0 denials fixtures/bpftrace/opensnoop.txt
	[ "$(grep -c '^open 13 two words' <<<"$output")" -eq 3 ]
}

@test "50000 halves of calls, and lines of many ends, take no time" {
	awk 'BEGIN {
		for (i = 0; i < 50000; i++)
			printf "%10.3f (         ): x/%d futex(uaddr: 0x%x) ...\n",
			    i, i, i
		for (i = 0; i < 50000; i++)
			printf "%10.3f ( 0.001 ms): x/%d  ... [continued]: " \
			    "futex()) = 0\n", i, i
		x = sprintf("%200000s", "x")
		y = x
		gsub(/ /, ") = 3", x)
		gsub(/ /, "a: \"b", y)
		print "     1.000 ( 0.001 ms): x/1 open(filename: \"" x
		print "     1.000 ( 0.001 ms): x/1 open(" y ") = 3"
	}' >"$BATS_TEST_TMPDIR/perf"
	run --separate-stderr timeout 10 "$bin/dt-tojsonl" -f perf-trace \
	    "$BATS_TEST_TMPDIR/perf"
	[ "${#lines[@]}" -ge 50000 ]
}
