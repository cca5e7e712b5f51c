/* SPDX-License-Identifier: ISC */
/* What each tracer can do on this host, tried out. */
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "capture.h"
#include "diag.h"
#include "doctor.h"
#include "host.h"
#include "parse.h"
#include "signals.h"
#include "temp.h"

enum { PATIENCE = 60 };

/* The call that the program which is traced is refused, with EPERM. */
#define REFUSED "setsid"

static const char script[] =
    "syscall::" REFUSED ":return\n/progenyof($target) && errno == 1/\n"
    "{\n\tprintf(\"EVENT kind=syscall name=%s pid=%d errno=%d\\n\", "
    "probefunc, pid, errno);\n}\n";

struct doctor {
	const char *self;
	struct dt_signals *signals;
	void (*doing)(const char *);
	const struct dt_sink *sink;
	bool sip;		/* macOS's protection is on */
	int working;
};

/* Give a finding; a code of the table brings its level and remedy along. */
static int
find(const struct doctor *doc, const char *about, const char *code,
    const char *text)
{
	const struct dt_diag *diag = dt_diag_bycode(code);
	struct dt_record rec = {
		.kind = DT_KIND_DIAGNOSTIC,
		.tracer = dt_str_c(about),
		.level = dt_str_c(diag != NULL ? dt_level_name(diag->level) :
		    "error"),
		.diag_code = dt_str_c(code),
		.text = dt_str_c(text),
	};
	int r = 0;

	if (diag != NULL && diag->level != DT_LEVEL_INFO)
		r = dt_record_put(&rec, &rec.fields, DT_STR("remedy"),
		    dt_str_c(diag->remedy));
	if (r == 0)
		r = dt_emit(doc->sink, &rec);
	dt_record_free(&rec);
	return r;
}

