bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	cd "$BATS_TEST_DIRNAME/.."
	tools=(dt-attach dt-normalize dt-sigs dt-spawn dt-tojsonl dt-world)
	filters=(dt-normalize dt-sigs dt-tojsonl)
}

# The synopsis of a page as one line.
synopsis() {
	mandoc -Tascii -O width=200 "tools/$1.1" | sed $'s/.\b//g' |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' |
		tr -s ' \n' ' ' | sed 's/^ //;s/ $//'
}

@test "every tool has a page, and each page a tool" {
	for page in tools/*.1; do
		[ -x "$(command -v "$(basename "$page" .1)")" ]
	done
	for tool in "${tools[@]}"; do
		[ -f "tools/$tool.1" ]
	done
}

@test "the manual's synopsis is the usage line" {
	command -v mandoc || skip "mandoc is not installed"
	for tool in "${tools[@]}"; do
		run -2 "$tool" --no-such-option
		[ "${lines[-1]}" = "usage: $(synopsis "$tool")" ]
	done
}

@test "every option of --help is in the manual, and the other way round" {
	for tool in "${tools[@]}"; do
		run -0 "$tool" --help
		help=$(grep -oE '^ +-[[:alnum:]], --[a-z-]+' <<<"$output" |
			sed 's/.*--//' | sort)
		page=$(grep -oE '^\.It Fl [[:alnum:]].*Fl (Fl |-)[a-z-]+' \
		    "tools/$tool.1" | sed -E 's/.*Fl (Fl |-)//' | sort)
		[ -n "$help" ]
		diff <(echo "$help") <(echo "$page")
	done
}

@test "--version names the tool" {
	for tool in "${tools[@]}"; do
		run -0 "$tool" --version
		[[ "$output" = "$tool "[0-9]* ]]
	done
}

@test "a bad option exits 2 and says which" {
	for tool in "${tools[@]}"; do
		run -2 --separate-stderr "$tool" -J
		[ -z "$output" ]
		[[ "$stderr" = "$tool: "*"'J'"*"usage: $tool "* ]]
	done
}

@test "a full disk is an error" {
	line='{"v":1,"kind":"end","events":0}'
	for tool in dt-normalize dt-sigs; do
		run -1 sh -c "echo '$line' | $tool >/dev/full"
		[ "${lines[0]}" = "$tool: <stdout>: No space left on device" ]
	done
	run -1 sh -c "echo 'END events=0' | dt-tojsonl >/dev/full"
	[ "${lines[0]}" = "dt-tojsonl: <stdout>: No space left on device" ]
	run -1 sh -c "dt-world >/dev/full"
	[ "${lines[0]}" = "dt-world: <stdout>: No space left on device" ]
	run -1 sh -c "dt-sigs --help >/dev/full"
	[ "${lines[0]}" = "dt-sigs: <stdout>: No space left on device" ]
}

@test "a full disk stops a long input at once" {
	yes 'EVENT kind=syscall name=x errno=13' | head -n 100000 \
	    >"$BATS_TEST_TMPDIR/long"
	run -1 sh -c "dt-tojsonl '$BATS_TEST_TMPDIR/long' >/dev/full"
	[ "${#lines[@]}" -eq 1 ]
}

@test "a reader that has had enough ends a filter in silence" {
	yes 'EVENT kind=syscall name=x errno=13' | head -n 100000 \
	    >"$BATS_TEST_TMPDIR/long"
	run bash -c "dt-tojsonl '$BATS_TEST_TMPDIR/long' | head -n 1 |
		wc -l; echo \"\${PIPESTATUS[0]}\""
	[ "${lines[0]}" -eq 1 ]
	[ "${lines[1]}" -eq 141 ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a missing file and a directory do not stop the files after them" {
	for tool in "${filters[@]}"; do
		file=fixtures/dt/sonoma.norm
		[ "$tool" != dt-tojsonl ] || file=fixtures/dt/sonoma.txt
		run -1 --separate-stderr "$tool" nowhere fixtures "$file"
		[[ "$stderr" = "$tool: nowhere: No such file or directory
$tool: fixtures: Is a directory"* ]]
		out=$output
		run -0 "$tool" "$file"
		[ "$tool" = dt-sigs ] || [[ "$out" = *"$output" ]]
	done
}

@test "- is stdin, and so is nothing" {
	run -0 dt-tojsonl - <fixtures/dt/sonoma.txt
	[ "$output" = "$(cat fixtures/dt/sonoma.jsonl)" ]
	run -0 dt-tojsonl <fixtures/dt/sonoma.txt
	[ "$output" = "$(cat fixtures/dt/sonoma.jsonl)" ]
}

@test "stdin named twice is no second input that is empty" {
	run -1 --separate-stderr dt-sigs - - <fixtures/dt/sonoma.norm
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: <stdin>: there is but one" ]
	run -2 --separate-stderr dt-sigs -D - - <fixtures/dt/sonoma.sigs
	[ "$stderr" = "dt-sigs: <stdin>: there is but one" ]
}

@test "a closed stdin is an input that cannot be read, a closed stdout lost" {
	run -1 --separate-stderr sh -c 'dt-sigs <&-'
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: <stdin>: Bad file descriptor" ]
	run -1 sh -c 'echo "END events=0" | dt-tojsonl >&-'
	[[ "$output" = "dt-tojsonl: <stdout>: "* ]]
}

@test "each filter stays under 16 MiB whatever the input" {
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	rusage=$(dirname "$(command -v dt-sigs)")/tests/rusage
	cd "$BATS_TEST_TMPDIR"
	# One line of 100 MB, one of a million brackets, then a capture.
	{
		head -c 100000000 /dev/zero | tr '\0' x
		echo
		head -c 1000000 /dev/zero | tr '\0' '['
		echo
		cat "$BATS_TEST_DIRNAME/../fixtures/dt/sonoma.norm"
	} >big
	for tool in dt-normalize dt-sigs dt-tojsonl; do
		run -1 --separate-stderr "$rusage" usage "$tool" big
		[ "$(cut -d' ' -f2 usage)" -lt 16384 ]
	done
}

@test "a follower sees each record before the next one is written" {
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	dt-tojsonl <"$BATS_TEST_TMPDIR/in" 2>/dev/null |
		dt-normalize >"$BATS_TEST_TMPDIR/out" &
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
	echo 'TRACE v=1 run=1 phase=live' >&8
	read -r -t 10 line <&9
	[[ "$line" = *'"kind":"trace"'* ]]
	echo 'EVENT kind=syscall name=open errno=13 path=/x' >&8
	read -r -t 10 line <&9
	[[ "$line" = *'"path":"/x"'* ]]
	exec 8>&-
	cat <&9 >/dev/null
	exec 9<&-
	wait "$!"
}
