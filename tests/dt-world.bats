bats_require_minimum_version 1.5.0

setup() {
	PATH=$(cd "${DT_BIN:-$BATS_TEST_DIRNAME/../build}" && pwd):$PATH
	worlds=$BATS_TEST_DIRNAME/../world.json
}

@test "this host is a world whose id is the same each time" {
	run -0 dt-world
	[[ "$output" = *'"facts"'*'"sysname": "'"$(uname -s)"'"'* ]]
	[[ "$output" = *'"release": "'"$(uname -r)"'"'* ]]
	first=$output
	run -0 dt-world
	[ "$output" = "$first" ]
	run -0 dt-world --id
	[[ "$first" = *"\"id\": \"$output\""* ]]
}

@test "root and an ordinary user see the same world" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	command -v setpriv || skip "no setpriv"
	nobody=(setpriv --reuid=65534 --clear-groups)
	"${nobody[@]}" test -x "$(command -v dt-world)" ||
		skip "an ordinary user cannot reach the build"
	[ "$(dt-world --id)" = "$("${nobody[@]}" "$(command -v dt-world)" --id)" ]
}

@test "--check says whether this host is a known world" {
	run -1 --separate-stderr dt-world --check -w "$worlds"
	[ "$stderr" = "dt-world: not a known world" ]
	{
		echo '{"worlds":[{"id":"here","facts":'
		dt-world | sed -n '/"facts"/,/}/p' | sed 's/.*"facts": //'
		echo '}]}'
	} >"$BATS_TEST_TMPDIR/w.json"
	run -0 dt-world --check -w "$BATS_TEST_TMPDIR/w.json"
	[ "$output" = here ]
}

@test "bad usage exits 2" {
	run -2 dt-world -c -i
	[ "${lines[0]}" = "dt-world: -c, -d, -i and -r exclude each other" ]
	run -2 dt-world -j
	[ "${lines[0]}" = "dt-world: -j goes with -d only" ]
	run -2 dt-world operand
	[ "${lines[0]}" = "dt-world: 'operand': no operand is taken" ]
	run -2 dt-world -w nowhere
	[ "$output" = "dt-world: --worlds 'nowhere': No such file or directory" ]
}

@test "--doctor has each tracer prove that it sees a refusal" {
	# The leak checker's child hides from ptrace(2), as strace then says.
	[ -z "${DT_SANITIZED-}" ] || export ASAN_OPTIONS=detect_leaks=0
	run -0 dt-world --doctor
	[[ ${lines[0]} == "host     yes  $(uname -s) "* ]]
	for t in $(dt-spawn -t list | awk '$2 == "yes" && $1 != "dtrace" { print $1 }'); do
		[[ $output =~ $'\n'$t\ +yes\ +version\ .*"saw the one call that a program was refused, and nothing was lost" ]]
	done
	for t in $(dt-spawn -t list | awk '$2 == "no" { print $1 }'); do
		[[ $output =~ $'\n'$t\ +no\  ]]
	done
	run -0 dt-world -d -j
	jq -es 'length >= 4 and all(.[]; .kind == "diagnostic" and
	    (.level == "info" or .fields.remedy))' <<<"$output"
}

@test "--doctor does not believe a tracer that shows nothing" {
	[ "$(id -u)" -eq 0 ] || skip "dtrace is for root"
	mkdir "$BATS_TEST_TMPDIR/bin"
	cp "$BATS_TEST_DIRNAME/fake-dtrace.bash" "$BATS_TEST_TMPDIR/bin/dtrace"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH TMPDIR=$BATS_TEST_TMPDIR
	run dt-world -d
	[[ $output == *$'\n'"dtrace   no   provider syscall: no probes"$'\n'* ]]
	[[ $output == *$'\n'"dtrace   no   did not see the call that a program was refused"$'\n'* ]]
	export DTRACE_LISTS='printf "ID PROVIDER MODULE FUNCTION NAME\n1 $provider x y entry\n"'
	export DTRACE_DOES='ready; echo "EVENT kind=syscall name=setsid pid=$target errno=1"; follow'
	run dt-world -d
	[[ $output == *$'\n'"dtrace   yes  provider syscall: 1 probes"$'\n'* ]]
	[[ $output == *$'\n'"dtrace   yes  version Oracle D 2.0: saw the one call"* ]]
	DTRACE_DOES='ready; echo "EVENT kind=syscall name=setsid pid=$target errno=1"; echo "dtrace: 3 drops on CPU 0" >&2; follow'
	run dt-world -d
	[[ $output == *$'\n'"dtrace   no   saw a call that a program was refused, but lost something"$'\n'* ]]
	run -0 ls "$BATS_TEST_TMPDIR"
	[ "$output" = bin ]
}
