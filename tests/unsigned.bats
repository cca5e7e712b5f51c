load helper

setup() {
	live
	mkdir bin tmp
	export TMPDIR=$PWD/tmp
	need_strace
	fake_codesign 'printf unsigned >>"$2"'
	cp "$(type -P true)" prog
	chmod 4755 prog
	cp prog before
}

# A codesign that is given --remove-signature FILE, and does $1.
fake_codesign() {
	cat >bin/codesign <<-EOF
	#!/bin/sh
	[ "\$#" -eq 2 ] && [ "\$1" = --remove-signature ] || exit 2
	$1
	EOF
	chmod +x bin/codesign
	PATH=$PWD/bin:$PATH
}

untouched() {
	cmp prog before
	[ "$(stat -c %a prog)" = 4755 ]
	[ -z "$(ls -A tmp)" ]
}

@test "--unsigned-copy runs a copy, tells both with their digests, and removes it" {
	run -0 dt-spawn -t strace -U -m meta.json -o out -- ./prog
	copy=$(jq -r .unsigned_copy.copy meta.json)
	[[ $copy == "$PWD"/tmp/dt-unsigned.??????/prog ]]
	printf unsigned >>before
	jq -e --arg sum "$(sha256sum <before | cut -c1-64)" \
	    --arg old "$(sha256sum <prog | cut -c1-64)" '.unsigned_copy |
	    .original == "./prog" and .original_sha256 == $old and
	    .copy_sha256 == $sum' meta.json
	[[ $(head -n 1 out) == *" original=./prog original_sha256=$(sha256sum <prog | cut -c1-64) copy=$copy copy_sha256=$(sha256sum <before | cut -c1-64)"* ]]
	cp prog before
	untouched
}

@test "the copy is private, not set-id, and has the name of the original" {
	cp "$(type -P sh)" prog
	chmod 4755 prog
	cp prog before
	fake_codesign ':'
	run -0 dt-spawn -t strace -U -o out -- ./prog -c 'stat -c "%a %n" /proc/$$/exe -L; stat -c %a "$(dirname "$(readlink /proc/$$/exe)")"; echo "$0"; readlink /proc/$$/exe'
	[[ ${lines[0]} == "700 /proc/"* ]]
	[ "${lines[1]}" = 700 ]
	[ "${lines[2]}" = ./prog ]
	[[ ${lines[3]} == */dt-unsigned.*/prog ]]
	untouched
}

@test "another user can run the copy, and only that" {
	need_root
	need_nobody
	TMPDIR=$(mktemp -d /tmp/dt-test.XXXXXX)
	export TMPDIR
	chmod 711 "$TMPDIR"
	fake_codesign 'stat -c %a "${2%/*}" >modes'
	run dt-spawn -t strace -u 65534 -U -m meta.json -o out -- ./prog
	rmdir "$TMPDIR"
	[ "$status" -eq 0 ]
	[ "$(<modes)" = 711 ]
	[[ $(ending out) == *" status=exited code=0 complete=1" ]]
	jq -e '.target.uid == 65534' meta.json
	untouched
}

@test "what stands in the way of a copy is status 3, and nothing runs" {
	fake_codesign 'echo "$2: is already signed in a way" >&2; exit 1'
	run -3 --separate-stderr dt-spawn -t strace -U -o out -- ./prog
	[[ $(sed -n 2p out) == 'DIAGNOSTIC level=error code=codesign-failed text="codesign: '*'is already signed in a way"' ]]
	[ "$(ending out)" = "END events=0 dropped=0 complete=0" ]
	untouched
	rm bin/codesign
	run -3 --separate-stderr dt-spawn -t strace -U -o out -- ./prog
	[[ $(sed -n 2p out) == *code=codesign-missing* ]]
	untouched
	fake_codesign ':'
	printf '#!/bin/sh\n' >script
	chmod +x script
	run -3 dt-spawn -t strace -U -o out -- ./script
	[[ $(sed -n 2p out) == *code=copy-useless* ]]
	chmod -w tmp
	if [ "$(id -u)" -ne 0 ]; then
		run -3 dt-spawn -t strace -U -o out -- ./prog
		[[ $(sed -n 2p out) == *code=copy-failed* ]]
	fi
	chmod +w tmp
	TMPDIR=/nonexistent run -3 dt-spawn -t strace -U -o out -- ./prog
	[[ $(sed -n 2p out) == *code=copy-failed* ]]
	untouched
}

@test "the copy is removed when a signal ends the capture, too" {
	cp "$(type -P sleep)" prog
	chmod 4755 prog
	cp prog before
	fake_codesign ':'
	start dt-spawn -t strace -U -o out -- ./prog 60
	await grep -q '^TRACE' out
	sleep 0.2
	kill -TERM "$pid"
	wait "$pid"
	kill "$(sed -n 's/^TRACE .* pid=\([0-9]*\).*/\1/p' out)"
	untouched
}

@test "the digest of the original is of what was copied" {
	sum=$(sha256sum <prog | cut -c1-64)
	fake_codesign 'printf other >prog.new; mv prog.new prog'
	run -0 dt-spawn -t strace -U -m meta.json -o out -- ./prog
	[ "$(jq -r .unsigned_copy.original_sha256 meta.json)" = "$sum" ]
	[ -z "$(ls -A tmp)" ]
}

@test "what codesign leaves beside the copy goes with it" {
	fake_codesign 'cp "$2" "$2.cstemp"'
	run -0 dt-spawn -t strace -U -o out -- ./prog
	untouched
	fake_codesign 'mkdir "$2.d"; touch "$2.d/file"'
	run -0 --separate-stderr dt-spawn -t strace -U -o out -- ./prog
	[[ $stderr == "dt-spawn: $TMPDIR/dt-unsigned."*": left behind: "* ]]
}

@test "a program that is no file does not keep us waiting" {
	mkfifo fifo
	chmod +x fifo
	run -3 timeout -k 1 5 dt-spawn -t strace -U -o out -- ./fifo
	[[ $(sed -n 2p out) == *code=copy-failed* ]]
}
