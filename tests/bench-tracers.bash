#!/usr/bin/env bash
# bench-tracers - what tracers cost a program for each call it makes, beside
# the same without a tracer in the same round, and how many of the denials it
# was given they hold.
#
# usage: bench-tracers.bash [calls [runs [tracer ...]]]
#
# A tracer is bpftrace, perf, strace or dt-NAME, for dt-spawn -t NAME.  The slow
# ones get a part of the calls only.
set -euo pipefail

# perf and bpftrace need tracefs; nobody else needs to see it mounted.
if [ "$(id -u)" -eq 0 ] && [ ! -d /sys/kernel/tracing/events ] &&
    unshare -m mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; then
	# shellcheck disable=SC2016
	exec unshare -m bash -c \
	    'mount -t tracefs tracefs /sys/kernel/tracing && exec bash "$0" "$@"' \
	    "$0" "$@"
fi

calls=${1:-1000000}
runs=${2:-5}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- dt-bpf bpftrace perf strace
bin=${DT_BIN:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Root may open anything.  bpftrace -c wants the whole path.
as=("$(command -v env)")
[ "$(id -u)" -ne 0 ] || as=("$(command -v setpriv)" --reuid=65534
    --regid=65534 --clear-groups)

# What the others print of a denial, with the path of the thread's last openat.
cat >"$dir/deny.bt" <<'SCRIPT'
BEGIN { @in[cpid] = 1; }
tracepoint:sched:sched_process_fork /@in[args->parent_pid]/
{
	@in[args->child_pid] = 1;
}
tracepoint:syscalls:sys_enter_openat /@in[tid]/
{
	@path[tid] = str(args->filename);
}
tracepoint:raw_syscalls:sys_exit
/@in[tid] && (args->ret == -1 || args->ret == -13)/
{
	printf("%llu %d %s %d %d %s\n", nsecs, pid, comm, args->ret, args->id,
	    @path[tid]);
}
END { clear(@in); clear(@path); }
SCRIPT

# under TRACER command...
under() {
	local tracer=$1
	shift
	case $tracer in
	untraced)
		"$@"
		;;
	dt-*)
		"$bin/dt-spawn" -t "${tracer#dt-}" -o "$dir/trace" -- "$@"
		;;
	bpftrace)
		bpftrace -o "$dir/trace" -c "$*" "$dir/deny.bt"
		;;
	perf)
		perf trace --failure -o "$dir/trace" -- "$@"
		;;
	strace)
		strace -f -Z -o "$dir/trace" "$@"
		;;
	*)
		echo "no such tracer is known here" >&2
		return 2
		;;
	esac
}

# share TRACER: how many calls, so that a run lasts some seconds at most.
share() {
	local n
	case $1 in
	untraced | dt-bpf)
		n=$calls
		;;
	bpftrace)
		n=$((calls * 3 / 10))
		;;
	*)
		n=$((calls / 100))
		;;
	esac
	echo $((n < 10 ? 10 : n))
}

# How many denials there are in a tracer's output.
held() {
	local refused
	case $1 in
	dt-*)
		refused='^EVENT .* name=openat .*errno=13( |$)'
		;;
	bpftrace)
		refused=' -13 [0-9]* /etc/shadow$'
		;;
	*)
		refused='openat[(].* = -1 EACCES '
		;;
	esac
	awk -v refused="$refused" '$0 ~ refused {n++} END {print n + 0}' \
	    "$dir/trace"
}

# run TRACER LOOP CALLS: prints nanoseconds a call, denials made, those held,
# and those that dt says it dropped.  A tracer that lost some may exit as it
# likes.
run() {
	local ns made dropped
	: >"$dir/trace"
	under "$1" "${as[@]}" "$bin/call_loop" "$2" "$3" >"$dir/out" \
	    2>"$dir/err" || [ -s "$dir/out" ] || return
	read -r ns made <"$dir/out" || return
	dropped=$(sed -n '/^END /s/.* dropped=\([0-9]*\) .*/\1/p' "$dir/trace")
	echo "$ns $made $(held "$1") ${dropped:--}"
}

usable() {
	[ "$(run "$1" open 10 | cut -d' ' -f3)" -gt 0 ] 2>/dev/null
}

# The last thing that was said, without what bash puts before it; perf says it
# in its output.
reason() {
	awk 'NF {last = $0} END {sub(/^.*: line [0-9]+: /, "", last)
		if (!last) exit 1
		print last}' "$dir/err" || head -n 1 "$dir/trace" | grep . ||
	    echo "no denial is in its output"
}

# each EXPRESSION: its values in order, of the pairs of runs.
each() {
	awk '{base = $1; ns = $5; printf "%.2f\n", '"$1"'}' "$dir/pairs" |
	    sort -n
}

median() {
	awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# bound TRACER TEXT EXPRESSION: what dt's own tracer shall keep to, and whether
# it does.
bound() {
	[ "$1" != dt-bpf ] ||
	    awk 'BEGIN {print "   bound '"$2"'" (('"$3"') ? "" : ": OVER")}'
}

row_getppid() {
	local ratio
	ratio=$(each ns/base | median)
	printf ' %9.2f%s' "$ratio" "$(bound "$1" 1.8 "$ratio <= 1.8")"
}

row_open() {
	local added made held dropped
	added=$(each ns-base | median)
	read -r made held dropped < <(awk '{made += $6; held += $7
		sum = sum == "-" || $8 == "-" ? "-" : sum + $8}
		END {print made, held, sum}' "$dir/pairs")
	printf ' %9.2f %9.0f %9d %9d %9s%s' "$(each ns/base | median)" \
	    "$added" "$made" "$held" "$dropped" \
	    "$(bound "$1" "600 added, none lost" \
	    "$added <= 600 && $held == $made && \"$dropped\" == \"0\"")"
}

# row LOOP TRACER
row() {
	paste -d' ' "$dir/$1.untraced" "$dir/$1.$2" >"$dir/pairs"
	printf '  %-9s %9.1f %9.1f %9.1f' "$2" "$(each ns | median)" \
	    "$(each ns | head -n 1)" "$(each ns | tail -n 1)"
	[ "$2" = untraced ] || "row_$1" "$2"
	echo
}

tracers=(untraced)
for tracer; do
	if usable "$tracer"; then
		tracers+=("$tracer")
	else
		echo "$tracer is left out: $(reason)"
	fi
done
echo "bench-tracers: $calls calls or a part of them, the median of $runs rounds"
for ((i = 0; i < runs; i++)); do
	for loop in getppid open; do
		for tracer in "${tracers[@]}"; do
			run "$tracer" "$loop" "$(share "$tracer")" \
			    >>"$dir/$loop.$tracer" || { reason >&2; exit 1; }
		done
	done
done

printf '\n%-11s %9s %9s %9s %9s\n' getppid ns/call min max /untraced
for tracer in "${tracers[@]}"; do
	row getppid "$tracer"
done
printf '\n%-11s %9s %9s %9s %9s %9s %9s %9s %9s\n' open ns/call min max \
    /untraced added denials held dropped
for tracer in "${tracers[@]}"; do
	row open "$tracer"
done
