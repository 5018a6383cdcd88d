/* The end of start, which run shares: the gate, and what comes behind it. */
#ifndef RUNTIME_START_H
#define RUNTIME_START_H

#include "runtime/config.h"
#include "runtime/state.h"

/*
 * Tells init on the socket to go on, and runs the poststart hooks.  When the
 * program cannot be executed or a hook fails, the container is destroyed
 * (runtime.md, Lifecycle).
 */
int start_container(const struct runtime *rt, struct state *s, const struct oci_spec *spec,
		    int sock);

#endif
