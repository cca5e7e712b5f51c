/* SPDX-License-Identifier: ISC */
/*
 * dt-spawn - run a command and print what it was refused
 *
 * Starts the command under the best tracer there is, and writes a trace of
 * its failed calls, and those of all it starts, as dt text.
 */
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "unsigned.h"

static const struct cli_opt opts[] = {
	SESSION_OPTS,
	{'U', "unsigned-copy", NULL, "run a copy without its code signature"},
	{'u', "user", "user", "run the command as this user, or uid:gid"},
	{'x', "pass-status", NULL, "exit as the command does"},
	{0},
};

static const struct cli cli = {
	.synopsis = SESSION_SYNOPSIS " [-xU] [-u user] [-o file] [--] "
	    "command [arg ...]",
	.about = "Run a command and print what it was refused.",
	.opts = opts,
};

static void
parse_user(const char *arg, struct dt_command *cmd, struct dt_user *user)
{
	const char *errstr;

	if (dt_user_parse(arg, user, &errstr) == -1)
		errx(CLI_USAGE, "--user '%s': %s", arg, errstr);
	cmd->user = user;
}

/* The command's status as a shell gives it. */
static int
command_status(const struct dt_capture *c)
{
	if (c->end.errnum.set)
		return c->end.errnum.v == ENOENT ? 127 : 126;
	return WIFSIGNALED(c->wstatus) ? 128 + WTERMSIG(c->wstatus) :
	    WEXITSTATUS(c->wstatus);
}

/* Say in the trace what is run in place of what.  -1 with errno. */
static int
describe_copy(struct dt_record *rec, const struct dt_unsigned *copy,
    const char *original)
{
	const struct {
		const char *key, *val;
	} pairs[] = {
		{"original", original},
		{"original_sha256", copy->original_sha256},
		{"copy", copy->path},
		{"copy_sha256", copy->sha256},
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (dt_record_put(rec, &rec->fields, dt_str_c(pairs[i].key),
		    dt_str_c(pairs[i].val)) == -1)
			return -1;
	return 0;
}

static int
spawn_copy(struct session *s, const struct dt_command *cmd,
    struct dt_unsigned *copy, const char **errstr)
{
	struct dt_command other = *cmd;

	*errstr = cmd->path;
	if (dt_unsigned_make(copy, cmd->path, cmd->user != NULL) == -1)
		return dt_capture_refuse(&s->c, copy->code, copy->why,
		    errstr);
	if (describe_copy(&s->c.trace, copy, cmd->path) == -1)
		return -1;
	other.path = copy->path;
	return dt_capture_spawn(&s->c, &other, errstr);
}

static int
run(struct session *s, const struct dt_command *cmd, bool pass, bool copied)
{
	struct dt_unsigned copy = {0};
	const char *errstr = NULL;
	int status, r, saved;
	bool ended;

	if (session_open(s, &status) == -1)
		return status;
	r = copied ? spawn_copy(s, cmd, &copy, &errstr) :
	    dt_capture_spawn(&s->c, cmd, &errstr);
	saved = errno;
	if (dt_unsigned_end(&copy) == -1)
		warn("%s: left behind", copy.dir);
	errno = saved;
	ended = r != -1 && s->c.begun && s->c.waited;
	status = command_status(&s->c);
	r = session_close(s, r, errstr);
	return pass && ended ? status : r;
}

int
main(int argc, char *argv[])
{
	struct session s = {.c = {.tool = "dt-spawn " CLI_VERSION}};
	char path[PATH_MAX];
	struct dt_command cmd = {.path = path};
	struct dt_user user;
	bool pass = false, copied = false;
	int ch;

	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		if (ch == 'u')
			parse_user(optarg, &cmd, &user);
		else if (ch == 'U')
			copied = true;
		else if (ch == 'x')
			pass = true;
		else
			session_option(&s, ch);
	}
	cmd.argv = argv + optind;
	if (cmd.argv[0] == NULL)
		cli_usage(&cli, "no command");
	if (dt_command_find(cmd.argv[0], path, sizeof(path)) == -1)
		errx(CLI_USAGE, "%s: %s", cmd.argv[0], errno == ENOENT ?
		    "command not found" : strerror(errno));
	cmd.signals = &s.signals;
	cmd.out_to_err = s.output == NULL;
	return run(&s, &cmd, pass, copied);
}
