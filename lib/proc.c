/* SPDX-License-Identifier: ISC */
/* Lists of processes, and those of a name. */
#include <stdlib.h>
#include <unistd.h>

#include "proc.h"

int
dt_pids_add(struct dt_pids *pids, pid_t pid)
{
	pid_t *p;

	if ((pids->n & (pids->n - 1)) == 0) {
		p = realloc(pids->v, (pids->n == 0 ? 1 : pids->n * 2) *
		    sizeof(*p));
		if (p == NULL)
			return -1;
		pids->v = p;
	}
	pids->v[pids->n++] = pid;
	return 0;
}

void
dt_pids_free(struct dt_pids *pids)
{
	free(pids->v);
	*pids = (struct dt_pids){0};
}

int
dt_proc_find(const char *name, struct dt_pids *found)
{
	struct dt_pids all = {0};
	size_t i;
	int r = dt_proc_all(&all);

	for (i = 0; i < all.n && r == 0; i++)
		if (all.v[i] != getpid() && dt_proc_is(all.v[i], name))
			r = dt_pids_add(found, all.v[i]);
	dt_pids_free(&all);
	return r;
}

static int
compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

int
dt_watch_begin(struct dt_watch *w)
{
	size_t i;

	if (dt_proc_all(&w->old) == -1)
		return -1;
	qsort(w->old.v, w->old.n, sizeof(*w->old.v), compare);
	w->named = calloc(w->old.n + 1, sizeof(*w->named));
	if (w->named == NULL)
		return -1;
	for (i = 0; i < w->old.n; i++)
		if (dt_proc_is(w->old.v[i], w->name))
			w->named[i] = dt_proc_start(w->old.v[i]);
	return 0;
}

/* Is it one that we wait for? */
static bool
is_new(const struct dt_watch *w, pid_t pid)
{
	const pid_t *old;

	if (pid == getpid())
		return false;
	old = bsearch(&pid, w->old.v, w->old.n, sizeof(pid), compare);
	if (old == NULL)
		return dt_proc_is(pid, w->name);
	return w->round % 20 == 0 && dt_proc_is(pid, w->name) &&
	    w->named[old - w->old.v] != dt_proc_start(pid);
}

int
dt_watch_poll(struct dt_watch *w, pid_t *pid)
{
	struct dt_pids all = {0};
	size_t i;
	int r = dt_proc_all(&all);

	w->round++;
	for (i = 0; i < all.n && r == 0; i++)
		if (is_new(w, all.v[i])) {
			*pid = all.v[i];
			r = 1;
		}
	dt_pids_free(&all);
	return r;
}

void
dt_watch_end(struct dt_watch *w)
{
	dt_pids_free(&w->old);
	free(w->named);
	w->named = NULL;
}
