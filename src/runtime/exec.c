/* exec: another process in a container that runs. */
#include "runtime/exec-process.h"

#include "runtime/attributes.h"
#include "runtime/cgroup/systemd.h"
#include "runtime/child.h"
#include "runtime/config.h"
#include "runtime/foreground.h"
#include "runtime/groups.h"
#include "runtime/intelrdt.h"
#include "runtime/passage.h"
#include "runtime/seccomp/listener.h"
#include "runtime/state.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "base/file.h"
#include "base/step.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"
#include "kernel/seal.h"
#include "kernel/tty.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>

struct entry {
	const struct exec_opts *opts;
	struct state state;
	struct config config;
	struct oci_process *spec;
	struct child child;
	struct listener listener;	/* who decides on its system calls */
	uint64_t namespaces;	/* the container's own, to join */
	uint64_t entered;	/* those of them that one is born into */
	int init;		/* pidfd of the container's init */
	int root;		/* its root, an O_PATH fd, where it has no mount namespace */
};

static int
check_running(struct entry *e)
{
	enum status status;
	int r = state_status(&e->state, &status, &e->init);

	if (r < 0)
		return r;
	if (status == STATUS_STOPPED || status == STATUS_CREATING)
		return fail(0, "cannot exec in a %s container", status_word(status));
	/* It is still our program, which shows itself to nobody. */
	if (status == STATUS_CREATED && geteuid() != 0)
		return fail(0, "cannot exec in a container of a plain user before it is started");
	if (status == STATUS_PAUSED && !e->opts->ignore_paused)
		return fail(0, "cannot exec in a paused container"
			       " (use --ignore-paused to override)");
	return 0;
}

static int
plan_cgroup(struct entry *e)
{
	const struct record *r = &e->state.record;
	auto_(cgroup_done) struct cgroup whole = { 0 };

	/* systemd knows the way to the scope, but not to what is below it. */
	e->child.by_systemd = r->unit && !e->opts->cgroup;
	if (!e->opts->cgroup || streq(e->opts->cgroup, "/"))
		return cgroup_from_record(&e->child.cgroup, r->cgroup_kind, r->cgroup_path);
	int err = cgroup_from_record(&whole, r->cgroup_kind, r->cgroup_path);
	return err < 0 ? err : cgroup_sub(&e->child.cgroup, &whole, e->opts->cgroup);
}

/* setns(2) wants no user namespace that we are in already; exec from inside is such a case. */
static void
plan_user_namespace(struct entry *e)
{
	autofree char *theirs = xasprintf("/proc/%d/ns/user", (int)e->state.record.pid.v);

	if (e->namespaces & CLONE_NEWUSER && ns_is_ours(theirs, CLONE_NEWUSER))
		e->namespaces &= ~(uint64_t)CLONE_NEWUSER;
	e->child.process.in_user_ns = e->namespaces & CLONE_NEWUSER;
}

static void
plan_namespaces(struct entry *e)
{
	const struct oci_linux *l = e->config.spec.linux_;
	uint64_t kind;

	for (struct oci_namespace **n = l ? l->namespaces : NULL; n && *n; n++)
		if (word_number(ns_words, (*n)->type, &kind))
			e->namespaces |= kind;
	if (e->namespaces & CLONE_NEWUSER)
		plan_user_namespace(e);
}

/* Without a mount namespace of its own the container is in a chroot, and so will we be. */
static int
open_root(struct entry *e)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/root", (int)e->state.record.pid.v);
	e->root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e->root < 0)
		return fail(errno, "open %s", name);
	/* Else the number may be another's by now. */
	return pidfd_wait_end(e->init, 0) == 0 ? fail(ESRCH, "the container has stopped") : 0;
}

/* That of the container's own process. */
static int
plan_filter(struct entry *e, const struct runtime *rt)
{
	struct filter *f = &e->child.process.filter;
	int r = filter_plan(f, rt, &e->config.spec);

	if (r == 0)
		filter_keep(f, rt);
	return r < 0 ? r : listener_connect(&e->listener, &e->state.record, &e->config.spec);
}

static int
plan(struct entry *e, const struct runtime *rt)
{
	int r = state_find(&e->state, rt, e->opts->id);

	if (r == 0)
		r = check_running(e);
	if (r == 0)
		r = config_read(&e->config, e->state.dir, "config.json");
	if (r == 0)
		r = exec_process(e->opts, &e->config.spec, &e->spec);
	if (r == 0)
		r = plan_cgroup(e);
	if (r < 0)
		return r;
	e->child.linux_ = e->config.spec.linux_;
	plan_namespaces(e);
	e->child.process.keep_groups = groups_kept(&e->config.spec);
	r = child_plan(&e->child, e->spec, e->opts->preserve_fds);
	if (r == 0)
		r = plan_filter(e, rt);
	if (r < 0)
		return r;
	return e->namespaces & CLONE_NEWNS ? 0 : open_root(e);
}

static int
die_with_runtime(void *of)
{
	return child_die_with_runtime(&((struct entry *)of)->child);
}

static int
join_cgroup(void *of)
{
	return child_join_cgroup(&((struct entry *)of)->child);
}

