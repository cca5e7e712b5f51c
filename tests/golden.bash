#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# golden - what the filters make of a fixture, beside it
#
# usage: golden.bash write|check fixtures/FORMAT/CASE.txt ...
#
# From CASE.txt, by itself: CASE.jsonl what dt-tojsonl writes, CASE.err what it
# says on stderr (no file: nothing), CASE.norm and CASE.sigs what the next two
# filters make of that.  dt-tojsonl exits 1 exactly when there is a CASE.err.
set -euo pipefail

bin=${DT_BIN:-build}
what=${1:?usage: golden.bash write|check file ...}
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

# make IN OUT: the four files of one fixture as OUT.*
make_all() {
	local in=$1 out=$2 status=0 args=()
	[ ! -e "${in%.txt}.args" ] || read -ra args <"${in%.txt}.args"
	(cd "$(dirname "$in")" && "$bin/dt-tojsonl" "${args[@]}" \
	    "$(basename "$in")") \
	    >"$out.jsonl" 2>"$out.err" || status=$?
	if [ -s "$out.err" ]; then
		[ "$status" -eq 1 ] || fail "$in: stderr, but status $status"
	else
		rm "$out.err"
		[ "$status" -eq 0 ] || fail "$in: status $status in silence"
	fi
	"$bin/dt-normalize" -w world.json "$out.jsonl" >"$out.norm"
	"$bin/dt-sigs" "$out.norm" >"$out.sigs" 2>"$out.warn"
	rm "$out.warn"
}

fail() {
	echo "golden: $*" >&2
	bad=1
}

bin=$(cd "$bin" && pwd)
for in; do
	base=${in%.txt}
	make_all "$in" "$dir/x"
	for ext in jsonl err norm sigs; do
		if [ "$what" = write ]; then
			rm -f "$base.$ext"
			[ ! -e "$dir/x.$ext" ] || mv "$dir/x.$ext" "$base.$ext"
			continue
		fi
		[ -e "$base.$ext" ] || [ -e "$dir/x.$ext" ] || continue
		[ -e "$base.$ext" ] || { fail "$base.$ext: missing"; continue; }
		[ -e "$dir/x.$ext" ] || { fail "$base.$ext: nothing made it"
			continue; }
		diff -u "$base.$ext" "$dir/x.$ext" || bad=1
	done
	rm -f "$dir"/x.*
done
exit "$bad"
