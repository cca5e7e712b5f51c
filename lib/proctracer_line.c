/* SPDX-License-Identifier: ISC */
/* The lines of an event as proctracer prints it, which is in a strict order. */
#include "lines.h"
#include "proctracer.h"
#include "scan.h"

enum {
	EVENT_MAX = 2 * DT_LINE_MAX,	/* bytes of an event that are held */
	PAIRS_MAX = 128,
	MEM_MAX = 1 << 16,		/* kept from one event to the next */
	KEY_INDENT = 2,
	BLOCK_WIDTH = 11,		/* of a key with blanks before it */
};

static const char block[] = " process:";

void
dt_pt_reset(struct dt_pt_event *ev)
{
	struct dt_arena mem = ev->mem;

	dt_arena_reset(&mem);
	if (mem.total > MEM_MAX)
		dt_arena_free(&mem);
	*ev = (struct dt_pt_event){.mem = mem};
}

int
dt_pt_begin(struct dt_pt_event *ev, struct dt_str name)
{
	ev->at = DT_PT_HEADER;
	ev->row = dt_es_byname(name);
	ev->name = dt_arena_dup(&ev->mem, name);
	return ev->name.s != NULL ? 0 : -1;
}

/* Arguments as far as they came. */
static int
end_args(struct dt_pt_event *ev)
{
	struct dt_pt_pair *pair = &ev->v[ev->n - 1];

	ev->at = DT_PT_KEYS;
	pair->val = dt_buf_end(&ev->args);
	return pair->val.s != NULL ? 0 : -1;
}

int
dt_pt_doubt(struct dt_pt_event *ev)
{
	struct dt_pt_pair *pair;

	if (!ev->fresh)
		return 0;
	ev->fresh = false;
	pair = &ev->v[ev->n - 1];
	if (pair->type == DT_ES_TEXT || ev->at == DT_PT_ARGS)
		pair->doubt = true;
	return ev->at == DT_PT_ARGS ? end_args(ev) : 0;
}

/*
 * A key with blanks before it, and " : " behind; the blanks at the end of a
 * line may be lost.  Returns how many there are before it, 0 if it is none.
 */
static size_t
take_pair(struct dt_str s, struct dt_str *key, struct dt_str *val)
{
	size_t indent = 0;
	size_t i;

	while (indent < s.n && s.s[indent] == ' ')
		indent++;
	s = dt_str_after(s, indent);
	*key = dt_scan_until(&s, " ");
	for (i = 0; i < key->n; i++)
		if (!dt_kind_is_word((struct dt_str){key->s + i, 1}) &&
		    !(key->s[i] >= 'A' && key->s[i] <= 'Z'))
			return 0;
	if (key->n == 0 || !dt_scan_take(&s, " :"))
		return 0;
	*val = s;
	return dt_scan_take(val, " ") || s.n == 0 ? indent : 0;
}

static bool
full(const struct dt_pt_event *ev, struct dt_str s)
{
	return ev->n >= PAIRS_MAX || ev->size + s.n > EVENT_MAX;
}

static int
add(struct dt_pt_event *ev, bool in_block, enum dt_es_type type,
    struct dt_str key, struct dt_str val)
{
	struct dt_pt_pair pair = {
		.key = dt_arena_dup(&ev->mem, key),
		.val = dt_arena_dup(&ev->mem, val),
		.type = type,
		.block = in_block,
	};
	void *p = dt_arena_grow(&ev->mem, ev->v, ev->n, sizeof(*ev->v));

	if (p == NULL || pair.key.s == NULL || pair.val.s == NULL)
		return -1;
	ev->v = p;
	ev->v[ev->n++] = pair;
	ev->size += key.n + val.n;
	ev->fresh = true;
	return 1;
}

/*
 * A key is there again.  One of both was in a value, most likely the first,
 * in the one before it.
 */
static void
doubt_first(struct dt_pt_event *ev, bool in_block, struct dt_str key)
{
	size_t i;

	for (i = 0; i < ev->n; i++)
		if (ev->v[i].block == in_block &&
		    dt_str_eq(ev->v[i].key, key))
			break;
	if (i == ev->n)
		return;
	ev->v[i].doubt = true;
	if (i > 0 && ev->v[i - 1].type == DT_ES_TEXT)
		ev->v[i - 1].doubt = true;
}