static int
set_cpus(void *of)
{
	return attributes_cpus(((struct entry *)of)->spec);
}

static bool
has_cpus(const void *of)
{
	const struct entry *e = of;

	return attributes_has_cpus(e->spec, e->config.spec.linux_);
}

static int
set_labels(void *of)
{
	return attributes_labels(((struct entry *)of)->spec);
}

static bool
has_labels(const void *of)
{
	return attributes_has_labels(((const struct entry *)of)->spec);
}

static int
join_rdt(void *of)
{
	return intelrdt_join_host(&((struct entry *)of)->state.record, 0);
}

static bool
has_rdt(const void *of)
{
	return ((const struct entry *)of)->state.record.rdt_clos;
}

/* All at once; but for the pid namespace, which one is born into. */
static int
join_namespaces(void *of)
{
	struct entry *e = of;
	uint64_t rest = e->namespaces & ~e->entered;
	int r = rest & CLONE_NEWUSER ? child_drop_groups(&e->child) : 0;

	if (r == 0 && rest)
		r = ns_join(e->init, rest);
	return r == 0 && e->child.process.in_user_ns ? child_become_root(&e->child) : r;
}

static bool
has_namespaces(const void *of)
{
	const struct entry *e = of;

	return e->namespaces & ~e->entered || e->child.process.in_user_ns;
}

static int
change_root(void *of)
{
	const struct entry *e = of;

	if (fchdir(e->root) < 0 || chroot(".") < 0)
		return fail(errno, "chroot");
	return 0;
}

static bool
needs_chroot(const void *of)
{
	return ((const struct entry *)of)->root >= 0;
}

static int
start_session(void *of)
{
	return process_session(&((struct entry *)of)->child.process);
}

static int
join_keyring(void *of)
{
	const struct entry *e = of;

	return attributes_keyring(e->spec, e->state.id);
}

static bool
has_keyring(const void *of)
{
	return ((const struct entry *)of)->state.record.own_keyring.v;
}

static int
make_terminal(void *of)
{
	struct entry *e = of;
	autoclose int slave = -EBADF;
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root < 0 ? fail(errno, "open /") : child_make_terminal(&e->child, root, &slave);

	return r < 0 ? r : tty_take_over(slave);
}

static bool
wants_terminal(const void *of)
{
	return child_wants_terminal(&((const struct entry *)of)->child);
}

static const struct step entry_steps[] = {
	{ "parent death signal", die_with_runtime, NULL, NULL },
	/* From our mount namespace, and before anything that the limits should count. */
	{ "cgroup", join_cgroup, NULL, NULL },
	/* Counted from what the cgroup allows. */
	{ "CPUs", set_cpus, NULL, has_cpus },
	{ "linux.intelRdt", join_rdt, NULL, has_rdt },
	/* While /proc is the host's. */
	{ "labels", set_labels, NULL, has_labels },
	{ "namespaces", join_namespaces, NULL, has_namespaces },
	{ "session", start_session, NULL, NULL },
	/* A keyring is known by its name in one user namespace only. */
	{ "keyring", join_keyring, NULL, has_keyring },
	{ "chroot", change_root, NULL, needs_chroot },
	{ "terminal", make_terminal, NULL, wants_terminal },
	{ 0 },
};

static _Noreturn void
entry_run(struct entry *e)
{
	struct child *c = &e->child;
	int r = steps_run(entry_steps, e);

	if (r == 0)
		r = child_become_process(c);
	if (r == 0)
		r = process_execute(&c->process, c->sync[1]);
	sync_tell_error(c->sync[1], r);
	_exit(1);
}

/* v2 only: one line, "0::PATH". */
static int
use_cgroup_of_init(struct entry *e)
{
	autofree char *name = xasprintf("/proc/%d/cgroup", (int)e->state.record.pid.v);
	autofree char *text = NULL;
	int r = file_read_at(AT_FDCWD, name, 65536, &text, NULL);
	const char *path = r < 0 ? NULL : str_after(text, "0::");

	if (!path)
		return r < 0 ? r : fail(EPROTO, "read %s", name);
	autofree char *line = xstrndup(path, strcspn(path, "\n"));
	cgroup_done(&e->child.cgroup);
	return cgroup_from_record(&e->child.cgroup, e->state.record.cgroup_kind, line);
}

static int
join_first(void *of)
{
	struct entry *e = of;
	int r = child_set_own_oom_score(&e->child);

	return r < 0 || !e->entered ? r : ns_join(e->init, e->entered);
}

/* A plain user may join the pid namespace only as root of the user namespace; see passage.h. */
static int
clone_once(struct entry *e)
{
	return e->entered & CLONE_NEWUSER ? passage_clone(&e->child, 0, join_first, e) :
					    child_clone(&e->child, 0);
}

static int
clone_entry(struct entry *e)
{
	e->entered = e->namespaces & CLONE_NEWPID;
	if (e->child.plain)
		e->entered |= e->namespaces & CLONE_NEWUSER;

	int r = e->entered & CLONE_NEWUSER ? 0 : join_first(e);
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
		r = plan(&e, rt);
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
