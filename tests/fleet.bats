load helper

# What docs/scaling.md says is run as it stands there, with smaller blocks.
# The hosts alpha and beta are two sshd on the loopback interface, each with
# a home, a PATH and a world.json of its own, all below bats' directory.

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	bin=$(cd "${DT_BIN:-$top/build}" && pwd)
	dir=$BATS_TEST_TMPDIR
	PATH=$bin:$PATH
	tries=3000
	set -o pipefail
	unset PARALLEL SSH_AUTH_SOCK
	export HOME=$dir/home TMPDIR=$dir/tmp
	export PARALLEL_HOME=$dir/parallel PARALLEL_SSH="ssh -F $dir/ssh_config"
	mkdir -p "$HOME" "$TMPDIR" "$PARALLEL_HOME" "$dir/captures"
	cd "$dir"
	make_captures 12
	cat >world.json <<-'E'
	{"schema":"dt-worlds/1","worlds":[{"id":"fleet","facts":
	{"sysname":"Linux"}}]}
	E
	dt-normalize -w world.json captures/*.jsonl >events.jsonl
	dt-sigs events.jsonl >want.json
}

teardown() {
	touch "$BATS_TEST_TMPDIR/killed"
	kill_host alpha
	kill_host beta
	[ ! -e hangs ] || kill -KILL "$(cut -d' ' -f2 hangs)"
	end_started
	[ ! -e "$dir/made" ] || rmdir /run/sshd
}

# make_captures N: three captures each of so many hosts.
make_captures() {
	local i p

	for ((i = 0; i < $1; i++)); do
		for p in smoke idle interaction; do
			sed "s/\"run\":\"/&$i-/" "$top/fixtures/dt/$p.jsonl" \
			    >"captures/$i-$p.jsonl"
		done
	done
}

need_parallel() {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	[[ $(parallel --version 2>&1) = "GNU parallel"* ]] ||
		skip "parallel is not GNU parallel"
}

need_sshd() {
	local tool shell

	for tool in getent ssh ssh-keygen; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
	sshd=$(PATH=$PATH:/usr/sbin command -v sshd) ||
		skip "sshd is not installed"
	shell=$(getent passwd "$(id -u)" | cut -d: -f7)
	case ${shell:-none} in
	none | */nologin | */false) skip "this user has no login shell" ;;
	esac
	[ "$(id -u)" -ne 0 ] || need_root_login
}

# As root sshd refuses an account whose password is locked, and wants a
# directory that only a running daemon has.  Where a mount namespace can be
# had it gets one there, and else for as long as the test lasts.
need_root_login() {
	[[ $(getent shadow root | cut -d: -f2) != !* ]] ||
		skip "root's account is locked"
	[ ! -d /run/sshd ] || return 0
	in_private=(unshare --mount sh -c
	    'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"' sh)
	"${in_private[@]}" true 2>/dev/null && return
	in_private=()
	mkdir -m 755 /run/sshd
	touch "$dir/made"
}

# host NAME: start an sshd, and tell ssh of it.  Its directory comes first
# in its PATH, so that a test can put programs there.
host() {
	local at=$dir/$1 n port

	mkdir -p "$at/bin"
	cp world.json "$at"
	[ -e key ] || ssh-keygen -q -t ed25519 -N '' -f key
	ssh-keygen -q -t ed25519 -N '' -f "$at/hostkey"
	cat >"$at/sshd_config" <<-E
	ListenAddress 127.0.0.1
	HostKey $at/hostkey
	PidFile none
	AuthorizedKeysFile $dir/key.pub
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitUserRC no
	PrintLastLog no
	SetEnv HOME=$at TMPDIR=$TMPDIR PATH=$at/bin:$bin:/usr/bin:/bin
	ForceCommand cd "\$HOME" && exec bash -c "\$SSH_ORIGINAL_COMMAND"
	E
	# A port may be taken.
	for ((n = 0; n < 5; n++)); do
		port=$((10000 + RANDOM % 20000))
		start ${in_private+"${in_private[@]}"} "$sshd" -D -p "$port" \
		    -f "$at/sshd_config" -E "$at/log"
		echo "$pid" >"$at/pid"
		await listens_or_gone "$1"
		! listens "$1" || break
	done
	listens "$1" || cat "$at/log"
	listens "$1"
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$at/hostkey.pub")" \
	    >>known_hosts
	cat >>ssh_config <<-E
	Host $1
	HostName 127.0.0.1
	Port $port
	IdentityFile $dir/key
	IdentitiesOnly yes
	UserKnownHostsFile $dir/known_hosts
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	BatchMode yes
	E
}

listens() { [ -e "$dir/$1/log" ] && grep "Server listening" "$dir/$1/log"; }
listens_or_gone() { listens "$1" || gone "$(cat "$dir/$1/pid")"; }

sessions() {
	local p

	for p in $(pgrep -x -P "$1" sshd); do
		sessions "$p"
		echo "$p"
	done
}

# kill_host NAME: end an sshd and its sessions at once, as a crash does.  It
# is stopped first, lest it begin another session meanwhile.
kill_host() {
	local at=$dir/$1 pid

	[ -e "$at/pid" ] || return 0
	pid=$(cat "$at/pid")
	rm "$at/pid"
	kill -STOP "$pid" || return 0
	mapfile -t dead < <(sessions "$pid")
	kill -KILL "$pid" "${dead[@]}"
}

# documented HEADING: the commands below it in docs/scaling.md.
documented() {
	awk -v heading="## $1" '/^##/ { on = 0 } index($0, heading) { on = 1 }
	    on && /^    /' "$top/docs/scaling.md" |
		sed 's/--block 10M/--block 40k/' | grep ''
}

