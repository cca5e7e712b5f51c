load helper

# What the kernel's own audit says of refusals, beside what tracers see.

setup() {
	live
	PATH=${DT_BIN:-$BATS_TEST_DIRNAME/../build}/tests:$PATH
	[ "$(uname -s)" = Linux ] || skip "only Linux has this audit"
	need_root
	audited true
	landlocked d || skip "no Landlock here"
}

# Run a command with auditing on, or with -0 off, for its time only.
audited() {
	local status=0

	audit_on "$@" || status=$?
	[ "$status" -ne 77 ] || skip "auditing cannot be set here, or was meanwhile"
	return "$status"
}

# A capture with a refusal, of which nothing was lost: what a test before this
# one has flooded the kernel with may still be lost.
quiet() { audited dt-spawn -A -t strace -o out landlocked d; }

# Does Landlock tell the audit?  It does since Linux 6.15.
need_landlock_audit() {
	need_strace
	tries=20 await quiet
	[ "$(grep -c kind=audit out)" -gt 0 ] ||
		skip "Landlock does not tell of refusals here"
	rm out
}

# Have a sanitized program end well under strace, where it finds no leaks.
leaky() { export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0; }

# trace TRACER COMMAND ...
trace() { audited dt-spawn -A -t "$1" -o out -- "${@:2}" >said 2>err; }

whole() { [[ $(ending out) == *" dropped=0 "*" complete=1" ]]; }

# The warnings of the trace, which is whole; each is told of once.
warned() {
	sed -n 's/^DIAGNOSTIC level=warning code=\([^ ]*\) .*/\1/p' out >codes
	diff -u <(printf '%s\n' "$@" | sed '/^$/d') codes
	[ "$(grep -c '^dt-spawn: audit: ' err)" -eq "$#" ]
	whole
}

# Each record stands behind the call with its serial number, and each call
# that has one before it.
paired() {
	values "kind pid denied_by audit_serial serial" | awk '
	$1 != "audit" {
		if (want != "")
			print "no record behind", last
		want = $4 == "-" ? "" : $4
	}
	$1 == "audit" {
		if ($5 != want)
			print "no call before", $0
		if (by != $3 || pid != $2)
			print "differs", last, $0
		want = ""
	}
	{ last = $0; pid = $2; by = $3 }
	END { if (want != "") print "no record behind", last }' >odd
	[ ! -s odd ] || { cat odd; false; }
}

