/* SPDX-License-Identifier: ISC */
/* Path shapes: every row, its near misses, the rule language, random paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shape.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

#define HEX32 "00112233445566778899aabbccddeeff"

static const struct {
	const char *pattern, *replacement, *path, *shape;
} rows[] = {
#define SHAPE(pattern, replacement, path, shape) \
	{pattern, replacement, path, shape},
#include "shapes.def"
#undef SHAPE
};

/* Paths, and what the built-in rules make of them. */
static const char *const cases[][2] = {
	/* Near misses. */
	{"", ""},
	{"/", "/"},
	{"/Users", "/Users"},
	{"/Users/", "/Users/"},
	{"/Users/Shared", "/Users/Shared"},
	{"/Users/Shared/x", "/Users/Shared/x"},
	{"/Users/Sharedx/x", "/Users/$USER/x"},
	{"/Users//x", "/Users//x"},
	{"/Users/.localized", "/Users/.localized"},
	{"/home/../etc/passwd", "/home/../etc/passwd"},
	{"/home/./x", "/home/./x"},
	{"/home/.../x", "/home/$USER/x"},
	{"/homes/ann", "/homes/ann"},
	{"/mnt/home/ann", "/mnt/home/ann"},
	{"home/ann", "home/ann"},
	{"/var/folders/zz", "/var/folders/zz"},
	{"/xvar/folders/zz/y", "/xvar/folders/zz/y"},
	{"/proc", "/proc"},
	{"/proc/1x", "/proc/1x"},
	{"/proc/self/fd", "/proc/self/fd"},
	{"/proc/self/fd/x", "/proc/self/fd/x"},
	{"/proc/sys/kernel/pid_max", "/proc/sys/kernel/pid_max"},
	{"/dev/fd/", "/dev/fd/"},
	{"/dev/tty1", "/dev/tty1"},
	{"/dev/ttys", "/dev/ttys"},
	{"/dev/pts/ptmx", "/dev/pts/ptmx"},
	{"/run/user", "/run/user"},
	{"/tmp/file.config", "/tmp/file.config"},
	{"/tmp/archive.tarball", "/tmp/archive.tarball"},
	{"/tmp/.X11-unix/X0", "/tmp/.X11-unix/X0"},
	{"/tmp/.Ab12Cd", "/tmp/.Ab12Cd"},
	{"/tmp/x.Ab12Cde", "/tmp/x.Ab12Cde"},
	{"/tmp/x.Ab12C", "/tmp/x.Ab12C"},
	{"/tmp/tmpfiles.d", "/tmp/tmpfiles.d"},
	{"/tmp/tmpABCDEFGH", "/tmp/tmpABCDEFGH"},
	{"/tmpx/x.Ab12Cd", "/tmpx/x.Ab12Cd"},
	{"/opt/tmp/x.Ab12Cd", "/opt/tmp/x.Ab12Cd"},
	{"/tmp/a/x.Ab12Cd", "/tmp/a/x.Ab12Cd"},
	{"xuser-1000.slice", "xuser-1000.slice"},
	{"user-1000.slices", "user-1000.slices"},
	{"user-.slice", "user-.slice"},
	{"/x/1234567890123456", "/x/1234567890123456"},
	{"/x/abcdefabcdefabcdef", "/x/abcdefabcdefabcdef"},
	{"/x/0123456789abcde", "/x/0123456789abcde"},
	{"/x/0123456789abcdefg", "/x/0123456789abcdefg"},
	{"/x/g0123456789abcdef", "/x/g0123456789abcdef"},
	{"/x/1b4e28ba-2fa1-11d2-883f-0016d3cca42",
	    "/x/1b4e28ba-2fa1-11d2-883f-0016d3cca42"},
	/* What a path may hold that a rule may not. */
	{"{1}", "{1}"},
	{"/tmp/{name}", "/tmp/{name}"},
	{"/home/{1}/{2}\\{", "/home/$USER/{2}\\{"},
	{"/tmp/{1}.Ab12Cd/$1", "/tmp/{1}.$TMP/$1"},
	{"$HOME/x", "$HOME/x"},
	{"$FOLDER", "$FOLDER"},
	{"@/tmp/.X11-unix/X0", "@/tmp/.X11-unix/X0"},
	{"@/org/x/" HEX32, "@/org/x/$HEX"},
	{"xsocket:[1]", "xsocket:[1]"},
	{"socket:[1]socket:[2]", "socket:[$INO]socket:[$INO]"},
	{"caf\351/\377\376" HEX32, "caf\351/\377\376$HEX"},
	/* Whole components, and the rest is kept. */
	{"/home/ann", "/home/$USER"},
	{"/home/ann/", "/home/$USER/"},
	{"/home/ann//x", "/home/$USER//x"},
	{"/home/ann/home/bob", "/home/$USER/home/bob"},
	{"/private/var/folders/a/b", "$FOLDER"},
	{"/proc/1/task/2/fd/3", "/proc/$PID/task/$TID/fd/$FD"},
	{"/proc/thread-self/fd/0", "/proc/thread-self/fd/$FD"},
	{"/proc/7/fdinfo/0", "/proc/$PID/fdinfo/$FD"},
	/* One rule after another. */
	{"/var/folders/a/b/T/x.Ab12Cd", "$FOLDER/T/x.$TMP"},
	{"/private/var/folders/a/b/T/tmp.Ab12Cd34Ef/y",
	    "$FOLDER/T/tmp.$TMP/y"},
	{"/private/var/folders/a/b/T/1b4e28ba-2fa1-11d2-883f-0016d3cca427",
	    "$FOLDER/T/$UUID"},
	{"/tmp/" HEX32 ".Ab12Cd", "/tmp/$HEX.$TMP"},
	{"/tmp/x." HEX32, "/tmp/x.$HEX"},
	{"/tmp/tmp.Ab12Cd34Ef/x.Ab12Cd", "/tmp/tmp.$TMP/x.Ab12Cd"},
	{"/tmp/a.b-c.Ab12Cd", "/tmp/a.b-c.$TMP"},
	{"/tmp/a.Ab12Cd.Ef34Gh", "/tmp/a.Ab12Cd.$TMP"},
	{"/tmp/tmpabcdefgh.Ab12Cd", "/tmp/tmp$TMP.$TMP"},
	{"/home/ann/" HEX32 "/" HEX32 "." HEX32,
	    "/home/$USER/$HEX/$HEX.$HEX"},
	{"/x/" HEX32 HEX32, "/x/$HEX"},
	{"/x/" HEX32 "0", "/x/$HEX"},
	{"/x/1B4E28BA-2FA1-11D2-883F-0016D3CCA427-" HEX32,
	    "/x/$UUID-$HEX"},
};

