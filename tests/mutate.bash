#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# mutate - feed a parser what its fixtures are not
#
# usage: mutate.bash program rounds file ...
#
# Each round takes one file and spoils it: bytes changed, cut out, doubled,
# lines swapped.  The program has to exit 0.  The same rounds each time.
set -euo pipefail

program=${1:?usage: mutate.bash program rounds file ...}
rounds=$2
shift 2
files=("$@")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
RANDOM=4711

for ((i = 0; i < rounds; i++)); do
	file=${files[RANDOM % ${#files[@]}]}
	LC_ALL=C awk -v seed="$RANDOM" 'BEGIN { srand(seed) }
	function r(n) { return int(rand() * n) + 1 }
	{
		n = length($0)
		if (n > 0 && rand() < 0.3) {
			at = r(n)
			how = r(5)
			if (how == 1)
				$0 = substr($0, 1, at - 1) substr($0, at + r(4))
			else if (how == 2)
				$0 = substr($0, 1, at) $0
			else if (how == 3)
				$0 = substr($0, 1, at - 1) \
				    sprintf("%c", r(255)) substr($0, at + 1)
			else if (how == 4)
				$0 = substr($0, 1, at) "\n" substr($0, at + 1)
			else
				$0 = substr($0, 1, at)
		}
		if (rand() < 0.05)
			held = held $0 "\n"
		else if (rand() < 0.05)
			next
		else
			print
	}
	END { printf "%s", held }' "$file" >"$dir/in"
	status=0
	"$program" "$dir/in" >/dev/null 2>"$dir/err" || status=$?
	if [ "$status" -ne 0 ]; then
		echo "mutate: round $i of $file: status $status" >&2
		head -n 20 "$dir/err" >&2
		exit 1
	fi
done
