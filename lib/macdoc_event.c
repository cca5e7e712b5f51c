/* SPDX-License-Identifier: ISC */
/* One registration in the document: what was read, and where it points. */
#include <inttypes.h>
#include <string.h>

#include "macdoc_own.h"
#include "macpolicy.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static const struct dt_str none = {NULL, 0};

/* Bit 55 of an address says which half of the address space it is in. */
#define HALF (UINT64_C(1) << 55)

/* What a word of the struct is. */
enum slot_type { POINTER, COUNT, FLAGS_LOADTIME, FLAGS_RUNTIME };

static const struct {
	const char *key;
	enum dt_mac_slot slot;
	enum slot_type type;
} decoded[] = {
	{"name", DT_MAC_NAME, POINTER},
	{"fullname", DT_MAC_FULLNAME, POINTER},
	{"labelnames", DT_MAC_LABELNAMES, POINTER},
	{"labelname_count", DT_MAC_LABELNAME_COUNT, COUNT},
	{"ops", DT_MAC_OPS_PTR, POINTER},
	{"loadtime_flags", DT_MAC_LOADTIME_FLAGS, FLAGS_LOADTIME},
	{"field_or_label_slot", DT_MAC_FIELD_OFF, POINTER},
	{"runtime_flags", DT_MAC_RUNTIME_FLAGS, FLAGS_RUNTIME},
};

/* Whose policies have such strings. */
static const struct {
	const char *part, *class;
} classes[] = {
	{"AppleMatch", "AppleMatch"},
	{"Sandbox", "Sandbox/Seatbelt"},
	{"sandbox", "Sandbox/Seatbelt"},
	{"Seatbelt", "Sandbox/Seatbelt"},
};

uint64_t
dt_macdoc_strip(uint64_t addr, uint64_t mask)
{
	return (addr & HALF) != 0 ? addr | mask : addr & ~mask;
}

static void
hex(struct dt_json *j, const char *key, uint64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, v);
	dt_json_member(j, key, dt_str_c(buf));
}

static void
number(struct dt_json *j, const char *key, struct dt_int num)
{
	dt_json_key(j, key);
	if (num.set)
		dt_json_int(j, num.v);
	else
		dt_json_null(j);
}

static const struct dt_region *
find(const struct dt_macdoc_view *view, const struct dt_mac_word *w)
{
	return view->opts->regions == NULL || !w->ok ? NULL :
	    dt_regions_find(view->opts->regions,
	    dt_macdoc_strip(w->v, view->pac_mask));
}

/*
 * Is it known what is there?  What is in no range may be in an image of which
 * the place is hidden.
 */
static bool
is_classified(const struct dt_macdoc_view *view, const struct dt_mac_word *w,
    const struct dt_region *at)
{
	return view->opts->regions != NULL && w->ok &&
	    (at != NULL || !view->opts->partial);
}

/* The members of an address: as printed, and where that is. */
static void
place(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_mac_word *w)
{
	const struct dt_region *reg = find(view, w);
	uint64_t addr = dt_macdoc_strip(w->v, view->pac_mask);

	dt_json_member(j, "text", w->text);
	if (w->ok)
		hex(j, "address", addr);
	else
		dt_json_member(j, "address", none);
	if (view->opts->regions == NULL)
		return;
	dt_json_member(j, "image", reg != NULL ? reg->image :
	    none);
	dt_json_member(j, "segment", reg != NULL && reg->segment.n > 0 ?
	    reg->segment : none);
	if (reg != NULL)
		hex(j, "offset", addr - reg->start);
	else
		dt_json_member(j, "offset", none);
}

static void
pointer(struct dt_json *j, const char *key, const struct dt_macdoc_view *view,
    const struct dt_mac_word *w)
{
	dt_json_key(j, key);
	if (w->text.s == NULL) {
		dt_json_null(j);
		return;
	}
	dt_json_open(j);
	place(j, view, w);
	dt_json_close(j);
}

static void
names(struct dt_json *j, enum dt_macflags which, uint32_t flags)
{
	const char *name[DT_MACFLAGS_MAX];
	uint64_t rest;
	size_t i, n = dt_macflags_names(which, flags, name, &rest);

	dt_json_key(j, "names");
	dt_json_array(j);
	for (i = 0; i < n; i++)
		dt_json_str(j, dt_str_c(name[i]));
	dt_json_array_close(j);
	hex(j, "unknown", rest);
}

/* 32 bits, and what stands in the other half of their word. */
static void
half(struct dt_json *j, const char *key, const struct dt_mac_word *w,
    enum slot_type type)
{
	dt_json_key(j, key);
	if (!w->ok) {
		dt_json_null(j);
		return;
	}
	dt_json_open(j);
	dt_json_member_int(j, "value", (int64_t)(uint32_t)w->v);
	hex(j, "padding", w->v >> 32);
	if (type != COUNT)
		names(j, type == FLAGS_LOADTIME ? DT_MACFLAGS_LOADTIME :
		    DT_MACFLAGS_RUNTIME, (uint32_t)w->v);
	dt_json_close(j);
}

static const char *
class_of(struct dt_str str)
{
	size_t i;

	for (i = 0; i < NELEM(classes); i++)
		if (dt_scan_find(str, classes[i].part) < str.n)
			return classes[i].class;
	return "other";
}

static void
string(struct dt_json *j, const char *key, struct dt_str str)
{
	dt_json_key(j, key);
	if (str.s == NULL) {
		dt_json_null(j);
		return;
	}
	dt_json_open(j);
	dt_json_member(j, "value", str);
	dt_json_member(j, "class", dt_str_c(class_of(str)));
	/* Nobody knows what would have followed. */
	dt_json_member_bool(j, "cut", str.n >= DT_MAC_STRING - 1);
	dt_json_close(j);
}

