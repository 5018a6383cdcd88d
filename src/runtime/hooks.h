/*
 * Hooks (config.md, POSIX-platform Hooks).
 *
 * They run one after the other, with the state on their standard input.  A
 * hook without env gets ours, as with runc and crun.
 */
#ifndef RUNTIME_HOOKS_H
#define RUNTIME_HOOKS_H

#include "libocispec/state.h"

/*
 * Runs a list, which may be NULL; name is that of the list, for words.  Stops
 * at the first that fails.  env is for hooks that have none of their own;
 * NULL: ours.
 */
int hooks_run(struct oci_hook **list, const char *name, const struct oci_state *state,
	      char *const *env);

/* Runs all of a list; what fails is a warning. */
void hooks_run_all(struct oci_hook **list, const char *name, const struct oci_state *state);

#endif
