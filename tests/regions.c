/* SPDX-License-Identifier: ISC */
/* Address ranges: what is read of each format, found, refused, and classed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regions.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static unsigned long checks;

static void
check(bool ok, const char *what, const char *row)
{
	checks++;
	if (ok)
		return;
	fprintf(stderr, "regions: %s: '%s'\n", what, row);
	exit(1);
}

static struct dt_regions *
new_set(void)
{
	struct dt_regions *set = dt_regions_new();

	if (set == NULL)
		exit(2);
	return set;
}

/* By itself in memory, so that reading past its end is noticed. */
static int
add(struct dt_regions *set, struct dt_str text, const char *from,
    uint64_t slide, struct dt_regions_read *read, const char **why)
{
	struct dt_regions_text in = {.from = dt_str_c(from), .slide = slide};
	char *p = malloc(text.n + (text.n == 0));
	int r;

	if (p == NULL)
		exit(2);
	if (text.n > 0)
		memcpy(p, text.s, text.n);
	in.text = (struct dt_str){p, text.n};
	r = dt_regions_add(set, &in, read, why);
	free(p);
	return r;
}

static void
take(struct dt_regions *set, const char *text, uint64_t slide,
    struct dt_regions_read *read)
{
	const char *why;
	int r = add(set, dt_str_c(text), "text", slide, read, &why);

	check(r == 0, why != NULL ? why : "no memory", text);
}

/* All texts are there; as many ranges are there again. */
static void
end(struct dt_regions *set, size_t again)
{
	const char *why;
	size_t n;
	int r = dt_regions_end(set, &n, &why);

	check(r == 0, "refused", why != NULL ? why : "no memory");
	check(n == again, "again", "other ranges");
}

static void
check_region(const struct dt_regions *set, uint64_t addr, const char *image,
    const char *segment, const char *class, const char *owner)
{
	const struct dt_region *r = dt_regions_find(set, addr);
	char row[32];

	snprintf(row, sizeof(row), "0x%llx", (unsigned long long)addr);
	check((r != NULL) == (image != NULL), "found, or not", row);
	check(strcmp(dt_region_class_name(dt_region_class(r)), class) == 0,
	    "class", row);
	check(strcmp(dt_region_owner_name(dt_region_owner(r)), owner) == 0,
	    "owner", row);
	if (r == NULL)
		return;
	check(r->start <= addr && addr < r->end, "not in its range", row);
	check(dt_str_is(r->image, image), "image", row);
	check(dt_str_is(r->segment, segment), "segment", row);
}

static void
json(void)
{
	static const char text[] = "{\"x\": [[1]],\n \"regions\": [\n"
	    "{\"image\": \"mach_kernel\", \"segment\": \"__TEXT_EXEC\","
	    "\n\"start\": \"0xfffffe0000001000\", \"end\": "
	    "18446741874686304256, \"slide\": \"4096\", \"y\": {\"z\": 1}},\n"
	    "{\"image\": \"a\\u0000b\", \"segment\": null, \"start\": "
	    "\"18446744073709551614\", \"end\": \"0xFFFFFFFFFFFFFFFF\"}]}";
	struct dt_regions *set = new_set();
	struct dt_regions_read read;
	const struct dt_region *r;

	take(set, text, 0x100000, &read);
	end(set, 0);
	check(strcmp(read.format, "json") == 0 && read.regions == 2,
	    "not as it is", "json");
	r = dt_regions_find(set, UINT64_C(0xfffffe0000001000));
	check(r != NULL && r->line == 3 && r->slide == 4096 &&
	    dt_str_is(r->from, "text") && r->uuid.s == NULL, "a range", "json");
	check(dt_regions_find(set, r->end) == NULL &&
	    dt_regions_find(set, r->start - 1) == NULL, "beside it", "json");
	r = dt_regions_find(set, UINT64_MAX - 1);
	check(r != NULL && dt_str_eq(r->image, DT_STR("a\0b")) &&
	    r->segment.n == 0, "at the end", "json");
	check(dt_regions_find(set, UINT64_MAX) == NULL, "the end", "json");
	dt_regions_free(set);
}

#define KEXTSTAT "Index Refs Address            Size       Wired      " \
	"Name (Version) UUID <Linked Against>\n"
