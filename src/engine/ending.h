/*
 * The end of a container's life, for who waits for it.
 *
 * A monitor that ends holds ending.lock whole from before it says in
 * status.json that the container has ended until nothing is left of it but the
 * record.  So who finds monitor.lock held and the container ended can wait,
 * and not for one who is just starting it.
 */
#ifndef ENGINE_ENDING_H
#define ENGINE_ENDING_H

#include "engine/engine.h"
#include "engine/record.h"

/*
 * Until the monitor at the other end of an attach_open() has done all that is to be done; without
 * one (-EBADF or an error), until no monitor is ending.  A container that is gone has ended.
 */
int await_end(const struct engine *e, const struct container *c, int monitor);

/* For the monitor: from here on it is ending, until the fd is closed. */
int begin_end(int dir);

/* How a container is to be ended: as was asked for, as the image says, or by TERM; 10 seconds. */
int container_stop_signal(const struct container *c);
int64_t container_stop_seconds(const struct container *c);	/* negative: for ever */

/* An fd of its first process, and how it fares; -ESRCH with words if it does not run. */
int container_open_process(const struct engine *e, const struct container *c,
			   struct status *status);
int fail_not_running(const struct container *c);

/*
 * A restart policy is not to start it again: to be called before it is made to end.  monitor is an
 * attach_open(), or an error.
 */
int container_mark_stopped(const struct engine *e, const struct container *c, int monitor);

#endif
