/* What create decides before anything is made. */
#include "runtime/create-parts.h"

#include "runtime/annotations.h"
#include "runtime/groups.h"
#include "runtime/join.h"
#include "runtime/notify.h"
#include "runtime/seccomp/profile.h"

#include "base/err.h"

#include <sched.h>

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
	autofree char *root = c->rt->root ? creation_path(c->rt->root) : runtime_root();
	autofree char *dir = xasprintf("%s/%s/" NOTIFY_DIR, root, c->opts->id);

	c->notify = notify_wanted() && c->config.spec.process && !c->is_restore;
	if (c->notify)
		notify_add(&c->config.spec, dir);
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

int
creation_plan_container(struct creation *c)
{
	int r = runtime_check_id(c->opts->id);

	if (r == 0)
		r = read_config(c);
	if (r < 0)
		return r;
	add_terminal(c);
	add_notify(c);
	join_plan(c);
	r = creation_plan_cgroup(c);
	if (r == 0)
		r = config_check(&c->config, c->child.cgroup.kind);
	if (r == 0 && !(c->new_ns & CLONE_NEWPID) && !creation_has_scope(c))
		r = creation_check_cgroup(c);
	if (r < 0)
		return r;
	plan_rootfs(c);
	return plan_annotations(c);
}

/* All that can be known before anything is made. */
int
creation_plan(struct creation *c)
{
	int r = creation_plan_container(c);

	if (r < 0)
		return r;
	c->child.linux_ = c->config.spec.linux_;
	c->child.process.in_user_ns = c->user_ns;
	c->child.process.keep_groups = groups_kept(&c->config.spec);
	r = child_plan(&c->child, c->config.spec.process, c->opts->preserve_fds);
	if (r == 0 && c->config.spec.process)
		r = filter_plan(&c->child.process.filter, c->rt, &c->config.spec);
	return r;
}
