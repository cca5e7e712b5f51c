/* SPDX-License-Identifier: ISC */
/*
 * dt-world - print this host as a world
 *
 * Collects the facts by which hosts are told apart and prints them with the id
 * that follows from them, or that of the known world they are of.  With
 * --doctor, says what each tracer can do here instead.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "doctor.h"
#include "host.h"
#include "json.h"
#include "jsonl.h"
#include "proc.h"
#include "signals.h"
#include "world.h"

enum { PRINT_WORLD, PRINT_ID, CHECK, DOCTOR, REFUSED };

struct host {
	struct dt_record rec;	/* for its facts */
	struct dt_str id;
	bool known;
	char buf[DT_WORLD_ID_MAX];
};

static const struct cli_opt opts[] = {
	{'c', "check", NULL, "is this host a known world? 0 yes, 1 no"},
	{'d', "doctor", NULL, "say what each tracer can do here"},
	{'i', "id", NULL, "print the id alone"},
	{'j', "json", NULL, "with -d, one record a line"},
	{'r', "refused", NULL, "be refused one call, for -d to trace"},
	{'w', "worlds", "file", "the known worlds: a world.json"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-c | -i | -r | -d [-j]] [-w worlds]",
	.about = "Print this host as a world.",
	.opts = opts,
};

static void
look(struct host *host, const struct dt_worlds *worlds)
{
	if (dt_host_facts(&host->rec) == -1)
		err(CLI_LOST, NULL);
	host->id = dt_world_find(worlds, &host->rec.host);
	host->known = host->id.s != NULL;
	if (!host->known)
		host->id = (struct dt_str){host->buf,
		    dt_world_derive(&host->rec.host, host->buf)};
	if (host->id.n == 0)
		errx(CLI_LOST, "this host does not tell what it is");
}

static int
print_world(const struct host *host)
{
	const struct dt_kvv *facts = &host->rec.host;
	struct dt_json *j = dt_json_new(stdout, true);
	size_t i;

	if (j == NULL)
		return -1;
	dt_json_open(j);
	dt_json_member(j, "id", host->id);
	dt_json_member_bool(j, "known", host->known);
	dt_json_key(j, "facts");
	dt_json_open(j);
	for (i = 0; i < facts->n; i++) {
		dt_json_str(j, facts->v[i].key);
		dt_json_str(j, facts->v[i].val);
	}
	dt_json_close(j);
	dt_json_close(j);
	return dt_json_end(j);
}

static int
print(const struct host *host, int what)
{
	if (what == PRINT_WORLD)
		return print_world(host);
	return printf("%.*s\n", (int)host->id.n, host->id.s) < 0 ? -1 : 0;
}

/* A finding for people, its remedy below it. */
static int
show(void *ctx, struct dt_record *rec)
{
	struct dt_str remedy = dt_kvv_get(&rec->fields, "remedy");
	bool well = dt_str_is(rec->level, "info");

	(void)ctx;
	if (printf("%-8.*s %-4s %.*s\n", (int)rec->tracer.n, rec->tracer.s,
	    well ? "yes" : "no", (int)rec->text.n, rec->text.s) < 0)
		return -1;
	if (remedy.s != NULL && printf("%-13s %.*s\n", "", (int)remedy.n,
	    remedy.s) < 0)
		return -1;
	return fflush(stdout) == EOF ? -1 : 0;
}

static int
write_record(void *ctx, struct dt_record *rec)
{
	struct dt_jsonl_writer *out = ctx;

	return dt_jsonl_write(out, rec) == -1 || dt_jsonl_flush(out) == -1 ?
	    -1 : 0;
}

static void
doing(const char *what)
{
	if (isatty(STDERR_FILENO))
		warnx("trying %s ...", what);
}

/* Returns the exit status: is there a tracer that works? */
static int
doctor(bool json)
{
	struct dt_jsonl_writer *out = json ? dt_jsonl_writer_new(stdout) :
	    NULL;
	struct dt_sink sink = {json ? write_record : show, out};
	struct dt_signals signals;
	char self[4096];
	int working;

	if (json && out == NULL)
		err(CLI_LOST, NULL);
	if (!dt_proc_self(self, sizeof(self)))
		errx(CLI_LOST, "cannot find my own executable");
	if (dt_signals_begin(&signals) == -1)
		err(CLI_LOST, "signals");
	working = dt_doctor(self, &signals, doing, &sink);
	if (working == -1)
		err(CLI_LOST, NULL);
	dt_signals_end(&signals);
	dt_jsonl_writer_free(out);
	cli_close_stdout();
	return working > 0 ? CLI_OK : CLI_LOST;
}

/* Become the leader of a session, and then once more: that is refused. */
static int
be_refused(void)
{
	setsid();
	return setsid() == -1 && errno == EPERM ? CLI_OK : CLI_LOST;
}

int
main(int argc, char *argv[])
{
	struct host host = {0};
	struct dt_worlds *worlds = NULL;
	bool json = false;
	int ch, what = PRINT_WORLD;

	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		if (ch == 'w') {
			dt_worlds_free(worlds);
			worlds = cli_worlds(optarg);
			continue;
		}
		if (ch == 'j') {
			json = true;
			continue;
		}
		if (what != PRINT_WORLD)
			cli_usage(&cli, "-c, -d, -i and -r exclude each other");
		what = ch == 'c' ? CHECK : ch == 'd' ? DOCTOR :
		    ch == 'i' ? PRINT_ID : REFUSED;
	}
	if (optind < argc)
		cli_usage(&cli, "'%s': no operand is taken", argv[optind]);
	if (json && what != DOCTOR)
		cli_usage(&cli, "-j goes with -d only");
	if (what == REFUSED)
		return be_refused();
	if (what == DOCTOR)
		return doctor(json);
	look(&host, worlds);
	if (print(&host, what) == -1)
		cli_write_error();
	cli_close_stdout();
	if (what == CHECK && !host.known)
		warnx("not a known world");
	dt_worlds_free(worlds);
	dt_record_free(&host.rec);
	return what == CHECK && !host.known ? CLI_LOST : CLI_OK;
}
