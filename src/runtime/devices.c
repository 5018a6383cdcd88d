#include "runtime/rootfs.h"

#include "base/err.h"
#include "base/str.h"
#include "kernel/mountfd.h"
#include "kernel/resolve.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/* A device file; all work on it is done with its directory's descriptor and the last name. */
struct node {
	const char *path;
	mode_t mode;		/* with the type */
	unsigned major, minor;
	uid_t uid;
	gid_t gid;
};

#define DEVICE(p, a, b) { .path = "/dev/" p, .mode = S_IFCHR | 0666, .major = a, .minor = b }

static const struct node default_nodes[] = {
	DEVICE("null", 1, 3),
	DEVICE("zero", 1, 5),
	DEVICE("full", 1, 7),
	DEVICE("random", 1, 8),
	DEVICE("urandom", 1, 9),
	DEVICE("tty", 5, 0),
};

static bool
is_same(const struct node *n, const struct stat *st)
{
	return (n->mode & S_IFMT) == (st->st_mode & S_IFMT)
	       && (S_ISFIFO(n->mode) || makedev(n->major, n->minor) == st->st_rdev);
}

/* Opens what stands there, which must be the device. */
static int
open_node(int dir, const char *name, const struct node *n)
{
	autoclose int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(errno, "open");
	return is_same(n, &st) ? take_fd(fd) : fail(EEXIST, "is there already and something else");
}

static int
chown_node(int dir, const char *name, const struct node *n)
{
	autoclose int fd = open_node(dir, name, n);

	if (fd < 0)
		return fd;
	return fchownat(fd, "", n->uid, n->gid, AT_EMPTY_PATH) < 0 ? fail(errno, "chown") : 0;
}

/* A new file, or what an earlier container of this root file system left in its place. */
static int
open_place(int dir, const char *name)
{
	int flags = O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	autoclose int fd = openat(dir, name, flags, 0644);
	struct stat st;

	if (fd < 0 && errno == EEXIST)
		fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(errno, "create");
	if (!S_ISREG(st.st_mode) || st.st_size)
		return fail(EEXIST, "is there already and something else");
	return take_fd(fd);
}

/* Who may not make devices shows the host's, provided that it is the same one. */
static int
bind_node(int dir, const char *name, const struct node *n)
{
	autoclose int host = open_node(AT_FDCWD, n->path, n);
	autoclose int mount = -EBADF, place = -EBADF;

	if (host < 0)
		return fail(EPERM, "mknod");
	mount = mountfd_clone(host, "", 0);
	if (mount < 0)
		return mount;
	place = open_place(dir, name);
	return place < 0 ? place : mountfd_attach(mount, place);
}

static int
make_node_at(const struct rootfs *r, int dir, const char *name, const struct node *n)
{
	if (mknodat(dir, name, n->mode, makedev(n->major, n->minor)) == 0)
		return n->uid || n->gid ? chown_node(dir, name, n) : 0;
	if (errno == EPERM)
		return bind_node(dir, name, n);
	if (errno != EEXIST)
		return fail(errno, "mknod");

	autoclose int fd = open_node(dir, name, n);
	if (fd == -EEXIST && r->user_ns && !S_ISFIFO(n->mode))
		return bind_node(dir, name, n);
	return fd < 0 ? fd : 0;
}

/* dev is /dev, which nearly all of them stand in. */
static int
make_node(const struct rootfs *r, int dev, const struct node *n)
{
	const char *leaf = str_after(n->path, "/dev/");

	if (leaf && *leaf && !strchr(leaf, '/') && *leaf != '.')
		return make_node_at(r, dev, leaf, n);

	autoclose int dir = resolve_parent(r->root_fd, n->path, &leaf);
	return dir < 0 ? dir : make_node_at(r, dir, leaf, n);
}

/* Of a configuration that was checked: its words and numbers are there, and right. */
static struct node
node_of(const struct oci_device *d)
{
	static const mode_t types[] = {
		['b'] = S_IFBLK, ['c'] = S_IFCHR, ['u'] = S_IFCHR, ['p'] = S_IFIFO,
	};
	mode_t type = types[(unsigned char)*d->type];

	return (struct node){
		.path = d->path,
		.mode = type | (d->file_mode.set ? (mode_t)d->file_mode.v & 07777 : 0666),
		.major = (unsigned)d->major.v, .minor = (unsigned)d->minor.v,
		.uid = (uid_t)d->uid.v, .gid = (gid_t)d->gid.v,
	};
}

