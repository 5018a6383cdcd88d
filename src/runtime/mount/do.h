/*
 * Carries out the operations of a plan.
 */
#ifndef RUNTIME_MOUNT_DO_H
#define RUNTIME_MOUNT_DO_H

#include "runtime/rootfs.h"

/* One operation.  A mount on "/" becomes the new r->root_fd. */
int mount_do(struct rootfs *r, const struct mount_op *op);

/* How cgroups.c does MOUNT_CGROUP, at a place that is a descriptor. */
int mount_cgroups(const struct rootfs *r, const struct mount_op *op, int place);

/* Copies all that is below a directory, and its owner, to another one: tmpcopyup. */
int mount_copy_up(int from, int to);

#endif
