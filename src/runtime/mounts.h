/*
 * mounts: what is mounted in a container that runs.
 *
 * A child does it, for who joins a mount namespace has it for a root.  The
 * mounts are made while it still sees the host, attached nowhere; then it
 * joins, and all that it touches of the container are descriptors below its
 * root, as in create.
 */
#ifndef RUNTIME_MOUNTS_H
#define RUNTIME_MOUNTS_H

#include "runtime/config.h"
#include "runtime/rootfs.h"
#include "runtime/state.h"

struct mounts_job {
	const char *file;
	enum mounts_change change;
	struct state state;
	struct config config;		/* the container's */
	struct oci_source source;	/* the file's text */
	char *text;
	struct oci_mount **mounts;
	struct mount_plan plan;
	struct rootfs rootfs;
	uint64_t namespaces;		/* the container's own */
	int init;			/* pidfd */
	int fds;			/* our descriptors, as a procfs shows them */
	size_t n_attached;		/* of the plan */
};

/* The child: tells an error to the socket and ends. */
_Noreturn void mounts_child(struct mounts_job *j, int sock);

#endif
