/* A container that is being restored: what restore and the process that becomes criu share. */
#ifndef RUNTIME_RESTORE_H
#define RUNTIME_RESTORE_H

#include "runtime/create.h"
#include "runtime/criu.h"

struct restoration {
	struct creation c;	/* first: the steps of create take it for one */
	const struct restore_opts *opts;
	struct criu criu;
	struct criu_request request;
};

/* restore-prepare.c: in the process that becomes criu, in its new mount namespace. */
int restore_prepare(void *of);

#endif
