#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# samples - run real captures through the filters
#
# usage: samples.bash directory
#
# The directory has a folder for each kind of capture; folders whose name stands
# below are of that format, and of others it is only told what they were taken
# for.  Of each file: no filter may crash, all its lines are read, and what comes
# out has to be of the schema.  dt-tojsonl itself sees that each line read is in
# a record, or is known to need none.  Prints a line a file.
set -euo pipefail

dir=${1:?usage: samples.bash directory}
bin=${DT_BIN:-build}
here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
files=0

fail() {
	echo "samples: $*" >&2
	bad=1
}

# expected FILE: the format that a file has to be taken for; nothing if any.
expected() {
	case $1 in
	audit-landlock/* | audit-selinux/* | journald/*) echo audit ;;
	bindsnoop-bcc/* | capable-bcc/* | execsnoop-bcc/* | killsnoop-bcc/* | \
	    mountsnoop-bcc/* | opensnoop-bcc/* | statsnoop-bcc/*) echo bcc ;;
	capable-bpftrace/*) echo 'bcc|bpftrace' ;;
	codesign/*) echo codesign ;;
	dtrace-cli/*) echo 'dtrace|dtruss' ;;
	dtrace-linux/*) echo 'dtrace|dtrace-list|dt' ;;
	dtruss/*) echo dtruss ;;
	errinfo-dtrace/*) echo errinfo ;;
	eslogger/*) echo eslogger ;;
	execsnoop-bpftrace/* | killsnoop-bpftrace/* | opensnoop-bpftrace/* | \
	    statsnoop-bpftrace/*) echo bpftrace ;;
	execsnoop-dtrace/*) echo execsnoop ;;
	iosnoop-dtrace/*) echo iosnoop ;;
	kdump/*) echo kdump ;;
	macos-sandbox-log/* | macos-sandbox-ndjson/*) echo sandbox-log ;;
	opensnoop-dtrace/*) echo opensnoop ;;
	perf-trace/*) echo perf-trace ;;
	proctracer/*) echo proctracer ;;
	strace/*) echo strace ;;
	truss-freebsd/* | truss-svr4/*) echo truss ;;
	esac
}

# The lines of a file, the last one even if it is not ended.
lines_of() {
	local n

	n=$(wc -l <"$1")
	[ -z "$(tail -c 1 "$1" | tr -d '\n')" ] || n=$((n + 1))
	echo "$n"
}

# filter NAME IN OUT: run a filter, which may refuse lines but not crash.
filter() {
	local status=0

	"$bin/$1" "${@:4}" "$2" >"$3" 2>"$tmp/err" || status=$?
	[ "$status" -le 1 ] || fail "$2: $1: status $status"
}

one() {
	local file=$1 name=$2 account format lines want

	filter dt-tojsonl "$file" "$tmp/raw" -v
	account=$(tail -n 1 "$tmp/err")
	if ! [[ $account =~ ": "([a-z-]+|"no format")": "([0-9]+)" lines, "([0-9]+)" records, "[0-9]+" unparsed"$ ]]; then
		fail "$name: no account: $account"
		return
	fi
	format=${BASH_REMATCH[1]} lines=${BASH_REMATCH[2]}
	[ "$lines" -eq "$(lines_of "$file")" ] ||
		fail "$name: $lines lines read, $(lines_of "$file") there"
	[ "${BASH_REMATCH[3]}" -eq "$(grep -c '"seq":' "$tmp/raw")" ] ||
		fail "$name: ${BASH_REMATCH[3]} records, but not in the output"
	want=$(expected "$name")
	[[ -z $want || ! -s $file || $format =~ ^($want|"no format")$ ]] ||
		fail "$name: taken for $format"
	filter dt-normalize "$tmp/raw" "$tmp/norm"
	filter dt-sigs "$tmp/norm" "$tmp/sigs"
	cat "$tmp/raw" >>"$tmp/all.jsonl"
	cat "$tmp/norm" >>"$tmp/all.norm"
	printf '%-32s %-12s %6d lines %6d records %5d unparsed %4d denials\n' \
	    "$name" "$format" "$lines" "$(wc -l <"$tmp/raw")" \
	    "$(grep -c '"kind":"unparsed"' "$tmp/raw" || :)" \
	    "$(grep -c '"deny":true' "$tmp/norm" || :)"
	files=$((files + 1))
}

while IFS= read -r file; do
	one "$file" "${file#"$dir"/}"
done < <(find "$dir" -mindepth 2 -type f ! -name '*.cmd' ! -name '*.rc' \
    ! -name 'README*' ! -path '*/scripts/*' | LC_ALL=C sort)
[ "$files" -gt 0 ] || fail "$dir: no samples"
/usr/bin/python3 "$here/tests/validate.py" "$here/docs/record.schema.json" \
    "$tmp/all.jsonl" "$tmp/all.norm" || bad=1
echo "$files files"
exit "$bad"
