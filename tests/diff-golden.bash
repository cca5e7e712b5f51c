#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# diff-golden - what dt-sigs --diff makes of two documents, beside them
#
# usage: diff-golden.bash write|check fixtures/diff/CASE.golden.json ...
#
# Each of CASE.golden.json and CASE.new.json is what the tools make of the
# .trace beside it, if there is one.  From the two, with the options in
# CASE.args, if there are any: CASE.json, CASE.sarif and CASE.xml.
set -euo pipefail

bin=${DT_BIN:-build}
what=${1:?usage: diff-golden.bash write|check file ...}
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bin=$(cd "$bin" && pwd)
bad=0

# A capture that was cut short exits 1.
fold() {
	{ "$bin/dt-tojsonl" "$1" || [ $? -eq 1 ]; } 2>"$dir/err" |
		"$bin/dt-normalize" | "$bin/dt-sigs" 2>"$dir/err"
}

# compare CASE FORMAT: the exit status says how it came out, stderr nothing.
compare() {
	local args=() status=0
	[ ! -e "$1.args" ] || read -ra args <"$1.args"
	"$bin/dt-sigs" --diff --format "$2" "${args[@]}" \
	    "$1.golden.json" "$1.new.json" 2>"$dir/err" || status=$?
	[ "$status" -le 2 ] && [ ! -s "$dir/err" ] && return
	echo "diff-golden: $1: status $status: $(<"$dir/err")" >&2
	return 1
}

# answer FILE: what was just made is, or becomes, the file.
answer() {
	if [ "$what" = write ]; then
		cp "$dir/x" "$1"
	else
		diff -u "$1" "$dir/x" || bad=1
	fi
}

for in; do
	base=$(basename "$in" .golden.json)
	cd "$(dirname "$in")"
	for side in golden new; do
		[ -e "$base.$side.trace" ] || continue
		fold "$base.$side.trace" >"$dir/x" || bad=1
		answer "$base.$side.json"
	done
	for format in json sarif junit; do
		compare "$base" "$format" >"$dir/x" || bad=1
		answer "$base.${format/junit/xml}"
	done
	cd "$OLDPWD"
done
exit "$bad"