@test "what is documented for one machine gives the bytes of one fold" {
	need_parallel
	for heading in "Raw records" "Normalized records" "A file of them"; do
		bash -o pipefail -c "$(documented "$heading")"
		cmp fleet.json want.json
		rm fleet.json
	done
}

@test "a host that dies is made up for, and what it had begun to say is dropped" {
	need_parallel
	need_sshd
	host alpha
	host beta
	# The second job on alpha sends half a document and hangs; those on
	# beta wait until alpha is dead.
	cat >alpha/bin/dt-sigs <<-E
	#!/bin/bash
	mkdir "$dir/first" 2>/dev/null && exec "$bin/dt-sigs" "\$@"
	"$bin/dt-sigs" "\$@" | head -c 300
	echo "\$PARALLEL_SEQ \$\$" >"$dir/hangs"
	exec sleep 600
	E
	cat >beta/bin/dt-sigs <<-E
	#!/bin/bash
	echo "\$PARALLEL_SEQ" >>"$dir/beta.jobs"
	until [ -e "$dir/killed" ]; do sleep 0.1; done
	exec "$bin/dt-sigs" "\$@"
	E
	chmod +x alpha/bin/dt-sigs beta/bin/dt-sigs

	start env PARALLEL=-j1 timeout 90 \
	    bash -o pipefail -c "$(documented "Several hosts")"
	fold=$pid
	await test -s hangs
	read -r seq hanging <hangs
	kill -0 "$hanging"
	kill_host alpha
	touch killed
	wait "$fold"

	cmp fleet.json want.json
	# The columns of the log: 1 job, 2 host, 7 status.
	awk '$2 == "alpha" { n += $7 == 0 } END { exit n != 1 }' fleet.log
	awk -v job="$seq" '$1 == job { n += $2 == "beta" && $7 == 0 }
	    END { exit n != 1 }' fleet.log
	awk 'NR > 1 && $7 != 0 { exit 1 }' fleet.log
	grep -x "$seq" beta.jobs
	await gone "$hanging"
	rm hangs
}

# status HEADING: what each command of the documented pipeline exits with.
status() {
	run -0 --separate-stderr bash -c "$(documented "$1")
	    echo \"\${PIPESTATUS[*]}\""
	echo "$stderr" >&2
	[[ "$output" =~ $2 ]]
}

@test "half a document of a failed job is in the status, and nothing is written" {
	need_parallel
	mkdir bin
	PATH=$dir/bin:$PATH
	cat >bin/dt-sigs <<-E
	#!/bin/bash
	[ "\$1" = -f ] || exec "$bin/dt-sigs" "\$@"
	"$bin/dt-sigs" "\$@" | head -c 300
	exit 1
	E
	chmod +x bin/dt-sigs
	status "Raw records" '^0 [1-9][0-9]* 1$'
	[ -e fleet.json ]
	[ ! -s fleet.json ]
}

@test "a line that is no record, and a filter that cannot start, fail the job" {
	need_parallel
	echo 'garbage' >>events.jsonl
	status "Normalized records" '^1 0$'
	grep '"complete": false' fleet.json
	grep '"not JSON' fleet.json
	rm world.json
	status "Raw records" '^0 [1-9][0-9]* 0$'
	grep '"complete": false' fleet.json
}

@test "a capture that was cut off does not take the next one with it" {
	need_parallel
	head -c 9000 captures/3-smoke.jsonl >short
	mv short captures/3-smoke.jsonl
	status "Raw records" '^0 1 0$'
	[ "$(grep -c '"traces": 12,' fleet.json)" -eq 3 ]
	grep '"world_id": "fleet"' fleet.json
	grep '"no-end"' fleet.json
}

@test "what failed is done again without what succeeded" {
	need_parallel
	mv captures/3-smoke.jsonl kept
	head -c 9000 kept >captures/3-smoke.jsonl
	run ! bash -o pipefail -c "$(documented "One document")"
	[ ! -e fleet.json ]
	[ "$(awk '$7 == 1' fold.log | wc -l)" -eq 1 ]
	mv kept captures/3-smoke.jsonl
	rm captures/5-idle.sigs
	again=$(documented "One document" | sed 's/--joblog/--resume-failed &/')
	# By name: what is missing is not passed over.
	run ! bash -o pipefail -c "$again"
	[[ "$output" = *5-idle.sigs* ]]
	[ "$(wc -l <fold.log)" -eq 38 ]
	dt-sigs -f jsonl <(dt-normalize -w world.json captures/5-idle.jsonl) \
	    >captures/5-idle.sigs
	bash -o pipefail -c "$again"
	cmp fleet.json want.json
}

@test "a document on one line passes through what sorts lines and adds tabs" {
	path='\t\r\n\u0085\u2028\u2029 x'
	trace='{"v":1,"kind":"trace","run":"1","phase":"a\tb"}'
	event='{"v":1,"kind":"syscall","run":"1","phase":"a\tb","name":"open"'
	printf '%s\n' "$trace" "$event,\"errno\":13,\"path\":\"$path\"}" >raw
	dt-normalize raw | cat - events.jsonl | dt-sigs -X >want
	split -l 7 events.jsonl part.
	for part in part.* <(dt-normalize raw) /dev/null /dev/null; do
		dt-sigs -X -f jsonl "$part" | tee one >>lines
		[ "$(wc -l <one)" -eq 1 ]
		[ "$(tr -d '\t\r' <one | wc -c)" -eq "$(wc -c <one)" ]
	done
	sed 's/$/\t/' lines | sort | split -n r/3 - sorted.
	for part in sorted.*; do
		dt-sigs -X --merge -f jsonl <"$part"
	done | sed 's/$/\t/' | dt-sigs -X --merge >got
	cmp got want
}
