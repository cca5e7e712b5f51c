#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# mac-policy.bats - registrations of policy modules, captured and replayed.

load helper

# $BIN has the tools, and a dt-macpolicy that gives back what it was given.
setup() {
	live
	top=$BATS_TEST_DIRNAME/..
	worlds=$top/world.json
	dev=runtime-mac-policy-dev
	baseline=$(jq -r .baseline "$worlds")
	export BIN=$PWD/tools OUT=$PWD/got
	unset TARGET OP_TABLE REGIONS FIXTURE "${!MAC_@}"
	mkdir tools
	for tool in dt-attach dt-normalize dt-spawn dt-tojsonl; do
		ln -s "$(type -P "$tool")" tools
	done
	cat >tools/dt-macpolicy <<-'EOS'
	#!/bin/bash
	printf '%s\n' "$*" >macpolicy.args
	cat -- "${@: -1}"
	exit "${MACPOLICY_EXITS-0}"
	EOS
	chmod +x tools/dt-macpolicy
	document=$OUT/runtime_mac_policy_registration.json
}

mac_policy() { "$top/tools/mac-policy.bash"; }

@test "without a tracer a fixture is replayed, and said to be one" {
	run -0 --separate-stderr mac_policy
	[ "$output" = "$document" ]
	[ "$stderr" = "mac-policy: nothing is traced without TRACER=dtrace: this is fixtures/dt/registration.txt" ]
	cmp "$document" "$top/fixtures/dt/registration.norm"
	[[ "$(<macpolicy.args)" = "--worlds "*"/world.json $OUT/normalized/mac-policy.jsonl" ]]
	jq -es 'map(.world_id) | unique == ["'"$dev"'"]' "$document"
	export FIXTURE=$top/fixtures/dt/macpolicy-slots.txt OP_TABLE='a b' REGIONS=r
	run -1 --separate-stderr mac_policy
	[[ "$(<macpolicy.args)" = *" --op-table a b --regions r $OUT/normalized/mac-policy.jsonl" ]]
	[ "$(jq -s 'map(select(.fields.slots)) | length' "$document")" -eq 3 ]
}

@test "dtrace watches as long as it is told, and the document says what came" {
	fake_dtrace 'ready; echo "EVENT parts=5 kind=mac_policy_register name=vn_open at=entry pid=1 ts=7 mpc=0x1000 q0=0x1 parts_end=5"; stay'
	export TRACER=dtrace MAC_DWELL=0.4 MAC_FUNC=vn_open MAC_MODULE=kern MAC_PROVIDER=fbt
	run -0 --separate-stderr mac_policy
	[ "$output" = "$document" ]
	[[ $(paste -sd ' ' args) == *" -C -D fbt=fbt -D mach_kernel=kern -D mac_policy_register=vn_open -s "*/d-scripts/mac_policy_register.d" -n "* ]]
	run -0 jq -c '[.kind, .phase, (.fields | del(.attached_ns?))]' "$document"
	[ "${lines[0]}" = '["trace","mac-policy",{"target_provider":"fbt","target_module":"kern","target_func":"vn_open"}]' ]
	[ "${lines[1]}" = '["mac_policy_register","mac-policy",{"at":"entry","mpc":"0x1000","q0":"0x1"}]' ]
	[ "${lines[2]}" = '["end","mac-policy",{"outcome":"events"}]' ]
	[ "$(jq .events "$OUT/meta/mac-policy.json")" -eq 1 ]
	fake_dtrace 'ready; stay'
	unset MAC_FUNC MAC_MODULE MAC_PROVIDER
	run -0 mac_policy
	run -0 jq -c '.fields | .outcome?' "$document"
	[ "$output" = $'null\n"no-event"' ]
	# The probes were on for all of that time, and for little more.
	jq -es 'last.fields.attached_ns | tonumber | . >= 4e8 and . < 4e9' "$document"
}

@test "a command may have the module register" {
	fake_dtrace
	export TRACER=dtrace TARGET='touch a b'
	run -0 mac_policy
	[ -e a ] && [ -e b ]
	[ "$(jq -r 'select(.kind == "trace") | .target.argv[0]' "$document")" = touch ]
}

