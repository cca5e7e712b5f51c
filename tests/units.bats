bats_require_minimum_version 1.5.0

setup() {
	bin=${DT_BIN:-$BATS_TEST_DIRNAME/../build}
	fixtures=$BATS_TEST_DIRNAME/../fixtures
}

# Every program says how much it checked, so that none can pass by doing less.
unit() {
	run -0 --separate-stderr "$bin/tests/$1"
	[ -z "$stderr" ]
	[[ "$output" =~ ^$1:\ ([0-9]+)\ checks$ ]]
	[ "${BASH_REMATCH[1]}" -gt 100 ]
}

@test "every row of the tables is sorted, unique and found, near-misses are not" {
	unit tables
}

@test "every audit type and every word of a security module is found, near-misses are not" {
	unit audit
}

@test "calls, flags and errnos mean what the manuals say" {
	unit meaning
}

@test "every path shape rule is reached, is idempotent and takes linear time" {
	unit shapes
}

@test "a function is named by the file that was meant, and by no other" {
	run -0 "$bin/dt-spawn" -t list
	[[ $output =~ (^|$'\n')bpf && $output != *"not built"* ]] ||
		skip "built without the tracer bpf"
	cd "$BATS_TEST_TMPDIR"
	unit symbols
}

@test "every tracer message has its code, level and remedy" {
	unit diags
}

@test "events of EndpointSecurity and their values are taken apart" {
	unit es
}

@test "every pair of a JSON line is found where it stands, 10,000 of them too" {
	unit flat
}

@test "any bytes survive dt text and JSON" {
	unit roundtrip
}

@test "every kind and member is found by its name, and no other" {
	unit record
}

@test "ranges of every format are read, named and refused with a line" {
	unit regions
}

@test "every image and segment is of its class, every address in its range" {
	unit ranges
}

@test "every slot and flag of mac_policy is found, and tables say what they say" {
	unit optable
}

@test "every parser accounts for every line of any mutation of any fixture" {
	run -0 "$BATS_TEST_DIRNAME/mutate.bash" "$bin/tests/fuzz_formats" 300 \
	    "$fixtures"/*/*.txt
}

@test "any mutation of a document is refused, or read as it is written" {
	run -0 "$BATS_TEST_DIRNAME/mutate.bash" "$bin/tests/fuzz_doc" 300 \
	    "$fixtures"/*/*.sigs "$fixtures"/diff/*.known
}

@test "ranges and slots of every fixture are taken" {
	for f in "$fixtures"/macpolicy-regions/*.*; do
		run -0 "$bin/tests/fuzz_regions" "$f"
		[ -n "$output" ]
	done
}

@test "any mutation of ranges and slots is refused with a reason, or found" {
	run -0 "$BATS_TEST_DIRNAME/mutate.bash" "$bin/tests/fuzz_regions" 300 \
	    "$fixtures"/macpolicy-regions/*.*
}