/* Rules of one's own, a path, and its shape under them. */
static const char *const own[][3] = {
	{"/opt/{name}/v{num} /opt/{1}/v$V", "/opt/a/v12/x", "/opt/a/v$V/x"},
	{"/opt/{name}/v{num} /opt/{1}/v$V", "/opt/a/v12b", "/opt/a/v12b"},
	{"\t/a/{any}{any}\t {2}{1}{1} \n", "/a/xyz/q", "yzxx/q"},
	{"/a/{any}-{any}-{any} {1}|{2}|{3}", "/a/b-c-d-e", "b|c|d-e"},
	{"/a/{num!1|2} /a/$N", "/a/1", "/a/1"},
	{"/a/{num!1|2} /a/$N", "/a/12", "/a/$N"},
	{"/a/{name!x|y} /a/$N", "/a/y/z", "/a/y/z"},
	{"{ab|c}{num} $N{2}{1}", "x-ab12/c3/b4", "x-$N12ab/$N3c/b4"},
	{"{/a|/b/c}/d {1}", "/b/c/d/e", "/b/c/e"},
	{"/a\\ b/\\{x} /\\{\\\\{any}\\ ", "/a b/{x}", NULL},
	{"/a\\ b/\\{x} /\\{\\\\\\ ", "/a b/{x}/y", "/{\\ /y"},
	{"-{hex:4+}- -$H-", "a-12ab-12ab-x", "a-$H-12ab-x"},
	{"-{hex:4} -$H", "a-1234-ab12x-ffff", "a-$H-ab12x-$H"},
	{"{word:3} W", "abcd.c_d/a_b", "abcd.W/W"},
	{"{low:3}.{rand:3} L", "abc.aB1 ab_.1_a Abc.aB1", "L L Abc.aB1"},
	{"core.{any}.x core", "core.a.b.x core..x core.a.xx",
	    "core core..x core.a.xx"},
	{"/lib/{any}.so.{num} /lib/{1}.so", "/lib/a.so.so.6", "/lib/a.so.so"},
	{"/{name}/lib /$X/lib", "/usr/lib/x", "/$X/lib/x"},
	{"/{num} /$N", "/7/7", "/$N/7"},
	{"{$A|/b}/{num} n", "$A/1", "n"},
	{"{$A|/b}/{num} n", "/b/1/2", "n/2"},
	{"$ n", "$", "n"},
	{"{num}{num} n", "1 12", "1 12"},
	{"{any}{num!1} n", "a1", "a1"},
	{"a {any}", "a", NULL},
	{"# a b c", "# a b c", "# a b c"},
	{"", "a", "a"},
	{" \t\n", "a", "a"},
	{"a", "a", NULL},
	{"a b c", "a", NULL},
	{"a {1}", "a", NULL},
	{"{any} {2}", "a", NULL},
	{"{any} {0}", "a", NULL},
	{"{any} {1", "a", NULL},
	{"{} b", "a", NULL},
	{"{ b", "a", NULL},
	{"{any b", "a", NULL},
	{"{any:3} b", "a", NULL},
	{"{anyx} b", "a", NULL},
	{"{x} b", "a", NULL},
	{"{x|} b", "a", NULL},
	{"{|x} b", "a", NULL},
	{"{x|xy} b", "a", NULL},
	{"{hex} b", "a", NULL},
	{"{hex:} b", "a", NULL},
	{"{hex:0} b", "a", NULL},
	{"{hex:256} b", "a", NULL},
	{"{hex:99999999999999999999} b", "a", NULL},
	{"{hex:4 b", "a", NULL},
	{"{rand:4+} b", "a", NULL},
	{"{any!x} b", "a", NULL},
	{"{name} b", "a", NULL},
	{"a/b c", "a", NULL},
	{"a{b/|c} c", "a", NULL},
	{"/a/ c", "a", NULL},
	{"/a/x{name} c", "a", NULL},
	{"/a/{name}x c", "a", NULL},
	{"/a/{name}{any} c", "a", NULL},
	{"{/a|b}/c d", "a", NULL},
	{"{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b}{a|b} x", "a", NULL},
	{"{a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q} x", "a", NULL},
};

