/* The processes of a cgroup: listed, signalled, waited for. */
#include "runtime/cgroup/kind.h"

#include "kernel/pidfd.h"

#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>

/* Descriptors that are open at a time while signalling. */
#define CHUNK 128

static int
compare(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
members_add(const struct site *s, const struct cgroupfs_hierarchy *h, struct cgroupfs_pids *pids)
{
	autofree char *path = site_path(s, h, NULL);
	int r = cgroupfs_add_pids(s->root, path, pids);

	if (pids->n)
		qsort(pids->pid, pids->n, sizeof(pid_t), compare);
	return r == -ENOENT ? 0 : r;
}

/*
 * A number in a list may have been given to another process since.  An open
 * pidfd whose number is in a second list was a member when it was opened.
 */
static int
signal_chunk(const struct site *s, const pid_t *pid, size_t n, int sig)
{
	autopids now = { 0 };
	int fd[CHUNK], sent = 0;

	for (size_t i = 0; i < n; i++)
		fd[i] = pidfd_open(pid[i], 0);

	int r = members_add(s, s->fs->h, &now);
	for (size_t i = 0; i < n; i++) {
		bool member = now.n && bsearch(pid + i, now.pid, now.n, sizeof(pid_t), compare);
		int e = r >= 0 && fd[i] >= 0 && member ? pidfd_signal(fd[i], sig) : -ESRCH;

		sent += e == 0;
		if (e < 0 && e != -ESRCH)	/* the others get theirs all the same */
			r = e;
		close_at(fd + i);
	}
	return r < 0 ? r : sent;
}

int
members_signal(const struct site *s, int sig)
{
	autopids pids = { 0 };
	int r = members_add(s, s->fs->h, &pids), sent = 0;

	for (size_t i = 0; r >= 0 && i < pids.n; i += CHUNK) {
		r = signal_chunk(s, pids.pid + i, pids.n - i < CHUNK ? pids.n - i : CHUNK, sig);
		sent += r;
	}
	return r < 0 ? r : sent;
}

int
members_await_one(const struct site *s, const struct cgroupfs_hierarchy *h, int timeout_ms)
{
	autopids pids = { 0 };
	int r = members_add(s, h, &pids);

	if (r < 0)
		return r;
	autoclose int fd = pids.n ? pidfd_open(pids.pid[pids.n - 1], 0) : -ESRCH;
	if (fd >= 0)
		return pidfd_wait_end(fd, timeout_ms);
	/* The last one is on its way out.  No event of v1 tells when it has arrived. */
	poll(NULL, 0, 1);
	return 0;
}

int
cgroup_pids(const struct cgroup *cg, pid_t **pids, size_t *n)
{
	autosite s = { .root = -EBADF };
	autopids found = { 0 };
	int r = site_open(&s, cg);

	*pids = NULL;
	*n = 0;
	if (r >= 0 && s.fs->n)
		r = members_add(&s, s.fs->h, &found);
	if (r < 0)
		return r;
	*n = found.n;
	*pids = take(found.pid);
	return 0;
}

int
cgroup_signal(const struct cgroup *cg, int sig)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	if (r < 0 || s.fs->n == 0)
		return r;
	if (sig == SIGKILL)
		return ops_of(cg->kind)->kill(&s);
	r = members_signal(&s, sig);
	return r < 0 ? r : 0;
}
