#include "runtime/rootfs.h"

#include "runtime/mount/do.h"

#include "base/err.h"
#include "base/strv.h"
#include "kernel/mountfd.h"

#include <sys/stat.h>
#include <sys/syscall.h>

/* What linux.rootfsPropagation asks for, 0 if nothing; the decoder lets no other word through. */
static uint64_t
root_propagation(const struct rootfs *r)
{
	const char *word = r->spec->linux_ ? r->spec->linux_->rootfs_propagation : NULL;
	uint64_t flags = 0;

	if (word)
		mount_propagation_flags(word, &flags);
	return flags;
}

/*
 * Whether "/" and all below it were parted from the host at the start.  Else
 * there are mounts here that tell their peers on the host what happens to
 * them: nothing may be mounted on those, nor unmounted.
 */
static bool
is_parted(uint64_t asked)
{
	return !asked || (asked & MS_REC && !(asked & MS_SHARED));
}

/* Climbs from a directory to the root of the mount that it lies in. */
static int
climb_to_mount(const char *path)
{
	/* by path: nothing of the container stands above it */
	autoclose int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statx st;

	while (fd >= 0) {
		if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
			break;
		if (st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
			return take_fd(fd);

		int up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = up;
	}
	return fail(errno, "find the mount of %s", path);
}

/* pivot_root refuses a shared parent, and what is mounted on one would show on the host. */
static int
make_parent_private(const char *path)
{
	autoclose int mount = climb_to_mount(path);

	if (mount < 0)
		return mount;
	return mountfd_change(mount, &(struct mount_attr){ .propagation = MS_PRIVATE }, 0);
}

/*
 * The default keeps mounts of the host coming in, and none going out.  What is
 * unbindable could not be cloned: that comes at the end.
 */
unsigned
rootfs_parting(const struct rootfs *r, struct mount_attr *attr)
{
	uint64_t asked = root_propagation(r), kind = asked & ~(uint64_t)MS_REC;

	attr->propagation = !asked ? MS_SLAVE : kind == MS_UNBINDABLE ? MS_PRIVATE : kind;
	return !asked || asked & MS_REC ? AT_RECURSIVE : 0;
}

/* Host and container must part before anything is mounted. */
static int
part_from_host(const struct rootfs *r)
{
	struct mount_attr attr = { 0 };
	unsigned flags = rootfs_parting(r, &attr);

	if (mount_setattr(AT_FDCWD, "/", flags, &attr, sizeof(attr)) < 0)
		return fail(errno, "propagation of /");
	return is_parted(root_propagation(r)) ? 0 : make_parent_private(r->path);
}

static int
attach_root(struct rootfs *r, int root)
{
	const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS;

	/* The path is the host's, so it may be walked twice. */
	if (move_mount(root, "", AT_FDCWD, r->path, flags) == 0)
		return 0;
	/* Root of a user namespace may not walk there; upon "/" it is as good a place to pivot. */
	if (errno == EACCES && r->user_ns)
		r->on_top = move_mount(root, "", AT_FDCWD, "/", flags) == 0;
	return r->on_top ? 0 : fail(errno, "mount %s on itself", r->path);
}

static int
clone_root(struct rootfs *r)
{
	autoclose int root = r->tree >= 0 ? fcntl(r->tree, F_DUPFD_CLOEXEC, 3) :
					    mountfd_clone(AT_FDCWD, r->path, AT_RECURSIVE);
	struct stat st;

	if (root < 0)
		return root;
	if (fstat(root, &st) < 0 || !S_ISDIR(st.st_mode))
		return fail(ENOTDIR, "open %s", r->path);
	int rc = attach_root(r, root);
	if (rc == 0)
		r->root_fd = take_fd(root);
	return rc;
}

static bool
is_readonly(const struct rootfs *r)
{
	return r->spec->root && r->spec->root->readonly.v;
}

/* Else these would be done to the host, or not at all. */
static int
check_no_mounts(const struct rootfs *r)
{
	const struct oci_linux *l = r->spec->linux_;
	const char *what = r->plan->n ? "mounts"
			 : is_readonly(r) ? "root.readonly"
			 : root_propagation(r) ? "linux.rootfsPropagation"
			 : l && strv_len(l->masked_paths) ? "linux.maskedPaths"
			 : l && strv_len(l->readonly_paths) ? "linux.readonlyPaths" : NULL;

	return what ? fail(0, "%s: needs a mount namespace", what) : 0;
}

static int
open_without_mounts(struct rootfs *r)
{
	int rc = check_no_mounts(r);

	if (rc < 0)
		return rc;
	/* by path: nothing of the container stands above it */
	r->root_fd = open(r->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return r->root_fd < 0 ? fail(errno, "open %s", r->path) : 0;
}

int
rootfs_open(struct rootfs *r)
{
	if (!r->new_mount_ns)
		return open_without_mounts(r);

	int rc = part_from_host(r);
	return rc < 0 ? rc : clone_root(r);
}

int
rootfs_mounts(struct rootfs *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->plan->n; i++)
		rc = mount_do(r, &r->plan->ops[i]);
	return rc;
}

/* Read-only is for the top alone: the mounts below have their own word on it. */
static int
finish_root(const struct rootfs *r)
{
	struct mount_attr top = { .attr_set = is_readonly(r) ? MOUNT_ATTR_RDONLY : 0 };
	struct mount_attr all = { 0 };
	uint64_t asked = root_propagation(r);

	*(asked & MS_REC ? &all.propagation : &top.propagation) = asked & ~(uint64_t)MS_REC;
	int rc = mountfd_change(r->root_fd, &top, 0);
	return rc < 0 ? rc : mountfd_change(r->root_fd, &all, AT_RECURSIVE);
}

static int
pivot(const struct rootfs *r)
{
	struct mount_attr slave = { .propagation = MS_SLAVE };
	bool parted = is_parted(root_propagation(r));
	autoclose int old = parted ? -EBADF : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	/* The old root is put upon the new one, where only umount finds it by ".". */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return fail(errno, "pivot_root");
	if (!parted)
		rc = mountfd_change(old, &slave, AT_RECURSIVE);
	if (rc == 0 && umount2(".", MNT_DETACH) < 0)
		rc = fail(errno, "umount the old root");
	return rc;
}

static int
make_slave(const char *path, unsigned flags)
{
	struct mount_attr slave = { .propagation = MS_SLAVE };

	if (mount_setattr(AT_FDCWD, path, flags, &slave, sizeof(slave)) < 0)
		return fail(errno, "part from %s", path);
	return 0;
}

/*
 * The old root stays below the new one in this namespace, and with it a
 * procfs and a sysfs that nothing masks: they must not serve as a reason for
 * the kernel to let a user namespace mount fresh ones.
 */
static int
cover_host(const char *path)
{
	autoclose int empty = mountfd_new(&(struct mountfd_fs){
		.type = "tmpfs", .source = "tmpfs", .readonly = true,
		.attrs = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	});
	/* by path: the host's */
	autoclose int place = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (empty < 0)
		return empty;
	return place < 0 ? fail(errno, "open %s", path) : mountfd_attach(empty, place);
}

static int
hide_host(const struct rootfs *r, const char *path)
{
	int rc = make_slave(path, AT_RECURSIVE);

	if (rc == -EINVAL || rc == -ENOENT)	/* nothing is mounted there */
		return 0;
	if (rc == 0 && umount2(path, MNT_DETACH) < 0)	/* by path: the host's */
		rc = fail(errno, "umount %s", path);
	/* Locked in a user namespace; one below that finds it covered, and the cover locked. */
	return rc == -EINVAL && r->user_ns ? cover_host(path) : rc;
}

static int
move_root(const struct rootfs *r)
{
	/* What is unmounted from "/" is unmounted from its peers as well. */
	int rc = make_slave("/", 0);

	if (rc == 0)
		rc = hide_host(r, "/proc");
	if (rc == 0)
		rc = hide_host(r, "/sys");
	if (rc < 0)
		return rc;
	if (!r->on_top && move_mount(r->root_fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return fail(errno, "move the root");
	return chroot(".") < 0 ? fail(errno, "chroot") : 0;
}

/* That what the process calls "/" is the mount which all the work was done in. */
static int
check_root(const struct rootfs *r)
{
	uint64_t ours, now;
	int rc = mountfd_id(r->root_fd, "", &ours);

	if (rc == 0)
		rc = mountfd_id(AT_FDCWD, "/", &now);
	if (rc == 0 && ours != now)
		rc = fail(EXDEV, "the new root is not the container's");
	return rc;
}

int
rootfs_finish_late(const struct rootfs *r)
{
	struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_late; i++)
		rc = mountfd_change(r->late[i], &readonly, 0);
	return wrap(rc, "make a tmpfs read-only");
}

int
rootfs_enter(struct rootfs *r)
{
	int rc = rootfs_finish_late(r);

	if (rc < 0)
		return rc;
	if (fchdir(r->root_fd) < 0)
		return fail(errno, "chdir %s", r->path);
	if (!r->new_mount_ns)
		return chroot(".") < 0 ? fail(errno, "chroot %s", r->path) : 0;
	rc = r->no_pivot ? move_root(r) : pivot(r);
	if (rc == 0)
		rc = finish_root(r);
	return rc < 0 ? rc : check_root(r);
}

void
rootfs_done(struct rootfs *r)
{
	close_at(&r->root_fd);
	r->root_fd = -EBADF;
	for (size_t i = 0; i < r->n_late; i++)
		close(r->late[i]);
	free(take(r->late));
	r->n_late = 0;
}
