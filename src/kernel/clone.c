#include "kernel/clone.h"

#include "base/err.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

pid_t
clone_process(const struct clone_req *req, int *pidfd)
{
	struct clone_args args = {
		.flags = req->namespaces | CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};

	if (req->cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)req->cgroup;
	}
	if (req->sibling) {
		args.flags |= CLONE_PARENT;
		args.exit_signal = 0;	/* what ours is */
	}
	/*
	 * Not fork(): the namespaces must be there from the first instruction.
	 * The child has one thread, as we have, so libc is as good as after fork.
	 */
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid >= 0)
		return pid;
	/* The kernel may have written one, and taken it back. */
	*pidfd = -EBADF;
	return fail(errno, "clone3");
}
