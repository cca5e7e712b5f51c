bats_require_minimum_version 1.5.0

# What tracers were seen to say, beside the checkout unless DT_SHARED names it.
setup() {
	bin=${DT_BIN:-$BATS_TEST_DIRNAME/../build}
	shared=${DT_SHARED:-$BATS_TEST_DIRNAME/../../shared}
	doc=$BATS_TEST_DIRNAME/../docs/diagnostics.md
	cd "$BATS_TEST_TMPDIR"
}

# Give each line of $1 its code, level and count, and lay them beside.
meanings() {
	"$bin/tests/diags" - <"$1" >means
	[ "$(wc -l <means)" -eq "$(wc -l <"$1")" ]
}

@test "the table of dtrace's messages has a code for every row, and its level" {
	table=$shared/tables/dtrace-messages.tsv
	[ -r "$table" ] || skip "no $table: name its folder in DT_SHARED"
	"$BATS_TEST_DIRNAME/diags_lines.py" "$table" >lines
	cut -f 2- lines >said
	meanings said
	cut -f 1 lines | paste - means >both
	rows=$(tail -n +2 "$table" | cut -f 1 | awk '$0 != "stdout"' | wc -l)
	[ "$(wc -l <both)" -gt "$rows" ]
	run -0 awk -F '\t' '
		{ want = "" }
		$1 == "fatal" || $1 == "errmsg" { want = "error" }
		$1 == "drop" || $1 == "record error" { want = "lost" }
		$2 == "dtrace.stack-names" { want = "warning" }
		$2 == "-" || (want != "" && $3 != want)' both
	[ -z "$output" ] || { echo "$output"; false; }
}

@test "a reason of the table means one thing, or else what its prefix does" {
	table=$shared/tables/dtrace-messages.tsv
	[ -r "$table" ] || skip "no $table: name its folder in DT_SHARED"
	"$BATS_TEST_DIRNAME/diags_lines.py" "$table" | grep '^errmsg' |
		cut -f 2- >said
	sed 's/: [^:]*$/: who/' said >general
	meanings general
	cut -f 1 means >fallbacks
	meanings said
	cut -f 1 means | paste - fallbacks said >both
	# Memory that lacks where buffers are made calls for smaller ones.
	run -0 awk -F '\t' '
		{ why = $3; sub(/.*: /, "", why) }
		$1 == "dtrace.buffer-too-big" { next }
		{ seen[why] = seen[why] " " $1 }
		$1 != $2 { special[why] = $1; n++ }
		END {
			if (n < 400)
				print "special only", n + 0
			for (why in special) {
				k = split(seen[why], code, " ")
				for (i = 1; i <= k; i++)
					if (code[i] != special[why])
						print code[i], why
			}
		}' both
	[ -z "$output" ] || { echo "$output"; false; }
}

@test "every line of a real dtrace's stderr has a code, or is not its own" {
	samples=$shared/samples/dtrace-linux
	[ -d "$samples" ] || skip "no $samples: name its folder in DT_SHARED"
	cat "$samples"/*.stderr >said
	[ "$(wc -l <said)" -gt 1000 ]
	meanings said
	# Of others: the command's, the shell's and time's.  Of dtrace: its
	# usage, a script that it echoes, and what lies below a message.
	cat >none <<-'END'
		^$
		^(/bin/)?cat: 
		^bash: line [0-9]+: +[0-9]+ Killed 
		^\[[0-9]\]\+  Done 
		^one: 1: Syntax error
		^(real|user|sys)	
		^Usage: dtrace 
		^	
		^(BEGIN|[{}])$
	END
	awk -F '\t' '$1 == "-"' means | cut -f 4- >uncoded
	run -1 grep -Ev -f none uncoded
	[ -z "$output" ] || { echo "$output"; false; }
}

@test "the manual of diagnostics has each code with its level and remedy" {
	run -0 "$bin/tests/diags" -l
	[ "${#lines[@]}" -gt 100 ]
	printf '%s\n' "${lines[@]}" >want
	sed -n 's/^| `\([^`]*\)` | \([a-z]*\) | [^|]* | \([^|]*\) |$/\1	\2	\3/p' \
		"$doc" >got
	[ "$(grep -c '^| `' "$doc")" -eq "$(wc -l <got)" ]
	diff -u want got
}
