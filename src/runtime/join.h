/*
 * The namespaces of a container that is made: which are new, which are
 * joined, and by whom.
 *
 * Most are made by the one clone.  Those with a path init joins itself,
 * unless there is a user namespace as well: what lies outside of it must be
 * joined before, what belongs to it after, so then a helper does it (passage.h).
 */
#ifndef RUNTIME_JOIN_H
#define RUNTIME_JOIN_H

#include "runtime/create.h"

/* Fills in new_ns, and whether there is a user namespace, and whether a helper is needed. */
void join_plan(struct creation *c);

/* Clones init into all of them, but for those below.  0 in init, the pid outside. */
int join_clone(struct creation *c);

/* For init: those that are left, which are all of a path if there was no helper. */
int join_rest(struct creation *c);

/* For init: asks for the maps of a new user namespace, and becomes root of it. */
int join_user(struct creation *c);

/* The runtime's answer: maps, and the mounts that are to be idmapped like the container. */
int join_serve_maps(struct creation *c);

#endif
