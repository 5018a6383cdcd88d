/*
 * The file system of a container, made by init in its new mount namespace.
 *
 * Everything below the root is hostile: a path there is resolved once, below
 * root_fd, with openat2 (in root, no magic links), and used as a descriptor
 * from then on.  Mounts are made detached, complete with their attributes,
 * and moved onto a descriptor, so that none is ever half made.
 *
 * Each function is one step of init, in the order in which they stand here.
 * They run before any process of the container does, with the host's root as
 * the root of the process until rootfs_enter().
 */
#ifndef RUNTIME_ROOTFS_H
#define RUNTIME_ROOTFS_H

#include "runtime/mount/plan.h"

#include "kernel/mountfd.h"
#include "libocispec/spec.h"

struct rootfs {
	const struct oci_spec *spec;
	struct mount_plan *plan;
	char *path;		/* of the rootfs, absolute, on the host */
	bool no_pivot;
	bool new_mount_ns;	/* else nothing is made private, mounted on / or pivoted */
	bool has_cgroup_ns;
	bool user_ns;		/* init is root of another user namespace than ours */
	int tree;		/* the rootfs as a mount made outside; see mount/sources.h */
	const char *bundle;	/* absolute; relative bind sources are below it */
	int root_fd;		/* -EBADF until rootfs_open */
	bool on_top;		/* it is mounted upon "/", not on itself */
	int *late;		/* each tmpfs that turns read-only in rootfs_enter, for until */
	size_t n_late;		/*   then there are still things to be made in it */
};

/*
 * Propagation of "/", then the rootfs as a mount of its own; sets root_fd.
 * Without a mount namespace only the latter, and an error if the
 * configuration has anything that is done by a mount.
 */
int rootfs_open(struct rootfs *r);

/* The propagation that everything of the host's gets in init, and the flags to set it with. */
unsigned rootfs_parting(const struct rootfs *r, struct mount_attr *attr);

/* Every mount of the configuration, in its order. */
int rootfs_mounts(struct rootfs *r);

/*
 * Default and configured devices, /dev/ptmx, /dev/fd and the other links.
 * Nothing if the host's /dev (or any other) is bound to /dev.
 */
int rootfs_devices(struct rootfs *r);

/* The terminal pts as /dev/console: a slave fd, of a devpts in this mount namespace. */
int rootfs_console(struct rootfs *r, int pts);

/* linux.readonlyPaths and linux.maskedPaths. */
int rootfs_masks(struct rootfs *r);

/* Each tmpfs that was to be read-only once everything in it is made; rootfs_enter() does it too. */
int rootfs_finish_late(const struct rootfs *r);

/*
 * Makes it the root and the working directory of the process: pivot_root, or
 * a move with no_pivot; root propagation; read-only.
 */
int rootfs_enter(struct rootfs *r);

/* Closes root_fd and late. */
void rootfs_done(struct rootfs *r);

#endif
