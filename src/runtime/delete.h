/* What delete, a failed start and the end of run have in common. */
#ifndef RUNTIME_DELETE_H
#define RUNTIME_DELETE_H

#include "runtime/state.h"

/*
 * Removes a container whose state is locked by us.  spec is its configuration
 * if the caller has it, else it is read.  Without force one that runs is an error.
 */
int delete_state(const struct runtime *rt, struct state *s, const struct oci_spec *spec,
		 bool force);

#endif
