#!/bin/bash
# SPDX-License-Identifier: ISC
# d-check.bash - check D scripts: what they say of themselves, what they print.
#
# usage: tests/d-check.bash [file ...]
#
# Without files, all of d-scripts.  Where there is a dtrace and we are root,
# each is compiled as well.

cd "$(dirname "$0")/.." || exit
[ $# -gt 0 ] || set -- d-scripts/*.d

# Reads one file.  Every complaint is FILE:LINE: what is wrong.
read -r -d '' program <<'AWK'
function bad(at, what) {
	printf "%s:%d: %s\n", FILENAME, at, what
	failed = 1
}

# Blank out comments, and keep the lines; what is left is the program.
function strip(s,   i, n, c, two, out, str, com, at) {
	n = length(s)
	at = 1
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		two = substr(s, i, 2)
		if (c == "\n") {
			if (str)
				bad(at, "a string without an end")
			at++
			str = 0
			out = out c
		} else if (com) {
			if (two == "*/") {
				com = 0
				i++
			}
		} else if (str) {
			out = out c
			if (c == "\\")
				out = out substr(s, ++i, 1)
			else if (c == "\"")
				str = 0
		} else if (two == "/*") {
			com = at
			i++
		} else {
			out = out c
			str = c == "\""
		}
	}
	if (com)
		bad(com, "a comment without an end")
	return out
}

function line_of(pos,   s) {
	s = substr(code, 1, pos)
	return gsub(/\n/, "", s) + 1
}

# The first place from i on, outside strings, where the depth is back at 0.
function closing(s, i, open, shut,   n, c, depth, str) {
	n = length(s)
	for (; i <= n; i++) {
		c = substr(s, i, 1)
		if (str) {
			if (c == "\\")
				i++
			else if (c == "\"")
				str = 0
		} else if (c == "\"")
			str = 1
		else if (c == open)
			depth++
		else if (c == shut && --depth == 0)
			return i
	}
	return 0
}

# Split at commas that are in no string and no parenthesis.
function arguments(s, arg,   i, n, c, str, depth, k) {
	n = length(s)
	k = 1
	split("", arg)
	arg[1] = ""
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		if (str) {
			if (c == "\\") {
				arg[k] = arg[k] c substr(s, ++i, 1)
				continue
			}
			if (c == "\"")
				str = 0
		} else if (c == "\"")
			str = 1
		else if (c ~ /[(\[]/)
			depth++
		else if (c ~ /[)\]]/)
			depth--
		else if (c == "," && !depth) {
			arg[++k] = ""
			continue
		}
		arg[k] = arg[k] c
	}
	for (i = 1; i <= k; i++)
		gsub(/^[ \t\n]+|[ \t\n]+$/, "", arg[i])
	return k
}

function printed(key, at) {
	if (!(key in keys))
		keys[key] = at
}

# Keys of a format, a %s in a key standing for one of two words.
function keys_of(fmt, arg, at,   rest, conv, key, w, nth) {
	rest = fmt
	nth = 2
	while (match(rest, /[A-Za-z0-9_]*(%s)?=|%[@0-9]*[A-Za-z]/)) {
		conv = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if (conv ~ /^%[^=]*$/) {
			nth++
		} else if (conv ~ /%s=$/) {
			key = substr(conv, 1, length(conv) - 3)
			split(arg[nth++], w, "\"")
			printed(key w[2], at)
			printed(key w[4], at)
		} else if (conv != "=")
			printed(substr(conv, 1, length(conv) - 1), at)
	}
}

