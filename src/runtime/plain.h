/*
 * Cgroups for whoever is not root of the host: a plain user, or root of a
 * user namespace.
 *
 * A container goes where its configuration says if that may be written to,
 * else below our own cgroup if that was delegated to us, else it has none.
 * Without one a limit is an error; device rules are not needed, since in a
 * user namespace nobody makes devices.
 */
#ifndef RUNTIME_PLAIN_H
#define RUNTIME_PLAIN_H

#include "runtime/create.h"

int plain_plan_cgroup(struct creation *c);

/* After a failure to make it: if that is because we are in a user namespace, does the above. */
int plain_make_cgroup(struct creation *c, int failure);

#endif
