bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	BIN=$(cd "${DT_BIN:-$top/build}" && pwd)
	cd "$BATS_TEST_TMPDIR"
	export BIN OUT=$BATS_TEST_TMPDIR/out
	got=$OUT/entitlements
	app="$PWD/Tide Table.app"
	exe="$app/Contents/MacOS/Tide \"Table\""
	mkdir -p "$app/Contents/MacOS" bin
	cat >"$app/Contents/Info.plist" <<-'EOF'
	<?xml version="1.0" encoding="UTF-8"?>
	<plist version="1.0"><dict>
	<key>CFBundleName</key><string>Other</string>
	<key>CFBundleExecutable</key>
	<string>Tide "Table"</string>
	</dict></plist>
	EOF
	printf '%s\0' junk com.apple.security.app-sandbox \
	    "needs com.apple.security.cs.allow-jit" \
	    "<key>com.apple.security.network.client</key>" get-task-allow \
	    com.apple.security.app-sandbox >"$exe"
	# Only what the script needs, so that nothing else is found by chance.
	for p in awk basename bash cat dirname grep mkdir rm sed sort tr; do
		ln -s "$(type -P $p)" bin/
	done
}

# A strings(1) like that of binutils.
with_strings() {
	cat >bin/strings <<-'EOF'
	#!/bin/bash
	[ "$1" = -a ] || exit 64
	tr '\0' '\n' <"$2"
	EOF
	chmod +x bin/strings
}

# A codesign as of macOS 14 for the file that is named last.
with_codesign() {
	cat >bin/codesign <<-'EOF'
	#!/bin/bash
	file=${!#}
	echo "Executable=$file/Contents/MacOS/Tide \"Table\"" >&2
	case "$*" in
	"-dv --verbose=4 "*)
		echo "Identifier=org.example.tidetable" >&2
		echo "CodeDirectory v=20500 size=640 flags=0x10000(runtime) hashes=9+7 location=embedded" >&2
		echo "TeamIdentifier=QX7EXAMPLE" >&2 ;;
	"-d --entitlements :- "*)
		echo "warning: Specifying ':' in the path is deprecated and will not work in a future release" >&2
		printf '%s' '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>com.apple.security.app-sandbox</key><true/></dict></plist>' ;;
	"-d --entitlements - "*)
		printf '[Dict]\n\t[Key] com.apple.security.app-sandbox\n\t[Value]\n\t\t[Bool] true\n' ;;
	*) exit 2 ;;
	esac
	EOF
	chmod +x bin/codesign
}

# A codesign that prints a line and fails.
failing_codesign() {
	printf '#!/bin/bash\nprintf "%%b" "%s" >&2\nexit 1\n' "$1" \
	    >bin/codesign
	chmod +x bin/codesign
}

collect() { PATH=$BATS_TEST_TMPDIR/bin "$top/tools/entitlements.bash" "$@"; }
# Members of the events, one line each.
each() { jq -rc "$1" "$got/events.jsonl"; }

@test "each witness of a bundle is asked and kept, by itself and as records" {
	with_strings
	with_codesign
	run -0 --separate-stderr collect "Tide Table.app/"
	[ -z "$stderr" ]
	[[ $output == *": 5 witnesses of entitlements, in $got/events.jsonl" ]]
	run -0 each 'select(.kind == "entitlement") | [.name, .path, .evidence]'
	path=${exe//\"/\\\"}
	diff -u - <(printf '%s\n' "$output" | sort -u) <<-EOF
	["com.apple.security.app-sandbox","$path","string-scan"]
	["com.apple.security.app-sandbox","$path",null]
	["com.apple.security.network.client","$path","string-scan"]
	["get-task-allow","$path","string-scan"]
	EOF
	run -0 each 'select(.kind == "code_signature" and .name) | .name'
	[ "$output" = org.example.tidetable ]
	[ "$(each 'select(.kind == "unparsed" or .deny)')" = "" ]
	grep -q '^TeamIdentifier=' "$got/display.txt"
	grep -q '^<?xml' "$got/xml.txt"
	grep -q '^\[Dict\]' "$got/brackets.txt"
	grep -qF "$exe: get-task-allow" "$got/strings.txt"
}

@test "an executable by itself is one as well, also with a dash in front" {
	with_strings
	cp "$exe" ./-tool
	run -0 --separate-stderr collect -tool
	run -0 each 'select(.kind == "entitlement") | .path'
	[ "${lines[0]}" = "$PWD/-tool" ]
}

@test "without codesign a record says that the signature was not read" {
	with_strings
	run -0 --separate-stderr collect "$app"
	[[ $stderr == "entitlements: there is no codesign here:"* ]]
	run -0 each 'select(.code == "codesign-missing") | .level'
	[ "$output" = error ]
	run -0 each 'select(.kind == "entitlement") | .evidence'
	[ "${#lines[@]}" -eq 3 ]
	[ ! -e "$got/xml.txt" ]
	run -0 "$BIN/dt-sigs" "$got/events.jsonl"
	[[ $output == *'"blocked"'* && $output == *'"complete": false'* ]]
}

@test "without strings a record says that nothing was looked for" {
	with_codesign
	run -0 --separate-stderr collect "$app"
	[[ $stderr == "entitlements: there is no strings here:"* ]]
	run -0 each 'select(.code == "strings-missing") | .level'
	[ "$output" = error ]
	[ ! -e "$got/strings.txt" ]
}

@test "a file that is not signed is a record, and no failure of codesign" {
	failing_codesign "/opt/a b: code object is not signed at all\\n"
	with_strings
	run -0 --separate-stderr collect "$exe"
	[ -z "$stderr" ]
	run -0 each 'select(.kind == "code_signature") | [.path, .fields.signed]'
	[ "${lines[0]}" = '["/opt/a b","false"]' ]
}

@test "a codesign that fails is said, with or without a word of its own" {
	with_strings
	failing_codesign ""
	run -0 --separate-stderr collect "$app"
	run -0 each 'select(.code == "codesign-failed") | .level'
	[ "${#lines[@]}" -eq 3 ]
	failing_codesign "it: internal error in Code Signing subsystem\\n"
	run -1 --separate-stderr collect "$app"
	run -0 each 'select(.kind == "unparsed") | .text'
	[ "${lines[0]}" = "it: internal error in Code Signing subsystem" ]
}

@test "a bundle without its main executable is said" {
	with_strings
	with_codesign
	rm "$exe"
	run -0 --separate-stderr collect "$app"
	[[ $stderr == *"no main executable was found" ]]
	run -0 each 'select(.code == "no-executable") | .level'
	[ "$output" = error ]
}

@test "what is not there is refused, and nothing is left of the time before" {
	with_strings
	run -0 --separate-stderr collect "$app"
	run -2 --separate-stderr collect "$app/none"
	[ "$stderr" = "entitlements: $app/none: not there" ]
	run -2 --separate-stderr collect
	[[ $stderr == usage:* ]]
	: >"$exe"
	run -0 --separate-stderr collect "$app"
	[[ $output == *": 0 witnesses of entitlements, "* ]]
	run -0 each 'select(.kind == "entitlement")'
	[ -z "$output" ]
	run -0 each 'select(.code == "no-entitlements") | .level'
	[ "$output" = info ]
}

@test "make entitlements takes a name with blanks" {
	run -0 --separate-stderr make -s -C "$top" entitlements B="$BIN" \
	    OUT="$OUT" APP="$app"
	[[ $output == *"witnesses of entitlements, in $got/events.jsonl" ]]
}
