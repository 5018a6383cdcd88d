/*
 * Init: the first process of a container, from its birth to the user's
 * program.  It is a copy of the runtime, in the new namespaces.
 */
#ifndef RUNTIME_INIT_H
#define RUNTIME_INIT_H

#include "runtime/create.h"

/* Does all of it; never returns. */
_Noreturn void init_run(struct creation *c);

#endif
