/* SPDX-License-Identifier: ISC */
/* What dt-tojsonl does with a text: its records, and what to say of it. */
#ifndef DT_TOJSONL_JOB_H
#define DT_TOJSONL_JOB_H

#include "cli.h"
#include "jsonl.h"
#include "lineage.h"
#include "parse.h"
#include "select.h"

struct tojsonl_job {
	const struct dt_format *fmt;	/* as given; NULL to find it */
	struct dt_select *select;	/* NULL to keep every event */
	struct dt_lineage *lineage;	/* NULL to keep every process */
	struct dt_left left;		/* what was not kept */
	struct dt_jsonl_writer *out;
	struct cli_refused refused;	/* of the text that is read */
	bool verbose;
};

/*
 * Sinks for the records of a lineage; each has a job for a context.  One keeps
 * a record, if it is selected, the other leaves it out, and counts it.
 */
int tojsonl_keep(void *job, struct dt_record *);
int tojsonl_leave(void *job, struct dt_record *);

/* Those of a struct cli_filter, with a job for a context. */
int tojsonl_convert(void *job, struct dt_lines *, const char *name);
/* Whoever follows along sees all there is before we wait for more. */
void tojsonl_flush(void *job);

#endif
