bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	PATH=$bin:$PATH
	cd "$top/fixtures/sandbox-log"
	set -o pipefail
}

# records [FILE]: what is read, refused lines or not.
records() {
	dt-tojsonl -f sandbox-log "$@" 2>/dev/null || [ $? -eq 1 ]
}

# refused [FILE]: the same, denials only.
refused() {
	records "$@" | dt-normalize | { grep '"deny":true' || [ $? -eq 1 ]; }
}

@test "nothing that calls itself forged is a denial, in any style" {
	for f in *.txt; do
		run -0 refused "$f"
		[[ "$output" != *'"path":"/forged'* ]]
	done
	forged=$(cat ./*.txt | grep -c 'file-read-data.*forged')
	[ "$forged" -gt 10 ]
	[ "$(for f in *.txt; do records "$f"; done |
		grep '"kind":"unparsed"' | grep -c forged)" -eq "$forged" ]
}

@test "an allowed operation is an event and no denial" {
	run -0 bash -c 'dt-tojsonl -f sandbox-log | dt-normalize' \
	    <<<'Sandbox: a(1) allow file-read-data /x'
	[[ "$output" = *'"kind":"sandbox_log"'*'"name":"allow"'*'"deny":false'* ]]
	[[ "$output" != *denied_by* ]]
}

@test "the operation is witnessed, and the evidence the kernel's decision" {
	run -0 refused <<<'Sandbox: a(1) deny(1) process-exec* /bin/ls'
	[[ "$output" = *'"op":"process-exec*","denied_by":"sandbox"'* ]]
	[[ "$output" = *'"op_status":"witnessed","evidence":"kernel-decision"'* ]]
	run -0 refused <<<'sandboxd[9] ([1]): a(1) deny mach-lookup com.x'
	[[ "$output" = *'"evidence":"kernel-decision"'* ]]
}

@test "reports that are the same and lines repeated add up in the signature" {
	run -0 bash -c 'dt-tojsonl -f sandbox-log | dt-normalize | dt-sigs -T' <<'EOF'
Sandbox: a(1) deny(1) file-read-data /x
4 duplicate reports for Sandbox: a(1) deny(1) file-read-data /x
--- last message repeated 2 times ---
Sandbox: a(2) deny(1) file-read-data /x
EOF
	[[ "$output" = *"    14  deny  "*" sandbox  /x"* ]]
	[[ "$output" = *"14 events, 14 denied, "* ]]
}

@test "a repeated line repeats nothing but the line right before it" {
	for between in words 'Sandbox: a(1) is no violation' \
	    '*** kernel exceeded 500 log message per second limit ***'; do
		run -0 refused <<<"Sandbox: a(1) deny(1) lsopen
$between
--- last message repeated 50 times ---"
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" != *'"count"'* ]]
	done
	run -0 refused <<<'Mar  3 21:00:08 elm kernel[0]: Sandbox: a(1) deny(1) lsopen
Mar  3 21:00:08 elm mallory[7]: --- last message repeated 50 times ---'
	[ "${#lines[@]}" -eq 1 ]
}

@test "the same array of entries is read alike however it is laid out" {
	entry='{"eventMessage":"Sandbox: a(1) deny(1) file-read-data /x","processImagePath":"/kernel","senderImagePath":"/x/Sandbox","processID":0}'
	want=$(printf '%s\n%s\n' "$entry" "$entry" | records)
	[ "$(grep -c '"deny"' <<<"$want")" -eq 2 ]
	for text in "[$entry,$entry]" "[
  $entry,
  $entry
]" "$entry$entry" "[${entry//,/,$'\n'},
${entry//,/,$'\n'}]"; do
		diff -u <(echo "$want") <(records <<<"$text")
		diff -u <(echo "$want") <(printf %s "$text" | records)
	done
}

@test "an array that stops anywhere is told to be cut, and gives no new denial" {
	whole=$(refused json.txt)
	size=$(wc -c <json.txt)
	for ((n = 1; n < size - 2; n += 7)); do
		run records <(head -c "$n" json.txt)
		[[ "$output" = *'"kind":"unparsed"'* ||
		    "$output" = *'"code":"document-cut"'* ]]
		run -0 refused <(head -c "$n" json.txt)
		[[ -z "$output" || "$output" = "$whole" ]]
	done
}

@test "an array of 100000 entries is read in little memory" {
	awk 'BEGIN {
		print "[{"
		for (i = 1; i <= 100000; i++) {
			if (i > 1)
				print "},{"
			printf "  \"eventMessage\" : \"Sandbox: cc(%d) ", i
			printf "deny(1) file-read-data \\/a\\/%d\",\n", i
			print "  \"senderImagePath\" : \"\\/x\\/Sandbox\","
			print "  \"processImagePath\" : \"\\/kernel\","
			print "  \"processID\" : 0"
		}
		print "}]"
	}' >"$BATS_TEST_TMPDIR/array"
	"$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" dt-tojsonl \
	    "$BATS_TEST_TMPDIR/array" >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '"name":"deny"' "$BATS_TEST_TMPDIR/out")" -eq 100000 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 100000 ]
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 4096 ]
}

@test "lines of a megabyte that are made to be slow are not" {
	{
		awk 'BEGIN { for (i = 0; i < 90000; i++) printf "Sandbox: c"
			print "" }'
		awk 'BEGIN { for (i = 0; i < 30000; i++)
			printf "System Policy: c(1) deny(1) lsopen x"; print "" }'
		awk 'BEGIN { printf "kernel[0]: Sandbox: "
			for (i = 0; i < 60000; i++) printf "x(1) deny(1) a "
			print "" }'
		awk 'BEGIN { for (i = 0; i < 130000; i++) printf "[1:a][1"
			print "" }'
		awk 'BEGIN { for (i = 0; i < 500000; i++) printf "[]"
			print "" }'
	} >"$BATS_TEST_TMPDIR/slow"
	"$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" \
	    dt-tojsonl -f sandbox-log "$BATS_TEST_TMPDIR/slow" >/dev/null 2>&1 ||
		[ $? -eq 1 ]
	[ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/usage")" -lt 20000000 ]
}

@test "prose, source and the texts of others are not taken for a sandbox log" {
	for text in 'the sandbox denied access to /etc/passwd' \
	    '(deny file-write* (subpath "/x"))' \
	    'Sandbox: enabled' 'Timestamp of the build: 12' \
	    '    printf("Sandbox: %s(%d) deny(1) %s\n", name, pid, op);' \
	    'openat(AT_FDCWD, "Sandbox: a(1) deny(1) lsopen", O_RDONLY) = 3'; do
		run --separate-stderr dt-tojsonl -v <<<"$text"
		[[ "$stderr" != *": sandbox-log: "* ]]
	done
}
