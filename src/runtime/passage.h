/*
 * Being born by way of a process that joins namespaces and cannot come back.
 *
 * Who enters a user namespace loses what is outside.  So a helper enters, and
 * clones from there; the child is ours all the same (CLONE_PARENT).  The
 * helper ends at once.
 */
#ifndef RUNTIME_PASSAGE_H
#define RUNTIME_PASSAGE_H

#include "runtime/child.h"

/* Like child_clone(), but join(of) runs in the helper first. */
int passage_clone(struct child *c, uint64_t namespaces, int (*join)(void *of), void *of);

#endif
