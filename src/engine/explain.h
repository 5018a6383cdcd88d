/*
 * Why a command cannot be executed: the kernel's answer is a number, and the
 * cause is in the container's files.
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

#include "engine/record.h"

/*
 * To an error's words, those of a container's command that could not be executed, a second line is
 * added: a hint, if we find a cause below its root or in what is mounted there.  Returns r.
 */
int explain_failure(int r, int root, const struct container *c);

/* To the words about a plain user's limit that found no cgroup: how he gets one. */
int explain_limits(int r);

#endif
