/* kill, pause, resume: what reaches into a container from outside. */
#include "runtime/members.h"
#include "runtime/state.h"

#include "base/err.h"
#include "kernel/pidfd.h"

#include <signal.h>

static int
open_cgroup(const struct state *s, struct cgroup *cg)
{
	return cgroup_from_record(cg, s->record.cgroup_kind, s->record.cgroup_path);
}

static int
freeze(const struct state *s, bool on)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };
	int r = open_cgroup(s, &cg);

	return r < 0 ? r : cgroup_freeze(&cg, on);
}

int
runtime_kill(const struct runtime *rt, const char *id, int signal, bool all)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	autoclose int pidfd = -EBADF;
	enum status status;
	int r = state_find(&s, rt, id);

	if (r == 0)
		r = state_status(&s, &status, &pidfd);
	if (r < 0)
		return r;
	if (status == STATUS_CREATING)
		return fail(0, "container not running");
	/* Engines send 9 to all after each end of a container: what is left, if anything. */
	if (all)
		return members_kill(&s, signal);
	if (pidfd < 0)
		return fail(0, "container not running");
	r = pidfd_signal(pidfd, signal);
	if (r == -ESRCH)
		return fail(0, "container not running");
	/* What is frozen by v1 does not even die. */
	if (r == 0 && signal == SIGKILL && status == STATUS_PAUSED)
		r = freeze(&s, false);
	/* Without a pid namespace of its own the others would outlive init. */
	if (r == 0 && signal == SIGKILL && !s.record.own_pid_ns.v && s.record.cgroup_path)
		r = members_kill(&s, signal);
	return r;
}

static int
freeze_container(const struct runtime *rt, const char *id, bool on)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	enum status status;
	int r = state_find(&s, rt, id);

	if (r == 0)
		r = state_status(&s, &status, NULL);
	if (r < 0)
		return r;
	/* A cgroup that is frozen without need makes the next container in it hang. */
	if (on && status != STATUS_RUNNING && status != STATUS_CREATED)
		return fail(0, "container not running");
	if (!on && status != STATUS_PAUSED)
		return fail(0, "container not paused");
	return freeze(&s, on);
}

int
runtime_pause(const struct runtime *rt, const char *id)
{
	return freeze_container(rt, id, true);
}

int
runtime_resume(const struct runtime *rt, const char *id)
{
	return freeze_container(rt, id, false);
}
