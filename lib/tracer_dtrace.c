/* SPDX-License-Identifier: ISC */
/* The tracer dtrace(1), with a D script that prints dt text. */
#include <sys/utsname.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "dscript.h"
#include "extern.h"
#include "message.h"
#include "proc.h"
#include "scan.h"
#include "spawn.h"
#include "tables.h"

/*
 * Our own clauses, behind those of the script.  The first says that all probes
 * are on: the program has to wait for that, whatever script it is.  The others
 * count who came and who went: dtrace ends with the program, and progenyof()
 * knows no process whose parent has ended, so that some may go on unseen.  And
 * where not even the program's own end is seen, its probes do not fire, as on
 * macOS for what is protected.  On Linux a thread is created, too, but of the
 * same process.  A script that watches everybody needs the first alone.
 */
#define FORKED "dt-forked"
#define EXITED "dt-exited"
#define READY "dtrace:::BEGIN { printf(\"TRACE v=1 ready=1\\n\"); }"
#define CLAUSES(pid) \
	"dtrace:::BEGIN { printf(\"TRACE v=1 ready=1 pid=%d\\n\", $target); } " \
	"proc:::create /progenyof($target) && args[0]->" pid " != pid/ " \
	"{ printf(\"COUNT name=" FORKED " pid=%d\\n\", args[0]->" pid "); } " \
	"proc:::exit /progenyof($target)/ " \
	"{ printf(\"COUNT name=" EXITED " pid=%d\\n\", pid); }"

/* What its messages begin with. */
#define PREFIX "dtrace: "

enum { COMMAND_MAX = 64 * 1024 };

struct state {
	struct dt_extern ex;	/* first, as dt_extern_* expect it */
	char buffer[32];
	char *command;
	struct kin *kin;
	size_t nkin, room;
	enum dt_os os;		/* whose flags they are */
};

/*
 * How often a process came more than it went.  The buffers of the CPUs are
 * read one after the other, so that it may be seen to go before it comes.
 */
struct kin {
	int64_t pid;
	int more;
};

static void
usable(struct dt_usable *u)
{
	static const char prefix[] = PREFIX;
	char line[128];
	bool has;

	if (dt_ask_first("dtrace", "-V", line, sizeof(line)) == -1) {
		u->code = "tracer-missing";
		snprintf(u->why, sizeof(u->why), "dtrace: not found in PATH");
		return;
	}
	has = strncmp(line, prefix, sizeof(prefix) - 1) == 0;
	snprintf(u->version, sizeof(u->version), "%.63s",
	    line + (has ? sizeof(prefix) - 1 : 0));
	if (geteuid() == 0)
		return;
	u->code = "dtrace.privileges";
	snprintf(u->why, sizeof(u->why), "dtrace: only root may trace");
}

static bool
is_for_waiting(void *ctx, struct dt_str line)
{
	bool *found = ctx;

	line = dt_scan_ltrim(line);
	*found = dt_str_starts(line, "-W ");
	return !*found;
}

/* macOS's has -W; its usage, printed without arguments, says so. */
static bool
waits(void)
{
	static const char *const argv[] = {"dtrace", NULL};
	bool found = false;

	return dt_ask(argv, DT_ASK_BOTH, is_for_waiting, &found) != -1 &&
	    found;
}

/* Would dtrace, which splits at blanks, take an argument for another? */
static bool
is_plain(const char *arg)
{
	return *arg != '\0' && strpbrk(arg, " \t\n\v\f\r\\") == NULL;
}

/* Why dtrace cannot be given the command; NULL if it can. */
static const char *
unpassable(const struct dt_command *cmd)
{
	char *const *arg;

	if (cmd->user != NULL)
		return "dtrace would run it as root, not as another user";
	for (arg = cmd->argv; *arg != NULL; arg++)
		if (!is_plain(arg == cmd->argv ? cmd->path : *arg))
			return "dtrace splits it at blanks and knows no "
			    "quotes, and an argument is empty or has some";
	return NULL;
}

/*
 * Probes of the pid provider are made in the program's image, which has to be
 * there when dtrace comes: it has to start the program itself, with -c.  Where
 * it does not lose what it is given, a child of ours is better for all else:
 * that takes any argument, may be another user, and has a stderr of its own.
 */
static int
runs(const char *script, const struct dt_command *cmd, char *why, size_t size)
{
	const char *reason = unpassable(cmd);
	bool has_pid = dt_dscript_has_pid(script) == 1;

	if (!has_pid)
		return dt_dtrace_loses_exec && reason == NULL;
	if (reason == NULL)
		return 1;
	snprintf(why, size, "%s: a script with pid probes has the command run "
	    "by dtrace: %s", script, reason);
	return -1;
}

