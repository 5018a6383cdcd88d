/* Further commands in a container that runs. */
#ifndef ENGINE_EXEC_H
#define ENGINE_EXEC_H

#include "engine/bundle.h"
#include "engine/container.h"

struct exec_how {
	bool input;		/* ours is the command's; else it has none */
	bool detach;
};

/*
 * Has the runtime run it on our own streams: a terminal is the runtime's work, and signals that we
 * get go to it.  Returns the command's exit status; -ENOENT or -EACCES if it cannot be executed,
 * the runtime having told why already (*told), and a hint then being in the words, if we have
 * one; or another error.
 */
int container_exec(const struct engine *e, const struct container *c,
		   const struct exec_request *req, const struct exec_how *how, bool *told);

#endif