#define UUID "0B1C2D3E-4F50-3162-9374-8596A7B8C9DA"

static void
kextstat(void)
{
	static const char text[] = "Executing: /usr/bin/kmutil showloaded\r\n"
	    "No variant specified, falling back to release\r\n" KEXTSTAT
	    "    1  218 0                  0          0          "
	    "com.apple.kpi.bsd (23.6.0) " UUID " <>\r\n"
	    "   23    1 0xfffffe0000002000 0x1000     0x1000     "
	    "com.apple.security.sandbox (300.0) " UUID " <22 1>\r\n\n"
	    "   24    1 0xfffffe0000004000 0x1000     0x1000     arm64e "
	    "org.example.Old (1.0 beta (2)) no UUID\n"
	    "   26    0 0                  0x1000     0x1000     "
	    "org.example.Hidden (1) " UUID " <>\n"
	    "  201    0 0xc9               0x1        0x1        "
	    "org.example.dext (1) " UUID " <>\n"
	    "   ??   ?? ????               ????       ????       "
	    "???? (???" "?) no UUID\n"
	    "   25    1 0xfffffe0000006000 0x1000     0x1000     "
	    "org.example.New (1)";
	struct dt_regions *set = new_set();
	struct dt_regions_read read;
	const struct dt_region *r;

	take(set, KEXTSTAT, 0, &read);
	check(read.regions == 0, "regions", "a header");
	dt_regions_free(set);
	set = new_set();
	take(set, "1 2 0x3000 0x1000 0x1000 a (1 b) <2>", 0x500, &read);
	end(set, 0);
	check_region(set, 0x3500, "a", "", "other", "other");
	check_region(set, 0x34ff, NULL, NULL, "other", "other");
	dt_regions_free(set);
	set = new_set();
	take(set, text, 0x1c000000, &read);
	end(set, 0);
	check(strcmp(read.format, "kextstat") == 0 && read.regions == 3 &&
	    read.unplaced == 4, "counted", "kextstat");
	check_region(set, UINT64_C(0xfffffe001c002fff),
	    "com.apple.security.sandbox", "", "other", "sandbox_kext");
	check_region(set, UINT64_C(0xfffffe0000002000), NULL, NULL, "other",
	    "other");
	check_region(set, 0xc9, NULL, NULL, "other", "other");
	check_region(set, UINT64_C(0xfffffe001c004000), "org.example.Old", "",
	    "other", "other");
	r = dt_regions_find(set, UINT64_C(0xfffffe001c002000));
	check(r->line == 5 && r->slide == 0x1c000000 &&
	    dt_str_is(r->uuid, UUID), "a range", "kextstat");
	dt_regions_free(set);
}

#define SEGMENT(no, name, addr, size) "Load command " no "\n" \
	"      cmd LC_SEGMENT_64\n  cmdsize 72\n  segname " name "\n" \
	"   vmaddr " addr "\n   vmsize " size "\n    flags 0x0\n"
#define SECTION(name, addr) "Section\n  sectname __x\n   segname " name "\n" \
	"      addr " addr "\n      size 0x1\n   vmaddr 0x1\n"
#define ENTRY(no, name, addr) "Load command " no "\n" \
	"       cmd LC_FILESET_ENTRY\n    vmaddr " addr "\n" \
	"  entry_id " name " (offset 32)\n  reserved 0\n"

