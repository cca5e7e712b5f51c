/* SPDX-License-Identifier: ISC */
/* The programs of bcc and bpftrace that we read, and what their rows mean. */
#include "bcc.h"
#include "scan.h"

#define MEMBER(field) .member = offsetof(struct dt_record, field)
#define FIELD(key) .field = (key)
#define OPT .opt = true
#define RIGHT .side = DT_CELL_RIGHT
#define LEFT .side = DT_CELL_LEFT
#define EITHER .side = DT_CELL_EITHER
#define WIDTH(n) .width = (n)
#define NUM DT_CELL_NUM
#define ID DT_CELL_ID
#define OCT DT_CELL_OCT
#define WORD DT_CELL_WORD
#define TEXT DT_CELL_TEXT
#define REST DT_CELL_REST

enum {
	ERRNO_NOENT = 2,
	EXEC_CUT = 127,		/* where bcc cuts an argument of execve */
	SIGSNOOP_PID = 9,	/* where sigsnoop has the column PID */
	STATSNOOP_PID = 8,	/* how wide bcc's statsnoop has it */
};

static int
put(struct dt_record *rec, const char *key, const char *val)
{
	return dt_record_put(rec, &rec->fields, dt_str_c(key), dt_str_c(val));
}

/*
 * An empty path is what was asked for only where there was no such file, as
 * the kernel has no other answer to it.  Else it could not be read.
 */
static int
check_path(struct dt_record *rec)
{
	if (rec->path.n > 0 || rec->errnum.v == ERRNO_NOENT)
		return 0;
	rec->path = dt_null;
	return put(rec, "path_error", "not-printed");
}

static bool
contradicts(const struct dt_record *rec)
{
	return rec->errnum.v < 0 ||
	    (rec->ret.set && (rec->ret.v < 0) != (rec->errnum.v != 0));
}

/*
 * statsnoop has the columns that opensnoop has without options, but for the
 * width of the first; of old versions that is the same, too.
 */
static int
fill_open(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	size_t pid = dt_cells_find(lay, "PID");

	rec->kind = DT_KIND_SYSCALL;
	rec->name = pid < lay->n && lay->width[pid] == STATSNOOP_PID ?
	    DT_STR("stat") : DT_STR("open");
	if (contradicts(rec))
		*errstr = "descriptor and errno contradict each other";
	return check_path(rec);
}

/* It is told which call it was by an option only. */
static int
fill_stat(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)lay;
	rec->kind = DT_KIND_SYSCALL;
	if (rec->name.s == NULL)
		rec->name = DT_STR("stat");
	if (contradicts(rec))
		*errstr = "result and errno contradict each other";
	if (dt_str_is(rec->name, "newfstat") && rec->path.n == 0) {
		rec->path = (struct dt_str){0};
		return 0;
	}
	return check_path(rec);
}

/* What the kernel returned, as the program sees it. */
static void
set_result(struct dt_record *rec)
{
	if (rec->ret.v < 0) {
		rec->errnum = DT_INT(-rec->ret.v);
		rec->ret.v = -1;
	} else
		rec->errnum = DT_INT(0);
}

/*
 * sigsnoop of libbpf-tools has killsnoop's columns, but shows signals of any
 * origin, for which the kernel has no refusal.
 */
static int
fill_kill(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)errstr;
	rec->kind = DT_KIND_SYSCALL;
	rec->name = DT_STR("kill");
	if (lay->start[dt_cells_find(lay, "PID")] == SIGSNOOP_PID &&
	    rec->ret.v >= 0) {
		rec->kind = DT_KIND_FIRING;
		rec->name = DT_STR("signal");
		rec->ret.set = false;
		return 0;
	}
	set_result(rec);
	return 0;
}

/* The program is the first of the arguments, whole where -q put quotes. */
static int
exec_path(struct dt_record *rec, struct dt_str args)
{
	struct dt_str path = args;

	if (args.n == 0)
		return check_path(rec);
	if (dt_scan_take(&path, "\"")) {
		path.n = dt_scan_find(path, "\"");
		if (dt_scan_find(path, "\\") == path.n) {
			rec->path = path;
			return 0;
		}
		rec->path = dt_null;
		return put(rec, "path_error", "ambiguous");
	}
	path.n = dt_scan_find(path, " ");
	rec->path = path;
	if (path.n >= EXEC_CUT)
		rec->path_truncated = DT_BOOL(true);
	return path.n == args.n ? 0 : put(rec, "split", "blanks");
}

static int
fill_exec(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	struct dt_str args = dt_cells_get(lay, "ARGS");
	int64_t ppid;

	(void)errstr;
	rec->kind = DT_KIND_SYSCALL;
	rec->name = DT_STR("execve");
	set_result(rec);
	if (dt_num_parse(dt_cells_get(lay, "PPID"), &ppid) == 0)
		rec->ppid = DT_INT(ppid);
	/* libbpf-tools print a blank behind each argument. */
	args.n -= dt_scan_ends(args, " ");
	if (args.n > 0 && dt_record_put(rec, &rec->fields, DT_STR("args"),
	    args) == -1)
		return -1;
	if (dt_scan_ends(args, " ...") &&
	    put(rec, "args_truncated", "1") == -1)
		return -1;
	return exec_path(rec, args);
}

