/*
 * Work that a child of ours does: because of where it has to be done, or beside us.
 *
 * The child dies with us.
 */
#ifndef ENGINE_ERRAND_H
#define ENGINE_ERRAND_H

#include "base/mem.h"

#include <sys/types.h>

struct errand {
	pid_t pid;
	int sock;
};

/* Does the work in a child: its result and words come back, and so does *fd if it sets that. */
int errand_begin(struct errand *x, int (*work)(void *arg, int *fd), void *arg);

/* Waits for it: -errno with the child's words, or 0; fd may be NULL. */
int errand_end(struct errand *x, int *fd);

#endif