static int
make_configured(const struct rootfs *r, int dev)
{
	struct oci_device **d = r->spec->linux_ ? r->spec->linux_->devices : NULL;
	int rc = 0;

	for (; rc == 0 && d && *d; d++) {
		struct node n = node_of(*d);

		/* /dev/ptmx is that of the container's own devpts, whatever is configured. */
		if (!streq(n.path, "/dev/ptmx"))
			rc = wrap(make_node(r, dev, &n), "%s", n.path);
	}
	return rc;
}

/* Removes a link of the image's, to anywhere; whether there was one. */
static bool
drop_link(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)
	       && unlinkat(dir, name, 0) == 0;
}

/* The specification wants these whatever the image has; only a file in their place is an error. */
static int
make_default(const struct rootfs *r, int dev, const struct node *n)
{
	const char *name = str_after(n->path, "/dev/");
	int rc = make_node_at(r, dev, name, n);

	if (rc == -EEXIST && drop_link(dev, name))
		rc = make_node_at(r, dev, name, n);
	return wrap(rc, "%s", n->path);
}

static int
make_defaults(const struct rootfs *r, int dev)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < countof(default_nodes); i++)
		rc = make_default(r, dev, &default_nodes[i]);
	return rc;
}

static int
link_at(int dev, const char *name, const char *target)
{
	if (symlinkat(target, dev, name) < 0 && errno != EEXIST)
		return fail(errno, "symlink /dev/%s", name);
	return 0;
}

static int
make_links(int dev)
{
	int rc = link_at(dev, "fd", "/proc/self/fd");

	if (rc == 0)
		rc = link_at(dev, "stdin", "/proc/self/fd/0");
	if (rc == 0)
		rc = link_at(dev, "stdout", "/proc/self/fd/1");
	if (rc == 0)
		rc = link_at(dev, "stderr", "/proc/self/fd/2");
	/* by path: the host's, which has the same kernel */
	if (rc == 0 && access("/proc/kcore", F_OK) == 0)
		rc = link_at(dev, "core", "/proc/kcore");
	return rc;
}

/* An image's own ptmx would be that of another devpts. */
static int
make_ptmx(int dev)
{
	int r = symlinkat("pts/ptmx", dev, "ptmx");

	if (r < 0 && errno == EEXIST && (r = unlinkat(dev, "ptmx", 0)) == 0)
		r = symlinkat("pts/ptmx", dev, "ptmx");
	return r < 0 ? fail(errno, "symlink /dev/ptmx") : 0;
}

/* A /dev that was bound from elsewhere has what its owner wants it to have. */
static bool
has_foreign_dev(const struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct mount_op *op = &plan->ops[i];
		const char *name = op->destination + strspn(op->destination, "/");

		if (op->act == MOUNT_BIND && (streq(name, "dev") || streq(name, "dev/")))
			return true;
	}
	return false;
}

int
rootfs_devices(struct rootfs *r)
{
	if (has_foreign_dev(r->plan))
		return 0;
	autoclose int dev = resolve_make_dir(r->root_fd, "/dev");
	if (dev < 0)
		return dev;

	/* Configured ones first: a default device may be configured with a mode of its own. */
	mode_t saved = umask(0);
	int rc = make_configured(r, dev);
	if (rc == 0)
		rc = make_defaults(r, dev);
	umask(saved);
	if (rc == 0)
		rc = make_links(dev);
	return rc < 0 ? rc : make_ptmx(dev);
}

/* The file that the terminal will cover; what is there already is taken unless it is a link. */
static int
make_console_file(int dev)
{
	int fd, flags = O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	drop_link(dev, "console");
	fd = openat(dev, "console", flags, 0600);
	if (fd < 0 && errno == EEXIST)
		fd = openat(dev, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(errno, "create") : fd;
}

static int
check_pts(int pts)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pts, &fs) < 0 || fstat(pts, &st) < 0)
		return fail(errno, "stat the terminal");
	if (fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(st.st_mode))
		return fail(ENOTTY, "the terminal");
	return 0;
}

static int
bind_console(const struct rootfs *r, int pts)
{
	autoclose int mount = mountfd_clone(pts, "", 0);
	autoclose int dev = -EBADF, place = -EBADF;

	if (mount < 0)
		return mount;
	dev = resolve_make_dir(r->root_fd, "/dev");
	if (dev < 0)
		return dev;
	place = make_console_file(dev);
	return place < 0 ? place : mountfd_attach(mount, place);
}

int
rootfs_console(struct rootfs *r, int pts)
{
	int rc = check_pts(pts);

	return wrap(rc < 0 ? rc : bind_console(r, pts), "/dev/console");
}
