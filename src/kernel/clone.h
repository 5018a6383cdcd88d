/*
 * A new process by clone3(2): namespaces and cgroup in one call.
 */
#ifndef KERNEL_CLONE_H
#define KERNEL_CLONE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct clone_req {
	uint64_t namespaces;	/* CLONE_NEW* to make */
	bool sibling;		/* a child of our parent, not of ours */
	int cgroup;		/* a cgroup v2 directory to be born in, or -EBADF */
};

/*
 * Like fork(2): 0 in the child.  In the parent the pid, and *pidfd is an fd of
 * the caller's.  A failure keeps errno's number and has words; -EBUSY when
 * the cgroup may have no processes of its own.
 */
pid_t clone_process(const struct clone_req *req, int *pidfd);

#endif
