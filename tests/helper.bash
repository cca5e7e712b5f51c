# SPDX-License-Identifier: ISC
# helper.bash - what tests of live captures share.

bats_require_minimum_version 1.5.0

# Each test has a folder of its own; a file that needs more begins with live.
live() {
	PATH=${DT_BIN:-$BATS_TEST_DIRNAME/../build}:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	started=()
	set -o pipefail
}
setup() { live; }
teardown() { end_started; }

# Skip the test unless strace can trace a command here.
need_strace() {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -o /dev/null true 2>/dev/null ||
		skip "this user may not trace anything here"
}

# Skip the test unless bpf can trace here, as dt-spawn -t list has it.
need_bpf() {
	local bpf

	bpf=$(dt-spawn -t list | sed -n 's/^bpf  *//p')
	[[ $bpf == yes* ]] || skip "bpf: ${bpf:-not of this system}"
}

# Have a program here, where every user may run it.
reachable() {
	install -m 755 "$(type -P "$1")" .
	PATH=.:$PATH
}

# Skip the test unless a real dtrace can trace here.
need_dtrace() {
	need_root
	command -v dtrace >/dev/null || skip "dtrace is not installed"
}

# Have dtrace be a stand-in that does $1 once its probes are on.
fake_dtrace() {
	need_root
	mkdir -p bin
	cp "$BATS_TEST_DIRNAME/fake-dtrace.bash" bin/dtrace
	PATH=$PWD/bin:$PATH
	export DTRACE_ARGS=$PWD/args DTRACE_DOES=${1-}
	echo '/* a script */' >x.d
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can do this"
}

# Set $nobody to the words that run a command without privileges.
need_nobody() {
	nobody=()
	[ "$(id -u)" -eq 0 ] || return 0
	command -v setpriv >/dev/null || skip "setpriv is not installed"
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
}

# Run a command in the background, its pid in $pid; end_started ends it.
start() {
	"$@" 3>&- &
	pid=$!
	started+=("$pid")
}

# For teardown: end what start began, by number.
end_started() {
	local p

	for p in "${started[@]}"; do
		kill -KILL "$p" 2>/dev/null || continue
		wait "$p" 2>/dev/null || continue
	done
	started=()
}

# Wait until a command succeeds, for ten seconds at most; $tries makes it more.
await() {
	local n

	for ((n = 0; n < ${tries:-500}; n++)); do
		"$@" && return
		sleep 0.02
	done
	echo "did not come true: $*" >&2
	return 1
}

# The status with which a process that start began ends.
ends_with() {
	local status=0

	wait "$2" || status=$?
	[ "$status" -eq "$1" ]
}

gone() { [[ $(ps -o stat= -p "$1") =~ ^(Z|$) ]]; }
untraced() { [ "$(sed -n 's/^TracerPid:\t//p' "/proc/$1/status")" = 0 ]; }
traced() { ! untraced "$1"; }

# Does a hang-up reach us?  Under nohup(1) it is ignored, and has to be.
hangs_up() {
	[ $((0x$(sed -n 's/^SigIgn:\t//p' /proc/self/status) & 1)) -eq 0 ]
}

# Lines of a record type in a trace.
count_of() { grep -c "^$1 " "$2"; }

# The END of a trace that was made now, without when and with what outcome.
ending() { sed -n '${s/ outcome=[a-z-]*$//;s/ attached_ns=[0-9]*$//;s/ ts=[0-9]*//p}' "$1"; }

# For each event of the trace `out`, the values of the keys; "-" for none.
values() {
	awk -v keys="$1" '
	/^EVENT / {
		n = split(keys, key)
		for (i = 1; i <= n; i++) {
			v = "-"
			at = " " key[i] "="
			if (match($0, at "(\"([^\"\\\\]|\\\\.)*\"|[^ ]*)"))
				v = substr($0, RSTART + length(at),
				    RLENGTH - length(at))
			printf "%s%s", v, i < n ? " " : "\n"
		}
	}' out
}

# events KEYS LINE ...: the trace has these events, and no others.
events() {
	diff -u <(printf '%s\n' "${@:2}" | sed '/^$/d' | sort) \
		<(values "$1" | sort)
}
