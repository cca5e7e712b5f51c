/* SPDX-License-Identifier: ISC */
/* A document of mac_policy registrations from the inside. */
#ifndef DT_MACDOC_OWN_H
#define DT_MACDOC_OWN_H

#include "fault.h"
#include "json.h"
#include "macdoc.h"
#include "macreg.h"
#include "scan.h"

/* A registration: the record of its beginning, and what its end told. */
struct dt_macdoc_event {
	struct dt_record rec;
	struct dt_int ret;
	bool returned;
	size_t next;	/* call that waits in the same row, from 1; or 0 */
};

/* What a tracer said of itself; strings are of the document's facts. */
struct dt_macdoc_note {
	struct dt_str run, level, code, text;
};

enum { DT_MACDOC_ROWS = 1 << 12 };

/* A capture: its beginning, and its end if it has one. */
struct dt_macdoc_capture {
	struct dt_record trace, end;
	bool ended;
};

struct dt_macdoc {
	struct dt_sigs *sigs;	/* to know if all is whole */
	struct dt_macdoc_event *events;
	size_t nevents, room;
	/* Calls that have not returned, by a hash of whose; the last first. */
	size_t waiting[DT_MACDOC_ROWS];
	struct dt_macdoc_capture *captures;
	size_t ncaptures, captures_room;
	struct dt_macdoc_note *notes;
	size_t nnotes, notes_room;
	struct dt_record facts;	/* in its host: what the captures say of it */
	struct dt_fault why;
};

/* What an event is looked at with. */
struct dt_macdoc_view {
	const struct dt_macdoc_opts *opts;
	uint64_t pac_mask;
	bool names;	/* are the hooks' names those of its kernel, or may be? */
};

/* An address without the signature that its upper bits may be. */
uint64_t dt_macdoc_strip(uint64_t addr, uint64_t mask);

void dt_macdoc_write_event(struct dt_json *, const struct dt_macdoc_view *,
    const struct dt_macdoc_event *);
/* The member `alignment` of an event. */
void dt_macdoc_write_alignment(struct dt_json *, const struct dt_macdoc_view *,
    const struct dt_macreg *);

#endif
