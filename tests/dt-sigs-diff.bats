bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	fixtures=$(cd "$BATS_TEST_DIRNAME/../fixtures" && pwd)
	smoke=$fixtures/dt/smoke.sigs
	norm=$fixtures/dt/smoke.norm
	cd "$BATS_TEST_TMPDIR"
	set -o pipefail
	# What the fixture has but for two denials, and whole.
	grep -v -e '"name":"setuid' -e '"name":"unlinkat' "$norm" |
		sed 's/"events":38/"events":36/' | dt-sigs >fewer
	# The same and not whole.
	grep -v -e '"name":"setuid' -e '"name":"unlinkat' "$norm" |
		dt-sigs >part 2>/dev/null
}

# Rows of the table by their change.
rows() { grep -c "^$1 " <<<"$output"; }

@test "nothing new exits 0, whatever the counts" {
	run -0 --separate-stderr dt-sigs -D "$smoke" "$smoke"
	[ "$output" = "0 new, 25 same" ]
	[ -z "$stderr" ]
	dt-sigs -M "$smoke" "$smoke" >twice
	run -0 dt-sigs -D "$smoke" twice
	[ "$output" = "0 new, 25 same" ]
}

@test "new denials exit 1 and are listed" {
	run -1 dt-sigs -D fewer "$smoke"
	[ "${lines[0]}" = "CHANGE  PHASE  GOLDEN  NEW  CALL      ERRNO   OPERATION          BY  PATH" ]
	[ "${lines[1]}" = "new     smoke       0    1  setuid    EPERM   linux-credentials  -   -" ]
	[ "${lines[2]}" = 'new     smoke       0    1  unlinkat  EACCES  file-write-unlink  -   /tmp/jail_probe.$TMP/refused/victim' ]
	[ "${lines[-1]}" = "2 new, 23 same" ]
}

@test "what a complete capture does not have is gone, which is nothing new" {
	run -0 dt-sigs -D "$smoke" fewer
	[ "$(rows gone)" -eq 2 ]
	[ "${lines[-1]}" = "0 new, 2 gone, 23 same" ]
}

@test "from an incomplete capture nothing is gone, and that it cannot tell is no success" {
	run -2 dt-sigs -D "$smoke" part
	[[ "$output" != *gone\ \ * ]]
	[ "$(rows unseen)" -eq 2 ]
	[[ "$output" = *"part is incomplete (smoke: missing-events): cannot tell what is gone, nor that nothing else is new"* ]]
	run -0 dt-sigs -D -I "$smoke" part
	[ "$(rows unseen)" -eq 2 ]
	run -1 dt-sigs -D part "$smoke"
	[[ "$output" = *"part is incomplete (smoke: missing-events): what is new may have been there before"* ]]
}

@test "an incomplete capture with something new exits 1" {
	sed '/"kind":"end"/d' "$norm" | dt-sigs >"cut" 2>/dev/null
	run -1 dt-sigs -D fewer cut
	[ "$(rows new)" -eq 2 ]
	[[ "$output" = *"cut is incomplete (smoke: no-end)"* ]]
}

@test "an empty document is never clean" {
	dt-sigs </dev/null >empty 2>/dev/null
	run -2 dt-sigs -D "$smoke" empty
	[ "$(rows unseen)" -eq 25 ]
	[[ "$output" = *"empty is incomplete (no-capture, smoke: not-captured)"* ]]
	run -2 dt-sigs -D empty empty
	[[ "$output" = *"0 new, 0 same" ]]
	: >nothing
	run -2 --separate-stderr dt-sigs -D "$smoke" nothing
	[ "$stderr" = "dt-sigs: nothing:1: no document in it" ]
	run -2 --separate-stderr dt-sigs -D "$smoke" /dev/null
	[ "$stderr" = "dt-sigs: /dev/null:1: no document in it" ]
}

@test "a phase that was not captured is not gone, and is missed" {
	run -2 dt-sigs -D "$fixtures/replay.sigs" "$smoke"
	[ "$(rows unseen)" -eq 4 ]
	[[ "$output" = *"smoke.sigs is incomplete (idle: not-captured, interaction: not-captured)"* ]]
	run -2 dt-sigs -D "$fixtures/replay.sigs" fewer
	[ "$(rows gone)" -eq 2 ]
	[ "$(rows unseen)" -eq 4 ]
	run -0 dt-sigs -D -P smoke "$fixtures/replay.sigs" "$smoke"
	[ "$output" = "0 new, 25 same" ]
}

