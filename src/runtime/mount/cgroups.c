#include "runtime/mount/do.h"

#include "runtime/mount/label.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/cgroupfs.h"
#include "kernel/mountfd.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define HOST "/sys/fs/cgroup"
#define LIST "/proc/self/cgroup"	/* still the host's: this is before pivot_root */
#define LIST_MAX (1 << 20)

/* A cgroup file system is never asked for programs, devices or capabilities. */
#define ATTRS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* A line of LIST, "4:memory:/docker/ID"; v2 is number 0. */
struct hierarchy {
	const char *controllers;	/* "cpu,cpuacct", "name=systemd", or "" of cgroup v2 */
	const char *path;		/* of our cgroup, as its namespace shows it */
};

/*
 * Splits the line in place; false if it is none.  One of v1 that is just being unmounted has lost
 * its controllers, and is none.
 */
static bool
hierarchy_parse(struct hierarchy *h, char *line)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(++controllers, ':') : NULL;

	if (!path || (path == controllers && !str_after(line, "0:")))
		return false;
	*path++ = 0;
	*h = (struct hierarchy){ .controllers = controllers, .path = path };
	return true;
}

/* The name of its directory in /sys/fs/cgroup. */
static const char *
hierarchy_dir(const struct hierarchy *h)
{
	const char *name = str_after(h->controllers, "name=");

	return name ? name : *h->controllers ? h->controllers : "unified";
}

/* Without a cgroup namespace: the container's part of the hierarchy that the host has at path. */
static int
clone_own(const char *path, const struct hierarchy *h)
{
	autofree char *own = xasprintf("%s%s", path, h->path);

	return mountfd_clone(AT_FDCWD, own, AT_SYMLINK_NOFOLLOW);
}

/* -ENOENT: the kernel has hierarchies that the host did not mount. */
static int
make_v1(const struct rootfs *r, const struct hierarchy *h, uint64_t attrs)
{
	autofree char *path = xasprintf(HOST "/%s", hierarchy_dir(h));

	if (!r->has_cgroup_ns)
		return clone_own(path, h);
	if (access(path, F_OK) < 0)	/* by path: the host's */
		return fail(errno, "%s", path);
	/* The controllers are options: "cpu,cpuacct" is two. */
	autostrv words = strv_split(h->controllers, ',');
	return mountfd_new(&(struct mountfd_fs){
		.type = *h->controllers ? "cgroup" : "cgroup2", .source = "cgroup",
		.data = (const char *const *)words,
		.readonly = attrs & MOUNT_ATTR_RDONLY, .attrs = attrs,
	});
}

/* Each of several controllers in one hierarchy is also found by its own name. */
static int
link_controllers(int dir, const struct hierarchy *h)
{
	autostrv names = strv_split(h->controllers, ',');

	if (strv_len(names) < 2)
		return 0;
	for (size_t i = 0; names[i]; i++)
		if (symlinkat(h->controllers, dir, names[i]) < 0 && errno != EEXIST)
			return fail(errno, "symlink %s", names[i]);
	return 0;
}

static int
add_v1(const struct rootfs *r, int dir, const struct hierarchy *h, uint64_t attrs)
{
	const char *name = hierarchy_dir(h);
	autoclose int mount = make_v1(r, h, attrs);

	if (mount == -ENOENT)	/* what the host does not have stays away here as well */
		return 0;
	if (mount < 0)
		return wrap(mount, "%s", name);
	if (mkdirat(dir, name, 0755) < 0)
		return fail(errno, "mkdir %s", name);

	int rc = mountfd_attach_at(mount, dir, name);
	return rc < 0 ? rc : link_controllers(dir, h);
}

static int
add_all_v1(const struct rootfs *r, int dir, uint64_t attrs)
{
	autofree char *list = NULL;
	char *rest, *line;
	struct hierarchy h;
	int rc = file_read_at(AT_FDCWD, LIST, LIST_MAX, &list, NULL);

	for (rest = list; rc >= 0 && (line = strsep(&rest, "\n"));)
		if (hierarchy_parse(&h, line))
			rc = add_v1(r, dir, &h, attrs);
	return rc;
}

static int
mount_v1(const struct rootfs *r, const struct mount_op *op, int place, uint64_t attrs)
{
	struct mount_attr all = { .attr_set = attrs, .propagation = MS_PRIVATE };
	autoclose int dir = -EBADF;
	int rc;

	if (op->data)
		return fail(0, "%s: cgroup v1 takes no such option here", op->data[0]);
	autofree char *label = mount_label_option(r->spec, "tmpfs");
	dir = mountfd_new(&(struct mountfd_fs){
		.type = "tmpfs", .source = "cgroup",
		.data = (const char *const[]){ "mode=0755", label, NULL },
	});
	if (dir < 0)
		return dir;
	/* Only what is attached can have mounts attached to it. */
	rc = mountfd_attach(dir, place);
	if (rc == 0)
		rc = add_all_v1(r, dir, attrs);
	/* One call for a dozen mounts. */
	return rc < 0 ? rc : mountfd_change(dir, &all, AT_RECURSIVE);
}

static int
clone_own_v2(void)
{
	autofree char *path = NULL;
	int rc = cgroupfs_v2_path(0, &path);

	return rc < 0 ? rc : clone_own(HOST, &(struct hierarchy){ .path = path });
}

static int
mount_v2(const struct rootfs *r, const struct mount_op *op, int place, uint64_t attrs)
{
	struct mount_attr all = { .attr_set = attrs, .propagation = MS_PRIVATE };
	autoclose int mount = !r->has_cgroup_ns ? clone_own_v2() : mountfd_new(&(struct mountfd_fs){
		.type = "cgroup2", .source = "cgroup", .data = op->data,
	});
	int rc = mount;

	if (rc >= 0)
		rc = mountfd_change(mount, &all, 0);
	return rc < 0 ? rc : mountfd_attach(mount, place);
}

int
mount_cgroups(const struct rootfs *r, const struct mount_op *op, int place)
{
	uint64_t attrs = mount_op_attrs(op) | ATTRS;
	struct statfs st;

	if (statfs(HOST, &st) < 0)
		return fail(errno, "statfs " HOST);
	/* Propagation of the plan is left out: these mounts are private to the container. */
	if (st.f_type == CGROUP2_SUPER_MAGIC)
		return mount_v2(r, op, place, attrs);
	return mount_v1(r, op, place, attrs);
}
