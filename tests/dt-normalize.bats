bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	cd "$BATS_TEST_DIRNAME/../fixtures"
	worlds=$BATS_TEST_DIRNAME/../world.json
	sonoma='sonoma-14.4.1-23E224-arm64-dyld-2c0602c5'
	set -o pipefail
}

# event 'MEMBERS': one event, normalized.
event() {
	dt-normalize <<<"{\"v\":1,\"kind\":\"syscall\",\"tracer\":\"strace\",$1}"
}

@test "the input's bytes pass through, with members put behind them" {
	line='{ "kind" : "syscall" , "name":"open", "errno":13, "odd\u00e9":[1,{"a":null}], "path":"\/x" }'
	run -0 dt-normalize <<<"$line"
	[[ "$output" = "${line%\}}"* ]]
	[[ "$output" = *'"path_shape":"/x"}' ]]
}

@test "normalizing twice is normalizing once" {
	for f in */*.norm; do
		dt-normalize -w "$worlds" "$f" | cmp - "$f"
	done
}

@test "a denial is EPERM or EACCES, or what its source calls one" {
	[[ "$(event '"name":"open","errno":1')" = *'"deny":true'* ]]
	[[ "$(event '"name":"open","errno":13')" = *'"deny":true'* ]]
	[[ "$(event '"name":"open","errno":2')" = *'"deny":false'* ]]
	[[ "$(event '"name":"open","errno":0')" = *'"deny":false'* ]]
	[[ "$(event '"name":"open","denied_by":"seccomp"')" = *'"deny":true'* ]]
	[[ "$(event '"name":"epoll_ctl","errno":1')" = *'"deny":false'* ]]
	[[ "$(event '"name":"open","errno":13,"fields":{"injected":"1"}')" = *'"deny":false'* ]]
}

@test "open flags decide the operation" {
	[[ "$(event '"name":"openat","errno":13,"flags":0')" = *'"op":"file-read-data"'*'"op_status":"mapped"'* ]]
	[[ "$(event '"name":"openat","errno":13,"flags":1')" = *'"op":"file-write-data"'*'"op_status":"mapped"'* ]]
	[[ "$(event '"name":"openat","errno":13,"flags":193')" = *'"op":"file-write-create"'*'"op_status":"mapped"'* ]]
	[[ "$(event '"name":"openat","errno":13,"flags":65')" = *'"op":"file-write-create"'*'"op_status":"partial"'* ]]
	[[ "$(event '"name":"openat","errno":13')" = *'"op_status":"partial"'* ]]
	[[ "$(event '"name":"nosuchcall","errno":13')" = *'"op":null'*'"op_status":null'* ]]
}

@test "an operation that the source names is witnessed" {
	[[ "$(event '"name":"x","op":"mach-lookup"')" = *'"op_status":"witnessed"'* ]]
}

@test "the same errno number has another name on another system" {
	run -0 dt-normalize <<<'{"kind":"trace","run":"a","host":{"sysname":"Darwin"}}
{"kind":"syscall","run":"a","name":"read","errno":35}
{"kind":"trace","run":"b","host":{"sysname":"Linux"}}
{"kind":"syscall","run":"b","name":"read","errno":35}
{"kind":"syscall","run":"a","name":"read","errno":35}'
	[[ "${lines[1]}" = *'"errno_name":"EAGAIN"'* ]]
	[[ "${lines[3]}" = *'"errno_name":"EDEADLK"'* ]]
	[[ "${lines[4]}" = *'"errno_name":"EAGAIN"'* ]]
}

@test "a known world is found by its facts, another is derived from them" {
	run -0 dt-normalize -w "$worlds" dt/sonoma.jsonl
	[[ "${lines[1]}" = *"\"world_id\":\"$sonoma\""* ]]
	run -0 dt-normalize dt/sonoma.jsonl
	[[ "${lines[1]}" = *'"world_id":"darwin-macos-14.4.1-23.4.0-arm64-'* ]]
	run -0 dt-normalize <<<'{"kind":"syscall","name":"open"}'
	[[ "$output" = *'"world_id":null'* ]]
}

@test "the derived id changes with any fact, and with nothing else" {
	id() {
		dt-normalize | head -n 1 | sed 's/.*"world_id":"\([^"]*\)".*/\1/'
	}
	a=$(id <<<'{"kind":"trace","run":"1","host":{"sysname":"Linux","release":"6.1","machine":"x86_64","lsm":"yama"}}')
	b=$(id <<<'{"kind":"trace","run":"2","ts":5,"host":{"lsm":"yama","machine":"x86_64","sysname":"Linux","release":"6.1"}}')
	c=$(id <<<'{"kind":"trace","run":"1","host":{"sysname":"Linux","release":"6.1","machine":"x86_64","lsm":"landlock"}}')
	[[ "$a" = linux-6.1-x86_64-???????? ]]
	[ "$a" = "$b" ]
	[ "$a" != "$c" ]
}

