# SPDX-License-Identifier: ISC
# dt-macpolicy: the document of registrations, its places and its alignment.

load helper

setup() {
	live
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	dt=$top/fixtures/dt
	mac=$top/fixtures/macpolicy
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
}

# dt text from stdin, normalized; a capture that is cut short fails in the first
# of both, which is not what is tested here.
normal() {
	(
		set +o pipefail
		dt-tojsonl 2>/dev/null | dt-normalize -w "$top/world.json"
	)
}

# A registration of these keys, in a capture that is whole.
registration() {
	echo "TRACE v=1 run=r1 tracer=dtrace ts=1000 sysname=${system-Darwin} release=${release-23.6.0} machine=arm64"
	echo "EVENT parts=1 kind=mac_policy_register name=mac_policy_register at=entry tid=7 $* parts_end=1"
	echo "END events=1 dropped=0 status=detached complete=1 ts=3000"
}

# Is this true of the first event of the document?
of() { jq -e ".events[0] | $1" document >/dev/null; }

document() { registration "$@" | normal | dt-macpolicy "${opts[@]}" >document; }

@test "every registration of the fixtures gives the document beside it, byte for byte" {
	DT_BIN=$bin "$top/tests/macpolicy-golden.bash" check
}

@test "every document is of the schema" {
	/usr/bin/python3 -c 'import jsonschema' ||
		skip "python3-jsonschema is not installed"
	registration mpc=0x1000 q3=0xffffffff00000002 o511=0x1 | normal |
	    dt-macpolicy >full.json
	run -0 --separate-stderr /usr/bin/python3 "$top/tests/validate.py" \
	    "$top/docs/mac-policy.schema.json" "$mac"/macpolicy*.json \
	    "$mac"/registration*.json full.json
	[ -z "$output$stderr" ]
	for wrong in 's/"returned": false/"returned": 0/' \
	    's/"value": 2/"value": -2/' 's/"unknown"/"likely"/' \
	    's/"index": 511/"index": 512/' 's/"note": null/"nota": null/'; do
		sed "$wrong" full.json >wrong.json
		run ! cmp -s full.json wrong.json
		run -1 /usr/bin/python3 "$top/tests/validate.py" \
		    "$top/docs/mac-policy.schema.json" wrong.json
	done
}

@test "a trace without an event gives a document that says how long nothing came" {
	dt-macpolicy "$dt/registration-none.norm" >document
	[ "$(jq -c '[.complete, .events, .host.tracing_config.captures[0].attached_ns,
	    .host.tracing_config.captures[0].outcome]' document)" = '[true,[],10000000000,"no-event"]' ]
}

@test "a trace without an end, or with a loss, makes no complete document" {
	registration mpc=0x1000 | sed '/^END/d' | normal >endless
	run -0 --separate-stderr dt-macpolicy endless
	[[ "$stderr" = *"the capture is not whole"* ]]
	[ "$(jq -c '[.complete, .incomplete]' <<<"$output")" = '[false,["no-end"]]' ]
	registration mpc=0x1000 | sed 's/^END/DROP count=2\n&/' | normal >lost
	run -0 --separate-stderr dt-macpolicy lost
	[ "$(jq -c '[.complete, .incomplete]' <<<"$output")" = '[false,["dropped"]]' ]
	run -0 --separate-stderr dt-macpolicy </dev/null
	[ "$(jq .complete <<<"$output")" = false ]
}

@test "words of 32 bits are taken from their half, and the other half is kept" {
	document mpc=0x1000 q3=0xdead000000000003 q5=0x1 q7=0x80000001
	of '.mpc_snapshot.decoded.labelname_count == {"value": 3, "padding": "0xdead0000"}'
	of '.mpc_snapshot.decoded.loadtime_flags.names == ["MPC_LOADTIME_FLAG_NOTLATE"]'
	of '.mpc_snapshot.decoded.runtime_flags | .value == 2147483649 and .unknown == "0x80000000"'
	of '.mpc_snapshot.raw_slots[3] == "0xdead000000000003"'
	of '.mpc_snapshot.raw_slots[0] == null and .mpc_snapshot.decoded.name == null'
}

