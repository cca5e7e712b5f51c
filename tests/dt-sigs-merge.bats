bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	fixtures=$(cd "$BATS_TEST_DIRNAME/../fixtures" && pwd)
	smoke=$fixtures/dt/smoke.sigs
	sonoma=$fixtures/dt/sonoma.sigs
	# Lines of the fixture: that of the first count, and the last.
	count=$(grep -n '"count": 1' "$smoke" | head -n 1 | cut -d: -f1)
	last=$(wc -l <"$smoke")
	cd "$BATS_TEST_TMPDIR"
	set -o pipefail
}

# fold [option ...]: what dt-sigs makes of what may be refused or incomplete.
fold() {
	dt-sigs "$@" 2>/dev/null || [ $? -eq 1 ]
}

# Records of all kinds: every fixture, and what no record ever is.
all_records() {
	cat "$fixtures"/*/*.norm
	printf '%s\n' nope '{"v":2}' \
	    '{"kind":"count","name":"left-out","events":3}' \
	    '{"kind":"syscall","name":"y","deny":true,"count":5}' \
	    '{"kind":"syscall","name":"y","deny":true,"count":2}' \
	    '{"kind":"syscall","name":"x","deny":true,"path_shape":"\udc01"}' \
	    '{"kind":"syscall","name":"x","deny":true,"path_shape":"\udc02"}'
}

# split SEED FILE: spread its lines at random over some files part.*
split_records() {
	rm -f part.*
	shuf --random-source=<(yes "$1") "$2" | awk -v seed="$1" '
		BEGIN { srand(seed); n = 1 + int(rand() * 9) }
		{ print > ("part." int(rand() * n)) }'
}

# join SEED option ...: merge doc.* two by two, as chance will have it.
join_documents() {
	local seed=$1 n=0 pair
	shift
	while mapfile -t pair < <(printf '%s\n' doc.* |
	    shuf --random-source=<(yes "$seed$n") -n 2); [ ${#pair[@]} -eq 2 ]; do
		dt-sigs --merge "$@" "${pair[@]}" >merged 2>/dev/null
		rm "${pair[@]}"
		mv merged "doc.m$((n++))"
	done
}

@test "merged documents of any split, in any order and grouping, are the document of the whole" {
	all_records >all
	for options in "" -E -Eall; do
		fold -X $options all >want
		grep -q '"worlds"' want
		for seed in 1 2 3 4 5 6; do
			split_records "$seed" all
			rm -f doc.*
			for part in part.*; do
				fold -X -fjsonl $options "$part" >"doc.${part#*.}"
			done
			cat doc.* | fold -M -X $options | cmp - want
			join_documents "$seed" -X $options
			fold -M -X $options doc.* | cmp - want
		done
	done
}

@test "a document merged alone is itself, and so is one merged with an empty one" {
	for f in "$fixtures"/*/*.sigs; do
		fold -M "$f" | cmp - "$f"
		dt-sigs </dev/null 2>/dev/null | fold -M - "$f" | cmp - "$f"
	done
}

@test "no document at all on stdin is the empty document" {
	run -0 --separate-stderr dt-sigs -M </dev/null
	[ "$output" = "$(dt-sigs </dev/null 2>/dev/null)" ]
	[ "$stderr" = "dt-sigs: no capture in the input: nothing can be said" ]
}

@test "members may stand in any order" {
	/usr/bin/python3 -c '
import json, sys
def turn(x):
    if isinstance(x, dict):
        return {k: turn(x[k]) for k in reversed(x)}
    return [turn(y) for y in x] if isinstance(x, list) else x
json.dump(turn(json.load(sys.stdin)), sys.stdout)' <"$smoke" >turned
	fold -X "$fixtures/dt/smoke.norm" "$fixtures/dt/sonoma.norm" >two
	/usr/bin/python3 -c '
import json, sys
json.dump(json.load(sys.stdin), sys.stdout, sort_keys=True)' <two >sorted
	dt-sigs -M turned | cmp - "$smoke"
	dt-sigs -MX sorted | cmp - two
}

