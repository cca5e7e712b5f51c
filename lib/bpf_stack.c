/* SPDX-License-Identifier: ISC */
/* The frames of a user stack, with the names of functions where known. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bpf.h"
#include "buf.h"
#include "symbols.h"

struct module {
	struct dt_str path;	/* ended by a NUL; of no length: has no name */
	struct dt_str name;	/* its last part */
	struct dt_str id;
};

struct modules {
	struct module v[DT_BPF_MODULES];
	size_t n;
};

static int
add(struct dt_record *rec, struct modules *m, struct dt_str part)
{
	struct dt_str path = dt_bpf_names(rec, part);
	const char *slash;

	if (path.s == NULL)
		return -1;
	if (m->n == DT_BPF_MODULES)
		return 0;
	path = dt_arena_dup(&rec->mem, path);
	if (path.s == NULL)
		return -1;
	slash = strrchr(path.s, '/');
	m->v[m->n++] = (struct module){path, dt_str_c(slash + 1), {0}};
	return 0;
}

static void
show_id(struct dt_buf *buf, struct dt_str id)
{
	char byte[3];
	size_t i;

	for (i = 0; i < id.n; i++) {
		snprintf(byte, sizeof(byte), "%02x", (unsigned char)id.s[i]);
		dt_buf_c(buf, byte);
	}
}

/* "libc.so.6=8bf3…,cat=77…": which files these were, for whoever asks later. */
static int
put_ids(struct dt_record *rec, const struct modules *m)
{
	struct dt_buf buf = {.mem = &rec->mem};
	struct dt_str ids;
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->v[i].id.n == 0)
			continue;
		if (buf.n > 0)
			dt_buf_c(&buf, ",");
		dt_buf_put(&buf, m->v[i].name);
		dt_buf_c(&buf, "=");
		show_id(&buf, m->v[i].id);
	}
	if (buf.n == 0)
		return 0;
	ids = dt_buf_end(&buf);
	return ids.s == NULL ? -1 :
	    dt_record_put(rec, &rec->fields, DT_STR("build_ids"), ids);
}

/* A return address may be that of the function behind: look before it. */
static bool
find(struct dt_bpf *b, const struct module *mod, uint64_t at, bool innermost,
    struct dt_str *name, uint64_t *off)
{
	unsigned back = innermost ? 0 : 1;

	if (!dt_symbols_find(b->symbols, mod->path.s,
	    (const unsigned char *)mod->id.s, mod->id.n, at - back, name, off))
		return false;
	*off += back;
	return true;
}

static int
put_frame(struct dt_bpf *b, const struct modules *m,
    const struct dt_bpf_frame *f)
{
	struct dt_record *rec = &b->rec;
	struct dt_buf buf = {.mem = &rec->mem};
	const struct module *mod = NULL;
	struct dt_str name, text;
	char num[32];
	uint64_t off = f->offset;

	if (f->module >= 0 && (size_t)f->module < m->n)
		mod = &m->v[f->module];
	if (mod != NULL && mod->name.n > 0) {
		dt_buf_shown(&buf, mod->name);
		if (find(b, mod, f->offset, rec->stack.n == 0, &name, &off)) {
			dt_buf_c(&buf, "`");
			dt_buf_shown(&buf, name);
		}
		dt_buf_c(&buf, "+");
	}
	snprintf(num, sizeof(num), "0x%" PRIx64, off);
	dt_buf_c(&buf, num);
	text = dt_buf_end(&buf);
	return text.s == NULL ? -1 : dt_record_push(rec, &rec->stack, text);
}

/* The files first, as the frames name them by number. */
int
dt_bpf_stack(struct dt_bpf *b, struct dt_str rest)
{
	struct modules m = {.n = 0};
	struct dt_bpf_part part;
	struct dt_bpf_frame frame;
	struct dt_str frames = {0}, bytes;

	while (dt_bpf_next(&rest, &part, &bytes)) {
		if (part.what == DT_BPF_PART_FRAMES)
			frames = bytes;
		else if (part.what == DT_BPF_PART_MODULE &&
		    add(&b->rec, &m, bytes) == -1)
			return -1;
		else if (part.what == DT_BPF_PART_ID && m.n > 0)
			m.v[m.n - 1].id = bytes;
	}
	for (; frames.n >= sizeof(frame);
	    frames = dt_str_after(frames, sizeof(frame))) {
		memcpy(&frame, frames.s, sizeof(frame));
		if (put_frame(b, &m, &frame) == -1)
			return -1;
	}
	return put_ids(&b->rec, &m);
}
