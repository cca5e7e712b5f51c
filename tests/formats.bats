bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$top"
}

@test "every row of a listing of 400000 probes is a record, in little memory" {
	awk 'BEGIN {
		printf "%5s %10s %17s %33s %s\n", "ID", "PROVIDER", "MODULE",
		    "FUNCTION", "NAME"
		for (i = 1; i <= 400000; i++)
			printf "%5d %10s %17s %33s %s\n", i,
			    i % 5 ? "fbt" : "pid" i, i % 7 ? "mod" i % 97 : "",
			    i % 3 ? "spool_" i : "-[Spool open:" i "]",
			    i % 2 ? "entry" : "return"
	}' >"$BATS_TEST_TMPDIR/list"
	"$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" "$bin/dt-tojsonl" \
	    "$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/list.jsonl"
	[ "$(grep -c '"kind":"probe_listing"' "$BATS_TEST_TMPDIR/list.jsonl")" \
	    -eq 400000 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/list.jsonl")" -eq 400000 ]
	run -0 sed -n 399999p "$BATS_TEST_TMPDIR/list.jsonl"
	[[ "$output" = *'"name":"fbt:mod68:-[Spool open:399999]:entry",'* ]]
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 4096 ]
}

@test "stacks and tables without an end take no more memory than others" {
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	awk 'BEGIN {
		for (i = 0; i < 200000; i++)
			printf "%s              mod`f+%#x\n", i % 9 ? "" : "\n", i
		for (i = 0; i < 300000; i++)
			printf "              mod`f+%#x\n", i
		printf "\n%16s %41s %-9s\n", "value",
		    "------------- Distribution -------------", "count"
		for (i = 0; i < 300000; i++)
			printf "%16d |%-40s %-9d\n", i, "@", 1
	}' >"$BATS_TEST_TMPDIR/in"
	"$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" "$bin/dt-tojsonl" \
	    -f dtrace "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" ||
	    [ $? -eq 1 ]
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 8192 ]
	[ "$(grep -o 'mod`f+' "$BATS_TEST_TMPDIR/out" | wc -l)" -eq 500000 ]
	[ "$(grep -c '"bucket":' "$BATS_TEST_TMPDIR/out")" -eq 300000 ]
}

@test "a row of dtrace without an end to its name takes no time" {
	awk 'BEGIN {
		for (i = 0; i < 190000; i++) {
			flow = flow "a(<[ "
			row = row "b c  "
		}
		print "CPU FUNCTION"
		print "  0  -> " flow
		print "  0    123 " row
	}' >"$BATS_TEST_TMPDIR/in"
	run -0 timeout 10 "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
	[ "${#lines[@]}" -eq 2 ]
}

@test "a text without an event spoils the whole capture beside it" {
	whole=fixtures/dt/smoke.txt
	for f in dtruss/no-event errinfo/totals strace/count; do
		run -1 --separate-stderr "$bin/dt-tojsonl" \
		    "$whole" "fixtures/$f.txt"
		[[ "$stderr" = *'.txt: no event: what was refused is not in it' ]]
		"$bin/dt-normalize" <<<"$output" >"$BATS_TEST_TMPDIR/n"
		run -0 --separate-stderr "$bin/dt-sigs" "$BATS_TEST_TMPDIR/n"
		[[ "$output" = *'"complete": false'*'"blocked"'* ]]
	done
	run -0 --separate-stderr bash -c "'$bin/dt-tojsonl' '$whole' |
	    '$bin/dt-normalize' | '$bin/dt-sigs'"
	[[ "$output" = *'"complete": true'* ]]
}

@test "a listing without a probe never looks clean" {
	run -0 bash -c "'$bin/dt-tojsonl' fixtures/dtrace-list/empty.txt |
	    '$bin/dt-normalize' | '$bin/dt-sigs' 2>&-"
	[[ "$output" = *'"complete": false'*'"blocked"'* ]]
}

@test "what opensnoop, execsnoop and iosnoop do not know is no denial" {
	for f in opensnoop/plain opensnoop/older execsnoop/plain \
	    iosnoop/plain iosnoop/dump errinfo/counts; do
		run -1 grep -h '"deny":true' "fixtures/$f.norm"
		grep -F '"format-has-no-end"' "fixtures/$f.sigs"
	done
}

@test "an opensnoop that did not compile gives no event, whatever it echoes" {
	sed '/match any probes/q' fixtures/opensnoop/echo.txt >"$BATS_TEST_TMPDIR/e"
	run -0 --separate-stderr "$bin/dt-tojsonl" -f opensnoop \
	    "$BATS_TEST_TMPDIR/e"
	[[ $output != *'"kind":"syscall"'* ]]
	[[ $output != *'"kind":"unparsed"'* ]]
	[[ $output == *'"code":"dtrace.sip-provider"'* ]]
}

@test "the headers of bcc and bpftrace are not those of the DTraceToolkit" {
	while IFS= read -r header; do
		printf '%s\n501   812 notes -1 13 /etc/ledger\n' "$header" |
		    "$bin/dt-tojsonl" -v - >"$BATS_TEST_TMPDIR/j" \
		    2>"$BATS_TEST_TMPDIR/e" || [ $? -eq 1 ]
		run -1 grep -E ': (open|exec|io)snoop: ' "$BATS_TEST_TMPDIR/e"
	done <<-'END'
		PID    COMM               FD ERR PATH
		UID   PID    COMM               FD ERR PATH
		TIME(s)       UID   PID    COMM               FD ERR PATH
		UID PID COMM FD ERR PATH
		PCOMM            PID    PPID   RET ARGS
		UID   PCOMM            PID    PPID   RET ARGS
		TIME(ms)   PID   ARGS
	END
}

@test "a header and nothing else is no clean capture" {
	for format in execsnoop opensnoop iosnoop errinfo dtruss; do
		for f in fixtures/"$format"/*.txt; do
			head -n 1 "$f" >"$BATS_TEST_TMPDIR/h"
			run --separate-stderr "$bin/dt-tojsonl" -v \
			    "$BATS_TEST_TMPDIR/h"
			[[ ${stderr_lines[-1]} == *": $format: 1 lines, 1 records, 0 unparsed" &&
			    $output == *'"kind":"diagnostic"'* ]] || continue
			[ "$status" -eq 1 ]
			seen=$format
			[[ $output == *'"level":"error","code":"empty-input"'* ]]
			run -0 bash -c "'$bin/dt-normalize' | '$bin/dt-sigs' 2>&-" \
			    <<<"$output"
			[[ $output == *'"complete": false'*'"blocked"'* ]]
		done
		[ "$seen" = "$format" ]
	done
}
