#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# mac-policy - a document of the policy modules that register with the kernel
#
# usage: mac-policy.bash
#
# The environment says what and where: BIN the tools, OUT the directory, TRACER
# dtrace to watch for MAC_DWELL seconds, of which TARGET, a command that has a
# module register, is run at their beginning; MAC_PROVIDER, MAC_MODULE and
# MAC_FUNC another probe than fbt:mach_kernel:mac_policy_register; OP_TABLE and
# REGIONS files for dt-macpolicy.  With any other TRACER nothing is traced, and
# FIXTURE, a trace, is taken instead.
#
# Leaves OUT/runtime_mac_policy_registration.json, and raw/mac-policy.txt and
# .jsonl, normalized/mac-policy.jsonl, meta/mac-policy.json and .stderr, what
# it was made of.  Exits as the worst of those that made it did.
set -euo pipefail

: "${BIN:=build}" "${OUT:=out}" "${TRACER:=auto}" "${MAC_DWELL:=10}"
: "${TARGET:=}" "${MAC_PROVIDER:=}" "${MAC_MODULE:=}" "${MAC_FUNC:=}"
: "${OP_TABLE:=}" "${REGIONS:=}"
top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${FIXTURE:=$top/fixtures/dt/registration.txt}"
text=$OUT/raw/mac-policy.txt
document=$OUT/runtime_mac_policy_registration.json
status=0

# worse STATUS: remember it, if it is
worse() { [ "$1" -le "$status" ] || status=$1; }

capture() {
	local args=(-t dtrace -s "$top/d-scripts/mac_policy_register.d"
	    -P mac-policy -d "$MAC_DWELL" -m "$OUT/meta/mac-policy.json"
	    -E "$OUT/meta/mac-policy.stderr" -o "$text")

	[ -z "$MAC_PROVIDER" ] || args+=(-R "$MAC_PROVIDER")
	[ -z "$MAC_MODULE" ] || args+=(-M "$MAC_MODULE")
	[ -z "$MAC_FUNC" ] || args+=(-F "$MAC_FUNC")
	if [ -n "$TARGET" ]; then
		# shellcheck disable=SC2086 # a command with its arguments
		"$BIN/dt-spawn" "${args[@]}" -- $TARGET || worse $?
	else
		"$BIN/dt-attach" "${args[@]}" || worse $?
	fi
}

mkdir -p "$OUT/raw" "$OUT/normalized" "$OUT/meta"
rm -f "$OUT"/{raw,normalized,meta}/mac-policy.* "$document"
if [ ! -x "$BIN/dt-macpolicy" ]; then
	echo "mac-policy: there is no dt-macpolicy in $BIN" >&2
	exit 2
elif [ "$TRACER" = dtrace ]; then
	capture
else
	echo "mac-policy: nothing is traced without TRACER=dtrace:" \
	    "this is ${FIXTURE#"$top"/}" >&2
	cp -- "$FIXTURE" "$text"
fi
[ -s "$text" ] || exit "$status"
# What stands in a trace that failed says why, so it is converted all the same.
"$BIN/dt-tojsonl" "$text" >"$OUT/raw/mac-policy.jsonl" || worse $?
"$BIN/dt-normalize" -w "$top/world.json" "$OUT/raw/mac-policy.jsonl" \
    >"$OUT/normalized/mac-policy.jsonl" || worse $?
"$BIN/dt-macpolicy" --worlds "$top/world.json" ${OP_TABLE:+--op-table "$OP_TABLE"} \
    ${REGIONS:+--regions "$REGIONS"} \
    "$OUT/normalized/mac-policy.jsonl" >"$document.new" || worse $?
[ -s "$document.new" ] || { rm -f "$document.new"; exit "$status"; }
mv "$document.new" "$document"
echo "$document"
exit "$status"
