bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$top"
}

golden() {
	DT_BIN=$bin tests/golden.bash check "$@"
}

validate() {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	run -0 --separate-stderr /usr/bin/python3 tests/validate.py "$@"
	[ -z "$output$stderr" ]
}

@test "dt text fixtures give the files beside them, byte for byte" {
	golden fixtures/dt/*.txt
}

@test "dtruss fixtures give the files beside them, byte for byte" {
	golden fixtures/dtruss/*.txt
@test "dtrace fixtures give the files beside them, byte for byte" {
	golden fixtures/dtrace/*.txt
}

@test "dtrace-list fixtures give the files beside them, byte for byte" {
	golden fixtures/dtrace-list/*.txt
}

@test "strace fixtures give the files beside them, byte for byte" {
	golden fixtures/strace/*.txt
}

@test "probe report fixtures give the files beside them, byte for byte" {
	golden fixtures/probe/*.txt
}

@test "what dtrace prints and lists is told from one another" {
	for format in dtrace dtrace-list; do
		for f in fixtures/"$format"/*.txt; do
			run --separate-stderr "$bin/dt-tojsonl" -v "$f"
			[[ "${stderr_lines[-1]}" = *": $format: "* ]]
		done
	done
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
	    -f dtrace "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 8192 ]
	[ "$(grep -o 'mod`f+' "$BATS_TEST_TMPDIR/out" | wc -l)" -eq 500000 ]
	[ "$(grep -c '"bucket":' "$BATS_TEST_TMPDIR/out")" -eq 300000 ]
}

@test "a listing without a probe never looks clean" {
	run -0 bash -c "'$bin/dt-tojsonl' fixtures/dtrace-list/empty.txt |
	    '$bin/dt-normalize' | '$bin/dt-sigs' 2>&-"
	[[ "$output" = *'"complete": false'*'"blocked"'* ]]
@test "opensnoop fixtures give the files beside them, byte for byte" {
	golden fixtures/opensnoop/*.txt
}

@test "execsnoop fixtures give the files beside them, byte for byte" {
	golden fixtures/execsnoop/*.txt
}

@test "iosnoop fixtures give the files beside them, byte for byte" {
	golden fixtures/iosnoop/*.txt
}

@test "errinfo fixtures give the files beside them, byte for byte" {
	golden fixtures/errinfo/*.txt
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

@test "an empty header is a capture without events, not an empty file" {
	head -n 1 fixtures/execsnoop/plain.txt >"$BATS_TEST_TMPDIR/h"
	run -0 --separate-stderr "$bin/dt-tojsonl" -v "$BATS_TEST_TMPDIR/h"
	[ -z "$output" ]
	[[ $stderr == *'execsnoop: 1 lines'* ]]
}

@test "the same bytes come out wherever and whenever the filters run" {
	cp fixtures/dt/everything.txt "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR"
	env -i LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo "$bin/dt-tojsonl" elsewhere \
	    >a.jsonl
	diff -u "$top/fixtures/dt/everything.jsonl" a.jsonl
	env -i LC_ALL=tr_TR.UTF-8 "$bin/dt-normalize" -w "$top/world.json" \
	    a.jsonl | diff -u "$top/fixtures/dt/everything.norm" -
}

@test "every record of the fixtures is of the schema" {
	validate docs/record.schema.json fixtures/*/*.jsonl fixtures/*/*.norm
}

@test "every signature document of the fixtures is of the schema" {
	validate docs/signatures.schema.json fixtures/*/*.sigs
}

@test "the known worlds are of the schema" {
	validate docs/world.schema.json world.json
}

@test "every probe report of the fixtures is of the schema" {
	for f in fixtures/probe/*.txt; do
		case $f in *broken*) continue ;; esac
		cp "$f" "$BATS_TEST_TMPDIR/$(basename "$f" .txt).jsonl"
	done
	validate docs/probe-report.schema.json "$BATS_TEST_TMPDIR"/*.jsonl
}

@test "the schema refuses what is nearly a record" {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	line=$(sed -n 2p fixtures/dt/everything.norm)
	for wrong in 's/"v":1/"v":2/' 's/"errno":13/"errno":"13"/' \
	    's/"deny":true/"deny":1/' 's/"mapped"/"certain"/' \
	    's/"kind":"syscall"/"kind":"sysall"/' 's/{/{"extra":1,/'; do
		sed "$wrong" <<<"$line" >"$BATS_TEST_TMPDIR/wrong.jsonl"
		run -1 /usr/bin/python3 tests/validate.py \
		    docs/record.schema.json "$BATS_TEST_TMPDIR/wrong.jsonl"
	done
}
