/* SPDX-License-Identifier: ISC */
/* What dt-spawn and dt-attach do alike: options, files, the way out. */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dscript.h"
#include "proc.h"
#include "session.h"

enum { OUT_BUFFER = 64 * 1024 };

/*
 * The probe that another may take the place of: each part of its name is a
 * macro, and what was put there is a field of the TRACE.
 */
static const struct target {
	int ch;
	const char *option, *macro, *field;
} targets[SESSION_TARGETS] = {
	{'R', "--target-provider", "fbt", "target_provider"},
	{'M', "--target-module", "mach_kernel", "target_module"},
	{'F', "--target-func", "mac_policy_register", "target_func"},
};
static const char target_probe[] = "fbt:mach_kernel:mac_policy_register:";

static _Noreturn void
list_tracers(void)
{
	const struct dt_tracer *const *t;
	struct dt_usable u;

	for (t = dt_tracers; *t != NULL; t++) {
		u = (struct dt_usable){0};
		(*t)->usable(&u);
		if (u.code == NULL)
			printf("%-8s yes  %s: version %s\n", (*t)->name,
			    (*t)->what, u.version);
		else
			printf("%-8s no   %s: %s\n", (*t)->name, (*t)->what,
			    u.why);
	}
	cli_close_stdout();
	exit(CLI_OK);
}

static const char *
tracer_name(const char *arg)
{
	if (strcmp(arg, "list") == 0)
		list_tracers();
	if (strcmp(arg, "auto") == 0)
		return NULL;
	if (dt_tracer_byname(arg) == NULL)
		errx(CLI_USAGE, "--tracer '%s': no such tracer here; "
		    "-t list lists them", arg);
	return arg;
}

/* A power of two, as a ring is. */
static size_t
buffer_size(const char *arg)
{
	const size_t least = 4096, most = (size_t)1 << 30;
	char *end;
	unsigned long long n = *arg >= '0' && *arg <= '9' ?
	    strtoull(arg, &end, 10) : 0;
	int shift = 0;

	if (n != 0 && n <= most && *end != '\0') {
		shift = *end == 'K' || *end == 'k' ? 10 :
		    *end == 'M' || *end == 'm' ? 20 : 0;
		end += shift != 0;
	}
	if (n == 0 || n > most || *end != '\0')
		errx(CLI_USAGE, "--buffer '%s': not a size", arg);
	n <<= shift;
	if (n < least || n > most || (n & (n - 1)) != 0)
		errx(CLI_USAGE, "--buffer '%s': not a power of two from 4K to "
		    "1024M", arg);
	return (size_t)n;
}

