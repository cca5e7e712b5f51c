/* SPDX-License-Identifier: ISC */
/*
 * Address ranges from the load commands that `otool -l` prints, by
 * otool/ofile_print.c and otool/main.c of apple-oss-distributions/cctools.
 */
#include "record.h"
#include "regions_own.h"
#include "scan.h"

/* What a command has said so far. */
struct command {
	enum { NONE, SEGMENT, ENTRY, UUID, OTHER } type;
	uint64_t line;
	struct dt_str name;	/* of the segment, or of the entry */
	uint64_t addr, size;
	bool has_addr, has_size;
	bool section;		/* the rest is of a segment's sections */
};

struct reader {
	struct dt_regions *set;
	uint64_t no;
	bool torn;		/* the line that is read */
	struct dt_str image;
	size_t first;		/* of the image's ranges in the set */
	size_t group;
	bool collection;
	struct command cmd;
};

static int
refuse(struct reader *rd, uint64_t line, const char *what)
{
	return dt_fault_set(&rd->set->fault, line, "%s", what);
}

/*
 * The name of an image, which stands on a line of its own: NAME: or
 * NAME (architecture ARCH):
 */
static struct dt_str
image_name(struct dt_str line)
{
	static const char arch[] = " (architecture ";
	size_t at;

	if (line.n < 2 || dt_scan_blank(line.s[0]) || !dt_scan_ends(line, ":"))
		return (struct dt_str){0};
	line.n--;
	at = dt_scan_find_last(line, arch);
	if (at < line.n && dt_scan_ends(line, ")"))
		line.n = at;
	return line;
}

static bool
is_command(struct dt_str line)
{
	return dt_scan_take(&line, "Load command ") && dt_scan_digits(line);
}

bool
dt_otool_is(struct dt_str line)
{
	return is_command(line) || dt_str_is(line, "Mach header");
}

static int
end_segment(struct reader *rd)
{
	struct command *cmd = &rd->cmd;
	struct dt_region r = {
		.image = rd->image,
		.segment = cmd->name,
		.start = cmd->addr,
		.line = cmd->line,
	};

	if (cmd->name.s == NULL || !cmd->has_addr || !cmd->has_size)
		return refuse(rd, cmd->line,
		    "a segment that is cut, without name, address or size");
	if (cmd->name.n == 0)
		return refuse(rd, cmd->line, "a segment with an empty name");
	if (rd->image.n == 0)
		return refuse(rd, cmd->line, "a segment of an image whose "
		    "name is not known");
	if (cmd->size == 0 || dt_str_is(cmd->name, "__LINKEDIT")) {
		rd->set->read->left_out++;
		return 0;
	}
	return dt_regions_put_size(rd->set, r, cmd->size, rd->group);
}

/* An image in a collection: its name, and where its header is. */
static int
end_entry(struct reader *rd)
{
	struct dt_regions *set = rd->set;
	struct command *cmd = &rd->cmd;
	struct dt_fileset *v;

	if (cmd->name.n == 0 || !cmd->has_addr)
		return refuse(rd, cmd->line,
		    "a fileset entry that is cut, without name or address");
	if (cmd->addr > UINT64_MAX - set->in->slide)
		return refuse(rd, cmd->line, "a fileset entry past the end of "
		    "the address space");
	v = dt_arena_grow(&set->mem, set->fileset, set->nfileset, sizeof(*v));
	if (v == NULL)
		return dt_fault_memory(&set->fault);
	set->fileset = v;
	v += set->nfileset;
	v->addr = cmd->addr + set->in->slide;
	v->image = dt_arena_dup(&set->mem, cmd->name);
	if (v->image.s == NULL)
		return dt_fault_memory(&set->fault);
	set->nfileset++;
	rd->collection = true;
	return 0;
}

static int
end_uuid(struct reader *rd)
{
	struct dt_regions *set = rd->set;
	struct dt_str uuid = rd->cmd.name;
	size_t i;

	if (!dt_uuid_is(uuid))
		return refuse(rd, rd->cmd.line, "a UUID that is none, or cut");
	uuid = dt_arena_dup(&set->mem, uuid);
	if (uuid.s == NULL)
		return dt_fault_memory(&set->fault);
	for (i = rd->first; i < set->n; i++)
		set->v[i].r.uuid = uuid;
	return 0;
}

