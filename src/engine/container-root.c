#include "engine/container.h"

#include "engine/errand.h"
#include "engine/layer.h"
#include "engine/status.h"

#include "kernel/mountfd.h"
#include "kernel/ns.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <sched.h>

static int
root_of_process(const struct status *status)
{
	autoclose int process = status_open_process(status);
	autofree char *path = xasprintf("/proc/%lld/root", (long long)status->pid.v);
	autoclose int root = -EBADF;

	if (process < 0)
		return process;
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fail(errno, "open %s", path);
	/* Still the same process, so it was its root. */
	autoclose int again = status_open_process(status);
	return again < 0 ? again : take_fd(root);
}

/* Where there is no overlayfs its first start copies the layers. */
static int
copied(const struct container *c, int dir)
{
	int fd;

	if (faccessat(dir, "copied", F_OK, 0) < 0)
		return hint(fail_plain(ENOENT, "container %s has no files yet", c->name),
			    "there is no overlayfs here, so its first start makes them");
	fd = openat(dir, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "container %s: open its root", c->name) : fd;
}

static int
mounted(const struct engine *e, const struct container *c, int dir)
{
	autoclose int upper = openat(dir, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int work = openat(dir, "work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int mount = -EBADF;
	int fd;

	if (upper < 0 || work < 0)
		return fail(errno, "container %s: open the directories of the overlay", c->name);
	mount = overlay_mount(e, &(struct overlay){
		.layers = c->layers, .upper = upper, .work = work });
	if (mount == -EOPNOTSUPP)
		return copied(c, dir);
	if (mount < 0)
		return mount;
	fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "container %s: open its root", c->name) : fd;
}

/* Of a container that does not run. */
static int
root_at_rest(const struct engine *e, const struct container *c, int dir)
{
	int fd;

	if (!c->rootfs)
		return mounted(e, c, dir);
	fd = open(c->rootfs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", c->rootfs) : fd;
}

int
container_root(const struct engine *e, const struct container *c)
{
	autoclose int dir = container_dir(e, c);
	struct status *now;
	int r = dir < 0 ? dir : container_status(e, c, &now);

	if (r < 0)
		return r;
	r = status_is_up(now) ? root_of_process(now) : -ESRCH;
	oci_free(&status_type, now);
	return r == -ESRCH ? root_at_rest(e, c, dir) : r;
}

/* --- without what is mounted there ------------------------------------------------------ */

/*
 * In a child, for a copy can be made only of a mount of one's own namespace.
 * The root is the container's then, and nothing of it is executed or looked up.
 */
static int
copy_root_mount(void *arg, int *fd)
{
	int r = ns_join(*(const int *)arg, CLONE_NEWNS);

	if (r == 0)
		*fd = mountfd_clone(AT_FDCWD, "/", 0);
	return r < 0 ? r : *fd;
}

static int
root_of_mount(const struct status *status)
{
	autoclose int process = status_open_process(status);
	autoclose int mount = -EBADF;
	struct errand errand;
	int r = process < 0 ? process : errand_begin(&errand, copy_root_mount, &process);

	if (r == 0)
		r = errand_end(&errand, &mount);
	if (r < 0)
		return r;
	r = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r < 0 ? fail(errno, "open the root") : r;
}

int
container_root_alone(const struct engine *e, const struct container *c)
{
	autoclose int dir = container_dir(e, c);
	struct status *now;
	int r = dir < 0 ? dir : container_status(e, c, &now);

	if (r < 0)
		return r;
	r = status_is_up(now) ? root_of_mount(now) : -ESRCH;
	oci_free(&status_type, now);
	return r == -ESRCH ? root_at_rest(e, c, dir) : r;
}