static void
otool(void)
{
	static const char text[] = "/x/kernel.release.t0 (architecture a):\n"
	    "Mach header\n      magic cputype\n 0xfeedfacf 1\n"
	    SEGMENT("0", "__TEXT_EXEC", "0x2000", "0x1000")
	    SECTION("__TEXT_EXEC", "0x2000")
	    SEGMENT("1", "__DATA", "0x3000", "0x1000")
	    SEGMENT("2", "__PRELINK_TEXT", "0x8000", "0x1000")
	    SEGMENT("3", "__PLK_TEXT_EXEC", "0x0", "0x0")
	    SEGMENT("4", "__LINKEDIT", "0x4000", "0x1000")
	    "Load command 5\n     cmd LC_UUID\n cmdsize 24\n    uuid " UUID
	    "\nLoad command 6\n      cmd ?(0x1) Unknown load command\n"
	    "b.kext:\n" SEGMENT("0", "__TEXT", "0x6000", "0x10")
	    SEGMENT("1", "__LINKEDIT", "0x4000", "0x1000");
	static const char crlf[] = "Mach header\r\nc.kext:\r\n"
	    "Load command 0\r\ncmd LC_SEGMENT\r\nsegname d\r\n"
	    "vmaddr 0xa000\r\nvmsize 0x1\r\n"
	    "Section\r\nsegname e\r\nLoad command 1\ncmd LC_NOTE\nowner";
	struct dt_regions *set = new_set();
	struct dt_regions_read read;
	const struct dt_region *r;

	take(set, crlf, 0, &read);
	take(set, text, 0x100000, &read);
	end(set, 0);
	check_region(set, 0xa000, "c.kext", "d", "other", "other");
	check(strcmp(read.format, "otool") == 0 && read.regions == 4 &&
	    read.left_out == 3, "counted", "otool");
	check_region(set, 0x102000, "/x/kernel.release.t0", "__TEXT_EXEC",
	    "kernel_text", "kernel");
	r = dt_regions_find(set, 0x102fff);
	check(dt_str_is(r->uuid, UUID) && r->slide == 0x100000 && r->line == 5,
	    "a range", "otool");
	check_region(set, 0x103000, "/x/kernel.release.t0", "__DATA",
	    "kernel_data", "kernel");
	check_region(set, 0x104000, NULL, NULL, "other", "other");
	check_region(set, 0x108000, "/x/kernel.release.t0", "__PRELINK_TEXT",
	    "other", "other");
	check_region(set, 0x10600f, "b.kext", "__TEXT", "other", "other");
	check(dt_regions_find(set, 0x106000)->uuid.s == NULL, "uuid", "b.kext");
	dt_regions_free(set);
}

static const char two_kexts[] =
    "1 0 0x2000 0x800 0x800 com.apple.security.sandbox (1) <>\n"
    "2 0 0x4000 0x800 0x800 org.example.x (1) <>\n";

/* Texts that say the same in any order; a collection names its images. */
static void
together(void)
{
	static const char *const texts[] = {
		"k.kc:\n" SEGMENT("0", "__PRELINK_TEXT", "0x1000", "0x4000")
		    SEGMENT("1", "__TEXT_EXEC", "0x10000", "0x8000")
		    ENTRY("2", "com.apple.security.sandbox", "0x2000")
		    ENTRY("3", "a.twin", "0x3000") ENTRY("4", "b.twin",
		    "0x3000"),
		"s.bin:\n" SEGMENT("0", "__TEXT", "0x2000", "0x800")
		    SEGMENT("1", "__TEXT_EXEC", "0x11000", "0x1000"),
		"t.bin:\n" SEGMENT("0", "__TEXT", "0x3000", "0x800"),
		two_kexts,
	};
	struct dt_regions_read read;
	struct dt_regions *set;
	size_t i, order;

	for (order = 0; order < 2 * NELEM(texts); order++) {
		set = new_set();
		for (i = 0; i < NELEM(texts); i++)
			take(set, texts[order < NELEM(texts) ?
			    (order + i) % NELEM(texts) :
			    (2 * order - i) % NELEM(texts)], 0, &read);
		end(set, 0);
		check(dt_regions_count(set) == 7, "count", "together");
		check_region(set, 0x11fff, "com.apple.security.sandbox",
		    "__TEXT_EXEC", "sandbox_text", "sandbox_kext");
		check_region(set, 0x2000, "com.apple.security.sandbox",
		    "__TEXT", "sandbox_text", "sandbox_kext");
		check_region(set, 0x3000, "t.bin", "__TEXT", "other", "other");
		check_region(set, 0x4000, "org.example.x", "", "other",
		    "other");
		check_region(set, 0x12000, "k.kc", "__TEXT_EXEC", "other",
		    "other");
		take(set, texts[order % NELEM(texts)], 0, &read);
		end(set, read.regions);
		check(dt_regions_count(set) == 7, "count", "again");
		dt_regions_free(set);
	}
}

#define ROW(image, segment, start, end) "{\"image\":\"" image "\"," \
	"\"segment\":\"" segment "\",\"start\":" start ",\"end\":" end "}"