static void
say_nothing(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

/* Was the refusal seen, in a trace that is whole? */
struct seen {
	bool refusal, complete;
};

static int
look(void *ctx, struct dt_record *rec)
{
	struct seen *seen = ctx;

	if (rec->kind == DT_KIND_SYSCALL && dt_str_is(rec->name, REFUSED) &&
	    rec->errnum.set && rec->errnum.v == EPERM)
		seen->refusal = true;
	if (rec->kind == DT_KIND_END)
		seen->complete = rec->complete.set && rec->complete.v;
	return 0;
}

static int
read_trace(FILE *f, struct seen *seen)
{
	const struct dt_format *fmt = &dt_format_dt;
	const struct dt_sink sink = {look, seen};
	struct dt_lines lines = {.fd = fileno(f)};
	struct dt_line line;
	void *state = calloc(1, fmt->size);
	int r = state != NULL && fseek(f, 0, SEEK_SET) == 0 ? 1 : -1;

	while (r == 1 && (r = dt_lines_next(&lines, &line)) == 1)
		if (dt_format_line(fmt, state, &line, &sink) == -1)
			r = -1;
	if (state != NULL)
		fmt->free(state);
	free(state);
	dt_lines_end(&lines);
	return r;
}

/* What came of a capture, in one finding. */
static int
judge(struct doctor *doc, struct dt_capture *c, const struct seen *seen)
{
	char text[512];
	size_t i;

	if (seen->refusal && seen->complete) {
		doc->working++;
		snprintf(text, sizeof(text), "version %s: saw the one call "
		    "that a program was refused, and nothing was lost",
		    c->usable.version[0] != '\0' ? c->usable.version : "?");
		return find(doc, c->tracer->name, "usable", text);
	}
	for (i = 0; i < c->nnotes; i++) {
		snprintf(text, sizeof(text), "%.*s",
		    (int)c->notes[i].text.n, c->notes[i].text.s);
		if (find(doc, c->tracer->name, c->notes[i].code.s, text) == -1)
			return -1;
	}
	return find(doc, c->tracer->name, "self-test", seen->refusal ?
	    "saw a call that a program was refused, but lost something" :
	    "did not see the call that a program was refused");
}

/* What a signal has ended says nothing of a tracer.  With errno. */
static bool
is_interrupted(void)
{
	if (!dt_signals_came())
		return false;
	errno = EINTR;
	return true;
}

/* Trace a program that is refused one call. */
static int
try_out(struct doctor *doc, const struct dt_tracer *t,
    const struct dt_usable *usable, const char *d)
{
	char *argv[] = {(char *)(uintptr_t)doc->self,
	    (char *)(uintptr_t)"--refused", NULL};
	const struct dt_command cmd = {.path = doc->self, .argv = argv,
	    .signals = doc->signals};
	struct dt_capture c = {
		.tool = "dt-world",
		.tracer = t,
		.usable = *usable,
		.script = t->scripted ? d : NULL,
		.out = tmpfile(),
		.tee = -1,
		.patience = (int64_t)PATIENCE * 1000000000,
		.signals = doc->signals,
		.say = say_nothing,
	};
	struct seen seen = {0};
	const char *errstr;
	int r = -1, saved;

	if (c.out == NULL)
		return -1;
	if (dt_capture_spawn(&c, &cmd, &errstr) != -1 &&
	    read_trace(c.out, &seen) != -1 && !is_interrupted())
		r = judge(doc, &c, &seen);
	saved = errno;
	fclose(c.out);
	dt_capture_free(&c);
	errno = saved;
	return r;
}

static bool
count_row(void *ctx, struct dt_str line)
{
	++*(long *)ctx;
	(void)line;
	return true;
}

/* What dtrace lists of a provider, without its header. */
static int
list(const struct doctor *doc, const char *provider, const char *lacking)
{
	const char *const argv[] = {"dtrace", "-l", "-P", provider, NULL};
	char text[96];
	long rows = 0;

	if (dt_ask(argv, DT_ASK_STDOUT, count_row, &rows) == -1)
		return -1;
	if (rows <= 1)
		snprintf(text, sizeof(text), "provider %s: no probes",
		    provider);
	else
		snprintf(text, sizeof(text), "provider %s: %ld probes",
		    provider, rows - 1);
	return find(doc, "dtrace", rows > 1 ? "usable" : doc->sip ?
	    "dtrace.sip-provider" : lacking, text);
}

static int
write_script(char *path, size_t size)
{
	bool written;
	int fd;

	dt_temp_path(path, size, "dt-doctor.XXXXXX");
	fd = mkstemp(path);

	if (fd == -1)
		return -1;
	written = write(fd, script, sizeof(script) - 1) ==
	    (ssize_t)sizeof(script) - 1;
	return close(fd) == 0 && written ? 0 : -1;
}

static int
examine(struct doctor *doc, const struct dt_tracer *t)
{
	struct dt_usable usable = {0};
	char d[PATH_MAX];
	int r = 0, saved;

	t->usable(&usable);
	if (is_interrupted())
		return -1;
	if (usable.code != NULL)
		return find(doc, t->name, usable.code, usable.why);
	if (doc->doing != NULL)
		doc->doing(t->name);
	if (t->scripted && (list(doc, "syscall", "dtrace.no-probe") == -1 ||
	    list(doc, "proc", "dtrace.no-probe") == -1 ||
	    list(doc, "fbt", "dtrace.no-fbt") == -1))
		return -1;
	if (t->scripted)
		r = write_script(d, sizeof(d));
	if (r == 0)
		r = try_out(doc, t, &usable, d);
	saved = errno;
	if (t->scripted)
		unlink(d);
	errno = saved;
	return r;
}

/* What of the host's facts matters here, in one line. */
static void
describe(const struct dt_kvv *facts, char *text, size_t size)
{
	static const char *const keys[] = {"sysname", "release", "machine",
	    "product", "version", "lsm"};
	struct dt_str fact;
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && n < size; i++) {
		fact = dt_kvv_get(facts, keys[i]);
		if (fact.s != NULL)
			n += (size_t)snprintf(text + n, size - n, "%s%.*s",
			    n > 0 ? " " : "", (int)fact.n, fact.s);
	}
}

static int
host(struct doctor *doc)
{
	struct dt_record rec = {0};
	char text[256];
	int r = dt_host_facts(&rec);

	describe(&rec.host, text, sizeof(text));
	if (r == 0)
		r = find(doc, "host", "usable", text);
	doc->sip = dt_kvv_get(&rec.host, "sip").s != NULL &&
	    !dt_str_is(dt_kvv_get(&rec.host, "sip"), "disabled");
	if (r == 0 && doc->sip)
		r = find(doc, "host", "dtrace.sip",
		    "system integrity protection is on");
	dt_record_free(&rec);
	if (r == -1)
		return -1;
	return geteuid() == 0 ? find(doc, "user", "usable", "root") :
	    find(doc, "user", "not-permitted",
	    "an ordinary user: some tracers are for root only");
}

int
dt_doctor(const char *self, struct dt_signals *signals,
    void (*doing)(const char *), const struct dt_sink *sink)
{
	struct doctor doc = {self, signals, doing, sink, false, 0};
	const struct dt_tracer *const *t;

	if (host(&doc) == -1)
		return -1;
	for (t = dt_tracers; *t != NULL; t++)
		if (examine(&doc, *t) == -1)
			return -1;
	return doc.working;
}
