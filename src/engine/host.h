/* What this host is and has. */
#ifndef ENGINE_HOST_H
#define ENGINE_HOST_H

#include "engine/engine.h"

/* The first line that the runtime says of its version, "ocirun version 0.1.0"; free() takes it. */
int host_runtime_version(const struct engine *e, char **line);

/* Whether the kernel has that kind of file system; as root a module is loaded for it. */
bool host_has_filesystem(const char *name);

/*
 * Whether cgroups here have a controller, such as "memory", that we may use: as root that is so if
 * it is there, as a user if it is delegated.
 */
bool host_has_controller(const struct engine *e, const char *controller);

/* PRETTY_NAME of os-release(5), or "Linux"; free() takes it. */
char *host_system(void);

#endif