@test "with bpf each call says who refused it, as the program itself reports" {
	need_bpf
	need_landlock_audit
	command -v jq >/dev/null || skip "jq is not installed"
	trace bpf jail_probe -q -d "$PWD"
	whole
	paired
	jq -r 'select(.probe == "outcome" and (.signal == "SIGSYS" or
	    .errno == 1 or .errno == 13)) | [.pid, .call,
	    (.path_b64 // .path // .addr // "-"), (.path2 // "-"),
	    (.errno // .signal), .by] | @tsv' said | sort >reported
	dt-tojsonl out | jq -r 'select(.kind == "syscall" or
	    .kind == "signal") | [.pid, (.fields.call // .name),
	    (.path_b64 // .path // .fields.addr // "-"), (.path2 // "-"),
	    (.errno // .name), .denied_by] | @tsv' | sort >seen
	[ "$(grep -c landlock reported)" -ge 14 ]
	diff -u reported seen
	[ "$(grep -c 'kind=audit.*denied_by=landlock' out)" -eq \
		"$(grep -c landlock reported)" ]
}

@test "with strace too, as far as Landlock refuses, and no other is blamed on it" {
	need_landlock_audit
	command -v jq >/dev/null || skip "jq is not installed"
	trace strace jail_probe -q -d "$PWD"
	whole
	paired
	jq -r 'select(.probe == "outcome" and (.errno == 1 or .errno == 13)) |
	    [.pid, .call, (.path_b64 // .path // "-"), .errno,
	    if .by == "landlock" then .by else "-" end] | @tsv' said |
		sort >reported
	dt-tojsonl out | jq -r 'select(.kind == "syscall" and
	    (.errno == 1 or .errno == 13)) | [.pid, .name,
	    (.path_b64 // .path // "-"), .errno, (.denied_by // "-")] |
	    @tsv' | sort >seen
	[ "$(grep -c landlock reported)" -ge 14 ]
	# A socket's path is in an argument of strace's.
	diff -u <(grep -v connect reported) <(grep -v connect seen)
	[ "$(grep -c "connect.*landlock" seen)" -eq 1 ]
	[ "$(grep -c "connect.*-$" seen)" -eq 1 ]
}

@test "the filters take a record for the kernel's word, and the call for what it was" {
	need_landlock_audit
	command -v jq >/dev/null || skip "jq is not installed"
	trace strace landlocked d
	dt-tojsonl out | dt-normalize >norm
	run -0 jq -r 'select(.deny) | [.kind, .name, .denied_by, .evidence] |
	    @tsv' norm
	diff -u - <(echo "$output") <<-'END'
		syscall	mkdirat	landlock	syscall-errno
		audit	fs.make_dir	landlock	kernel-decision
	END
	dt-sigs norm >sigs
	jq -e '.complete and (.deny_signatures | length) == 2' sigs
	run -0 jq -r 'select(.kind == "trace") | .fields.audit' norm
	[ "$output" = on ]
}

@test "what the mode of a file refuses has no record" {
	need_landlock_audit
	touch secret
	chmod 600 secret
	reachable do_calls
	audited dt-spawn -A -t strace -u 65534:65534 -o out -- do_calls \
		openat -100 :secret 0 >said
	events "name path denied_by" "$(values "name path denied_by" |
		grep -v secret)" "openat secret -"
	[ "$(grep -c kind=audit out)" -eq 0 ]
	whole
}

@test "with auditing off it is said once, and the capture is whole" {
	need_strace
	audited -0 dt-spawn -A -t strace -o out -m meta landlocked d 2>err
	warned audit-off
	[[ $(head -n 1 out) == *" audit=off"* ]]
	[ "$(grep -c kind=audit out)" -eq 0 ]
	run -0 grep 'name=mkdirat' out
	[[ $output != *denied_by* ]]
	grep -q audit-off meta
}

@test "refusals that name no process are told of" {
	need_landlock_audit
	audited -t dt-spawn -A -t strace -o out landlocked -n 3 d 2>err
	warned audit-nobody
	[[ $(grep ^DIAGNOSTIC out) =~ "audit: "([0-9]+)" refusals of this host name no process" ]]
	[ "${BASH_REMATCH[1]}" -ge 3 ]
	[ "$(grep -c kind=audit out)" -eq 0 ]
}

@test "auditing that is turned off meanwhile is said" {
	need_strace
	leaky
	trace strace audit_on -0 true
	warned audit-off
	[[ $(head -n 1 out) == *" audit=on"* ]]
}

@test "without the privilege it is said once, and the trace goes on" {
	need_strace
	command -v setpriv >/dev/null || skip "setpriv is not installed"
	audited setpriv --bounding-set -audit_read --inh-caps -audit_read \
		dt-spawn -A -t strace -o out landlocked d 2>err
	warned audit-privileges
	[[ $(head -n 1 out) == *" audit=refused"* ]]
	grep -q 'name=mkdirat' out
	audited setpriv --bounding-set -audit_control --inh-caps \
		-audit_control dt-spawn -A -t strace -o out landlocked d 2>err
	warned audit-unknown
	[[ $(head -n 1 out) == *" audit=unknown"* ]]
}

@test "an ordinary user is told so, and traces" {
	need_strace
	need_nobody
	reachable dt-spawn
	reachable landlocked
	chmod 777 .
	audited "${nobody[@]}" dt-spawn -A -t strace -o out -- landlocked d \
		2>err
	warned audit-privileges
	grep -q 'name=mkdirat' out
}

@test "out of the first namespaces it is said, and the trace goes on" {
	need_strace
	local kind n=0

	for kind in -n "-p -f --mount-proc" -Ur; do
		# shellcheck disable=SC2086
		unshare $kind strace -o /dev/null true || continue
		n=$((n + 1))
		# shellcheck disable=SC2086
		audited unshare $kind dt-spawn -A -t strace -o out landlocked d \
			2>err
		warned audit-namespace
	done
	[ "$n" -gt 0 ] || skip "no namespaces here"
}

@test "a program that did not confine itself is told of if Landlock was asked to" {
	need_landlock_audit
	reachable do_calls
	trace strace landlocked -n 0 d do_calls mkdirat -100 :d 0700
	[ "$(grep -c kind=audit out)" -eq 0 ]
	trace strace landlocked -l -n 0 d do_calls mkdirat -100 :d 0700
	[ "$(grep -c kind=audit out)" -eq 1 ]
	paired
	whole
}

@test "a thread's call has its record, and that of a process that is gone" {
	need_landlock_audit
	reachable do_calls
	trace strace landlocked -l -n 0 d do_calls thread , fork , \
		mkdirat -100 :d 0700
	[ "$(grep -c 'name=mkdirat.*denied_by=landlock' out)" -eq 1 ]
	trace strace landlocked -l -n 0 d do_calls thread , \
		mkdirat -100 :d 0700 , restart
	[ "$(grep -c 'name=mkdirat.*denied_by=landlock' out)" -eq 1 ]
	whole
}

@test "what other processes are refused is not in the trace" {
	need_landlock_audit
	audited sh -c 'while [ ! -e stop ]; do landlocked -n 5 d; done &
		dt-spawn -A -t strace -o out sleep 0.5; touch stop; wait'
	[ "$(grep -c kind=audit out)" -eq 0 ]
	whole
}

@test "a program that may write to the audit cannot write a refusal" {
	need_strace
	leaky
	cat >program <<-'END'
		exec audit_on -m "avc:  denied  { read } for  pid=$$ \
		scontext=a tcontext=b tclass=file permissive=0" true
	END
	audited dt-spawn -A -t strace -o out sh program
	[ "$(grep -c kind=audit out)" -eq 0 ]
	whole
}

@test "a process that runs is audited too" {
	need_landlock_audit
	mkfifo go
	cat >session <<-'END'
		sh -c 'read go <go && exec landlocked -n 3 d' &
		dt-attach -A -t strace -p $! -o out &
		while ! grep -qs ^TRACE out; do sleep 0.1; done
		echo >go
		wait
	END
	audited sh session
	[ "$(grep -c 'name=mkdirat.*denied_by=landlock' out)" -eq 3 ]
	[ "$(grep -c kind=audit out)" -eq 3 ]
	whole
}

@test "a record comes while the program runs on" {
	need_landlock_audit
	mkfifo go
	cat >session <<-'END'
		dt-spawn -A -t strace -o out -- landlocked -l d \
			sh -c 'read go <go' &
		n=0
		while ! grep -qs kind=audit out && [ $n -lt 100 ]; do
			sleep 0.1
			n=$((n + 1))
		done
		cp out sofar
		echo >go
		wait
	END
	audited sh session
	grep -q 'name=mkdirat.*denied_by=landlock' sofar
	[ "$(grep -c ^END sofar)" -eq 0 ]
}

@test "many records are all there, in order" {
	need_landlock_audit
	trace strace landlocked -n 5000 d
	[ "$(grep -c 'name=mkdirat.*denied_by=landlock' out)" -eq 5000 ]
	paired
	whole
}

@test "records that the kernel lost make the capture incomplete" {
	need_bpf
	need_landlock_audit
	run -1 audited -1 dt-spawn -A -t bpf -o out landlocked -n 3000 d
	run -0 sed -n 's/^DROP code=audit-backlog count=//p' out
	[ "$output" -gt 0 ]
	[ $((output + $(grep -c kind=audit out))) -ge 3000 ]
	[[ $(ending out) == *" complete=0" ]]
	[ "$(grep -c 'name=mkdirat' out)" -eq 3000 ]
}

@test "records that were not read in time make the capture incomplete" {
	need_bpf
	need_landlock_audit
	cat >program <<-'END'
		drops() { awk '$2 == 9 { n += $9 } END { exit n == 0 }' \
			/proc/net/netlink; }
		kill -STOP $PPID
		landlocked -n 20000 d
		n=0
		while ! drops && [ $n -lt 100 ]; do
			sleep 0.1
			n=$((n + 1))
		done
		drops && touch dropped
		kill -CONT $PPID
	END
	run audited dt-spawn -A -t bpf -b 64M -o out sh program
	[ -e dropped ] || skip "nothing was lost"
	[ "$status" -eq 1 ]
	[ "$(grep -c '^DROP code=audit-overrun$' out)" -ge 1 ]
	[[ $(ending out) == *" complete=0" ]]
	[ "$(grep -c 'name=mkdirat' out)" -eq 20000 ]
}

@test "auditing is set back to what it was, also if who set it is killed" {
	need_strace
	audited sh -c 'audit_on -0 sh -c "kill -KILL \$PPID; sleep 0.3"
		sleep 1; dt-spawn -A -t strace -o out true' 2>err
	warned
	[[ $(head -n 1 out) == *" audit=on"* ]]
}
