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
	[ "${lines[0]}" = "dt-world: -c and -i exclude each other" ]
	run -2 dt-world operand
	[ "${lines[0]}" = "dt-world: 'operand': no operand is taken" ]
	run -2 dt-world -w nowhere
	[ "$output" = "dt-world: --worlds 'nowhere': No such file or directory" ]
}
