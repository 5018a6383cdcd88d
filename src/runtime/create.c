#include "runtime/create.h"

#include "runtime/annotations.h"
#include "runtime/delete.h"
#include "runtime/gate.h"
#include "runtime/groups.h"
#include "runtime/hooks.h"
#include "runtime/init.h"
#include "runtime/intelrdt.h"
#include "runtime/join.h"
#include "runtime/mount/sources.h"
#include "runtime/notify.h"
#include "runtime/plain.h"
#include "runtime/seccomp/profile.h"
#include "runtime/sync.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "base/str.h"
#include "kernel/pidfd.h"
#include "kernel/seal.h"
#include "kernel/version.h"

#include <limits.h>
#include <sched.h>

/* Where we were called from, for paths that hooks and the state must find later. */
static char *
absolute(const char *path)
{
	char cwd[PATH_MAX];

	if (*path == '/' || !getcwd(cwd, sizeof(cwd)))
		return xstrdup(path);
	return xasprintf("%s/%s", cwd, path);
}

static int
read_config(struct creation *c)
{
	const char *bundle = c->opts->bundle ? c->opts->bundle : ".";

	c->bundle = realpath(bundle, NULL);
	if (!c->bundle)
		return fail(errno, "bundle %s", bundle);
	autoclose int dir = open(c->bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(errno, "bundle %s", c->bundle);
	if (c->opts->config)
		return config_read(&c->config, AT_FDCWD, c->opts->config);
	int r = config_read(&c->config, dir, "config.json");
	return r == -ENOENT ? wrap(r, "bundle %s", c->bundle) : r;
}

static void
add_terminal(struct creation *c)
{
	if (c->opts->tty && c->config.spec.process)
		c->config.spec.process->terminal = (struct oci_bool){ true, true };
}

static void
add_notify(struct creation *c)
{
	autofree char *root = c->rt->root ? absolute(c->rt->root) : runtime_root();
	autofree char *dir = xasprintf("%s/%s/" NOTIFY_DIR, root, c->opts->id);

	c->notify = notify_wanted() && c->config.spec.process;
	if (c->notify)
		notify_add(&c->config.spec, dir);
}

static int
plan_cgroup(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	const char *path = l ? l->cgroups_path : NULL;

	switch (c->rt->manager) {
	case MANAGER_CGROUPFS:
		return c->child.plain ? plain_plan_cgroup(c) :
					cgroup_plan(&c->child.cgroup, path, c->opts->id);
	case MANAGER_DISABLED:
		c->child.cgroup.kind = CGROUP_NONE;
		return 0;
	case MANAGER_SYSTEMD:
		break;
	}
	c->child.by_systemd = c->child.has_lodger = true;
	return scope_plan(&c->scope, &c->child.cgroup, &c->config.spec, c->opts->id);
}

/*
 * To be known before the record names it: without a pid namespace of its own
 * a container is ended by killing what is in its cgroup.
 */
static int
refuse_used_cgroup(const struct creation *c)
{
	autofree pid_t *pids = NULL;
	size_t n;
	int r = cgroup_pids(&c->child.cgroup, &pids, &n);

	if (r == 0 && n)
		r = fail(EBUSY, "container's cgroup is not empty: %zu process(es) found", n);
	return r;
}

static bool
has_scope(const struct creation *c)
{
	return c->scope.place.unit;
}

static void
plan_rootfs(struct creation *c)
{
	const char *path = c->config.spec.root->path;

	c->rootfs = (struct rootfs){
		.spec = &c->config.spec, .plan = &c->config.mounts,
		.path = *path == '/' ? xstrdup(path) : xasprintf("%s/%s", c->bundle, path),
		.no_pivot = c->opts->no_pivot,
		.new_mount_ns = c->new_ns & CLONE_NEWNS,
		.has_cgroup_ns = c->new_ns & CLONE_NEWCGROUP,
		.user_ns = c->user_ns,
		.bundle = c->bundle, .root_fd = -EBADF, .tree = -EBADF,
	};
}

/* What the annotations ask for in the place of options, or of nobody. */
static int
plan_annotations(struct creation *c)
{
	const struct oci_spec *s = &c->config.spec;

	if (!c->child.pidfd_socket)
		c->child.pidfd_socket = annotation_value(s->annotations, ANNOTATION_PIDFD_RECEIVER);
	if (!s->hooks)
		return 0;
	int r = hook_output_open(&c->hook_output, s->annotations);
	/* The other hooks run before init lets go of what it inherited. */
	if (s->hooks->start_container)
		c->child.hook_output = c->hook_output;
	return r;
}

/* All that can be known before anything is made. */
static int
plan(struct creation *c)
{
	int r = runtime_check_id(c->opts->id);

	if (r == 0)
		r = read_config(c);
	if (r < 0)
		return r;
	add_terminal(c);
	add_notify(c);
	join_plan(c);
	r = plan_cgroup(c);
	if (r == 0)
		r = config_check(&c->config, c->child.cgroup.kind);
	if (r == 0 && !(c->new_ns & CLONE_NEWPID) && !has_scope(c))
		r = refuse_used_cgroup(c);
	if (r < 0)
		return r;
	plan_rootfs(c);
	c->child.linux_ = c->config.spec.linux_;
	c->child.process.in_user_ns = c->user_ns;
	c->child.process.keep_groups = groups_kept(&c->config.spec);
	r = plan_annotations(c);
	if (r == 0)
		r = child_plan(&c->child, c->config.spec.process, c->opts->preserve_fds);
	if (r == 0 && c->config.spec.process)
		r = filter_plan(&c->child.process.filter, c->rt, &c->config.spec);
	return r;
}

/* One that is there already is not ours to remove if we fail. */
static char *
new_pid_file(const char *path)
{
	return path && access(path, F_OK) < 0 ? absolute(path) : NULL;
}

/* start may be called with another environment. */
static char *
seccomp_listener(const struct creation *c)
{
	const char *path = seccomp_receiver(&c->config.spec);

	return c->child.process.filter.notifies && path ? xstrdup(path) : NULL;
}

static const char *
manager_word(const struct creation *c)
{
	if (has_scope(c))
		return "systemd";
	return c->child.cgroup.kind == CGROUP_NONE ? "disabled" : "cgroupfs";
}

static int
fill_record(struct creation *c)
{
	struct record *r = &c->state.record;
	const struct oci_spec *s = &c->config.spec;
	struct boot_id boot;
	int e = boot_id(&boot);

	if (e < 0)
		return e;
	/* The annotations stay the configuration's too: each frees its own. */
	struct oci_spec only = { .annotations = s->annotations };
	struct oci_spec *copy = oci_copy(&oci_spec_type, &only);

	*r = (struct record){
		.id = xstrdup(c->opts->id),
		.phase = xstrdup(PHASE_CREATING),
		.bundle = xstrdup(c->bundle),
		.rootfs = xstrdup(c->rootfs.path),
		.created = xstrdup(clock_now().s),
		.owner = geteuid() == 0 ? xstrdup("root") : xasprintf("%u", geteuid()),
		.boot = xstrdup(boot.s),
		.pid_file = new_pid_file(c->opts->pid_file),
		.manager = xstrdup(manager_word(c)),
		.unit = has_scope(c) ? xstrdup(c->scope.place.unit) : NULL,
		.cgroup_kind = xstrdup(cgroup_kind_word(c->child.cgroup.kind)),
		.cgroup_path = c->child.cgroup.path ? xstrdup(c->child.cgroup.path) : NULL,
		.runtime_pid = { getpid(), true },
		.own_pid_ns = { c->new_ns & CLONE_NEWPID, true },
		.seccomp_listener = seccomp_listener(c),
		.own_keyring = { !c->opts->no_new_keyring, true },
		.annotations = take(copy->annotations),
	};
	oci_free(&oci_spec_type, copy);
	return 0;
}

static int
make_state(void *of)
{
	struct creation *c = of;
	int r = state_make(&c->state, c->rt, c->opts->id);

	if (r < 0)
		return r;
	r = fill_record(c);
	if (r == 0)
		r = state_save(&c->state);
	if (r == 0)
		r = file_replace_at(c->state.dir, "config.json", c->config.text,
				    c->config.source.len, 0600);
	if (r < 0)
		state_remove(&c->state, c->rt);
	return r;
}

/* A cgroup that was refused, because somebody else uses it, is not ours to touch. */
static void
drop_state(void *of)
{
	struct creation *c = of;
	int r = c->cgroup_refused ? state_remove(&c->state, c->rt) :
				    delete_rest(c->rt, &c->state, &c->config.spec);

	if (r < 0)
		warn("%s", err_words());
}

/* Who has no privilege over the owner can still run the container: the specification says MAY. */
static int
delegate_cgroup(const struct creation *c)
{
	uid_t owner;
	int r = 0;

	if (cgroup_owner(&c->config.spec, &owner))
		r = cgroup_delegate(&c->child.cgroup, owner);
	if (r != -EPERM)
		return r;
	warn("the container cannot own its cgroup: %s", err_words());
	return 0;
}

/* Its path goes into the record at once: who has one there has a scope to stop. */
static int
start_scope(struct creation *c)
{
	struct cgroup *cg = &c->child.cgroup;
	int r = scope_start(&c->scope, cg, &c->config.spec, c->opts->id);

	c->cgroup_refused = r < 0;
	if (r < 0)
		return r;
	c->state.record.cgroup_path = xstrdup(cg->path);
	r = state_save(&c->state);
	if (r < 0)
		return r;
	/* Who else is in it must not be killed for it; the scope ends with its helper. */
	r = cgroup_adopt(cg, c->scope.helper.pid);
	c->cgroup_refused = r < 0;
	return r;
}

static int
make_own_cgroup(struct creation *c)
{
	int r = cgroup_make(&c->child.cgroup);

	if (r < 0)
		r = plain_make_cgroup(c, r);
	c->cgroup_refused = r < 0;
	return r;
}

static void
leave_cgroup(void *of)
{
	scope_release(&((struct creation *)of)->scope);
}

static int
make_cgroup(void *of)
{
	struct creation *c = of;
	const struct oci_linux *l = c->config.spec.linux_;
	int r = has_scope(c) ? start_scope(c) : make_own_cgroup(c);

	if (r >= 0 && c->child.cgroup.kind == CGROUP_NONE)
		return 0;	/* it has turned out that it cannot have any */
	if (r >= 0)
		r = cgroup_limit(&c->child.cgroup, l ? l->resources : NULL);
	if (r >= 0)
		r = delegate_cgroup(c);
	if (r < 0)
		leave_cgroup(c);
	return r;
}

static bool
has_cgroup(const void *of)
{
	return ((const struct creation *)of)->child.cgroup.kind != CGROUP_NONE;
}

static const struct oci_intel_rdt *
rdt_of(const struct creation *c)
{
	return c->config.spec.linux_ ? c->config.spec.linux_->intel_rdt : NULL;
}

static int
make_rdt(void *of)
{
	struct creation *c = of;

	return intelrdt_setup(rdt_of(c), &c->state);
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
	return rdt_of(of);
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
		leave_cgroup(c);
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

static int
serve_cgroup(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return scope_attach(&c->scope, c->scope.place.unit, c->child.pid);
}

static int
serve_console(void *of, int fd)
{
	return child_serve_console(&((struct creation *)of)->child, fd);
}

static int
serve_net_devices(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return netdevices_move(&c->net_devices, c->config.spec.linux_->net_devices, c->child.pid);
}

static int
serve_hooks(void *of, int fd)
{
	struct creation *c = of;
	const struct oci_hooks *h = c->config.spec.hooks;
	auto_(oci_state_free_at) struct oci_state *doc =
		state_document(&c->state.record, status_word(STATUS_CREATING), c->child.pid);
	struct hook_run run = { .name = "prestart", .state = doc, .output = &c->hook_output };

	(void)fd;
	/* Before the first of them, and init's own: what they do, poststop may have to undo. */
	c->state.record.poststop_due = (struct oci_bool){ true, true };
	int r = state_save(&c->state);
	if (r == 0)
		r = hooks_run(h->prestart, &run);
	run.name = "createRuntime";
	return r < 0 ? r : hooks_run(h->create_runtime, &run);
}

static int
complete_record(struct creation *c)
{
	struct record *rec = &c->state.record;
	struct oci_bool due = rec->poststop_due;
	struct oci_bool rdt_made = rec->rdt_clos_made;
	struct proc_stat st;
	int r = proc_stat(c->child.pid, &st);

	if (r < 0)
		return r;
	rec->pid = (struct oci_int){ c->child.pid, true };
	rec->start = (struct oci_uint){ st.start, true };
	rec->poststop_due = (struct oci_bool){ true, true };
	if (has_rdt(c))
		intelrdt_keep(rdt_of(c), rec);
	record_set_phase(rec, PHASE_CREATED);
	r = state_save(&c->state);
	if (r < 0) {	/* it is not created, and will be undone as such */
		rec->poststop_due = due;
		rec->rdt_clos_made = rdt_made;
		record_set_phase(rec, PHASE_CREATING);
	}
	return r;
}

/* Init's last request: all is made but for what must not hinder its making. */
static int
serve_ready(void *of, int fd)
{
	struct creation *c = of;
	const struct oci_linux *l = c->config.spec.linux_;
	int r = 0;

	(void)fd;
	leave_cgroup(c);
	/* Only now, for init has made device nodes that the rules may forbid to make. */
	if (has_cgroup(c))
		r = cgroup_limit_devices(&c->child.cgroup, l ? l->resources : NULL);
	if (r == 0)
		r = child_give_priorities(&c->child);
	if (r == 0)
		r = child_announce(&c->child);
	return r < 0 ? r : complete_record(c);
}

static int
serve_maps(void *of, int fd)
{
	struct creation *c = of;

	(void)fd;
	return c->user_ns ? join_serve_maps(c) : fail(EPROTO, "there is no user namespace");
}

static const struct service services[SYNC_TYPES] = {
	[SYNC_MAP_IDS]    = { "user namespace",   0, serve_maps },
	[SYNC_CGROUP]     = { "cgroup",           0, serve_cgroup },
	[SYNC_NETDEVICES] = { "linux.netDevices", 1, serve_net_devices },
	[SYNC_CONSOLE]    = { "terminal",         1, serve_console },
	[SYNC_HOOKS]      = { "hooks",            2, serve_hooks },
	[SYNC_READY]      = { "ready",            3, serve_ready },
};

static int
serve_init(void *of)
{
	struct creation *c = of;

	int r = sync_serve(c->child.sync[0], services, c);

	/* Before init goes, and with it the namespace that they are in. */
	if (r < 0)
		netdevices_restore(&c->net_devices);
	return r;
}

static const struct step create_steps[] = {
	/* First, for it claims the name, and tells delete what the next ones may leave behind. */
	{ "state", make_state, drop_state, NULL },
	/* Before the process, so that it is born inside and never escapes. */
	{ "cgroup", make_cgroup, leave_cgroup, has_cgroup },
	{ "linux.intelRdt", make_rdt, NULL, has_rdt },
	{ "notify socket", make_notify, NULL, wants_notify },
	{ "gate", make_gate, NULL, needs_gate },
	/* Before init, which inherits them. */
	{ "mount sources", open_sources, close_sources, needs_sources },
	{ "init", spawn_init, kill_init, NULL },
	/* While it has no children yet, which would not follow it there. */
	{ "linux.intelRdt", join_rdt, NULL, has_rdt },
	/* While init is at work. */
	{ "seccomp cache", keep_filter, NULL, has_new_filter },
	{ "setup", serve_init, NULL, NULL },
	{ 0 },
};

int
creation_run(struct creation *c, const struct runtime *rt, const struct create_opts *o, bool is_run)
{
	*c = (struct creation){
		.rt = rt, .opts = o, .is_run = is_run, .state = STATE_EMPTY, .child = CHILD_EMPTY,
		.rootfs = { .root_fd = -EBADF, .tree = -EBADF }, .net_devices = NETDEVICES_EMPTY,
		.hook_output = HOOK_OUTPUT_EMPTY, .scope = SCOPE_EMPTY,
	};
	c->child.plain = geteuid() != 0;
	c->child.console_socket = o->console_socket;
	c->child.pid_file = o->pid_file;
	c->child.pidfd_socket = o->pidfd_socket;
	c->child.served = is_run && !o->detach;
	int r = kernel_at_least(5, 14);

	if (r == 0)
		r = process_settle_fds(o->preserve_fds);
	if (r == 0)
		r = seal_program(rt->argv);
	if (r == 0)
		r = plan(c);
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
