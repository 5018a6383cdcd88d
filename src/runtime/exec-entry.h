/*
 * A process that enters a container: what the parts of exec share, a file
 * each; for src/runtime/exec*.c only.
 */
#ifndef RUNTIME_EXEC_ENTRY_H
#define RUNTIME_EXEC_ENTRY_H

#include "runtime/child.h"
#include "runtime/config.h"
#include "runtime/seccomp/listener.h"
#include "runtime/state.h"

struct entry {
	const struct exec_opts *opts;
	struct state state;
	struct config config;
	struct oci_process *spec;
	struct child child;
	struct listener listener;	/* who decides on its system calls */
	uint64_t namespaces;	/* the container's own, to join */
	uint64_t entered;	/* those of them that one is born into */
	bool by_passage;	/* a helper joins them; see passage.h */
	int init;		/* pidfd of the container's init */
	int root;		/* its root, an O_PATH fd, where it has no mount namespace */
};

/* exec-plan.c: all that can be known before the process is there. */
int entry_plan(struct entry *e, const struct runtime *rt);

/* exec-enter.c: the process itself, from its birth to the program. */
_Noreturn void entry_run(struct entry *e);

#endif
