bats_require_minimum_version 1.5.0

load helper

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	PATH=$bin:$PATH
	out=$BATS_TEST_TMPDIR/out
	cd "$top"
	set -o pipefail
	tracer=strace
	[ "$(uname -s)" = Linux ] || skip "the targets' phases are tried on Linux only"
	need_strace
}

# One test works outside of bats' own directory.
teardown() {
	case $out in
	"$BATS_TEST_TMPDIR"/*) ;;
	*) rm -rf "$out" ;;
	esac
}

phase() {
	BIN=$bin OUT=$out TRACER=$tracer TARGET='' PID='' DURATION=1 \
	    fixtures/targets/run-phase "$@"
}

# What a stream of normalized records says was refused: one line each, by
# what both the program and the tracer can know.
denials() {
	/usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if not r.get("deny"):
        continue
    call = r.get("fields", {}).get("call") or r["name"]
    path = r.get("path_b64") or r.get("path")
    print(call, r.get("errno"), path, r.get("path2_b64") or r.get("path2"),
          r.get("denied_by") == "seccomp" and r.get("errno") is None)
' | sort
}

validate() {
	/usr/bin/python3 -c 'import jsonschema' || return 0
	/usr/bin/python3 tests/validate.py "$@"
}

@test "what the program was refused and what the tracer saw are the same" {
	phase smoke
	dt-normalize "$out/raw/smoke.jsonl" >"$out/smoke.norm"
	dt-normalize "$out/raw/smoke.probe.jsonl" >"$out/probe.norm"
	denials <"$out/smoke.norm" >"$out/seen"
	denials <"$out/probe.norm" >"$out/told"
	[ "$(wc -l <"$out/told")" -ge 16 ]
	diff -u "$out/told" "$out/seen"
	validate docs/record.schema.json "$out/raw/smoke.jsonl" \
	    "$out/raw/smoke.probe.jsonl" "$out"/*.norm
}

@test "the same refusals are seen as an ordinary user" {
	[ "$(id -u)" -eq 0 ] || skip "not root: the test above was one"
	command -v setpriv || skip "no setpriv"
	nobody=(setpriv --reuid=65534 --clear-groups)
	"${nobody[@]}" test -x "$bin/dt-spawn" ||
		skip "an ordinary user cannot reach the build"
	# Not below bats' own directory, which is closed to others.
	out=$(mktemp -d)
	chmod 777 "$out"
	"${nobody[@]}" env BIN="$bin" OUT="$out" TRACER=strace \
	    fixtures/targets/run-phase smoke
	dt-normalize "$out/raw/smoke.jsonl" | denials >"$out/seen"
	dt-normalize "$out/raw/smoke.probe.jsonl" | denials >"$out/told"
	[ "$(wc -l <"$out/told")" -ge 16 ]
	diff -u "$out/told" "$out/seen"
}

@test "each refused operation has its operation, path and errno" {
	phase smoke
	run -0 bash -c "dt-normalize -w world.json '$out/raw/smoke.jsonl' |
		dt-sigs -T"
	for row in 'openat +EACCES +file-read-data +- +/.*/refused/file$' \
	    'openat +EACCES +file-write-create +- +/.*/refused/new$' \
	    'newfstatat +EACCES +file-read-metadata +- +/.*/locked/file$' \
	    'unlinkat +EACCES +file-write-unlink +- +/.*/refused/victim$' \
	    'execve +EACCES +process-exec\* +- +/.*/refused/run$' \
	    'kill +EPERM +signal +- +-$' \
	    'chroot +- +file-chroot +seccomp +/.*/refused/sub$'; do
		grep -E "^smoke +1 +$row" <<<"$output"
	done
	[ "${lines[-1]%% *}" = smoke: ]
	[[ "${lines[-1]}" = *" complete" ]]
}

@test "the tracer inside the kernel sees the same refusals, and who refused" {
	need_bpf
	tracer=bpf
	phase smoke
	dt-normalize "$out/raw/smoke.jsonl" | denials >"$out/seen"
	dt-normalize "$out/raw/smoke.probe.jsonl" | denials >"$out/told"
	diff -u "$out/told" "$out/seen"
	dt-normalize "$out/raw/smoke.jsonl" | dt-sigs >"$out/bpf"
	run -1 grep '"denied_by": null' "$out/bpf"
	tracer=strace
	phase smoke
	dt-normalize "$out/raw/smoke.jsonl" | dt-sigs >"$out/strace"
	run -0 dt-sigs -D "$out/strace" "$out/bpf"
	run -0 dt-sigs -D "$out/bpf" "$out/strace"
}

