#include "runtime/mount/do.h"

#include "runtime/mount/inside.h"
#include "runtime/mount/label.h"

#include "base/err.h"
#include "base/str.h"
#include "kernel/mountfd.h"
#include "kernel/resolve.h"

#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/*
 * The plan has looked at the words of each destination; a link of the image
 * could still bend a harmless one into a procfs.  Asked of what is there, for
 * in a container that runs a part of /proc may be a mount of its own.
 */
static int
check_bent(int place)
{
	struct statfs fs;

	if (fstatfs(place, &fs) < 0)
		return fail(errno, "statfs");
	return fs.f_type == PROC_SUPER_MAGIC ? fail(EPERM, "a link leads it into /proc") : 0;
}

static int
find_place(const struct rootfs *r, const struct mount_op *op)
{
	int flags = O_PATH | (op->no_links ? O_DIRECTORY : 0);
	int fd = resolve_open_plain(r->root_fd, op->destination, flags);

	if (fd != -ELOOP)
		return fd;
	if (op->no_links)
		return fail(ENOTDIR, "must be a directory in the root file system, not a link");
	fd = resolve_open(r->root_fd, op->destination, O_PATH);
	if (fd < 0)
		return fd;

	int rc = check_bent(fd);
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

/* The kinds of propagation from the n-th on, in their order. */
static int
spread(int mount, const struct mount_op *op, size_t n)
{
	int rc = 0;

	for (; rc == 0 && n < op->n_propagation; n++) {
		uint64_t kind = op->propagation[n];
		struct mount_attr attr = { .propagation = kind & ~(uint64_t)MS_REC };

		rc = mountfd_change(mount, &attr, kind & MS_REC ? AT_RECURSIVE : 0);
	}
	return rc;
}

/* A tree has mounts below its top; a single mount takes what is asked of all at once. */
enum shape { SINGLE, TREE };

/* First the top, then all: what is asked for all holds for the top as well. */
static int
change(const struct rootfs *r, int mount, const struct mount_op *op, enum shape shape)
{
	struct mount_attr top = { .attr_set = op->attr_set, .attr_clr = op->attr_clear };
	struct mount_attr all = { .attr_set = op->rec_set, .attr_clr = op->rec_clear };
	bool one = op->n_propagation == 1;	/* as good as always: in the same call */

	if (one)
		*(op->propagation[0] & MS_REC ? &all.propagation : &top.propagation)
			= op->propagation[0] & ~(uint64_t)MS_REC;
	if (shape == SINGLE) {
		top.attr_set = mount_op_attrs(op);
		top.attr_clr |= all.attr_clr;
		top.propagation |= all.propagation;
		all = (struct mount_attr){ 0 };
	}

	int rc = mountfd_change(mount, &top, 0);
	if (rc == -EPERM && r->user_ns)
		rc = mount_change_locked(op, mount, &top);
	if (rc == 0)
		rc = mountfd_change(mount, &all, AT_RECURSIVE);
	return rc == 0 ? spread(mount, op, one ? 1 : 0) : rc;
}

/* A mount on "/" covers the old root, so it is the root from here on. */
static int
attach(struct rootfs *r, const struct mount_op *op, int mount, int place)
{
	int rc = mountfd_attach(mount, place);

	if (rc < 0 || op->destination[strspn(op->destination, "/")])
		return rc;

	int root = fcntl(mount, F_DUPFD_CLOEXEC, 0);
	if (root < 0)
		return fail(errno, "keep the new root");
	close(r->root_fd);
	r->root_fd = root;
	return 0;
}

static bool
has_option(const struct mount_op *op, const char *key)
{
	for (size_t i = 0; op->data && op->data[i]; i++)
		if (str_after(op->data[i], key))
			return true;
	return false;
}

/* The plan's options behind two others, which may be NULL: the later word holds. */
static const char **
data_with(const struct mount_op *op, const char *first, const char *second)
{
	size_t n = 0, at = 0;

	while (op->data && op->data[n])
		n++;
	const char **data = xcalloc(n + 3, sizeof(*data));
	if (first)
		data[at++] = first;
	if (second)
		data[at++] = second;
	if (n)
		memcpy(data + at, op->data, n * sizeof(*data));
	return data;
}

/* Without a word on its mode, a tmpfs takes that of the directory which it covers. */
struct mode_option { char s[16]; };

static int
imitate(struct mode_option *mode, const struct mount_op *op, int place)
{
	struct stat st;

	if (!streq(op->type, "tmpfs") || has_option(op, "mode="))
		return 0;
	if (fstat(place, &st) < 0)
		return fail(errno, "stat");
	snprintf(mode->s, sizeof(mode->s), "mode=%04o", (unsigned)st.st_mode & 07777);
	return 0;
}

/* Mount points and devices may have to be made in a tmpfs yet. */
static bool
is_late(const struct mount_op *op)
{
	return streq(op->type, "tmpfs") && mount_op_attrs(op) & MOUNT_ATTR_RDONLY;
}

static int
make_fs(const struct rootfs *r, const struct mount_op *op, const char *mode)
{
	/* The kernel takes one context only: the mount's own comes first. */
	autofree char *label =
		has_option(op, "context=") ? NULL : mount_label_option(r->spec, op->type);
	autofree const char **data = data_with(op, mode, label);
	uint64_t attrs = mount_op_attrs(op);

	if (is_late(op))
		attrs &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	autoclose int mount = mountfd_new(&(struct mountfd_fs){
		.type = op->type, .source = op->source, .data = data,
		.readonly = attrs & MOUNT_ATTR_RDONLY, .attrs = attrs,
	});
	int rc = mount < 0 ? mount : mount_label_top(r->spec, op->type, mount);
	return rc < 0 ? rc : take_fd(mount);
}

static int
new_fs(const struct rootfs *r, const struct mount_op *op, int place)
{
	struct mode_option mode = { "" };
	int rc = place >= 0 ? imitate(&mode, op, place) : 0;

	if (rc < 0)
		return rc;
	rc = make_fs(r, op, *mode.s ? mode.s : NULL);
	return rc == -EPERM && r->user_ns ? mount_refused_fs(r, op) : rc;
}

/* One that was made before stays the plan's too. */
static int
own_tree(int tree)
{
	int mount = fcntl(tree, F_DUPFD_CLOEXEC, 3);

	return mount < 0 ? fail(errno, "keep the mount") : mount;
}

static void
add_late(struct rootfs *r, int mount)
{
	r->late = xrealloc(r->late, r->n_late + 1, sizeof(*r->late));
	r->late[r->n_late++] = mount;
}

static int
do_fs(struct rootfs *r, const struct mount_op *op)
{
	autoclose int place = find_place(r, op);
	bool is_new = place == -ENOENT;

	if (is_new)
		place = resolve_make(r->root_fd, op->destination, S_IFDIR);
	if (place < 0)
		return place;

	autoclose int mount = op->tree >= 0 ? own_tree(op->tree)
					       : new_fs(r, op, is_new ? -EBADF : place);
	int rc = mount;
	if (rc >= 0 && op->tmpcopyup)
		rc = mount_copy_up(place, mount);
	if (rc >= 0)
		rc = spread(mount, op, 0);
	if (rc >= 0)
		rc = attach(r, op, mount, place);
	if (rc >= 0 && is_late(op))
		add_late(r, take_fd(mount));
	return rc;
}

/* What is missing is made of the kind of what will be mounted there. */
static int
make_place(const struct rootfs *r, const struct mount_op *op, int mount)
{
	struct stat st;

	if (fstat(mount, &st) < 0)
		return fail(errno, "stat %s", op->source);
	return resolve_make(r->root_fd, op->destination, S_ISDIR(st.st_mode) ? S_IFDIR : S_IFREG);
}

char *
mount_source_path(const struct rootfs *r, const struct mount_op *op)
{
	bool whole = *op->source == '/';

	return xasprintf("%s%s%s", whole ? "" : r->bundle, whole ? "" : "/", op->source);
}

/*
 * By path, the host's: a descriptor from before our mount namespace would be
 * of a mount of another one, which cannot be cloned.
 */
static int
clone_source(const struct rootfs *r, const struct mount_op *op)
{
	autofree char *path = mount_source_path(r, op);
	int mount = mountfd_clone(AT_FDCWD, path, op->recursive ? AT_RECURSIVE : 0);

	if (mount == -EINVAL && r->user_ns && !op->recursive)
		return fail(EINVAL, "open %s: a user namespace may not uncover what mounts below"
				    " it hide: use rbind", path);
	return mount;
}

/*
 * Inside where that can be: what a new mount namespace has of the host's
 * mounts is locked against root of a new user namespace, who could else make
 * writable what is read-only there.
 */
static int
bound_tree(const struct rootfs *r, const struct mount_op *op)
{
	int mount = op->tree >= 0 ? own_tree(op->tree) : clone_source(r, op);
	bool is_barred = mount == -EACCES || mount == -EPERM || mount == -EINVAL;

	return is_barred && op->spare >= 0 ? own_tree(op->spare) : mount;
}

static int
do_bind(struct rootfs *r, const struct mount_op *op)
{
	autoclose int mount = bound_tree(r, op);
	int rc = mount;

	if (rc >= 0)
		rc = change(r, mount, op, op->recursive ? TREE : SINGLE);
	if (rc < 0)
		return rc;
	autoclose int place = find_place(r, op);
	if (place == -ENOENT)
		place = make_place(r, op, mount);
	return place < 0 ? place : attach(r, op, mount, place);
}

static int
do_cgroup(struct rootfs *r, const struct mount_op *op)
{
	autoclose int place = find_place(r, op);

	if (place == -ENOENT)
		place = resolve_make(r->root_fd, op->destination, S_IFDIR);
	return place < 0 ? place : mount_cgroups(r, op, place);
}

static int
reconfigure(int mount, const struct mount_op *op)
{
	const char *access = op->attr_set & MOUNT_ATTR_RDONLY ? "ro"
			   : op->attr_clear & MOUNT_ATTR_RDONLY ? "rw" : NULL;
	autofree const char **data = data_with(op, access, NULL);

	return data[0] ? mountfd_reconfigure(mount, data) : 0;
}

/* Or the kernel would ignore, without a word, what it has nothing to do it to. */
int
mount_check_there(int place)
{
	struct statx st;

	if (statx(place, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return fail(errno, "statx");
	if (!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return fail(0, "nothing is mounted there");
	return 0;
}

/* The three operations that change what is mounted there already. */
static int
do_change(struct rootfs *r, const struct mount_op *op)
{
	autoclose int mount = find_place(r, op);
	int rc = mount < 0 ? mount : mount_check_there(mount);

	if (rc >= 0 && op->act == MOUNT_RECONFIGURE)
		rc = reconfigure(mount, op);
	return rc < 0 ? rc : change(r, mount, op, TREE);
}

int
mount_make(const struct rootfs *r, const struct mount_op *op)
{
	autoclose int place = r->root_fd < 0 ? -EBADF : find_place(r, op);

	return op->act == MOUNT_BIND ? clone_source(r, op) : new_fs(r, op, place);
}

int
mount_do(struct rootfs *r, const struct mount_op *op)
{
	static int (*const doers[])(struct rootfs *, const struct mount_op *) = {
		[MOUNT_FS] = do_fs, [MOUNT_BIND] = do_bind, [MOUNT_CGROUP] = do_cgroup,
		[MOUNT_REMOUNT] = do_change, [MOUNT_RECONFIGURE] = do_change,
		[MOUNT_PROPAGATION] = do_change,
	};

	return wrap(doers[op->act](r, op), "%s", op->destination);
}
