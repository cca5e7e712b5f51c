# SPDX-License-Identifier: ISC
# d-paths.awk - do the patterns of deny.d save the path that syscalls.def says?
# usage: awk -f tests/d-paths.awk lib/syscalls.def d-scripts/deny.d

function bad(what) {
	print what
	failed = 1
}

# As the syscall provider of Linux names it.
function linux(name) {
	if (name ~ /^(l|f)?stat$/ || name == "fstatat")
		return "new" name
	return name == "umount2" ? "umount" : name
}

# A pattern of a description as a regular expression.
function regex(glob) {
	gsub(/\*/, ".*", glob)
	gsub(/\?/, ".", glob)
	return "^" glob "$"
}

function want(os, name, path, path2) {
	paths[os, name] = path "," path2
	names[os] = names[os] " " name
}

function match_all(os, glob, saved,   name, n, i, hits) {
	n = split(names[os], name, " ")
	for (i = 1; i <= n; i++) {
		if (name[i] !~ regex(glob))
			continue
		hits++
		found[os, name[i]] = 1
		if (paths[os, name[i]] != saved)
			bad(os ": " glob " saves " saved " of " name[i] \
			    ", which has " paths[os, name[i]])
	}
	if (!hits)
		bad(os ": " glob " matches nothing")
}

function clause(   g, saved) {
	saved = (path == "" ? "NONE" : path) "," (path2 == "" ? "NONE" : path2)
	for (g in globs)
		if (path != "") {
			match_all("Linux", globs[g], saved)
			match_all("Darwin", globs[g], saved)
		}
	split("", globs)
	n = 0
	path = path2 = ""
}

/^S\(/ {
	gsub(/[ \t]/, "")
	sub(/^S\(/, "")
	split($0, col, ",")
	if (col[2] != "NONE")
		want("Linux", linux(col[1]), col[8], col[9])
	if (col[5] != "NONE")
		want("Darwin", col[1], col[10], col[11])
}
/^syscall::.*:entry/ {
	sub(/^syscall::/, "")
	sub(/:entry.*/, "")
	globs[++n] = $0
}
/self->path = arg/ {
	path = $NF
	gsub(/[^0-9]/, "", path)
}
/self->path2 = arg/ {
	path2 = $NF
	gsub(/[^0-9]/, "", path2)
}
/^}/ { clause() }

END {
	# Left out: no other system has a like call with its path there.
	split("Linux quotactl,Linux fanotify_mark,Linux swapon," \
	    "Linux uselib,Darwin __mac_get_mount,Darwin __pthread_chdir," \
	    "Darwin auditctl,Darwin oslog_coproc_reg,Darwin persona," \
	    "Darwin quotactl,Darwin searchfs,Darwin ungraftdmg", out, ",")
	for (i in out) {
		sub(/ /, SUBSEP, out[i])
		left[out[i]] = 1
	}
	for (k in paths)
		if (paths[k] !~ /^NONE/ && !(k in found) && !(k in left)) {
			split(k, part, SUBSEP)
			bad(part[1] ": nothing saves the path of " part[2])
		}
	exit failed
}
