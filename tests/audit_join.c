/* SPDX-License-Identifier: ISC */
/* Audit records and events: which belong together, when, and in what order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_join.h"
#include "audit_match.h"
#include "auditsock.h"
#include "text.h"

static const int64_t ms = 1000000;
static unsigned checks;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "audit_join: %s: '%s'\n", what, row);
	exit(1);
}

/* A record of a line of dt text. */
static void
read_text(struct dt_record *rec, const char *line)
{
	static struct dt_keys keys;
	const char *errstr;
	struct dt_str text;
	bool stack;

	dt_keys_init(&keys, NULL);
	dt_record_reset(rec);
	text = dt_arena_dup(&rec->mem, dt_str_c(line));
	check(dt_text_read(&keys, text, rec, &stack, &errstr) == 0, "read",
	    line);
}

/* What was given, each by its `id`, and by whom it says that it was refused. */
static char given[1 << 16];

static int
emit(void *ctx, struct dt_record *rec)
{
	struct dt_str id = dt_kvv_get(&rec->fields, "id");
	size_t n = strlen(given);

	(void)ctx;
	snprintf(given + n, sizeof(given) - n, "%s%.*s%s%.*s", n > 0 ? " " :
	    "", (int)id.n, id.s, rec->denied_by.n > 0 ? ":" : "",
	    (int)rec->denied_by.n, rec->denied_by.n > 0 ? rec->denied_by.s :
	    "");
	return 0;
}

static bool
follows(void *ctx, pid_t pid)
{
	(void)ctx;
	return pid == 7;
}

struct step {
	int at;			/* ms */
	const char *line;	/* NULL: only look at the time */
};

/* Do some steps, then what there is to do at the end or at a time. */
static void
play(const char *what, const struct step *s, int end, const char *want)
{
	static struct dt_audit_join j;
	struct dt_record rec = {0};
	int64_t now = 0;

	memset(&j, 0, sizeof(j));
	j.out = (struct dt_sink){emit, NULL};
	j.follows = follows;
	given[0] = '\0';
	for (; s->at >= 0; s++) {
		now = (1000 + s->at) * ms;
		if (s->line != NULL) {
			read_text(&rec, s->line);
			check((rec.kind == DT_KIND_AUDIT ?
			    dt_audit_join_record(&j, &rec, now) :
			    dt_audit_join_event(&j, &rec,
			    dt_kvv_get(&rec.fields, "gone").s != NULL ?
			    -rec.pid.v : rec.pid.v, now)) == 0, "add",
			    s->line);
		}
		check(dt_audit_join_work(&j, now) == 0, "work", what);
	}
	check(end < 0 ? dt_audit_join_end(&j, now) == 0 :
	    dt_audit_join_work(&j, (1000 + end) * ms) == 0, "end", what);
	if (strcmp(given, want) != 0)
		fprintf(stderr, "audit_join: '%s' gives '%s'\n", what, given);
	check(strcmp(given, want) == 0, what, want);
	check(end >= 0 || (!dt_audit_join_waits(&j) && j.bytes == 0),
	    "nothing is left", what);
	dt_audit_join_free(&j);
	dt_record_free(&rec);
}

#define PLAY(what, end, want, ...) \
	play(what, (const struct step[]){__VA_ARGS__, {-1, NULL}}, end, want)

/* A call to open a file, and the record of one; their ids and other pairs. */
#define OPEN(id, rest) "EVENT pid=7 name=openat ret=-1 errno=13 id=" id " " rest
#define AUDIT(id, rest) "EVENT kind=audit pid=7 name=fs.read_file errno=13 " \
	"denied_by=landlock syscall=openat serial=1:" id " id=" id " " rest