# A format and its arguments.
function format(what, list, at,   arg, n, fmt, rest, conv, k) {
	n = arguments(list, arg)
	fmt = arg[1]
	if (fmt !~ /^".*"$/) {
		bad(at, what " without a format")
		return ""
	}
	fmt = substr(fmt, 2, length(fmt) - 2)
	if (fmt ~ /\\t|\\r|\t/)
		bad(at, "a tab or return in a format")
	if (fmt ~ /\\n./)
		bad(at, "a newline inside a line")
	rest = fmt
	k = 1
	while (match(rest, /%[-@0-9.]*[A-Za-z%]/)) {
		conv = substr(rest, RSTART, RLENGTH)
		k++
		if (conv ~ /^%[Sa]$/ &&
		    (substr(rest, RSTART - 2, 2) != "\\\"" ||
		    substr(rest, RSTART + 2, 2) != "\\\""))
			bad(at, conv " without quotes around it")
		else if (conv == "%s" && what == "printf" && arg[k] !~ own)
			bad(at, "%s of what the target may control: '" \
			    arg[k] "'")
		else if (conv !~ /^(%S|%a|%s|%d|%x|%u|%@d|%@u)$/)
			bad(at, "a conversion that no line needs: " conv)
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (what == "printf" && k != n)
		bad(at, k - 1 " conversions and " n - 1 " arguments")
	keys_of(fmt, arg, at)
	return fmt
}

# What a clause prints, joined; and nothing else may print.
function output(body, start,   i, at, shut, name, text, list) {
	i = 1
	while (match(substr(body, i), /[A-Za-z_]+[ ]*\(/)) {
		at = i + RSTART - 1
		name = substr(body, at, RLENGTH - 1)
		i = at + RLENGTH
		if (name ~ /^(printf|printa)$/) {
			shut = closing(body, i - 1, "(", ")")
			if (!shut) {
				bad(line_of(start + at), "no ) for " name)
				return text
			}
			list = substr(body, i, shut - i)
			text = text format(name, list, line_of(start + at))
			i = shut
		} else if (name == "ustack")
			text = text "STACK\\n"
		else if (name ~ /^(system|copyout|copyoutstr|stop|raise|panic|chill|breakpoint|freopen|ftruncate)$/)
			bad(line_of(start + at), "a destructive action: " name)
		else if (name ~ /^(trace|print|stack|jstack|tracemem|sym|usym)$/)
			bad(line_of(start + at), "prints, and not by printf: " \
			    name)
	}
	return text
}

# A line of several clauses: parts=N begins it and parts_end=N, with the same
# number, ends it, all of one probe.  Returns the line when it is whole.
function joined(text, at, head,   whole) {
	if (parts == "") {
		if (text !~ /^EVENT parts=%d / || text ~ /\\n/)
			return text
		parts = text
		of = head
		began = at
		return ""
	}
	if (head != of)
		bad(at, "a line that clauses of two probes print")
	if (text !~ /^ /)
		bad(at, "a part of a line that does not begin with a blank")
	parts = parts text
	if (text !~ /\\n/)
		return ""
	if (text !~ / parts_end=%d\\n$/)
		bad(at, "parts= without parts_end= at the end of the line")
	whole = parts
	parts = ""
	return whole
}

function record(text, at, head,   n, l, k) {
	if (text != "")
		text = joined(text, at, head)
	if (text == "")
		return
	if (text ~ /^EVENT parts=/)
		at = began
	n = split(text, l, /\\n/)
	if (l[n] != "")
		bad(at, "a line without its newline")
	else
		n--
	k = l[1]
	if (k !~ /^(TRACE|EVENT|COUNT|DROP|DIAGNOSTIC|END) [a-z]/)
		bad(at, "not a line of dt text: '" k "'")
	if (k ~ / stack=1/ && (n != 3 || l[2] != "STACK" ||
	    l[3] != "ENDSTACK"))
		bad(at, "stack=1 without ustack() and ENDSTACK")
	if (k !~ / stack=1/ && n != 1)
		bad(at, "more than one line")
	if (k ~ / parts_end=/ && k !~ /^EVENT parts=%d /)
		bad(at, "parts_end= without parts= at its beginning")
	if (k ~ /^EVENT/ && k !~ / kind=/)
		bad(at, "an EVENT without kind=")
	if (k ~ /^EVENT/ && k !~ / pid=/)
		bad(at, "an EVENT without pid=")
	if (k ~ /^EVENT/ && k !~ / ts=/)
		bad(at, "an EVENT without ts=")
	if (k ~ /^TRACE/) {
		if (k !~ /^TRACE v=1 tracer=dtrace/ || head !~ /dtrace:::BEGIN/)
			bad(at, "TRACE v=1 tracer=dtrace is for BEGIN")
		traces++
	}
}

# Descriptions and predicate of a clause.  Returns the descriptions.
function clause_head(head, at,   d, n, i, pred, p, o, c) {
	p = index(head, "/")
	if (p) {
		pred = substr(head, p + 1)
		head = substr(head, 1, p - 1)
		gsub(/^[ \t\n]+|[ \t\n]+$/, "", pred)
		if (pred !~ /^.*[^\/ \t\n][ \t\n]*\/$/)
			bad(at, "a predicate without its second /")
		o = gsub(/\(/, "(", pred)
		c = gsub(/\)/, ")", pred)
		if (o != c)
			bad(at, "parentheses of a predicate")
	}
	n = split(head, d, ",")
	for (i = 1; i <= n; i++) {
		gsub(/[ \t\n]/, "", d[i])
		if (d[i] !~ /^[a-z][a-z0-9$]*:[^:]*:[^:]*:[A-Za-z-]+$/)
			bad(at, "not provider:module:function:name: '" \
			    d[i] "'")
	}
	gsub(/[ \t\n]/, "", head)
	return head
}

function clauses(   i, start, open, shut, head, at) {
	i = 1
	while (match(substr(code, i), /[^ \t\n]/)) {
		start = i + RSTART - 1
		at = line_of(start - 1)
		if (substr(code, start, 1) == "#") {
			if (!match(substr(code, start), /\n/))
				return
			i = start + RSTART
			if (substr(code, start, RSTART) ~ /destructive/)
				bad(at, "a destructive script")
			continue
		}
		open = index(substr(code, start), "{")
		if (!open) {
			bad(at, "not a clause")
			return
		}
		open += start - 1
		head = substr(code, start, open - start)
		shut = closing(code, open, "{", "}")
		if (head ~ /}/) {
			bad(at, "a } too many")
			return
		}
		if (!shut) {
			bad(at, "no } for this clause")
			return
		}
		head = clause_head(head, at)
		record(output(substr(code, open + 1, shut - open - 1), open),
		    at, head)
		i = shut + 1
	}
}

# One key, or all of q0..q11, that the header explains.
function explain(key, at,   end, i, n) {
	if (!match(key, /[0-9]+\.\./)) {
		said[key] = at
		return
	}
	i = substr(key, RSTART, RLENGTH - 2)
	end = substr(key, RSTART + RLENGTH)
	key = substr(key, 1, RSTART - 1)
	sub(/^[a-z_]*/, "", end)
	for (n = end + 0; i <= n; i++)
		said[key i] = at
}

# The keys that the header explains, with the line of each.
function explained(   i, l, n, k, on, key) {
	for (i = 1; i <= header; i++) {
		l = line[i]
		if (l ~ /^ \* FIELDS:/)
			on = 1
		else if (l ~ /^ \* [A-Z]/)
			on = 0
		if (!on || l !~ /^ \*\t[a-z0-9_.]+(, [a-z0-9_.]+)*(\t|$)/)
			continue
		sub(/^ \*\t/, "", l)
		sub(/\t.*/, "", l)
		n = split(l, key, ", ")
		for (k = 1; k <= n; k++)
			explain(key[k], i)
	}
}

{
	line[NR] = $0
	all = all $0 "\n"
	if (!header && / \*\/$/ && NR > 3)
		header = NR
}

END {
	own = "[^\"?]* \\? \"[a-z_]*\" : \"[a-z_]*\""
	# A function of the program has the name that the program gave it.
	if (all !~ /[a-z]\$target:/)
		own = "probe(func|name|mod|prov)|" own
	own = "^(" own ")$"
	name = FILENAME
	sub(/.*\//, "", name)
	if (line[1] != "#!/usr/sbin/dtrace -s")
		bad(1, "not '#!/usr/sbin/dtrace -s'")
	if (line[2] != "/* SPDX-License-Identifier: ISC */")
		bad(2, "not '/* SPDX-License-Identifier: ISC */'")
	if (index(line[4], " * " name " - ") != 1)
		bad(4, "not ' * " name " - purpose'")
	n = split("USAGE,FIELDS,PRIVILEGES,SIP,SEE ALSO", want, ",")
	for (i = 1; i <= n; i++) {
		for (j = 1; j <= header; j++)
			if (index(line[j], " * " want[i] ":") == 1)
				break
		if (j > header)
			bad(header + 0, "no " want[i] " in the header")
	}
	for (i = 1; i <= header; i++)
		if (line[i] ~ /^ \* USAGE:/ && line[i] !~ /dtrace .*-s /)
			bad(i, "a USAGE that does not run the script")
	explained()
	code = strip(all)
	clauses()
	if (parts != "")
		bad(NR, "a line of several clauses without its end")
	if (traces != 1)
		bad(NR, "TRACE is printed " traces + 0 " times")
	for (k in keys)
		if (!(k in said))
			bad(keys[k], "'" k "' is not explained in FIELDS")
	for (k in said)
		if (!(k in keys))
			bad(said[k], "'" k "' is never printed")
	exit failed
}
AWK

# What a script needs on the command line so that it compiles here.
compile() {
	local options=() others=$'\n''(fbt|pid[$]target):'

	# Functions of another system, or of a kernel without fbt.
	[[ $(<"$1") =~ $others ]] && options=(-Z)
	dtrace -e "${options[@]}" -s "$1" -p $$ </dev/null
}

failed=0
for f; do
	awk "$program" "$f" || failed=1
	[ "${f##*/}" != deny.d ] ||
		awk -f tests/d-paths.awk lib/syscalls.def "$f" || failed=1
done
if ! command -v dtrace >/dev/null; then
	echo "d-check: not compiled: there is no dtrace here" >&2
elif [ "$(id -u)" -ne 0 ]; then
	echo "d-check: not compiled: only root can" >&2
else
	for f; do
		compile "$f" || { echo "$f:1: does not compile"; failed=1; }
	done
fi
exit "$failed"
