/*
 * Carries out the operations of a plan.
 */
#ifndef RUNTIME_MOUNT_DO_H
#define RUNTIME_MOUNT_DO_H

#include "runtime/rootfs.h"

/* One operation.  A mount on "/" becomes the new r->root_fd. */
int mount_do(struct rootfs *r, const struct mount_op *op);

/*
 * The mount of an MOUNT_FS or MOUNT_BIND, attached nowhere yet, for op->tree.  A
 * tmpfs looks like what it covers, where there is a root_fd to look below.
 */
int mount_make(const struct rootfs *r, const struct mount_op *op);

/* An error unless something is mounted right there. */
int mount_check_there(int place);

/* Where the host has the source of a bind mount; free() takes it. */
char *mount_source_path(const struct rootfs *r, const struct mount_op *op);

/* How cgroups.c does MOUNT_CGROUP, at a place that is a descriptor. */
int mount_cgroups(const struct rootfs *r, const struct mount_op *op, int place);

/* Copies all that is below a directory, and its owner, to another one: tmpcopyup. */
int mount_copy_up(int from, int to);

#endif
