/* exec: another process in a container that runs. */
#include "runtime/exec-entry.h"

#include "runtime/attributes.h"
#include "runtime/cgroup/systemd.h"
#include "runtime/foreground.h"
#include "runtime/passage.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "kernel/cgroupfs.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"
#include "kernel/seal.h"

#include <fcntl.h>
#include <sched.h>

/* v2 only. */
static int
use_cgroup_of_init(struct entry *e)
{
	autofree char *path = NULL;
	int r = cgroupfs_v2_path((pid_t)e->state.record.pid.v, &path);

	if (r < 0)
		return r;
	cgroup_done(&e->child.cgroup);
	return cgroup_from_record(&e->child.cgroup, e->state.record.cgroup_kind, path);
}

static int
join_first(void *of)
{
	struct entry *e = of;
	int r = child_set_own_oom_score(&e->child);

	return r < 0 || !e->entered ? r : ns_join(e->init, e->entered);
}

/*
 * A plain user may join the pid namespace only as root of the user namespace;
 * see passage.h.  And what we start for systemd meanwhile must not be born
 * into the container's.
 */
static bool
by_passage(const struct entry *e)
{
	return e->entered & CLONE_NEWUSER ||
	       (e->entered && e->child.by_systemd && ns_in_user());
}

static int
clone_once(struct entry *e)
{
	return e->by_passage ? passage_clone(&e->child, 0, join_first, e)
			     : child_clone(&e->child, 0);
}

static int
clone_entry(struct entry *e)
{
	e->entered = e->namespaces & CLONE_NEWPID;
	if (e->child.plain)
		e->entered |= e->namespaces & CLONE_NEWUSER;

	e->by_passage = by_passage(e);
	int r = e->by_passage ? 0 : join_first(e);
	if (r < 0)
		return r;
	r = clone_once(e);
	/* The container has cgroups of its own below, so there may be no process in between. */
	if (r == -EBUSY && !e->opts->cgroup && use_cgroup_of_init(e) == 0)
		r = clone_once(e);
	if (r == 0)
		entry_run(e);
	return r < 0 ? r : 0;
}

static int
serve_cgroup(void *of, int fd)
{
	struct entry *e = of;
	auto_(scope_done) struct scope scope = SCOPE_EMPTY;

	(void)fd;
	return scope_attach(&scope, e->state.record.unit, e->child.pid);
}

static int
serve_console(void *of, int fd)
{
	return child_serve_console(&((struct entry *)of)->child, fd);
}

static int
serve_ready(void *of, int fd)
{
	struct child *c = &((struct entry *)of)->child;
	int r = child_set_oom_score(c);

	(void)fd;
	return r < 0 ? r : child_give_priorities(c);
}

static const struct service services[SYNC_TYPES] = {
	[SYNC_CGROUP]  = { "cgroup",   0, serve_cgroup },
	[SYNC_CONSOLE] = { "terminal", 1, serve_console },
	[SYNC_READY]   = { "ready",    2, serve_ready },
};

static int
serve_listener(void *of, int fd)
{
	struct entry *e = of;

	e->listener.status = STATUS_RUNNING;
	e->listener.pid = e->child.pid;
	return listener_send(&e->listener, fd);
}

static int
enter(struct entry *e)
{
	static const struct service listener = { "listener", 1, serve_listener };
	struct child *c = &e->child;
	int r = clone_entry(e);

	if (r == 0)
		r = sync_serve(c->sync[0], services, e);
	if (r == 0)
		r = sync_wait_executed(c->sync[0], &listener, e);
	/* Whoever waits for it sees how it ended. */
	if (r == 0 && e->opts->detach)
		r = proc_check_executed(c->pid, 0);
	/* Only for a program that was executed: engines tell the failures apart by its pid file. */
	if (r == 0)
		r = child_announce(c);
	if (r < 0)
		child_kill(c);
	return r;
}

static void
entry_done(struct entry *e)
{
	close_at(&e->init);
	close_at(&e->root);
	listener_done(&e->listener);
	child_done(&e->child);
	oci_free(&oci_process_type, e->spec);
	config_done(&e->config);
	state_done(&e->state);
}

int
runtime_exec(const struct runtime *rt, const struct exec_opts *o, int *status)
{
	auto_(entry_done) struct entry e = {
		.opts = o,
		.state = STATE_EMPTY,
		.child = CHILD_EMPTY,
		.init = -EBADF,
		.root = -EBADF,
		.listener = { .sock = -EBADF },
	};
	int r = process_settle_fds(o->preserve_fds);

	*status = 0;
	e.child.console_socket = o->console_socket;
	e.child.pid_file = o->pid_file;
	e.child.pidfd_socket = o->pidfd_socket;
	e.child.served = !o->detach;
	e.child.plain = geteuid() != 0;
	if (r == 0)
		r = seal_program(rt->argv);
	if (r == 0)
		r = entry_plan(&e, rt);
	/* Before the clone, which hands it on: nothing of it runs on another CPU. */
	if (r == 0)
		r = attributes_initial_cpus(e.spec);
	if (r < 0)
		return r;
	autoclose int signals = o->detach ? -EBADF : foreground_signals();
	r = enter(&e);
	if (r < 0 || o->detach)
		return r;
	*status = foreground_wait(&(struct foreground){
		.signals = signals, .pidfd = e.child.pidfd, .pid = e.child.pid,
		.master = e.child.master, .notify = -EBADF,
	});
	return *status < 0 ? *status : 0;
}
