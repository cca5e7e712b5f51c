/* SPDX-License-Identifier: ISC */
/* The parts that the parser of strace's text is made of. */
#ifndef DT_STRACE_H
#define DT_STRACE_H

#include <stddef.h>

#include "lines.h"
#include "record.h"

/* More arguments than any decoder of strace prints. */
enum { DT_STRACE_ARGS = 32 };

/* What stands before the call; every slice as printed. */
struct dt_strace_prefix {
	size_t n;		/* length of all of it */
	struct dt_str log;	/* what a system log put first */
	struct dt_int pid;
	struct dt_str comm;	/* -Y */
	struct dt_str secontext;
	struct dt_str time;	/* -t: of day */
	struct dt_int ts;	/* -ttt: in ns since the epoch */
	struct dt_str delta;	/* -r */
	struct dt_str nr;	/* -n */
	struct dt_str ip;	/* -i */
};

/* What stands behind "= ". */
struct dt_strace_result {
	struct dt_int ret;
	bool failed;		/* printed with a minus */
	struct dt_str digits;	/* of the return value */
	struct dt_str symbol;	/* of the errno */
	struct dt_int errnum;	/* of "(errno N)" */
	struct dt_str path;	/* what -y or -Y says of the return value */
	bool deleted;		/* and that there is no such file any more */
	struct dt_str text;	/* an explanation in parentheses */
	struct dt_str elapsed;	/* -T */
	struct dt_str injected;	/* NULL, "1", or what was injected */
	bool delayed;
};

enum dt_strace_what {
	DT_STRACE_TEXT,		/* nothing of strace's */
	DT_STRACE_BROKEN,	/* something of strace's, not understood */
	DT_STRACE_OPEN,		/* the beginning of a call */
	DT_STRACE_CALL,
	DT_STRACE_UNFINISHED,
	DT_STRACE_DETACHED,
	DT_STRACE_RESUMED,
	DT_STRACE_SIGNAL,
	DT_STRACE_STOPPED,
	DT_STRACE_EXITED,
	DT_STRACE_KILLED,
	DT_STRACE_SUPERSEDED,
	DT_STRACE_MESSAGE,	/* strace's own */
};

/* A line in parts; all slices are of the text it was cut from. */
struct dt_strace_line {
	enum dt_strace_what what;
	const char *reason;		/* of BROKEN */
	struct dt_str text;		/* the whole */
	struct dt_str before;		/* program text glued to its front */
	struct dt_str inside;		/* program text cut out of the call */
	struct dt_strace_prefix prefix;
	struct dt_str name;		/* of a call or signal */
	struct dt_str args;		/* between the parentheses or braces */
	struct dt_str rest;		/* behind "resumed>", or the message */
	struct dt_int num;		/* exit status, or pid of an execve */
	struct dt_strace_result result;
	bool dying;			/* it ended inside the call */
	bool joined;			/* of two halves */
};

/* A walk over arguments that takes strings and <...> in one step. */
struct dt_strace_walk {
	struct dt_str text;
	size_t i;
	size_t depth;		/* of brackets */
	bool flat;		/* a < was never closed: they mean nothing */
};

/*
 * Take one step: returns the byte that was stood on, -1 at the end, -2 where
 * a string begins that does not end.  A closing bracket is returned with the
 * depth that it leads to, and at depth 0 changes nothing.
 */
int dt_strace_step(struct dt_strace_walk *);

/* The length of what -y puts behind a descriptor, from < on; 0 if no end. */
size_t dt_strace_annotation(struct dt_str);

/* Cut a prefix off the front of a line.  Always succeeds; it may be empty. */
void dt_strace_prefix(struct dt_str line, struct dt_strace_prefix *);
/* The same at the end of a text, without a log's. */
void dt_strace_prefix_behind(struct dt_str text, struct dt_strace_prefix *);
/* Nanoseconds of seconds with up to nine decimals; -1 if it is no such. */
int dt_strace_seconds(struct dt_str, int64_t *ns);