@test "a phase that nobody captured is no proof, however it is called" {
	run -2 dt-sigs -D -P smokee fewer "$smoke"
	[[ "$output" = *"is incomplete (no-capture)"*"0 new, 0 same" ]]
	run -2 dt-sigs -D -I -P smokee fewer "$smoke"
}

@test "a world that was not captured is not gone, and is missed" {
	sed 's/debian-12/debian-13/g' "$norm" | dt-sigs >other
	dt-sigs -M -X fewer other >golden
	run -2 dt-sigs -D -X golden fewer
	[ "$(rows unseen)" -eq 2 ]
	[[ "$output" = *"fewer is incomplete (world-not-captured)"* ]]
	run -2 dt-sigs -D -X -I golden fewer
	run -2 dt-sigs -D -X -c golden fewer
	[ "$(rows unseen)" -eq 2 ]
	[[ "${lines[-1]}" = "0 new, 2 unseen, 23 same" ]]
	dt-sigs -M -X other other fewer >now
	run -0 dt-sigs -D -X golden now
	sed 's/debian-12/debian-14/g' "$norm" | dt-sigs >third
	run -0 dt-sigs -D -X golden third
}

@test "what --incomplete-ok lets pass has been captured at least" {
	dt-sigs </dev/null >empty 2>/dev/null
	run -2 dt-sigs -D -I "$smoke" empty
	run -2 dt-sigs -D -I "$fixtures/replay.sigs" "$smoke"
	sed '$i{"kind":"diagnostic","level":"error","phase":"smoke"}' "$norm" |
		dt-sigs >blocked 2>/dev/null
	run -2 dt-sigs -D -I "$smoke" blocked
	[[ "$output" = *"blocked is incomplete (smoke: blocked)"* ]]
}

@test "counts are compared when asked for, with a tolerance" {
	sed 's/"deny_count": 25/"deny_count": 34/; s/event_count": 38/event_count": 47/
	    s/"ended_events": 38/"ended_events": 47/
	    0,/"count": 1/s//"count": 10/' "$smoke" >ten
	run -0 dt-sigs -D "$smoke" ten
	run -1 dt-sigs -D -c "$smoke" ten
	[ "${lines[1]}" = 'grew    smoke       1   10  chroot  -      file-chroot  seccomp  /tmp/jail_probe.$TMP/refused/sub' ]
	[ "${lines[-1]}" = "0 new, 1 grew, 24 same" ]
	run -1 dt-sigs -D -c -t 8 "$smoke" ten
	run -0 dt-sigs -D -c -t 9 "$smoke" ten
	run -1 dt-sigs -D -c -t 899% "$smoke" ten
	run -0 dt-sigs -D -c -t 900% "$smoke" ten
	run -0 dt-sigs -D -c ten "$smoke"
	[ "${lines[-1]}" = "0 new, 1 shrank, 24 same" ]
	sed '/"kind":"end"/d' "$norm" | dt-sigs >"cut" 2>/dev/null
	run -2 dt-sigs -D -c ten cut
	[ "${lines[-1]}" = "0 new, 25 same" ]
	sed 's/"deny_count": 25/"deny_count": 9223372036854775807/
	    s/event_count": 38/event_count": 9223372036854775807/
	    s/"ended_events": 38/"ended_events": 9223372036854775807/
	    0,/"count": 1/s//"count": 9223372036854775783/' "$smoke" >huge
	run -1 dt-sigs -D -c -t 1000000% "$smoke" huge
	run -0 dt-sigs -D -c -t 1000000% huge "$smoke"
	[[ "${lines[-1]}" = "0 new, 25 same" ]]
	for wrong in -1 x 5x % 1000001%; do
		run -2 --separate-stderr dt-sigs -D -c -t "$wrong" "$smoke" ten
		[[ "$stderr" = "dt-sigs: --tolerance '${wrong%\%}': "* ]]
	done
}

