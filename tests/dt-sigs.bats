bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	cd "$BATS_TEST_DIRNAME/../fixtures"
	set -o pipefail
}

# inputs JSONL: the member `incomplete` of the one phase, on one line.
incomplete() {
	dt-normalize | dt-sigs 2>/dev/null |
		sed -n '/"incomplete"/,/]/p' | tr -d ' \n'
}

@test "an empty input gives a valid document that is not complete" {
	run -0 --separate-stderr dt-sigs </dev/null
	[[ "$output" = *'"complete": false'* ]]
	[[ "$output" = *'"world_id": null'* ]]
	[ "$stderr" = "dt-sigs: no capture in the input: nothing can be said" ]
	run -0 dt-sigs -T </dev/null
	[ "$output" = "nothing was captured" ]
}

@test "the order of the records does not matter" {
	want=$(dt-sigs dt/*.norm strace/calls.norm 2>/dev/null || [ $? -eq 1 ])
	for i in 1 2 3; do
		got=$(cat dt/*.norm strace/calls.norm | shuf --random-source=<(
			yes "$i") | dt-sigs 2>/dev/null || [ $? -eq 1 ])
		[ "$got" = "$want" ]
	done
}

@test "what was not captured whole is never complete" {
	trace='{"kind":"trace","run":"1"}'
	event='{"kind":"syscall","run":"1","name":"open","errno":13}'
	run -0 incomplete <<<"$trace
$event
{\"kind\":\"end\",\"run\":\"1\",\"events\":1}"
	[ "$output" = '"incomplete":[]' ]
	run -0 incomplete <<<"$trace
$event"
	[ "$output" = '"incomplete":["no-end"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"end\",\"run\":\"1\",\"events\":1}"
	[ "$output" = '"incomplete":["missing-events"]' ]
	run -0 incomplete <<<"$trace
$event
{\"kind\":\"end\",\"run\":\"1\",\"events\":1,\"complete\":false}"
	[ "$output" = '"incomplete":["no-end"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"drop\",\"count\":0}
{\"kind\":\"end\",\"run\":\"1\",\"events\":0}"
	[ "$output" = '"incomplete":["dropped"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"end\",\"run\":\"1\",\"events\":0,\"dropped\":3}"
	[ "$output" = '"incomplete":["dropped"]' ]
	run -0 incomplete <<<"$event"
	[ "$output" = '"incomplete":["format-has-no-end"]' ]
	run -0 incomplete <<<"$trace
$event
$event
{\"kind\":\"end\",\"run\":\"1\",\"events\":1}"
	[ "$output" = '"incomplete":["format-has-no-end"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"unparsed\",\"text\":\"x\",\"reason\":\"y\"}
{\"kind\":\"end\",\"run\":\"1\",\"events\":0}"
	[ "$output" = '"incomplete":["parse-errors"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"end\",\"run\":\"1\",\"events\":0}
{\"kind\":\"end\",\"run\":\"1\",\"events\":0}"
	[ "$output" = '"incomplete":["missing-events"]' ]
	run -0 incomplete <<<"$trace
{\"kind\":\"diagnostic\",\"level\":\"error\",\"code\":\"x\"}
{\"kind\":\"end\",\"run\":\"1\",\"events\":0}"
	[ "$output" = '"incomplete":["blocked"]' ]
}

@test "a capture that has too much does not make up for one that has too little" {
	run -0 incomplete <<<'{"kind":"trace","run":"1"}
{"kind":"syscall","run":"2","name":"open","errno":13}
{"kind":"end","run":"2","events":1}'
	[ "$output" = '"incomplete":["unbalanced"]' ]
	run -0 incomplete <<<'{"kind":"trace","run":"1"}
{"kind":"trace","run":"2"}
{"kind":"syscall","run":"2","name":"open","errno":13}
{"kind":"syscall","run":"2","name":"open","errno":13}
{"kind":"end","run":"2","events":1}
{"kind":"end","run":"1","events":1}'
	[ "$output" = '"incomplete":["unbalanced"]' ]
	run -0 incomplete <<<'{"kind":"trace","run":"1"}
{"kind":"trace","run":"2"}
{"kind":"syscall","run":"2","name":"open","errno":13}
{"kind":"count","run":"1","name":"left-out","events":2}
{"kind":"end","run":"2","events":1}
{"kind":"end","run":"1","events":2}'
	[ "$output" = '"incomplete":[]' ]
}

@test "an event counts as often as its count says, and at least once" {
	run -0 bash -c 'dt-normalize | dt-sigs' <<<'{"kind":"trace","run":"1"}
{"kind":"syscall","run":"1","name":"open","errno":13,"count":3}
{"kind":"syscall","run":"1","name":"open","errno":13}
{"kind":"syscall","run":"1","name":"open","errno":13,"count":0}
{"kind":"syscall","run":"1","name":"open","errno":2,"count":10}
{"kind":"end","run":"1","events":15}'
	[[ "$output" = *'"event_count": 15,'*'"deny_count": 5,'* ]]
	[[ "$output" = *'"run_balance": "0000000000000000"'* ]]
	[[ "$output" = *'"complete": true'*'"count": 5'* ]]
}

@test "events that a record stands for are missing when it is" {
	run -0 incomplete <<<'{"kind":"trace","run":"1"}
{"kind":"syscall","run":"1","name":"open","errno":13,"count":3}
{"kind":"end","run":"1","events":4}'
	[ "$output" = '"incomplete":["missing-events"]' ]
}

@test "a count of denials beyond all numbers is an error, not a sum cut off" {
	event='{"kind":"syscall","name":"open","errno":13,"count":9223372036854775807}'
	run -1 --separate-stderr bash -c 'dt-normalize | dt-sigs' <<<"$event
$event"
	[ -z "$output" ]
}

@test "an incomplete phase is told on stderr too" {
	run -0 --separate-stderr dt-sigs dt/dropped.norm
	[ "$stderr" = "dt-sigs: phase 'idle' is incomplete: dropped" ]
}

@test "a line that is no record is counted, reported and kept" {
	run -1 --separate-stderr dt-sigs <<<'nope'
	[ "${stderr_lines[0]}" = "dt-sigs: <stdin>:1: not JSON" ]
	[[ "$output" = *'"parse_error_count": 1'* ]]
	[[ "$output" = *'"not JSON: nope"'* ]]
}

@test "of records of which some could not be read nothing is said" {
	echo keep >"$BATS_TEST_TMPDIR/out"
	for missing in dt/nosuch.norm dt; do
		run -1 --separate-stderr dt-sigs -o "$BATS_TEST_TMPDIR/out" \
		    dt/sonoma.norm "$missing" dt/smoke.norm
		[ -z "$output" ]
		[[ "$stderr" = "dt-sigs: $missing: "* ]]
		[ "$(cat "$BATS_TEST_TMPDIR/out")" = keep ]
	done
}

@test "an event that was not normalized is refused" {
	run -1 --separate-stderr dt-sigs dt/sonoma.jsonl
	[ "${stderr_lines[0]}" = "dt-sigs: dt/sonoma.jsonl:2: an event without 'deny': it is not normalized" ]
	[[ "$output" = *'"complete": false'* ]]
}

@test "the first hundred parse errors of a phase are kept, in order" {
	run -1 --separate-stderr dt-sigs < <(
		for i in {1..300}; do printf 'bad %03d\n' "$i"; done | shuf)
	[[ "$output" = *'"parse_error_count": 300'* ]]
	[ "$(grep -c '"not JSON: bad' <<<"$output")" -eq 100 ]
	[ "$(grep '"not JSON: bad' <<<"$output" | head -n 1 | tr -d ' ')" = '"notJSON:bad001",' ]
	[[ "$output" = *'"not JSON: bad 100"'* ]]
	[[ "$output" != *'bad 101'* ]]
}

@test "two worlds in one fold are an error that names both" {
	run -1 --separate-stderr dt-sigs dt/sonoma.norm dt/dropped.norm
	[ -z "$output" ]
	[[ "$stderr" = "dt-sigs: two worlds in one fold: 'sonoma-"*"' and 'linux-"* ]]
}

@test "no run, time, pid or file name is in the document" {
	for f in dt/sonoma dt/smoke; do
		run=$(grep -o '"run":"[^"]*"' "$f.norm" | head -n 1 | cut -d'"' -f4)
		[ -n "$run" ]
		run ! grep -F -e "$run" -e '"pid"' -e '"ts"' -e "$f" "$f.sigs"
	done
}

@test "signatures are sorted by phase, then count, then the rest" {
	run -0 bash -c 'for i in 1 2 3; do cat dt/sonoma.norm; done |
		cat - <(sed -n 4p dt/sonoma.norm) | dt-sigs 2>/dev/null |
		grep -E "\"(name|count)\"" | tr -d " \n"'
	[ "$output" = '"name":"stat64","count":4"name":"open_nocancel","count":3' ]
}

@test "a path's control bytes do not reach the terminal from -T" {
	run -0 dt-sigs -T dt/everything.norm
	[[ "$output" = *'tab\x09here\x0a\x1b[31m'* ]]
	[[ "$output" != *$'\033'* ]]
}

@test "memory grows with distinct signatures only" {
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	rusage=$(dirname "$(command -v dt-sigs)")/tests/rusage
	sed -n 2p dt/sonoma.norm >"$BATS_TEST_TMPDIR/one"
	awk '{ for (i = 0; i < 100000; i++) print }' "$BATS_TEST_TMPDIR/one" \
	    >"$BATS_TEST_TMPDIR/many"
	"$rusage" "$BATS_TEST_TMPDIR/a" dt-sigs "$BATS_TEST_TMPDIR/one" >/dev/null 2>&1
	"$rusage" "$BATS_TEST_TMPDIR/b" dt-sigs "$BATS_TEST_TMPDIR/many" >/dev/null 2>&1
	a=$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/a")
	b=$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/b")
	[ "$b" -lt $((a + 512)) ]
}

@test "negative numbers are refused, and sums that do not fit are an error" {
	for wrong in '"kind":"end","events":-1' '"kind":"end","events":1,"dropped":-1' \
	    '"kind":"drop","count":-1' '"kind":"count","events":-1'; do
		run -1 --separate-stderr dt-sigs <<<"{$wrong}"
		[ "${stderr_lines[0]}" = "dt-sigs: <stdin>:1: a number of events below zero" ]
	done
	big='{"kind":"end","events":9223372036854775807}'
	run -1 --separate-stderr dt-sigs <<<"$big
$big"
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: <stdin>:2: a sum that is out of range" ]
}

@test "an END without its number, or a diagnostic of no known level, is no good sign" {
	run -1 --separate-stderr dt-sigs <<<'{"kind":"end"}'
	[ "${stderr_lines[0]}" = "dt-sigs: <stdin>:1: an end without its number of events" ]
	for level in fatal lost Error; do
		run -0 incomplete <<<"{\"kind\":\"trace\"}
{\"kind\":\"diagnostic\",\"level\":\"$level\"}
{\"kind\":\"end\",\"events\":0}"
		[ "$output" = '"incomplete":["blocked"]' ]
	done
}

@test "a document that holds events of no known world is of none" {
	run -0 bash -c "(cat dt/sonoma.norm
		dt-normalize <<<'{\"kind\":\"syscall\",\"name\":\"open\"}') |
		dt-sigs 2>/dev/null"
	[[ "$output" = *'"world_id": null,'* ]]
}