/* The first line of arguments. */
static int
begin_args(struct dt_pt_event *ev, struct dt_str key, struct dt_str val)
{
	ev->scan = (struct dt_es_scan){0};
	ev->may = val.n > 0 ? dt_es_args_scan(&ev->scan, val) : DT_ES_ENDED;
	if (ev->may == 0)
		return 0;
	if (add(ev, false, DT_ES_ARGS, key, val) == -1)
		return -1;
	if ((ev->may & DT_ES_INSIDE) == 0)
		return 1;
	ev->at = DT_PT_ARGS;
	ev->args = (struct dt_buf){.mem = &ev->mem};
	dt_buf_put(&ev->args, val);
	return 1;
}

/* A line of the event itself. */
static int
key_line(struct dt_pt_event *ev, struct dt_str s)
{
	const struct dt_es_key *row;
	struct dt_pt_value parts;
	struct dt_str key, val;
	enum dt_es_type type;
	int r;

	if (take_pair(s, &key, &val) != KEY_INDENT || full(ev, s))
		return 0;
	if (dt_str_cmp(key, ev->key) <= 0) {
		doubt_first(ev, false, key);
		return 0;
	}
	row = ev->row != NULL ? dt_es_key(ev->row, key) : NULL;
	type = row != NULL ? row->type : DT_ES_TEXT;
	if (!dt_pt_value(type, val, &parts))
		return 0;
	ev->at = DT_PT_KEYS;
	r = type == DT_ES_ARGS ? begin_args(ev, key, val) :
	    add(ev, false, type, key, val);
	if (r == 1)
		ev->key = ev->v[ev->n - 1].key;
	return r;
}

/* What comes before the block of the process, and its own line. */
static int
event_line(struct dt_pt_event *ev, struct dt_str s)
{
	struct dt_str day, nsec;

	if (dt_str_is(s, block)) {
		ev->at = DT_PT_BLOCK;
		ev->fresh = false;
		return 1;
	}
	if (ev->at != DT_PT_HEADER || !dt_scan_take(&s, "  time: ") ||
	    !dt_pt_time(s, &day, &nsec))
		return key_line(ev, s);
	ev->at = DT_PT_KEYS;
	ev->time = dt_arena_dup(&ev->mem, s);
	return ev->time.s != NULL ? 1 : -1;
}

static int
block_line(struct dt_pt_event *ev, struct dt_str s)
{
	enum dt_es_type type = DT_ES_TEXT;
	const struct dt_es_key *rows;
	struct dt_pt_value parts;
	struct dt_str key, val;
	size_t i, n, indent;

	indent = take_pair(s, &key, &val);
	if (indent == 0 || indent + key.n != BLOCK_WIDTH || full(ev, s))
		return 0;
	rows = dt_es_block(&n);
	for (i = 0; i < n && !dt_str_is(key, rows[i].key); i++)
		continue;
	if (i < ev->next) {
		doubt_first(ev, true, key);
		return 0;
	}
	if (i < n && !dt_pt_value(rows[i].type, val, &parts))
		return 0;
	if (i < n) {
		type = rows[i].type;
		ev->next = i + 1;
	}
	if (type == DT_ES_EXTRA)
		ev->at = DT_PT_WHOLE;
	return add(ev, true, type, key, val);
}

/* Does a line come behind the arguments, if they have ended? */
static bool
follows(const struct dt_pt_event *ev, struct dt_str s)
{
	struct dt_str key, val;

	return dt_str_is(s, block) ||
	    (take_pair(s, &key, &val) == KEY_INDENT &&
	    dt_str_cmp(key, ev->key) > 0 && dt_es_key(ev->row, key) != NULL);
}

/* A line of arguments that go on, or what follows if they may have ended. */
static int
args_line(struct dt_pt_event *ev, struct dt_str s)
{
	if ((ev->may & DT_ES_ENDED) != 0 && follows(ev, s))
		return dt_pt_doubt(ev) == -1 ? -1 : event_line(ev, s);
	ev->may = ev->size + s.n > EVENT_MAX ||
	    dt_es_args_scan(&ev->scan, DT_STR("\n")) == 0 ? 0 :
	    dt_es_args_scan(&ev->scan, s);
	if (ev->may == 0)
		return 0;
	dt_buf_c(&ev->args, "\n");
	dt_buf_put(&ev->args, s);
	ev->size += s.n + 1;
	if (ev->may == DT_ES_ENDED && end_args(ev) == -1)
		return -1;
	return 1;
}

int
dt_pt_line(struct dt_pt_event *ev, struct dt_str s)
{
	switch (ev->at) {
	case DT_PT_HEADER:
	case DT_PT_KEYS:
		return event_line(ev, s);
	case DT_PT_ARGS:
		return args_line(ev, s);
	case DT_PT_BLOCK:
	case DT_PT_WHOLE:
		return block_line(ev, s);
	case DT_PT_NOTHING:
		break;
	}
	return 0;
}