@test "what fails is in the document and in the status, and no old one is left" {
	fake_dtrace
	export TRACER=dtrace
	export DTRACE_FAILS='echo "dtrace: failed to compile script x.d: line 1: probe description fbt:mach_kernel:mac_policy_register:entry does not match any probes" >&2; exit 1'
	run -3 mac_policy
	[ "$(jq -r 'select(.kind == "diagnostic") | .code' "$document")" = dtrace.no-probe ]
	[ "$(jq 'select(.kind == "end") | .complete, .fields' "$document")" = $'false\nnull' ]
	unset TRACER
	MACPOLICY_EXITS=1 run -1 mac_policy
	[ -s "$document" ]
	: >tools/dt-macpolicy
	run -0 --separate-stderr mac_policy
	[ -z "$output" ] && [ ! -e "$document" ] && [ ! -e "$document.new" ]
	rm tools/dt-macpolicy
	run -2 --separate-stderr mac_policy
	[ "$stderr" = "mac-policy: there is no dt-macpolicy in $BIN" ]
}

@test "the real dt-macpolicy makes the document, of a fixture and of a capture" {
	ln -sf "$(type -P dt-macpolicy)" tools
	export OP_TABLE=$top/fixtures/macpolicy/ops.tsv REGIONS=$top/fixtures/macpolicy/regions.json
	run -0 --separate-stderr mac_policy
	cmp "$document" "$top/fixtures/macpolicy/registration.json"
	fake_dtrace 'ready; stay'
	export TRACER=dtrace MAC_DWELL=0.4 MAC_PROVIDER=syscall MAC_FUNC=reboot
	run -0 mac_policy
	jq -e '.complete and .events == [] and (.host.tracing_config.captures[0] |
	    .outcome == "no-event" and .target_func == "reboot" and .attached_ns >= 4e8)' "$document"
	fake_dtrace
	export DTRACE_FAILS='echo "dtrace: failed to compile script x.d: line 1: probe description fbt:mach_kernel:mac_policy_register:entry does not match any probes" >&2; exit 1'
	run -3 --separate-stderr mac_policy
	jq -e '(.complete | not) and (.host.tracing_config |
	    .captures[0].attached_ns == null and .diagnostics[0].code == "dtrace.no-probe")' "$document"
}

@test "make hands over what is set on its command line" {
	run -0 make -s -n -C "$top" mac-policy TRACER=dtrace MAC_DWELL=3 OUT=there B="$DT_BIN"
	[[ $output == *"OUT='there' TRACER='dtrace' MAC_DWELL='3'"*"tools/mac-policy.bash"* ]]
}

@test "the real dtrace proves the pipeline with another probe" {
	need_dtrace
	export TRACER=dtrace MAC_DWELL=2 MAC_PROVIDER=syscall MAC_FUNC=getppid
	export TARGET="$DT_BIN/do_calls getppid"
	run -0 mac_policy
	jq -es 'map(select(.execname == "do_calls").fields | [.at, .provider, .target_symbol]) ==
	    [["entry", "syscall", "getppid"], ["return", "syscall", "getppid"]] and
	    .[0].fields.target_func == "getppid" and last.fields.outcome == "events"' "$document"
}

@test "a capture of one world is refused as one of the other" {
	registration=$top/fixtures/dt/registration
	run -0 dt-normalize -w "$worlds" -W "$dev" "$registration.jsonl"
	run -0 dt-normalize -w "$worlds" -W "$baseline" "$top/fixtures/dt/sonoma.jsonl"
	run -1 --separate-stderr dt-normalize -w "$worlds" -W "$baseline" "$registration.jsonl"
	[ -z "$output" ]
	[[ $stderr == "dt-normalize: $registration.jsonl:1: the capture is not of world '$baseline': its "* ]]
	run -1 --separate-stderr dt-normalize -w "$worlds" -W "$dev" "$top/fixtures/dt/sonoma.jsonl"
	[ -z "$output" ]
	[[ $stderr == *":1: the capture is not of world '$dev': its "* ]]
	# What is normalized already has its world, with or without -w.
	run -1 --separate-stderr dt-normalize -W "$baseline" "$registration.norm"
	[ -z "$output" ]
	[ "$stderr" = "dt-normalize: $registration.norm:1: the record is of world '$dev', not '$baseline'" ]
	run -0 dt-normalize -W "$dev" "$registration.norm"
	sed -n 2p "$registration.norm" >event
	run -1 --separate-stderr dt-normalize -w "$worlds" -W "$baseline" event
	[ "$stderr" = "dt-normalize: event:1: the record is of world '$dev', not '$baseline'" ]
}

