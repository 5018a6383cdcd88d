#include "runtime/members.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "kernel/pidfd.h"

#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

static int
pid_ns_of(pid_t pid, struct stat *st)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/ns/pid", pid);
	return stat(name, st) < 0 ? -errno : 0;
}

static bool
is_in(pid_t pid, const struct stat *ns)
{
	struct stat st;

	return pid_ns_of(pid, &st) == 0 && st.st_dev == ns->st_dev && st.st_ino == ns->st_ino;
}

static int
list_in(const struct stat *ns, pid_t **pids, size_t *n)
{
	autodir proc = opendir("/proc");
	uint64_t pid;

	if (!proc)
		return fail(errno, "open /proc");
	for (struct dirent *e; (e = readdir(proc));) {
		if (parse_uint(e->d_name, INT32_MAX, &pid) < 0 || !is_in((pid_t)pid, ns))
			continue;
		*pids = xrealloc(*pids, *n + 1, sizeof(**pids));
		(*pids)[(*n)++] = (pid_t)pid;
	}
	return 0;
}

/* The namespace of an init that lives; 0 if there is none any more, else 1. */
static int
find_ns(const struct state *s, struct stat *ns)
{
	autoclose int pidfd = -EBADF;
	enum status status;
	int r = state_status(s, &status, &pidfd);

	if (r < 0 || pidfd < 0)
		return r;
	if (!s->record.own_pid_ns.v)
		return fail(0, "the container has neither a cgroup nor a pid namespace of its own,"
			       " so its processes cannot be told from others");
	r = pid_ns_of((pid_t)s->record.pid.v, ns);
	/* Else the number may be another's by now, and its namespace the host's. */
	if (pidfd_wait_end(pidfd, 0) == 0)
		return 0;
	return r < 0 ? fail(-r, "look at the pid namespace of the container") : 1;
}

int
members_list(const struct state *s, pid_t **pids, size_t *n)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };
	struct stat ns;
	int r = cgroup_from_record(&cg, s->record.cgroup_kind, s->record.cgroup_path);

	*pids = NULL;
	*n = 0;
	if (r < 0)
		return r;
	if (cg.kind != CGROUP_NONE)
		return cgroup_pids(&cg, pids, n);
	r = find_ns(s, &ns);
	return r <= 0 ? r : list_in(&ns, pids, n);
}

/* Its number may be another's by now, unless it is still where we saw it. */
static int
signal_one(pid_t pid, const struct stat *ns, int signal)
{
	autoclose int pidfd = pidfd_open(pid, 0);
	int r = pidfd >= 0 && is_in(pid, ns) ? pidfd_signal(pidfd, signal) : 0;

	return r == -ESRCH ? 0 : r;
}

static int
signal_in(const struct stat *ns, int signal)
{
	autofree pid_t *pids = NULL;
	size_t n = 0;
	int r = list_in(ns, &pids, &n);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = signal_one(pids[i], ns, signal);
	return r;
}

int
members_kill(const struct state *s, int signal)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };
	struct stat ns;
	int r = cgroup_from_record(&cg, s->record.cgroup_kind, s->record.cgroup_path);

	if (r < 0)
		return r;
	if (cg.kind != CGROUP_NONE)
		return cgroup_signal(&cg, signal);
	r = find_ns(s, &ns);
	return r <= 0 ? r : signal_in(&ns, signal);
}
