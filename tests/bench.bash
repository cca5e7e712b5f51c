#!/usr/bin/env bash
# bench - what the filters cost, as ratios to yajl's json_verify on the same
# input, or its json_reformat where a document is written too, each pair of
# runs back to back; and what signatures take up.
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

# Whole captures of so many denials, all different, from a number on.
captures() {
	awk -v n="$1" -v from="$2" 'BEGIN {
		head = "\"run\":\"" from "\",\"phase\":\"smoke\",\"world_id\":\"w\""
		print "{\"kind\":\"trace\"," head "}"
		for (i = from; i < from + n; i++)
			printf "{\"kind\":\"syscall\",%s,\"name\":\"openat\"," \
			    "\"errno\":13,\"errno_name\":\"EACCES\"," \
			    "\"op\":\"file-read-data\",\"op_status\":\"mapped\"," \
			    "\"evidence\":\"syscall-errno\",\"deny\":true," \
			    "\"path_shape\":\"/usr/share/app/%09d/data.bin\"}\n", head, i
		print "{\"kind\":\"end\"," head ",\"events\":" n "}"
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

# ratio NAME BOUND INPUT PEER-INPUT command...; the peer's command in ${peer[@]}
peer=(json_verify -s -q)
ratio() {
	local name=$1 bound=$2 in=$3 peer_in=$4 i a b
	shift 4
	for ((i = 0; i < runs; i++)); do
		a=$(cpu "$in" "$@")
		b=$(cpu "$peer_in" "${peer[@]}")
		echo "$a $b" | awk '{printf "%.3f\n", $1 / $2}'
	done >"$dir/ratios"
	printf '%-13s %5.2f of %s (bound %s; %s runs, %s to %s)\n' \
	    "$name" "$(median <"$dir/ratios")" "${peer[0]}" "$bound" "$runs" \
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

# A hundred documents, none of whose signatures is in another one.
signatures() {
	local each=$((records / 100)) i a b
	mkdir "$dir/docs"
	for ((i = 0; i < 100; i++)); do
		captures "$each" $((i * each)) >"$dir/capture"
		"$bin/dt-sigs" -o "$dir/docs/$(printf %02d "$i")" "$dir/capture"
	done
	"$bin/dt-sigs" -M -o "$dir/whole" "$dir"/docs/*
	captures $((each * 100)) 0 >"$dir/capture"
	cpu "$dir/capture" "$bin/dt-sigs" >/dev/null
	# A path has 32 bytes; the rest is what a signature takes.
	echo "$(cut -d' ' -f2 "$dir/usage") $((each * 100))" | awk '{
		printf "dt-sigs       %5d bytes a signature besides its path, " \
		    "of %d (bound 400)\n", $1 * 1024 / $2 - 32, $2 }'
	peer=(json_reformat)
	ratio "dt-sigs -M" 2.5 /dev/null "$dir/whole" "$bin/dt-sigs" -M "$dir"/docs/*
	for ((i = 0; i < runs; i++)); do
		a=$(cpu /dev/null "$bin/dt-sigs" -M "$dir"/docs/?[0-4])
		b=$(cpu /dev/null "$bin/dt-sigs" -M "$dir"/docs/*)
		echo "$a $b" | awk '{printf "%.2f\n", $2 / $1}'
	done >"$dir/ratios"
	printf 'dt-sigs -M    %5.2f times as long for 100 documents of %d signatures as for 50 (bound 2.5)\n' \
	    "$(median <"$dir/ratios")" "$each"
}
signatures