/* Rules that a search which backs up freely would never be done with. */
static const char *const nasty[] = {
	"{any}a{any}a{any}a{any}a{any}a{any}a{any}b x",
	"/{any}{any}{any}{any}{any}{any}{any}{any}b x",
	"{any}{num}{any}{num}{any}{num}b x",
	"{any}a{hex:4+}{any}b x",
	"a{any}a xaaaax",
	"{any} {1}{1}{1}{1}{1}{1}{1}{1}{1}",
};

/* Parts of random paths; those that must not become a shape by chance. */
static const char *const parts[] = {
	"/", "/", "/", "/", ".", "-", "_", "$", "{1}", "a", "Z9", "\377",
	"/tmp", "/private", "/var", "/folders", "/T", "/Users", "/home",
	"/proc", "/self", "/task", "/fd", "/dev", "/pts", "/fdinfo",
	"/run", "/user", "/dev/shm", "/var/folders/a/b", "/tmp/tmp",
	"/tmp/systemd-private-", "$FOLDER", "$HEX", "$TMP", "$USER", "$PID",
	"17", "1000", "Ab12Cd", "abc_1234", "Ab12Cd34", "Ab12Cd34Ef", HEX32,
	"deadbeefdeadbee7", "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
	"user-", ".slice", "user@", ".service", "session-", ".scope",
	"pipe:[", "]", "/ssh-", "/agent.", "/map_files/",
	"/TemporaryItems/NSIRD_",
};

static int failures;
static unsigned long checks;

static void
check(bool ok, const char *what, const char *got, const char *want)
{
	checks++;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "shapes: %s: '%s', not '%s'\n", what, got, want);
}

static struct dt_shapes *
new(void)
{
	struct dt_shapes *sh = dt_shapes_new();

	if (sh == NULL) {
		perror("shapes: the built-in rules do not compile");
		exit(1);
	}
	return sh;
}

/* xorshift64: the same numbers everywhere. */
static size_t
rnd(size_t below)
{
	static uint64_t x = 88172645463325252U;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (size_t)(x % below);
}

/* The shape of a string that has no NUL in it. */
static const char *
shape(const struct dt_shapes *sh, const char *path, uint64_t *fired)
{
	static char buf[4096];
	size_t n = dt_shapes_apply(sh, dt_str_c(path), buf, sizeof(buf) - 1,
	    fired);

	buf[n < sizeof(buf) ? n : 0] = '\0';
	return buf;
}