static const struct {
	const char *text;
	uint64_t slide, line;
	const char *why;
} refused[] = {
	{"", 0, 0, "neither"},
	{"x\n1 2 3\n", 0, 0, "neither"},
	{"[", 0, 1, "cut short"},
	{"{\"regions\":[\n]", 0, 2, "cut short"},
	{"[]\n[]", 0, 2, "not JSON"},
	{"{\"region\":[]}", 0, 1, "no array 'regions'"},
	{"{\"regions\":{}}", 0, 1, "'regions' is no array"},
	{"{\"regions\":[],\"regions\":[]}", 0, 1, "stands twice"},
	{"[\n\n1]", 0, 3, "no object"},
	{"[\n{\"image\":[]}]", 0, 2, "'image' is neither"},
	{"[{\"image\":true}]", 0, 1, "'image' is neither"},
	{"[{\"image\":1,\"segment\":\"\"}]", 0, 1, "no string"},
	{"[{\"image\":\"a\",\"image\":\"a\"}]", 0, 1, "stands twice"},
	{"[{\"image\":\"a\",\"segment\":\"\",\"start\":1}]", 0, 1, "'end'"},
	{"[{\"image\":\"a\",\"start\":1,\"end\":2}]", 0, 1, "'segment'"},
	{"[" ROW("", "", "1", "2") "]", 0, 1, "without a name"},
	{"[" ROW("a", "", "-1", "2") "]", 0, 1, "no address: '-1'"},
	{"[" ROW("a", "", "1.5", "2") "]", 0, 1, "no address"},
	{"[" ROW("a", "", "1", "1e3") "]", 0, 1, "no address"},
	{"[" ROW("a", "", "1", "18446744073709551616") "]", 0, 1, "no address"},
	{"[" ROW("a", "", "1", "\"0x10000000000000000\"") "]", 0, 1,
	    "no address"},
	{"[" ROW("a", "", "1", "\" 2\"") "]", 0, 1, "no address"},
	{"[" ROW("a", "", "1", "null") "]", 0, 1, "no address"},
	{"[" ROW("a\\n", "", "3", "3") "]", 0, 1, "'a\\x0a' '' is empty"},
	{"[\n" ROW("a", "b", "4", "3") "]", 0, 2, "before its start 0x4"},
	{"[{\"image\":\"a\",\"segment\":\"\",\"start\":1,\"end\":2,"
	    "\"slide\":2}]", 0, 1, "slide 0x2"},
	{"[{\"image\":\"a\",\"segment\":\"\",\"start\":1,\"end\":2,"
	    "\"uuid\":\"x\"}]", 0, 1, "'uuid' is none"},
	{KEXTSTAT "?\n", 0, 2, "neither a row"},
	{KEXTSTAT "1 2 0x3 0x4\n", 0, 2, "neither a row"},
	{KEXTSTAT "1 2 0x3 0x4 0x5\n", 0, 2, "without a name"},
	{KEXTSTAT "1 2 0x3 0x4 0x5 a.b\n", 0, 2, "without a name"},
	{KEXTSTAT "1 2 0x3 0x4 0x5 a.b (1", 0, 2, "cut in its version"},
	{KEXTSTAT "1 2 0x3 0x4 0x5 a.b (1) 0B1C2D3E-4F50", 0, 2, "UUID"},
	{KEXTSTAT "1 2 0x3 0x4 0x5 a.b (1) " UUID " <1 2", 0, 2, "cut"},
	{KEXTSTAT "1 2 0x3 0x4 0x5 a.b (1) " UUID " <1> 2", 0, 2, "goes on"},
	{"1 2 0xffffffffffffffff 0x1 0x5 a (1)\n", 0, 1, "past the end"},
	{"1 2 0x3 0x10000000000000000 0x5 a (1)\n", 0, 0, "neither"},
	{"1 2 0x3000 0x1 0x5 a (1)\n", UINT64_MAX, 1, "past the end"},
	{"Load command 0\n", 0, 1, "cut"},
	{"a:\n" SEGMENT("0", "b", "0x1", "0x") , 0, 7, "no number"},
	{"a:\n" SEGMENT("0", "b", "1", "0x2 (x)"), 0, 7, "no number"},
	{"a:\n" SEGMENT("0", "", "0x1", "0x2"), 0, 2, "empty name"},
	{"a:\n" SEGMENT("0", "b", "0x1", "0x2\n   vmsize 0x3"), 0, 8,
	    "second time"},
	{SEGMENT("0", "b", "0x1", "0x2"), 0, 1, "name is not known"},
	{"a:\n" SEGMENT("0", "b", "0xffffffffffffffff", "0x1"), 0, 2,
	    "past the end"},
	{"a:\nLoad command 0\n  cmd LC_SEGMENT\n  segname b\n vmaddr 0x1\n",
	    0, 2, "cut"},
	{"a:\nLoad command 0\n  cmd LC_SEGMENT\n  segname b\n vmaddr 0x1",
	    0, 5, "a line that is cut"},
	{"a:\nLoad command 0\n  cmd LC_SEGMENT\n  cmd LC_SEGMENT\n", 0, 4,
	    "within another"},
	{"a:\nLoad command 0\n  cmd LC_UUID\n  uuid 1\n", 0, 2, "UUID"},
	{"a:\n" ENTRY("0", "b", "x"), 0, 4, "no number"},
	{"a:\nLoad command 0\n  cmd LC_FILESET_ENTRY\n  vmaddr 0x1\n"
	    "  entry_id ?(bad offset 9)\n", 0, 5, "without a name"},
	{"a:\nLoad command 0\n  cmd LC_FILESET_ENTRY\n  vmaddr 0x1\n", 0, 2,
	    "cut"},
};

