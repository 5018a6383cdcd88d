/* The containers that a command line names. */
#ifndef SERVIN_SELECT_H
#define SERVIN_SELECT_H

#include "engine/container.h"

/*
 * Finds one, and mends it first if its monitor was killed, which is told as a warning.
 * oci_free(&container_type) takes it.
 */
int select_container(const struct engine *e, const char *name, struct container **c);

/*
 * Does something to each and prints its word; a failure is told, and the rest goes on.  Returns the
 * exit status.
 */
typedef int (*container_act)(const struct engine *e, const struct container *c, const void *how);
int select_each(const struct engine *e, char *const *names, container_act act, const void *how);

/* The same, but one that is not there, which is told as well, is no failure. */
int select_each_there(const struct engine *e, char *const *names, container_act act,
		      const void *how);

#endif