@test "documents of two worlds are not compared by accident" {
	sed 's/debian-12/debian-13/' "$smoke" >other
	run -2 --separate-stderr dt-sigs -D "$smoke" other
	[ -z "$output" ]
	[[ "$stderr" = "dt-sigs: two worlds: the golden one is of 'linux-debian-12-"*"', the new one of 'linux-debian-13-"* ]]
	run -0 dt-sigs -D -X "$smoke" other
	[ "${lines[0]}" = "$smoke is of linux-debian-12-6.18.44-fc-v595-x86_64-19c4dce0, other is of linux-debian-13-6.18.44-fc-v595-x86_64-19c4dce0" ]
	sed 's/"world_id": ".*"/"world_id": null/' "$smoke" >unknown
	run -0 dt-sigs -D "$smoke" unknown
	[[ "$output" = *"unknown is of a world that is not known"* ]]
}

@test "a selection compares what both have of it, and never two that differ" {
	run -0 dt-sigs -D -O 'file-wirte*' fewer "$smoke"
	[ "${lines[0]}" = "neither document has anything that was selected" ]
	run -0 dt-sigs -D -O 'network*' fewer "$smoke"
	[ "$output" = "0 new, 3 same" ]
	dt-sigs -M -O 'network*' "$smoke" >net
	run -2 --separate-stderr dt-sigs -D "$smoke" net
	[ "$stderr" = "dt-sigs: '$smoke' and 'net': their signatures were selected in different ways" ]
}

@test "known denials do not count as new, until they expire" {
	cat >known <<-'EOF'
	# what can be done without

	name=setuid reason="does not \"need\" it" until=2026-12-31
	  op=file-write-unlink	path=*/victim  reason=known
	EOF
	run -0 dt-sigs -D -K known -d 2026-12-31 fewer "$smoke"
	[ "$(rows known)" -eq 2 ]
	[[ "$output" = *'known:3: name=setuid: matches 1 (does not "need" it)'* ]]
	[[ "$output" = *'known:4: op=file-write-unlink, path=*/victim: matches 1 (known)'* ]]
	[ "${lines[-1]}" = "0 new, 2 known, 23 same" ]
	run -1 dt-sigs -D -K known -d 2027-01-01 fewer "$smoke"
	[ "$(rows new)" -eq 1 ]
	[[ "$output" = *'known:3: name=setuid: expired, it held until 2026-12-31: matches 1 ('* ]]
}

@test "a line of known denials that matches nothing any more is told" {
	echo 'name=nosuch reason=x' >known
	run -0 dt-sigs -D -K known "$smoke" "$smoke"
	[ "${lines[0]}" = "known:1: name=nosuch: matches nothing any more (x)" ]
	echo 'name=setuid reason=x' >known
	run -2 dt-sigs -D -K known "$smoke" part
	[[ "$output" = *"known:1: name=setuid: matches nothing here; cannot tell if ever (x)"* ]]
	run -0 dt-sigs -D -K known -n openat "$smoke" "$smoke"
	[[ "$output" = *"known:1: name=setuid: matches nothing here; cannot tell if ever (x)"* ]]
}

@test "a list of known denials that is none is an error that says where" {
	bad() {
		printf 'name=x reason=y\n%s\n' "$2" >known
		run -2 --separate-stderr dt-sigs -D -K known "$smoke" "$smoke"
		[ -z "$output" ]
		[ "$stderr" = "dt-sigs: known:2: $1" ]
	}
	bad "a word without '='" 'setuid reason=x'
	bad "no pattern" 'reason=x'
	bad "no reason" 'name=x'
	bad "no member to pick by" 'nmae=x reason=y'
	bad "an empty pattern" 'name= reason=y'
	bad "a string that is not closed" 'name="x reason=y'
	bad "a string with a bad escape" 'name="\q" reason=y'
	bad "no blank after a string" 'name="x"reason=y'
	bad "'reason' stands twice" 'name=x reason=y reason=z'
	bad "'until' stands twice" 'name=x reason=y until=2026-01-01 until=2027-01-01'
	bad "a NUL in a pattern" 'name="*\000x" reason=y'
	printf 'name\0x=* reason=y\n' >known
	run -2 --separate-stderr dt-sigs -D -K known "$smoke" "$smoke"
	[ "$stderr" = "dt-sigs: known:1: a NUL in a word" ]
	{ printf 'name=* reason=x '; head -c 1100000 /dev/zero | tr '\0' ' '
	    echo path=/x; } >known
	run -2 --separate-stderr dt-sigs -D -K known fewer "$smoke"
	[ "$stderr" = "dt-sigs: known:1: line too long" ]
	printf 'name=setuid reason=y\r\n\r\nname=unlinkat reason=y\r\n' >known
	run -0 dt-sigs -D -K known fewer "$smoke"
	rm known
	bad "'until' without today's date: give --today" 'name=x reason=y until=2026-01-01'
	for day in 2026-02-29 2026-13-01 2026-1-1 26-01-01 2026/01/01 2026-04-31 tomorrow; do
		bad "'until' is no day as YYYY-MM-DD" "name=x reason=y until=$day"
		run -2 --separate-stderr dt-sigs -D -K known -d "$day" "$smoke" "$smoke"
		[ "${stderr_lines[0]}" = "dt-sigs: --today '$day': no day as YYYY-MM-DD" ]
	done
	run -2 --separate-stderr dt-sigs -D -K nofile "$smoke" "$smoke"
	[ "$stderr" = "dt-sigs: nofile: No such file or directory" ]
	echo 'name=x reason=y until=2028-02-29' >known
	run -0 dt-sigs -D -K known -d 2024-02-29 "$smoke" "$smoke"
}

