# What stands in the way of the tracer inside the kernel, and how it is told.

load helper

setup() {
	live
	need_bpf
	as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	mkdir -m 777 d
}

# A command is refused with a code, a text and a remedy, and does not run.
refuses() {
	local code=$1 text=$2 remedy=$3

	run -3 --separate-stderr "${@:4}" dt-spawn -t bpf touch d/ran
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == "TRACE "* ]]
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=$code text=\"bpf: "*"$text"*'"' ]]
	[[ ${lines[2]} == "END events=0 dropped=0 complete=0 ts="* ]]
	[[ $stderr == *"$remedy"* ]]
	[ ! -e d/ran ]
}

# Nobody with these capabilities.
with_caps() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="$1" \
	    --ambient-caps="$1" "${@:2}"
}

# In a mount namespace where a script has changed something.
hidden() { unshare -m sh -c "$1"' || exit 99; exec "$@"' sh "${@:2}"; }

@test "which capabilities are missing is named" {
	refuses bpf-privileges "no CAP_BPF and CAP_PERFMON" "grant CAP_BPF and CAP_PERFMON" "${as_nobody[@]}"
	refuses bpf-privileges "no CAP_PERFMON" "grant CAP_BPF and CAP_PERFMON" with_caps +bpf
	refuses bpf-privileges "no CAP_BPF" "grant CAP_BPF and CAP_PERFMON" with_caps +perfmon
}

@test "CAP_BPF and CAP_PERFMON are enough, to attach too" {
	with_caps +bpf,+perfmon dt-spawn -t bpf cat /etc/shadow >out
	grep -c '^EVENT .* path=/etc/shadow ' out
	[[ $(ending out) == *" status=exited code=1 complete=1" ]]
	"${as_nobody[@]}" sleep 60 3>&- &
	with_caps +bpf,+perfmon dt-attach -t bpf -d 0.1 -p $! >out
	kill $!
	[[ $(ending out) == *" status=detached complete=1" ]]
}

@test "root in a user namespace is refused, not a crash" {
	"${as_nobody[@]}" unshare -Ur true || skip "no user namespaces here"
	refuses bpf-refused "refuses the bpf(2) call" "Run as root" "${as_nobody[@]}" unshare -Ur
}

@test "a kernel that tells no types is a diagnostic" {
	refuses no-btf /sys/kernel/btf/vmlinux "CONFIG_DEBUG_INFO_BTF" hidden 'mount -t tmpfs none /sys/kernel/btf'
}

@test "a kernel that is locked down is a diagnostic" {
	echo 'none integrity [confidentiality]' >lockdown
	refuses bpf-lockdown "locked down" "lockdown=confidentiality" hidden '
		mount -t tmpfs none /sys/kernel/security &&
		cp lockdown /sys/kernel/security/'
}

@test "a kernel that is locked down for integrity alone can be traced" {
	echo 'none [integrity] confidentiality' >lockdown
	hidden 'mount -t tmpfs none /sys/kernel/security &&
		cp lockdown /sys/kernel/security/' dt-spawn -t bpf -o out -- true
	[[ $(ending out) == *" complete=1" ]]
}

@test "no tracefs, debugfs or cgroups are needed" {
	hidden 'for d in kernel/tracing kernel/debug fs; do
		[ ! -d "/sys/$d" ] || mount -t tmpfs none "/sys/$d" || exit
	done' dt-spawn -t bpf -u 65534:65534 -o out -- cat /etc/shadow
	grep -c '^EVENT .* path=/etc/shadow ' out
}

@test "auto takes another where bpf seemed to work and then does not" {
	need_strace
	: >empty
	run -0 --separate-stderr hidden 'mount --bind empty /sys/kernel/btf/vmlinux' dt-spawn -o out cat /etc/passwd
	[ "${stderr_lines[0]%% [0-9]*}" = "dt-spawn: tracing with bpf" ]
	[ "${stderr_lines[-1]%% [0-9]*}" = "dt-spawn: tracing with strace" ]
	[[ $(head -n 1 out) == *" tracer=strace "*" errnos=failures "* ]]
	grep '^DIAGNOSTIC level=warning code=no-btf ' out
	[[ $(ending out) == *" status=exited code=0 complete=1" ]]
	refuses no-btf /sys/kernel/btf/vmlinux "CONFIG_DEBUG_INFO_BTF" hidden 'mount --bind empty /sys/kernel/btf/vmlinux'
}

@test "auto takes what can do all that is asked for, and says what stands in its way" {
	for asked in -S -b1M; do
		run -3 --separate-stderr "${as_nobody[@]}" dt-spawn "$asked" touch d/ran
		grep '^DIAGNOSTIC .*code=bpf-privileges ' <<<"$output"
	done
	[ ! -e d/ran ]
	need_strace
	run -0 --separate-stderr "${as_nobody[@]}" dt-spawn -L -o d/out true
	[[ $stderr == "dt-spawn: tracing with strace "* ]]
}

@test "auto takes bpf as root, another for others, and says so" {
	run -0 --separate-stderr dt-spawn -o out -- true
	[[ $stderr == "dt-spawn: tracing with bpf "* ]]
	[[ $(head -n 1 out) == *" tracer=bpf "* ]]
	need_strace
	run -0 --separate-stderr "${as_nobody[@]}" dt-spawn -o d/out -- true
	[[ $stderr == "dt-spawn: tracing with strace "* ]]
	[[ $(head -n 1 d/out) == *" tracer=strace "* ]]
}

@test "-t list tells whether bpf can work, and why not" {
	run -0 dt-spawn -t list
	[[ $output =~ (^|$'\n')bpf\ +yes\ .*:\ version\ [0-9] ]]
	run -0 "${as_nobody[@]}" dt-spawn -t list
	[[ $output =~ (^|$'\n')bpf\ +no\ .*:\ this\ process\ has\ no\ CAP_BPF ]]
}

@test "bad -b values, and options that strace has not, say so" {
	for bad in '' 0 x 4 5000 2K 3M -4K 4KK 4K1 2048M 99999999999999999999; do
		run -2 dt-spawn -t bpf -b "$bad" touch d/ran
		[[ $output == "dt-spawn: --buffer '$bad': not a"* ]]
	done
	run -2 dt-spawn -t strace -b 4M touch d/ran
	[ "$output" = "dt-spawn: --buffer: strace has none" ]
	run -2 dt-spawn -t strace -S touch d/ran
	[ "$output" = "dt-spawn: --stack: strace tells no stacks" ]
	[ ! -e d/ran ]
}

@test "built without clang, dt says so then and when asked for bpf" {
	local top=$BATS_TEST_DIRNAME/..

	[ -z "${DT_SANITIZED-}" ] || skip "once is enough"
	run -0 make -s -C "$top" B="$PWD/build" CLANG=/nonexistent CFLAGS=-O0 "$PWD/build/dt-spawn"
	[[ $output == *"built without the tracer bpf, for want of: /nonexistent"* ]]
	run -3 --separate-stderr build/dt-spawn -t bpf touch d/ran
	[[ ${lines[1]} == "DIAGNOSTIC level=error code=not-built "* ]]
	[[ $stderr == *"Build again where clang"* ]]
	[ ! -e d/ran ]
	need_strace
	run -0 --separate-stderr build/dt-spawn -o out -- true
	[[ $stderr == "dt-spawn: tracing with strace "* ]]
}