static void
snapshot(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macreg *reg)
{
	size_t i;

	dt_json_key(j, "mpc_snapshot");
	dt_json_open(j);
	dt_json_key(j, "raw_slots");
	dt_json_array(j);
	for (i = 0; i < DT_MAC_SLOTS; i++)
		dt_json_str(j, reg->slot[i].text);
	dt_json_array_close(j);
	dt_json_key(j, "decoded");
	dt_json_open(j);
	for (i = 0; i < NELEM(decoded); i++)
		if (decoded[i].type == POINTER)
			pointer(j, decoded[i].key, view,
			    &reg->slot[decoded[i].slot]);
		else
			half(j, decoded[i].key, &reg->slot[decoded[i].slot],
			    decoded[i].type);
	dt_json_key(j, "extra");
	dt_json_array(j);
	for (i = DT_MAC_LIST; i < DT_MAC_SLOTS; i++)
		dt_json_str(j, reg->slot[i].text);
	dt_json_array_close(j);
	dt_json_close(j);
	dt_json_key(j, "strings");
	dt_json_open(j);
	string(j, "name", reg->policy_name);
	string(j, "fullname", reg->policy_fullname);
	dt_json_close(j);
	dt_json_close(j);
}

static void
hook(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macreg *reg, size_t i)
{
	const char *name = view->names ? dt_macop_name(i) : NULL;

	dt_json_open(j);
	dt_json_member_int(j, "index", (int64_t)i);
	dt_json_member(j, "hook", name != NULL ? dt_str_c(name) :
	    none);
	place(j, view, &reg->op[i]);
	dt_json_member(j, "symbol", reg->op_symbol[i]);
	dt_json_close(j);
}

/* Of a table of pointers those that are not NULL. */
static void
ops(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macreg *reg)
{
	size_t i, null = 0, read = 0;

	dt_json_key(j, "mpc_ops");
	dt_json_open(j);
	pointer(j, "ptr", view, &reg->mpc_ops);
	dt_json_key(j, "entries");
	dt_json_array(j);
	for (i = 0; i < reg->nops; i++) {
		if (reg->op[i].text.s == NULL)
			continue;
		read++;
		if (reg->op[i].ok && reg->op[i].v == 0)
			null++;
		else
			hook(j, view, reg, i);
	}
	dt_json_array_close(j);
	dt_json_member_int(j, "words_read", (int64_t)read);
	dt_json_member_int(j, "null", (int64_t)null);
	dt_json_close(j);
}

static void
target(struct dt_json *j, const struct dt_macdoc_event *ev,
    const struct dt_macreg *reg)
{
	dt_json_key(j, "target");
	dt_json_open(j);
	dt_json_member(j, "symbol", reg->target_symbol.s != NULL ?
	    reg->target_symbol : ev->rec.name);
	dt_json_member(j, "provider", reg->provider);
	dt_json_member(j, "module", reg->module);
	dt_json_close(j);
}

static void
caller(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macreg *reg)
{
	const struct dt_region *at = find(view, &reg->caller);
	struct dt_str owner = {0};

	if (is_classified(view, &reg->caller, at))
		owner = dt_str_c(dt_region_owner_name(dt_region_owner(at)));
	dt_json_key(j, "caller");
	dt_json_open(j);
	pointer(j, "pc", view, &reg->caller);
	dt_json_member(j, "symbol", reg->caller_symbol);
	dt_json_member(j, "classification", owner);
	dt_json_close(j);
}

/* What the record says besides. */
static void
rest(struct dt_json *j, const struct dt_kvv *fields)
{
	size_t i;

	dt_json_key(j, "fields");
	dt_json_open(j);
	for (i = 0; i < fields->n; i++) {
		if (dt_macreg_knows(fields->v[i].key))
			continue;
		dt_json_str(j, fields->v[i].key);
		dt_json_str(j, fields->v[i].val);
	}
	dt_json_close(j);
}

void
dt_macdoc_write_event(struct dt_json *j, const struct dt_macdoc_view *view,
    const struct dt_macdoc_event *ev)
{
	const struct dt_record *rec = &ev->rec;
	const struct dt_region *at;
	struct dt_str class = {0};
	struct dt_macreg reg;

	dt_macreg_read(rec, &reg);
	at = find(view, &reg.mpc);
	if (is_classified(view, &reg.mpc, at))
		class = dt_str_c(dt_region_class_name(dt_region_class(at)));
	dt_json_open(j);
	dt_json_member(j, "run", rec->run);
	number(j, "seq", rec->seq);
	number(j, "ts", rec->ts);
	number(j, "pid", rec->pid);
	number(j, "tid", rec->tid);
	number(j, "uid", rec->uid);
	dt_json_member(j, "execname", rec->execname);
	target(j, ev, &reg);
	caller(j, view, &reg);
	dt_json_key(j, "args");
	dt_json_open(j);
	pointer(j, "mpc", view, &reg.mpc);
	pointer(j, "handlep", view, &reg.handlep);
	pointer(j, "xd", view, &reg.xd);
	dt_json_close(j);
	dt_json_member_bool(j, "entered", !reg.is_return);
	dt_json_member_bool(j, "returned", ev->returned);
	number(j, "ret", ev->ret);
	dt_json_member(j, "mpc_region", class);
	snapshot(j, view, &reg);
	ops(j, view, &reg);
	dt_macdoc_write_alignment(j, view, &reg);
	dt_json_member(j, "note", reg.note);
	rest(j, &rec->fields);
	dt_json_close(j);
}