@test "a signed pointer is found where it points, and kept as it was" {
	opts=(-r "$mac/regions.json")
	document mpc=0x8000000000001c10 caller=0xfe91fe0009c2e0f8
	of '.args.mpc | .text == "0x8000000000001c10" and .address == "0x1c10"'
	of '.caller.classification == "sandbox_kext"'
	of '.caller.pc | .text == "0xfe91fe0009c2e0f8" and .address == "0xfffffe0009c2e0f8" and .offset == "0xe0f8"'
	opts+=(-p 0)
	document mpc=0x1000 caller=0xfe91fe0009c2e0f8
	of '.caller | .classification == "other" and .pc.address == "0xfe91fe0009c2e0f8"'
	opts=(-r "$mac/regions.json")
	system=Linux document mpc=0x1000 caller=0xfe91fe0009c2e0f8
	of '.caller.classification == "other"'
}

@test "without regions nothing is classified" {
	document mpc=0xfffffe0007a41c10 caller=0xfffffe0009c2e0f8
	of '.mpc_region == null and .caller.classification == null'
	of '.args.mpc | has("image") | not'
	opts=(-r "$mac/regions.json")
	document mpc=0xfffffe0007a41c10 caller=0xfffffe0007100000
	of '.mpc_region == "kernel_data" and .caller.classification == "kernel"'
	document mpc=0x10 caller=0x20
	of '.mpc_region == "other" and .caller.classification == "other"'
	document caller=zero
	of '.mpc_region == null and .caller.classification == null and .caller.pc.text == "zero"'
}

@test "what may be in an image whose address is hidden is not called other" {
	cat >kexts <<-'EOS'
	Index Refs Address            Size       Wired      Name (Version) UUID <Linked Against>
	   40    0 0                  0x1000     0x1000     com.apple.security.sandbox (300.0) 11111111-2222-3333-4444-555555555555 <1>
	   41    0 0xfffffe0009000000 0x1000     0x1000     org.example.fence (1) 11111111-2222-3333-4444-555555555556 <1>
	EOS
	opts=(-r kexts)
	document mpc=0xfffffe0009000010 caller=0xfffffe0008000010
	of '.caller.classification == null and .caller.pc.image == null'
	of '.mpc_region == "other" and .args.mpc.image == "org.example.fence"'
	document mpc=0xfffffe0008000010 caller=0xfffffe0009000010
	of '.mpc_region == null and .caller.classification == "other"'
}

@test "strings say whose they may be, and if they were cut" {
	document mpc=0x1000 'policy_name="Sandbox\0"' \
	    'policy_fullname="'"$(printf '%063d' 0)"'"'
	of '.mpc_snapshot.strings.name == {"value": "Sandbox", "class": "Sandbox/Seatbelt", "cut": false}'
	of '.mpc_snapshot.strings.fullname | .class == "other" and .cut'
	document mpc=0x1000 'policy_name="AppleMatch"' 'policy_fullname="Seatbelt policy"'
	of '.mpc_snapshot.strings.name.class == "AppleMatch"'
	of '.mpc_snapshot.strings.fullname.class == "Sandbox/Seatbelt"'
}

@test "a word is what was printed, and no other field's nor another number" {
	document mpc=0x1000 q4=0x10 mpc_ops=0x20 o0=-1 o1=18446744073709551615 \
	    o2=0x10000000000000000 o3=0x3 o03=0x4 o0x3=0x5
	of '.mpc_snapshot.raw_slots[4] == "0x10" and .mpc_ops.ptr.text == "0x20"'
	of '.mpc_ops.entries | map(.address) == [null, "0xffffffffffffffff", null, "0x3"]'
	of '.mpc_ops.entries[0].text == "-1" and .fields == {"o03": "0x4", "o0x3": "0x5"}'
	document mpc=0x1000 mpc_ops=0x20
	of '.mpc_snapshot.raw_slots[4] == null and .mpc_ops.ptr.text == "0x20"'
	document mpc=0x1000 q4=0x10
	of '.mpc_ops.ptr.text == "0x10"'
}

@test "hooks have names and places, and NULL ones are counted" {
	opts=(-r "$mac/regions.json")
	document mpc=0x1000 o0=0x0 o1=0xfffffe00071a809c o3=0x0 o400=0x5
	of '.mpc_ops | .words_read == 4 and .null == 2 and (.entries | length) == 2'
	of '.mpc_ops.entries[0] | .index == 1 and .hook == "mpo_audit_check_preselect" and .offset == "0xa809c"'
	of '.mpc_ops.entries[1] | .index == 400 and .hook == null and .image == null'
}

