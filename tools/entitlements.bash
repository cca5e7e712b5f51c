#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# entitlements - what is known of the entitlements of an application
#
# usage: entitlements.bash application|executable
#
# The environment says where: BIN the tools, OUT the directory.  Leaves in
# OUT/entitlements what each witness said: display.txt, xml.txt and
# brackets.txt of codesign, strings.txt of strings(1), said.txt of this script,
# as dt text; and the records of all in raw.jsonl and events.jsonl.  What could
# not be asked is said on stderr and in a record.
set -euo pipefail

if [ $# -ne 1 ] || [ -z "$1" ]; then
	echo "usage: entitlements.bash application|executable" >&2
	exit 2
elif [ ! -e "$1" ]; then
	echo "entitlements: $1: not there" >&2
	exit 2
fi
: "${BIN:=build}" "${OUT:=out}"
# As codesign names it.
app=$(cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
dir=$OUT/entitlements

# A whole string that is an entitlement's key, whatever else it may be.
keys='com\.apple\.(application-identifier|system-task-ports).*'
keys+='|com\.apple\.(developer|private|rootless|security|vm)\..*'
keys+='|application-identifier|aps-environment|dynamic-codesigning'
keys+='|get-task-allow|keychain-access-groups|platform-application'
keys+='|task_for_pid-allow'

# say LEVEL CODE TEXT: as a record of our own
say() {
	local text=${3//\\/\\\\}

	text=${text//\"/\\\"}
	text=${text//$'\n'/\\n}
	text=${text//$'\t'/\\t}
	printf 'DIAGNOSTIC level=%s code=%s text="%s"\n' "$1" "$2" "$text" \
	    >>"$dir/said.txt"
	[ "$1" = info ] || echo "entitlements: $3" >&2
}

# The name that a bundle gives its main executable.
bundle_name() {
	local info=$app/Contents/Info.plist

	if command -v plutil >/dev/null; then
		plutil -extract CFBundleExecutable raw -o - "$info" 2>/dev/null ||
		    return 0
	elif [ -r "$info" ]; then
		tr -d '\n\r' <"$info" | LC_ALL=C sed -n \
		    's,.*<key>CFBundleExecutable</key>[[:space:]]*<string>\([^<]*\)</string>.*,\1,p'
	fi
}

# Set exe to what runs; nothing if nobody knows.
find_executable() {
	local name

	exe=$app
	[ -d "$app" ] || return 0
	name=$(bundle_name)
	[ -n "$name" ] || name=$(basename "$app" .app)
	exe=$app/Contents/MacOS/$name
	[ -f "$exe" ] || exe=
}

# ask NAME OPTION ...: what codesign says; the file comes before what is of it
ask() {
	local name=$1 status=0

	shift
	codesign "$@" "$app" >"$dir/out" 2>"$dir/err" || status=$?
	cat "$dir/err" "$dir/out" >"$dir/$name.txt"
	if [ "$status" -ne 0 ] &&
	    ! grep -q 'code object is not signed at all' "$dir/err"; then
		say error codesign-failed \
		    "codesign $* $app: status $status"
	elif [ "$name" != display ] && [ ! -s "$dir/out" ]; then
		say info no-entitlements "codesign $*: no entitlements"
	fi
	rm -f "$dir/out" "$dir/err"
}

ask_codesign() {
	command -v codesign >/dev/null || {
		say error codesign-missing \
		    "there is no codesign here: the signature was not read"
		return 0
	}
	ask display -dv --verbose=4
	ask xml -d --entitlements :-
	ask brackets -d --entitlements -
}

# Strings that look like entitlements, behind the file's name as strings -f
# has it; not every strings knows that option.
ask_strings() {
	[ -n "$exe" ] || {
		say error no-executable "$app: no main executable was found"
		return 0
	}
	command -v strings >/dev/null || {
		say error strings-missing \
		    "there is no strings here: nothing was looked for in $exe"
		return 0
	}
	LC_ALL=C strings -a "$exe" >"$dir/all" || {
		say error strings-failed "strings $exe: status $?"
		rm -f "$dir/all"
		return 0
	}
	LC_ALL=C sed 's,^[[:space:]]*<key>\(.*\)</key>[[:space:]]*$,\1,' \
	    <"$dir/all" | { LC_ALL=C grep -xE "$keys" || :; } |
	    LC_ALL=C sort -u | exe=$exe awk '{ print ENVIRON["exe"] ": " $0 }' \
	    >"$dir/strings.txt"
	rm -f "$dir/all"
	[ -s "$dir/strings.txt" ] ||
	    say info no-entitlements "strings: nothing like an entitlement"
}

# convert FORMAT FILE: its records; a file that is empty says nothing
convert() {
	[ -s "$dir/$2.txt" ] || return 0
	"$BIN/dt-tojsonl" -f "$1" "$dir/$2.txt" >>"$dir/raw.jsonl" || status=$?
}

status=0
mkdir -p "$dir"
rm -f "$dir"/{display,xml,brackets,strings,said}.txt "$dir"/{raw,events}.jsonl
find_executable
ask_codesign
ask_strings
: >"$dir/raw.jsonl"
for f in display xml brackets; do
	convert codesign "$f"
done
convert strings strings
convert dt said
"$BIN/dt-normalize" "$dir/raw.jsonl" >"$dir/events.jsonl" || status=$?
n=$(grep -c '"kind":"entitlement"' "$dir/events.jsonl" || :)
echo "$app: $n witnesses of entitlements, in $dir/events.jsonl"
exit "$status"
