bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$top"
}

golden() {
	DT_BIN=$bin tests/golden.bash check "$@"
}

validate() {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	run -0 --separate-stderr /usr/bin/python3 tests/validate.py "$@"
	[ -z "$output$stderr" ]
}

@test "every fixture gives the files beside it, byte for byte" {
	golden fixtures/*/*.txt
}

@test "every fixture is taken for the format of its folder, or asks which" {
	for f in fixtures/*/*.txt; do
		format=${f#fixtures/}
		format=${format%%/*}
		run --separate-stderr "$bin/dt-tojsonl" -v "$f"
		if [ -e "${f%.txt}.args" ]; then
			[[ "${stderr_lines[0]}" == *": it may be "*"; -f says which" ]]
			[ "$(<"${f%.txt}.args")" = "-f $format" ]
			[[ ${stderr_lines[-1]} == *": no format: "* ]]
		else
			[[ ${stderr_lines[-1]} == *": $format: "* ]]
		fi
	done
}

@test "the same bytes come out wherever and whenever the filters run" {
	cp fixtures/dt/everything.txt "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR"
	env -i LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo "$bin/dt-tojsonl" elsewhere \
	    >a.jsonl
	diff -u "$top/fixtures/dt/everything.jsonl" a.jsonl
	env -i LC_ALL=tr_TR.UTF-8 "$bin/dt-normalize" -w "$top/world.json" \
	    a.jsonl | diff -u "$top/fixtures/dt/everything.norm" -
}

@test "every record of the fixtures is of the schema" {
	validate docs/record.schema.json fixtures/*/*.jsonl fixtures/*/*.norm
}

@test "every signature document of the fixtures is of the schema" {
	validate docs/signatures.schema.json fixtures/*/*.sigs
}

@test "the known worlds are of the schema" {
	validate docs/world.schema.json world.json
}

@test "every probe report of the fixtures is of the schema" {
	for f in fixtures/probe/*.txt; do
		case $f in *broken*) continue ;; esac
		cp "$f" "$BATS_TEST_TMPDIR/$(basename "$f" .txt).jsonl"
	done
	validate docs/probe-report.schema.json "$BATS_TEST_TMPDIR"/*.jsonl
}

@test "every probe layer document of the fixtures is of the schema" {
	for f in flat session; do
		cp fixtures/layer/$f.txt "$BATS_TEST_TMPDIR/$f.jsonl"
	done
	validate docs/probe-layer.schema.json "$BATS_TEST_TMPDIR"/*.jsonl \
	    fixtures/layer/snapshot.txt fixtures/layer/wrapped.txt
}

@test "the schema of probe layers refuses what is nearly a document" {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	for wrong in '{"kind":"fs_op","op":"stat","path":"/x"}' \
	    '{"kind":"probe_response","data":{"rc":0}}' \
	    '{"kind":"fs_op","op":"stat","errno":"1x"}' \
	    '{"kind":"run_matrix_report","data":{}}' '[]'; do
		echo "$wrong" >"$BATS_TEST_TMPDIR/wrong.jsonl"
		run -1 /usr/bin/python3 tests/validate.py \
		    docs/probe-layer.schema.json "$BATS_TEST_TMPDIR/wrong.jsonl"
	done
}

@test "the schema refuses what is nearly a record" {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	line=$(sed -n 2p fixtures/dt/everything.norm)
	for wrong in 's/"v":1/"v":2/' 's/"errno":13/"errno":"13"/' \
	    's/"deny":true/"deny":1/' 's/"mapped"/"certain"/' \
	    's/"kind":"syscall"/"kind":"sysall"/' 's/{/{"extra":1,/'; do
		sed "$wrong" <<<"$line" >"$BATS_TEST_TMPDIR/wrong.jsonl"
		run -1 /usr/bin/python3 tests/validate.py \
		    docs/record.schema.json "$BATS_TEST_TMPDIR/wrong.jsonl"
	done
}
