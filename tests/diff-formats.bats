bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	PATH=$bin:$PATH
	cd "$top/fixtures/diff"
	sarifs=(*.sarif)
	set -o pipefail
}

need_jsonschema() {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
}

need_jq() {
	command -v jq >/dev/null || skip "jq is not installed"
}

validate() {
	need_jsonschema
	run -0 --separate-stderr /usr/bin/python3 "$top/tests/validate.py" "$@"
	[ -z "$output$stderr" ]
}

# holds FILTER FILE...: the filter gives true for each document.
holds() {
	need_jq
	for f in "${@:2}"; do
		jq -e "$1" "$f" >/dev/null || {
			echo "$f: not so: $1"
			return 1
		}
	done
}

# compare FORMAT GOLDEN NEW [OPTION...]: the comparison, however it comes out.
compare() {
	local err status=0
	{ err=$(dt-sigs --diff --format "$1" "${@:4}" "$2" "$3" 2>&1 >&3) ||
		status=$?; } 3>&1
	[ "$status" -le 2 ] && [ -z "$err" ] && return
	echo "status $status: $err" >&2
	return 1
}

@test "comparisons give the files beside them, byte for byte" {
	DT_BIN=$bin "$top/tests/diff-golden.bash" check ./*.golden.json
}

@test "every comparison is of the schema" {
	answers=()
	for f in *.golden.json; do
		answers+=("${f%.golden.json}.json")
	done
	validate "$top/docs/diff.schema.json" "${answers[@]}"
}

@test "the documents compared are of the schema" {
	validate "$top/docs/signatures.schema.json" ./*.golden.json ./*.new.json
}

@test "the schema refuses what is nearly a comparison" {
	need_jsonschema
	need_jq
	for wrong in '.verdict = "nothing-new"' '.totals.new = 0' \
	    '.changes[0].change = "gone"' '.changes[0].new_count = 0' \
	    '.changes[0].change = "known"' '.changes[0].change = "same"' \
	    'del(.changes[0].path_shape)' '.changes = []' '.extra = 1' \
	    '.new.complete = false' '.new.doubts[0].reason = "tired"' \
	    '.changes[0].golden_count = 1' '.totals.unseen = 1'; do
		jq "$wrong" new.json >"$BATS_TEST_TMPDIR/wrong.json"
		run -1 /usr/bin/python3 "$top/tests/validate.py" \
		    "$top/docs/diff.schema.json" "$BATS_TEST_TMPDIR/wrong.json"
	done
}

@test "every comparison as SARIF is of the schema of SARIF" {
	schema=${DT_SARIF_SCHEMA:-$top/build/sarif-schema-2.1.0.json}
	[ -e "$schema" ] ||
		skip "no $(basename "$schema"), which make deps gets with npm"
	validate "$schema" "${sarifs[@]}"
}

@test "SARIF has a result for each signature, and the states add up" {
	need_jq
	for f in *.golden.json; do
		f=${f%.golden.json}
		want=$(jq -c '.totals | [.new + .grew, .gone, .same,
		    .known + .shrank + .unseen]' "$f.json")
		got=$(jq -c '.runs[0].results | [
		    (map(select(.level == "error")) | length),
		    (map(select(.baselineState == "absent")) | length),
		    (map(select(.baselineState == "unchanged")) | length),
		    (map(select(.level != "error" and .baselineState !=
		    "absent" and .baselineState != "unchanged")) | length)]' \
		    "$f.sarif")
		[ "$want" = "$got" ]
	done
}

@test "SARIF keeps the rules that its schema cannot state" {
	# Of kind and level, and of what all results have or none has.
	holds '.runs[0].results | all(.kind == "fail" or .level == "none")' \
	    "${sarifs[@]}"
	holds '.runs[0].results | all(.kind != "fail" or .level != "none")' \
	    "${sarifs[@]}"
	holds '.runs[0].results | all(has("baselineState"))' "${sarifs[@]}"
	holds '.runs[0].results | all(.suppressions | type == "array")' \
	    "${sarifs[@]}"
	# An error among the notifications is a failed run.
	holds '.runs[0].invocations[0] | .executionSuccessful ==
	    (.toolExecutionNotifications | all(.level != "error"))' \
	    "${sarifs[@]}"
	holds '.runs[0] | .tool.driver.rules as $rules | .results |
	    all($rules[.ruleIndex].id == .ruleId)' "${sarifs[@]}"
	holds '.runs[0].tool.driver.rules | map(.id) | . == unique' \
	    "${sarifs[@]}"
}

@test "SARIF has what GitHub asks for, and nothing of it is empty" {
	holds '."$schema" and .version == "2.1.0"' "${sarifs[@]}"
	holds '.runs[0].tool.driver.rules | all(.id != "" and
	    ([.shortDescription, .fullDescription, .help | .text] |
	    all(length > 0 and length <= 1024)))' "${sarifs[@]}"
	holds '.runs[0].results | all(.message.text != "" and
	    (.locations[0].physicalLocation | .artifactLocation.uri != "" and
	    (.region | .startLine and .startColumn and .endLine and
	    .endColumn)))' "${sarifs[@]}"
	holds '.runs[0].results | map(.partialFingerprints |
	    .primaryLocationLineHash) | all(test("^[0-9a-f]{16}:1$")) and
	    length == (unique | length)' "${sarifs[@]}"
}

@test "what a capture cannot tell is open in SARIF, never absent" {
	need_jq
	[ "$(jq .totals.unseen unseen.json)" -gt 0 ]
	holds '[.runs[0].results[] | select(.properties.change == "unseen") |
	    [.kind, .baselineState]] | unique == [["open", "updated"]]' \
	    unseen.sarif
	holds '[.runs[0].results[] | select(.baselineState == "absent") |
	    .properties.change] | unique == ["gone"]' gone.sarif partial.sarif
	holds '[.changes[] | [.change, .phase]] | unique ==
	    [["gone", "smoke"], ["unseen", "idle"]]' partial.json
	holds '.runs[0].invocations[0].executionSuccessful | not' unseen.sarif
}

@test "a known denial is suppressed in SARIF, with its reason" {
	holds '[.runs[0].results[] | select(.properties.change == "known") |
	    .suppressions] | length > 0 and all(length == 1 and
	    .[0].status == "accepted" and (.[0].justification | length > 0) and
	    (.[0].location.physicalLocation | .artifactLocation.uri ==
	    "known.known" and .region.startLine > 1))' \
	    known.sarif
	holds '[.runs[0].results[] | select(.properties.change != "known") |
	    .suppressions] | all(. == [])' "${sarifs[@]}"
}

@test "fingerprints are the same whenever and however often it was seen" {
	need_jq
	prints() {
		jq -r '.runs[0].results[] | [.properties.name,
		    .properties.path_shape, .partialFingerprints[]] | @tsv' |
		    sort
	}
	one=$(compare sarif counts.golden.json counts.golden.json | prints)
	two=$(compare sarif counts.new.json counts.golden.json | prints)
	[ -n "$one" ]
	[ "$one" = "$two" ]
	[ "$(prints <known.sarif | grep shadow)" = \
	    "$(prints <worlds.sarif | grep shadow)" ]
}

@test "a file's name becomes a URI reference, and any bytes a name" {
	need_jq
	dir=$BATS_TEST_TMPDIR
	name=$'a b/100%/[x]:\'"<>#?\x01\xff\xc3\xa9.json'
	mkdir -p "$dir/a b/100%"
	cp new.golden.json "$dir/$name"
	cp new.new.json "$dir/new"
	cd "$dir"
	uri() {
		compare sarif "$1" new |
		jq -r '[.runs[0].results[].locations[0].physicalLocation |
		    .artifactLocation.uri] | unique[]'
	}
	want=a%20b/100%25/%5Bx%5D%3A%27%22%3C%3E%23%3F%01%FF%C3%A9.json
	[ "$(uri "$name")" = "$want" ]
	[ "$(uri "././/$name")" = "$want" ]
	[ "$(uri "/$dir/$name")" = "file:///$dir/$want" ]
	compare junit "$name" new >out.xml
	run -0 /usr/bin/python3 "$top/tests/junit.py" out.xml
	compare json "$name" new >out.json
	validate "$top/docs/diff.schema.json" out.json
}

@test "messages of SARIF have no placeholder and no link in them" {
	holds '.runs[0].results | map(.message.text) | any(test("link"))' \
	    hostile.sarif
	# Braces come in pairs; a bracket that a link would need is quoted.
	holds '.runs[0].results | map(.message.text | gsub("{{|}}"; "")) |
	    all(test("[{}]") | not)' "${sarifs[@]}"
	holds '.runs[0].results | map(.message.text |
	    gsub("\\\\[\\\\\\[\\]]"; "")) | all(contains("](") | not)' \
	    "${sarifs[@]}"
}

@test "JUnit is XML, with the totals of its cases and no name twice" {
	run -0 --separate-stderr /usr/bin/python3 "$top/tests/junit.py" ./*.xml
	[ -z "$output$stderr" ]
	if command -v xmllint >/dev/null; then
		xmllint --noout ./*.xml
	fi
}

@test "JUnit fails exactly when there are new denials or doubts" {
	need_jq
	for f in *.golden.json; do
		f=${f%.golden.json}
		head=$(grep '<testsuites ' "$f.xml")
		[[ "$head" =~ failures=\"([0-9]+)\"\ errors=\"([01])\" ]]
		[ "${BASH_REMATCH[1]}" -eq \
		    "$(jq '.totals.new + .totals.grew' "$f.json")" ]
		[ "${BASH_REMATCH[2]}" -eq \
		    "$(jq '.new.doubts | length | [., 1] | min' "$f.json")" ]
	done
}

@test "names of JUnit's cases do not change with the counts" {
	names() {
		grep -o 'classname="[^"]*" name="[^"]*"' | sort
	}
	one=$(compare junit counts.golden.json counts.golden.json | names)
	two=$(compare junit counts.golden.json counts.new.json --counts | names)
	[ -n "$one" ]
	[ "$one" = "$two" ]
}

@test "no form has a control byte in it, whatever the denials are" {
	for f in hostile.json hostile.sarif hostile.xml; do
		run ! env LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f]' "$f"
	done
	# Nor what XML cannot hold, or only some parsers take.
	run ! env LC_ALL=C grep -nP '\x7f|\xc2[\x80-\x9f]' hostile.xml
	run ! env LC_ALL=C grep -nP '\xef\xbf[\xbe\xbf]' hostile.xml
	grep -qF '\x1b[31m' hostile.xml
	grep -qF '\ufffe \uffff' hostile.xml
}

@test "documents of different worlds are told apart in every form" {
	holds '.golden.worlds != .new.worlds' worlds.json
	holds '[.runs[0].invocations[0].toolExecutionNotifications[] |
	    .descriptor.id] == ["worlds-differ"]' worlds.sarif
	grep -q '^worlds.golden.json is of linux-.*, worlds.new.json is of ' \
	    worlds.xml
}

@test "two empty documents are no proof that nothing is new" {
	holds '.verdict == "cannot-tell"' empty.json
	holds '.runs[0].invocations[0].executionSuccessful | not' empty.sarif
	grep -q '<error type="incomplete"' empty.xml
}

@test "a phase without a name is missed like any other" {
	need_jq
	jq '(.inputs[], .deny_signatures[]).phase = null' new.golden.json \
	    >"$BATS_TEST_TMPDIR/nameless.json"
	compare json "$BATS_TEST_TMPDIR/nameless.json" gone.new.json \
	    >"$BATS_TEST_TMPDIR/out.json"
	validate "$top/docs/diff.schema.json" "$BATS_TEST_TMPDIR/out.json"
	holds '.new.doubts == [{"phase": null, "reason": "not-captured"}]' \
	    "$BATS_TEST_TMPDIR/out.json"
}

@test "lines of the list that have expired or match nothing are told" {
	holds '[.known_expired[].matched] == [1, 0]' known.json
	holds '[.known_unused[] | .line, .cannot_tell] | length == 4 and
	    (.[1] | not)' known.json
	holds '[.runs[0].invocations[0].toolExecutionNotifications[] |
	    .descriptor.id] | sort == ["known-expired", "known-expired",
	    "known-unused"]' known.sarif
	[ "$(grep -c 'classname="known"' known.xml)" -eq 3 ]
}

@test "records that were given stand in the JSON and SARIF forms" {
	need_jq
	doc=$BATS_TEST_TMPDIR/doc.json
	dt-sigs ../dt/smoke.norm >"$doc"
	for form in json sarif; do
		run -1 --separate-stderr dt-sigs --diff --format "$form" \
		    --across-worlds --evidence=all new.golden.json "$doc" \
		    ../dt/smoke.norm
		[ -z "$stderr" ]
		cat >"$BATS_TEST_TMPDIR/$form" <<<"$output"
	done
	holds '[.changes[] | select(.change == "new")] | length > 0 and
	    all(.records | length > 0 and all(.deny))' "$BATS_TEST_TMPDIR/json"
	holds '[.runs[0].results[].properties | select(.change == "new")] |
	    length > 0 and all(.records | length > 0 and all(.deny))' \
	    "$BATS_TEST_TMPDIR/sarif"
}

@test "each form that cannot be written is an error" {
	for form in json sarif junit; do
		run -2 --separate-stderr bash -c "dt-sigs --diff -f $form \
		    hostile.golden.json hostile.new.json >/dev/full"
		[ "$stderr" = "dt-sigs: <stdout>: No space left on device" ]
	done
}