/* bpftrace's shows that the call began, and no more. */
static int
fill_exec_entry(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)lay;
	(void)errstr;
	rec->kind = DT_KIND_SYSCALL;
	rec->name = DT_STR("execve");
	return put(rec, "state", "unfinished");
}

static int
fill_mount(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	rec->kind = DT_KIND_SYSCALL;
	return dt_bcc_call(rec, dt_cells_get(lay, "CALL"), errstr);
}

/* Without the column of results nobody knows whether it was refused. */
static int
fill_bind(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)lay;
	(void)errstr;
	rec->kind = rec->ret.set ? DT_KIND_SYSCALL : DT_KIND_FIRING;
	rec->name = DT_STR("bind");
	if (rec->ret.set)
		set_result(rec);
	return 0;
}

static int
fill_binds(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)lay;
	(void)errstr;
	rec->kind = DT_KIND_COUNT;
	rec->name = DT_STR("bind");
	return 0;
}

/* A check is no refusal: who asks may well go on without the capability. */
static int
fill_capable(struct dt_record *rec, const struct dt_cells *lay,
    const char **errstr)
{
	(void)lay;
	(void)errstr;
	rec->kind = DT_KIND_FIRING;
	rec->name = DT_STR("cap_capable");
	return 0;
}

#define OPENSNOOP(id, of, last) \
	{"TIME", WORD, OPT, FIELD("time")}, \
	{"TIME(s)", WORD, OPT, FIELD("time_s")}, \
	{"UID", NUM, OPT, FIELD("ruid")}, \
	{id, ID, MEMBER(of)}, \
	{"COMM", TEXT, MEMBER(execname)}, \
	{"FD", NUM, RIGHT, MEMBER(ret)}, \
	{"ERR", NUM, RIGHT, MEMBER(errnum)}, \
	{"FLAGS", OCT, OPT, MEMBER(flags)}, \
	{"MODE", OCT, OPT, WIDTH(5), FIELD("mode")}, \
	{last, REST, MEMBER(path)},

static const struct dt_cell_col opensnoop[] = {
	OPENSNOOP("PID", pid, "PATH")
};
static const struct dt_cell_col opensnoop_tid[] = {
	OPENSNOOP("TID", tid, "PATH")
};
/* With the place in the program that opened it, below each row. */
static const struct dt_cell_col opensnoop_callers[] = {
	OPENSNOOP("PID", pid, "PATH/CALLER")
};

static const struct dt_cell_col killsnoop[] = {
	{"TIME", WORD, FIELD("time")},
	{"PID", NUM, EITHER, MEMBER(pid)},
	{"COMM", TEXT, MEMBER(execname)},
	{"SIG", WORD, EITHER, FIELD("sig")},
	{"TPID", NUM, EITHER, FIELD("tpid")},
	{"TCOMM", TEXT, OPT, FIELD("tcomm")},
	{"RESULT", NUM, EITHER, MEMBER(ret)},
};

#define STATSNOOP(result, SIDE) \
	{"TIME(s)", WORD, OPT, FIELD("time_s")}, \
	{"PID", ID, MEMBER(pid)}, \
	{"COMM", TEXT, MEMBER(execname)}, \
	{result, NUM, SIDE, MEMBER(ret)}, \
	{"ERR", NUM, SIDE, MEMBER(errnum)}, \
	{"SYSCALL", WORD, OPT, MEMBER(name)}, \
	{"PATH", REST, MEMBER(path)},

static const struct dt_cell_col statsnoop[] = { STATSNOOP("FD", RIGHT) };
static const struct dt_cell_col statsnoop_c[] = { STATSNOOP("RET", LEFT) };

static const struct dt_cell_col statsnoop_bt[] = {
	{"PID", ID, MEMBER(pid)},
	{"COMM", TEXT, MEMBER(execname)},
	{"ERR", NUM, RIGHT, MEMBER(errnum)},
	{"PATH", REST, MEMBER(path)},
};

/* Older versions call the program's own name PCOMM. */
#define EXECSNOOP(comm, pcomm) \
	{"TIME", WORD, OPT, FIELD("time")}, \
	{"TIME(s)", WORD, OPT, WIDTH(8), FIELD("time_s")}, \
	{"UID", NUM, OPT, WIDTH(6), FIELD("ruid")}, \
	{comm, TEXT, MEMBER(execname)}, \
	{"PID", ID, MEMBER(pid)}, \
	{pcomm, TEXT, OPT, FIELD("pcomm")}, \
	{"PPID", WORD, OPT, FIELD(NULL)}, \
	{"CPU", NUM, OPT, FIELD("cpu")}, \
	{"RET", NUM, RIGHT, MEMBER(ret)}, \
	{"ARGS", REST, FIELD(NULL)},

