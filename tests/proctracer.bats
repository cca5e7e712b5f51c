bats_require_minimum_version 1.5.0

# The table of what proctracer's source prints, beside the checkout.
setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	shared=${DT_SHARED:-$top/../shared}
	cd "$top/fixtures/proctracer"
}

# event NAME KEYS...: an event, with these lines before the process.
event() {
	printf 'event : %s\n  time: 2023-05-11 08:03:00.5\n' "$1"
	shift
	[ $# -eq 0 ] || printf '  %s\n' "$@"
	sed -n '/^ process:/,/^$/p;/^$/q' basic.txt
}

@test "events and keys are those of proctracer's source, in the order printed" {
	table=$shared/tables/proctracer-events.tsv
	[ -r "$table" ] || skip "no $table: name its folder in DT_SHARED"
	block=csflags,csflags_desc,egid,euid,executable,gid,is_es_client
	block+=,is_platform_binary,oppid,pid,ppid,rgid,ruid,sid,signing_id
	block+=,team_id
	awk -F '\t' -v block="$block" 'NR > 1 {
		n = split($3, key, ",")
		for (i = 1; i <= n; i++)
			print $1 "\t" key[i]
		if (n == 0 && $4 == "")
			print $1 "\t"
		n = split(block, part, ",")
		for (i = 1; $4 != "" && i <= n; i++)
			print $1 "\t" substr($4, 1, length($4) - 1) part[i]
	}' "$table" | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/want"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 150 ]
	"$bin/tests/es" list >"$BATS_TEST_TMPDIR/have"
	diff -u "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/have"
}

@test "every event becomes a record with every line of it, and none a denial" {
	run -0 jq -r .name events.jsonl
	[ "$(sort -u <<<"$output" | wc -l)" -eq 51 ]
	run -0 jq -c 'select(.kind != "es_event" or (.fields |
	    has("cut") or has("missing") or has("ambiguous")))' events.jsonl
	[ -z "$output" ]
	# Each value of one word is in a record; of a mask, its names.
	n=0
	while read -r value; do
		n=$((n + 1))
		echo "$value: $(grep -cF -e "\"$value\"" -e ":$value," \
		    events.jsonl)" >>"$BATS_TEST_TMPDIR/found"
	done < <(sed -n 's/ ([0-9]*)$//; s/^  *[a-zA-Z_0-9]* : \([^ "]*\)$/\1/p' \
	    events.txt | grep -vxF -e -1 -e '[?]' | sort -u)
	[ "$n" -gt 75 ]
	run ! grep ': 0$' "$BATS_TEST_TMPDIR/found"
	run -0 jq -s 'map(select(.deny)) | length' ./*.norm
	[ "$output" -eq 0 ]
}

@test "a fraction of a second is nanoseconds that were not padded" {
	for t in 5:000000005 120400017:120400017 0:000000000 \
	    05:05 1234567890:1234567890; do
		event settime | sed "s/\.5$/.${t%:*}/" >"$BATS_TEST_TMPDIR/in"
		run -0 --separate-stderr "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
		[[ $output == *'"time":"2023-05-11 08:03:00.'"${t#*:}"'"'* ]]
	done
}

@test "every name of a signature's flag is checked against the number" {
	for want in 'CS_VALID (1)' ' (0)' 'CS_DYLD_PLATFORM (33554432)' \
	    'CS_NO_UNTRUSTED_HELPERS (33554432)' ' [64?] (64)'; do
		event settime | sed "s/csflags : .*/csflags : $want/" \
		    >"$BATS_TEST_TMPDIR/in"
		run -0 --separate-stderr "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
		[[ $output != *contradiction* ]]
	done
	for want in 'CS_VALID (2)' ' (1)' 'CS_VALID (3)' 'CS_ADHOC [1?] (2)'; do
		event settime | sed "s/csflags : .*/csflags : $want/" \
		    >"$BATS_TEST_TMPDIR/in"
		run -0 --separate-stderr "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
		[[ $output == *'"contradiction":"csflags"'* ]]
	done
}

@test "an event is cut wherever its text ends, and says so" {
	event stat 'target : /a' | sed '$d' >"$BATS_TEST_TMPDIR/whole"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/whole")" -eq 16 ]
	for first in {1..15}; do
		head -n "$first" "$BATS_TEST_TMPDIR/whole" \
		    >"$BATS_TEST_TMPDIR/in"
		run -0 "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
		[[ ${lines[0]} == *'"name":"stat"'*'"cut":"1"'* ]]
		[[ ${lines[1]} == *'"code":"document-cut"'* ]]
	done
	run -0 "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/whole"
	[[ ${#lines[@]} -eq 1 && $output != *cut* ]]
}

@test "an argument that is too long a line is missing, and not closed up" {
	{
		printf 'event : exec\n  time: 2023-05-11 08:03:00.5\n'
		printf '  target_args : "sh" "a\n'
		head -c 1100000 /dev/zero | tr '\0' x
		printf '\nb"\n  target_executable : /bin/sh\n'
	} >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in"
	[[ ${lines[0]} == *'"reason":"line too long"'* ]]
	[[ ${lines[1]} == *'"unparsed"'*'"text":"b\""'* ]]
	[[ ${lines[2]} == *'"target_args":"\"sh\" \"a"'*'"ambiguous":"target_args"'* ]]
	[[ ${lines[2]} != *'"args"'* ]]
}

@test "an event without an end takes neither memory nor time without one" {
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	awk 'BEGIN {
		printf "event : exec\n  target_args : \"sh\" \"-c\" \"\n"
		for (i = 0; i < 400000; i++)
			print "event : stat\\\" \" : " i
		printf "event : mmap\n"
		for (i = 0; i < 400000; i++)
			printf "  k%07d : v\n", i
		for (i = 0; i < 100000; i++)
			print "event : stat"
	}' >"$BATS_TEST_TMPDIR/in"
	status=0
	"$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" "$bin/dt-tojsonl" \
	    "$BATS_TEST_TMPDIR/in" >/dev/null 2>&1 || status=$?
	[ "$status" -eq 1 ]
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 24576 ]
}

@test "prose and other programs' lines are not taken for proctracer's" {
	printf '%s\n' 'event: open' ' event : open' 'event : open the door' \
	    'Event : open' 'event : ' '    csflags : none' \
	    'csflags : CS_VALID (1)' 'Usage: proctracer [options]' \
	    >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr "$bin/dt-tojsonl" -v "$BATS_TEST_TMPDIR/in"
	[[ $stderr == *': no format: 8 lines, 9 records, 8 unparsed'* ]]
}
