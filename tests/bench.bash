#!/usr/bin/env bash
# bench - what the filters cost, as ratios to yajl's json_verify on the same
# input, each pair of runs back to back.
#
# usage: bench.bash [records [runs]]
set -euo pipefail

records=${1:-1000000}
runs=${2:-5}
bin=${DT_BIN:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Denials like those of a real capture: some paths again and again, some new.
generate() {
	awk -v n="$1" 'BEGIN {
		split("/etc/shadow /home/alice/.ssh/id_ed25519 " \
		    "/var/lib/private/service/state.db /proc/4711/mem", p, " ")
		print "TRACE v=1 run=8f3c2a1b9d4e4f6a tracer=bpf" \
		    " tool=\"dt-spawn 0.1\" sysname=Linux release=6.1.0" \
		    " machine=x86_64 product=debian version=12" \
		    " phase=\"smoke\" target=\"cat\" arg0=cat pid=4711 uid=0"
		for (i = 0; i < n; i++) {
			path = i % 5 < 4 ? p[i % 5 + 1] : \
			    "/usr/share/app/" int(i / 100) "/data.bin"
			printf "EVENT kind=syscall name=openat pid=4711" \
			    " tid=4711 execname=\"cat\"" \
			    " ts=1795219604%09d ret=-1 errno=13 flags=0x80000" \
			    " arg0=0xffffff9c arg1=0x7ffe12 arg2=0x0" \
			    " denied_by=lsm path=\"%s\"\n", i, path
		}
		print "END events=" n " dropped=0 status=exited code=1 complete=1"
	}'
}

# cpu FILE command...: processor time in microseconds, output thrown away.
cpu() {
	local in=$1
	shift
	"$bin/tests/rusage" "$dir/usage" "$@" <"$in" >/dev/null
	cut -d' ' -f1 "$dir/usage"
}

median() {
	sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# ratio NAME BOUND INPUT PEER-INPUT command...
ratio() {
	local name=$1 bound=$2 in=$3 peer=$4 i a b
	shift 4
	for ((i = 0; i < runs; i++)); do
		a=$(cpu "$in" "$@")
		b=$(cpu "$peer" json_verify -s -q)
		echo "$a $b" | awk '{printf "%.3f\n", $1 / $2}'
	done >"$dir/ratios"
	printf '%-13s %5.2f of json_verify (bound %s; %s runs, %s to %s)\n' \
	    "$name" "$(median <"$dir/ratios")" "$bound" "$runs" \
	    "$(sort -n "$dir/ratios" | head -n 1)" \
	    "$(sort -n "$dir/ratios" | tail -n 1)"
}

memory() {
	cpu "$1" "${@:2}" >/dev/null
	printf '%-13s %5d KiB at most resident (bound 16384)\n' "${2##*/}" \
	    "$(cut -d' ' -f2 "$dir/usage")"
}

# What a start costs, beside the same for the peer.
startup() {
	local i
	for ((i = 0; i < 41; i++)); do
		"$bin/tests/rusage" "$dir/usage" "$@" </dev/null \
		    >/dev/null 2>&1 || [ $? -le 1 ]
		cut -d' ' -f3 "$dir/usage"
	done | median
}

echo "bench: $records denials, the median of $runs pairs of runs"
generate "$records" >"$dir/text"
"$bin/dt-tojsonl" "$dir/text" >"$dir/raw"
"$bin/dt-normalize" "$dir/raw" >"$dir/norm"
for f in text raw norm; do
	printf '  %-4s %4d MB\n' "$f" $(($(wc -c <"$dir/$f") / 1000000))
done
ratio dt-tojsonl 2.0 "$dir/text" "$dir/raw" "$bin/dt-tojsonl"
ratio dt-normalize 2.5 "$dir/raw" "$dir/raw" "$bin/dt-normalize"
ratio dt-sigs 1.6 "$dir/norm" "$dir/norm" "$bin/dt-sigs"
memory "$dir/text" "$bin/dt-tojsonl"
memory "$dir/raw" "$bin/dt-normalize"
memory "$dir/norm" "$bin/dt-sigs"
for tool in dt-tojsonl dt-normalize dt-sigs; do
	printf '%-13s %5d us to start and end on nothing (json_verify %d us)\n' \
	    "$tool" "$(startup "$bin/$tool")" "$(startup json_verify -s -q)"
done