@test "the tracer inside the kernel watches what is idle, and a service" {
	need_bpf
	tracer=bpf
	phase idle
	grep '"status":"detached"' "$out/raw/idle.jsonl"
	grep '"complete":true' "$out/raw/idle.jsonl"
	run -1 grep '"kind":"syscall"' "$out/raw/idle.jsonl"
	phase interaction
	dt-normalize "$out/raw/interaction.jsonl" | denials >"$out/seen"
	dt-normalize "$out/raw/interaction.probe.jsonl" | denials >"$out/told"
	[ "$(wc -l <"$out/told")" -ge 4 ]
	diff -u "$out/told" "$out/seen"
}

@test "an idle program is clean and known to be" {
	phase idle
	run -0 bash -c "dt-normalize '$out/raw/idle.jsonl' | dt-sigs"
	[[ "$output" = *'"complete": true'* ]]
	[[ "$output" = *'"deny_count": 0'* ]]
	grep '"status":"detached"' "$out/raw/idle.jsonl"
}

@test "a service's refusals are told by it and seen by the tracer" {
	phase interaction
	dt-normalize "$out/raw/interaction.jsonl" | denials >"$out/seen"
	dt-normalize "$out/raw/interaction.probe.jsonl" | denials >"$out/told"
	[ "$(wc -l <"$out/told")" -ge 4 ]
	diff -u "$out/told" "$out/seen"
}

@test "make phases leaves what it promises, and make sigs a document" {
	[ -z "${DT_SANITIZED-}" ] || skip "done by the plain run"
	make -s phases B="$bin" OUT="$out" DURATION=1
	for p in smoke idle interaction; do
		[ -s "$out/raw/$p.jsonl" ]
		[ -s "$out/meta/$p.json" ]
		[ -f "$out/meta/$p.stderr" ]
	done
	[ -s "$out/normalized/deny_signatures.json" ]
	grep '"complete": true' "$out/normalized/deny_signatures.json"
	validate docs/signatures.schema.json \
	    "$out/normalized/deny_signatures.json"
	validate docs/meta.schema.json "$out"/meta/*.json
}

@test "make replay runs the filters on captured fixtures, without a tracer" {
	[ -z "${DT_SANITIZED-}" ] || skip "done by the plain run"
	run -0 make -s replay B="$bin" OUT="$out"
	[[ "$output" = *"smoke: "*" complete"* ]]
	cmp "$out/normalized/deny_signatures.json" fixtures/replay.sigs
}

@test "nothing is left behind" {
	before=$(find /tmp -maxdepth 1 | sort)
	phase smoke
	phase interaction
	after=$(find /tmp -maxdepth 1 | sort)
	diff <(echo "$before") <(echo "$after")
	run ! pgrep -f "$out"
}

# Make a target as somebody would who has not called make around this.
fresh_make() {
	env -u MAKEFLAGS -u MAKELEVEL make -s B="$bin" OUT="$out" DURATION=0.5 \
	    TRACER=strace "$@"
}

@test "make gate finds nothing new in what make golden kept, and a new denial" {
	golden=$BATS_TEST_TMPDIR/golden.json
	run -0 fresh_make golden GOLDEN="$golden"
	[ "${lines[-1]}" = "kept in $golden" ]
	cmp "$golden" "$out/normalized/deny_signatures.json"
	run -0 fresh_make gate GOLDEN="$golden"
	[[ "${lines[-1]}" = "0 new, "*" same" ]]
	dt-normalize -w world.json "$out/raw/idle.jsonl" | dt-sigs -o "$golden"
	run -2 fresh_make gate GOLDEN="$golden"
	[[ "$output" = *"new     smoke"*" openat "* ]]
}

@test "make golden keeps nothing that is not whole" {
	cat >"$BATS_TEST_TMPDIR/strace" <<-'EOF'
		#!/bin/sh
		[ "$1" != -V ] || exec /usr/bin/strace -V
		exit 1
	EOF
	chmod +x "$BATS_TEST_TMPDIR/strace"
	golden=$BATS_TEST_TMPDIR/golden.json
	echo old >"$golden"
	PATH=$BATS_TEST_TMPDIR:$PATH run ! fresh_make golden GOLDEN="$golden"
	[ "$(cat "$golden")" = old ]
}

@test "the demo's programs are refused what the golden document says" {
	world=$(dt-world -w world.json --id)
	[[ $(<fixtures/golden.json) = *"\"world_id\": \"$world\""* ]] ||
		skip "the golden document is of another world than $world"
	run -0 fresh_make gate
	[ "${lines[-1]}" = "0 new, 29 same" ]
}

@test "what the demo's programs report and what was seen agree" {
	run -0 fresh_make agree
	grep "seen by both, 0 only by the program, 0 only by the tracer" <<<"$output"
}
