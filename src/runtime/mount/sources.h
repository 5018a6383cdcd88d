/*
 * Sources of bind mounts that are opened before init is born.
 *
 * Init as root of a user namespace may be unable to walk to them, and could
 * not idmap them either.  A runtime that may do both makes the mounts, still
 * attached nowhere, outside; init inherits their descriptors.  So a source
 * is what the host sees, not what an earlier mount of the container put
 * there.
 */
#ifndef RUNTIME_MOUNT_SOURCES_H
#define RUNTIME_MOUNT_SOURCES_H

#include "runtime/rootfs.h"

/* Whether the plan has mounts that must be made outside even without a user namespace. */
bool mount_sources_needed(const struct mount_plan *plan);

/*
 * Opens the rootfs and every source if the container has a user namespace,
 * else only those that are to be idmapped; maps those that have mappings of
 * their own.  Where we may not (a plain user), init is left to do it.
 */
int mount_sources_open(struct rootfs *r);

/* Maps those that get the container's mappings; userns is an fd of its user namespace. */
int mount_sources_idmap(const struct mount_plan *plan, int userns);

/* Closes our descriptors, when init has its own. */
void mount_sources_close(struct rootfs *r);

#endif