static void
test_order(void)
{
	PLAY("a call waits for its record, which stands behind it", 199,
	    "e:landlock r:landlock", {0, OPEN("e", "path=/a")},
	    {10, AUDIT("r", "path=/a")}, {60, NULL});
	PLAY("the record may come first", 199, "e:landlock r:landlock",
	    {0, AUDIT("r", "path=/a")}, {40, OPEN("e", "path=/a")},
	    {90, NULL});
	PLAY("much earlier even", 699, "e:landlock r:landlock",
	    {0, AUDIT("r", "path=/a")}, {600, OPEN("e", "path=/a")},
	    {650, NULL});
	PLAY("it does not wait for long", 150, "e", {0, OPEN("e", "path=/a")});
	PLAY("nor is it in the way of what comes later", -1,
	    "d e f:landlock r:landlock", {0, OPEN("d", "path=/a")},
	    {0, OPEN("e", "path=/a")}, {150, NULL},
	    {200, OPEN("f", "path=/a")}, {201, AUDIT("r", "path=/a")});
	PLAY("but does wait", 149, "", {0, OPEN("e", "path=/a")});
	PLAY("nothing comes before a call that waits", 149, "",
	    {0, OPEN("e", "path=/a")}, {1, "DROP count=3 id=d"},
	    {2, "EVENT pid=7 name=openat errno=0 id=f"});
	PLAY("all come in their order", -1, "e:landlock r:landlock d f g",
	    {0, OPEN("e", "path=/a")}, {1, "DROP count=3 id=d"},
	    {2, OPEN("f", "path=/b")}, {3, AUDIT("r", "path=/a")},
	    {4, "EVENT pid=8 name=close ret=-1 errno=9 id=g"});
	PLAY("what was not refused does not wait", 0, "e",
	    {0, "EVENT pid=7 name=openat ret=3 errno=0 id=e"});
	PLAY("more than one record of a serial", -1,
	    "e:landlock r:landlock s:landlock f",
	    {0, OPEN("e", "path=/a/b")}, {0, OPEN("f", "path=/a/c")},
	    {1, "EVENT kind=audit pid=7 name=x errno=13 denied_by=landlock "
	    "syscall=openat serial=5 id=r path=/a/b"},
	    {1, "EVENT kind=audit pid=7 name=y errno=13 denied_by=landlock "
	    "syscall=openat serial=5 id=s path=/a/c"});
	PLAY("calls that are alike have the records in turn", -1,
	    "e:landlock r:landlock f:landlock s:landlock g",
	    {0, OPEN("e", "path=/a")}, {1, OPEN("f", "path=/a")},
	    {3, AUDIT("r", "path=/a")}, {4, AUDIT("s", "path=/a")},
	    {4, OPEN("g", "path=/b")});
}

static void
test_alone(void)
{
	PLAY("a record without an event is given late", 999, "",
	    {0, AUDIT("r", "path=/a")});
	PLAY("by itself", 1000, "r:landlock", {0, AUDIT("r", "path=/a")});
	PLAY("or at the end", -1, "r:landlock", {0, AUDIT("r", "path=/a")});
	PLAY("one of another process is not", -1, "",
	    {0, "EVENT kind=audit pid=9 name=x denied_by=landlock serial=1 "
	    "id=r"});
	PLAY("of a process that had an event it is", -1, "e r:landlock",
	    {0, "EVENT pid=9 name=close ret=-1 errno=9 id=e"},
	    {5, "EVENT kind=audit pid=9 name=x denied_by=landlock serial=1 "
	    "syscall=openat id=r"});
	PLAY("not if that was long ago", -1, "e",
	    {0, "EVENT pid=9 name=close ret=-1 errno=9 id=e"}, {500, NULL},
	    {1700, "EVENT kind=audit pid=9 name=x denied_by=landlock "
	    "serial=1 syscall=openat id=r"});
	PLAY("one that names no process is not", -1, "",
	    {0, "EVENT kind=audit name=x denied_by=landlock serial=1 id=r"});
	PLAY("one that refuses nothing is not", -1, "",
	    {0, "EVENT kind=audit pid=7 name=x serial=1 id=r"});
	PLAY("the same number of another process is no event of it", -1,
	    "e r:landlock", {0, "EVENT pid=8 name=openat ret=-1 errno=13 "
	    "path=/a id=e"}, {1, AUDIT("r", "path=/a")});
}