@test "two worlds are not merged by accident" {
	run -1 --separate-stderr dt-sigs -M "$smoke" "$sonoma"
	[ -z "$output" ]
	[[ "$stderr" = "dt-sigs: two worlds in one fold: 'linux-"*"' and 'sonoma-"* ]]
	run -0 dt-sigs -M -X "$smoke" "$sonoma"
	[[ "$output" = *'"world_id": null,'* ]]
	[ "$(grep -c '"worlds"' <<<"$output")" -eq 28 ]
	fold -MX "$smoke" "$sonoma" >both
	run -1 dt-sigs -M both
	[[ "$output" = "dt-sigs: two worlds in one fold: "* ]]
}

@test "a signature lists just the worlds that have it" {
	event() {
		echo "{\"kind\":\"syscall\",\"name\":\"$1\",\"deny\":true,\"world_id\":\"w$2\",\"phase\":\"p\"}"
	}
	for i in {100..250}; do
		event both "$i"
		[ "$i" -ne 177 ] || event one "$i"
	done >records
	run -0 bash -c "dt-sigs -X records 2>/dev/null | /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
for s in d[\"deny_signatures\"]:
    print(s[\"name\"], len(s[\"worlds\"]), s[\"worlds\"][0], s[\"worlds\"] == sorted(s[\"worlds\"]))'"
	[ "${lines[0]}" = "both 151 w100 True" ]
	[ "${lines[1]}" = "one 1 w177 True" ]
}

@test "the same document counts twice, but not with --once" {
	dt-sigs -M "$smoke" "$smoke" >twice
	[[ "$(dt-sigs -T -M twice | tail -n 1)" = "smoke: 76 events, 50 denied, complete" ]]
	dt-sigs -M1 "$smoke" >once
	dt-sigs -M1 "$smoke" "$smoke" once once | cmp - once
	dt-sigs -M1 -fjsonl "$smoke" | dt-sigs -M1 - "$smoke" | cmp - once
	cat "$smoke" once "$smoke" | dt-sigs -M1 | cmp - once
	[ "$(grep -A1 '"merged"' once | tail -n 1 | tr -d ' "')" = \
	    "$(dt-sigs -M -fjsonl "$smoke" | sha256sum | cut -d' ' -f1)" ]
	grep -v merged once >without
	run ! cmp -s once "$smoke"
}

@test "--once counts a document once, whatever is kept of it" {
	dt-sigs -E "$fixtures/dt/smoke.norm" >seen
	for options in "" -E; do
		dt-sigs -M1 $options seen >m
		dt-sigs -M1 m seen | dt-sigs -T -M >table
		[ "$(tail -n 1 table)" = "smoke: 38 events, 25 denied, complete" ]
	done
	dt-sigs -M1 <(cat "$smoke") <(cat "$smoke") | cmp - <(dt-sigs -M1 "$smoke")
}

@test "--once knows what was merged before, in any order and grouping" {
	for i in 1 2 3 4; do
		sed "s/\"count\":1/\"count\":$i/; s|/etc/|/etc$i/|g" \
		    "$fixtures/dt/sonoma.norm" | sed "s/TCC/TCC$i/g" |
			dt-sigs >"$i"
	done
	dt-sigs -M1 1 2 3 4 >all
	dt-sigs -M1 1 2 >a
	dt-sigs -M1 3 4 >b
	dt-sigs -M1 a b >ab
	cmp ab all
	for order in "1 a b" "a 1 2 b" "b ab 3" "2 1 ab" "4 b a b 1"; do
		read -ra files <<<"$order"
		dt-sigs -M1 "${files[@]}" | cmp - all
	done
}

@test "--once drops nothing that was selected in another way" {
	dt-sigs -M1 -n openat "$smoke" >a
	for files in "a $smoke" "$smoke a"; do
		read -ra files <<<"$files"
		run -1 --separate-stderr dt-sigs -M1 "${files[@]}"
		[ -z "$output" ]
		[ "$stderr" = "dt-sigs: '${files[0]}' and '${files[1]}': their signatures were selected in different ways" ]
	done
	dt-sigs -M1 a a | cmp - a
	run -1 bash -c "dt-sigs </dev/null 2>/dev/null | dt-sigs -M1 - a '$smoke'"
}

@test "documents that overlap are an error, whichever comes first" {
	for i in 1 2 3; do
		sed "s/TCC/TCC$i/g" "$fixtures/dt/sonoma.norm" | dt-sigs >"$i"
	done
	dt-sigs -M1 1 2 >a
	dt-sigs -M1 2 3 >b
	run -1 --separate-stderr dt-sigs -M1 a b
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: 'a' and 'b' hold the same document, and others" ]
	run -1 --separate-stderr dt-sigs -M1 b 1 a
	[ "$stderr" = "dt-sigs: 'b' and 'a' hold the same document, and others" ]
}

# refused MESSAGE: stdin is no document, for this reason, and nothing is written.
refused() {
	cat >bad
	echo keep >out
	run -1 --separate-stderr dt-sigs -M -o out bad "$smoke"
	[ "$stderr" = "dt-sigs: bad:$1" ] || { echo "$stderr" >&2; return 1; }
	[ -z "$output" ]
	[ "$(cat out)" = keep ]
	[ "$(printf '%s\n' out*)" = out ]
}

@test "what is no document is an error that says where and why, and leaves the output alone" {
	refused "1: no document in it" </dev/null
	refused "1: not JSON" <<<nope
	refused "1: not a JSON object" <<<'[]'
	refused "1: not a JSON object" <<<12
	refused "1: 'schema' is of another type" <<<'{"schema":0}'
	refused "1: 'v' is no member of a signature document" \
	    <"$fixtures/dt/smoke.norm"
	refused "2: schema 'dt-signatures/2' is not known" < \
	    <(sed 's|signatures/1|signatures/2|' "$smoke")
	refused "51: JSON that is cut short" < <(head -n 50 "$smoke")
	refused "$((last + 1)): JSON that is cut short" < \
	    <(cat "$smoke"; printf '"')
	refused "$((last + 1)): not JSON" < <(cat "$smoke"; echo '}')
	refused "1: a signature document without 'schema'" <<<'{}'
}

@test "a document cut anywhere is refused" {
	dt-sigs -M -fjsonl "$sonoma" >line
	size=$(($(wc -c <line) - 2))
	for ((n = 1; n <= size; n += 7)); do
		head -c "$n" line >bad
		run -1 --separate-stderr dt-sigs -M bad
		[ -z "$output" ]
	done
}

@test "a member twice, or one that is missing, is an error" {
	refused "$count: 'count' stands twice" < \
	    <(sed '0,/"count": 1/s//"count": 1, "count": 1/' "$smoke")
	refused "3: 'schema' stands twice" < <(sed '2p' "$smoke")
	refused "$((count + 1)): a signature without 'count'" < \
	    <(sed '0,/"path2_shape": "",/s//"path2_shape": ""/; 0,/"count": 1/s///' "$smoke")
	refused "$last: phase 'smoke': its signatures do not add up to 'deny_count'" < \
	    <(sed '0,/"deny_count": 25/s//"deny_count": 24/' "$smoke")
}

@test "numbers below zero or out of range are errors, and no sum is cut off" {
	refused "$count: 'count' is below zero" < <(sed 's/"count": 1/"count": -1/' "$smoke")
	refused "$((count + 1)): a signature with a 'count' of zero" < \
	    <(sed '0,/"count": 1/s//"count": 0/' "$smoke")
	refused "$count: 'count' is no whole number, or out of range" < \
	    <(sed '0,/"count": 1/s//"count": 9223372036854775808/' "$smoke")
	refused "$count: 'count' is no whole number, or out of range" < \
	    <(sed '0,/"count": 1/s//"count": 1.5/' "$smoke")
	sed 's/"ended_events": 38/"ended_events": 9223372036854775807/
	    s/"event_count": 38/"event_count": 9223372036854775807/' "$smoke" >big
	dt-sigs -M big | cmp - big
	run -1 --separate-stderr dt-sigs -M big "$smoke"
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: $smoke:$last: a sum that is out of range" ]
}

@test "a document that contradicts itself is an error" {
	refused "$last: phase 'smoke': 'complete' and 'incomplete' do not follow from its sums" < \
	    <(sed 's/"dropped": 0/"dropped": 1/' "$smoke")
	refused "$last: 'complete' does not follow from the inputs" < \
	    <(sed '0,/"complete": true/s//"complete": false/' "$smoke")
	refused "$last: a signature of phase 'idle', which is no input" < \
	    <(sed '36,$s/"phase": "smoke"/"phase": "idle"/' "$smoke")
	refused "$last: phase 'smoke': other 'parse_errors' than were counted" < \
	    <(sed 's/"parse_errors": {/&"smoke":["x"]/' "$smoke")
	refused "$last: 'parse_errors' of a phase that is no input" < \
	    <(sed 's/"parse_errors": {/&"idle":["x"]/' "$smoke")
	refused "$((count + 15)): a signature stands twice" < \
	    <(sed $((count + 1))'a\
    {"phase":"smoke","kind":"signal","name":"chroot","errno":null,"errno_name":null,"op":"file-chroot","op_status":"mapped",\
    "evidence":"kernel-decision","denied_by":"seccomp","path_shape":"/tmp/jail_probe.$TMP/refused/sub","path2_shape":"","count":1\
\
\
\
\
\
\
\
\
\
\
\
    },' "$smoke")
}

@test "a string without an end is refused before it fills the memory" {
	{
		printf '{"schema":"dt-signatures/1","world_id":"'
		head -c 20000000 /dev/zero | tr '\0' x
	} >long
	run -1 --separate-stderr dt-sigs -M long
	[ "$stderr" = "dt-sigs: long:1: a string that is too long" ]
}

@test "every bad document is told, not only the first" {
	run -1 --separate-stderr dt-sigs -M nofile1 "$fixtures/dt/smoke.norm" nofile2
	[ "${#stderr_lines[@]}" -eq 3 ]
	[ "${stderr_lines[2]}" = "dt-sigs: nofile2: No such file or directory" ]
}

@test "a full disk is an error, also with -o" {
	run -1 sh -c "dt-sigs -M '$smoke' >/dev/full"
	[ "$output" = "dt-sigs: <stdout>: No space left on device" ]
	run -1 dt-sigs -M -o /dev/full "$smoke"
	[ "$output" = "dt-sigs: /dev/full: No space left on device" ]
	[ -c /dev/full ]
}

@test "-o writes the whole file or leaves what is there, whatever it is" {
	echo old >out
	chmod 640 out
	ln -s out link
	dt-sigs -M -o link "$smoke"
	[ -L link ]
	cmp out "$smoke"
	[ "$(stat -c %a out)" = 640 ]
	dt-sigs -M -o new "$smoke"
	cmp new "$smoke"
	ln -s nowhere dangling
	dt-sigs -M -o dangling "$smoke"
	[ -L dangling ]
	cmp nowhere "$smoke"
	mkfifo fifo
	cat fifo >got &
	dt-sigs -M -o fifo "$smoke"
	wait $!
	cmp got "$smoke"
	run -1 dt-sigs -M -o /nonexistent/x "$smoke"
	[ "$output" = "dt-sigs: --output '/nonexistent/x': No such file or directory" ]
}

@test "-o leaves no file behind, and knows stdout under any name" {
	mkdir sub
	run -1 --separate-stderr bash -c "cd sub; ulimit -f 1; dt-sigs -M -o big '$smoke'"
	[ "$stderr" = "dt-sigs: big: File too large" ]
	[ -z "$(ls -A sub)" ]
	echo first >log
	for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		dt-sigs -M -o "$name" "$smoke" >>log
	done
	[ "$(head -n 1 log)" = first ]
	[ "$(wc -l <log)" -eq $((4 * last + 1)) ]
	[ -L /dev/stdout ]
	long=$(printf '%0255d' 0)
	dt-sigs -M -o "$long" "$smoke"
	cmp "$long" "$smoke"
}

@test "patterns select signatures, and the document says by what" {
	count() { dt-sigs -M "$@" "$smoke" | grep -c '"count": '; }
	[ "$(count -O 'file-write*')" -eq 9 ]
	[ "$(count -O 'process-exec*')" -eq 1 ]
	[ "$(count -e EPERM)" -eq 3 ]
	[ "$(count -e 1)" -eq 3 ]
	[ "$(count -e EPERM -e 13)" -eq 23 ]
	[ "$(count -n openat -p '*/refused/new*')" -eq 2 ]
	[ "$(count -p '*/moved')" -eq 1 ]
	[ "$(count -B seccomp)" -eq 2 ]
	[ "$(count -B -)" -eq 23 ]
	[ "$(count -k signal)" -eq 2 ]
	run -0 dt-sigs -M -O 'b*' -O 'a*' -n x "$smoke"
	[[ "$output" = *'"name=x, op=a* | op=b*"'* ]]
	[[ "$output" = *'"deny_count": 25,'* ]]
	run -2 dt-sigs -M -O '' "$smoke"
	[ "${lines[0]}" = "dt-sigs: --op: an empty pattern" ]
}

@test "selecting before merging and after gives the same, and mixing the two is an error" {
	dt-sigs -M "$smoke" "$smoke" | dt-sigs -M -n openat >after
	dt-sigs -M -n openat "$smoke" >part
	dt-sigs -M part part | cmp - after
	run -1 dt-sigs -M part "$smoke"
	[ "$output" = "dt-sigs: $smoke:$last: its signatures were selected in another way" ]
}

@test "totals add up what has the same members" {
	run -0 dt-sigs -M -g op,denied_by "$smoke" "$smoke"
	[ "${lines[0]}" = "COUNT  SIGNATURES  OP                  DENIED_BY" ]
	[ "${lines[1]}" = "    8           4  file-read-data      -" ]
	dt-sigs -g errno -f json "$fixtures/dt/smoke.norm" >totals.json
	run -0 grep -c '"signatures"' totals.json
	[ "$output" -eq 3 ]
	/usr/bin/python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/validate.py" \
	    "$BATS_TEST_DIRNAME/../docs/totals.schema.json" totals.json
	run -2 dt-sigs -M -g nothing "$smoke"
	[ "$output" = "dt-sigs: --group-by 'nothing': no member of a signature" ]
}

@test "evidence is the least run and number of each tracer" {
	for place in ',"run":"b","seq":1,"tracer":"strace"' \
	    ',"run":"a","seq":20,"tracer":"strace"' \
	    ',"run":"a","seq":3,"tracer":"strace"' ',"tracer":"strace"' \
	    ',"run":"c","seq":9,"tracer":"bpf"'; do
		echo "{\"kind\":\"syscall\",\"name\":\"x\",\"deny\":true,\"phase\":\"p\"$place}"
	done >records
	run -0 bash -c 'dt-sigs -E -fjsonl records 2>/dev/null |
		grep -o "\"sources\":.*\"path_shape\":{"'
	[[ "$output" = '"sources":[{"tracer":"bpf","run":"c","seq":9},{"tracer":"strace","run":"a","seq":3}]}],"path_shape":{' ]]
	run -0 bash -c 'dt-sigs -Eall -fjsonl records 2>/dev/null |
		grep -o "\"records\":.*\"path_shape\":{" | grep -o "\"run\":\"[abc]\",\"seq\":[0-9]*"'
	[ "${lines[*]}" = '"run":"a","seq":3 "run":"a","seq":20 "run":"b","seq":1 "run":"c","seq":9' ]
}

@test "the records of a signature are those that were folded into it" {
	dt-sigs -Eall "$fixtures/dt/smoke.norm" >doc.json
	/usr/bin/python3 -c '
import json, sys
doc = json.load(open("doc.json"))
lines = [json.loads(l) for l in open(sys.argv[1])]
denied = [l for l in lines if l.get("deny")]
held = [r for s in doc["deny_signatures"] for r in s["records"]]
assert sorted(map(json.dumps, held)) == sorted(map(json.dumps, denied))
for s in doc["deny_signatures"]:
    assert len(s["records"]) == s["count"]
    for r in s["records"]:
        assert r.get("path_shape", "") == s["path_shape"], r
' "$fixtures/dt/smoke.norm"
	run -0 dt-sigs -M doc.json
	[ "$output" = "$(cat "$smoke")" ]
}
