/* Changes to the limits of a container that is there. */
#ifndef ENGINE_UPDATE_H
#define ENGINE_UPDATE_H

#include "engine/engine.h"
#include "engine/record.h"

/*
 * What is set in changes replaces what the record has, and if the container runs, holds at once:
 * either both or, if something is wrong, neither.
 */
int container_update(const struct engine *e, const struct container *c,
		     const struct host_config *changes);

#endif
