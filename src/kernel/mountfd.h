/*
 * Mounts as descriptors.
 *
 * A mount is made detached, complete with its attributes, and then attached
 * to a place that is a descriptor too; until then it vanishes with its
 * descriptor.  A mount that was attached is still known by it.
 *
 * Attributes are MOUNT_ATTR_*; a kind of propagation is MS_SHARED, MS_SLAVE,
 * MS_PRIVATE or MS_UNBINDABLE.  When the kernel says in words what it did
 * not like about a file system's option, they are in the error's words.
 */
#ifndef KERNEL_MOUNTFD_H
#define KERNEL_MOUNTFD_H

#include "base/mem.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mount.h>

struct mountfd_fs {
	const char *type, *source;	/* source may be NULL */
	const char *const *data;	/* "key=value" or "key", ends with NULL; may be NULL */
	bool readonly;			/* the file system itself, beside the mount */
	uint64_t attrs;
};

/* A new file system. */
int mountfd_new(const struct mountfd_fs *fs);

/*
 * A copy of the mount at path below dir, or of dir itself if path is "".
 * Flags: AT_RECURSIVE, AT_SYMLINK_NOFOLLOW.  Only what is attached somewhere
 * in our mount namespace can be copied.
 */
int mountfd_clone(int dir, const char *path, unsigned flags);

/*
 * Changes attributes and propagation, with AT_RECURSIVE also those of all
 * mounts below.  Where there is nothing to change, nothing is called.
 */
int mountfd_change(int mount, const struct mount_attr *change, unsigned flags);

/* Changes options of the file system that is mounted at the descriptor. */
int mountfd_reconfigure(int mount, const char *const *data);

/* Attaches (or moves) a mount to a place. */
int mountfd_attach(int mount, int place);

/* The same to a name in a directory; a link there is not followed. */
int mountfd_attach_at(int mount, int dir, const char *name);

/*
 * Detaches the mount that a descriptor is the top of, with all below it.  fds
 * is the directory of our own descriptors in a procfs, and becomes the working
 * directory: there is no other way to a mount than by a path.
 */
int mountfd_detach(int fds, int mount);

/* What statx() calls the mount that a path lies in; with "" the one of the descriptor. */
int mountfd_id(int dir, const char *path, uint64_t *id);

#endif
