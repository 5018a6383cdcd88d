#include "runtime/mount/sources.h"

#include "runtime/mount/do.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/mountfd.h"
#include "kernel/userns.h"

#include <linux/magic.h>
#include <sys/vfs.h>

bool
mount_sources_needed(const struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->ops[i].idmap)
			return true;
	return false;
}

/*
 * Parted from the host as "/" will be in init.  What is made here is a peer
 * of the host's mount, but what goes to a user namespace never stays one.
 */
static int
part(const struct rootfs *r, int tree)
{
	struct mount_attr slave = { .propagation = MS_SLAVE };
	struct mount_attr as_root = { 0 };
	unsigned flags = rootfs_parting(r, &as_root);
	int rc = 0;

	if (r->user_ns)
		rc = mountfd_change(tree, &slave, AT_RECURSIVE);
	return rc < 0 || !flags ? rc : mountfd_change(tree, &as_root, flags);
}

static int
open_parted(const struct rootfs *r, const char *path, unsigned flags)
{
	autoclose int tree = mountfd_clone(AT_FDCWD, path, flags);
	int rc = tree < 0 ? tree : part(r, tree);

	return rc < 0 ? rc : take_fd(tree);
}

/* The file systems whose names people know by something else than a number. */
static const char *
file_system_word(int tree)
{
	static const struct { long magic; const char *word; } words[] = {
		{ NFS_SUPER_MAGIC, "nfs" }, { FUSE_SUPER_MAGIC, "fuse" },
		{ PROC_SUPER_MAGIC, "proc" }, { SYSFS_MAGIC, "sysfs" },
		{ CGROUP_SUPER_MAGIC, "cgroup" }, { CGROUP2_SUPER_MAGIC, "cgroup2" },
		{ DEVPTS_SUPER_MAGIC, "devpts" }, { V9FS_MAGIC, "9p" },
		{ OVERLAYFS_SUPER_MAGIC, "overlay" }, { TMPFS_MAGIC, "tmpfs" },
		{ RAMFS_MAGIC, "ramfs" }, { EXT4_SUPER_MAGIC, "ext4" },
		{ 0x6e736673, "nsfs" },
	};
	struct statfs fs;

	for (size_t i = 0; fstatfs(tree, &fs) == 0 && i < countof(words); i++)
		if (words[i].magic == fs.f_type)
			return words[i].word;
	return "its file system";
}

static int
apply(const struct mount_op *op, int userns)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns,
	};
	int rc = mountfd_change(op->tree, &attr, op->idmap == IDMAP_TREE ? AT_RECURSIVE : 0);

	if (rc == -EINVAL)
		rc = fail(EINVAL, "idmap: %s does not support it here, or a mount below does not",
			  file_system_word(op->tree));
	else if (rc == -EPERM)
		rc = fail(EPERM, "idmap: it is mapped already, or %s is not ours to map",
			  file_system_word(op->tree));
	return wrap(rc, "%s", op->destination);
}

/* The last one that was made, for mounts with the same mappings. */
struct last { int userns; const char *uid_map, *gid_map; };

static int
apply_own(const struct mount_op *op, struct last *last)
{
	if (last->userns < 0 || !streq(last->uid_map, op->uid_map) ||
	    !streq(last->gid_map, op->gid_map)) {
		close_at(&last->userns);
		*last = (struct last){
			userns_make(op->uid_map, op->gid_map), op->uid_map, op->gid_map,
		};
		if (last->userns < 0)
			return wrap(last->userns, "%s: idmap", op->destination);
	}
	return apply(op, last->userns);
}

static int
open_ops(struct rootfs *r, struct mount_op *ops, size_t n)
{
	struct last last = { .userns = -EBADF };
	int rc = 0;

	for (struct mount_op *op = ops; rc == 0 && op < ops + n; op++) {
		if (op->act != MOUNT_BIND || !(r->user_ns || op->idmap))
			continue;
		autofree char *path = mount_source_path(r, op);
		int tree = open_parted(r, path, op->recursive ? AT_RECURSIVE : 0);
		*(op->idmap ? &op->tree : &op->spare) = tree;
		if (tree < 0)
			rc = wrap(tree, "%s", op->destination);
		else if (op->uid_map)
			rc = apply_own(op, &last);
	}
	close_at(&last.userns);
	return rc;
}

/* Whoever may not clone here may as little in init: that one will find what it can. */
static int
leave_to_init(const struct rootfs *r)
{
	if (mount_sources_needed(r->plan))
		return fail(EPERM, "idmapped mounts need privileges that a plain user has not");
	debug("no privilege to open mount sources outside of the user namespace");
	return 0;
}

int
mount_sources_open(struct rootfs *r)
{
	if (geteuid() != 0)
		return leave_to_init(r);
	if (r->user_ns) {
		r->tree = open_parted(r, r->path, AT_RECURSIVE);
		if (r->tree == -EPERM)
			return leave_to_init(r);
		if (r->tree < 0)
			return r->tree;
	}
	return open_ops(r, r->plan->ops, r->plan->n);
}

int
mount_sources_idmap(const struct mount_plan *plan, int userns)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < plan->n; i++)
		if (plan->ops[i].idmap && !plan->ops[i].uid_map)
			rc = apply(&plan->ops[i], userns);
	return rc;
}

void
mount_sources_close(struct rootfs *r)
{
	close_at(&r->tree);
	r->tree = -EBADF;
	for (size_t i = 0; i < r->plan->n; i++) {
		struct mount_op *op = &r->plan->ops[i];

		close_at(&op->tree);
		close_at(&op->spare);
		op->tree = op->spare = -EBADF;
	}
}
