bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR"
}

# event NAME BODY [MEMBERS]: a line with an event.
event() {
	printf '{"event_type":1,"process":{"audit_token":{"pid":7},"executable":{"path":"/bin/x"}}%s,"event":{"%s":%s}}\n' \
	    "${3:+,$3}" "$1" "$2"
}

@test "an audit token says the same as an object and as an array" {
	dt-tojsonl "$top/fixtures/eslogger/tokens.txt" | jq -cS '
	    del(.seq, .ts) | .fields |= with_entries(select(.key |
	    test("^(version|seq_num|global_seq_num|mach_time)$|cs_valid") |
	    not))' >all
	for v in 0 1 2 3; do
		sed -n "$((v * 3 + 1)),$((v * 3 + 3))p" all >"version$v"
		[ "$(wc -l <"version$v")" -eq 3 ]
		diff -u version0 "version$v"
	done
	jq -se '.[0] | .name == "fork" and .fields.child_pid == "950" and
	    .fields.child_pidversion == "31" and .uid == 502' version1
	jq -se '.[1] | .exe == "/opt/mill/bin/mill" and
	    .path == "/opt/mill/bin/grind" and .fields.target_pid == "950" and
	    (.fields.target_pidversion | tonumber) >
	    (.fields.pidversion | tonumber)' version1
}

@test "no event is a denial, whatever its verdict and its words" {
	cat "$top"/fixtures/eslogger/*.jsonl | dt-normalize >norm
	[ "$(jq -c 'select(.kind == "es_event") | .deny' norm |
	    sort -u)" = false ]
	[ "$(grep -c '"es_verdict":"deny"' norm)" -ge 2 ]
	run -0 jq -c 'select(.denied_by or .errno)' norm
	[ -z "$output" ]
}

@test "each row of the paths is where a path is taken from" {
	[ "$(grep -c '^P(' "$top/lib/espaths.def")" -gt 50 ]
	sed -n 's/^P(//p' "$top/lib/espaths.def" | tr -d '"\t )' |
	    LC_ALL=C sort -c -s -t , -k 1,1 -k 2,2
	while IFS=, read -r name to how a b; do
		case $how in
		FILE) want=/a body='{"path":"/a","path_truncated":false}' ;;
		UNDER) want=/a/b body='{"path":"/a"}' ;;
		TEXT) want=/a body='"/a"' ;;
		esac
		body=$(jq -nc --arg a "$a" --arg b "$b" --argjson v "$body" '
		    setpath($a / "."; $v) |
		    if $b != "" then setpath($b / "."; "b") else . end')
		event "$name" "$body" | dt-tojsonl -f eslogger >one
		[ "$(jq -r ".$to" one)" = "$want" ]
		[ "$(jq -r '.fields | keys | join(" ")' one)" = event_type ]
	done < <(sed -n 's/^P(//p' "$top/lib/espaths.def" | tr -d '"\t )')
}

@test "an exec with 3,000 arguments and as much environment is one record" {
	args=$(seq 1 3000 | jq -c -s 'map("argument \(.)")')
	env=$(seq 1 3000 | jq -c -s 'map("V\(.)=\(.)")')
	event exec "{\"args\":$args,\"env\":$env}" >long.txt
	run -0 dt-tojsonl long.txt
	[ "$(jq '.args | length' <<<"$output")" -eq 3000 ]
	[ "$(jq -r '.args[2999]' <<<"$output")" = "argument 3000" ]
	[ "$(jq -r '.fields["event.exec.env.2999"]' <<<"$output")" = V3000=3000 ]
	dt-normalize <<<"$output" | dt-sigs >/dev/null 2>&1
}

@test "what is too much for a line is unparsed, and the next event is read" {
	{
		event exec "{\"args\":[$(seq -s , 20000)]}" '"global_seq_num":1'
		event exit '{"stat":0}' '"global_seq_num":2'
	} >many.txt
	run -1 --separate-stderr dt-tojsonl many.txt
	[ "$(jq -r '.reason // .name' <<<"$output" | paste -sd ,)" = \
	    "too much in one line,exit" ]
}

@test "100,000 lines and a line of a megabyte take no time to speak of" {
	{
		event open "{\"file\":{\"path\":\"/$(head -c 1000000 /dev/zero |
		    tr '\0' x)\"}}"
		event open '{"file":{"path":"/x"}}' '"global_seq_num":N' |
		    awk '{ for (i = 0; i < 100000; i++) {
			s = $0; sub("N", i, s); print s } }'
	} >big.txt
	run -0 timeout 30 "$bin/dt-tojsonl" -v big.txt
	[ "$(tail -n 1 <<<"$output")" = \
	    "dt-tojsonl: big.txt: eslogger: 100001 lines, 100001 records, 0 unparsed" ]
}

@test "a gap in both numbers is counted once, and one of hidden lines never" {
	{
		event stat '{}' '"seq_num":1,"global_seq_num":1'
		event stat '{}' '"seq_num":9,"global_seq_num":9'
		event open 7 '"seq_num":1,"global_seq_num":10'
		event stat '{}' '"seq_num":10,"global_seq_num":11'
	} >gap.txt
	run -1 --separate-stderr dt-tojsonl gap.txt
	[ "$(jq -s '[.[] | select(.kind == "drop").count] | add' \
	    <<<"$output")" -eq 7 ]
}

@test "runs in the wrong order are told once each, and their gaps are counted" {
	{
		cat "$top/fixtures/eslogger/events.txt"
		sed 10,12d "$top/fixtures/eslogger/events.txt"
	} >twice.txt
	run -0 dt-tojsonl twice.txt
	[ "$(grep -c '"code":"es-order"' <<<"$output")" -eq 1 ]
	[ "$(jq -s '[.[] | select(.kind == "drop").count] | add' \
	    <<<"$output")" -eq 3 ]
}

@test "many kinds of event take no more memory, and are kept" {
	for i in {1..400}; do
		event "kind$i" '{}' '"seq_num":5'
		event "kind$i" '{}' '"seq_num":7'
	done >kinds.txt
	run -0 dt-tojsonl kinds.txt
	[ "$(grep -c es_event <<<"$output")" -eq 800 ]
	[ "$(grep -c '"kind":"drop"' <<<"$output")" -eq 256 ]
}

@test "a last line that is whole needs no newline" {
	printf %s "$(event exit '{"stat":0}')" >whole.txt
	run -0 dt-tojsonl whole.txt
	[[ $output == *'"name":"exit"'* ]]
}

@test "what a refused eslogger says alone is no clean capture" {
	echo "Failed to create ES client: Not permitted (ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED)" >no.txt
	run -0 dt-tojsonl no.txt
	[[ $output == *'"level":"error","code":"full-disk-access"'* ]]
	run -0 --separate-stderr dt-sigs < <(dt-normalize <<<"$output")
	[ "$(jq -c '[.complete, .inputs[0].blocked_count]' <<<"$output")" = \
	    '[false,1]' ]
}

@test "prose, source and other people's JSON are not taken for events" {
	cat >other.txt <<-'EOF'
	ES_NEW_CLIENT_RESULT_SUCCESS
	if (r == ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED) {
	{"event":{"click":{}},"process":{"pid":5},"event_type":"mouse"}
	{"message":"{\"event\":{},\"event_type\":1,\"process\":{},\"audit_token\":{},\"executable\":{}}"}
	EOF
	run -1 dt-tojsonl -v other.txt
	[[ $output == *"no format: 4 lines"* ]]
}