static void
test_which(void)
{
	PLAY("the path tells which", -1, "e f:landlock r:landlock",
	    {0, OPEN("e", "path=/a")}, {1, OPEN("f", "path=/b")},
	    {2, AUDIT("r", "path=/b")});
	PLAY("where none tells, nobody knows", -1, "e f r:landlock",
	    {0, OPEN("e", "path=/a")}, {1, OPEN("f", "path=/b")},
	    {2, AUDIT("r", "path=/real/c")});
	PLAY("but as many records as calls tell", -1,
	    "e:landlock r:landlock f:landlock s:landlock",
	    {0, OPEN("e", "path=/a")}, {1, OPEN("f", "path=/b")},
	    {2, AUDIT("r", "path=/real/c")}, {2, AUDIT("s", "path=/real/d")});
	PLAY("nor where the directory tells alone", -1,
	    "e f r:landlock", {0, OPEN("e", "path=z/b")},
	    {1, OPEN("f", "path=z/c")}, {2, "EVENT kind=audit pid=7 "
	    "name=fs.make_reg errno=13 denied_by=landlock syscall=openat "
	    "serial=1:r id=r path=/x/z"}, {60, NULL});
	PLAY("one alone is it", -1, "e:landlock r:landlock",
	    {0, OPEN("e", "path=/a")}, {2, AUDIT("r", "path=/real/c")});
	PLAY("what the tracer blames on the mode rather is not it", -1,
	    "e:dac f:landlock r:landlock",
	    {0, OPEN("e", "path=/a denied_by=dac")},
	    {1, OPEN("f", "path=/a denied_by=lsm-or-fs")},
	    {2, AUDIT("r", "path=/a")});
	PLAY("unless there is no other", -1, "e:landlock r:landlock",
	    {0, OPEN("e", "path=/a denied_by=dac")},
	    {2, AUDIT("r", "path=/a")});
	PLAY("with another path it is not", -1, "e:dac r:landlock",
	    {0, OPEN("e", "path=/a denied_by=dac")},
	    {2, AUDIT("r", "path=/b")});
	PLAY("what is too early is not", -1, "e f:landlock r:landlock",
	    {0, OPEN("e", "path=/a ts=1000000000")},
	    {1, OPEN("f", "path=/a ts=11500000000")},
	    {2, AUDIT("r", "path=/a ts=11492000000")});
	PLAY("of calls that are alike the nearest in time is meant", -1,
	    "e f:landlock r:landlock g",
	    {0, OPEN("e", "path=/a ts=3400000000")},
	    {1, OPEN("f", "path=/a ts=3500000000")},
	    {2, OPEN("g", "path=/a ts=3600000000")},
	    {2, AUDIT("r", "path=/a ts=3492000000")});
	PLAY("where the time does not tell, nobody knows", -1,
	    "e f r:landlock", {0, OPEN("e", "path=/a ts=3493000000")},
	    {1, OPEN("f", "path=/a ts=3499000000")},
	    {2, AUDIT("r", "path=/a ts=3492000000")});
	PLAY("nor later, when one of them is given", 500,
	    "e f r:landlock", {0, OPEN("e", "path=/a ts=3493000000")},
	    {6, OPEN("f", "path=/a ts=3499000000")},
	    {7, AUDIT("r", "path=/a ts=3492000000")}, {70, NULL}, {152, NULL},
	    {160, NULL});
	PLAY("records of one serial are one", -1, "e f r:landlock s:landlock",
	    {0, OPEN("e", "path=/a")}, {1, OPEN("f", "path=/a")},
	    {2, AUDIT("r", "path=/a")}, {2, "EVENT kind=audit pid=7 name=y "
	    "errno=13 denied_by=landlock syscall=openat serial=1:r id=s "
	    "path=/a"});
	PLAY("what is late is only if there is no other", -1,
	    "e f:landlock r:landlock",
	    {0, OPEN("e", "path=/a ts=3600000000")},
	    {1, OPEN("f", "path=/a ts=3500000000")},
	    {2, AUDIT("r", "path=/a ts=3492000000")});
	PLAY("but then it is", -1, "e:landlock r:landlock",
	    {0, OPEN("e", "path=/a ts=3600000000")},
	    {2, AUDIT("r", "path=/a ts=3492000000")});
	PLAY("who stops a call may be slow to let it go on", -1,
	    "e:landlock r:landlock f:landlock s:landlock",
	    {0, OPEN("e", "path=/a ts=2900000000")},
	    {1, OPEN("f", "path=/a ts=3500000000")},
	    {2, AUDIT("r", "path=/a ts=3488000000")},
	    {2, AUDIT("s", "path=/a ts=3500000000")});
	PLAY("a thread that is gone may be of any process", -1,
	    "e f r:landlock", {0, OPEN("e", "path=/a")},
	    {1, "EVENT pid=8 name=openat ret=-1 errno=13 id=f gone=1 path=/a"},
	    {2, AUDIT("r", "path=/a")});
	PLAY("and is its call where no other is", -1, "f:landlock r:landlock",
	    {1, "EVENT pid=8 name=openat ret=-1 errno=13 id=f gone=1 path=/a"},
	    {2, AUDIT("r", "path=/a")});
	PLAY("but not if it has a record of its own", -1,
	    "e:landlock r:landlock f:landlock s:landlock",
	    {0, OPEN("e", "path=/a")},
	    {1, "EVENT pid=8 name=openat ret=-1 errno=13 id=f gone=1 path=/a"},
	    {2, AUDIT("r", "path=/a")}, {2, "EVENT kind=audit pid=8 id=s "
	    "name=fs.read_file errno=13 denied_by=landlock syscall=openat "
	    "serial=2 path=/a"});
	PLAY("a filter's kill is its signal", -1, "e:seccomp r:seccomp f",
	    {0, "EVENT kind=signal pid=7 name=SIGSYS denied_by=seccomp "
	    "call=chroot id=e"}, {0, OPEN("f", "path=/a")},
	    {1, "EVENT kind=audit pid=7 name=chroot denied_by=seccomp "
	    "serial=1 id=r"});
}

