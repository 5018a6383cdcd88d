/* What is left of a container goes; for those who know that it does not run. */
#ifndef ENGINE_REMOVAL_H
#define ENGINE_REMOVAL_H

#include "engine/engine.h"
#include "engine/record.h"

/*
 * The container as the runtime has it, processes and cgroup included; none is no error.  As long as
 * this fails, the record has to stay: it is by that that the rest is found.
 */
int oci_delete(const struct engine *e, const struct container *c);

/* Whether the runtime has anything of it. */
bool oci_has_state(const struct engine *e, const struct container *c);

/* Its cgroup and what the runtime has written of it go, for a runtime that is no longer there. */
void oci_forget(const struct engine *e, const struct container *c);

/* What runtimes have of containers that have no record any more. */
int oci_sweep(const struct engine *e);

/* STATE/ID. */
void container_clear_state(const struct engine *e, const struct container *c);

enum removal_volumes { KEEP_VOLUMES, REMOVE_VOLUMES };

/* Its name and directory, and its anonymous volumes. */
int container_erase(const struct engine *e, const struct container *c, enum removal_volumes v);

#endif
