#include "runtime/rootfs.h"

#include "runtime/mount/label.h"

#include "base/err.h"
#include "kernel/mountfd.h"
#include "kernel/resolve.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

/*
 * A masked file becomes the null device, a masked directory an empty one.
 * There is one mount of each: it covers the first path, and clones of it the
 * others, so a hundred masks cost one file system.
 */
struct masks {
	int null, empty;	/* -EBADF until needed */
};

/* A path that is not there needs no protection. */
static bool
is_absent(int code)
{
	return code == -ENOENT || code == -ENOTDIR;
}

/*
 * Read-only, or the container could change the mode of a file of the host;
 * devices can be written all the same.
 */
static int
make_null(const struct rootfs *r)
{
	/* by path: the host's, for in the container's an image has a say */
	autoclose int fd = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	(void)r;
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(errno, "open /dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return fail(ENODEV, "/dev/null is not the null device");

	autoclose int mount = mountfd_clone(fd, "", 0);
	if (mount < 0)
		return mount;
	int rc = mountfd_change(mount, &(struct mount_attr){
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	}, 0);
	return rc < 0 ? rc : take_fd(mount);
}

static int
make_empty(const struct rootfs *r)
{
	autofree char *label = mount_label_option(r->spec, "tmpfs");

	return mountfd_new(&(struct mountfd_fs){
		.type = "tmpfs", .source = "tmpfs", .readonly = true,
		.data = (const char *const[]){ "mode=0755", label, NULL },
		.attrs = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV
			 | MOUNT_ATTR_NOEXEC,
	});
}

/* Only what is attached can be cloned, so the first is attached itself. */
static int
cover(const struct rootfs *r, int *first, int (*make)(const struct rootfs *), int place)
{
	if (*first < 0) {
		*first = make(r);
		return *first < 0 ? *first : mountfd_attach(*first, place);
	}
	autoclose int mount = mountfd_clone(*first, "", 0);
	return mount < 0 ? mount : mountfd_attach(mount, place);
}

static int
mask(struct masks *m, const struct rootfs *r, const char *path)
{
	autoclose int place = resolve_open(r->root_fd, path, O_PATH);
	struct stat st;

	if (place < 0)
		return is_absent(place) ? 0 : place;
	if (fstat(place, &st) < 0)
		return fail(errno, "stat");
	if (S_ISDIR(st.st_mode))
		return cover(r, &m->empty, make_empty, place);
	return cover(r, &m->null, make_null, place);
}

static int
make_readonly(const struct rootfs *r, const char *path)
{
	autoclose int place = resolve_open(r->root_fd, path, O_PATH);
	struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };

	if (place < 0)
		return is_absent(place) ? 0 : place;
	autoclose int mount = mountfd_clone(place, "", AT_RECURSIVE);
	if (mount < 0)
		return mount;

	int rc = mountfd_change(mount, &readonly, AT_RECURSIVE);
	return rc < 0 ? rc : mountfd_attach(mount, place);
}

int
rootfs_masks(struct rootfs *r)
{
	const struct oci_linux *l = r->spec->linux_;
	struct masks m = { .null = -EBADF, .empty = -EBADF };
	int rc = 0;

	for (char **path = l ? l->readonly_paths : NULL; rc == 0 && path && *path; path++)
		rc = wrap(make_readonly(r, *path), "readonlyPaths: %s", *path);
	for (char **path = l ? l->masked_paths : NULL; rc == 0 && path && *path; path++)
		rc = wrap(mask(&m, r, *path), "maskedPaths: %s", *path);
	close_at(&m.null);
	close_at(&m.empty);
	return rc;
}
