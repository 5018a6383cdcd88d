#include "runtime/mount/inside.h"

#include "runtime/config.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/mountfd.h"

#include <sched.h>
#include <sys/statvfs.h>

/* All of it, for what is mounted below it comes along; atime is the host's business. */
static int
bind_sysfs(const struct mount_op *op)
{
	struct mount_attr all = { .attr_set = mount_op_attrs(op) & ~(uint64_t)MOUNT_ATTR__ATIME };
	autoclose int mount = mountfd_clone(AT_FDCWD, "/sys", AT_RECURSIVE);
	int rc = mount < 0 ? mount : mountfd_change(mount, &all, AT_RECURSIVE);

	if (rc < 0)
		return rc;
	debug("%s: the host's, for there is no new network namespace", op->destination);
	return take_fd(mount);
}

static bool
has_new_network(const struct rootfs *r)
{
	const char *path;

	return config_namespace(r->spec, CLONE_NEWNET, &path) && !path;
}

int
mount_refused_fs(const struct rootfs *r, const struct mount_op *op)
{
	static const struct { const char *type, *needs; } rows[] = {
		{ "sysfs", "a new network namespace, and a /sys of the host without masks" },
		{ "proc", "a new pid namespace, and a /proc of the host without masks" },
		{ "mqueue", "a new ipc namespace" },
		{ "cgroup2", "a new cgroup namespace" },
	};

	if (streq(op->type, "sysfs") && !has_new_network(r))
		return bind_sysfs(op);
	for (size_t i = 0; i < countof(rows); i++)
		if (streq(op->type, rows[i].type))
			return fail(EPERM, "in a user namespace %s needs %s", op->type,
				    rows[i].needs);
	return wrap(-EPERM, "in a user namespace");
}

/* The attributes that it has now, of those that can be locked. */
static int
attributes(int mount, uint64_t *attrs)
{
	static const struct { unsigned long st; uint64_t attr; } rows[] = {
		{ ST_RDONLY, MOUNT_ATTR_RDONLY }, { ST_NOSUID, MOUNT_ATTR_NOSUID },
		{ ST_NODEV, MOUNT_ATTR_NODEV }, { ST_NOEXEC, MOUNT_ATTR_NOEXEC },
		{ ST_NODIRATIME, MOUNT_ATTR_NODIRATIME },
	};
	struct statvfs st;

	if (fstatvfs(mount, &st) < 0)
		return fail(errno, "statvfs");
	*attrs = 0;
	for (size_t i = 0; i < countof(rows); i++)
		if (st.f_flag & rows[i].st)
			*attrs |= rows[i].attr;
	return 0;
}

int
mount_change_locked(const struct mount_op *op, int mount, const struct mount_attr *change)
{
	struct mount_attr less = *change;
	uint64_t has = 0;
	int rc = attributes(mount, &has);

	if (rc < 0)
		return rc;
	less.attr_clr &= ~(has | MOUNT_ATTR__ATIME);
	less.attr_set &= ~(uint64_t)MOUNT_ATTR__ATIME;
	if (less.attr_clr == change->attr_clr && less.attr_set == change->attr_set)
		return fail(EPERM, "mount_setattr");
	rc = mountfd_change(mount, &less, 0);
	if (rc == 0)
		warn("%s: keeps attributes of the host's mount, which a user namespace may not "
		     "change", op->destination);
	return rc;
}
