/*
 * From our process to the user's: what process{} of the configuration asks,
 * for init and for exec.
 *
 * process_plan() decides everything that can be decided outside.  From
 * process_session() on the functions are steps, each for the process itself,
 * in the order in which they stand here.  After the last privilege is gone, process_verify() reads
 * back what the kernel says, so that no call that silently did nothing (or a
 * uid of -1) leaves more than was asked for.
 */
#ifndef RUNTIME_PROCESS_H
#define RUNTIME_PROCESS_H

#include "runtime/seccomp/filter.h"

#include "kernel/caps.h"
#include "libocispec/spec.h"

#include <stdbool.h>
#include <sys/types.h>

struct process {
	const struct oci_process *spec;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
	struct caps caps;
	struct filter filter;	/* of system calls; there may be none */
	char **env;
	char *program;		/* what execve gets */
	bool in_cwd;		/* process_cwd() has succeeded */
	unsigned preserve_fds;
	bool in_user_ns;	/* this and the next: the caller's to say before process_plan() */
	bool keep_groups;	/* those of the caller stay; see groups.h */
	bool listen_fds;	/* some of them are of socket activation */
};

/* spec must outlive it. */
int process_plan(struct process *p, const struct oci_process *spec);
void process_done(struct process *p);

/*
 * The descriptors that the process is to inherit, from 3 on: those of socket
 * activation (sd_listen_fds(3)) if they are for us, and n behind them.
 */
void process_preserve(struct process *p, unsigned n);

/*
 * For the runtime, with that n, before it opens what it must not lose:
 * standard streams and holes among what is to be inherited are filled, and
 * everything above becomes close-on-exec, whatever an engine left open.
 * What fills a hole, or was opened there by us before, is close-on-exec
 * too: an inherited descriptor never is, so nothing needs to be told apart.
 */
int process_settle_fds(unsigned n);

/* The runtime's side of process_own_stdio(), where the pipes are of nobody's inside. */
int process_give_stdio(uid_t uid);

int process_session(struct process *p);		/* setsid */
int process_rlimits(struct process *p);
int process_umask(struct process *p);
int process_env(struct process *p);		/* HOME, from /etc/passwd of the container */
/* The null device of the host becomes the container's, and pipes that we hand on the user's. */
int process_own_stdio(struct process *p);
int process_cwd_early(struct process *p);	/* as root; not an error yet */
int process_credentials(struct process *p);
int process_verify(struct process *p);
int process_cwd(struct process *p);		/* as the user, if it could not be done before */
int process_find_program(struct process *p);

/*
 * The filter, then the program; returns only on failure.  A listener goes
 * to the runtime by sock.
 */
int process_execute(struct process *p, int sock);

#endif