/* One event and one record: how they fit, and how that is called. */
static const struct {
	enum dt_audit_fit fit;
	const char *event, *audit;
} fits[] = {
#define E "EVENT pid=7 ret=-1 "
#define R "EVENT kind=audit pid=7 denied_by=landlock "
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=/a/b",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b"},
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=/a/b/",
	    R "name=fs.read_dir errno=13 syscall=openat path=/a/b"},
	{DT_AUDIT_FIT_NOT, E "name=open errno=13 path=/a/b",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=1 path=/a/b",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a/b ts=1000000000",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b "
	    "ts=11300000000"},
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=/a/b ts=9000000000",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b "
	    "ts=1300000000"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a/b ts=99000000000",
	    R "name=fs.read_file errno=13 syscall=openat path=/a/b "
	    "ts=1300000000"},
	/* Landlock tells of a directory what is to be made in it. */
	{DT_AUDIT_FIT_SAME, E "name=mkdirat errno=13 path=/a/b",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/a"},
	{DT_AUDIT_FIT_NEAR, E "name=mkdirat errno=13 path=/a",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/a"},
	{DT_AUDIT_FIT_SAME, E "name=mkdirat errno=13 path=/b",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/"},
	{DT_AUDIT_FIT_SAME, E "name=mkdirat errno=13 path=b dir=/",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/"},
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=b dir=/",
	    R "name=fs.read_file errno=13 syscall=openat path=/b"},
	{DT_AUDIT_FIT_SAME, E "name=mkdirat errno=13 path=b dir=/x/y",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/x/y"},
	{DT_AUDIT_FIT_SAME, E "name=mkdirat errno=13 path=./b/c dir=/x/y",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/x/y/b"},
	{DT_AUDIT_FIT_CALL, E "name=mkdirat errno=13 path=b dir=/x/y",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/x/z"},
	{DT_AUDIT_FIT_CALL, E "name=mkdirat errno=13 path=b",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/x/z"},
	{DT_AUDIT_FIT_NEAR, E "name=mkdirat errno=13 path=z/b",
	    R "name=fs.make_dir errno=13 syscall=mkdirat path=/x/z"},
	{DT_AUDIT_FIT_SAME, E "name=renameat errno=13 path=/a/b path2=/c/d",
	    R "name=fs.remove_file,fs.make_reg errno=13 syscall=renameat "
	    "path=/c"},
	{DT_AUDIT_FIT_SAME, E "name=linkat errno=13 path=b path2=d dir=/a "
	    "dir2=/c", R "name=fs.make_reg errno=13 syscall=linkat path=/c"},
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=b/c dir=/x",
	    R "name=fs.read_file errno=13 syscall=openat path=/x/b/c"},
	{DT_AUDIT_FIT_NEAR, E "name=openat errno=13 path=b/c",
	    R "name=fs.read_file errno=13 syscall=openat path=/x/b/c"},
	{DT_AUDIT_FIT_CALL, E "name=openat errno=13 path=b/c",
	    R "name=fs.read_file errno=13 syscall=openat path=/x/bb/cc"},
	{DT_AUDIT_FIT_NAME, E "name=openat errno=13 path=/link/c",
	    R "name=fs.read_file errno=13 syscall=openat path=/x/c"},
	{DT_AUDIT_FIT_SAME, E "name=ftruncate errno=13 file=/x/c",
	    R "name=fs.truncate errno=13 syscall=ftruncate path=/x/c"},
	/* Arguments, as far as they are numbers. */
	{DT_AUDIT_FIT_CALL, E "name=kill errno=1 arg0=0x1c85 arg1=0x0",
	    R "name=scope.signal errno=1 syscall=kill a0=1c85 a1=0"},
	{DT_AUDIT_FIT_CALL, E "name=kill errno=1 arg0=7301 arg1=SIGTERM",
	    R "name=scope.signal errno=1 syscall=kill a0=1c85 a1=f"},
	{DT_AUDIT_FIT_NOT, E "name=kill errno=1 arg0=7302 arg1=SIGTERM",
	    R "name=scope.signal errno=1 syscall=kill a0=1c85 a1=f"},
	{DT_AUDIT_FIT_CALL, E "name=kill errno=1 arg0=-1 arg1=SIGTERM",
	    R "name=scope.signal errno=1 syscall=kill a0=ffffffff a1=f"},
	{DT_AUDIT_FIT_CALL, E "name=kill errno=1 arg0=-1",
	    R "name=scope.signal errno=1 syscall=kill a0=ffffffffffffffff"},
	{DT_AUDIT_FIT_NOT, E "name=truncate errno=13 arg0=0x7ffd00000000",
	    R "name=fs.truncate errno=13 syscall=truncate a0=7ffe00000000"},
	{DT_AUDIT_FIT_SAME, E "name=mkdir errno=13 path=/a/b arg1=0700",
	    R "name=fs.make_dir errno=13 syscall=mkdir a1=1c0 path=/a"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a flags=0x80000",
	    R "name=fs.read_file errno=13 syscall=openat a2=90000 path=/a"},
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=/a flags=0x80000",
	    R "name=fs.read_file errno=13 syscall=openat a2=80000 path=/a"},
	/* Addresses. */
	{DT_AUDIT_FIT_SAME, E "name=connect errno=13 addr=127.0.0.1:80",
	    R "name=net.connect_tcp errno=13 syscall=connect "
	    "daddr=127.0.0.1 dest=80"},
	{DT_AUDIT_FIT_NOT, E "name=connect errno=13 addr=127.0.0.1:8080",
	    R "name=net.connect_tcp errno=13 syscall=connect "
	    "daddr=127.0.0.1 dest=80"},
	{DT_AUDIT_FIT_SAME, E "name=bind errno=13 addr=[::1]:80",
	    R "name=net.bind_tcp errno=13 syscall=bind saddr=::1 src=80"},
	{DT_AUDIT_FIT_NEAR, E "name=bind errno=13 addr=[::]:80",
	    R "name=net.bind_tcp errno=13 syscall=bind src=80"},
	{DT_AUDIT_FIT_NEAR, E "name=connect errno=13 arg0=3 "
	    "arg1=\"{sa_family=AF_INET, sin_port=htons(80), x}\"",
	    R "name=net.connect_tcp errno=13 syscall=connect a0=3 "
	    "daddr=127.0.0.1 dest=80"},
	{DT_AUDIT_FIT_NOT, E "name=connect errno=13 arg0=3 "
	    "arg1=\"{sa_family=AF_INET, sin_port=htons(8080), x}\"",
	    R "name=net.connect_tcp errno=13 syscall=connect a0=3 "
	    "daddr=127.0.0.1 dest=80"},
	/* Without the call, the path has to tell. */
	{DT_AUDIT_FIT_SAME, E "name=openat errno=13 path=/a",
	    "EVENT kind=audit pid=7 denied_by=apparmor name=open path=/a"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a",
	    "EVENT kind=audit pid=7 denied_by=apparmor name=open path=/b"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a",
	    "EVENT kind=audit pid=7 denied_by=selinux name=read"},
	/* A filter is a filter. */
	{DT_AUDIT_FIT_CALL, "EVENT kind=signal pid=7 name=SIGSYS "
	    "denied_by=seccomp call=chroot",
	    "EVENT kind=audit pid=7 denied_by=seccomp name=chroot"},
	{DT_AUDIT_FIT_NOT, "EVENT kind=signal pid=7 name=SIGSYS "
	    "denied_by=seccomp call=ptrace",
	    "EVENT kind=audit pid=7 denied_by=seccomp name=chroot"},
	{DT_AUDIT_FIT_CALL, E "name=mount errno=1 denied_by=seccomp",
	    "EVENT kind=audit pid=7 denied_by=seccomp name=mount"},
	{DT_AUDIT_FIT_NOT, E "name=openat errno=13 path=/a denied_by=seccomp",
	    R "name=fs.read_file errno=13 syscall=openat path=/a"},
	{DT_AUDIT_FIT_NOT, E "name=mount errno=1 denied_by=capability",
	    "EVENT kind=audit pid=7 denied_by=seccomp name=mount"},
};

static void
test_fits(void)
{
	struct dt_record ev = {0}, au = {0};
	struct dt_audit_clues c;
	size_t i;

	for (i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		read_text(&ev, fits[i].event);
		read_text(&au, fits[i].audit);
		dt_audit_clues(&c, &au);
		check(dt_audit_fits(&ev, &c) == fits[i].fit, fits[i].event,
		    fits[i].audit);
	}
	dt_record_free(&ev);
	dt_record_free(&au);
}

static void
test_explain(void)
{
	struct dt_record ev = {0}, au = {0};

	read_text(&ev, E "name=openat errno=13 path=/a denied_by=lsm-or-fs");
	read_text(&au, R "name=fs.read_file blockers=fs.read_file domain=1f "
	    "serial=9.1:4 dev=vda");
	check(dt_audit_explain(&ev, &au) == 0, "explain", "openat");
	dt_record_free(&au);
	check(dt_str_is(ev.denied_by, "landlock"), "denied_by", "openat");
	check(dt_str_is(dt_kvv_get(&ev.fields, "audit_serial"), "9.1:4"),
	    "audit_serial", "openat");
	check(dt_str_is(dt_kvv_get(&ev.fields, "blockers"), "fs.read_file"),
	    "blockers", "openat");
	check(ev.fields.n == 3, "no other fields", "openat");
	check(!ev.op.s && !ev.evidence.s && ev.kind == DT_KIND_SYSCALL &&
	    dt_str_is(ev.path, "/a"), "nothing else", "openat");
	dt_record_free(&ev);
}

/* More than there is memory for: all is given, in order, and bounded. */
static void
test_many(void)
{
	enum { N = 40000 };
	static struct dt_audit_join j;
	struct dt_record rec = {0};
	size_t most = 0, least = SIZE_MAX;
	char line[128];
	int i;

	j.out = (struct dt_sink){emit, NULL};
	j.follows = follows;
	read_text(&rec, OPEN("e", "path=/a"));
	for (i = 0; i < N; i++) {
		given[0] = '\0';
		snprintf(line, sizeof(line), "%d", i);
		check(dt_audit_join_event(&j, &rec, 7, 1) == 0, "add", line);
		if (j.bytes < most && j.bytes < least)
			least = j.bytes;
		if (j.bytes > most)
			most = j.bytes;
	}
	check(least < most && least > DT_AUDIT_BYTES_MAX / 4, "no more is "
	    "given up than has to be", "events");
	check(most > DT_AUDIT_BYTES_MAX / 2 && most <= DT_AUDIT_BYTES_MAX +
	    (1 << 20), "bytes", "events");
	dt_record_reset(&rec);
	read_text(&rec, "EVENT kind=audit pid=9 name=x denied_by=landlock "
	    "serial=1");
	for (i = 0; i < N; i++)
		check(dt_audit_join_record(&j, &rec, 1) == 0 && j.bytes <=
		    DT_AUDIT_BYTES_MAX + (1 << 20), "bytes", "records");
	dt_record_free(&rec);
	dt_audit_join_free(&j);
}

#ifdef __linux__
/* A message as netlink(7) has it: length, type, flags, sequence, port. */
static void
test_cut(void)
{
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, port;
		char text[16];
	} m = {20, 1423, 0, 0, 0, "text and more"};
	struct dt_str text, all = {(char *)&m, sizeof(m)};
	unsigned type = 0;

	check(dt_auditsock_cut(all, &type, &text) && type == 1423 &&
	    dt_str_is(text, "text"), "cut", "whole");
	m.len = 16;
	check(dt_auditsock_cut(all, &type, &text) && text.n == 0, "cut",
	    "empty");
	m.len = sizeof(m) + 1;
	check(!dt_auditsock_cut(all, &type, &text), "cut", "too long");
	m.len = 15;
	check(!dt_auditsock_cut(all, &type, &text), "cut", "too short");
	m.len = 16;
	all.n = 15;
	check(!dt_auditsock_cut(all, &type, &text), "cut", "no header");
	all.n = 0;
	check(!dt_auditsock_cut(all, &type, &text), "cut", "nothing");
}
#endif

/* A field is not taken for something else when its line is read again. */
static void
test_fit_text(void)
{
	struct dt_record rec = {.kind = DT_KIND_AUDIT}, again = {0};
	static const char *const pairs[][3] = {
		{"uid", "0", "audit_uid"},
		{"name", "x", "audit_name"},
		{"arg0", "x", "audit_arg0"},
		{"argc", "1", "argc"},
		{"stack", "1", "audit_stack"},
		{"kind", "exec", "audit_kind"},
		{"a b", "1", "audit_field"},
		{"c=d", "2", "audit_field.2"},
		{"audit_uid", "3", "audit_uid.2"},
		{"path.0.mode", "0100644", "path.0.mode"},
	};
	static char line[1 << 16];
	struct dt_keys keys;
	char key[16];
	FILE *f;
	size_t i;

	dt_keys_init(&keys, NULL);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		dt_record_put(&rec, &rec.fields, dt_str_c(pairs[i][0]),
		    dt_str_c(pairs[i][1]));
	for (i = 0; i < 300; i++) {
		snprintf(key, sizeof(key), "k%zu", i);
		dt_record_put(&rec, &rec.fields, dt_arena_dup(&rec.mem,
		    dt_str_c(key)), DT_STR("v"));
	}
	check(dt_text_fit(&keys, &rec, "audit_") == 0, "fit", "fields");
	f = fmemopen(line, sizeof(line), "w");
	check(f != NULL && dt_text_write(f, &rec) == 0 && fclose(f) == 0,
	    "write", "fields");
	line[strcspn(line, "\n")] = '\0';
	read_text(&again, line);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		check(dt_str_is(dt_kvv_get(&again.fields, pairs[i][2]),
		    pairs[i][1]), "field", pairs[i][0]);
	check(!again.uid.set && again.name.s == NULL && again.args.n == 0 &&
	    again.kind == DT_KIND_AUDIT, "no member", "fields");
	check(dt_str_is(dt_kvv_get(&again.fields, "fields_cut"), "55") &&
	    again.fields.n == 256, "fields_cut", "fields");
	dt_record_free(&rec);
	dt_record_free(&again);
}

int
main(void)
{
	test_order();
	test_alone();
	test_which();
	test_fits();
	test_explain();
	test_many();
#ifdef __linux__
	test_cut();
#endif
	test_fit_text();
	printf("audit_join: %u checks\n", checks);
	return 0;
}
