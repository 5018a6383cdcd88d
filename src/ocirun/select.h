/* Verbs on one container, or with --regex on all those whose ID fits. */
#ifndef OCIRUN_SELECT_H
#define OCIRUN_SELECT_H

#include "runtime/runtime.h"

typedef int (*container_act)(const struct runtime *rt, const char *id, const void *arg);

/*
 * Calls act for each container whose ID fits the extended regular expression;
 * none is no error.  A failure does not keep the others from their turn: the
 * first one is returned in the end.
 */
int for_each_matching(const struct runtime *rt, const char *expression, container_act act,
		      const void *arg);

#endif
