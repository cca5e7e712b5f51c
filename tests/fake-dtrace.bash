#!/bin/bash
# SPDX-License-Identifier: ISC
# A dtrace that does as the real one does, for tests of what runs it: the
# clauses that $DTRACE_DOES holds are run once the probes are on, with the trace
# as stdout and $target as the process.  $DTRACE_ARGS is a file that takes the
# arguments, one a line; $DTRACE_FAILS is run in place of compiling, and
# $DTRACE_LISTS for -l.
# shellcheck disable=SC2034 # what these run uses the variables
case ${1-} in
-V)
	echo "dtrace: Oracle D 2.0"
	exit ;;
'')
	echo "Usage: dtrace [-aACeFHlqSvVwZ] [-b bufsz] [-c cmd]" >&2
	[ -z "${DTRACE_WAITS-}" ] || echo "	-W  wait for a process" >&2
	exit 2 ;;
esac
printf '%s\n' "$@" >"${DTRACE_ARGS:-/dev/null}"
target=0
while getopts CD:c:eln:o:P:p:qs:W:x: opt; do
	case $opt in
	c) command=$OPTARG ;;
	e) exec="no" ;;
	l) list=yes ;;
	n) clauses=$OPTARG ;;
	o) out=$OPTARG ;;
	P) provider=$OPTARG ;;
	p) target=$OPTARG ;;
	s) script=$OPTARG ;;
	W) name=$OPTARG ;;
	*) ;;
	esac
done
if [ -n "${list-}" ]; then
	eval "${DTRACE_LISTS-}"
	exit
fi
eval "${DTRACE_FAILS-}"
[ -z "${exec-}" ] || exit 0
trap 'exit 0' INT TERM
if [ -n "${command-}" ]; then
	# Split at blanks, and nothing else; it has all that dtrace has.
	# shellcheck disable=SC2086
	$command &
	target=$!
fi
until [ -z "${name-}" ] || target=$(pgrep -x -o "$name"); do
	sleep 0.02
done
[ -z "${out-}" ] || exec >>"$out"
follow() {
	until [[ $(ps -o stat= -p "$target") =~ ^(Z|$) ]]; do
		sleep 0.02
	done
	[[ ${clauses-} != *proc:::exit* ]] || echo "COUNT name=dt-exited pid=$target"
}
# What the script's own BEGIN prints comes before what the launcher adds.
ready() {
	[[ ${clauses-} == *ready=1* ]] || return 0
	[ "$target" = 0 ] && echo "TRACE v=1 ready=1" && return
	echo "TRACE v=1 ready=1 pid=$target"
}
stay() { while :; do sleep 0.02; done; }
eval "${DTRACE_DOES:-ready; follow}"
