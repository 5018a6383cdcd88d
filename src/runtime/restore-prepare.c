/* What the process does that becomes criu(8): a list of steps, as init has. */
#include "runtime/restore.h"

#include "runtime/attributes.h"
#include "runtime/intelrdt.h"
#include "runtime/mount/do.h"

#include "base/err.h"
#include "base/step.h"
#include "base/str.h"
#include "kernel/mountfd.h"
#include "kernel/resolve.h"

#include <sys/stat.h>

static int
join_cgroup(void *of)
{
	return child_join_cgroup(&((struct restoration *)of)->c.child);
}

static int
join_rdt(void *of)
{
	return intelrdt_join_host(&((struct restoration *)of)->c.state.record, 0);
}

static bool
has_rdt(const void *of)
{
	return ((const struct restoration *)of)->c.state.record.rdt_clos;
}

static int
join_keyring(void *of)
{
	struct restoration *x = of;

	return attributes_keyring(x->c.config.spec.process, x->c.state.id);
}

static bool
wants_keyring(const void *of)
{
	return !((const struct restoration *)of)->opts->create.no_new_keyring;
}

/*
 * criu wants the root to be a mount.  It is ours alone, and goes with the namespace; a slave of
 * the host's if that is shared, for such a one the container had, and criu makes it anew of this.
 */
static int
mount_root(void *of)
{
	struct restoration *x = of;
	struct rootfs *r = &x->c.rootfs;
	struct mount_attr slave = { .propagation = MS_SLAVE };

	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave, sizeof(slave)) < 0)
		return fail(errno, "propagation of /");
	r->root_fd = mountfd_clone(AT_FDCWD, r->path, AT_RECURSIVE);
	if (r->root_fd < 0)
		return r->root_fd;
	/* by path: nothing of the container stands above it */
	autoclose int place = open(r->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place < 0)
		return fail(errno, "open %s", r->path);
	return mountfd_attach(r->root_fd, place);
}

/* Whether the place is on another mount of the configuration, which brings its own. */
static bool
is_covered(const struct mount_plan *plan, const char *place)
{
	for (size_t i = 0; i < plan->n; i++) {
		autofree char *other = mount_place(plan->ops[i].destination);
		const char *rest = str_after(place, other);

		if (*other && rest && *rest == '/')
			return true;
	}
	return false;
}

static bool
is_file(const struct rootfs *r, const struct mount_op *op)
{
	autofree char *source = op->act == MOUNT_BIND ? mount_source_path(r, op) : NULL;
	struct stat st;

	return source && stat(source, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* create made them in its rootfs; this one may be another, fresh from an image. */
static int
make_places(void *of)
{
	struct rootfs *r = &((struct restoration *)of)->c.rootfs;

	for (size_t i = 0; i < r->plan->n; i++) {
		const struct mount_op *op = &r->plan->ops[i];
		autofree char *place = mount_place(op->destination);

		if (!*place || is_covered(r->plan, place))
			continue;
		autoclose int fd = is_file(r, op) ? resolve_make_file(r->root_fd, place) :
						    resolve_make_dir(r->root_fd, place);
		if (fd < 0)
			return wrap(fd, "%s", op->destination);
	}
	return 0;
}

static const struct step prepare_steps[] = {
	{ "cgroup", join_cgroup, NULL, NULL },
	{ "linux.intelRdt", join_rdt, NULL, has_rdt },
	/* Restored processes have the keyring of who made them. */
	{ "keyring", join_keyring, NULL, wants_keyring },
	{ "rootfs", mount_root, NULL, NULL },
	{ "mounts", make_places, NULL, NULL },
	{ 0 },
};

int
restore_prepare(void *of)
{
	return steps_run(prepare_steps, of);
}