static void
test_rows(const struct dt_shapes *sh)
{
	char line[512];
	const char *got;
	uint64_t fired;
	size_t i;

	check(dt_shapes_count(sh) == NELEM(rows), "count", "other", "rows");
	check(dt_shapes_rule(sh, NELEM(rows)) == NULL, "rule", "one", "none");
	for (i = 0; i < NELEM(rows); i++) {
		snprintf(line, sizeof(line), "%s -> %s", rows[i].pattern,
		    rows[i].replacement);
		check(strcmp(dt_shapes_rule(sh, i), line) == 0, "rule",
		    dt_shapes_rule(sh, i), line);
		got = shape(sh, rows[i].path, &fired);
		check(strcmp(got, rows[i].shape) == 0, rows[i].path, got,
		    rows[i].shape);
		check(fired >> i & 1, "example does not fire",
		    rows[i].pattern, rows[i].path);
	}
}

static void
test_cases(const struct dt_shapes *sh)
{
	const char *got;
	uint64_t fired;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		got = shape(sh, cases[i][0], &fired);
		check(strcmp(got, cases[i][1]) == 0, cases[i][0], got,
		    cases[i][1]);
		check((fired != 0) == (strcmp(cases[i][0], got) != 0),
		    "fired is not changed", cases[i][0], got);
	}
}

static void
test_own(void)
{
	struct dt_shapes *sh;
	const char *got, *errstr;
	uint64_t fired;
	size_t i;
	int r;

	for (i = 0; i < NELEM(own); i++) {
		sh = new();
		r = dt_shapes_add(sh, own[i][0], &errstr);
		check(r == (own[i][2] == NULL ? -1 : 0), own[i][0],
		    errstr != NULL ? errstr : "taken", "the other");
		check((r == 0) == (errstr == NULL), own[i][0], "errstr", "r");
		if (own[i][2] != NULL) {
			got = shape(sh, own[i][1], &fired);
			check(strcmp(got, own[i][2]) == 0, own[i][0], got,
			    own[i][2]);
		}
		dt_shapes_free(sh);
	}
}

/* Sixty-four rules and no more, and the last one has its bit. */
static void
test_many(void)
{
	struct dt_shapes *sh = new();
	const char *errstr, *got;
	uint64_t fired;

	while (dt_shapes_count(sh) < DT_SHAPES_MAX - 1)
		check(dt_shapes_add(sh, "no nope", &errstr) == 0, "add",
		    errstr, "0");
	check(dt_shapes_add(sh, "yes yep", &errstr) == 0, "last", errstr, "0");
	check(dt_shapes_add(sh, "x y", &errstr) == -1, "one more", "taken",
	    "refused");
	got = shape(sh, "/a/yes", &fired);
	check(strcmp(got, "/a/yep") == 0, "last", got, "/a/yep");
	check(fired == UINT64_C(1) << 63, "fired", "other", "bit 63");
	check(strcmp(dt_shapes_rule(sh, 63), "yes -> yep") == 0, "last rule",
	    dt_shapes_rule(sh, 63), "yes -> yep");
	dt_shapes_free(sh);
}

/* With any room at all the answer is the same, or it is "more". */
static void
test_room(const struct dt_shapes *sh, struct dt_str path, struct dt_str want)
{
	char *buf = malloc(dt_shapes_room(path.n) + 1);
	size_t cap, n;
	uint64_t fired;

	if (buf == NULL)
		exit(1);
	for (cap = 0; cap <= dt_shapes_room(path.n); cap += 1 + cap / 16) {
		buf[cap] = '!';
		n = dt_shapes_apply(sh, path, buf, cap, &fired);
		check(buf[cap] == '!', "cap", "written", "not");
		check(n > cap ? cap < dt_shapes_room(path.n) :
		    n == want.n && memcmp(buf, want.s, n) == 0,
		    "result depends on cap", path.s, want.s);
		check(n <= dt_shapes_room(path.n), "asks", "more", "room");
	}
	free(buf);
}

static size_t
randompath(char *path, size_t max)
{
	size_t i, k, n = 0, len = 1 + rnd(12);

	for (i = 0; i < len && n + 80 < max; i++) {
		k = rnd(NELEM(parts) + 2);
		if (k < NELEM(parts)) {
			memcpy(path + n, parts[k], strlen(parts[k]));
			n += strlen(parts[k]);
		} else {
			path[n++] = (char)rnd(256);
		}
	}
	return n;
}