/* Read all of what stands behind "= ".  -1 if any of it is not understood. */
int dt_strace_result(struct dt_str, struct dt_strace_result *);

/* Does strace know a call by this name, as far as we know? */
bool dt_strace_knows(struct dt_str name);
/* Where the longest known name at the end of a text begins; n if none does. */
size_t dt_strace_name_behind(struct dt_str text);
/*
 * Cut a call that begins at text[at]; `what` becomes TEXT if none does there.
 * The arena is for the time of the call only.
 */
void dt_strace_call(struct dt_arena *, struct dt_str text, size_t at,
    struct dt_strace_line *);

/* Cut a line.  The arena is for the time of the call only. */
void dt_strace_line(struct dt_arena *, struct dt_str text,
    struct dt_strace_line *);
/*
 * Where a message about a process that was attached or detached begins, at
 * the end of a text; n if there is none.
 */
size_t dt_strace_message_behind(struct dt_str text);

/* Split at commas outside of brackets.  -1 with errno; 1 if too many. */
int dt_strace_split(struct dt_record *, struct dt_str text, struct dt_strv *);
/* Fill in path, path2 and flags from the name and the arguments. */
int dt_strace_paths(struct dt_record *);

/*
 * Fill an empty record from a line, whose slices it shares.  -1 with errno,
 * or with *errstr set.
 */
int dt_strace_fill(struct dt_record *, const struct dt_strace_line *,
    const char **errstr);
/* The call that a signal of seccomp's is about; NULL if it is not such. */
struct dt_str dt_strace_refused(const struct dt_record *);

/* The table of -c, where it is being read. */
struct dt_strace_count {
	enum { DT_STRACE_NOTABLE, DT_STRACE_HEADER, DT_STRACE_ROWS } where;
	unsigned char cols[16];
	size_t ncols;
};

/*
 * See if a line is of a table.  Returns 1 and fills the record for a row, 0 if
 * it is none, -1 with errno.
 */
int dt_strace_count(struct dt_strace_count *, struct dt_record *,
    struct dt_str line);

/* How the last call of a thread stands. */
enum dt_strace_state {
	DT_STRACE_NONE,
	DT_STRACE_PENDING,	/* unfinished */
	DT_STRACE_HELD,		/* its result may mean that it was refused */
	DT_STRACE_DYING,	/* given, and had no result */
	DT_STRACE_DONE,		/* given */
	DT_STRACE_SIGSYS,	/* given, and so was a SIGSYS */
};

struct dt_strace_slot {
	int64_t tid;		/* -1 for the one that has no number */
	enum dt_strace_state state;
	char *text;
	size_t n;		/* of the call */
	size_t all;		/* with the stack frames behind it */
	size_t hash, prev, next;
};

/* The last call of each thread, in bounded memory. */
struct dt_strace_calls {
	struct dt_strace_slot *slots;	/* slots[0] heads lists; not used */
	size_t nslots, cap, free, bytes;
	size_t count[DT_STRACE_SIGSYS + 1];	/* slots of each state */
	size_t heads[1024];
};

enum { DT_STRACE_CALL_MAX = 64 * 1024 };

/* The slot of a thread, or NULL. */
struct dt_strace_slot *dt_strace_calls_find(struct dt_strace_calls *,
    int64_t tid);
/* The only slot in this state, or NULL if there are others or none. */
struct dt_strace_slot *dt_strace_calls_only(struct dt_strace_calls *,
    enum dt_strace_state);
/*
 * The slot that has to go before one more call of n bytes has room: give it
 * and drop it, then ask again.  NULL when there is room.
 */
struct dt_strace_slot *dt_strace_calls_oldest(struct dt_strace_calls *,
    size_t n);
/* The oldest slot of all, or NULL. */
struct dt_strace_slot *dt_strace_calls_first(struct dt_strace_calls *);
/* Set a thread's slot, making it the newest.  NULL with errno. */
struct dt_strace_slot *dt_strace_calls_set(struct dt_strace_calls *,
    int64_t tid, enum dt_strace_state, struct dt_str text);
