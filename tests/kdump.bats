bats_require_minimum_version 1.5.0

setup() {
	PATH=${DT_BIN:-$BATS_TEST_DIRNAME/../build}:$PATH
	world=$BATS_TEST_DIRNAME/../world.json
	cd "$BATS_TEST_TMPDIR"
}

# The denials in a text on stdin, as the members that are named.
denials() {
	dt-tojsonl -f kdump 2>/dev/null | dt-normalize -w "$world" |
		jq -r "select(.deny) | [$1 | tostring] | join(\" \")"
}

@test "a path is of the call of its own process, across an exec too" {
	run denials .pid,.execname,.path <<'EOF'
   612 sh       CALL  execve(0x1,0x2,0x3)
   613 sh       CALL  unlink(0x1)
   612 sh       NAMI  "/root/tool"
   613 sh       NAMI  "/root/file"
   612 tool     RET   execve -1 errno 13 Permission denied
   613 sh       RET   unlink -1 errno 1 Operation not permitted
EOF
	[ "$output" = '612 sh /root/tool
613 sh /root/file' ]
}

@test "a CAP row and the result of its call are one denial" {
	run denials .kind,.name,.errno,.denied_by <<'EOF'
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       CAP   restricted VFS lookup
   612 sh       RET   open -1 errno 94 Not permitted in capability mode
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       CAP   restricted VFS lookup
   612 sh       RET   open 3
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       CAP   restricted VFS lookup
EOF
	[ "$output" = 'syscall open 94 capsicum
syscall open null capsicum' ]
}

@test "threads that no column tells apart keep their denials, not their paths" {
	run denials .name,.path,.fields.path_error <<'EOF'
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       CALL  stat(0x1,0x2)
   612 sh       NAMI  "/root/one"
   612 sh       RET   stat 0
   612 sh       RET   open -1 errno 13 Permission denied
EOF
	[ "$output" = 'open null threads' ]
}

@test "of two calls of one name neither has arguments" {
	run denials .args,.flags <<'EOF'
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       CALL  open(0x2,0x1<O_WRONLY>)
   612 sh       RET   open -1 errno 13 Permission denied
   612 sh       RET   open -1 errno 13 Permission denied
EOF
	[ "$output" = $'null null\nnull null' ]
}

@test "neither data, nor a path, nor a name forges a row" {
	run denials .name <<'EOF'
   612 sh       GIO   fd 1 wrote 70 bytes
       "a
	   612 sh       RET   unlink -1 errno 13 Permission denied
       "
   612 sh       NAMI  "/tmp/a
   612 sh       RET   rename -1 errno 13 Permission denied
b"
   612 x        RET   y -1 CALL  getpid
   612 sh       RET   chmod -1 errno 1 Operation not permitted
EOF
	[ "$output" = chmod ]
}

@test "a name that holds columns cannot hide what was refused" {
	run -1 --separate-stderr dt-tojsonl -f kdump <<'EOF'
   612 x        CSW   RET   open -1 errno 13 Permission denied
EOF
	[[ "$output" == *'"reason":"columns that can be read in two ways"'* ]]
}

@test "flags of a system that is not known are read if all number them alike" {
	run denials .tracer,.flags <<'EOF'
   612 sh       CALL  open(0x1,0x1)
   612 sh       RET   open -1 errno 13 Permission denied
   612 sh       CALL  open(0x1,0x601)
   612 sh       RET   open -1 errno 13 Permission denied
   612 sh       CALL  open(0x1,0x601<O_WRONLY|O_CREAT|O_TRUNC>,0x1b6)
   612 sh       RET   open -1 errno 13 Permission denied
   612 sh       CALL  open(0x1,0x10601<O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC>)
   612 sh       RET   open -1 errno 13 Permission denied
   612 sh       CALL  thr_self(0x1)
   612 sh       RET   thr_self 0
   612 sh       CALL  open(0x1,0x601)
   612 sh       RET   open -1 errno 13 Permission denied
EOF
	[ "$output" = 'kdump 1
kdump null
kdump 1537
kdump null
kdump-freebsd 1537' ]
}

@test "a path that lost its end is not the path of what follows" {
	run -1 --separate-stderr dt-tojsonl -f kdump <<'EOF'
   612 sh       CALL  open(0x1,0<O_RDONLY>)
   612 sh       NAMI  "/root/cut
EOF
	run jq -r '[.kind, .path, .reason] | tostring' <<<"$output"
	[ "$output" = '["unparsed",null,"a path that does not end"]
["syscall",null,null]' ]
}
