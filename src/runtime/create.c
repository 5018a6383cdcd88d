#include "runtime/create-parts.h"

#include "runtime/gate.h"
#include "runtime/init.h"
#include "runtime/intelrdt.h"
#include "runtime/join.h"
#include "runtime/mount/sources.h"
#include "runtime/notify.h"

#include "base/err.h"
#include "base/step.h"
#include "kernel/seal.h"
#include "kernel/version.h"

bool
creation_has_cgroup(const void *of)
{
	return ((const struct creation *)of)->child.cgroup.kind != CGROUP_NONE;
}

const struct oci_intel_rdt *
creation_rdt(const struct creation *c)
{
	return c->config.spec.linux_ ? c->config.spec.linux_->intel_rdt : NULL;
}

int
creation_make_rdt(void *of)
{
	struct creation *c = of;

	return intelrdt_setup(creation_rdt(c), &c->state);
}

static int
join_rdt(void *of)
{
	struct creation *c = of;

	return intelrdt_join_host(&c->state.record, c->child.pid);
}

static bool
has_rdt(const void *of)
{
	return creation_rdt(of);
}

static int
make_gate(void *of)
{
	struct creation *c = of;

	c->child.gate = gate_make(c->state.dir);
	return c->child.gate < 0 ? c->child.gate : 0;
}

static bool
needs_gate(const void *of)
{
	return !((const struct creation *)of)->is_run;
}

static int
make_notify(void *of)
{
	struct creation *c = of;

	return notify_make(&c->state);
}

static bool
wants_notify(const void *of)
{
	return ((const struct creation *)of)->notify;
}

static int
open_sources(void *of)
{
	return mount_sources_open(&((struct creation *)of)->rootfs);
}

static void
close_sources(void *of)
{
	mount_sources_close(&((struct creation *)of)->rootfs);
}

static bool
needs_sources(const void *of)
{
	const struct creation *c = of;

	return c->rootfs.new_mount_ns && (c->user_ns || mount_sources_needed(c->rootfs.plan));
}

static void
kill_init(void *of)
{
	child_kill(&((struct creation *)of)->child);
}

static int
spawn_init(void *of)
{
	struct creation *c = of;
	int r = join_clone(c);

	if (r == 0)
		init_run(c);
	if (r < 0)
		return r;
	if (!c->user_ns)
		mount_sources_close(&c->rootfs);
	/* Born inside it is all that the scope needs. */
	if (c->child.in_unified && c->child.cgroup.kind == CGROUP_V2)
		creation_leave_cgroup(c);
	r = child_set_oom_score(&c->child);
	if (r < 0)
		kill_init(c);
	return r;
}

static int
keep_filter(void *of)
{
	struct creation *c = of;

	filter_keep(&c->child.process.filter, c->rt);
	return 0;
}

static bool
has_new_filter(const void *of)
{
	return ((const struct creation *)of)->child.process.filter.is_new;
}

static const struct step create_steps[] = {
	/* First, for it claims the name, and tells delete what the next ones may leave behind. */
	{ "state", creation_make_state, creation_drop_state, NULL },
	/* Before the process, so that it is born inside and never escapes. */
	{ "cgroup", creation_make_cgroup, creation_leave_cgroup, creation_has_cgroup },
	{ "linux.intelRdt", creation_make_rdt, NULL, has_rdt },
	{ "notify socket", make_notify, NULL, wants_notify },
	{ "gate", make_gate, NULL, needs_gate },
	/* Before init, which inherits them. */
	{ "mount sources", open_sources, close_sources, needs_sources },
	{ "init", spawn_init, kill_init, NULL },
	/* While it has no children yet, which would not follow it there. */
	{ "linux.intelRdt", join_rdt, NULL, has_rdt },
	/* While init is at work. */
	{ "seccomp cache", keep_filter, NULL, has_new_filter },
	{ "setup", creation_serve_init, NULL, NULL },
	{ 0 },
};

void
creation_init(struct creation *c, const struct runtime *rt, const struct create_opts *o)
{
	*c = (struct creation){
		.rt = rt, .opts = o, .state = STATE_EMPTY, .child = CHILD_EMPTY,
		.rootfs = { .root_fd = -EBADF, .tree = -EBADF }, .net_devices = NETDEVICES_EMPTY,
		.hook_output = HOOK_OUTPUT_EMPTY, .scope = SCOPE_EMPTY,
	};
	c->child.plain = geteuid() != 0;
	c->child.console_socket = o->console_socket;
	c->child.pid_file = o->pid_file;
	c->child.pidfd_socket = o->pidfd_socket;
}

int
creation_run(struct creation *c, const struct runtime *rt, const struct create_opts *o, bool is_run)
{
	creation_init(c, rt, o);
	c->is_run = is_run;
	c->child.served = is_run && !o->detach;
	int r = kernel_at_least(5, 14);

	if (r == 0)
		r = process_settle_fds(o->preserve_fds);
	if (r == 0)
		r = seal_program(rt->argv);
	if (r == 0)
		r = creation_plan(c);
	if (r == 0)
		r = steps_run(create_steps, c);
	if (r == 0)
		state_unlock(&c->state);
	return r;
}

void
creation_done(struct creation *c)
{
	free(c->rootfs.path);
	free(c->bundle);
	netdevices_done(&c->net_devices);
	hook_output_done(&c->hook_output);
	scope_done(&c->scope);
	child_done(&c->child);
	config_done(&c->config);
	state_done(&c->state);
}

int
runtime_create(const struct runtime *rt, const struct create_opts *o)
{
	auto_(creation_done) struct creation c;

	return creation_run(&c, rt, o, false);
}
