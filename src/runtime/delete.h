/* What delete, a failed start and the end of run have in common. */
#ifndef RUNTIME_DELETE_H
#define RUNTIME_DELETE_H

#include "runtime/state.h"

/*
 * Locks and removes our own container, with spec as its configuration, by
 * force.  A container that somebody else has removed is no error.
 */
int delete_own(const struct runtime *rt, struct state *s, const struct oci_spec *spec);

/*
 * The same for one that is locked by us and whose init has ended, by its
 * record in memory: the end of delete, and the undoing of a failed create.
 * The record goes last, and only if all else is gone.
 */
int delete_rest(const struct runtime *rt, struct state *s, const struct oci_spec *spec);

#endif
