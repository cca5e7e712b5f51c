/* SPDX-License-Identifier: ISC */
/*
 * dt-world - print this host as a world
 *
 * Collects the facts by which hosts are told apart and prints them with the id
 * that follows from them, or that of the known world they are of.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "host.h"
#include "json.h"
#include "world.h"

enum { PRINT_WORLD, PRINT_ID, CHECK };

struct host {
	struct dt_record rec;	/* for its facts */
	struct dt_str id;
	bool known;
	char buf[DT_WORLD_ID_MAX];
};

static const struct cli_opt opts[] = {
	{'c', "check", NULL, "is this host a known world? 0 yes, 1 no"},
	{'i', "id", NULL, "print the id alone"},
	{'w', "worlds", "file", "the known worlds: a world.json"},
	{0},
};

static const struct cli cli = {
	.synopsis = "[-c | -i] [-w worlds]",
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

int
main(int argc, char *argv[])
{
	struct host host = {0};
	struct dt_worlds *worlds = NULL;
	int ch, what = PRINT_WORLD;

	cli_std_fds();
	while ((ch = cli_getopt(&cli, argc, argv)) != -1) {
		if (ch == 'w') {
			dt_worlds_free(worlds);
			worlds = cli_worlds(optarg);
			continue;
		}
		if (what != PRINT_WORLD)
			cli_usage(&cli, "-c and -i exclude each other");
		what = ch == 'i' ? PRINT_ID : CHECK;
	}
	if (optind < argc)
		cli_usage(&cli, "'%s': no operand is taken", argv[optind]);
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