# Each fact on its own makes it another world, and none makes it the other.
@test "a capture is never taken for one of a world that it has only nearly" {
	jq -r '.worlds[] | .id as $id | .facts | keys[] | "\($id) \(.)"' "$worlds" >facts
	[ "$(wc -l <facts)" -eq 14 ]
	while read -r id key; do
		for edit in '.[$key] = "other"' 'del(.[$key])'; do
			jq -c --arg id "$id" --arg key "$key" \
			    "{kind: \"trace\", run: \"1\", host: (.worlds[] | select(.id == \$id).facts | $edit)}" \
			    "$worlds" >capture
			run -0 dt-normalize -w "$worlds" capture
			[[ $output != *'"world_id":"'"$dev"'"'* && $output != *'"world_id":"'"$baseline"'"'* ]]
		done
		jq -c --arg id "$id" '{kind: "trace", run: "1", host: (.worlds[] | select(.id == $id).facts)}' "$worlds" >capture
		run -0 dt-normalize -w "$worlds" capture
		[[ $output == *'"world_id":"'"$id"'"'* ]]
	done <facts
}

@test "signatures of the two worlds are neither folded nor compared" {
	run -1 --separate-stderr dt-sigs "$top/fixtures/dt/sonoma.norm" "$top/fixtures/dt/registration.norm"
	[ -z "$output" ]
	[ "$stderr" = "dt-sigs: two worlds in one fold: '$baseline' and '$dev'" ]
	dt-sigs "$top/fixtures/dt/sonoma.norm" >a
	dt-sigs "$top/fixtures/dt/registration.norm" >b
	run -1 --separate-stderr dt-sigs --merge a b
	[ -z "$output" ]
	run -2 --separate-stderr dt-sigs --diff a b
	[[ $stderr == *"'$baseline'"*"'$dev'"* ]]
}

@test "this host is checked against both worlds, and is the one it is" {
	facts=$(dt-world | jq -c '.. | .facts? | select(.)' | head -n 1)
	jq -c --argjson facts "$facts" '.worlds[0].facts = $facts | .worlds[1].facts = ($facts | .release = "other")' "$worlds" >one.json
	run -0 dt-world --check -w one.json
	[ "$output" = "$baseline" ]
	jq -c '.worlds |= [.[0] + {facts: .[1].facts}, .[1] + {facts: .[0].facts}]' one.json >two.json
	run -0 dt-world --check -w two.json
	[ "$output" = "$dev" ]
	run -1 dt-world --check -w "$worlds"
}

@test "a thousand registrations are as many records, in the memory of one" {
	awk 'BEGIN {
		print "TRACE v=1 run=many tracer=dtrace"
		for (i = 0; i < 1000; i++) {
			printf "EVENT parts=%d kind=mac_policy_register name=f at=entry pid=1 ts=%d mpc=0x%x", i, i, i * 96
			for (k = 0; k < 12; k++)
				printf " q%d=0x%x", k, i + k
			printf " policy_name=\"%060d\\0\" policy_fullname=\"%060d\\0\" mpc_ops=0x1", i, i
			for (k = 0; k < 128; k++)
				printf " o%d=0xfffffe00%08x", k, i * 128 + k
			print " parts_end=" i
		}
		print "END events=1000 dropped=0 complete=1"
	}' >many
	run -0 bash -c 'dt-tojsonl many | dt-normalize | tee rows | dt-sigs | jq -c "[.complete, .inputs[0].event_count]"'
	[ "$output" = "[true,1000]" ]
	jq -es 'map(select(.kind == "mac_policy_register").fields) | length == 1000 and
	    (map(length) | unique) == [145] and .[999].o127 == "0xfffffe000001f3ff"' rows
	[ -z "${DT_SANITIZED-}" ] || return 0
	{ head -n 2 many; tail -n 1 many | sed 's/1000/1/'; } >one
	rusage=$(dirname "$(type -P dt-sigs)")/tests/rusage
	[ -x "$rusage" ] || skip "rusage is not built"
	for n in one many; do
		"$rusage" "$n.usage" dt-tojsonl "$n" >/dev/null
	done
	paste -d ' ' one.usage many.usage
	[ "$(paste -d ' ' one.usage many.usage | awk '{ print ($5 < $2 + 1024) }')" -eq 1 ]
}
