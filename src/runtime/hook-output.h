/*
 * Where hooks write, by annotation: files of the host that are added to.
 *
 * They are opened by the runtime, also for hooks that run in the container:
 * a path never means a file of the container.
 */
#ifndef RUNTIME_HOOK_OUTPUT_H
#define RUNTIME_HOOK_OUTPUT_H

#include "libocispec/spec.h"

#include "base/mem.h"

struct hook_output {
	int out, err;		/* -EBADF: collected for the words of an error */
};

#define HOOK_OUTPUT_EMPTY { -EBADF, -EBADF }

/* Nothing is opened unless it is asked for. */
int hook_output_open(struct hook_output *o, struct oci_pair *const *annotations);
void hook_output_done(struct hook_output *o);

#endif
