/* SPDX-License-Identifier: ISC */
/* Processes of this host: who they are, and what only one system can do. */
#ifndef DT_PROC_H
#define DT_PROC_H

#include <sys/types.h>

#include <stdint.h>

#include "record.h"

/* Process ids in an array from malloc; zero-initialised is empty. */
struct dt_pids {
	pid_t *v;
	size_t n;
};

/* Add to the end.  -1 with errno. */
int dt_pids_add(struct dt_pids *, pid_t);
void dt_pids_free(struct dt_pids *);

/* All processes, in no order.  -1 with errno. */
int dt_proc_all(struct dt_pids *);
/* Those of a name but ourselves.  -1 with errno. */
int dt_proc_find(const char *name, struct dt_pids *);

/* Wait for a process of a name that was not there at the beginning. */
struct dt_watch {
	const char *name;	/* to be set */
	struct dt_pids old;	/* there at the beginning, sorted */
	uint64_t *named;	/* starts of those that had the name then */
	unsigned round;
};

/* Look at what there is.  -1 with errno. */
int dt_watch_begin(struct dt_watch *);
/*
 * Look again: 1 and a pid when there is one, 0 when not, -1 with errno.  Old
 * processes, which may still execute a program of that name, are looked at
 * each twentieth time only.
 */
int dt_watch_poll(struct dt_watch *, pid_t *);
void dt_watch_end(struct dt_watch *);

/*
 * Is this the name of a process?  Names that the kernel cuts (Linux: at 15
 * bytes) are compared with the executable's, or with argv[0]'s, last part.
 */
bool dt_proc_is(pid_t, const char *name);
/* Is there such a process, and is it more than a zombie? */
bool dt_proc_lives(pid_t);
/*
 * The name into a buffer, cut as the kernel does.  False if the process is
 * gone.
 */
bool dt_proc_name(pid_t, char *buf, size_t size);
/* Fill in a record's target, argv, pid and uid as far as known; owned by it. */
int dt_proc_describe(pid_t, struct dt_record *);
/*
 * What tells a process from an older one of the same id: its start, in units
 * of the system's own.  0 if it is gone.
 */
uint64_t dt_proc_start(pid_t);
/* The process that a thread is of; 0 if it is gone. */
pid_t dt_proc_process(pid_t thread);
/* Who traces it: 0 if nobody does; -1 if it is traced, but not by whom. */
pid_t dt_proc_tracer(pid_t);

/* Let any process trace this one, where the system asks for consent. */
void dt_proc_permit(void);
/* Get a signal when the parent dies, where the system can send one. */
void dt_proc_follow(pid_t parent, int sig);
/* Close every descriptor from this one on. */
void dt_proc_close_from(int fd);
/* Path of the running program's file.  False if not known. */
bool dt_proc_self(char *buf, size_t size);

#endif
