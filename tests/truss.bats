bats_require_minimum_version 1.5.0

setup() {
	PATH=${DT_BIN:-$BATS_TEST_DIRNAME/../build}:$PATH
	world=$BATS_TEST_DIRNAME/../world.json
	cd "$BATS_TEST_TMPDIR"
}

# The denials in a text on stdin, as the members that are named.
denials() {
	dt-tojsonl -f truss 2>/dev/null | dt-normalize -w "$world" |
		jq -r "select(.deny) | [$1 | tostring] | join(\" \")"
}

@test "an error is read from the end of its line, whatever a path holds" {
	run denials .name,.errno,.path <<'EOF'
open("/a) = 3 (0x3)",O_RDONLY,00) ERR#13 'Permission denied'
open("/b",O_RDONLY,00) = 3 (0x3)",O_RDONLY,00) ERR#13 'Permission denied'
write(1,") ERR#13 'Permission denied'",28) = 28 (0x1c)
EOF
	[ "$output" = 'open 13 /a) = 3 (0x3)
open 13 null' ]
}

@test "only the number of an errno counts, in any language" {
	run denials .errno_name,.fields.ret_text <<'EOF'
chmod("/a",0644) ERR#1 'Permission denied'
chmod("/a",0644) ERR#2 'Operation not permitted'
chmod("/a",0644) ERR#13 'Keine Berechtigung'
EOF
	[ "$output" = 'EPERM Permission denied
EACCES Keine Berechtigung' ]
}

@test "the same flags by name have the number of the system that is traced" {
	run denials .tracer,.flags,.op <<'EOF'
open("/a",O_WRONLY|O_CREAT|O_TRUNC,0644) ERR#13 'Permission denied'
open("/a", O_WRONLY|O_CREAT|O_TRUNC, 0644) Err#13 EACCES
open("/a", O_WRONLY|O_CREAT|O_TRUNC, 0644) .... ERR#13 EACCES
EOF
	[ "$output" = 'truss-freebsd 1537 file-write-create
truss-svr4 769 file-write-create
tusc null file*' ]
}

@test "Capsicum refuses on FreeBSD only, or where the text says so" {
	run denials .tracer,.denied_by <<'EOF'
open("/a",O_RDONLY,00) ERR#94 'Irgendwas'
open("/a", O_RDONLY) Err#94 ESOCKTNOSUPPORT
linux_open("/a",0x0,00) ERR#94 'Irgendwas'
linux_open("/a",0x0,00) ERR#94 'Not permitted in capability mode'
EOF
	[ "$output" = 'truss-freebsd capsicum
truss capsicum' ]
}

@test "a call that slept is one record, and one that sleeps yet is not lost" {
	run -0 dt-tojsonl -f truss <<'EOF'
812/1:	read(0, 0x0804, 4)	(sleeping...)
812/2:	read(5, 0x0904, 4)	(sleeping...)
812/1:	read(0, " y e s\n", 4)	= 4
EOF
	run jq -r '[.tid, .ret, .fields.state] | tostring' <<<"$output"
	[ "$output" = '[1,4,null]
[2,null,"unfinished"]' ]
}

@test "where lines have process ids, one without is no record" {
	run -1 --separate-stderr dt-tojsonl -f truss <<'EOF'
  812: open("/a",O_RDONLY,00) = 3 (0x3)
open("/b",O_RDONLY,00) ERR#13 'Permission denied'
EOF
	run jq -r .kind <<<"$output"
	[ "$output" = $'syscall\nunparsed' ]
}

@test "prose, source code and calls of no table are nothing's record" {
	run -1 --separate-stderr dt-tojsonl <<'EOF'
open failed with errno 13 (Permission denied)
if (open("/etc/shadow", O_RDONLY) == -1)
	f(x) = 3
frob(1) = 2
EOF
	[[ "$output" == *'"no-format"'* ]]
}

@test "lines of another format do not vanish in the last call" {
	printf 'open("/a",O_RDONLY,00)\t\t ERR#13 %s\n' "'Permission denied'" >text
	printf '   612 cat      RET   open -1 errno 13 Permission denied\n' >>text
	run -1 --separate-stderr dt-tojsonl -f truss text
	[ "$stderr" = "dt-tojsonl: text:2: a line of another format: kdump" ]
	run jq -r .kind <<<"$output"
	[ "$output" = $'syscall\nunparsed' ]
}