@test "-W names the world, and a contradiction is an error" {
	run -0 dt-normalize -W mine dt/macpolicy.jsonl
	[[ "$output" = *'"world_id":"mine"'* ]]
	run -1 --separate-stderr dt-normalize -w "$worlds" -W "$sonoma" dt/dropped.jsonl
	[ "$stderr" = "dt-normalize: dt/dropped.jsonl:1: the capture is not of world '$sonoma': its sysname is 'Linux', not 'Darwin'" ] ||
	[[ "$stderr" = "dt-normalize: dt/dropped.jsonl:1: the capture is not of world '$sonoma': its "* ]]
	run -0 dt-normalize -w "$worlds" -W "$sonoma" dt/sonoma.jsonl
}

@test "-P names the phase of records that have none" {
	run -0 dt-normalize -P late <<<'{"kind":"syscall","name":"a"}
{"kind":"syscall","name":"b","phase":"early"}'
	[[ "${lines[0]}" = *'"phase":"late"'* ]]
	[[ "${lines[1]}" != *late* ]]
}

@test "-d leaves out what is no denial, and the numbers still add up" {
	run -0 bash -c "dt-normalize -d dt/everything.jsonl | dt-sigs"
	all=$(dt-normalize dt/everything.jsonl | dt-sigs)
	[ "$output" = "$all" ]
	run -0 dt-normalize -d dt/everything.jsonl
	[[ "$output" != *'"deny":false'* ]]
	[[ "$output" = *'"events":5,"name":"left-out"'* ]]
}

@test "-d leaves out as many events as a record stands for" {
	run -0 dt-normalize -d <<<'{"kind":"syscall","name":"open","errno":2,"count":7}
{"kind":"syscall","name":"open","errno":2}'
	[[ "$output" = *'"events":8,"name":"left-out"'* ]]
}

@test "-d on a stream that is already without them changes nothing" {
	dt-normalize -d dt/everything.jsonl >"$BATS_TEST_TMPDIR/once"
	dt-normalize -d "$BATS_TEST_TMPDIR/once" | cmp - "$BATS_TEST_TMPDIR/once"
}

@test "-r adds rules after ours; a bad rule names its line" {
	printf '# mine\n/srv/{name} /srv/$TENANT\n' >"$BATS_TEST_TMPDIR/rules"
	run -0 dt-normalize -r "$BATS_TEST_TMPDIR/rules" <<<'{"kind":"syscall","name":"open","path":"/srv/acme/x"}'
	[[ "$output" = *'"path_shape":"/srv/$TENANT/x"'*'"path_rules":["/srv/{name} -> /srv/$TENANT"]'* ]]
	echo '/srv/{nosuch} x' >>"$BATS_TEST_TMPDIR/rules"
	run -2 dt-normalize -r "$BATS_TEST_TMPDIR/rules"
	[[ "$output" = "dt-normalize: $BATS_TEST_TMPDIR/rules:3: "* ]]
	run -2 dt-normalize -r nowhere
	[ "$output" = "dt-normalize: --rules 'nowhere': No such file or directory" ]
}

@test "a world.json that is none is a usage error" {
	echo '{"worlds":[{"id":"x","facts":{"nosuch":"1"}}]}' >"$BATS_TEST_TMPDIR/w"
	run -2 dt-normalize -w "$BATS_TEST_TMPDIR/w"
	[[ "$output" = *"a fact that is no fact of a host, or no string" ]]
	run -2 dt-normalize -w dt/README
	[[ "$output" = "dt-normalize: dt/README: not JSON" ]]
}

