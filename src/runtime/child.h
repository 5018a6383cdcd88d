/*
 * A process of a container on its way from clone to execve: what init and
 * exec have in common, on both sides of the socket between them.
 */
#ifndef RUNTIME_CHILD_H
#define RUNTIME_CHILD_H

#include "runtime/cgroup/cgroup.h"
#include "runtime/hook-output.h"
#include "runtime/process.h"

#include "kernel/clone.h"

struct child {
	struct process process;
	const struct oci_linux *linux_;	/* of the configuration; may be NULL */
	struct cgroup cgroup;
	const char *console_socket, *pid_file, *pidfd_socket;	/* of engines; may be NULL */
	bool served;		/* we stay, and so can serve its terminal ourselves */
	bool in_unified;	/* it was cloned into the v2 cgroup */
	bool by_systemd;	/* which can put it there, where it may not go itself */
	bool has_lodger;	/* systemd's helper is in the cgroup too, and counts */
	int console;		/* connected to console_socket */
	int sync[2];		/* the runtime's end, the child's end */
	int gate;		/* a listening socket; init's only */
	struct hook_output hook_output;	/* for hooks behind the gate; the creation's */
	int master;		/* of the terminal, if it is ours to serve */
	int pidfd;
	pid_t pid;
	bool plain;		/* a plain user's: we are not root, of whatever namespace */
};

#define CHILD_EMPTY { .console = -EBADF, .sync = { -EBADF, -EBADF }, \
		      .gate = -EBADF, .hook_output = HOOK_OUTPUT_EMPTY, \
		      .master = -EBADF, .pidfd = -EBADF }

void child_done(struct child *c);

/*
 * Outside.
 */

/* What can be known before: plans the process, which may be NULL; connects to the console. */
int child_plan(struct child *c, const struct oci_process *spec, unsigned preserve_fds);

/* Clones into the cgroup.  0 in the child, the pid outside; each has only its own end by then. */
int child_clone(struct child *c, uint64_t namespaces);

/* The same by another function, which is like clone_process() of kernel/clone.h; see passage.h. */
int child_clone_by(struct child *c, uint64_t namespaces,
		   pid_t (*clone)(const struct clone_req *, int *pidfd, void *arg), void *arg);

/* A service for sync.h. */
int child_serve_console(struct child *c, int fd);

/* oom_score_adj, which the child itself may not be able to write; nothing for a plain user. */
int child_set_oom_score(const struct child *c);

/* Scheduler and I/O priority, once it has asked READY. */
int child_give_priorities(const struct child *c);

/* Tells the engine which process it is. */
int child_announce(const struct child *c);

void child_kill(struct child *c);

/*
 * Inside.
 */

int child_die_with_runtime(struct child *c);

/*
 * oom_score_adj of a plain user's child, which nobody else could set: by itself, or
 * by the helper of passage.h, whose score it inherits.
 */
int child_set_own_oom_score(struct child *c);

/* Before a user namespace is joined, which may deny it: else root's would go in with it. */
int child_drop_groups(const struct child *c);

/* In a user namespace that was just entered: becomes its root, or if it has none the user. */
int child_become_root(struct child *c);
int child_join_cgroup(struct child *c);		/* where it was not born inside: v1 */
bool child_wants_terminal(const struct child *c);

/* A new terminal below root (an fd), whose master the runtime gets; *slave is for the caller. */
int child_make_terminal(struct child *c, int root, int *slave);

/* Closes all but standard streams, what is to be inherited, the socket and the gate. */
int child_close_all_else(struct child *c);

/* Everything from the limits to a program that is found, as the user; then asks READY. */
int child_become_process(struct child *c);

#endif
