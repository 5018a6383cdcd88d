/*
 * The processes of a container: those in its cgroup, or where it has none (a
 * plain user's) those in its own pid namespace.
 */
#ifndef RUNTIME_MEMBERS_H
#define RUNTIME_MEMBERS_H

#include "runtime/state.h"

/* *pids is for free().  Without a cgroup, those that we may look at, and none once init ended. */
int members_list(const struct state *s, pid_t **pids, size_t *n);

/* A signal to all of them. */
int members_kill(const struct state *s, int signal);

#endif