@test "hooks of another kernel than that of the names have none" {
	for release in 23.4.0 23.6.0; do
		document mpc=0x1000 o1=0x10
		of '.mpc_ops.entries[0].hook == "mpo_audit_check_preselect"'
	done
	for release in 22.6.0 23.3.0 24.0.0; do
		document mpc=0x1000 o1=0x10
		of '.mpc_ops.entries[0] | .hook == null and .text == "0x10"'
	done
	release=23.6.0 system=Linux document mpc=0x1000 o1=0x10
	of '.mpc_ops.entries[0].hook == null'
	echo 'EVENT target_symbol=f mpc=0x1 ops_sample=0x0,0x7' | normal >older || :
	dt-macpolicy older >document
	of '.mpc_ops.entries[0].hook == "mpo_audit_check_preselect"'
	dt-macpolicy -H release=21.0.0 older >document
	of '.mpc_ops.entries[0].hook == null'
}

@test "a static table agrees, nearly, not at all, or has nothing to say" {
	opts=(-r "$mac/regions.json" -t table)
	printf '1\tmach_kernel\t__TEXT_EXEC\t0xa809c\n7\tmach_kernel\t__TEXT_EXEC\t0x10\n' >table
	cp table before
	document mpc=0x1000 o1=0xfffffe00071a809c o2=0xfffffe0007100000
	of '.alignment | .status == "strong" and .matched_indices == [1] and .compared == 1'
	of '.alignment.notes == ["hooks that the table does not list: 1"]'
	document mpc=0x1000 o1=0xfffffe00071a809c o7=0xfffffe0007100020
	of '.alignment | .status == "weak" and .matched == 1 and .compared == 2 and .moved_indices == [7]'
	document mpc=0x1000 o7=0xfffffe0007100020
	of '.alignment | .status == "incompatible" and .matched == 0 and .moved_indices == [7]'
	document mpc=0x1000 o1=0xfffffe00071a809c o7=0xfffffe0009c2e0f8
	of '.alignment | .status == "incompatible" and .contradicted_indices == [7]'
	document mpc=0x1000 o1=0xfffffe00071a809c o7=0x0
	of '.alignment.status == "incompatible"'
	document mpc=0x1000 o7=0x5
	of '.alignment | .status == "unknown" and .compared == 0'
	cmp table before
	opts=(-t table)
	printf '1\t_hook_one\n2\thook_two\n' >table
	document mpc=0x1000 o1=0x10 o2=0x20 's1="Fence`hook_one+0x0"' 's2="Fence`_hook_two+0x0"'
	of '.alignment | .status == "strong" and .matched_indices == [1, 2]'
	document mpc=0x1000 o1=0x10 o2=0x20 's1="Fence`hook_one+0x4"' 's2="Fence`other+0x0"'
	of '.alignment | .status == "incompatible" and .contradicted_indices == [1, 2]'
	document mpc=0x1000 o1=0x10
	of '.alignment | .status == "unknown" and .notes == ["symbols of the table that the capture has none for: 1"]'
	opts=()
	document mpc=0x1000 o1=0x10
	of '.alignment | .status == "unknown" and .notes == ["no op table was given"]'
}

@test "the older probe's lists are read" {
	{
		echo 'TRACE v=1 run=1'
		echo 'EVENT target_symbol=mac_policy_register mpc=0x1000 handlep=0x2000 xd=0x0 slots=0x10,0x20,,0x3 ops_sample=0x0,0x7 caller=0x99 note="by hand" color=red'
		echo 'END events=1'
	} | normal | dt-macpolicy >document
	of '.mpc_snapshot.raw_slots[0:4] == ["0x10", "0x20", null, "0x3"]'
	of '.mpc_ops.entries[0] | .index == 1 and .text == "0x7"'
	of '.note == "by hand" and .fields == {"color": "red"} and .caller.pc.text == "0x99"'
}

@test "a return gives its result to its own call" {
	{
		echo 'TRACE v=1 run=1'
		for tid in 1 2; do
			echo "EVENT parts=$tid kind=mac_policy_register name=f at=entry tid=$tid mpc=0x1000 parts_end=$tid"
		done
		echo 'EVENT kind=mac_policy_register name=f at=return tid=1 mpc=0x1000 ret=17'
		echo 'EVENT kind=mac_policy_register name=f at=return tid=3 mpc=0x1000 ret=0'
		echo 'END events=4'
	} | normal | dt-macpolicy >document
	[ "$(jq -c '[.events[] | [.tid, .entered, .returned, .ret]]' document)" = \
	    '[[1,true,true,17],[2,true,false,null],[3,false,true,0]]' ]
}

