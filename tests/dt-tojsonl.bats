bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	cd "$BATS_TEST_DIRNAME/../fixtures"
	set -o pipefail
}

@test "the formats are listed, and each can be asked for by name" {
	run -0 dt-tojsonl -f list
	[ "${#lines[@]}" -ge 3 ]
	LC_ALL=C sort -c <<<"$output"
	for line in "${lines[@]}"; do
		name=${line%% *}
		run ! dt-tojsonl -f "$name" "$BATS_TEST_TMPDIR/nowhere"
		[[ "$output" = *"No such file"* ]]
	done
}

@test "an unknown format is a usage error that names it" {
	run -2 dt-tojsonl -f nosuch
	[ "$output" = "dt-tojsonl: --format 'nosuch': no such format; -f list lists them" ]
}

@test "an empty input never looks clean" {
	run -1 --separate-stderr dt-tojsonl </dev/null
	[ "$stderr" = "dt-tojsonl: <stdin>: empty: nothing was captured" ]
	[ "$output" = '{"v":1,"kind":"diagnostic","seq":1,"level":"error","code":"empty-input","text":"the input is empty"}' ]
	run -0 bash -c "dt-tojsonl </dev/null 2>&- | dt-normalize | dt-sigs 2>&-"
	[[ "$output" = *'"complete": false'*'"blocked"'* ]]
}

@test "text of no known format is kept line by line, and is an error" {
	run -1 --separate-stderr dt-tojsonl <<<$'hello\nworld'
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[0]}" = *'"code":"no-format"'* ]]
	[[ "${lines[2]}" = *'"line":2,"text":"world","reason":"no format known"}' ]]
}

@test "a torn last line is an error, not a record" {
	run -1 --separate-stderr dt-tojsonl < <(printf 'TRACE v=1\nEVENT kind=syscall name=open errno=1')
	[ "${lines[1]}" = '{"v":1,"kind":"unparsed","seq":2,"line":2,"text":"EVENT kind=syscall name=open errno=1","reason":"torn line"}' ]
	[[ "$stderr" = *"<stdin>:2: torn line"* ]]
}

@test "a capture without its END says so" {
	run -1 --separate-stderr dt-tojsonl <<<'TRACE v=1 run=1'
	[ "$stderr" = "dt-tojsonl: <stdin>: the capture has no END: it was cut short" ]
}

@test "a line of 100 MB is one refused record with its size" {
	run -1 --separate-stderr dt-tojsonl < <(
		echo 'TRACE v=1 run=1'
		head -c 100000000 /dev/zero | tr '\0' x
		echo
		echo 'END events=0')
	[[ "$stderr" = *"<stdin>:2: line too long"* ]]
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[1]}" = *'"line":2,"size":100000000,'* ]]
	[ "${#lines[1]}" -lt 5000 ]
	[[ "${lines[2]}" = *'"kind":"end"'* ]]
}

