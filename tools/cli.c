/* SPDX-License-Identifier: ISC */
/* What every tool does alike: options, usage, files, the end of stdout. */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "record.h"
#include "show.h"

/* So many refused lines of an input are told one by one. */
enum { REFUSED_TOLD = 20 };

/* On every tool, after its own. */
static const struct cli_opt common[] = {
	{'h', "help", NULL, "print this help and exit"},
	{'V', "version", NULL, "print the version and exit"},
	{0},
};

static const char *
progname(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	return slash != NULL ? slash + 1 : argv0;
}

static void
print_opts(const struct cli_opt *opt)
{
	char left[64];

	for (; opt->name != NULL; opt++) {
		if (opt->arg != NULL && opt->arg[0] == '[')
			snprintf(left, sizeof(left), "--%s[=%s", opt->name,
			    opt->arg + 1);
		else
			snprintf(left, sizeof(left), "--%s%s%s", opt->name,
			    opt->arg != NULL ? "=" : "",
			    opt->arg != NULL ? opt->arg : "");
		if (opt->ch < CLI_LONG)
			printf("  -%c, %-24s %s\n", opt->ch, left, opt->help);
		else
			printf("      %-24s %s\n", left, opt->help);
	}
}

static _Noreturn void
help(const struct cli *cli, const char *prog)
{
	printf("usage: %s %s\n%s\n\n", prog, cli->synopsis, cli->about);
	print_opts(cli->opts);
	print_opts(common);
	cli_close_stdout();
	exit(CLI_OK);
}

static size_t
add_opts(const struct cli_opt *opt, char *shorts, struct option *longs,
    size_t n)
{
	char *p = shorts + strlen(shorts);

	for (; opt->name != NULL; opt++) {
		longs[n++] = (struct option){opt->name, opt->arg == NULL ?
		    no_argument : opt->arg[0] == '[' ? optional_argument :
		    required_argument, NULL, opt->ch};
		if (opt->ch >= CLI_LONG)
			continue;
		*p++ = (char)opt->ch;
		if (opt->arg != NULL)
			*p++ = ':';
		if (opt->arg != NULL && opt->arg[0] == '[')
			*p++ = ':';
	}
	*p = '\0';
	return n;
}

static const char *prog_of_usage;
static int lost = CLI_LOST;
static bool missed_input, took_stdin;

int
cli_getopt(const struct cli *cli, int argc, char *argv[])
{
	struct option longs[CLI_OPT_MAX + 1];
	char shorts[CLI_OPT_MAX * 3 + 2] = "+";
	size_t n;
	int ch;

	n = add_opts(cli->opts, shorts, longs, 0);
	n = add_opts(common, shorts, longs, n);
	longs[n] = (struct option){0};
	prog_of_usage = progname(argv[0]);
	ch = getopt_long(argc, argv, shorts, longs, NULL);
	if (ch == 'h')
		help(cli, prog_of_usage);
	if (ch == 'V') {
		printf("%s %s\n", prog_of_usage, CLI_VERSION);
		cli_close_stdout();
		exit(CLI_OK);
	}
	if (ch == '?')
		cli_usage(cli, NULL);
	return ch;
}

void
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		vwarnx(fmt, ap);
		va_end(ap);
	}
	fprintf(stderr, "usage: %s %s\n", prog_of_usage, cli->synopsis);
	exit(CLI_USAGE);
}

long long
cli_number(const char *option, const char *value, long long min,
    long long max)
{
	int64_t num;

	if (dt_num_parse(dt_str_c(value), &num) == -1)
		errx(CLI_USAGE, "%s '%s': not a whole number", option, value);
	if (num < min || num > max)
		errx(CLI_USAGE, "%s '%s': not between %lld and %lld", option,
		    value, min, max);
	return num;
}

int64_t
cli_seconds(const char *option, const char *value)
{
	int64_t whole = 0, part = 0, unit = 1000000000;
	const char *p = value;
	bool dot = *p == '.';

	for (; *p >= '0' && *p <= '9'; p++)
		if (whole <= INT_MAX)
			whole = whole * 10 + (*p - '0');
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9' && unit > 1; p++) {
			unit /= 10;
			part += (*p - '0') * unit;
		}
	if (p == value + dot || *p != '\0')
		errx(CLI_USAGE, "%s '%s': not a number of seconds", option,
		    value);
	if (whole > INT_MAX)
		errx(CLI_USAGE, "%s '%s': more than %d", option, value,
		    INT_MAX);
	if (whole == 0 && part == 0)
		errx(CLI_USAGE, "%s '%s': not more than 0", option, value);
	return whole * 1000000000 + part;
}

