#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# sarif-schema - put the schema of SARIF where the tests look for it
#
# usage: sarif-schema.bash FILE
#
# The schema of SARIF 2.1.0 is not ours to pass on, and no Debian package has
# it.  A package of npm's has; only its one file is taken out, and nothing of it
# is installed or run.  Without npm, or without a network, it says so and exits
# 0: the test is then skipped.
set -euo pipefail

file=${1:?usage: sarif-schema.bash file}
package=@microsoft/jest-sarif@1.0.0-beta.0
member=package/lib/schemas/sarif-2.1.0-rtm.5.json
sum=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8
[ ! -e "$file" ] || exit 0

without() {
	echo "sarif-schema: $*; SARIF is not checked against its schema" >&2
	exit 0
}

command -v npm >/dev/null || without "npm is not installed"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm pack --silent --fetch-retries=1 --fetch-timeout=20000 \
    --pack-destination "$dir" "$package" \
    >/dev/null 2>"$dir/why" || without "npm has no $package"
tar -xzOf "$dir"/*.tgz "$member" >"$dir/schema" || without "$member is gone"
sha256sum --status -c <<<"$sum  $dir/schema" ||
	without "$member is not what it was"
mkdir -p "$(dirname "$file")"
mv "$dir/schema" "$file"