@test "binary garbage and NUL bytes are kept, exactly" {
	printf 'TRACE v=1 run=1\nEVENT \0\1\377 x\nEND events=0\n' \
	    >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr dt-tojsonl "$BATS_TEST_TMPDIR/in"
	[[ "${lines[1]}" = *'"text":"EVENT \u0000\u0001�'* ]]
	b64=${lines[1]##*'"text_b64":"'}
	b64=${b64%%\"*}
	cmp <(base64 -d <<<"$b64") <(printf 'EVENT \0\1\377 x')
	head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/noise"
	run -1 dt-tojsonl "$BATS_TEST_TMPDIR/noise"
}

@test "of many bad lines the first twenty are told, and how many more" {
	run -1 --separate-stderr dt-tojsonl -f dt < <(
		for i in {1..50}; do echo "bad $i"; done)
	[ "${#lines[@]}" -eq 50 ]
	[ "${#stderr_lines[@]}" -eq 21 ]
	[ "${stderr_lines[20]}" = "dt-tojsonl: <stdin>: 30 more lines like these" ]
}

@test "-e leaves out as many events as a record stands for" {
	run -0 --separate-stderr bash -c 'dt-tojsonl -e read' <<<'TRACE v=1 run=a
EVENT kind=syscall name=open count=4
EVENT kind=syscall name=open
END events=5'
	[[ "$output" = *'"events":5,"name":"not-selected"'* ]]
}

@test "-e keeps events by name or kind, their numbers add up, and what it left out is not clean" {
	run -0 bash -c "dt-tojsonl -e openat,signal dt/everything.txt |
		dt-normalize | dt-sigs"
	[[ "$output" = *'"event_count": 15,'* ]]
	[[ "$output" = *'"ended_events": 15,'* ]]
	[[ "$output" = *'"complete": false'*'"not-selected"'* ]]
	[[ "$output" = *"dt-sigs: phase 'smoke' is incomplete: not-selected"* ]]
	run -0 dt-tojsonl -e openat,signal dt/everything.txt
	[[ "$output" != *'"name":"unlinkat"'* ]]
	[[ "$output" = *'"name":"openat"'*'"name":"SIGSYS"'* ]]
	run -0 dt-tojsonl -e '!openat' dt/everything.txt
	[[ "$output" != *'"name":"openat","ret"'* ]]
	run -2 dt-tojsonl -e '' dt/everything.txt
	[ "$output" = "dt-tojsonl: --events '': an empty list" ]
}

@test "each file is a stream of its own" {
	run -0 dt-tojsonl dt/sonoma.txt dt/dropped.txt
	[ "$output" = "$(cat dt/sonoma.jsonl dt/dropped.jsonl)" ]
}

@test "names and text of the program cannot forge a record" {
	run -0 --separate-stderr dt-tojsonl dt/everything.txt
	[ "${#lines[@]}" -eq "$(wc -l <dt/everything.jsonl)" ]
	LC_ALL=C run ! grep -P '[\x00-\x09\x0b-\x1f]' dt/everything.jsonl
}

@test "an END whose TRACE is lost is told, and no capture after it makes up" {
	run -1 --separate-stderr dt-tojsonl <<<'END events=0
TRACE v=1 run=b'
	[[ "$stderr" = *"an END without its TRACE: the beginning is lost"* ]]
	[[ "${lines[0]}" = *'"code":"trace-lost"'* ]]
	run -0 bash -c "printf 'END events=0\nTRACE v=1 run=b\n' |
		dt-tojsonl 2>/dev/null | dt-normalize | dt-sigs 2>/dev/null"
	[[ "$output" = *'"complete": false'* ]]
}

@test "a TRACE of more than 64 KiB is read" {
	run -0 --separate-stderr dt-tojsonl <<<"TRACE v=1 run=1 arg0=$(
	    head -c 200000 /dev/zero | tr '\0' a)
END events=0"
	[ "${#lines[@]}" -eq 2 ]
}

@test "a frame cannot forge a record" {
	run -0 --separate-stderr dt-tojsonl <<<'TRACE v=1 run=1
EVENT kind=syscall name=open errno=13 stack=1
 EVENT kind=syscall name=forged errno=13
 ENDSTACK
ENDSTACK
END events=1'
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[1]}" = *'"stack":["EVENT kind=syscall name=forged errno=13","ENDSTACK"]'* ]]
}

@test "a probe report's line cannot take more memory than a line has" {
	run -1 --separate-stderr dt-tojsonl -f probe <<<"{\"probe\":\"outcome\",\"action\":\"x\",\"a\":[$(
	    head -c 20000 /dev/zero | sed 's/\x0/1,/g')1]}"
	[[ "$stderr" = *"too much in one line"* ]]
	run -1 --separate-stderr dt-tojsonl -f probe <<<'{"probe":"outcome","action":"x","call":"a","call":"b"}'
	[[ "$stderr" = *"a key that is there twice"* ]]
}

@test "of a signature so much is kept, and what is more is unparsed" {
	{
		echo Executable=/x
		for ((i = 0; i < 600; i++)); do
			echo "    $i=00ff"
		done
	} >"$BATS_TEST_TMPDIR/many"
	run -1 --separate-stderr dt-tojsonl "$BATS_TEST_TMPDIR/many"
	[ "$(grep -c '"too much of one file"' <<<"$output")" -eq 88 ]
	[ "$(tail -n 1 <<<"$output" | jq '.fields | length')" -eq 512 ]
}

@test "a document that is too long is unparsed, and the next one is read" {
	{
		echo '{ "kind": "fs_op", "pad": ['
		for ((i = 0; i < 30000; i++)); do
			echo '"0123456789abcdef0123456789abcdef0123456789abcdef",'
		done
		echo ']}'
		echo '{"kind":"fs_op","op":"stat","path":"/x","errno":1}'
	} >"$BATS_TEST_TMPDIR/long"
	run -1 --separate-stderr dt-tojsonl -v "$BATS_TEST_TMPDIR/long"
	[ "$(jq -r 'select(.reason == "a document that is too long") | .line' \
	    <<<"$output" | head -n 1)" -eq 1 ]
	run -0 jq -c 'select(.kind == "probe") | [.name, .errno]' <<<"$output"
	[ "$output" = '["stat",1]' ]
}
