/* The process of exec on its way into the container: a list of steps, as init has. */
#include "runtime/exec-entry.h"

#include "runtime/attributes.h"
#include "runtime/intelrdt.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "base/step.h"
#include "kernel/ns.h"
#include "kernel/tty.h"

#include <fcntl.h>
#include <sched.h>

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

_Noreturn void
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