@test "a line that is no record is reported with its place, and kept" {
	while IFS='|' read -r line why; do
		run -1 --separate-stderr dt-normalize <<<"$line"
		[ "$stderr" = "dt-normalize: <stdin>:1: $why" ]
		[[ "$output" = '{"v":1,"kind":"unparsed","line":1,"text":'*"\"reason\":\"$why\",\"world_id\":null}" ]]
	done <<-'EOF'
	nope|not JSON
	{"kind":"syscall"|JSON that is cut short
	{"kind":"syscall"} {}|more than one JSON value
	{"kind":"syscall"} x|not JSON
	[]|not a JSON object
	42|not a JSON object
	"kind"|not a JSON object
	{}|no string 'kind'
	{"kind":7}|no string 'kind'
	{"v":2,"kind":"syscall"}|a schema version that is not known
	{"kind":"syscall","errno":1e99}|'errno' is no whole number, or out of range
	{"kind":"syscall","errno":99999999999999999999}|'errno' is no whole number, or out of range
	EOF
}

@test "JSON that is too deep or not UTF-8 is refused, and the rest is read" {
	deep=$(printf '[%.0s' {1..100})
	run -1 --separate-stderr dt-normalize <<<"{\"kind\":\"syscall\",\"x\":$deep
{\"kind\":\"syscall\",\"name\":\"open\"}"
	[ "$stderr" = "dt-normalize: <stdin>:1: nested too deep" ]
	[ "${#lines[@]}" -eq 2 ]
	run -1 --separate-stderr dt-normalize < <(printf '{"kind":"syscall","name":"\377"}\n{"kind":"end"}\n')
	[ "$stderr" = "dt-normalize: <stdin>:1: not JSON" ]
	[[ "${lines[0]}" = *'"text_b64":'* ]]
	[[ "${lines[1]}" = '{"kind":"end"'* ]]
}

@test "a torn last line is an error, not a record" {
	run -1 --separate-stderr dt-normalize < <(printf '{"kind":"end"}')
	[ "$stderr" = "dt-normalize: <stdin>:1: torn line" ]
	[[ "$output" = *'"reason":"torn line"'* ]]
}

@test "a kind of a later version passes" {
	run -0 dt-normalize <<<'{"kind":"newer","name":"x","errno":13}'
	[[ "$output" = '{"kind":"newer","name":"x","errno":13,'*'"deny":true'* ]]
}

@test "a member of another type, or twice, is refused and not passed over" {
	while IFS='|' read -r line why; do
		run -1 --separate-stderr dt-normalize <<<"$line"
		[ "$stderr" = "dt-normalize: <stdin>:1: $why" ]
		[[ "$output" = *'"kind":"unparsed"'* ]]
	done <<-'EOF'
	{"kind":"syscall","name":"open","errno":"13"}|'errno' is of another type
	{"kind":"syscall","name":"open","errno":true}|'errno' is of another type
	{"kind":"syscall","name":"open","errno":[13]}|'errno' is of another type
	{"kind":"syscall","name":7}|'name' is of another type
	{"kind":"syscall","op":5}|'op' is of another type
	{"kind":"syscall","errno":13,"errno":0}|a key that is there twice
	{"kind":"syscall","kind":"output"}|a key that is there twice
	{"kind":"a\"b","name":"x"}|a 'kind' that is no word
	{"v":"2","kind":"syscall"}|'v' is of another type
	{"kind":"syscall","name":"open","errno":13,"deny":false}|normalized by half: there is no 'world_id'
	{"kind":"syscall","name":"open","errno":13,"world_id":null}|normalized by half: there is no 'deny'
	EOF
}

@test "many captures in one stream keep their systems" {
	run -0 bash -c "(for i in {1..500}; do
		echo \"TRACE v=1 run=r\$i tracer=dtrace sysname=FreeBSD release=14 machine=amd64\"; done
	for i in {1..500}; do
		echo \"EVENT run=r\$i kind=syscall name=openat ret=-1 errno=93 path=/x\"
		echo \"END run=r\$i events=1\"; done) |
		dt-tojsonl | dt-normalize | dt-sigs"
	[[ "$output" = *'"deny_count": 500,'* ]]
}

@test "-d leaves out no phase, even one of notes alone" {
	inputs() {
		dt-sigs 2>&1 >/dev/null | sort
	}
	diff <(dt-normalize strace/count.jsonl dt/smoke.jsonl | inputs) \
	    <(dt-normalize -d strace/count.jsonl dt/smoke.jsonl | inputs)
}

@test "who says what of an entitlement decides its evidence, and none is refused" {
	in=$BATS_TEST_TMPDIR/in
	for source in strings probe file; do
		printf '{"v":1,"kind":"entitlement","seq":1,"name":"k","errno":1,"fields":{"source":"%s"}}\n' $source
	done >"$in"
	echo '{"v":1,"kind":"entitlement","seq":1,"name":"k"}' >>"$in"
	echo '{"v":1,"kind":"code_signature","seq":1,"errno":13}' >>"$in"
	run -0 --separate-stderr dt-normalize "$in"
	run -0 jq -c '[.evidence, .deny]' <<<"$output"
	diff -u - <(echo "$output") <<-'EOF'
	["string-scan",false]
	["probe-layer",false]
	[null,false]
	[null,false]
	[null,false]
	EOF
}

@test "a probe is refused by its own word only where its format says so" {
	in=$BATS_TEST_TMPDIR/in
	for denied in 1 false 0; do
		printf '{"v":1,"kind":"probe","seq":1,"name":"x","fields":{"denied":"%s"}}\n' $denied
	done >"$in"
	echo '{"v":1,"kind":"syscall","seq":1,"name":"x","fields":{"denied":"1"}}' >>"$in"
	run -0 --separate-stderr dt-normalize "$in"
	run -0 jq -c .deny <<<"$output"
	[ "${lines[*]}" = "true false false false" ]
}
