bats_require_minimum_version 1.5.0

setup() {
	top=$BATS_TEST_DIRNAME/..
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$top"
}

# The denials of a file, as their names.
denials() {
	"$bin/dt-tojsonl" -f audit "$1" 2>"$BATS_TEST_TMPDIR/err" |
	    "$bin/dt-normalize" | jq -r 'select(.deny == true) | .name'
}

@test "what only looks like the kernel's word is kept, and is no denial" {
	for f in fixtures/audit/{dmesg,hostile,inside,journal,service,syslog}.txt; do
		run -0 bash -c '"$1" "$2" 2>"$3" | jq -r \
		    "select(.denied_by) | .fields.profile, .text"' - \
		    "$bin/dt-tojsonl" "$f" "$BATS_TEST_TMPDIR/err"
		[[ "$output" != *forged* ]]
	done
	run -0 jq -c 'select(.kind == "unparsed") | .reason' \
	    fixtures/audit/syslog.jsonl
	[ "$(grep -c 'looks like' <<<"$output")" -eq 5 ]
	[[ "$output" == *'"a record in a program'"'"'s message"'* ]]
}

@test "what was let through is no denial, and what was refused is one" {
	run -0 jq -c 'select(.deny) | [.denied_by, .fields.decision]' \
	    fixtures/audit/allowed.norm
	[ "$(LC_ALL=C sort <<<"$output")" = '["apparmor","DENIED"]
["apparmor","KILLED"]
["lsm","denied"]
["seccomp","errno"]
["seccomp","errno"]
["seccomp","kill_process"]
["seccomp","kill_thread"]
["seccomp","trap"]
["seccomp",null]
["selinux","denied"]' ]
}

@test "records of one event are joined whatever order they come in" {
	grep -v '^type=EOE' fixtures/audit/syscall.txt |
	    awk -F: '/msg=audit\(1795303100\.(00[1-9]|010)/' \
	    >"$BATS_TEST_TMPDIR/in"
	"$bin/dt-tojsonl" -f audit "$BATS_TEST_TMPDIR/in" |
	    jq -c 'del(.seq, .fields)' | sort >"$BATS_TEST_TMPDIR/a"
	sort -R --random-source=/dev/zero "$BATS_TEST_TMPDIR/in" \
	    >"$BATS_TEST_TMPDIR/mixed"
	"$bin/dt-tojsonl" -f audit "$BATS_TEST_TMPDIR/mixed" |
	    jq -c 'del(.seq, .fields)' | sort >"$BATS_TEST_TMPDIR/b"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 10 ]
	diff -u "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}

@test "a call that was refused is told though its decision was not" {
	run -0 denials fixtures/audit/syscall.txt
	[ "$(wc -l <<<"$output")" -eq 16 ]
	run -0 jq -c 'select(.pid == 6017) | [.kind, .deny]' \
	    fixtures/audit/syscall.norm
	[ "$output" = '["audit",false]
["syscall",true]' ]
}

@test "100000 records that never end take little memory and time" {
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "type=%s msg=audit(1795300000.001:%d): %s\n",
			    i % 2 ? "PATH" : "SYSCALL", i % 1000 * 7,
			    i % 2 ? "item=0 name=\"/a\" inode=" i :
			    "arch=c000003e syscall=2 success=no exit=-13 pid=1"
	}' >"$BATS_TEST_TMPDIR/in"
	timeout 60 "$bin/tests/rusage" "$BATS_TEST_TMPDIR/usage" \
	    "$bin/dt-tojsonl" "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '"errno":13' "$BATS_TEST_TMPDIR/out")" -eq 50000 ]
	[ -z "${DT_SANITIZED-}" ] || skip "sanitizers need memory of their own"
	[ "$(cut -d' ' -f2 "$BATS_TEST_TMPDIR/usage")" -lt 16384 ]
}

@test "a line of 1 MB takes no more time than its length" {
	awk 'BEGIN {
		head = "type=AVC msg=audit(1.2:3): avc:  denied  { read"
		for (i = 0; i < 200000; i++) {
			same = same "a=1 "
			words = words " read"
			open = open "audit("
		}
		print head " } for tclass=file " same
		print head words " } for tclass=file"
		print "Nov 21 23:16:40 h p[1]: " substr(open, 1, 1000000)
		print "[ 1.2] " substr(open, 1, 1000000)
	}' >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr timeout 10 "$bin/dt-tojsonl" -f audit \
	    "$BATS_TEST_TMPDIR/in"
	[ "${#lines[@]}" -eq 4 ]
}

@test "a log with nothing but a refusal of D-Bus is found to be one" {
	run -0 --separate-stderr "$bin/dt-tojsonl" <<<'Nov  2 07:11:58 quay dbus-daemon[612]: apparmor="DENIED" operation="dbus_bind"  bus="session" name="org.example.Crane" mask="bind" pid=700 profile="heron"'
	[ "$(jq -r '[.kind, .denied_by, .target, .fields.source] | join(" ")' <<<"$output")" = \
	    "audit apparmor org.example.Crane user" ]
}
