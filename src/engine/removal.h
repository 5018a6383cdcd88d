/* What is left of a container goes; for those who know that it does not run. */
#ifndef ENGINE_REMOVAL_H
#define ENGINE_REMOVAL_H

#include "engine/engine.h"
#include "engine/record.h"

/* The container as the runtime has it, processes and cgroup included; none is no error. */
void oci_delete(const struct engine *e, const struct container *c);

/* STATE/ID. */
void container_clear_state(const struct engine *e, const struct container *c);

enum removal_volumes { KEEP_VOLUMES, REMOVE_VOLUMES };

/* Its name and directory, and its anonymous volumes. */
int container_erase(const struct engine *e, const struct container *c, enum removal_volumes v);

#endif