@test "returns find their calls among many, and the last of one thread first" {
	awk 'BEGIN {
		printf "{\"v\":1,\"kind\":\"trace\",\"run\":\"r\",\"seq\":1}\n"
		row = "{\"v\":1,\"kind\":\"mac_policy_register\",\"run\":\"r\",\"seq\":%d,\"tid\":%d,%s\"name\":\"f\",\"deny\":false,\"fields\":{\"at\":\"%s\",\"mpc\":\"0x1\"}}\n"
		for (i = 0; i < 10000; i++)
			printf row, i + 2, i / 2, "", "entry"
		for (i = 0; i < 10000; i++)
			printf row, i + 10002, i, "\"ret\":" i ",", "return"
	}' >many
	dt-macpolicy many >document
	[ "$(jq -c '[.events | length, (map(select(.returned)) | length),
	    (.[0:4] | map(.ret))]' document)" = '[15000,10000,[null,0,null,1]]' ]
}

@test "captures of two hosts or worlds make no document" {
	registration mpc=0x1000 | normal >a
	registration mpc=0x1000 | sed 's/23.6.0/23.4.0/' | normal >b
	run -1 --separate-stderr dt-macpolicy a b
	[ -z "$output" ]
	[[ "$stderr" = "dt-macpolicy: b:1: two worlds in one document: "* ]]
	# A value is the capture's, and may not write to a terminal.
	registration mpc=0x1000 | sed 's/machine=arm64/machine="x\\ndt: y\\033[m"/' | normal | sed 's/"world_id":"[^"]*"/"world_id":"w"/' >c
	sed 's/"world_id":"[^"]*"/"world_id":"w"/' a >d
	run -1 --separate-stderr dt-macpolicy d c
	[ "$stderr" = "dt-macpolicy: c:1: a capture of another host: its machine is 'x\x0adt: y\x1b[m', not 'arm64'" ]
	sed 's/"world_id":"[^"]*"/"world_id":"w"/' a >c
	sed 's/"world_id":"[^"]*"/"world_id":"w"/' b >d
	run -1 --separate-stderr dt-macpolicy c d
	[ "$stderr" = "dt-macpolicy: d:1: a capture of another host: its release is '23.4.0', not '23.6.0'" ]
}

@test "each capture says what was on, and no fact of a later one is lost or other" {
	registration mpc=0x1000 | sed '1s/$/ target_provider=syscall target_module=vmlinux target_func=read/' | normal >a
	registration mpc=0x1000 | sed 's/r1/r2/;1s/$/ kaslr_slide=0x8000 target_func=f/' | normal >b
	registration mpc=0x1000 | sed 's/r1/r3/;1s/$/ kaslr_slide=0xc000/' | normal >c
	run -0 --separate-stderr dt-macpolicy a b
	[ "$(jq -c '[.host.kaslr_slide, (.host.tracing_config.captures[] | [.target_provider, .target_module, .target_func])]' <<<"$output")" = \
	    '["0x8000",["syscall","vmlinux","read"],[null,null,"f"]]' ]
	run -1 --separate-stderr dt-macpolicy a b c
	[ "$stderr" = "dt-macpolicy: c:1: a capture of another host: its kaslr_slide is '0xc000', not '0x8000'" ]
	run -1 dt-macpolicy -H kaslr_slide=0x1 a b
}

@test "how long was attached is what the launcher says, or not known" {
	registration mpc=0x1000 | normal | dt-macpolicy >document
	[ "$(jq -c '.host.tracing_config.captures[0].attached_ns' document)" = null ]
	for ns in -5 many; do
		registration mpc=0x1000 | sed '$s/$/ attached_ns='"$ns/" | normal | dt-macpolicy >document
		[ "$(jq -c '.host.tracing_config.captures[0].attached_ns' document)" = null ]
	done
}

@test "facts by hand fill in what no capture says, and contradict none" {
	registration mpc=0x1000 | normal >a
	run -0 dt-macpolicy -H kc_hash=abc --host=sip=disabled a
	[ "$(jq -c '.host | [.kc_hash, .protections.sip, .boot_mode]' <<<"$output")" = '["abc","disabled",null]' ]
	run -1 --separate-stderr dt-macpolicy -H release=1 a
	[ "$stderr" = "dt-macpolicy: the capture's release is '23.6.0', not '1'" ]
	[ -z "$output" ]
	for wrong in colour=red release =x; do
		run -2 dt-macpolicy -H "$wrong" a
		[[ "${lines[0]}" = "dt-macpolicy: --host '$wrong': "* ]]
	done
}

