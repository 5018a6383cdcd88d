/* What create does for init while that sets up the container: sync.h has the picture. */
#include "runtime/create-parts.h"

#include "runtime/hooks.h"
#include "runtime/join.h"
#include "runtime/sync.h"

#include "base/err.h"

static int
serve_maps(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return c->user_ns ? join_serve_maps(c) : fail(EPROTO, "there is no user namespace");
}

static int
serve_cgroup(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return scope_attach(&c->scope, c->scope.place.unit, c->child.pid);
}

static int
serve_net_devices(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return netdevices_move(&c->net_devices, c->config.spec.linux_->net_devices, c->child.pid);
}

static int
serve_console(void *of, int fd)
{
	return child_serve_console(&((struct creation *)of)->child, fd);
}

int
creation_run_hooks(struct creation *c)
{
	const struct oci_hooks *h = c->config.spec.hooks;
	auto_(oci_state_free_at) struct oci_state *doc =
		state_document(&c->state.record, status_word(STATUS_CREATING), c->child.pid);
	struct hook_run run = { .name = "prestart", .state = doc, .output = &c->hook_output };

	/* Before the first of them, and init's own: what they do, poststop may have to undo. */
	c->state.record.poststop_due = (struct oci_bool){ true, true };
	int r = state_save(&c->state);
	if (r == 0)
		r = hooks_run(h->prestart, &run);
	run.name = "createRuntime";
	return r < 0 ? r : hooks_run(h->create_runtime, &run);
}

static int
serve_hooks(void *of, int fd)
{
	(void)fd;
	return creation_run_hooks(of);
}

/* Late, for device nodes are made that the rules may forbid to make. */
int
creation_limit_devices(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;

	if (!creation_has_cgroup(c))
		return 0;
	return cgroup_limit_devices(&c->child.cgroup, l ? l->resources : NULL);
}

/* Init's last request: all is made but for what must not hinder its making. */
static int
serve_ready(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	creation_leave_cgroup(c);
	int r = creation_limit_devices(c);
	if (r == 0)
		r = child_give_priorities(&c->child);
	if (r == 0)
		r = child_announce(&c->child);
	return r < 0 ? r : creation_complete_record(c);
}

static const struct service services[SYNC_TYPES] = {
	[SYNC_MAP_IDS]    = { "user namespace",   0, serve_maps },
	[SYNC_CGROUP]     = { "cgroup",           0, serve_cgroup },
	[SYNC_NETDEVICES] = { "linux.netDevices", 1, serve_net_devices },
	[SYNC_CONSOLE]    = { "terminal",         1, serve_console },
	[SYNC_HOOKS]      = { "hooks",            2, serve_hooks },
	[SYNC_READY]      = { "ready",            3, serve_ready },
};

int
creation_serve_init(void *of)
{
	struct creation *c = of;

	int r = sync_serve(c->child.sync[0], services, c);

	if (r == 0)
		return 0;
	/* Before init goes, and with it the namespace that they are in. */
	netdevices_restore(&c->net_devices);
	/* Nor does it stay if all was done but to tell init. */
	if (c->state.record.pid_file)
		unlink(c->state.record.pid_file);
	return r;
}