@test "the records behind what is new can be looked at" {
	run -1 dt-sigs -D -Eall fewer "$smoke" "$norm"
	seq=$(grep '"name":"unlinkat".*victim' "$norm" | grep -o '"seq":[0-9]*' | cut -d: -f2)
	[[ "$output" = *'unlinkat /tmp/jail_probe.$TMP/refused/victim: strace run '*" record $seq"$'\n    {"v":1,"kind":"syscall",'* ]]
	dt-sigs -E "$norm" >seen
	run -1 dt-sigs -D -E fewer seen
	[[ "$output" = *"setuid : strace run "* ]]
	run -1 dt-sigs -D -Eall fewer "$smoke" "$fixtures/dt/idle.norm"
	[[ "$output" = *"where these were seen is not in the documents"* ]]
	run -2 --separate-stderr dt-sigs -D fewer "$smoke" "$norm"
	[ "${stderr_lines[0]}" = "dt-sigs: --diff takes two documents; records need --evidence=all" ]
}

@test "trouble exits 2, and never looks like a new denial" {
	run -2 --separate-stderr dt-sigs -D "$smoke"
	[ "${stderr_lines[0]}" = "dt-sigs: --diff needs two documents" ]
	run -2 dt-sigs -D "$smoke" nofile
	run -2 dt-sigs -D nofile "$smoke"
	run -2 dt-sigs -D "$smoke" "$norm"
	run -2 dt-sigs -D -f nosuch "$smoke" "$smoke"
	run -2 sh -c "dt-sigs -D '$smoke' '$smoke' >/dev/full"
	[ "$output" = "dt-sigs: <stdout>: No space left on device" ]
	run -2 sh -c "dt-sigs -D fewer '$smoke' >/dev/full"
	run -2 dt-sigs -D -o /dev/full fewer "$smoke"
	[ "$output" = "dt-sigs: /dev/full: No space left on device" ]
	for wrong in "-E -T" "-E -g op" "-D -M" "-D -A" "-D -g op" "-A -g op" -1 -c "-f sarif" "-K x" -I \
	    "-D -t 3" "-D -d 2026-01-01"; do
		read -ra options <<<"$wrong"
		run -2 --separate-stderr dt-sigs "${options[@]}" "$smoke" "$smoke"
		[ -z "$output" ]
		[[ "${stderr_lines[-1]}" = "usage: dt-sigs "* ]]
	done
}

@test "either document may come through a pipe" {
	run -1 bash -c "dt-sigs '$norm' | dt-sigs -D fewer -"
	[ "${lines[-1]}" = "2 new, 23 same" ]
	run -1 bash -c "dt-sigs -D - '$smoke' <fewer"
}

@test "colour is for a terminal only, and not where NO_COLOR is set" {
	script -qec true /dev/null || skip "there is no terminal to be had"
	run -1 dt-sigs -D fewer "$smoke"
	[[ "$output" != *$'\033'* ]]
	terminal() { script -qec "$1" /dev/null; }
	run -1 terminal "dt-sigs -D fewer '$smoke'"
	[[ "$output" = *$'\033[31mnew '* ]]
	run -1 terminal "NO_COLOR=1 dt-sigs -D fewer '$smoke'"
	[[ "$output" != *$'\033'* ]]
	run -1 terminal "dt-sigs -D -o out fewer '$smoke'"
	run ! grep -q $'\033' out
}