struct dt_worlds *
cli_worlds(const char *path)
{
	FILE *f = fopen(path, "r");
	struct dt_worlds *worlds;
	const char *errstr;

	if (f == NULL)
		err(CLI_USAGE, "--worlds '%s'", path);
	worlds = dt_worlds_read(f, &errstr);
	if (worlds == NULL && errstr != NULL)
		errx(CLI_USAGE, "%s: %s", path, errstr);
	if (worlds == NULL)
		err(CLI_USAGE, "--worlds '%s'", path);
	fclose(f);
	return worlds;
}

/* A line on a terminal about long work, rewritten once a second. */
struct progress {
	const struct cli_filter *filter;
	bool wanted;
	const char *name;
	const struct dt_lines *ls;
	long long total;	/* bytes; 0 if not known */
	time_t next;
	bool shown;
};

static void
progress_tick(struct progress *p)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (p->next == 0)
		p->next = now.tv_sec + 2;
	if (now.tv_sec < p->next)
		return;
	p->next = now.tv_sec + 1;
	p->shown = true;
	fprintf(stderr, "\r%s: %s: %llu MB", prog_of_usage, p->name,
	    (unsigned long long)p->ls->bytes / 1000000);
	if (p->total > 0)
		fprintf(stderr, " of %lld MB", p->total / 1000000);
	fputs("\033[K", stderr);
}

static void
idle(void *ctx)
{
	struct progress *p = ctx;

	if (p->filter->flush != NULL)
		p->filter->flush(p->filter->ctx);
	if (p->wanted)
		progress_tick(p);
}

static int
each_file(const struct cli_filter *filter, const char *path)
{
	bool in = strcmp(path, "-") == 0;
	struct dt_lines ls = {.fd = in ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC)};
	struct progress p = {.filter = filter, .name = in ? "<stdin>" : path,
	    .ls = &ls};
	struct stat st;
	int r;

	if (ls.fd == -1)
		return cli_read_error(path);
	if (in && took_stdin) {
		warnx("%s: there is but one", p.name);
		missed_input = true;
		return cli_lost();
	}
	took_stdin |= in;
	if (fstat(ls.fd, &st) == 0 && S_ISREG(st.st_mode)) {
		p.total = (long long)st.st_size;
		p.wanted = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	}
	ls.idle = idle;
	ls.idle_ctx = &p;
	r = filter->each(filter->ctx, &ls, p.name);
	if (p.shown)
		fputs("\r\033[K", stderr);
	dt_lines_end(&ls);
	if (!in)
		close(ls.fd);
	return r;
}

int
cli_files(const struct cli_filter *filter, char *argv[])
{
	int r = CLI_OK, one;

	if (*argv == NULL)
		return each_file(filter, "-");
	for (; *argv != NULL; argv++) {
		one = each_file(filter, *argv);
		if (one > r)
			r = one;
	}
	return r;
}

void
cli_refuse(struct cli_refused *refused, uint64_t line, struct dt_str why)
{
	if (refused->n++ < REFUSED_TOLD)
		warnx("%s:%" PRIu64 ": %.*s", refused->name, line,
		    (int)why.n, why.s);
}

int
cli_refused_end(const struct cli_refused *refused)
{
	if (refused->n > REFUSED_TOLD)
		warnx("%s: %" PRIu64 " more lines like these", refused->name,
		    refused->n - REFUSED_TOLD);
	return refused->n > 0 ? cli_lost() : CLI_OK;
}

int
cli_read_error(const char *name)
{
	warn("%s", name);
	missed_input = true;
	return cli_lost();
}

bool
cli_missed_input(void)
{
	return missed_input;
}

void
cli_comparing(void)
{
	lost = CLI_USAGE;
}

int
cli_lost(void)
{
	return lost;
}

void
cli_write_error(void)
{
	/* A reader that had enough is no news to anyone. */
	if (errno == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	err(cli_lost(), "<stdout>");
}

void
cli_close_stdout(void)
{
	if (fclose(stdout) == EOF)
		cli_write_error();
}

const char *
cli_text(struct dt_str str, char buf[CLI_TEXT_MAX])
{
	char one[DT_SHOW_MAX];
	struct dt_str next;
	size_t n = 0;

	while (str.n > 0) {
		next = dt_show_next(&str, one);
		if (n + next.n >= CLI_TEXT_MAX)
			break;
		memcpy(buf + n, next.s, next.n);
		n += next.n;
	}
	buf[n] = '\0';
	return buf;
}

bool
cli_wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}

void
cli_std_fds(void)
{
	struct stat st;
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) == -1 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(CLI_LOST);
}