/* A shape's shape is itself, and what is no shape is left as it was. */
static void
test_random(const struct dt_shapes *sh)
{
	char path[1024], one[8192], two[40000];
	size_t i, n, n1, n2;
	uint64_t fired;

	for (i = 0; i < 300000; i++) {
		n = randompath(path, sizeof(path));
		n1 = dt_shapes_apply(sh, (struct dt_str){path, n}, one,
		    dt_shapes_room(n), &fired);
		check((fired != 0) == (n != n1 || memcmp(path, one, n) != 0),
		    "fired", "wrong", "whether it changed");
		n2 = dt_shapes_apply(sh, (struct dt_str){one, n1}, two,
		    dt_shapes_room(n1), &fired);
		path[n] = one[n1] = two[n2] = '\0';
		check(n1 == n2 && memcmp(one, two, n1) == 0 && fired == 0,
		    path, two, one);
		if (i % 100 == 0)
			test_room(sh, (struct dt_str){path, n},
			    (struct dt_str){one, n1});
	}
}

static size_t
append(char *s, size_t n, const char *alphabet, size_t len)
{
	while (len-- > 0)
		s[n++] = alphabet[rnd(strlen(alphabet))];
	s[n] = '\0';
	return n;
}

/* Paths put together from parts whose shape is known. */
static void
test_oracle(const struct dt_shapes *sh)
{
	static const char hex[] = "0123456789abcdef", alpha[] = "ghijklmnop";
	char path[512], want[512], what[64];
	const char *got;
	size_t i, j, n;
	uint64_t fired;

	for (i = 0; i < 20000; i++) {
		n = append(path, (size_t)sprintf(path, "/home/"), alpha,
		    1 + rnd(9));
		strcpy(want, "/home/$USER");
		for (j = rnd(5); j > 0; j--) {
			append(what, 0, alpha, 1 + rnd(20));
			n += (size_t)sprintf(path + n, "/%s", what);
			sprintf(want + strlen(want), "/%s", what);
			if (rnd(2) == 0)
				continue;
			path[n++] = '-';
			n = append(path, n, hex, rnd(2) ? 32 : 64);
			strcat(want, "-$HEX");
		}
		got = shape(sh, path, &fired);
		check(strcmp(got, want) == 0, path, got, want);
	}
}

enum { LONG = 1 << 18 };

/* The built-in rules have steps enough for the worst of long paths. */
static void
test_long(const struct dt_shapes *sh)
{
	static const char *const fill[] = {"a", "-", ".", "-Ab12C", ".Ab12C"};
	static char path[LONG], buf[4 * LONG + 512];
	size_t i, j, n;
	uint64_t fired;

	for (i = 0; i < NELEM(fill); i++) {
		for (j = 0; j < LONG; j++)
			path[j] = fill[i][j % strlen(fill[i])];
		memcpy(path, "/tmp/", 5);
		memcpy(path + LONG - 7, ".Ab12Cd", 7);
		n = dt_shapes_apply(sh, (struct dt_str){path, LONG}, buf,
		    dt_shapes_room(LONG), &fired);
		check(n == LONG - 2 && memcmp(buf, path, LONG - 6) == 0 &&
		    memcmp(buf + LONG - 6, "$TMP", 4) == 0, "long path",
		    fill[i], "a shape");
	}
}

/* Long paths of few letters, under rules made to be slow. */
static void
test_nasty(void)
{
	static const char *const fill[] = {"a", "1", "a1", ".Ab12C", "a-", "/"};
	char *path = malloc(LONG), *buf = malloc(dt_shapes_room(LONG));
	struct dt_shapes *sh = new();
	const char *errstr;
	uint64_t fired;
	size_t i, j, n;

	if (path == NULL || buf == NULL)
		exit(1);
	for (i = 0; i < NELEM(nasty); i++)
		check(dt_shapes_add(sh, nasty[i], &errstr) == 0, nasty[i],
		    errstr, "taken");
	for (i = 0; i < NELEM(fill); i++) {
		for (j = 0; j < LONG; j++)
			path[j] = fill[i][j % strlen(fill[i])];
		memcpy(path, "/tmp/", 5);
		n = dt_shapes_apply(sh, (struct dt_str){path, LONG}, buf,
		    dt_shapes_room(LONG), &fired);
		check(n <= 2 * LONG + 256, "length", "above", "the bound");
	}
	dt_shapes_free(sh);
	free(buf);
	free(path);
}

int
main(void)
{
	struct dt_shapes *sh = new();

	test_rows(sh);
	test_cases(sh);
	test_own();
	test_many();
	test_random(sh);
	test_oracle(sh);
	test_long(sh);
	test_nasty();
	dt_shapes_free(sh);
	dt_shapes_free(NULL);
	printf("shapes: %lu checks\n", checks);
	return failures != 0;
}
