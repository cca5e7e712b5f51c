# SPDX-License-Identifier: ISC
# Files that only one system takes, *_linux.c and *_darwin.c.

setup() {
	cd "$BATS_TEST_DIRNAME/.."
}

# What a file defines for others: KNF has names first on their line, and the
# word static on the one before.
defines() {
	sed -n '/^static/{N;d}; s/^\([a-z][a-z0-9_]*\)(.*/\1()/p
	    s/^[a-z].* \**\([a-z0-9_]*\[\]\) = {$/\1/p' "$1" | sort
}

@test "what is of Linux has a twin for macOS, and the other way around" {
	local linux darwin

	linux=$(ls lib/*_linux.c fixtures/targets/*_linux.c)
	darwin=$(ls lib/*_darwin.c fixtures/targets/*_darwin.c)
	[ "${linux//_linux/}" = "${darwin//_darwin/}" ]
}

@test "twins define the same" {
	local f

	for f in lib/*_linux.c fixtures/targets/*_linux.c; do
		echo "$f"
		[ -n "$(defines "$f")" ]
		diff -u <(defines "$f") <(defines "${f%_linux.c}_darwin.c")
	done
}
