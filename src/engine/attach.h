/*
 * A client of a container's monitor: what the container says goes to our
 * output, what we read goes to its input.
 */
#ifndef ENGINE_ATTACH_H
#define ENGINE_ATTACH_H

#include "engine/engine.h"
#include "engine/record.h"

struct attach {
	int in, out, err;		/* where from and to; in -EBADF: nothing is sent */
	bool tty;			/* of the container */
	const char *detach_keys;	/* NULL: ctrl-p,ctrl-q; "": none */
	bool proxy_signals;		/* those that we get go to the container */
};

/* Connects to the monitor; -ENOENT with words if the container is not running. */
int attach_open(const struct engine *e, const struct container *c);

/* Says what we want; has to come before anything else. */
int attach_ask(int sock, const struct attach *a);

enum { ATTACH_DETACHED = -1 };

/*
 * Until the container has ended, or the keys were read (*exit_code is ATTACH_DETACHED).  If it has
 * a terminal and in is one, that is raw meanwhile, and its size follows.
 */
int attach_relay(const struct engine *e, const struct container *c, int sock,
		 const struct attach *a, int *exit_code);

#endif
