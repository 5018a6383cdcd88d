/* What the kernel keeps from root of a user namespace, and what is done instead. */
#ifndef RUNTIME_MOUNT_INSIDE_H
#define RUNTIME_MOUNT_INSIDE_H

#include "runtime/rootfs.h"

/*
 * A file system that was refused: a bind of the host's for a sysfs without a
 * network of its own, else -EPERM with words that tell what is missing.
 */
int mount_refused_fs(const struct rootfs *r, const struct mount_op *op);

struct mount_attr;

/*
 * Attributes of a mount that were refused.  Those of the host's mounts are
 * locked: what should be cleared and cannot stays, with a warning; what
 * should be set is set, or it is an error.
 */
int mount_change_locked(const struct mount_op *op, int mount, const struct mount_attr *change);

#endif