void dt_strace_calls_state(struct dt_strace_calls *, struct dt_strace_slot *,
    enum dt_strace_state);
/* Add a line behind the call.  -1 with errno; 1 if there is no more room. */
int dt_strace_calls_frame(struct dt_strace_calls *, struct dt_strace_slot *,
    struct dt_str);
void dt_strace_calls_rename(struct dt_strace_calls *, int64_t from,
    int64_t to);
void dt_strace_calls_drop(struct dt_strace_calls *, struct dt_strace_slot *);
void dt_strace_calls_free(struct dt_strace_calls *);

/* The parser.  Zero-initialised is at the beginning of a text. */
struct dt_strace {
	struct dt_record rec;	/* the one being filled, or held */
	struct dt_record call;	/* the one that a signal is about */
	struct dt_arena mem;	/* for one line */
	struct dt_strace_calls calls;
	struct dt_strace_count table;
	bool held;		/* rec may get a stack yet */
	bool frames;		/* frames belong to the slot of frames_tid */
	int64_t frames_tid;
	bool succeeded;		/* some call did, or looked like it */
	bool sent;		/* a SIGSYS that is not of seccomp's was seen */
	bool refused;		/* some call was, for certain */
	char *open;		/* a call that did not end on its line */
	size_t nopen;
	uint64_t open_no;	/* number of its line */
	bool cut;		/* its end was a message, with the newline */
	unsigned tries;		/* to end it */
	/* For the time of one line: */
	const struct dt_line *line;	/* NULL if the text is at its end */
	const struct dt_sink *sink;
};

/* All that follow return 0, or -1 when memory ran out or the sink stopped. */

/* Give the record that waits for its stack, if one does. */
int dt_strace_flush(struct dt_strace *);
/* Give it and begin another. */
int dt_strace_fresh(struct dt_strace *);
/* The record is filled: give it, after the stack that may follow. */
int dt_strace_give(struct dt_strace *);
/* Give text of the program. */
int dt_strace_output(struct dt_strace *, struct dt_str);
/* Give a message of strace's own: all its text, and what of it it said. */
int dt_strace_message(struct dt_strace *, struct dt_str text,
    struct dt_str said);
/* Give the line as one that is not understood. */
int dt_strace_unparsed(struct dt_strace *, const char *reason);

bool dt_strace_is_frame(struct dt_str line);
/* The line is a frame: put it where it belongs. */
int dt_strace_frame(struct dt_strace *);

/* Cut the text of a call, which begins with its prefix. */
void dt_strace_cut(struct dt_strace *, struct dt_str text,
    struct dt_strace_line *);
/*
 * Begin a record and fill it.  Returns 1 if that can not be, and the line was
 * given as unparsed.
 */
int dt_strace_begin(struct dt_strace *, const struct dt_strace_line *);
/*
 * Give the call of a slot: an unfinished one as such, a held one with its
 * result or, when that turned out to be none, as refused.
 */
int dt_strace_give_kept(struct dt_strace *, struct dt_strace_slot *,
    bool refused);
/* Give it if it was not, and drop it. */
int dt_strace_give_drop(struct dt_strace *, struct dt_strace_slot *);
/* Make room for a call of a thread, giving others where there is none. */
int dt_strace_room(struct dt_strace *, int64_t tid, size_t n);

/* A call, the beginning of one, or the end of one. */
int dt_strace_take_call(struct dt_strace *, const struct dt_strace_line *);
int dt_strace_take_resumed(struct dt_strace *, const struct dt_strace_line *);
/* A signal, and the end of a thread. */
int dt_strace_take_signal(struct dt_strace *, const struct dt_strace_line *);
int dt_strace_take_end(struct dt_strace *, const struct dt_strace_line *);
/* What a line means for the call before it of its thread. */
int dt_strace_settle(struct dt_strace *, const struct dt_strace_line *);

#endif