/* The command as -c takes it.  NULL with errno. */
static char *
join(const struct dt_command *cmd)
{
	size_t size = strlen(cmd->path) + 1;
	char *const *arg;
	char *text;

	for (arg = cmd->argv + 1; *arg != NULL; arg++)
		size += strlen(*arg) + 1;
	if (size > COMMAND_MAX) {
		errno = E2BIG;
		return NULL;
	}
	text = malloc(size);
	if (text == NULL)
		return NULL;
	strcpy(text, cmd->path);
	for (arg = cmd->argv + 1; *arg != NULL; arg++) {
		strcat(text, " ");
		strcat(text, *arg);
	}
	return text;
}

/* One came, or went.  -1 with errno. */
static int
count(struct dt_tracing *t, int64_t pid, int more)
{
	struct state *st = t->state;
	struct kin *kin = st->kin, *end = kin + st->nkin;
	size_t room = st->room != 0 ? st->room * 2 : 64;

	while (kin != end && kin->pid != pid)
		kin++;
	if (kin == end && st->nkin == st->room) {
		kin = realloc(st->kin, room * sizeof(*kin));
		if (kin == NULL)
			return -1;
		st->kin = kin;
		st->room = room;
		kin += st->nkin;
	}
	if (kin == st->kin + st->nkin)
		st->kin[st->nkin++] = (struct kin){pid, 0};
	t->left -= kin->more > 0 ? kin->more : 0;
	kin->more += more;
	t->left += kin->more > 0 ? kin->more : 0;
	if (kin->more == 0)
		*kin = st->kin[--st->nkin];
	return 0;
}

/*
 * A script tells arguments; which of them are the flags is in a table.  The
 * kernel looks at 32 bits of them.
 */
static void
find_flags(struct dt_record *rec, enum dt_os os)
{
	const struct dt_call *call = dt_call_byname(rec->name);
	int64_t v;
	int i;

	if (rec->kind != DT_KIND_SYSCALL || rec->flags.set || call == NULL ||
	    dt_call_flags_far(call))
		return;
	i = dt_call_flagarg(call, os);
	if (i >= 0 && (size_t)i < rec->args.n &&
	    dt_num_parse(rec->args.v[i], &v) == 0)
		rec->flags = DT_INT((int64_t)(uint32_t)v);
}

/* What our own clauses print, and a script's TRACE, which adds to ours. */
static int
pass(void *ctx, struct dt_record *rec)
{
	struct dt_tracing *t = ctx;

	if (rec->kind == DT_KIND_COUNT && dt_str_is(rec->name, FORKED))
		return count(t, rec->pid.v, 1);
	if (rec->kind == DT_KIND_COUNT && dt_str_is(rec->name, EXITED)) {
		if (rec->pid.v != t->job->pid)
			return count(t, rec->pid.v, -1);
		t->unseen = false;
		return 0;
	}
	if (rec->kind == DT_KIND_TRACE &&
	    dt_kvv_get(&rec->fields, "ready").s != NULL) {
		t->attached = true;
		rec->fields = (struct dt_kvv){0};
	}
	t->chose = t->chose || rec->kind == DT_KIND_END;
	find_flags(rec, ((struct state *)t->state)->os);
	return dt_emit(&t->sink, rec);
}

/* Is that a loss, behind the prefix?  Then give it.  1, 0, or -1 with errno. */
static int
give_loss(struct dt_tracing *t, struct dt_str line)
{
	const size_t n = sizeof(PREFIX) - 1;
	struct dt_record rec = {0};
	char *text = malloc(n + line.n);
	int r = 0;

	if (text == NULL)
		return -1;
	memcpy(text, PREFIX, n);
	if (line.n > 0)
		memcpy(text + n, line.s, line.n);
	dt_message((struct dt_str){text, n + line.n}, "warning",
	    "unrecognised", &rec);
	if (rec.kind == DT_KIND_DROP)
		r = dt_emit(&t->sink, &rec) == -1 ? -1 : 1;
	free(text);
	return r;
}

/*
 * dtrace writes its prefix and what follows one after the other, so that what
 * the command writes may stand before, between or behind them.  A number of
 * drops is found anywhere, an error where it begins.
 */
static int
find_loss(struct dt_tracing *t, struct dt_str line)
{
	static const char error[] = "error ";
	struct dt_str last = {0}, rest = line;
	int r = give_loss(t, line);

	for (; rest.n >= sizeof(error); rest = dt_str_after(rest, 1))
		if (dt_str_starts(rest, error))
			last = rest;
	return r == 0 && last.s != NULL ? give_loss(t, last) : r;
}

/*
 * Of a command that dtrace runs the stderr is dtrace's: what does not begin as
 * dtrace's messages do is the command's, and goes where it belongs.  Better to
 * believe it of a loss than to miss one.
 */
static int
take_said(struct dt_tracing *t, const struct dt_line *line)
{
	if (t->job->command == NULL || dt_str_starts(line->text, PREFIX))
		return 0;
	dt_extern_pass_on(STDERR_FILENO, line->text);
	if (!line->torn)
		dt_extern_pass_on(STDERR_FILENO, DT_STR("\n"));
	return find_loss(t, line->text) == -1 ? -1 : 1;
}

static void
option(struct dt_extern *ex, const char *text)
{
	dt_extern_arg(ex, "-x");
	dt_extern_arg(ex, text);
}

