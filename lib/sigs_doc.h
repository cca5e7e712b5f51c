/* SPDX-License-Identifier: ISC */
/* Signature documents, as docs/signatures.md has them. */
#ifndef DT_SIGS_DOC_H
#define DT_SIGS_DOC_H

#include "json.h"
#include "sigs.h"

struct dt_doc_reader;

/* Where a reader puts what it has read. */
struct dt_doc_sink {
	/*
	 * Take a document, which has to be freed.  Returns 0, or -1 to stop,
	 * with *errstr, or NULL and errno.
	 */
	int (*take)(void *ctx, struct dt_sigs *, const char **errstr);
	void *ctx;
};

/* A reader of one file, which keeps as much as said.  NULL with errno. */
struct dt_doc_reader *dt_doc_reader_new(enum dt_sigs_keep,
    const struct dt_doc_sink *);
void dt_doc_reader_free(struct dt_doc_reader *);
/*
 * Read the next bytes of a file that has any number of documents in it.
 * Returns 0, or -1 with *errstr (until the next call) when a document is none
 * or contradicts itself, or with *errstr NULL and errno.
 */
int dt_doc_read(struct dt_doc_reader *, struct dt_str bytes,
    const char **errstr);
/* The file ends here.  Like dt_doc_read; *n is how many documents it had. */
int dt_doc_end(struct dt_doc_reader *, size_t *n, const char **errstr);
/* The line the reader is in, for messages. */
uint64_t dt_doc_line(const struct dt_doc_reader *);

/* Write a sorted fold as a document, indented or on a line.  -1 with errno. */
int dt_sigs_write_json(const struct dt_sigs *, FILE *, bool pretty);

/* Write members into an open object: those of a signature but its count, */
void dt_sig_write_members(struct dt_json *, const struct dt_sig *);
/* its `sources`, and its `records`. */
void dt_sig_write_sources(struct dt_json *, const struct dt_sig *);
void dt_sig_write_records(struct dt_json *, const struct dt_sig *);

#endif