@test "what is known of the world fills in what nobody says" {
	dt-macpolicy -w "$top/world.json" "$dt/registration-none.norm" >document
	[ "$(jq -r '.host.kernel_version' document)" = RELEASE_ARM64_VMAPPLE ]
	dt-macpolicy -w "$top/world.json" -H kernel_version=mine "$dt/registration-none.norm" >document
	[ "$(jq -r '.host.kernel_version' document)" = mine ]
	dt-macpolicy "$dt/registration-none.norm" >document
	[ "$(jq -r '.host.kernel_version' document)" = null ]
	registration mpc=0x1000 | normal | dt-macpolicy -w "$top/world.json" >document
	[ "$(jq -r '.host.kernel_version' document)" = null ]
	run -2 dt-macpolicy -w nowhere "$dt/registration-none.norm"
}

@test "regions that overlap, and files that are none, are refused by name" {
	echo '[{"image":"a","segment":"T","start":1,"end":9},{"image":"b","segment":"T","start":8,"end":10}]' >overlap
	run -2 --separate-stderr dt-macpolicy -r overlap </dev/null
	[[ "$stderr" = "dt-macpolicy: --regions: "*"overlap"* ]]
	echo '[{"image":"a","segment":"T","start":9,"end":1}]' >wrong
	run -2 --separate-stderr dt-macpolicy -r wrong </dev/null
	[[ "$stderr" = "dt-macpolicy: --regions 'wrong':1: "* ]]
	printf '1\ta\n1\tb\n' >wrong
	run -2 --separate-stderr dt-macpolicy -t wrong </dev/null
	[[ "$stderr" = "dt-macpolicy: --op-table 'wrong':2: "* ]]
	run -2 --separate-stderr dt-macpolicy -v nowhere </dev/null
	[ "$stderr" = "dt-macpolicy: --vocabulary 'nowhere': No such file or directory" ]
	run -2 dt-macpolicy -p -1 </dev/null
	run -2 dt-macpolicy -s x </dev/null
	run -2 --separate-stderr dt-macpolicy -r "$mac/regions.json" -s 1 </dev/null
	[[ "$stderr" = "dt-macpolicy: --slide without --regions behind it"* ]]
}

@test "digests say which table and vocabulary were given" {
	printf '1\tone\n2\ttwo\n' >table
	printf '# comment\nfile-read-data\nfile-write-data\n' >words
	run -0 --separate-stderr dt-macpolicy -t table -v words </dev/null
	[ "$(jq -r '.static_reference.op_table | .sha256, .entries' <<<"$output")" = \
	    "$(sha256sum <table | cut -d ' ' -f 1)"$'\n2' ]
	[ "$(jq -r '.static_reference.vocabulary | .sha256, .entries' <<<"$output")" = \
	    "$(sha256sum <words | cut -d ' ' -f 1)"$'\n2' ]
}

@test "1,000 registrations are in the document, in their order" {
	{
		echo 'TRACE v=1 run=1'
		for ((i = 0; i < 1000; i++)); do
			echo "EVENT parts=$i kind=mac_policy_register name=f at=entry tid=$i mpc=0x$i parts_end=$i"
		done
		echo 'END events=1000'
	} | normal | dt-macpolicy >document
	[ "$(jq -c '[.events[].tid] == [range(1000)]' document)" = true ]
}

@test "a line that is no record is told, and the document is not complete" {
	{ registration mpc=0x1000 | normal; echo '{"kind":'; echo '{"v":1,"kind":"syscall","seq":1}'; } >lines
	run -1 --separate-stderr dt-macpolicy lines
	[[ "$stderr" = *"lines:4: "*"lines:5: "* ]]
	[ "$(jq -c '[.complete, .incomplete, (.events | length)]' <<<"$output")" = '[false,["parse-errors"],1]' ]
}

@test "a full disk, a missing file and a bad option are told by the status" {
	run -1 --separate-stderr bash -c "dt-macpolicy >/dev/full </dev/null"
	[[ "$stderr" = *"<stdout>: No space left on device" ]]
	run -1 --separate-stderr dt-macpolicy nowhere
	[ -z "$output" ]
	[[ "$stderr" = *"nowhere: No such file or directory" ]]
	run -2 dt-macpolicy --no-such-option
}