static void
options(struct state *st, const struct dt_job *job)
{
	const char *const *opt;

	option(&st->ex, "strsize=2k");
	option(&st->ex, "switchrate=10hz");
	snprintf(st->buffer, sizeof(st->buffer), "bufsize=%zu",
	    job->buffer != 0 ? job->buffer : (size_t)4 << 20);
	option(&st->ex, st->buffer);
	for (opt = job->options; opt != NULL && *opt != NULL; opt++)
		option(&st->ex, *opt);
}

/* The script, by way of cpp(1) if there is something to define. */
static void
script(struct dt_extern *ex, const struct dt_job *job)
{
	const char *const *def = job->defines;

	if (def != NULL)
		dt_extern_arg(ex, "-C");
	for (; def != NULL && *def != NULL; def++) {
		dt_extern_arg(ex, "-D");
		dt_extern_arg(ex, *def);
	}
	dt_extern_arg(ex, "-s");
	dt_extern_arg(ex, job->script);
}

struct trial {
	struct dt_tracing *t;
	int r;
};

static bool
say_trial(void *ctx, struct dt_str line)
{
	struct trial *trial = ctx;
	struct dt_record rec = {0};

	dt_message(line, "warning", "unrecognised", &rec);
	if (line.n > 0 && !dt_str_is(rec.level, "info"))
		trial->r = dt_emit(&trial->t->sink, &rec);
	return trial->r == 0;
}

/*
 * -W has dtrace pass over probes that there are not, so that a script of which
 * nothing is left would trace nothing in silence.  Compile it without.
 */
static int
try_script(struct dt_tracing *t)
{
	struct dt_extern ex = {.argv = {"dtrace", "-q", "-x", "strsize=2k",
	    "-e"}};
	struct trial trial = {t, 0};
	int wstatus;

	if (dt_dscript_has_pid(t->job->script) == 1)
		return 0;
	script(&ex, t->job);
	wstatus = dt_ask(ex.argv, DT_ASK_STDERR, say_trial, &trial);
	if (wstatus == -1 || trial.r == -1)
		return -1;
	if (wstatus == 0)
		return 0;
	errno = ENOEXEC;
	return -1;
}

/* Is no process meant, but whomever the script watches? */
static bool
is_of_everybody(const struct dt_job *job)
{
	return job->pid == 0 && job->command == NULL && job->wait == NULL;
}

static int
aim(struct dt_tracing *t, struct state *st)
{
	struct dt_extern *ex = &st->ex;

	if (t->job->wait != NULL) {
		dt_extern_arg(ex, "-W");
		dt_extern_arg(ex, t->job->wait);
		return try_script(t);
	}
	if (is_of_everybody(t->job))
		return 0;
	if (t->job->command == NULL) {
		dt_extern_arg(ex, "-p");
		dt_extern_arg_pid(ex, t->job->pid);
		return 0;
	}
	st->command = join(t->job->command);
	dt_extern_arg(ex, "-c");
	dt_extern_arg(ex, st->command);
	ex->runs = t->job->command;
	return st->command != NULL ? 0 : -1;
}

static int
start(struct dt_tracing *t)
{
	struct state *st = t->state;
	struct dt_extern *ex = &st->ex;
	struct utsname u;

	ex->out.fd = ex->msg.fd = -1;
	if (uname(&u) == -1)
		return -1;
	st->os = dt_os_bysysname(dt_str_c(u.sysname));
	ex->fmt = &dt_format_dt;
	ex->parsed = (struct dt_sink){pass, t};
	ex->message = take_said;
	dt_extern_arg(ex, "dtrace");
	dt_extern_arg(ex, "-q");
	options(st, t->job);
	script(ex, t->job);
	dt_extern_arg(ex, "-n");
	t->unseen = !is_of_everybody(t->job);
	/* FreeBSD has the kernel's own struct proc there. */
	dt_extern_arg(ex, !t->unseen ? READY : st->os == DT_OS_FREEBSD ?
	    CLAUSES("p_pid") : CLAUSES("pr_pid"));
	dt_extern_arg(ex, "-o");
	dt_extern_arg(ex, DT_EXTERN_OUT);
	if (aim(t, st) == -1)
		return -1;
	return dt_extern_start(t);
}

static void
release(struct dt_tracing *t)
{
	struct state *st = t->state;

	dt_extern_free(t);
	free(st->command);
	free(st->kin);
}

const struct dt_tracer dt_tracer_dtrace = {
	.name = "dtrace",
	.what = "the program dtrace with a D script, for root",
	.scripted = true,
	.options = true,
	.leaves = true,
	.buffer = true,
	/* On Linux it takes its probes off one by one, in tenths of a second. */
	.patience = 180,
	.size = sizeof(struct state),
	.usable = usable,
	.runs = runs,
	.waits = waits,
	.start = start,
	.read = dt_extern_read,
	.stop = dt_extern_stop,
	.kill = dt_extern_kill,
	.free = release,
};
