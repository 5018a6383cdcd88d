/* What run and restore have in common. */
#ifndef RUNTIME_RUN_H
#define RUNTIME_RUN_H

#include "runtime/create.h"

/*
 * Serves the container's program in the foreground until it ends, then deletes the container,
 * unless it is to be kept.  signals is foreground_signals()'; notify as in foreground.h.  The
 * exit status, or -errno.
 */
int run_wait_and_delete(struct creation *c, int signals, int notify);

#endif