static const struct dt_cell_col execsnoop[] = { EXECSNOOP("COMM", "PCOMM") };
static const struct dt_cell_col execsnoop_old[] = { EXECSNOOP("PCOMM", "") };

static const struct dt_cell_col execsnoop_bt[] = {
	{"TIME", WORD, OPT, FIELD("time")},
	{"TIME(ms)", WORD, OPT, FIELD("time_ms")},
	{"PID", ID, MEMBER(pid)},
	{"PPID", NUM, OPT, MEMBER(ppid)},
	{"ARGS", REST, FIELD("args")},
};

static const struct dt_cell_col mountsnoop[] = {
	{"TIME", WORD, OPT, FIELD("time")},
	{"COMM", TEXT, MEMBER(execname)},
	{"PID", ID, MEMBER(pid)},
	{"TID", ID, MEMBER(tid)},
	{"PCOMM", TEXT, OPT, FIELD("pcomm")},
	{"PPID", NUM, OPT, MEMBER(ppid)},
	{"MNT_NS", NUM, FIELD("mnt_ns")},
	{"CALL", REST, FIELD(NULL)},
};

static const struct dt_cell_col bindsnoop[] = {
	{"TIME(s)", WORD, OPT, FIELD("time_s")},
	{"UID", NUM, OPT, RIGHT, FIELD("ruid")},
	{"RC", NUM, OPT, RIGHT, MEMBER(ret)},
	{"PID", NUM, RIGHT, MEMBER(pid)},
	{"COMM", TEXT, MEMBER(execname)},
	{"PROT", WORD, FIELD("prot")},
	{"ADDR", WORD, FIELD("addr")},
	{"PORT", NUM, RIGHT, FIELD("port")},
	{"OPTS", WORD, FIELD("opts")},
	{"IF", NUM, RIGHT, FIELD("if")},
};

static const struct dt_cell_col bindsnoop_c[] = {
	{"TIME(s)", WORD, OPT, FIELD("time_s")},
	{"PID", ID, MEMBER(pid)},
	{"COMM", TEXT, MEMBER(execname)},
	{"RET", NUM, MEMBER(ret)},
	{"PROTO", WORD, FIELD("prot")},
	{"OPTS", WORD, FIELD("opts")},
	{"IF", NUM, FIELD("if")},
	{"PORT", NUM, FIELD("port")},
	{"ADDR", WORD, FIELD("addr")},
};

static const struct dt_cell_col binds[] = {
	{"LADDR", WORD, FIELD("laddr")},
	{"LPORT", NUM, RIGHT, FIELD("lport")},
	{"BINDS", NUM, RIGHT, MEMBER(count)},
};

static const struct dt_cell_col capable[] = {
	{"TIME", WORD, FIELD("time")},
	{"UID", NUM, FIELD("ruid")},
	{"PID", ID, MEMBER(pid)},
	{"TID", ID, OPT, MEMBER(tid)},
	{"COMM", TEXT, MEMBER(execname)},
	{"CAP", NUM, FIELD("cap")},
	{"NAME", WORD, FIELD("name")},
	{"AUDIT", NUM, FIELD("audit")},
	{"VERDICT", WORD, OPT, FIELD("verdict")},
	{"INSETID", NUM, OPT, FIELD("insetid")},
};

#define P(cols, makers, fill) \
	{cols, sizeof(cols) / sizeof((cols)[0]), makers, false, fill}
#define S(cols, makers, fill) \
	{cols, sizeof(cols) / sizeof((cols)[0]), makers, true, fill}

const struct dt_bcc_prog dt_bcc_progs[] = {
	P(opensnoop, DT_BCC | DT_BPFTRACE, fill_open),
	P(opensnoop_tid, DT_BCC, fill_open),
	S(opensnoop_callers, DT_BCC, fill_open),
	P(killsnoop, DT_BCC | DT_BPFTRACE, fill_kill),
	P(statsnoop, DT_BCC, fill_stat),
	P(statsnoop_c, DT_BCC, fill_stat),
	P(statsnoop_bt, DT_BPFTRACE, fill_stat),
	P(execsnoop, DT_BCC, fill_exec),
	P(execsnoop_old, DT_BCC, fill_exec),
	P(execsnoop_bt, DT_BPFTRACE, fill_exec_entry),
	P(mountsnoop, DT_BCC, fill_mount),
	P(bindsnoop, DT_BCC, fill_bind),
	P(bindsnoop_c, DT_BCC, fill_bind),
	P(binds, DT_BCC, fill_binds),
	S(capable, DT_BCC | DT_BPFTRACE, fill_capable),
};
const size_t dt_bcc_nprogs = sizeof(dt_bcc_progs) / sizeof(dt_bcc_progs[0]);
