#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# macpolicy-golden - what dt-macpolicy makes of the registrations in fixtures
#
# usage: macpolicy-golden.bash write|check
#
# Of each fixtures/dt/NAME.norm with a registration, or of a trace for one, the
# document fixtures/macpolicy/NAME.json.
set -euo pipefail

bin=${DT_BIN:-build}
what=${1:?usage: macpolicy-golden.bash write|check}
cd "$(dirname "$0")/../fixtures/macpolicy"
bin=$(cd "../../$bin" 2>/dev/null || cd "$bin" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

for in in ../dt/macpolicy*.norm ../dt/registration*.norm; do
	name=$(basename "$in" .norm)
	"$bin/dt-macpolicy" -w ../../world.json -r regions.json -t ops.tsv "$in" \
	    >"$dir/$name.json" 2>"$dir/err"
	if [ "$what" = write ]; then
		mv "$dir/$name.json" .
	else
		diff -u "$name.json" "$dir/$name.json" || bad=1
	fi
done
exit "$bad"