static int
end_command(struct reader *rd)
{
	int r = 0;

	if (rd->cmd.type == NONE && rd->cmd.line != 0)
		r = refuse(rd, rd->cmd.line, "a load command that is cut");
	else if (rd->cmd.type == SEGMENT)
		r = end_segment(rd);
	else if (rd->cmd.type == ENTRY)
		r = end_entry(rd);
	else if (rd->cmd.type == UUID)
		r = end_uuid(rd);
	rd->cmd = (struct command){0};
	return r;
}

/* Segments of a collection hold the images that it is made of. */
static int
end_image(struct reader *rd)
{
	struct dt_regions *set = rd->set;
	size_t i;

	if (end_command(rd) == -1)
		return -1;
	for (i = rd->first; rd->collection && i < set->n; i++)
		set->v[i].r.holds = true;
	return 0;
}

static int
begin_image(struct reader *rd, struct dt_str name)
{
	if (end_image(rd) == -1)
		return -1;
	rd->image = name;
	rd->first = rd->set->n;
	rd->group = ++rd->set->groups;
	rd->collection = false;
	return 0;
}

static int
set_type(struct reader *rd, struct dt_str word)
{
	if (rd->cmd.type != NONE)
		return refuse(rd, rd->no, "a load command within another");
	rd->cmd.type = dt_str_is(word, "LC_SEGMENT_64") ||
	    dt_str_is(word, "LC_SEGMENT") ? SEGMENT :
	    dt_str_is(word, "LC_FILESET_ENTRY") ? ENTRY :
	    dt_str_is(word, "LC_UUID") ? UUID : OTHER;
	return 0;
}

static int
set_number(struct reader *rd, struct dt_str word, uint64_t *num, bool *has)
{
	if (*has || dt_num_unsigned(word, num) == -1)
		return refuse(rd, rd->no, *has ? "an address or size for the "
		    "second time" : "an address or size that is no number");
	*has = true;
	return 0;
}

static int
set_name(struct reader *rd, struct dt_str rest)
{
	static const char offset[] = " (offset ";
	size_t at = dt_scan_find_last(rest, offset);

	if (rd->cmd.name.s != NULL)
		return refuse(rd, rd->no, "a name for the second time");
	if (rd->cmd.type == ENTRY) {
		if (at == rest.n || !dt_scan_ends(rest, ")"))
			return refuse(rd, rd->no, "a fileset entry without a "
			    "name");
		rest.n = at;
	}
	rd->cmd.name = rest;
	return 0;
}

/* A line that says something of a command. */
static int
member(struct reader *rd, struct dt_str line)
{
	struct command *cmd = &rd->cmd;
	struct dt_str rest = line, key = dt_scan_word(&rest);
	bool range = cmd->type == SEGMENT || cmd->type == ENTRY;

	rest = dt_scan_trim(rest);
	if (dt_str_is(key, "cmd"))
		return set_type(rd, rest);
	if (dt_str_is(key, "vmaddr") && range)
		return set_number(rd, rest, &cmd->addr, &cmd->has_addr);
	if (dt_str_is(key, "vmsize") && cmd->type == SEGMENT)
		return set_number(rd, rest, &cmd->size, &cmd->has_size);
	if ((dt_str_is(key, "segname") && cmd->type == SEGMENT) ||
	    (dt_str_is(key, "entry_id") && cmd->type == ENTRY) ||
	    (dt_str_is(key, "uuid") && cmd->type == UUID))
		return set_name(rd, rest);
	rd->torn = false;	/* nothing is lost with the rest of it */
	return 0;
}

static int
take(struct reader *rd, struct dt_str line)
{
	struct dt_str name = image_name(line);

	if (name.s != NULL)
		return begin_image(rd, name);
	if (dt_otool_is(line)) {
		if (end_command(rd) == -1)
			return -1;
		rd->cmd.line = is_command(line) ? rd->no : 0;
		return 0;
	}
	if (dt_str_is(line, "Section"))
		rd->cmd.section = true;
	if (rd->cmd.line == 0 || rd->cmd.section) {
		rd->torn = false;
		return 0;
	}
	return member(rd, line);
}

int
dt_regions_otool(struct dt_regions *set)
{
	struct reader rd = {.set = set, .image = set->in->image};
	struct dt_str rest = set->in->text, line;

	rd.first = set->n;
	rd.group = ++set->groups;
	while (dt_scan_line(&rest, &line, &rd.torn)) {
		rd.no++;
		if (take(&rd, line) == -1)
			return -1;
	}
	if (rd.torn)
		return refuse(&rd, rd.no, "a line that is cut");
	return end_image(&rd);
}
