/* SPDX-License-Identifier: ISC */
/*
 * The numbers of events.  Each client of EndpointSecurity has its own, one
 * that counts all of its events (global_seq_num) and one for each kind of them
 * (seq_num), and a number that is left out is an event that the kernel
 * dropped.  The first says all that the second does; only where it was never
 * there the second is asked, so that no loss counts twice.
 */
#include "eslogger.h"

/* The numbers of a kind of event; NULL if it is one too many. */
static struct dt_es_count *
kind_of(struct dt_es_numbers *no, struct dt_str name)
{
	size_t i;

	for (i = 0; i < no->n; i++)
		if (no->kind[i].len == name.n &&
		    memcmp(no->kind[i].name, name.s, name.n) == 0)
			return &no->kind[i].count;
	if (no->n == DT_ES_KINDS || name.n > DT_ES_NAME)
		return NULL;
	memcpy(no->kind[i].name, name.s, name.n);
	no->kind[i].len = name.n;
	no->kind[i].count = (struct dt_es_count){0};
	no->n++;
	return &no->kind[i].count;
}

/* From a number to one that is higher. */
static struct dt_es_seq
onwards(int64_t from, int64_t num, int64_t unread)
{
	struct dt_es_seq seq = {.from = from, .to = num};

	seq.missing = num - from - 1;
	seq.missing -= unread < seq.missing ? unread : seq.missing;
	seq.step = seq.missing > 0 ? DT_ES_GAP : DT_ES_NEXT;
	return seq;
}

/*
 * A number that does not go up begins another run, or is that of an event
 * that is late: then the one after it goes on from before.  If it goes on from
 * the late one, that is an earlier run.
 */
static struct dt_es_seq
step(struct dt_es_count *count, int64_t num, int64_t unread,
    struct dt_int ts)
{
	struct dt_es_seq seq = {.from = count->last, .to = num};

	if (count->set && num > count->last)
		seq = onwards(count->last, num, unread);
	else if (count->set && ts.set && count->ts.set &&
	    ts.v < count->ts.v) {
		if (!count->late.set || num <= count->late.v) {
			count->late = DT_INT(num);
			seq.step = DT_ES_LATE;
			return seq;
		}
		seq = onwards(count->late.v, num, unread);
	} else
		seq.step = count->set ? DT_ES_ANEW : DT_ES_NEXT;
	*count = (struct dt_es_count){.last = num, .ts = ts, .set = true};
	return seq;
}

struct dt_es_seq
dt_es_number(struct dt_es_numbers *no, const struct dt_record *rec,
    struct dt_int global, struct dt_int own)
{
	struct dt_es_count *count;
	struct dt_es_seq seq = {.step = DT_ES_NEXT};

	if (global.set) {
		seq = step(&no->global, global.v, no->unread, rec->ts);
		seq.global = true;
		no->unread = 0;
	} else if (own.set && !no->global.set) {
		count = kind_of(no, rec->name);
		if (count != NULL)
			seq = step(count, own.v, 0, rec->ts);
		/* So it does for the other kinds. */
		if (seq.step == DT_ES_ANEW) {
			no->n = 0;
			count = kind_of(no, rec->name);
			*count = (struct dt_es_count){.last = own.v,
			    .ts = rec->ts, .set = true};
		}
	}
	return seq;
}

void
dt_es_unread(struct dt_es_numbers *no)
{
	no->unread++;
}
