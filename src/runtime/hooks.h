/*
 * Hooks (config.md, POSIX-platform Hooks).
 *
 * They run one after the other, with the state on their standard input.  A
 * hook without env gets ours, as with runc and crun.
 *
 * What they print goes into the words of an error, or to files that
 * annotations name.
 */
#ifndef RUNTIME_HOOKS_H
#define RUNTIME_HOOKS_H

#include "runtime/hook-output.h"

#include "libocispec/state.h"

struct hook_run {
	const char *name;	/* of the list, for words */
	const struct oci_state *state;
	char *const *env;	/* for hooks that have none of their own; NULL: ours */
	const struct hook_output *output;	/* NULL: opened for this list, if it is asked for */
};

/* Runs a list, which may be NULL.  Stops at the first that fails. */
int hooks_run(struct oci_hook **list, const struct hook_run *run);

/* Runs all of a list; what fails is a warning. */
void hooks_run_all(struct oci_hook **list, const struct hook_run *run);

#endif
