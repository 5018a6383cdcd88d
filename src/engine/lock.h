/*
 * Locks of the kernel (open file description locks, fcntl(2)): they go with
 * the descriptor, so none is ever left behind by a process that was killed.
 */
#ifndef ENGINE_LOCK_H
#define ENGINE_LOCK_H

#include "base/mem.h"

enum lock_kind { LOCK_SHARED, LOCK_WHOLE };

/* Waits for the lock on a file, which is made if absent.  An fd that holds it. */
int lock_at(int dir, const char *name, enum lock_kind kind);

/* The same without waiting: -EAGAIN if another holds it. */
int lock_try_at(int dir, const char *name, enum lock_kind kind);

/* Whether anybody holds the file: 1, 0, or -errno.  A file that is not there is held by nobody. */
int lock_is_held(int dir, const char *name);

#endif