@test "bytes of a path do not reach a terminal, and columns stay aligned" {
	dt-sigs </dev/null >empty 2>/dev/null
	run -1 dt-sigs -D -X empty "$smoke"
	[[ "$output" = *'refused/new\x0aline "q"'* ]]
	dt-sigs "$fixtures/dt/everything.norm" >all 2>/dev/null
	run -1 dt-sigs -D -X empty all
	[[ "$output" = *'tab\x09here\x0a\x1b[31m'* ]]
}

@test "what the program says and what the tracer saw is told apart" {
	report() {
		printf '{"kind":"%s","phase":"p","tracer":"%s","name":"%s","errno":13,"deny":true,"path_shape":"%s"%s}\n' "$@"
	}
	whole() {
		printf '{"kind":"trace","phase":"p","tracer":"%s"}\n{"kind":"end","phase":"p","tracer":"%s","events":%d}\n' "$1" "$1" "$2"
	}
	{
		report probe probe open_read /both ',"fields":{"call":"openat"}'
		report probe probe open_read /told ',"fields":{"call":"openat"}'
		report syscall strace openat /both ''
		report syscall strace openat /both ',"denied_by":"lsm"'
		report syscall strace openat /seen ''
		whole probe 2
		whole strace 3
	} >records
	run -1 dt-sigs -A records
	[ "${lines[0]}" = "SEEN BY       PHASE  PROGRAM  TRACER  CALL    ERRNO  OPERATION  BY  PATH" ]
	[[ "${lines[1]}" = "only-program  p            1       0  openat  13 "*" /told" ]]
	[[ "${lines[2]}" = "only-tracer   p            0       1  openat  13 "*" /seen" ]]
	[[ "${lines[3]}" = "both          p            1       2  openat  13 "*" /both" ]]
	[ "${lines[4]}" = "1 seen by both, 1 only by the program, 1 only by the tracer" ]
	grep -v -e /told -e /seen -e '"end"' records >agreed
	printf '{"kind":"end","phase":"p","events":%d}\n' 1 2 >>agreed
	run -0 dt-sigs -A agreed
	run -1 dt-sigs -A -X records "$norm"
	[[ "$output" = *"smoke: not compared, there are no records of both"* ]]
	echo 'name=nosuch reason=x' >known
	/usr/bin/python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
	dt-sigs -D -K known -P smoke -f json "$smoke" "$smoke" >diff.json
	/usr/bin/python3 "$BATS_TEST_DIRNAME/validate.py" \
	    "$BATS_TEST_DIRNAME/../docs/diff.schema.json" diff.json
	dt-sigs records | dt-sigs -M -A -f json >doc.json || [ $? -eq 1 ]
	/usr/bin/python3 "$BATS_TEST_DIRNAME/validate.py" \
	    "$BATS_TEST_DIRNAME/../docs/agreement.schema.json" doc.json
}

@test "layers are compared only where both were captured whole" {
	run -2 --separate-stderr dt-sigs -A "$norm"
	[[ "$output" = "0 seen by both, 0 only by the program, 0 only by the tracer"* ]]
	[ "$stderr" = "dt-sigs: no phase has records of both a program and a tracer" ]
	printf '%s\n' '{"kind":"trace","tracer":"probe"}' '{"kind":"trace","tracer":"bpf"}' \
	    '{"kind":"end","events":0}' >records
	run -2 dt-sigs -A records
	echo '{"kind":"end","events":0}' >>records
	run -0 dt-sigs -A records
}

@test "a service that was never refused before is new, whatever else is the same" {
	for name in old new; do
		echo "Sandbox: sorter(11) deny(1) mach-lookup com.example.$name" |
		    dt-tojsonl | dt-normalize | dt-sigs >$name.json 2>/dev/null
	done
	run -1 --separate-stderr dt-sigs --diff -I old.json new.json
	[[ "$output" = *'new '*'mach-lookup'*'com.example.new'* ]]
	run -1 --separate-stderr dt-sigs --diff -I -p '*.new' old.json new.json
	[[ "$output" = *'com.example.new'* && "$output" != *'com.example.old'* ]]
	run -0 --separate-stderr dt-sigs --diff -I new.json new.json
	run -0 dt-sigs -g target_shape --merge new.json old.json
	[[ "$output" = *com.example.new*com.example.old* ]]
}