/* Some have dtrace do other things than trace, or trace for others. */
static void
add_option(struct session *s, const char *arg)
{
	static const char *const not[] = {"destructive", "quiet", "grabanon"};
	size_t n = strcspn(arg, "="), i;

	if (n == 0 || arg[0] == '-' || arg[n] == '\0' || arg[n + 1] == '\0')
		errx(CLI_USAGE, "--option '%s': not of the form name=value",
		    arg);
	for (i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (strlen(not[i]) == n && strncmp(arg, not[i], n) == 0)
			errx(CLI_USAGE, "--option '%s': not for a capture",
			    arg);
	for (i = 0; s->options[i] != NULL; i++)
		continue;
	if (i == SESSION_OPTIONS)
		errx(CLI_USAGE, "--option '%s': more than %d", arg,
		    SESSION_OPTIONS);
	s->options[i] = arg;
	s->c.options = s->options;
}

/* A part of a probe's name, which cannot be more than that. */
static void
set_target(struct session *s, int ch, const char *arg)
{
	static const char may[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-*?";
	size_t i = 0;

	while (targets[i].ch != ch)
		i++;
	if (*arg == '\0' || strspn(arg, may) != strlen(arg))
		errx(CLI_USAGE, "%s '%s': not a part of a probe's name",
		    targets[i].option, arg);
	if (strlen(arg) + strlen(targets[i].macro) + 2 > sizeof(s->define[i]))
		errx(CLI_USAGE, "%s '%s': too long", targets[i].option, arg);
	s->target[i] = arg;
}

void
session_option(struct session *s, int ch)
{
	switch (ch) {
	case 'E':
		s->messages = optarg;
		break;
	case 'A':
		s->c.audited = true;
		break;
	case 'F':
	case 'M':
	case 'R':
		set_target(s, ch, optarg);
		break;
	case 'L':
		s->c.lossless = true;
		break;
	case 'O':
		add_option(s, optarg);
		break;
	case 'P':
		if (*optarg == '\0')
			errx(CLI_USAGE, "--phase '': empty");
		s->c.phase = optarg;
		break;
	case 'S':
		s->c.stack = true;
		break;
	case 'T':
		s->c.patience = cli_seconds("--patience", optarg);
		break;
	case 'b':
		s->c.buffer = buffer_size(optarg);
		break;
	case 'd':
		s->c.limit = cli_seconds("--duration", optarg);
		break;
	case 'm':
		s->meta = optarg;
		break;
	case 'o':
		s->output = optarg;
		break;
	case 's':
		s->c.script = optarg;
		break;
	case 't':
		s->tracer = tracer_name(optarg);
		break;
	}
}

/* The script that lies beside the program, as built or as installed. */
static const char *
own_script(struct session *s)
{
	static const char *const dirs[] = {
		"../d-scripts",
		"../share/dt/d-scripts",
	};
	char self[sizeof(s->script) - 64], *slash;
	size_t i;

	if (!dt_proc_self(self, sizeof(self)))
		return NULL;
	slash = strrchr(self, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(s->script, sizeof(s->script), "%s/%s/deny.d", self,
		    dirs[i]);
		if (access(s->script, R_OK) == 0)
			return s->script;
	}
	return NULL;
}

/* It is read more than once, and by others than us. */
static void
check_script(const char *path)
{
	struct stat st;

	if (access(path, R_OK) == -1 || stat(path, &st) == -1)
		err(CLI_USAGE, "--script '%s'", path);
	if (!S_ISREG(st.st_mode))
		errx(CLI_USAGE, "--script '%s': not a regular file", path);
}

/* Have the script trace another probe, and say so.  None: nothing to do. */
static void
aim_script(struct session *s)
{
	struct dt_record *rec = &s->c.trace;
	size_t i, first = SESSION_TARGETS, n = 0;

	/* The kernel's own module is of no other provider. */
	if (s->target[0] != NULL && s->target[1] == NULL &&
	    strcmp(s->target[0], targets[0].macro) != 0)
		s->target[1] = "*";
	for (i = SESSION_TARGETS; i-- > 0;)
		if (s->target[i] != NULL)
			first = i;
	if (first == SESSION_TARGETS)
		return;
	if (s->c.script == NULL)
		errx(CLI_USAGE, "%s '%s': only with a script (-s)",
		    targets[first].option, s->target[first]);
	check_script(s->c.script);
	if (dt_dscript_has_probe(s->c.script, target_probe) == 0)
		errx(CLI_USAGE, "%s '%s': %s has no probe %s",
		    targets[first].option, s->target[first], s->c.script,
		    target_probe);
	for (i = first; i < SESSION_TARGETS; i++) {
		if (s->target[i] == NULL)
			continue;
		snprintf(s->define[i], sizeof(s->define[i]), "%s=%s",
		    targets[i].macro, s->target[i]);
		s->defines[n++] = s->define[i];
		if (dt_record_put(rec, &rec->fields, dt_str_c(targets[i].field),
		    dt_str_c(s->target[i])) == -1)
			err(CLI_LOST, "%s", targets[i].option);
	}
	s->c.defines = s->defines;
}

static void
choose_tracer(struct session *s)
{
	struct dt_capture *c = &s->c;
	struct dt_asked asked = dt_capture_asked(c);

	if (s->tracer != NULL) {
		c->tracer = dt_tracer_byname(s->tracer);
		c->tracer->usable(&c->usable);
	} else
		c->tracer = dt_tracer_auto(&asked, &c->usable);
	c->any = s->tracer == NULL;
	if (c->tracer == NULL)
		errx(CLI_USAGE, "no tracer here can do all that is asked for "
		    "(-s, -O, -S, -b, -L)");
	if (c->stack && !c->tracer->stack)
		errx(CLI_USAGE, "--stack: %s tells no stacks", c->tracer->name);
	if (c->buffer != 0 && !c->tracer->buffer)
		errx(CLI_USAGE, "--buffer: %s has none", c->tracer->name);
	if (c->lossless && !c->tracer->lossless)
		errx(CLI_USAGE, "--lossless: %s may lose events",
		    c->tracer->name);
	if (c->options != NULL && !c->tracer->options)
		errx(CLI_USAGE, "--option '%s': %s takes none", c->options[0],
		    c->tracer->name);
	if (c->script != NULL && !c->tracer->scripted)
		errx(CLI_USAGE, "--script '%s': %s takes no script", c->script,
		    c->tracer->name);
	if (c->script != NULL)
		check_script(c->script);
	if (c->script == NULL && c->tracer->scripted) {
		c->script = own_script(s);
		if (c->script == NULL)
			errx(CLI_USAGE, "deny.d: not found where it was "
			    "installed; -s names a script");
	}
}

static int
open_file(const char *option, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd == -1)
		err(CLI_USAGE, "%s '%s'", option, path);
	return fd;
}

static void
close_meta(struct session *s)
{
	if (s->meta == NULL || output_close(&s->meta_out,
	    dt_capture_meta(&s->c, s->meta_out.f) == 0) == 0)
		return;
	warn("%s", s->meta);
	s->c.failed = true;
}

/* A line on a terminal about what takes long, written over each second. */
static void
waiting(void *ctx, const char *what, int seconds)
{
	struct session *s = ctx;

	if (what != NULL)
		fprintf(stderr, "\r%s: %s, %d s", s->c.tracer->name, what,
		    seconds);
	else if (s->shown)
		fputs("\r\033[K", stderr);
	s->shown = what != NULL;
}

static void
say(void *ctx, const char *line)
{
	waiting(ctx, NULL, 0);
	warnx("%s", line);
}

int
session_open(struct session *s, int *status)
{
	struct dt_capture *c = &s->c;
	const char *errstr;

	c->say = say;
	c->ctx = s;
	if (isatty(STDERR_FILENO))
		c->waiting = waiting;
	aim_script(s);
	choose_tracer(s);
	c->tee = s->messages == NULL ? -1 :
	    open_file("--tracer-stderr", s->messages);
	c->out = s->output == NULL ? stdout :
	    fdopen(open_file("--output", s->output), "w");
	if (c->out == NULL)
		err(CLI_LOST, "%s", s->output);
	/* A tracer may give a million lines a second. */
	setvbuf(c->out, NULL, _IOFBF, OUT_BUFFER);
	if (s->meta != NULL && output_open(&s->meta_out, s->meta) == -1)
		err(CLI_USAGE, "--meta '%s'", s->meta);
	c->signals = &s->signals;
	if (dt_signals_begin(&s->signals) == -1)
		err(CLI_LOST, "signals");
	if (c->usable.code == NULL) {
		if (s->tracer == NULL)
			warnx("tracing with %s %s", c->tracer->name,
			    c->usable.version);
		return 0;
	}
	*status = dt_capture_refuse(c, c->usable.code, c->usable.why, &errstr);
	*status = session_close(s, *status, errstr);
	return -1;
}

/* The output's own failure, by errno. */
static _Noreturn void
output_lost(const struct session *s)
{
	if (s->output == NULL || errno == EPIPE)
		cli_write_error();
	err(CLI_LOST, "%s", s->output);
}

int
session_close(struct session *s, int status, const char *errstr)
{
	struct dt_capture *c = &s->c;
	int saved = errno;

	if (status == -1) {
		warnx("%s: %s", errstr, strerror(saved));
		c->failed = true;
		status = CLI_LOST;
	}
	if (c->t.untold) {
		warnx("%s: not all that %s said could be written", s->messages,
		    c->tracer->name);
		c->failed = true;
	}
	close_meta(s);
	if (c->failed && status == CLI_OK)
		status = CLI_LOST;
	dt_signals_end(&s->signals);
	dt_capture_free(c);
	errno = c->out_errno;
	if (errno != 0 || fclose(c->out) == EOF)
		output_lost(s);
	return status;
}