static const struct {
	const char *text;
	const char *why;
} overlaps[] = {
	{"[" ROW("a", "b", "1", "5") ",\n" ROW("c", "d", "4", "6") "]",
	    "text:2: 'c' 'd' 0x4-0x6 overlaps 'a' 'b' 0x1-0x5 of text:1"},
	{"[" ROW("c", "d", "4", "6") ",\n" ROW("a", "b", "1", "5") "]",
	    "text:2: 'a' 'b' 0x1-0x5 overlaps 'c' 'd' 0x4-0x6 of text:1"},
	{"[" ROW("a", "b", "1", "9") "," ROW("a", "c", "4", "6") "]",
	    "overlaps"},
	{"[" ROW("a", "b", "1", "9") "," ROW("a", "c", "1", "9") "]",
	    "overlaps"},
	{"[" ROW("a", "", "1", "9") "," ROW("b", "c", "2", "3") "]",
	    "overlaps"},
	{"[" ROW("a", "", "1", "9") "," ROW("a", "c", "8", "10") "]",
	    "overlaps"},
	{"[" ROW("a", "", "1", "9") "," ROW("b", "", "1", "9") "]",
	    "overlaps"},
	{"[" ROW("a", "", "5", "6") "," ROW("a", "c", "1", "9") "]",
	    "overlaps"},
	{"[" ROW("k", "__PRELINK_TEXT", "1", "9") "," ROW("a", "b", "8", "10")
	    "]", "overlaps"},
};

static void
refusals(void)
{
	struct dt_regions_read read;
	struct dt_regions *set;
	const char *why;
	size_t i;

	for (i = 0; i < NELEM(refused); i++) {
		set = new_set();
		check(add(set, dt_str_c(refused[i].text), "text",
		    refused[i].slide, &read, &why) == -1, "taken",
		    refused[i].text);
		check(why != NULL && strstr(why, refused[i].why) != NULL,
		    why != NULL ? why : "no reason", refused[i].text);
		check(dt_regions_line(set) == refused[i].line, "line",
		    refused[i].text);
		dt_regions_free(set);
	}
}

static void
overlapping(void)
{
	struct dt_regions_read read;
	struct dt_regions *set;
	const char *why;
	size_t i, n;

	for (i = 0; i < NELEM(overlaps); i++) {
		set = new_set();
		take(set, overlaps[i].text, 0, &read);
		check(dt_regions_end(set, &n, &why) == -1, "taken",
		    overlaps[i].text);
		check(why != NULL && strstr(why, overlaps[i].why) != NULL,
		    why != NULL ? why : "no reason", overlaps[i].text);
		dt_regions_free(set);
	}
}

int
main(void)
{
	json();
	kextstat();
	otool();
	together();
	refusals();
	overlapping();
	printf("regions: %lu checks\n", checks);
	return 0;
}
