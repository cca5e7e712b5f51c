/* SPDX-License-Identifier: ISC */
/* What every tool does alike: options, usage, files, the end of stdout. */
#ifndef DT_CLI_H
#define DT_CLI_H

#include <stdio.h>

#include "lines.h"
#include "world.h"

#define CLI_VERSION "0.1"

/* Exit statuses of all tools, as the manual pages give them. */
enum {
	CLI_OK = 0,
	CLI_LOST = 1,		/* something was refused or lost */
	CLI_USAGE = 2,
	CLI_TRACER = 3,		/* the tracer could not trace */
};

/* One option, of which the last in a table has no name. */
struct cli_opt {
	int ch;			/* short option; CLI_LONG + n if it has none */
	const char *name;	/* long option */
	const char *arg;	/* its argument's name; in [] if optional; or NULL */
	const char *help;	/* one line */
};

enum { CLI_LONG = 256, CLI_OPT_MAX = 32 };

struct cli {
	const char *synopsis;	/* without the program's name */
	const char *about;	/* one line */
	const struct cli_opt *opts;
};

/*
 * The next option as getopt_long(3) gives it, with optarg and optind.  -h
 * (--help) and -V (--version) print and exit 0; a bad option prints the usage
 * and exits 2.  Options end at the first operand.
 */
int cli_getopt(const struct cli *, int argc, char *argv[]);
/* Say why the command line is wrong, then the usage, and exit 2. */
_Noreturn void cli_usage(const struct cli *, const char *fmt, ...);

/*
 * An option's whole number between two bounds, inclusive; anything else exits
 * 2 with the option's name, the value and the reason.
 */
long long cli_number(const char *option, const char *value, long long min,
    long long max);
/* The same for more than 0 seconds, with up to nine decimals: nanoseconds. */
int64_t cli_seconds(const char *option, const char *value);

/* The worlds of a world.json; exits 2 when there are none to be read. */
struct dt_worlds *cli_worlds(const char *path);

/* What a filter does with its inputs. */
struct cli_filter {
	/* Take one input; returns the worst status of its lines. */
	int (*each)(void *ctx, struct dt_lines *, const char *name);
	/* Let go of all output, before a wait for more input; may be NULL. */
	void (*flush)(void *ctx);
	void *ctx;
};

/*
 * Give a filter each operand as an open stream, stdin for `-` or when there
 * are none.  A file that cannot be opened is reported, and the next one taken.
 * Progress shows on a terminal.  Returns the worst status.
 */
int cli_files(const struct cli_filter *, char *argv[]);

/* Lines refused in one input, of which the first few are told on stderr. */
struct cli_refused {
	const char *name;	/* of the input */
	uint64_t n;
};

void cli_refuse(struct cli_refused *, uint64_t line, struct dt_str why);
/* Tell how many more there were.  Returns their status. */
int cli_refused_end(const struct cli_refused *);
/* Report that the input could not be read (errno).  Returns the status. */
int cli_read_error(const char *name);
/* Was there an input that could not be opened, or not be read to its end? */
bool cli_missed_input(void);

/*
 * From now on what is lost or refused exits 2, because 1 says that something
 * differs, as with diff(1).
 */
void cli_comparing(void);
/* The status of what is lost or refused: 1, or 2. */
int cli_lost(void);

/* Stop because output was lost: exit with the reason. */
_Noreturn void cli_write_error(void);
/* Prove that stdout was written, or exit with the reason. */
void cli_close_stdout(void);

enum { CLI_TEXT_MAX = 256 };

/* Text that may hold anything, fit for a message, cut if need be. */
const char *cli_text(struct dt_str, char buf[CLI_TEXT_MAX]);

/* Is stdout a terminal, and nobody asked for no colour? */
bool cli_wants_colour(void);

/* Open /dev/null on those of descriptors 0 to 2 that are closed. */
void cli_std_fds(void);

#endif
